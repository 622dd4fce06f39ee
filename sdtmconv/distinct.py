"""The distinct values of a column: told apart once, however many ask.

Columns of clinical data hold few distinct texts, so what is asked of a text is asked once per
distinct one. Arrow's data never change: pandas puts others in their place when a value is set. What
was told of a column therefore holds as long as it lives, and is forgotten with it.
"""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from sdtmconv.threads import map_in_order

Codes = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]
Told = tuple[Codes, pa.StringArray]
Answer = TypeVar("Answer")

# From this many records on, a thread of its own pays.
_LONG = 50_000


@dataclass(frozen=True, eq=False)
class _Known:
    """What is known of a column: its distinct texts, and what was answered about them."""

    told: Told
    answers: dict[Callable[[pa.Array], Any], Any]
    forget: weakref.ref[pa.ChunkedArray]


_known: dict[int, _Known] = {}


def factorize(values: pd.Series[str]) -> Told:
    """Number the distinct texts of a column, the missing one among them.

    Args:
        values: Text.

    Returns:
        The number of each record's text, read-only, and the texts in the order in which they come
        first.

    >>> codes, texts = factorize(pd.Series(["b", None, "b"], dtype="str"))
    >>> codes.tolist(), texts.to_pylist()
    ([0, 1, 0], ['b', None])
    """
    return _know(values).told


def ask_distinct(
    values: pd.Series[str], function: Callable[[pa.Array], Answer]
) -> tuple[Codes, Answer]:
    """Ask a function about the distinct texts of a column, once as long as the column lives.

    Args:
        values: Text.
        function: Answers about texts; one of a module, as it is known again by itself.

    Returns:
        The number of each record's text, and the answer about all texts.
    """
    known = _know(values)
    if function not in known.answers:
        known.answers[function] = function(known.told[1])
    return known.told[0], known.answers[function]


def _know(values: pd.Series[str]) -> _Known:
    column = _find_arrow(values)
    place = id(column)
    if place not in _known:
        _known[place] = _Known(
            _tell(column), {}, weakref.ref(column, lambda _: _known.pop(place, None))
        )
    return _known[place]


def tell_apart(columns: Iterable[pd.Series[str]]) -> None:
    """Have the distinct texts of long columns known before many ask: several at a time."""
    long = (column for column in columns if len(column) >= _LONG)
    deque(map_in_order(factorize, long), maxlen=0)


def _find_arrow(values: pd.Series[str]) -> pa.ChunkedArray:
    """Give the Arrow data that all views of a column share; a copy where it is held otherwise."""
    column = getattr(values.array, "__arrow_array__", lambda: None)()
    if isinstance(column, pa.ChunkedArray):
        return column
    return pa.chunked_array([pa.array(values, pa.large_string(), from_pandas=True)])


def _tell(column: pa.ChunkedArray) -> Told:
    told = column.dictionary_encode("encode").combine_chunks()
    if isinstance(told, pa.ChunkedArray):  # of no chunk at all
        return np.empty(0, dtype=np.intp), pa.array([], pa.string())
    codes = told.indices.to_numpy().astype(np.intp)
    codes.flags.writeable = False
    return codes, told.dictionary.cast(pa.string())


def tell_distinct(values: pd.Series[Any]) -> pd.Series[Any]:
    """Give the distinct values of a column, numbers or text, the missing one among them.

    >>> tell_distinct(pd.Series(["b", "a", "b"], dtype="str")).tolist()
    ['b', 'a']
    """
    if pd.api.types.is_numeric_dtype(values):
        return values.drop_duplicates()
    return pd.Series(factorize(values)[1], dtype="str")


def map_distinct(values: pd.Series[str], function: Callable[[pa.Array], Any]) -> pd.Series[Any]:
    """Apply a function to the distinct texts of a column, and hand its results to the rows."""
    codes, texts = factorize(values)
    return pd.Series(function(texts).take(codes), values.index)


def number_rows(columns: Sequence[pd.Series[Any]]) -> tuple[Codes, Codes]:
    """Number the distinct rows of columns of the same length.

    Missing values are equal.

    Returns:
        The number of each row, from 0 in the order in which they come first; and the position of
        the first row with each number.

    >>> columns = [pd.Series(["a", "a", "b"], dtype="str"), pd.Series([1.0, 1.0, 1.0])]
    >>> numbers, firsts = number_rows(columns)
    >>> numbers.tolist(), firsts.tolist()
    ([0, 0, 1], [0, 2])
    """
    numbers, count = _number(columns[0])
    for column in columns[1:]:
        others, other_count = _number(column)
        numbers, count = _renumber(numbers * other_count + others, count * other_count)
    firsts = np.empty(count, dtype=np.intp)
    firsts[numbers[::-1]] = np.arange(len(numbers))[::-1]
    order = np.argsort(firsts)
    places = np.empty(count, dtype=np.intp)
    places[order] = np.arange(count)
    return places[numbers], firsts[order]


def _renumber(numbers: Codes, limit: int) -> tuple[Codes, int]:
    """Number the distinct ones of numbers below a limit, in any order."""
    if limit > 2 * len(numbers):
        codes, distinct = pd.factorize(numbers)
        return codes, len(distinct)
    is_there = np.zeros(limit, dtype=bool)
    is_there[numbers] = True
    codes = np.cumsum(is_there) - 1
    return codes[numbers], int(is_there.sum())


def _number(values: pd.Series[Any]) -> tuple[Codes, int]:
    if pd.api.types.is_numeric_dtype(values):
        codes, distinct = pd.factorize(values, use_na_sentinel=False)
        return codes, len(distinct)
    codes, texts = factorize(values)
    return codes, len(texts)
