"""What the run before found: the memory that a new report compares with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sdtmconv.review.states import State


@dataclass(frozen=True)
class Gone:
    """Findings with the same rule, place and message that are there no more.

    Args:
        rule: Id of the rule they broke.
        severity: Its severity then.
        dataset: Name of the dataset.
        variable: Name of the variable.
        message: What was wrong.
        columns: The key variables, then "value"; none where no record was meant.
        records: Their texts.
        ids: The identity of each finding.
    """

    rule: str
    severity: str
    dataset: str
    variable: str
    message: str
    columns: tuple[str, ...]
    records: tuple[tuple[str, ...], ...]
    ids: tuple[str, ...]


@dataclass(frozen=True)
class LastRun:
    """A run, as its report tells.

    Args:
        states: The state of each finding by its identity.
        problems: Its findings, to tell which are gone.
        gone: What was gone in it, compared with a run before.
        resolved: Identities of all findings that were there once and gone later.
        skipped: Rules that were not checked.
        compared: It had a run before it to compare with.
        part: Only some of the study's datasets were checked.
    """

    states: Mapping[str, State]
    problems: tuple[Gone, ...] = ()
    gone: tuple[Gone, ...] = ()
    resolved: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()
    compared: bool = False
    part: bool = False
