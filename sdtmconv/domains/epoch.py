"""EPOCH: in which element of the trial a date lies, by the subject's own elements in SE."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sdtmconv.mapping.registry import Column, Records, Subject, check_one_table, derivation
from sdtmconv.mapping.values import missing_text, rank, sort_order, take_rows, to_text


def _check_elements(
    *, starts: tuple[str, ...], epochs: tuple[str, ...], ends: tuple[str, ...], **others: object
) -> tuple[str, str] | None:
    return check_one_table(starts=starts, epochs=epochs, ends=ends)


@derivation(
    "epoch",
    method="{epochs} of the subject's element that {date} lies in.",
    check=_check_elements,
)
def compute_epoch(
    date: Column,
    subject: Subject,
    starts: Records = ("SE.SESTDTC",),  # type: ignore[assignment]
    epochs: Records = ("SE.EPOCH",),  # type: ignore[assignment]
    ends: Records = ("SE.SEENDTC",),  # type: ignore[assignment]
) -> pd.Series:
    """Find the epoch that a date lies in (SDTMIG 4.4.5 and 5.3 SE).

    An element holds from its start until the next one starts. What happens on the day an element
    starts belongs to that element, unless both times are known and say otherwise. A partial date,
    one before the first element and one after the end of the last give no epoch.

    >>> from sdtmconv.mapping.registry import SubjectRecords
    >>> def elements(*texts):
    ...     return [SubjectRecords(pd.Series(texts, dtype="str"), np.zeros(2, int), (), 1)]
    >>> dates = pd.Series(["2025-01-01", "2025-01-09", "2025-01", "2025-02-01"], dtype="str")
    >>> starts, ends = elements("2025-01-01", "2025-01-09T10:00"), elements(None, "2025-01-31")
    >>> epochs = elements("SCREENING", "TREATMENT")
    >>> compute_epoch(dates, np.zeros(4, int), starts, epochs, ends).tolist()
    ['SCREENING', 'TREATMENT', nan, nan]
    """
    element, date = starts[0], to_text(date)
    begins = to_text(element.values)
    row = np.full(len(date), -1)
    for rows in _rows_by_turn(begins, element.subject, element.subjects):
        start = take_rows(begins, rows[subject])
        row = np.where(_reached(start, date), rows[subject], row)
    ended = _passed(take_rows(to_text(ends[0].values), row), date)
    complete = (date.str.len() >= 10).to_numpy(dtype=bool, na_value=False)
    found = np.where(complete & ~ended, row, -1)
    return take_rows(epochs[0].values, found) if len(epochs[0].values) else missing_text(len(date))


def _rows_by_turn(starts: pd.Series, subject: np.ndarray, subjects: int) -> list[np.ndarray]:
    """List for the first, second, ... element the row it has for each subject (-1: none)."""
    known = np.flatnonzero(starts.notna().to_numpy())
    order = known[sort_order([subject[known], rank(starts)[known]])]
    turns: list[np.ndarray] = []
    if not len(order):
        return turns
    counted = pd.Series(subject[order]).groupby(subject[order]).cumcount().to_numpy()
    for turn in range(int(counted.max()) + 1):
        rows = np.full(subjects, -1)
        here = order[counted == turn]
        rows[subject[here]] = here
        turns.append(rows)
    return turns


def _reached(start: pd.Series, date: pd.Series) -> np.ndarray:
    """Tell where a date is not before a start, as far as both are known."""
    day, start_day = date.str.slice(0, 10), start.str.slice(0, 10)
    timed = (date.str.len() > 10) & (start.str.len() > 10)
    reached = (start_day < day) | ((start_day == day) & (~timed | (start <= date)))
    return reached.to_numpy(dtype=bool, na_value=False)


def _passed(end: pd.Series, date: pd.Series) -> np.ndarray:
    """Tell where a date is after the day of an end."""
    return (date.str.slice(0, 10) > end.str.slice(0, 10)).to_numpy(dtype=bool, na_value=False)
