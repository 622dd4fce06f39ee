"""Which record of A is which record of B?

Records are paired by their keys. What is left over on both sides is then paired where all keys but
one agree and only one record on each side comes into question: its key was changed, and it is no
record of its own. Records that share all keys are paired in their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc

from sdtmconv.compare.keys import can_be_mistaken
from sdtmconv.distinct import factorize
from sdtmconv.mapping.values import is_text, to_text
from sdtmconv.threads import map_in_order

Rows = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int64]

_LARGEST = 2**62
# How many numbers a row may have in a table by number.
_SPARSE = 8


@dataclass(frozen=True, eq=False)
class Pairs:
    """The records of two datasets, side by side.

    Args:
        a: Rows of A that are in B as well, in the order of A.
        b: The row of B that belongs to each of them.
        only_a: Rows of A without one in B.
        only_b: Rows of B without one in A.
        repeated_a: Rows of A that have the key of another one.
        repeated_b: The same in B.
        sorted_alike: Whether the paired records stand in the same order in both.
    """

    a: Rows
    b: Rows
    only_a: Rows
    only_b: Rows
    repeated_a: Rows
    repeated_b: Rows
    sorted_alike: bool

    @cached_property
    def rows_a(self) -> Rows | slice:
        """The rows of A as an index: all of them where that is so."""
        return self.a if len(self.only_a) else slice(None)

    @cached_property
    def rows_b(self) -> Rows | slice:
        """The rows of B as an index: all of them where they pair in their order."""
        in_order = not len(self.only_b) and np.array_equal(self.b, np.arange(len(self.b)))
        return slice(None) if in_order else self.b


def pair_in_order(count_a: int, count_b: int) -> Pairs:
    """Pair the first record with the first, and so on."""
    both, none = np.arange(min(count_a, count_b)), np.empty(0, dtype=np.int64)
    rest_a, rest_b = np.arange(len(both), count_a), np.arange(len(both), count_b)
    return Pairs(both, both, rest_a, rest_b, none, none, sorted_alike=True)


def pair_by_keys(a: pd.DataFrame, b: pd.DataFrame, keys: Sequence[str]) -> Pairs:
    """Pair records by their keys."""
    coded = dict(zip(keys, map_in_order(lambda name: _encode(a[name], b[name]), keys), strict=True))
    codes_a, codes_b = _combine([coded[name] for name in keys])
    repeated_a, repeated_b = _find_repeated(codes_a), _find_repeated(codes_b)
    if len(repeated_a) or len(repeated_b):
        codes_a, codes_b = _combine(
            [(codes_a, codes_b), (_occurrence(codes_a), _occurrence(codes_b))]
        )
    partner = _find_partners(codes_a, codes_b)
    matched = partner >= 0
    sorted_alike = bool((np.diff(partner[matched]) > 0).all())
    used = np.zeros(len(b), dtype=bool)
    used[partner[matched]] = True
    for name in filter(can_be_mistaken, reversed(keys)):
        rows_a, rows_b = np.flatnonzero(partner < 0), np.flatnonzero(~used)
        others = [coded[other] for other in keys if other != name]
        if not (len(rows_a) and len(rows_b) and others):
            break
        found = _pair_single(*_combine([(x[rows_a], y[rows_b]) for x, y in others]))
        partner[rows_a[found[0]]] = rows_b[found[1]]
        used[rows_b[found[1]]] = True
    rows = np.flatnonzero(partner >= 0)
    left_over = np.flatnonzero(partner < 0), np.flatnonzero(~used)
    return Pairs(rows, partner[rows], *left_over, repeated_a, repeated_b, sorted_alike)


def _encode(a: pd.Series, b: pd.Series) -> tuple[Codes, Codes]:
    """Number the distinct values of a key on both sides together; missing is a value."""
    if is_text(a) or is_text(b):
        return number_together(to_text(a), to_text(b))
    codes = pd.factorize(np.concatenate([a, b]))[0].astype(np.int64) + 1
    return codes[: len(a)], codes[len(a) :]


def number_together(a: pd.Series[str], b: pd.Series[str]) -> tuple[Codes, Codes]:
    """Number the distinct texts of two columns, missing ones among them.

    >>> one, other = (pd.Series(texts, dtype="str") for texts in (["a", "b"], ["b", "c", "a"]))
    >>> [codes.tolist() for codes in number_together(one, other)]
    [[0, 1], [1, 3, 0]]
    """
    codes_a, texts_a = factorize(a)
    if a.equals(b):
        return codes_a, codes_a
    codes_b, texts_b = factorize(b)
    places = pc.fill_null(pc.index_in(texts_b, texts_a), -1).to_numpy()
    numbers = np.where(places < 0, len(texts_a) + np.arange(len(places)), places)
    return codes_a, numbers[codes_b]


def _combine(columns: Sequence[tuple[Codes, Codes]]) -> tuple[Codes, Codes]:
    """Number the distinct combinations of several codes, with not many more numbers than rows."""
    codes_a, codes_b = columns[0]
    size = _count(codes_a, codes_b)
    for next_a, next_b in columns[1:]:
        factor = _count(next_a, next_b)
        if size > _LARGEST // factor:
            codes_a, codes_b = _renumber(codes_a, codes_b)
            size = _count(codes_a, codes_b)
        codes_a, codes_b = codes_a * factor + next_a, codes_b * factor + next_b
        size *= factor
    if size > _SPARSE * (len(codes_a) + len(codes_b)):
        return _renumber(codes_a, codes_b)
    return codes_a, codes_b


def _renumber(a: Codes, b: Codes) -> tuple[Codes, Codes]:
    both = pd.factorize(np.concatenate([a, b]))[0].astype(np.int64)
    return both[: len(a)], both[len(a) :]


def _count(a: Codes, b: Codes) -> int:
    return 1 + max(int(a.max(initial=0)), int(b.max(initial=0)))


def _find_repeated(codes: Codes) -> Rows:
    return np.flatnonzero(np.bincount(codes)[codes] > 1)


def _occurrence(codes: Codes) -> Codes:
    """Count, for each record, those before it with the same key."""
    return np.asarray(pd.Series(codes).groupby(codes, sort=False).cumcount(), dtype=np.int64)


def _find_partners(a: Codes, b: Codes) -> Rows:
    """Give the row in B of each code of A, of which B has one at most; -1 where it has none."""
    rows = np.full(_count(a, b), -1, dtype=np.int64)
    rows[b] = np.arange(len(b))
    return rows[a]


def _pair_single(a: Codes, b: Codes) -> tuple[Rows, Rows]:
    """Pair what is the only one of its code on both sides."""
    single_a, single_b = (np.flatnonzero(np.bincount(codes)[codes] == 1) for codes in (a, b))
    partner = _find_partners(a[single_a], b[single_b])
    return single_a[partner >= 0], single_b[partner[partner >= 0]]
