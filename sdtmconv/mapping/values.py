"""Text and numbers: how one becomes the other, and how values are put in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

import numpy as np
import pandas as pd

from sdtmconv.mapping.registry import RejectedValuesError

LARGEST_INTEGER = 2**53 - 1


def is_text(values: pd.Series) -> bool:
    """Tell text from numbers."""
    return not pd.api.types.is_numeric_dtype(values.dtype)


def missing_text(length: int) -> pd.Series:
    """Make a Char column without values."""
    return pd.Series(np.nan, index=range(length), dtype="str")


def take_rows(values: pd.Series, rows: np.ndarray) -> pd.Series:
    """Take rows by position, numbered anew; -1 gives a missing value.

    >>> take_rows(pd.Series(["a", "b"], dtype="str"), np.array([1, -1])).tolist()
    ['b', nan]
    """
    if not len(values) and is_text(values):
        return missing_text(len(rows))
    if not len(values):
        return pd.Series(np.nan, index=range(len(rows)), dtype="float64")
    return pd.Series(values.array.take(rows, allow_fill=True))


def map_unique(values: pd.Series, function: Callable[[str], str | None]) -> pd.Series:
    """Apply a text-to-text function to each distinct value once; missing stays missing.

    >>> map_unique(pd.Series(["a", None, "a"], dtype="str"), str.upper).tolist()
    ['A', nan, 'A']
    """
    codes, uniques = pd.factorize(values)
    mapped = pd.Series([function(str(value)) for value in uniques], dtype="str")
    return take_rows(mapped, codes).set_axis(values.index)


def to_number(values: pd.Series) -> pd.Series:
    """Read text as numbers.

    Args:
        values: Char or Num column.

    Returns:
        float64, NaN where the text is missing.

    Raises:
        RejectedValuesError: A text is not a finite number, or an integer that float64 does not hold
            exactly.

    >>> to_number(pd.Series(["066.5", None, "1e3"], dtype="str")).tolist()
    [66.5, nan, 1000.0]
    """
    if not is_text(values):
        return values.astype("float64")
    codes, uniques = pd.factorize(values)
    numbers = pd.to_numeric(pd.Series(uniques, dtype="object"), errors="coerce").to_numpy("float64")
    _refuse(
        ~np.isfinite(numbers),
        codes,
        values,
        "{value} is not a number",
        "correct the record, map the value in codelists.yaml, or leave it out with `where`",
    )
    large = np.flatnonzero(np.abs(numbers) > LARGEST_INTEGER)
    inexact = np.zeros(len(numbers), dtype=bool)
    texts = np.asarray(uniques, dtype=object)[large]
    inexact[large] = [
        Decimal(text) != Decimal(number)
        for text, number in zip(texts, numbers[large].tolist(), strict=True)
    ]
    _refuse(
        inexact,
        codes,
        values,
        "{value} has more digits than a number holds exactly",
        "correct the record, or make the variable Char",
    )
    return pd.Series(np.append(numbers, np.nan)[codes], index=values.index, dtype="float64")


def _refuse(
    wrong: np.ndarray, codes: np.ndarray, values: pd.Series, problem: str, remedy: str
) -> None:
    """Raise where one of a column's distinct values is wrong."""
    if wrong.any():
        rows = np.flatnonzero((codes >= 0) & wrong[codes])
        raise RejectedValuesError(rows, problem, remedy, values.iloc[rows])


def check_digits(*, digits: int = 0, **others: object) -> tuple[str, str] | None:
    """Tell what is wrong with a rule's number of decimals; float64 has 15 digits for certain."""
    return None if 0 <= digits <= 15 else (f"digits is {digits}", "write 0 to 15")


def to_text(values: pd.Series) -> pd.Series:
    """Write numbers as the shortest text that reads back as the same number.

    >>> to_text(pd.Series([66.5, np.nan, 40.0])).tolist()
    ['66.5', nan, '40']
    """
    if is_text(values):
        return values
    codes, uniques = pd.factorize(values)
    texts = pd.Series([_shortest(float(number)) for number in uniques], dtype="str")
    return take_rows(texts, codes).set_axis(values.index)


def _shortest(number: float) -> str:
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return np.format_float_positional(number, trim="-")


def rank(values: pd.Series) -> np.ndarray:
    """Rank values for sorting: missing first as in SAS, text by its characters' codes.

    >>> rank(pd.Series(["b", None, "B"], dtype="str")).tolist()
    [2, 0, 1]
    """
    codes, uniques = pd.factorize(values)
    order = np.argsort(np.asarray(uniques, dtype="object" if is_text(values) else "float64"))
    ranks = np.empty(len(uniques) + 1, dtype="int64")
    ranks[order] = np.arange(1, len(uniques) + 1)
    ranks[-1] = 0
    return ranks[codes]


def sort_order(keys: Sequence[np.ndarray]) -> np.ndarray:
    """Order rows by several rank arrays, the first deciding most; stable."""
    return np.lexsort(list(reversed(keys)))


def tied_rows(keys: Sequence[np.ndarray], order: np.ndarray) -> np.ndarray:
    """Find rows whose keys all equal those of the row beside them in `order`; as positions."""
    if len(order) < 2:
        return np.empty(0, dtype="int64")
    same = np.logical_and.reduce([key[order][1:] == key[order][:-1] for key in keys])
    touched = np.append(same, False) | np.append(False, same)
    return np.sort(order[touched])
