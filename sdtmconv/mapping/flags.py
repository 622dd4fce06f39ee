"""Derivations that flag one record among several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from sdtmconv.mapping.groups import OrderedGroups, order_groups
from sdtmconv.mapping.registry import (
    Column,
    Columns,
    Keys,
    Mask,
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
    groups = [subject[eligible], *(rank(column)[eligible] for column in by)]
    raw_order = ordinal[eligible] if ties != "first" else -ordinal[eligible]
    last, tied = _find_last(groups, [rank(date)[eligible]], raw_order)
    if ties == "error" and len(tied):
        raise RejectedValuesError(
            eligible[tied],
            "another record has the same date, so that the last one before exposure is not certain",
            "add the variable that tells them apart to `by`, or say `ties: last`",
        )
    return _flag(eligible[last], len(date))


@derivation("flag_first", method="'Y' on the first record by {order} for each {by}.")
def compute_first_of(
    by: Columns,
    order: Keys,
    subject: Subject,
    ordinal: Ordinal,
    ties: Literal["error", "first", "all"] = "error",
) -> pd.Series:
    """Flag the first of a subject's records about one thing: where a lesion is met first.

    Two first records that tie are an error; `ties: first` settles it by their raw order, and
    `ties: all` flags them all: every event of the highest grade.

    >>> lesion = pd.Series(["N01", "N01", "N02"], dtype="str")
    >>> date = pd.Series(["2025-03-09", "2025-02-09", "2025-03"], dtype="str")
    >>> compute_first_of([lesion], [date], np.zeros(3, dtype=int), np.arange(3)).tolist()
    [nan, 'Y', 'Y']
    """
    groups = [subject, *(rank(column) for column in by)]
    first, tied = _find_last(groups, [-rank(column) for column in order], -ordinal)
    _refuse_ties(tied if ties == "error" else [], order, "first")
    return _flag(_with_ties(first, [*groups, *map(rank, order)], ties), len(subject))


@derivation("flag_last", method="'Y' on the last record by {order} for each {by}.")
def compute_last_of(
    by: Columns,
    order: Keys,
    subject: Subject,
    ordinal: Ordinal,
    ties: Literal["error", "last", "all"] = "error",
) -> pd.Series:
    """Flag the last of a subject's records about one thing: of several readings, the one to keep.

    Two last records that tie are an error; `ties: last` settles it by their raw order, and
    `ties: all` flags them all.

    >>> lesion, reading = (pd.Series(v, dtype="str") for v in (["T01", "T01"], ["1", "2"]))
    >>> compute_last_of([lesion], [reading], np.zeros(2, dtype=int), np.arange(2)).tolist()
    [nan, 'Y']
    """
    groups = [subject, *(rank(column) for column in by)]
    last, tied = _find_last(groups, [rank(column) for column in order], ordinal)
    _refuse_ties(tied if ties == "error" else [], order, "last")
    return _flag(_with_ties(last, [*groups, *map(rank, order)], ties), len(subject))


@derivation(
    "flag_until",
    method="'Y' on the records by {order} up to the first where {condition}, for each {by}; on "
    "that record itself: {inclusive}.",
)
def compute_until(
    condition: Mask,
    by: Columns,
    order: Keys,
    subject: Subject,
    ordinal: Ordinal,
    inclusive: Literal["yes", "no"] = "yes",
    ties: Literal["error", "first"] = "error",
) -> pd.Series:
    """Flag a group's records up to the first for which a condition holds: up to progression.

    All records are flagged of a group for which it never holds. `inclusive: no` leaves out the
    record for which it holds.

    >>> day, code = pd.Series([84.0, 28.0, 56.0]), pd.Series(["OVR"] * 3, dtype="str")
    >>> progressed, one = np.array([False, False, True]), np.zeros(3, dtype=int)
    >>> compute_until(progressed, [code], [day], one, np.arange(3)).tolist()
    [nan, 'Y', 'Y']
    """
    groups = order_groups(by, order, subject, ordinal)
    before, at = _count_fulfilled(groups, condition, order, ties)
    return _flag(groups.rows[before + (0 if inclusive == "yes" else at) == 0], len(subject))


@derivation(
    "flag_from",
    method="'Y' on the records by {order} from the first where {condition} on, for each {by}; on "
    "that record itself: {inclusive}.",
)
def compute_from(
    condition: Mask,
    by: Columns,
    order: Keys,
    subject: Subject,
    ordinal: Ordinal,
    inclusive: Literal["yes", "no"] = "yes",
    ties: Literal["error", "first"] = "error",
) -> pd.Series:
    """Flag a group's records from the first on for which a condition holds: once it has worsened.

    No record is flagged of a group for which it never holds. `inclusive: no` leaves out the record
    for which it holds.

    >>> day, code = pd.Series([84.0, 28.0, 56.0]), pd.Series(["OVR"] * 3, dtype="str")
    >>> progressed, one = np.array([False, False, True]), np.zeros(3, dtype=int)
    >>> compute_from(progressed, [code], [day], one, np.arange(3)).tolist()
    ['Y', nan, 'Y']
    """
    groups = order_groups(by, order, subject, ordinal)
    before, at = _count_fulfilled(groups, condition, order, ties)
    return _flag(groups.rows[before + (at if inclusive == "yes" else 0) > 0], len(subject))


def _count_fulfilled(
    groups: OrderedGroups, condition: np.ndarray, order: list[pd.Series], ties: str
) -> tuple[np.ndarray, np.ndarray]:
    """Count those of a group that fulfil a condition: before each record, and each itself."""
    at = pd.Series(condition[groups.rows].astype("int64"))
    before = (at.groupby(groups.group).cumsum() - at).to_numpy()
    if ties == "error":
        first = groups.rows[(before == 0) & (at == 1)]
        groups.refuse_ties(first, order, "it is not certain which of them come before it")
    return before, at.to_numpy()


def _find_last(
    groups: list[np.ndarray], keys: list[np.ndarray], raw_order: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Find each group's last record by its keys, and those of them that tie with another."""
    ranks = [*groups, *keys]
    order = sort_order([*ranks, raw_order])
    changes = np.logical_or.reduce([key[order][1:] != key[order][:-1] for key in groups])
    last = order[np.append(changes, True)[: len(order)]]
    return last, last[np.isin(last, tied_rows(ranks, order))]


