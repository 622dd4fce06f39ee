"""What ISO 8601 date-times, and intervals of them, say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sdtmconv.distinct import Mask, ask_distinct, map_distinct
from sdtmconv.iso8601.arrow import Moments, Numbers, to_mask
from sdtmconv.iso8601.durations import match_durations
from sdtmconv.iso8601.parts import fill, last_day, read_moments, to_datetime64


def _is_moment(texts: pa.Array) -> Mask:
    return np.asarray(~np.isnan(read_moments(texts)).all(axis=0))


def _split_interval(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Give both sides of the solidus; a text without one is both."""
    start = pc.replace_substring_regex(texts, "/.*$", "")
    return start, pc.replace_substring_regex(texts, "^[^/]*/", "")


def _is_interval(texts: pa.Array) -> Mask:
    start, end = _split_interval(texts)
    starts, ends = _is_moment(start), _is_moment(end)
    return (starts & ends) | (starts & match_durations(end)) | (match_durations(start) & ends)


def _is_moment_or_interval(texts: pa.Array) -> Mask:
    answers = _is_moment(texts)
    has_solidus = to_mask(pc.match_substring(texts, "/"))
    if has_solidus.any():
        answers[has_solidus] = _is_interval(texts.filter(pa.array(has_solidus)))
    return answers


def is_iso8601(values: pd.Series[str]) -> pd.Series[bool]:
    """Tell which texts are date-times that SDTM allows (SDTMIG 4.4.1 to 4.4.3).

    Allowed are extended-format dates and date-times, cut off on the right or with hyphens for
    unknown parts, with a fraction of the second and a time zone; and intervals `a/b` of two of
    them or of one and a duration. The calendar is checked.

    Args:
        values: Text; a missing value is not a date.

    Returns:
        A mask on the same index.

    >>> texts = ["2025-03", "2025---02", "2025-02-29", "2025-03-02T12:30", "2025-03--", None]
    >>> is_iso8601(pd.Series(texts, dtype="str")).tolist()
    [True, True, False, True, False, False]
    """
    codes, answers = ask_distinct(values, _is_moment_or_interval)
    return pd.Series(answers[codes], values.index)


def _find_date(texts: pa.Array) -> Moments:
    numbers = read_moments(texts)
    numbers[3:] = 0
    return to_datetime64(numbers)


def to_date(iso: pd.Series[str]) -> pd.Series[Any]:
    """Give the date of ISO date-times.

    Args:
        iso: ISO 8601 text.

    Returns:
        datetime64[s] at midnight; NaT for partial dates, intervals and what is not ISO 8601.

    >>> iso = pd.Series(["2025-03-02T12:30", "2025-03", None], dtype="str")
    >>> to_date(iso).astype("str").tolist()
    ['2025-03-02', nan, nan]
    """
    return map_distinct(iso, _find_date)


def _find_datetime(texts: pa.Array) -> Moments:
    return to_datetime64(fill(read_moments(texts), np.nan, np.nan, np.nan, 0, 0, 0))


def to_datetime(iso: pd.Series[str]) -> pd.Series[Any]:
    """Give the date and time of ISO date-times, to the second; unknown parts of the time are 0.

    Args:
        iso: ISO 8601 text.

    Returns:
        datetime64[s]; NaT for partial dates, intervals and what is not ISO 8601.
    """
    return map_distinct(iso, _find_datetime)


def _find_bounds(texts: pa.Array) -> tuple[Moments, Moments]:
    start, end = _split_interval(texts)
    first = read_moments(start)
    last = first if start.equals(end) else read_moments(end)
    return _find_earliest(first), _find_latest(last)


def _find_earliest(numbers: Numbers) -> Moments:
    return to_datetime64(fill(numbers, np.nan, 1, 1, 0, 0, 0))


def _find_latest(numbers: Numbers) -> Moments:
    filled = fill(numbers, np.nan, 12, np.nan, 23, 59, 59)
    year, month, day, *_ = filled
    filled[2] = np.where(np.isnan(day), last_day(year, month), day)
    return to_datetime64(filled)


def bounds(iso: pd.Series[str]) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """Give the first and the last second that ISO date-times and intervals of them can mean.

    Args:
        iso: ISO 8601 text.

    Returns:
        Earliest and latest, datetime64[s]; NaT where the year is unknown, where that side of an
        interval is a duration, and for what is not ISO 8601.

    >>> earliest, latest = bounds(pd.Series(["2025-02", "2025-03-02T12", None], dtype="str"))
    >>> earliest.astype("str").tolist()
    ['2025-02-01 00:00:00', '2025-03-02 12:00:00', nan]
    >>> latest.astype("str").tolist()
    ['2025-02-28 23:59:59', '2025-03-02 12:59:59', nan]
    """
    codes, (earliest, latest) = ask_distinct(iso, _find_bounds)
    return pd.Series(earliest[codes], iso.index), pd.Series(latest[codes], iso.index)
