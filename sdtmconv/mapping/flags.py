"""Derivations that flag one record among several."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from sdtmconv.mapping.registry import (
    Column,
    Columns,
    Ordinal,
    RejectedValuesError,
    Subject,
    derivation,
)
from sdtmconv.mapping.values import rank, sort_order, tied_rows


@derivation(
    "last_before",
    method="'Y' on the last record with {result} by {date} before {reference}, for each {by}.",
)
def compute_last_before(
    date: Column,
    result: Column,
    by: Columns,
    subject: Subject,
    ordinal: Ordinal,
    reference: Column = "DM.RFXSTDTC",  # type: ignore[assignment]
    ties: Literal["error", "first", "last"] = "error",
) -> pd.Series:
    """Flag the last observation before exposure, --LOBXFL (SDTMIG 4.5.9).

    A result of the day of first exposure counts as before it when either side has no time: the
    protocol has assessments precede the dose. Where both have a time, the time decides.

    >>> dates = pd.Series(["2014-01-01", "2014-01-02", "2014-01-09"], dtype="str")
    >>> dose = pd.Series(["2014-01-02T08:00"] * 3, dtype="str")
    >>> test = pd.Series(["PULSE"] * 3, dtype="str")
    >>> subject = np.zeros(3, dtype=int)
    >>> compute_last_before(dates, test, [test], subject, np.arange(3), dose).tolist()
    [nan, 'Y', nan]
    """
    eligible = np.flatnonzero(result.notna().to_numpy() & _is_before(date, reference))
    ranks = [subject, *(rank(column) for column in by), rank(date)]
    eligible_ranks = [key[eligible] for key in ranks]
    raw_order = ordinal[eligible] if ties != "first" else -ordinal[eligible]
    order = sort_order([*eligible_ranks, raw_order])
    groups = np.column_stack([key[order] for key in eligible_ranks[:-1]])
    is_last = np.append((groups[1:] != groups[:-1]).any(axis=1), True)[: len(order)]
    if ties == "error":
        tied = np.isin(order, tied_rows(eligible_ranks, order)) & is_last
        if tied.any():
            raise RejectedValuesError(
                eligible[order[tied]],
                "another record has the same date, so that the last one before exposure is not "
                "certain",
                "add the variable that tells them apart to `by`, or say `ties: last`",
            )
    flags = np.full(len(date), None, dtype=object)
    flags[eligible[order[is_last]]] = "Y"
    return pd.Series(flags, dtype="str")


def _is_before(date: pd.Series, reference: pd.Series) -> np.ndarray:
    day, reference_day = date.str.slice(0, 10), reference.str.slice(0, 10)
    earlier = (day < reference_day).fillna(False).to_numpy(dtype=bool)
    same_day = ((day == reference_day) & (day.str.len() == 10)).fillna(False).to_numpy(dtype=bool)
    timed = ((date.str.len() > 10) & (reference.str.len() > 10)).fillna(False).to_numpy(dtype=bool)
    earlier_time = (date < reference).fillna(False).to_numpy(dtype=bool)
    return earlier | (same_day & (~timed | earlier_time))
