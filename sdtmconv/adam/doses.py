"""From a dosing interval to its single doses, by the terms of CDISC's codelist FREQ."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from sdtmconv.mapping.moments import SECONDS_A_DAY, is_datetime
from sdtmconv.mapping.registry import RejectedValuesError
from sdtmconv.mapping.values import is_text, map_unique, to_number

_HOUR, _MONTH, _YEAR = 3600.0, 30.4375 * SECONDS_A_DAY, 365.25 * SECONDS_A_DAY
_SECONDS = {
    "MIN": 60.0,
    "H": _HOUR,
    "D": SECONDS_A_DAY,
    "DAY": SECONDS_A_DAY,
    "W": 7 * SECONDS_A_DAY,
    "WEEK": 7 * SECONDS_A_DAY,
    "M": _MONTH,
    "MONTH": _MONTH,
    "YEAR": _YEAR,
}
_EVERY = re.compile(r"(?:Q|EVERY ?)(\d*) ?(MIN|H|DAY|D|WEEK|W|MONTH|M|YEAR)S?")
_TIMES = re.compile(r"(\d+) (?:TIMES?|DAYS) PER (DAY|WEEK|MONTH|YEAR)")
# Terms of FREQ that are words: how often in how many days. ONCE has no second dose.
_WORDS = {
    "BID": (2, 1),
    "TID": (3, 1),
    "QID": (4, 1),
    "QAM": (1, 1),
    "QPM": (1, 1),
    "QN": (1, 1),
    "QHS": (1, 1),
    "EVERY AFTERNOON": (1, 1),
    "EVERY EVENING": (1, 1),
    "QOD": (1, 2),
}
_ONCE = "ONCE"


def find_interval(frequency: str) -> float | None:
    """Give the seconds from one dose to the next; infinite for a single dose, None if unknown.

    >>> [find_interval(term) for term in ("BID", "Q6H", "EVERY 2 WEEKS", "3 TIMES PER WEEK", "PRN")]
    [43200.0, 21600.0, 1209600.0, 201600.0, None]
    """
    if frequency == _ONCE:
        return np.inf
    if frequency in _WORDS:
        times, days = _WORDS[frequency]
        return days * SECONDS_A_DAY / times
    if every := _EVERY.fullmatch(frequency):
        return int(every[1] or 1) * _SECONDS[every[2]]
    if times_per := _TIMES.fullmatch(frequency):
        return _SECONDS[times_per[2]] / int(times_per[1])
    return None


def repeat_doses(
    start: pd.Series, end: pd.Series, frequency: pd.Series
) -> tuple[np.ndarray, np.ndarray]:
    """Write dosing intervals as single doses.

    Doses that are given some times a day, or every some days or more, are counted by the days from
    start to end, both included; others by hours and minutes. They follow each other evenly.

    Args:
        start: Analysis date or datetime of the first dose.
        end: Analysis date or datetime of the end of the interval.
        frequency: Terms of FREQ.

    Returns:
        For each dose the row of its interval, and its seconds from 1960.

    Raises:
        RejectedValuesError: An interval lacks its start or end, ends before it starts, or has a
            frequency that does not tell when doses are given.

    >>> start = pd.Series([100.0, 100.0], name="ASTDT")
    >>> end = pd.Series([103.0, 100.0], name="AENDT")
    >>> rows, doses = repeat_doses(start, end, pd.Series(["QOD", "BID"], dtype="str"))
    >>> rows.tolist(), to_moments(doses, "ADT").tolist()
    ([0, 0, 1, 1], [100.0, 102.0, 100.0, 100.0])
    """
    _refuse_text(start, end)
    interval = _find_intervals(frequency)
    first, last = (_to_seconds(moments) for moments in (start, end))
    day, last_day = first // SECONDS_A_DAY, last // SECONDS_A_DAY
    _refuse_intervals(first, last, day, last_day)
    by_day = frequency.map(_is_counted_by_days).to_numpy(dtype=bool)
    span = np.where(by_day, (last_day - day + 1) * SECONDS_A_DAY - 1, last - first)
    count = np.floor(np.maximum(span, 0) / interval).astype("int64") + 1
    rows = np.repeat(np.arange(len(count)), count)
    number = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
    elapsed = number * np.where(np.isinf(interval), 0, interval)[rows]
    whole_days = by_day[rows] & (interval[rows] > SECONDS_A_DAY)
    elapsed = np.where(whole_days, elapsed // SECONDS_A_DAY * SECONDS_A_DAY, elapsed)
    return rows, first[rows] + elapsed


def to_moments(seconds: np.ndarray, name: str) -> pd.Series:
    """Write seconds from 1960 as the name of a variable asks for: *DTM, or days."""
    moments = pd.Series(seconds, name=name)
    return moments if is_datetime(moments) else moments // SECONDS_A_DAY


def _to_seconds(moments: pd.Series) -> np.ndarray:
    return to_number(moments).to_numpy() * (1 if is_datetime(moments) else SECONDS_A_DAY)


def _is_counted_by_days(frequency: str) -> bool:
    """Tell `Q6H` and the like, whose doses follow each other by the clock."""
    every = _EVERY.fullmatch(frequency)
    return not (every and every[2] in ("MIN", "H"))


def _find_intervals(frequency: pd.Series) -> np.ndarray:
    def write(term: str) -> str | None:
        interval = find_interval(term)
        return None if interval is None else str(interval)

    intervals = map_unique(frequency, write).astype("float64")
    unknown = np.flatnonzero(intervals.isna())
    if len(unknown):
        raise RejectedValuesError(
            unknown,
            f"{frequency.name} {{value}} does not tell when doses are given",
            "map it to a term of FREQ such as QD, Q12H or EVERY 2 WEEKS, or leave the records out",
            frequency.iloc[unknown],
        )
    found: np.ndarray = intervals.to_numpy()
    return found


def _refuse_text(*moments: pd.Series) -> None:
    for column in moments:
        if is_text(column) and len(column):
            raise RejectedValuesError(
                np.arange(len(column)),
                f"{column.name} is text",
                "name an analysis date: make it in a dataset with `submitted: no` before this one",
            )


def _refuse_intervals(
    first: np.ndarray, last: np.ndarray, day: np.ndarray, last_day: np.ndarray
) -> None:
    incomplete = np.flatnonzero(np.isnan(first) | np.isnan(last))
    if len(incomplete):
        raise RejectedValuesError(
            incomplete,
            "an interval has no start or no end",
            "give it one, as in `AENDT: [{date: EXENDTC}, {assign: ASTDT}]`, or leave it out",
        )
    backwards = np.flatnonzero(last_day < day)
    if len(backwards):
        raise RejectedValuesError(
            backwards, "an interval ends before it starts", "correct the dates, or leave it out"
        )
