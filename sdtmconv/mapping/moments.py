"""What dates and times mean, be they ISO 8601 text or analysis dates.

Analysis dates count days and analysis datetimes seconds from 1960-01-01, as SAS counts them. The
name of a numeric variable tells which of the two it is: datetimes end in DTM (ADaMIG 3.1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from sdtmconv.distinct import ask_distinct
from sdtmconv.iso8601 import parts
from sdtmconv.mapping.values import is_text

SECONDS_A_DAY = 86_400.0
# How many parts are known, from the year on.
NOTHING, YEAR, MONTH, DAY, HOUR, MINUTE, SECOND = range(7)
_EPOCH = np.datetime64("1960-01-01T00:00:00")
# What comes after a moment of which so many parts are known.
_STEPS = {YEAR: "Y", MONTH: "M", DAY: "D", HOUR: "h", MINUTE: "m", SECOND: "s"}

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Moments:
    """What is known of dates and times.

    Args:
        known: How many parts are known, from the year on: NOTHING to SECOND.
        earliest: Seconds from 1960 to the first second it can be; -inf where nothing is known.
        latest: Seconds from 1960 to the last second it can be; inf where nothing is known.
    """

    known: npt.NDArray[np.int64]
    earliest: Floats
    latest: Floats


def read_moments(values: pd.Series) -> Moments:
    """Read ISO 8601 text, analysis dates or analysis datetimes.

    A part behind an unknown one does not count: `2014---05` is known to the year. Of intervals, and
    of what is not ISO 8601, nothing is known.
    """
    if is_text(values):
        codes, moments = ask_distinct(values, _read_texts)
        return _take(moments, codes)
    seconds = values.to_numpy("float64") * (1 if is_datetime(values) else SECONDS_A_DAY)
    known, length = (SECOND, 1) if is_datetime(values) else (DAY, SECONDS_A_DAY)
    return _make(np.where(np.isnan(seconds), NOTHING, known), seconds, seconds + length - 1)


def _read_texts(texts: pa.Array) -> Moments:
    numbers = parts.read_moments(texts)
    known = np.logical_and.accumulate(~np.isnan(numbers)).sum(axis=0)
    numbers[np.arange(len(numbers))[:, np.newaxis] >= known] = np.nan
    first = parts.to_datetime64(parts.fill(numbers, np.nan, 1, 1, 0, 0, 0))
    after = np.select(
        [known == count for count in _STEPS],
        [first.astype(f"M8[{step}]") + 1 for step in _STEPS.values()],
        first,
    ).astype("M8[s]")
    seconds = (first - _EPOCH).astype("float64")
    return _make(known, seconds, (after - _EPOCH).astype("float64") - 1)


def _make(known: npt.NDArray[np.int64], earliest: Floats, latest: Floats) -> Moments:
    some = known > NOTHING
    return Moments(known, np.where(some, earliest, -np.inf), np.where(some, latest, np.inf))


def _take(moments: Moments, rows: npt.NDArray[np.int64]) -> Moments:
    return Moments(moments.known[rows], moments.earliest[rows], moments.latest[rows])


def is_datetime(values: pd.Series) -> bool:
    """Tell analysis datetimes from analysis dates by their name.

    >>> [is_datetime(pd.Series([1.0], name=name)) for name in ("ADSL.TRTSDTM", "ADT")]
    [True, False]
    """
    return str(values.name).endswith("DTM")


def to_seconds(values: pd.Series, known: int = DAY) -> Floats:
    """Give the first second of each moment; NaN where less than the stated parts is known.

    >>> to_seconds(pd.Series(["1960-01-02T10:30", "1960-01-02", "1960-01"], dtype="str")).tolist()
    [124200.0, 86400.0, nan]
    """
    if not is_text(values):
        return _find_first(read_moments(values), known)
    codes, moments = ask_distinct(values, _read_texts)
    return _find_first(moments, known)[codes]


def _find_first(moments: Moments, known: int) -> Floats:
    return np.where(moments.known >= known, moments.earliest, np.nan)


def to_days(values: pd.Series) -> Floats:
    """Give the day of each moment; NaN for partial dates."""
    return np.floor(to_seconds(values) / SECONDS_A_DAY)
