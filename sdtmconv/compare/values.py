"""Which values of paired records differ, and how?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from sdtmconv.compare.numbers import classify_numbers, find_unequal, measure
from sdtmconv.compare.pairs import Pairs, Rows, number_together
from sdtmconv.compare.settings import Settings
from sdtmconv.compare.texts import classify_texts, is_missing_word
from sdtmconv.distinct import Mask
from sdtmconv.mapping.values import is_text, take_rows, to_text
from sdtmconv.transport import missing_codes
from sdtmconv.transport.moments import numbers_to_texts
from sdtmconv.transport.sas_formats import MomentKind

Classify = Callable[[pd.Series, pd.Series], npt.NDArray[np.object_]]


@dataclass(frozen=True, eq=False)
class Differing:
    """The values of a variable that differ.

    Args:
        rows: Positions among the pairs.
        kinds: The kind of each, a key of `KINDS`.
        a: The values in A as text, missing where missing.
        b: The values in B.
        distances: How far numbers and dates lie apart; NaN for texts.
    """

    rows: npt.NDArray[np.int64]
    kinds: npt.NDArray[np.object_]
    a: pd.Series
    b: pd.Series
    distances: npt.NDArray[np.float64]

    def split(self) -> Iterator[tuple[str, npt.NDArray[np.int64], float]]:
        """Give each kind with its positions in this object and its largest distance."""
        for kind in pd.unique(self.kinds):
            chosen = np.flatnonzero(self.kinds == kind)
            known = self.distances[chosen][~np.isnan(self.distances[chosen])]
            yield str(kind), chosen, float(known.max()) if len(known) else float("nan")


def find_differing(
    a: pd.Series,
    b: pd.Series,
    pairs: Pairs,
    moment: MomentKind | None,
    settings: Settings,
    decodes: Mapping[str, str] | None = None,
    *,
    dated: bool = False,
) -> Differing | None:
    """Compare a variable over all pairs of records; None where all its values are equal.

    Args:
        a: Its values in A.
        b: Its values in B.
        pairs: Which record is which.
        moment: What its numbers are, by their format.
        settings: The tolerances.
        decodes: What the codes of its codelist mean.
        dated: Whether its texts are dates.
    """
    if not is_text(a) and not is_text(b):
        return _compare_numbers(a.iloc[pairs.rows_a], b.iloc[pairs.rows_b], moment, settings)
    a, b = to_text(a), to_text(b)
    rows = _find_unequal_texts(a, b, pairs)
    if not len(rows):
        return None
    one, other = take_rows(a, pairs.a[rows]), take_rows(b, pairs.b[rows])
    return _classify_pairs(one, other, rows, partial(classify_texts, decodes=decodes, dated=dated))


def _find_unequal_texts(a: pd.Series, b: pd.Series, pairs: Pairs) -> Rows:
    """Find the pairs whose texts differ, of which missing is one."""
    if pairs.sorted_alike:
        one, other = a.iloc[pairs.rows_a].array, b.iloc[pairs.rows_b].array
        return np.flatnonzero((one != other) & ~(one.isna() & other.isna()))
    codes_a, codes_b = number_together(a, b)
    return np.flatnonzero(codes_a[pairs.rows_a] != codes_b[pairs.rows_b])


def show_values(values: pd.Series, moment: MomentKind | None) -> pd.Series:
    """Write values as text: dates as people read them, special missing values as .A.

    >>> show_values(pd.Series([23802.0, np.nan]), "date").tolist()
    ['2025-03-02', nan]
    >>> show_values(pd.Series([2056492830.5]), "datetime").tolist()
    ['2025-03-02T00:00:30.5']
    """
    if is_text(values):
        return values
    texts = to_text(values)
    if moment:
        found, misfits = numbers_to_texts(values.to_numpy(), moment)
        known = pd.Series(found.to_pylist(), index=values.index, dtype="str")
        texts = known if not len(misfits) else known.fillna(texts)
    codes = pd.Series(missing_codes(values.to_numpy()), index=values.index, dtype="str")
    return texts.where(codes.isin(["", "."]), "." + codes)


def _compare_numbers(
    a: pd.Series, b: pd.Series, moment: MomentKind | None, settings: Settings
) -> Differing | None:
    x, y = a.to_numpy(dtype="float64"), b.to_numpy(dtype="float64")
    unequal = find_unequal(x, y, settings.absolute, settings.relative)
    special = _find_special(x, y)
    rows = np.flatnonzero(unequal | special)
    if not len(rows):
        return None
    x, y = x[rows], y[rows]
    kinds = np.full(len(rows), "special-missing", dtype=object)
    kinds[np.isnan(x) & ~np.isnan(y)] = "missing-in-a"
    kinds[~np.isnan(x) & np.isnan(y)] = "missing-in-b"
    both = ~np.isnan(x) & ~np.isnan(y)
    kinds[both] = classify_numbers(x[both], y[both], moment)
    distances = measure(x, y, moment)
    return Differing(
        rows, kinds, show_values(a.iloc[rows], moment), show_values(b.iloc[rows], moment), distances
    )


def _find_special(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> Mask:
    """Find pairs of missing values of different kinds."""
    found: Mask = np.isnan(a) & np.isnan(b) & (a.view("u8") != b.view("u8"))
    rows = np.flatnonzero(found)
    found[rows] = missing_codes(a[rows]) != missing_codes(b[rows])
    return found


def _classify_pairs(
    a: pd.Series, b: pd.Series, rows: npt.NDArray[np.int64], classify: Classify
) -> Differing:
    """Classify each distinct pair of texts once."""
    pairs = pd.DataFrame({"a": a, "b": b}).reset_index(drop=True)
    number = pairs.groupby(["a", "b"], sort=False, dropna=False).ngroup().to_numpy()
    _, first = np.unique(number, return_index=True)
    kinds = _classify_distinct(pairs.iloc[first].reset_index(drop=True), classify)
    nothing = np.full(len(rows), np.nan)
    return Differing(rows, kinds[number], pairs["a"], pairs["b"], nothing)


def _classify_distinct(pairs: pd.DataFrame, classify: Classify) -> npt.NDArray[np.object_]:
    none_a, none_b = (pairs[side].isna().to_numpy(dtype=bool) for side in ("a", "b"))
    kinds = np.select([none_a, none_b], ["missing-in-a", "missing-in-b"], "").astype(object)
    one = pairs["a"].fillna(pairs["b"])
    kinds[(none_a | none_b) & is_missing_word(one)] = "missing-as-text"
    both = ~none_a & ~none_b
    kinds[both] = classify(pairs["a"][both], pairs["b"][both])
    return kinds
