"""Which of several other records gave a rule its value?"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sdtmconv.engine.evaluate import Run
from sdtmconv.engine.tables import Records
from sdtmconv.engine.view import View
from sdtmconv.mapping.registry import REGISTRY, Kind
from sdtmconv.mapping.values import to_text
from sdtmconv.spec.model import Other, Own, Rule, Source

MOST_RECORDS = 3
_ROW = "row of "


@dataclass(frozen=True)
class Decision:
    """The other records behind a value.

    Args:
        records: (table, column, row) of those that decided, or else of the first few that counted.
        remark: How many counted, for a reader.
    """

    records: tuple[tuple[str, str, int], ...]
    remark: str


def find_decision(run: Run, view: View, position: int, rule: Rule, value: str) -> Decision:
    """Find the records that gave a value: by the rule's own order, or by having that value.

    Args:
        run: The finished run.
        view: The records that the rule was applied to.
        position: The record's position among them.
        rule: A rule about other records.
        value: What it gave, as text.
    """
    main = main_columns(rule)
    counted = {reference: _count(run, view, position, rule, reference) for reference in main}
    decided = _find_ordered(run, view, position, rule, main) or _find_equal(run, counted, value)
    some = [(r.table, r.column, int(row)) for r, rows in counted.items() for row in rows]
    total = sum(_count_records(run, view, position, rule, table) for table in _tables(main))
    shown = decided or some[:MOST_RECORDS]
    said = (
        f"{total:,} {'record' if total == 1 else 'records'} of {', '.join(_tables(main))} counted"
    )
    if len(some) > 1:
        said += "; the one below decided" if decided else "; the first are shown below"
    return Decision(tuple(shown), said if main else "")


def find_record_of_group(view: View, position: int, rule: Rule, value: str) -> int | None:
    """Find the record of the same dataset that a value was taken over from, as a baseline is.

    It is one of the subject, with the same `by`, that has the value where the rule takes it from;
    of several, one with a value in most of the columns that the rule looks at.

    Returns:
        Its row in the dataset; None where the rule took nothing over, or from the record itself.
    """
    derivation = REGISTRY[rule.keyword]
    main = rule.arguments.get(derivation.main.name)
    takes_groups = any(parameter.kind is Kind.SUBJECT for parameter in derivation.parameters)
    if not takes_groups or not isinstance(main, Own | Source):
        return None
    same = (view.subject == view.subject[position]) & _equal_text(view.column(main), value)
    by = rule.arguments.get("by", ())
    for reference in by if isinstance(by, tuple) else (by,):
        texts = to_text(view.column(reference)).fillna("")
        same &= _equal_text(texts, str(texts.iloc[position]))
    looked_at = [r for r in rule.references() if isinstance(r, Own | Source)]
    filled = np.sum([view.column(r).notna().to_numpy() for r in looked_at], axis=0)
    rows = np.flatnonzero(same)
    if not len(rows):
        return None
    best = int(rows[np.argmax(filled[rows])])
    return None if filled[position] == filled[best] and same[position] else int(view.rows[best])


def _equal_text(values: pd.Series, text: str) -> np.ndarray:
    equal: np.ndarray = (to_text(values) == text).to_numpy(dtype=bool, na_value=False)
    return equal


def main_columns(rule: Rule) -> tuple[Other, ...]:
    """Give the columns of other records that a rule brings down to one value."""
    value = rule.arguments.get(REGISTRY[rule.keyword].main.name)
    items = value if isinstance(value, tuple) else (value,)
    return tuple(item for item in items if isinstance(item, Other))


def _tables(references: Sequence[Other]) -> list[str]:
    return sorted({reference.table for reference in references})


def _counted_rows(run: Run, view: View, position: int, rule: Rule, table: str) -> np.ndarray:
    mask = view.mask(rule.where) if rule.where else np.ones(len(view.rows), dtype=bool)
    groups = run.group(view.narrow(mask), rule)
    group = groups.own[np.count_nonzero(mask[:position])]
    rows, of_group = groups.others(table)
    counted: np.ndarray = rows[of_group == group]
    return counted


def _count_records(run: Run, view: View, position: int, rule: Rule, table: str) -> int:
    return len(_counted_rows(run, view, position, rule, table))


def _count(run: Run, view: View, position: int, rule: Rule, reference: Other) -> np.ndarray:
    """Give the rows that have a value."""
    rows = _counted_rows(run, view, position, rule, reference.table)
    values = run.records(reference.table).column(reference.column)
    known: np.ndarray = rows[values.iloc[rows].notna().to_numpy()]
    return known


def _find_equal(
    run: Run, counted: dict[Other, np.ndarray], value: str
) -> list[tuple[str, str, int]]:
    """Give the first record with the value."""
    for reference, rows in counted.items():
        texts = to_text(run.records(reference.table).column(reference.column)).iloc[rows]
        equal = rows[(texts == value).to_numpy(dtype=bool, na_value=False)]
        if len(equal):
            return [(reference.table, reference.column, int(equal[0]))]
    return []


def _find_ordered(
    run: Run, view: View, position: int, rule: Rule, main: Sequence[Other]
) -> list[tuple[str, str, int]]:
    """Ask a rule that takes a record by its order for the record, in place of its value."""
    parameters = REGISTRY[rule.keyword].parameters
    ordered = any(p.kind is Kind.ORDER and rule.arguments.get(p.name) for p in parameters)
    if not ordered or len(main) != 1:
        return []
    (reference,) = main
    name = REGISTRY[rule.keyword].main.name
    given = rule.arguments[name]
    numbered = Other(reference.table, f"{_ROW}{reference.column}")
    argument = (numbered,) if isinstance(given, tuple) else numbered
    asked = replace(rule, arguments={**rule.arguments, name: argument})
    rows = _NumberingRun.of(run).apply(view, asked)
    row = rows.iloc[position]
    return [] if pd.isna(row) else [(reference.table, reference.column, int(float(row)))]


class _NumberingRun(Run):
    """A finished run whose tables give the numbers of rows as well."""

    @classmethod
    def of(cls, run: Run) -> _NumberingRun:
        """Make one of a run, which stays as it is."""
        numbering = copy.copy(run)
        numbering.__class__ = cls
        assert isinstance(numbering, cls)
        return numbering

    def records(self, table: str) -> Records:
        return _Numbered(super().records(table))


class _Numbered:
    """Records with a column of their rows' numbers beside each of their own."""

    def __init__(self, inner: Records) -> None:
        self._inner = inner
        self.subject, self.by_subject = inner.subject, inner.by_subject
        self.locate = inner.locate

    def column(self, name: str) -> pd.Series:
        if not name.startswith(_ROW):
            return self._inner.column(name)
        known = self._inner.column(name.removeprefix(_ROW)).notna()
        numbers = pd.Series(np.arange(len(known)).astype("str"), dtype="str")
        return numbers.where(known.to_numpy())