def _with_ties(rows: np.ndarray, keys: list[np.ndarray], ties: str) -> np.ndarray:
    """Add, where all that tie are wanted, the records that equal one of `rows` in every key."""
    if ties != "all":
        return rows
    columns: list[Any] = list(range(len(keys)))
    frame = pd.DataFrame(dict(enumerate(keys)))
    chosen = frame.iloc[rows].assign(chosen=True)
    found = frame.merge(chosen, how="left", on=columns)["chosen"]
    return np.flatnonzero(found.notna().to_numpy())


def _refuse_ties(tied: Sequence[int] | np.ndarray, order: list[pd.Series], which: str) -> None:
    if len(tied):
        raise RejectedValuesError(
            np.asarray(tied),
            f"another record has the same {', '.join(str(key.name) for key in order)}, so that "
            f"the {which} one is not certain",
            f"add a key to `order` that tells them apart, or say `ties: {which}`",
        )


def _flag(rows: np.ndarray, length: int) -> pd.Series:
    flags = np.full(length, None, dtype=object)
    flags[rows] = "Y"
    return pd.Series(flags, dtype="str")


def _is_before(date: pd.Series, reference: pd.Series) -> np.ndarray:
    day, reference_day = date.str.slice(0, 10), reference.str.slice(0, 10)
    earlier = (day < reference_day).fillna(False).to_numpy(dtype=bool)
    # What is known to the month only is not known to lie before a day of that month.
    for length in (4, 7):
        unsure = (day.str.len() == length) & (day == reference.str.slice(0, length))
        earlier = earlier & ~unsure.fillna(False).to_numpy(dtype=bool)
    same_day = ((day == reference_day) & (day.str.len() == 10)).fillna(False).to_numpy(dtype=bool)
    timed = ((date.str.len() > 10) & (reference.str.len() > 10)).fillna(False).to_numpy(dtype=bool)
    earlier_time = (date < reference).fillna(False).to_numpy(dtype=bool)
    return earlier | (same_day & (~timed | earlier_time))
