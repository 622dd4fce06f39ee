"""Collected dates and times as ISO 8601 text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sdtmconv.distinct import Codes, Mask, factorize
from sdtmconv.iso8601.arrow import Numbers, extract, to_mask
from sdtmconv.iso8601.formats import CollectedFormat, parse_formats
from sdtmconv.iso8601.parts import Parts, is_real, to_parts, write

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


class Collected(NamedTuple):
    """Collected text as ISO 8601 text, and a mask of the records that could not be read."""

    text: pd.Series[str]
    unreadable: pd.Series[bool]


class _Reading(NamedTuple):
    """For each record the number of its distinct value; for each of those what was read."""

    codes: Codes
    parts: Parts
    is_read: Mask


def _to_months(names: pa.Array) -> Numbers:
    short = pc.utf8_upper(pc.utf8_slice_codeunits(names, 0, 3))
    return np.asarray(pc.index_in(short, pa.array(_MONTHS)).to_numpy(zero_copy_only=False) + 1.0)


def _to_24_hours(hour: Numbers, half: pa.Array) -> Numbers:
    """Count hours from midnight; 24, which no clock has, for one that half a day does not have."""
    is_afternoon = to_mask(pc.match_substring(half, "P", ignore_case=True))
    return np.where((hour < 1) | (hour > 12), 24, hour % 12 + 12 * is_afternoon)


def _read_pattern(texts: pa.Array, form: CollectedFormat, pattern: str) -> tuple[Parts, Mask]:
    """Read the parts of texts; the mask tells which texts match and are real."""
    groups = extract(texts, pattern)
    parts = to_parts(groups, len(texts))
    year, month, _, hour, *_ = parts.numbers
    if "month_name" in groups:
        month[:] = _to_months(groups["month_name"])
    if form.first_year is not None:
        year[:] = form.first_year + (year - form.first_year) % 100
    if "half" in groups:
        hour[:] = _to_24_hours(hour, groups["half"])
    dates = parts.numbers[:3]
    dates[dates == 0] = np.nan
    is_matched = next(iter(groups.values())).is_valid().to_numpy(zero_copy_only=False)
    return parts, is_matched & is_real(parts.numbers)


def _read_collected(values: pd.Series[str], formats: Sequence[CollectedFormat]) -> _Reading:
    codes, distinct = factorize(values)
    texts = pc.utf8_trim_whitespace(distinct)
    parts = Parts(np.full((6, len(texts)), np.nan), np.full(len(texts), "", dtype=object))
    left = np.flatnonzero(to_mask(pc.not_equal(texts, "")))
    attempts = [(form, pattern) for form in formats for pattern in form.patterns]
    for form, pattern in attempts:
        read, is_read = _read_pattern(texts.take(pa.array(left)), form, pattern)
        parts.numbers[:, left[is_read]] = read.numbers[:, is_read]
        parts.fraction[left[is_read]] = read.fraction[is_read]
        left = left[~is_read]
        if not left.size:
            break
    return _Reading(codes, parts, ~np.isin(np.arange(len(texts)), left))


def _join_time(date: _Reading, time: _Reading) -> _Reading:
    """Give each distinct pair of date and time the parts of both."""
    count = max(len(time.is_read), 1)
    codes, pairs = pd.factorize(date.codes * count + time.codes)
    dates, times = np.divmod(pairs, count)
    numbers = np.concatenate([date.parts.numbers[:3, dates], time.parts.numbers[3:, times]])
    parts = Parts(numbers, time.parts.fraction[times])
    return _Reading(codes, parts, date.is_read[dates] & time.is_read[times])


def parse_collected(
    date: pd.Series[str],
    formats: Sequence[str],
    time: pd.Series[str] | None = None,
    time_formats: Sequence[str] = ("HH:MM",),
) -> Collected:
    """Write collected dates and times as ISO 8601 text of the same precision (SDTMIG 4.4.2).

    Unknown parts are UN, UNK, UNKN, UNKNOWN, UK, NK, X, - or ? (up to four of these), blank
    between separators, 00 for day or month, or left out with their separator from the finest up:
    `UN-MAR-2025`, `-MAR-2025` and `MAR-2025` are one date. A value with nothing known is missing.
    A date that the calendar does not have is unreadable, never mended.

    Args:
        date: Collected dates or date-times.
        formats: Their forms, see `parse_formats`; the first that reads a value counts.
        time: Collected times, aligned with `date`. A known time stays with a partial date
            (`2025-03--T12:30`) and with a missing one (`-----T07:15`), as SDTMIG has it.
        time_formats: Their forms.

    Returns:
        The ISO text, and the mask of unreadable records, whose text is missing.

    Raises:
        SpecError: A form cannot be read.

    >>> dates = pd.Series(["02-MAR-2025", "un-mar-2025", "2025", "31-FEB-2025", None], dtype="str")
    >>> times = pd.Series(["9:30", None, None, "09:30", None], dtype="str")
    >>> text, unreadable = parse_collected(dates, ["DD-MON-YYYY"], times, ["HH:MM"])
    >>> text.tolist()
    ['2025-03-02T09:30', '2025-03', '2025', nan, nan]
    >>> unreadable.tolist()
    [False, False, False, True, False]
    """
    reading = _read_collected(date, parse_formats(formats, "format of dates"))
    if time is not None:
        clock = _read_collected(time, parse_formats(time_formats, "format of times"))
        reading = _join_time(reading, clock)
    written = pc.if_else(pa.array(reading.is_read), write(reading.parts), None)
    texts = written.take(pa.array(reading.codes))
    return Collected(
        pd.Series(texts, date.index, dtype="str"),
        pd.Series(~reading.is_read[reading.codes], date.index),
    )
