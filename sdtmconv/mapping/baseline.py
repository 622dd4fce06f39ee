"""Derivations that give a record a value of others of its group: the baseline, or those so far."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from sdtmconv.mapping.groups import order_groups
from sdtmconv.mapping.registry import (
    Column,
    Columns,
    Keys,
    Ordinal,
    RejectedValuesError,
    Subject,
    derivation,
)
from sdtmconv.mapping.values import rank, take_rows, to_number

EARLIER = "earlier records"


@derivation("baseline", method="{value} of the record with {flag} of 'Y', for each {by}.")
def compute_baseline(
    value: Column, flag: Column, by: Columns, subject: Subject, ordinal: Ordinal
) -> pd.Series:
    """Give every record of a group the value of its flagged one: BASE, BNRIND, BTOXGR (ADaMIG 3.3).

    Two flagged records of a group with different values are an error.

    >>> results, code = pd.Series([5.1, 4.8, None]), pd.Series(["HGB"] * 3, dtype="str")
    >>> flags, one = pd.Series([None, "Y", None], dtype="str"), np.zeros(3, dtype=int)
    >>> compute_baseline(results, flags, [code], one, np.arange(3)).tolist()
    [4.8, 4.8, 4.8]
    """
    groups = order_groups(by, [], subject, ordinal)
    group = np.empty(len(value), dtype="int64")
    group[groups.rows] = groups.group
    flagged = np.flatnonzero((flag == "Y").to_numpy(dtype=bool))
    source = np.full(len(value), -1)
    source[group[flagged]] = flagged
    ranks = rank(value)
    differing = flagged[ranks[flagged] != ranks[source[group[flagged]]]]
    if len(differing):
        raise RejectedValuesError(
            flagged[np.isin(group[flagged], group[differing])],
            f"several records of one group have {flag.name}, with different values",
            "flag one record, or add the variable that tells the baselines apart to `by`",
        )
    return take_rows(value, source[group])


@derivation(
    "running",
    method="The {take} of {value} over the {over} by {order}, for each {by}; a missing value does "
    "not count.",
)
def compute_running(
    value: Column,
    take: Literal["last", "minimum", "maximum", "sum"],
    by: Columns,
    order: Keys,
    subject: Subject,
    ordinal: Ordinal,
    over: Literal["records so far", "earlier records"] = "records so far",
    ties: Literal["error", "first"] = "error",
) -> pd.Series:
    """Sum up the records of a group so far: the nadir, a cumulative dose, the last value known.

    The records so far are the record itself and those before it; `over: earlier records` leaves
    itself out, as does the nadir that a sum of diameters is compared with. A record without a value
    does not count; where none counts, the result is missing. So `take: last` carries the last
    observation forward.

    >>> sums, day = pd.Series([80.0, None, 60.0, 75.0]), pd.Series([0.0, 28.0, 56.0, 84.0])
    >>> code, one = pd.Series(["SUMDIAM"] * 4, dtype="str"), np.zeros(4, dtype=int)
    >>> compute_running(sums, "minimum", [code], [day], one, np.arange(4), EARLIER).tolist()
    [nan, 80.0, 80.0, 60.0]
    >>> compute_running(sums, "last", [code], [day], one, np.arange(4)).tolist()
    [80.0, 80.0, 60.0, 75.0]
    """
    groups = order_groups(by, order, subject, ordinal)
    if ties == "error":
        groups.refuse_ties(groups.rows, order, "it is not certain which one comes first")
    numbers = value if take == "last" else to_number(value)
    sorted_values = take_rows(numbers, groups.rows)
    by_group = sorted_values.groupby(groups.group)
    steps = {
        "last": lambda: sorted_values,
        "minimum": by_group.cummin,
        "maximum": by_group.cummax,
        "sum": by_group.cumsum,
    }
    so_far = steps[take]().groupby(groups.group).ffill()
    if over == EARLIER:
        so_far = so_far.groupby(groups.group).shift()
    place = np.empty(len(value), dtype="int64")
    place[groups.rows] = np.arange(len(value))
    return take_rows(so_far, place)
