"""A condition's answer for every record."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from sdtmconv.conditions.tree import Column, Comparison, Inverse, Node, Operand, Text
from sdtmconv.distinct import factorize, map_distinct
from sdtmconv.errors import suggest

Columns = pd.DataFrame | Mapping[str, "pd.Series[Any]"] | Callable[[str], "pd.Series[Any]"]


def _is_equal(left: pd.Series[Any], right: Any) -> pd.Series[bool]:
    return pd.Series((left == right) | (left.isna() & pd.isna(right)))


def _is_different(left: pd.Series[Any], right: Any) -> pd.Series[bool]:
    return ~_is_equal(left, right)


def _is_in(left: pd.Series[Any], *values: Any) -> pd.Series[bool]:
    if pd.api.types.is_numeric_dtype(left):
        return left.isin(values)
    return map_distinct(left, lambda texts: texts.to_pandas().isin(values).to_numpy())


def _is_not_in(left: pd.Series[Any], *values: Any) -> pd.Series[bool]:
    return ~_is_in(left, *values)


def _contains(left: pd.Series[str], text: str) -> pd.Series[bool]:
    return left.str.contains(text, regex=False, na=False)


def _starts(left: pd.Series[str], text: str) -> pd.Series[bool]:
    return left.str.startswith(text, na=False)


_TESTS: dict[str, Callable[..., Any]] = {
    "EQ": _is_equal,
    "NE": _is_different,
    "LT": operator.lt,
    "LE": operator.le,
    "GT": operator.gt,
    "GE": operator.ge,
    "IN": _is_in,
    "NOTIN": _is_not_in,
    "CONTAINS": _contains,
    "STARTS": _starts,
    "is missing": pd.isna,
    "is not missing": pd.notna,
}


class Records:
    """The records that a condition is asked about.

    Args:
        columns: The columns by name, or a function that gives a column for its name.
        index: The records' index; each column has a value for each, in its order.

    `problems` collects what is wrong with the columns: problem and remedy.
    """

    def __init__(self, columns: Columns, index: pd.Index[Any]) -> None:
        self.index = index
        self.problems: list[tuple[str, str]] = []
        self._columns = columns

    def read(self, column: Column) -> pd.Series[Any]:
        """Give a column as it is; all missing, and a problem, where there is none."""
        if callable(self._columns):
            return self._columns(column.name).set_axis(self.index)
        if column.name in self._columns:
            return self._columns[column.name].set_axis(self.index)
        remedy = suggest(column.name, map(str, self._columns), "name a column of the source")
        self.problems.append((f"there is no column {column}", remedy))
        return pd.Series(index=self.index, dtype="str")

    def _is_numeric(self, column: Column) -> bool:
        return pd.api.types.is_numeric_dtype(self.read(column).dtype)

    def _read_texts(self, column: Column) -> pd.Series[str]:
        if self._is_numeric(column):
            problem = f"{column} is numeric and is compared with text"
            self.problems.append((problem, "compare it with a number, without quotes"))
            return pd.Series(index=self.index, dtype="str")
        return self.read(column)

    def _read_numbers(self, column: Column, rows: pd.Series[bool]) -> pd.Series[float]:
        if self._is_numeric(column):
            return self.read(column)
        values = self.read(column)
        codes, texts = factorize(values)
        distinct = pd.to_numeric(texts.to_pandas(), errors="coerce").to_numpy("float64")
        numbers = pd.Series(distinct[codes], index=self.index)
        wrong = values[rows & values.notna() & ~np.isfinite(numbers)].unique()
        if len(wrong):
            examples = ", ".join(f'"{value}"' for value in wrong[:3])
            remedy = f"keep them out first, as in {column} NOTIN ({examples}) and ..."
            self.problems.append((f"{column} is compared as a number and holds {examples}", remedy))
        return numbers

    def _compares_numbers(self, sides: tuple[Operand, ...]) -> bool:
        if any(isinstance(side, Text) for side in sides):
            return False
        return any(not isinstance(side, Column) or self._is_numeric(side) for side in sides)

    def read_sides(self, comparison: Comparison, rows: pd.Series[bool]) -> list[Any]:
        """Give a comparison's column and operands, all as text or all as numbers.

        Args:
            comparison: What is compared; without operands, the column is given as it is.
            rows: The records whose answer still depends on it; only they can be faulty.

        Returns:
            A column per name and a value per literal.
        """
        sides = (comparison.column, *comparison.operands)
        if not comparison.operands:
            return [self.read(comparison.column)]
        if self._compares_numbers(sides):
            return [
                self._read_numbers(s, rows) if isinstance(s, Column) else s.value for s in sides
            ]
        return [self._read_texts(s) if isinstance(s, Column) else s.value for s in sides]


def compute_mask(node: Node, records: Records, rows: pd.Series[bool]) -> pd.Series[bool]:
    """Tell for which records a condition holds.

    Args:
        node: The condition.
        records: Their columns.
        rows: The records whose answer is needed.

    Returns:
        A mask on the records' index, without meaning outside `rows`.
    """
    if isinstance(node, Comparison):
        return pd.Series(_TESTS[node.comparator](*records.read_sides(node, rows)), index=rows.index)
    if isinstance(node, Inverse):
        return ~compute_mask(node.node, records, rows)
    every = node.word == "and"
    result = pd.Series(every, index=rows.index)
    for part in node.nodes:
        undecided = rows & (result if every else ~result)
        answer = compute_mask(part, records, undecided)
        result = result & answer if every else result | answer
    return result
