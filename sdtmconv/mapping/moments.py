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

from sdtmconv import iso8601
from sdtmconv.distinct import Codes, ask_distinct
from sdtmconv.mapping.values import is_text

SECONDS_A_DAY = 86_400.0
# How many parts are known, from the year on.
NOTHING, YEAR, MONTH, DAY, HOUR, MINUTE, SECOND = range(7)
_KNOWN_PARTS = r"^(\d{4}(?:-\d\d(?:-\d\d(?:T\d\d(?::\d\d(?::\d\d)?)?)?)?)?)"
_CHARACTERS_A_PART = 3
_EPOCH = np.datetime64("1960-01-01T00:00:00")
# What completes a text of so many characters to its first second, and what comes after it.
_EARLIEST = "1960-01-01T00:00:00"
_FIRST = {length: _EARLIEST[length:] for length in range(len(_EARLIEST) + 1)}
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
        codes, moments = _read_distinct(values)
        return _take(moments, codes)
    seconds = values.to_numpy("float64") * (1 if is_datetime(values) else SECONDS_A_DAY)
    known, length = (SECOND, 1) if is_datetime(values) else (DAY, SECONDS_A_DAY)
    return _make(np.where(np.isnan(seconds), NOTHING, known), seconds, seconds + length - 1)


def _read_distinct(values: pd.Series) -> tuple[Codes, Moments]:
    return ask_distinct(values, _read_texts)


def _read_texts(distinct: pa.Array) -> Moments:
    texts = pd.Series(distinct, dtype="str")
    is_moment = iso8601.is_iso8601(texts) & ~texts.str.contains("/", regex=False, na=False)
    parts = texts.where(is_moment).str.extract(_KNOWN_PARTS, expand=False).fillna("")
    # 2014 has 4 characters, 2014-01 has 7, 2014-01-20T10:30:00 has 19.
    known = np.asarray(parts.str.len() // _CHARACTERS_A_PART, dtype=np.int64)
    first = (parts + parts.str.len().map(_FIRST)).to_numpy(dtype="datetime64[s]")
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
    codes, moments = _read_distinct(values)
    return _find_first(moments, known)[codes]


def _find_first(moments: Moments, known: int) -> Floats:
    return np.where(moments.known >= known, moments.earliest, np.nan)


def to_days(values: pd.Series) -> Floats:
    """Give the day of each moment; NaN for partial dates."""
    return np.floor(to_seconds(values) / SECONDS_A_DAY)
