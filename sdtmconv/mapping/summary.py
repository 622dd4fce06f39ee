"""Derivations that bring a subject's other records down to one value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from sdtmconv.iso8601 import is_iso8601
from sdtmconv.mapping.registry import (
    Order,
    Records,
    RejectedValuesError,
    SubjectRecords,
    derivation,
)
from sdtmconv.mapping.values import (
    is_text,
    rank,
    sort_order,
    take_rows,
    tied_rows,
    to_number,
    to_text,
)


@derivation("earliest", method="Earliest of {values} of the subject.")
def compute_earliest(values: Records) -> pd.Series:
    """Take each subject's earliest date or smallest number over other records.

    ISO 8601 dates compare as far as both are known: 2014-01 stands before 2014-01-02.

    >>> dates = pd.Series(["2014-03", "2014-01-02", None], dtype="str")
    >>> records = SubjectRecords(dates, np.array([0, 0, 1]), (), 2)
    >>> compute_earliest([records]).tolist()
    ['2014-01-02', nan]
    """
    return _take_extreme(values, last=False)


@derivation("latest", method="Latest of {values} of the subject.")
def compute_latest(values: Records) -> pd.Series:
    """Take each subject's latest date or largest number over other records.

    >>> dates = pd.Series(["2014-01-02", "2014-01-02T11:45"], dtype="str")
    >>> compute_latest([SubjectRecords(dates, np.array([0, 0]), (), 1)]).tolist()
    ['2014-01-02T11:45']
    """
    return _take_extreme(values, last=True)


def _check_one_column(*, values: tuple[str, ...], **others: object) -> tuple[str, str] | None:
    if len(values) == 1:
        return None
    remedy = "name one column; a list of rules gives the others their turn"
    return f"{len(values)} columns are named", remedy


@derivation(
    "first",
    method="{values} of the subject's first record by {order}.",
    check=_check_one_column,
)
def compute_first(
    values: Records, order: Order, ties: Literal["error", "first"] = "error"
) -> pd.Series:
    """Take the value of each subject's first record in a stated order."""
    return _take_ordered(values, order, ties, last=False)


@derivation(
    "last",
    method="{values} of the subject's last record by {order}.",
    check=_check_one_column,
)
def compute_last(
    values: Records, order: Order, ties: Literal["error", "first"] = "error"
) -> pd.Series:
    """Take the value of each subject's last record in a stated order.

    >>> reason, date = (pd.Series(text, dtype="str") for text in (["AE", "DEATH"], ["1", "2"]))
    >>> compute_last([SubjectRecords(reason, np.array([0, 0]), (date,), 1)], ["DSSTDTC"]).tolist()
    ['DEATH']
    """
    return _take_ordered(values, order, ties, last=True)


@derivation("exists", method="'{then}' where the subject has {values}.")
def compute_exists(values: Records, then: str = "Y", otherwise: str = "") -> pd.Series:
    """Flag the subjects who have a value on any of other records.

    >>> dates = pd.Series(["2014-01-02", None], dtype="str")
    >>> compute_exists([SubjectRecords(dates, np.array([0, 1]), (), 2)]).tolist()
    ['Y', nan]
    """
    flagged = np.zeros(values[0].subjects, dtype=bool)
    for records in values:
        flagged[records.subject[records.values.notna().to_numpy()]] = True
    texts = np.where(flagged, then, otherwise).astype(object)
    texts[texts == ""] = None
    return pd.Series(texts, dtype="str")


@derivation("total", method="Sum of {values} of the subject.", numeric=True)
def compute_total(values: Records) -> pd.Series:
    """Add up a number over other records; missing ones are left out.

    >>> doses = pd.Series([80.0, 40.0, None, None])
    >>> compute_total([SubjectRecords(doses, np.array([0, 0, 0, 1]), (), 2)]).tolist()
    [120.0, nan]
    """
    return _reduce(values, "sum")


@derivation("average", method="Mean of {values} of the subject.", numeric=True)
def compute_average(values: Records) -> pd.Series:
    """Take the mean of a number over other records; missing ones are left out.

    >>> pulses = pd.Series([60.0, 63.0, None])
    >>> compute_average([SubjectRecords(pulses, np.array([0, 0, 0]), (), 1)]).tolist()
    [61.5]
    """
    return _reduce(values, "mean")


@derivation("median", method="Median of {values} of the subject.", numeric=True)
def compute_median(values: Records) -> pd.Series:
    """Take the median of a number over other records; missing ones are left out.

    >>> times = pd.Series([1.0, 2.0, 9.0])
    >>> compute_median([SubjectRecords(times, np.array([0, 0, 0]), (), 1)]).tolist()
    [2.0]
    """
    return _reduce(values, "median")


