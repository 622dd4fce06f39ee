"""What was found, as data: groups of records that break the same rule in the same place.

Findings of one check share everything but the record's key and its value, so they are held as
columns of a frame, and a hundred thousand of them cost no more than one selection from the data.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from sdtmconv.metadata import DatasetMetadata
from sdtmconv.validate.rule import RULES, SEVERITIES, Rule, Severity

_USUAL_KEYS = {"STUDYID", "USUBJID", "PARAMCD", "AVISIT", "ADT"}


@dataclass(frozen=True)
class Finding:
    """One record, or one dataset or variable as a whole, that breaks a rule.

    Args:
        rule: Id of the rule, a key of `RULES`.
        severity: error, warning or note.
        dataset: Name of the dataset; empty for the study as a whole.
        variable: Name of the variable; empty where a rule is about the dataset.
        key: (variable, value) pairs that identify the record; empty where no record is meant.
        value: The value found, as text; empty where it is missing or no record is meant.
        message: What is wrong.
    """

    rule: str
    severity: Severity
    dataset: str
    variable: str
    key: tuple[tuple[str, str], ...]
    value: str
    message: str


@dataclass(frozen=True, eq=False)
class FindingGroup:
    """All findings with the same rule, dataset, variable and message.

    Args:
        rule: Id of the rule, a key of `RULES`.
        dataset: Name of the dataset; empty for the study as a whole.
        variable: Name of the variable; empty where a rule is about the dataset.
        message: What is wrong.
        keys: One row per record, one text column per key variable; without rows where the dataset
            or the variable as a whole is meant.
        values: The value found in each of these records, text, "" where missing.
    """

    rule: str
    dataset: str
    variable: str
    message: str
    keys: pd.DataFrame = field(default_factory=pd.DataFrame)
    values: pd.Series = field(default_factory=lambda: pd.Series(dtype="str"))

    @property
    def details(self) -> Rule:
        """The rule: its title, severity, source and remedy."""
        return RULES[self.rule]

    @property
    def place(self) -> str:
        """Dataset and variable for a reader, such as AE.AESEV.

        >>> FindingGroup("key", "AE", "", "duplicate").place
        'AE'
        """
        return ".".join(filter(None, (self.dataset, self.variable))) or "study"

    def __len__(self) -> int:
        return max(1, len(self.values))

    def __iter__(self) -> Iterator[Finding]:
        place = self.rule, self.details.severity, self.dataset, self.variable
        if not len(self.values):
            yield Finding(*place, (), "", self.message)
        for row, value in zip(self.keys.to_numpy(), self.values, strict=True):
            key = tuple(zip(self.keys.columns, row, strict=True))
            yield Finding(*place, key, value, self.message)


def _reading_order(group: FindingGroup) -> tuple[int, str, str, str, str]:
    severity = SEVERITIES.index(group.details.severity)
    return severity, group.dataset, group.variable, group.rule, group.message


class Findings:
    """Groups of findings in reading order: errors first, then by dataset, variable and rule.

    Args:
        groups: What was found, in any order.
        records: What was looked at: dataset to number of records.

    >>> findings = Findings([FindingGroup("variable-known", "AE", "AEXX", "is not described")])
    >>> [finding.variable for finding in findings]
    ['AEXX']
    >>> findings.errors, len(findings)
    (0, 1)
    """

    def __init__(
        self, groups: Iterable[FindingGroup] = (), records: Mapping[str, int] | None = None
    ) -> None:
        self.groups = tuple(sorted(groups, key=_reading_order))
        self.records = dict(records or {})

    def __len__(self) -> int:
        return sum(map(len, self.groups))

    def __iter__(self) -> Iterator[Finding]:
        for group in self.groups:
            yield from group

    @property
    def errors(self) -> int:
        """The number of findings that must be mended."""
        return self.count("error")

    def count(self, severity: Severity, dataset: str | None = None) -> int:
        """Count the findings of one severity, in all datasets or in one."""
        return sum(
            len(group)
            for group in self.groups
            if group.details.severity == severity and dataset in (None, group.dataset)
        )


def _write_number(number: float) -> str:
    return "" if math.isnan(number) else repr(float(number)).removesuffix(".0")


def write_values(values: pd.Series) -> pd.Series:
    """Write a column as text: numbers in their shortest exact form, "" where missing.

    >>> write_values(pd.Series([3.0, 0.1, None])).tolist()
    ['3', '0.1', '']
    """
    if not pd.api.types.is_numeric_dtype(values):
        return values.astype("str").fillna("").reset_index(drop=True)
    codes, distinct = pd.factorize(values, use_na_sentinel=False)
    texts = pd.Series([_write_number(number) for number in distinct], dtype="str")
    return texts.take(codes).reset_index(drop=True)


def _choose_keys(dataset: DatasetMetadata, frame: pd.DataFrame) -> list[str]:
    known = [name for name in dataset.keys if name in frame]
    columns = map(str, frame.columns)
    return known or [name for name in columns if name in _USUAL_KEYS or name.endswith("SEQ")]


def select_records(
    rule: str,
    dataset: DatasetMetadata,
    frame: pd.DataFrame,
    mask: npt.NDArray[np.bool_],
    message: str,
    variable: str = "",
) -> list[FindingGroup]:
    """Make the findings of the records that a mask selects.

    Args:
        rule: Id of the rule they break.
        dataset: What is known about the dataset: its keys identify the records; where there are
            none, variables that commonly do.
        frame: Its records.
        mask: True for each record that breaks the rule.
        message: What is wrong.
        variable: The variable that is wrong, whose values are shown; empty for none.

    Returns:
        One group; none where the mask selects nothing.
    """
    if not mask.any():
        return []
    names = _choose_keys(dataset, frame)
    count = int(mask.sum())
    keys = pd.DataFrame(
        {name: write_values(frame[name][mask]) for name in names}, index=range(count)
    )
    values = write_values(frame[variable][mask]) if variable else pd.Series([""] * count)
    return [FindingGroup(rule, dataset.name, variable, message, keys, values)]


def merge_findings(parts: Iterable[Findings]) -> Findings:
    """Join what was found in parts of a study, as if it had been checked as a whole."""
    records: Counter[str] = Counter()
    merged: dict[tuple[str, str, str, str], list[FindingGroup]] = {}
    for part in parts:
        records.update(part.records)
        for group in part.groups:
            key = (group.rule, group.dataset, group.variable, group.message)
            merged.setdefault(key, []).append(group)
    return Findings([_join(groups) for groups in merged.values()], records)


def _join(groups: list[FindingGroup]) -> FindingGroup:
    first = groups[0]
    return FindingGroup(
        first.rule,
        first.dataset,
        first.variable,
        first.message,
        pd.concat([group.keys for group in groups], ignore_index=True),
        pd.concat([group.values for group in groups], ignore_index=True),
    )
