"""What a rule is, and the registry of all rules.

A rule says what has to hold, for which datasets, where the standard asks for it and what to do. A
function finds the breaches; of a rule without one, findings come from elsewhere: the reader of
files, the build, the pandera schemas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict, Unpack

from sdtmconv.distinct import Mask

if TYPE_CHECKING:
    from sdtmconv.validate.data import Data
    from sdtmconv.validate.tables import Table

Severity = Literal["error", "warning", "note"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True, eq=False)
class Breach:
    """Records of one dataset that break a rule.

    Args:
        message: What is wrong.
        mask: True for each record that breaks the rule; None for the dataset as a whole.
        variable: The variable that is wrong; empty for the record as a whole.
        reads: What else was looked at: a variable of the record, or DM.RFSTDTC for the subject's
            value in another dataset. A record is passed over where one of these is known to be
            wrong, and after a breach each of the record's own is doubtful.
        dataset: The dataset that is wrong, where it is not the one that was checked.
        keys: Variables that name the records, where they are not the dataset's keys.
        doubtful: The records whose values are doubtful from now on, where they are more.
    """

    message: str
    mask: Mask | None = None
    variable: str = ""
    reads: tuple[str, ...] = ()
    dataset: str = ""
    keys: tuple[str, ...] = ()
    doubtful: Mask | None = None


Check = Callable[["Table", "Data"], Iterable[Breach]]


@dataclass(frozen=True)
class Rule:
    """One thing that has to hold.

    Args:
        id: Short name that stays the same from release to release.
        title: What has to hold, in a few words.
        severity: error (must be mended), warning (mend or explain), note (know about it).
        source: The section of the standard that asks for it.
        remedy: What to do about a finding.
        applies: The datasets it is about: all, SDTM, ADaM, a class (FINDINGS), BDS, SUPP--, a
            domain; several with commas between them.
        needs: Variables without which it says nothing; -- stands for the domain's letters.
        whole: Variables whose distinct values, over all subjects, it looks at. Empty for a rule
            that looks at one subject's records.
        check: Finds the breaches in one dataset.
    """

    id: str
    title: str
    severity: Severity
    source: str
    remedy: str
    applies: str = "all"
    needs: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    check: Check | None = field(default=None, compare=False, repr=False)

    def concerns(self, kinds: set[str]) -> bool:
        """Tell whether the rule applies to a dataset of some kinds (`Table.kinds`)."""
        return not kinds.isdisjoint(self.applies.split(", "))


RULES: dict[str, Rule] = {}


def register(rule: Rule) -> Rule:
    """Take a rule into the registry; its id must be new."""
    if rule.id in RULES:
        raise ValueError(f"rule {rule.id!r} is registered twice")
    RULES[rule.id] = rule
    return rule


class Facts(TypedDict):
    """What a rule says besides its id; see `Rule`."""

    title: str
    severity: Severity
    source: str
    remedy: str
    applies: str
    needs: NotRequired[tuple[str, ...]]
    whole: NotRequired[tuple[str, ...]]


def rule(id: str, **facts: Unpack[Facts]) -> Callable[[Check], Check]:
    """Register a function as the check of a rule; the arguments are those of `Rule`."""

    def add(check: Check) -> Check:
        register(Rule(id, check=check, **facts))
        return check

    return add
