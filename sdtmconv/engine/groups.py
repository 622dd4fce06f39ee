"""Which records of another table count for a record: those of its subject, or fewer.

`among` chooses among the other records alone, `match` asks for equal values in both, and `related`
compares the two. Records that have the same others form a group, and a rule gives one value per
group.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
import pandas as pd

from sdtmconv.engine.tables import Records
from sdtmconv.mapping.values import take_rows, to_text
from sdtmconv.spec.model import BoundCondition, Other, Reference, Rule

GetRecords = Callable[[str], Records]
GetColumn = Callable[[Reference], pd.Series]


class OwnRecords(Protocol):
    """The records that a rule is computed on."""

    @property
    def subject(self) -> np.ndarray: ...

    def column(self, reference: Reference) -> pd.Series: ...


class Groups:
    """The groups of a rule's records: the subjects.

    Args:
        own: Each record's group.
        count: How many groups there are.
        records: Gives the records of a table.
        rule: The rule.
    """

    def __init__(self, own: np.ndarray, count: int, records: GetRecords, rule: Rule) -> None:
        self.own, self.count = own, count
        self._records, self._rule = records, rule

    def others(self, table: str) -> tuple[np.ndarray, np.ndarray]:
        """Give rows of another table, and the group for which each of them counts."""
        rows = self._among(table)
        return rows, self._records(table).subject[rows]

    def _among(self, table: str) -> np.ndarray:
        records = self._records(table)
        rows = np.arange(len(records.subject))
        if self._rule.among is None:
            return rows
        chosen: np.ndarray = rows[
            evaluate_condition(self._rule.among, _columns_of(records), len(rows))
        ]
        return chosen


class MatchedGroups(Groups):
    """Groups of records that have subject, matched and related columns in common.

    Args:
        view: The rule's records.
        records: Gives the records of a table.
        rule: The rule; all its other records are of one table.
    """

    def __init__(self, view: OwnRecords, records: GetRecords, rule: Rule) -> None:
        keys = {"subject": pd.Series(view.subject)}
        keys |= {f"key {n}": to_text(view.column(m.own)) for n, m in enumerate(rule.match)}
        compared = _compared(rule)
        keys |= {f"own {n}": view.column(own) for n, own in enumerate(compared.values())}
        frame = pd.DataFrame(keys)
        own = frame.groupby(list(frame), sort=False, dropna=False).ngroup().to_numpy()
        firsts = np.unique(own, return_index=True)[1]
        super().__init__(own, len(firsts), records, rule)
        self._groups = frame.iloc[firsts].reset_index(drop=True)
        self._compared = {name: f"own {n}" for n, name in enumerate(compared)}

    def others(self, table: str) -> tuple[np.ndarray, np.ndarray]:
        records, rows = self._records(table), self._among(table)
        other = pd.DataFrame({"subject": records.subject[rows]})
        for number, match in enumerate(self._rule.match):
            values = to_text(take_rows(records.column(match.other.column), rows))
            other[f"key {number}"] = values
        keys = list(other)
        other["row"] = rows
        own = self._groups[keys].assign(group=np.arange(self.count))
        pairs = own.dropna().merge(other.dropna(), on=keys).sort_values("row", kind="stable")
        paired, group = pairs["row"].to_numpy("int64"), pairs["group"].to_numpy("int64")
        if self._rule.related:
            related = self._are_related(records, self._rule.related, paired, group)
            paired, group = paired[related], group[related]
        return paired, group

    def _are_related(
        self, records: Records, related: BoundCondition, rows: np.ndarray, group: np.ndarray
    ) -> np.ndarray:
        """Tell which pairs of a group and another record the condition holds for."""
        names = {reference: name for name, reference in related.columns.items()}

        def column(reference: Reference) -> pd.Series:
            own = self._compared.get(names[reference])
            if own:
                return take_rows(self._groups[own], group)
            assert isinstance(reference, Other)
            return take_rows(records.column(reference.column), rows)

        return evaluate_condition(related, column, len(rows))


def find_groups(view: OwnRecords, rule: Rule, records: GetRecords, subjects: int) -> Groups:
    """Group a rule's records by what decides which other records count for them."""
    if rule.match or rule.related:
        return MatchedGroups(view, records, rule)
    return Groups(view.subject, subjects, records, rule)


def evaluate_condition(condition: BoundCondition, column: GetColumn, length: int) -> np.ndarray:
    """Tell which records a condition holds for."""
    values = {name: column(reference) for name, reference in condition.columns.items()}
    return condition.condition.mask(values, pd.RangeIndex(length)).to_numpy(dtype=bool)


def _columns_of(records: Records) -> GetColumn:
    def column(reference: Reference) -> pd.Series:
        assert isinstance(reference, Other)
        return records.column(reference.column)

    return column


def _compared(rule: Rule) -> dict[str, Reference]:
    """Name the columns of the record itself that `related` compares."""
    table = next(r.table for r in rule.references() if isinstance(r, Other))
    columns = rule.related.columns if rule.related else {}
    return {
        name: reference
        for name, reference in columns.items()
        if not (isinstance(reference, Other) and reference.table == table)
    }
