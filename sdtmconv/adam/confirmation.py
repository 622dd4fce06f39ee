"""A derivation that asks whether a later record of the group confirms what a record says."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sdtmconv.mapping.groups import order_groups
from sdtmconv.mapping.moments import to_days
from sdtmconv.mapping.registry import Column, Columns, Mask, Ordinal, Subject, derivation


def pair_later(
    group: np.ndarray, day: np.ndarray, first: np.ndarray, good: np.ndarray, days: int
) -> tuple[np.ndarray, np.ndarray]:
    """Pair records with the next good one of their group that is late enough.

    The records stand group by group, each in the order of its days.

    Args:
        group: The group of each record, as a number that rises.
        day: Its date in days.
        first: Positions of the records to confirm.
        good: Positions of those that may confirm one.
        days: How many days later, at least.

    Returns:
        Positions of those that have such a record, and of that record.
    """
    # One axis for all groups, so far apart that no search for a date reaches the next group.
    span = np.ptp(day) + days + 1 if len(day) else 1
    moment = group * span + day
    late = np.searchsorted(moment[good], moment[first] + days)
    place = np.maximum(late, np.searchsorted(good, first, side="right"))
    first, place = first[place < len(good)], place[place < len(good)]
    same = group[first] == group[good[place]]
    return first[same], good[place[same]]


def _check(
    *, days: int = 0, within: int | None = None, most: int = 1, date: str = "", **others: object
) -> tuple[str, str] | None:
    if date.endswith(("DTM", "DTC")):
        return f"{date} does not count days", "name a date, whose name ends in DT"
    if within is not None and within < days:
        return f"within is {within}, and days is {days}", "write the longer time as `within`"
    if days < 0 or most < 0:
        return "a number is below 0", "write 0 or more"
    return None


@derivation(
    "flag_confirmed",
    method="'Y' where {condition} and, for the same {by}, a record {days} days later or more"
    "[ and at most {within} days later] confirms it: {again}[; all records between: {between}]"
    "[; of these, at most {most} with: {seldom}].",
    check=_check,
)
def compute_confirmed(
    condition: Mask,
    again: Mask,
    date: Column,
    by: Columns,
    subject: Subject,
    ordinal: Ordinal,
    days: int = 0,
    within: int = 1_000_000,
    between: Mask = None,  # type: ignore[assignment]
    seldom: Mask = None,  # type: ignore[assignment]
    most: int = 1,
) -> pd.Series:
    """Flag records that a later one of their group confirms, and nothing between contradicts.

    `again` is what a later record must fulfil, `days` later or more and not more than `within`;
    the first such record counts. `between` is what all records between the two must fulfil, and of
    those that fulfil `seldom` there may be `most`. Records without a date are left out. The
    response of RECIST 1.1 has a keyword of its own, confirmed_response; this is for other criteria,
    and for adverse events or results that must come twice.

    >>> value, day = ["PR", "NE", "PR", "PD"], pd.Series([10.0, 24.0, 45.0, 80.0])
    >>> good = np.array([text == "PR" for text in value])
    >>> calm = np.array([text in ("PR", "NE") for text in value])
    >>> one, code = np.zeros(4, dtype=int), pd.Series(["OVR"] * 4, dtype="str")
    >>> compute_confirmed(good, good, day, [code], one, np.arange(4), 28, between=calm).tolist()
    ['Y', nan, nan, nan]
    """
    dates = pd.Series(to_days(date))
    dated = np.flatnonzero(dates.notna().to_numpy())
    groups = order_groups(
        [column.iloc[dated] for column in by], [dates.iloc[dated]], subject[dated], ordinal[dated]
    )
    rows = dated[groups.rows]
    day = dates.to_numpy()[rows]
    first, second = pair_later(
        groups.group, day, np.flatnonzero(condition[rows]), np.flatnonzero(again[rows]), days
    )
    sound = day[second] - day[first] <= within
    for mask, allowed in ((None if between is None else ~between, 0), (seldom, most)):
        if mask is not None:
            count = np.cumsum(mask[rows])
            sound &= count[second - 1] - count[first] <= allowed
    flags = np.full(len(condition), None, dtype=object)
    flags[rows[first[sound]]] = "Y"
    return pd.Series(flags, dtype="str")
