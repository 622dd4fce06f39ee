"""The records that a rule is computed on, and the columns that it sees of them."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pandas as pd

from sdtmconv.engine.groups import evaluate_condition
from sdtmconv.engine.tables import DatasetTable, Part
from sdtmconv.mapping.values import rank, to_number
from sdtmconv.spec.describe import name_of
from sdtmconv.spec.model import (
    BoundCondition,
    BoundExpression,
    Descending,
    Other,
    Own,
    Reference,
    Source,
)


class OtherTables(Protocol):
    """What gives a record its subject's value in another table."""

    def single_values(self, table: str, column: str, subject: np.ndarray) -> pd.Series: ...


class View:
    """The records that a rule is computed on: a whole dataset, one part, or some rows of either."""

    def __init__(
        self, run: OtherTables, table: DatasetTable, part: Part | None, rows: np.ndarray
    ) -> None:
        self._run, self.table, self._part = run, table, part
        self.rows = rows
        self.whole = len(rows) == len(table)

    @property
    def subject(self) -> np.ndarray:
        subject: np.ndarray = self.table.subject[self.rows]
        return subject

    def narrow(self, mask: np.ndarray) -> View:
        return View(self._run, self.table, self._part, self.rows[mask])

    def column(self, reference: Reference) -> pd.Series:
        """Give a column's values on these records, numbered from 0."""
        match reference:
            case Own(name):
                values = self._select(self.table.column(name))
            case Source(name) if self._part:
                values = self._part.column(name).iloc[self.rows - self._part.start]
            case Source(name):
                values = self._select(self.table.source_column(name))
            case Other(table, name):
                values = self._run.single_values(table, name, self.subject)
        return pd.Series(values.array, name=name_of(reference))

    def key(self, item: Reference | Descending) -> pd.Series:
        """Give a column of an order; a descending one as the ranks from its largest value on."""
        if isinstance(item, Descending):
            return reverse(self.column(item.reference)).rename(name_of(item))
        return self.column(item)

    def mask(self, condition: BoundCondition) -> np.ndarray:
        return evaluate_condition(condition, self.column, len(self.rows))

    def compute(self, bound: BoundExpression) -> pd.Series:
        """Compute an arithmetic expression; text is read as numbers."""
        columns = {name: to_number(self.column(r)) for name, r in bound.columns.items()}
        return bound.expression.compute(columns, len(self.rows))

    def _select(self, values: pd.Series) -> pd.Series:
        return values if self.whole else values.iloc[self.rows]


def reverse(values: pd.Series) -> pd.Series:
    """Rank values from the largest on; missing ones last."""
    return pd.Series(-rank(values))
