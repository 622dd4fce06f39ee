"""By which variables are the records of a dataset paired?"""

from __future__ import annotations

from dataclasses import dataclass

from sdtmconv.compare.settings import Settings
from sdtmconv.compare.sides import Held
from sdtmconv.errors import DataError, Fault, raise_faults, suggest
from sdtmconv.validate.describe import choose_keys

# What a record is about: without them, records of different things would look alike.
TOPICS = ("TESTCD", "PARMCD")
FIXED = {"USUBJID", "DOMAIN", "RDOMAIN", "PARAMCD", "QNAM", "ETCD"}


@dataclass(frozen=True)
class Keys:
    """The variables that identify a record.

    Args:
        names: Their names; empty where records are paired in their order.
        source: Where they come from, for a reader.
    """

    names: tuple[str, ...]
    source: str


def find_keys(a: Held, b: Held, settings: Settings) -> Keys:
    """Choose keys: those of the user, of define.xml, or of the standard.

    Raises:
        DataError: A key that the user names is not in both datasets.
    """
    common = {v.name for v in a.metadata.variables}
    common &= {v.name for v in b.metadata.variables}
    stated = settings.keys.get(a.name) or settings.keys.get("")
    if stated:
        raise_faults(DataError, _missing(a.name, stated, common))
        return Keys(stated, "--keys")
    for side, held in (("A", a), ("B", b)):
        keys = held.defined.keys if held.defined else ()
        if keys and common.issuperset(keys):
            return Keys(keys, f"define.xml of {side}")
    domain = a.defined.domain if a.defined else a.name
    by_standard = choose_keys(a.name, domain, common)
    if by_standard and common.issuperset(by_standard):
        return Keys(by_standard, "the standard")
    return Keys((), "none is known: records are paired in their order; state some with --keys")


def can_be_mistaken(name: str) -> bool:
    """Tell keys whose value may differ by mistake from those that say what a record is about.

    >>> [can_be_mistaken(name) for name in ("AETERM", "LBDTC", "LBTESTCD", "USUBJID")]
    [True, True, False, False]
    """
    return name not in FIXED and not name.endswith(TOPICS)


def _missing(dataset: str, names: tuple[str, ...], common: set[str]) -> list[Fault]:
    known = sorted(common)
    return [
        Fault(
            f"--keys {dataset}.{name}",
            "is not a variable of both datasets",
            suggest(name, known, f"both have {', '.join(known[:12])}"),
        )
        for name in names
        if name not in common
    ]