@derivation("lowest", method="Lowest {values} of the subject.", numeric=True)
def compute_lowest(values: Records) -> pd.Series:
    """Take the lowest of a number over other records: the nadir.

    >>> sums = pd.Series([52.0, 31.0, None])
    >>> compute_lowest([SubjectRecords(sums, np.array([0, 0, 0]), (), 1)]).tolist()
    [31.0]
    """
    return _reduce(values, "min")


@derivation("highest", method="Highest {values} of the subject.", numeric=True)
def compute_highest(values: Records) -> pd.Series:
    """Take the highest of a number over other records.

    >>> copies = pd.Series([52.0, 310.0, None])
    >>> compute_highest([SubjectRecords(copies, np.array([0, 0, 0]), (), 1)]).tolist()
    [310.0]
    """
    return _reduce(values, "max")


@derivation("count", method="Number of records of the subject with {values}.", numeric=True)
def compute_count(values: Records) -> pd.Series:
    """Count other records that have a value; none is 0.

    >>> terms = pd.Series(["RASH", None, "RASH"], dtype="str")
    >>> compute_count([SubjectRecords(terms, np.array([0, 0, 0]), (), 2)]).tolist()
    [2.0, 0.0]
    """
    counts = np.zeros(values[0].subjects)
    for records in values:
        known = records.subject[records.values.notna().to_numpy()]
        counts += np.bincount(known, minlength=len(counts))
    return pd.Series(counts)


def _reduce(values: Sequence[SubjectRecords], function: str) -> pd.Series:
    """Bring numbers down to one per subject; missing where a subject has none."""
    numbers = pd.concat([to_number(records.values) for records in values], ignore_index=True)
    subject = np.concatenate([records.subject for records in values])
    found = numbers.dropna().groupby(subject[numbers.notna().to_numpy()]).agg(function)
    return found.reindex(range(values[0].subjects)).astype("float64").reset_index(drop=True)


def _take_extreme(values: Sequence[SubjectRecords], last: bool) -> pd.Series:
    _refuse_other_text(values)
    columns = [records.values for records in values]
    if any(map(is_text, columns)):
        columns = list(map(to_text, columns))
    pooled = pd.concat(columns, ignore_index=True)
    subject = np.concatenate([records.subject for records in values])
    known = np.flatnonzero(pooled.notna().to_numpy())
    order = known[sort_order([subject[known], rank(pooled)[known]])]
    return _take_per_subject(pooled, subject, order, values[0].subjects, last)


def _refuse_other_text(values: Sequence[SubjectRecords]) -> None:
    """Raise where text is no ISO 8601 date: by its letters 9 stands behind 10, APR before MAR."""
    for number, records in enumerate(values):
        if is_text(records.values):
            wrong = (records.values.notna() & ~is_iso8601(records.values)).to_numpy(bool)
            if wrong.any():
                raise RejectedValuesError(
                    np.flatnonzero(wrong),
                    "{value} is not an ISO 8601 date",
                    "name a dataset's --DTC; for numbers say lowest or highest",
                    records.values[wrong],
                    of=number,
                )


def _take_ordered(
    values: Sequence[SubjectRecords], names: list[str], ties: str, last: bool
) -> pd.Series:
    records = values[0]
    ranks = [records.subject, *(rank(column) for column in records.order)]
    order = sort_order(ranks)
    if ties == "error":
        _refuse_ties(ranks, order, names, last)
    return _take_per_subject(records.values, records.subject, order, records.subjects, last)


def _refuse_ties(ranks: list[np.ndarray], order: np.ndarray, names: list[str], last: bool) -> None:
    """Raise where the chosen record of a subject ties with its neighbour."""
    tied = tied_rows(ranks, order)
    subject = ranks[0]
    ends = _ends(subject[order], last)
    chosen = [key[order[ends]] for key in ranks]
    by_subject = dict(
        zip(chosen[0].tolist(), zip(*(c.tolist() for c in chosen), strict=True), strict=True)
    )
    # A loop over tied records only: there are none in sound data.
    deciding = [
        row for row in tied if tuple(int(key[row]) for key in ranks) == by_subject[subject[row]]
    ]
    if deciding:
        raise RejectedValuesError(
            np.array(deciding),
            f"records of one subject tie on {', '.join(names)}, so that "
            f"the {'last' if last else 'first'} one is not certain",
            "add a key to `order` that tells them apart, or say `ties: first`",
        )


def _ends(ordered_subject: np.ndarray, last: bool) -> np.ndarray:
    """Find the position of each subject's first or last record in ordered records."""
    if not len(ordered_subject):
        return np.empty(0, dtype="int64")
    changes = ordered_subject[1:] != ordered_subject[:-1]
    return np.flatnonzero(np.append(changes, True) if last else np.append(True, changes))


def _take_per_subject(
    values: pd.Series, subject: np.ndarray, order: np.ndarray, subjects: int, last: bool
) -> pd.Series:
    chosen = order[_ends(subject[order], last)]
    position = np.full(subjects, -1)
    position[subject[chosen]] = chosen
    return take_rows(values, position)
