"""The parts of date-times, from the year to the second: read, written, checked, counted."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sdtmconv.distinct import Mask
from sdtmconv.iso8601.arrow import Moments, Numbers, extract, to_mask, to_numbers

_PARTS = ("year", "month", "day", "hour", "minute", "second")
_MARKS = ("", "-", "-", "T", ":", ":")
_MONTH_DAYS = np.array([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])

_TIME = (
    r"T(?:(?P<hour>\d\d)|-)(?::(?:(?P<minute>\d\d)|-)(?::(?P<second>\d\d)(?P<fraction>\.\d+)?)?)?"
    r"(?P<zone>Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?"
)
_MOMENT = (
    r"^(?:(?P<year>\d{4})|-)(?:-(?:(?P<month>\d\d)|-)(?:-(?:(?P<day>\d\d)|-)"
    rf"(?:{_TIME})?)?)?$"
)


class Parts(NamedTuple):
    """Year, month, day, hour, minute, second: 6 x n, NaN where unknown; the second's fraction."""

    numbers: Numbers
    fraction: npt.NDArray[np.object_]


def to_parts(groups: dict[str, pa.Array], size: int) -> Parts:
    """Take parts from the groups of a pattern; what it does not name is unknown."""
    unknown = np.full(size, np.nan)
    numbers = [to_numbers(groups[name]) if name in groups else unknown for name in _PARTS]
    fraction = groups.get("fraction", pa.nulls(size, pa.string()))
    return Parts(np.array(numbers), fraction.to_numpy(zero_copy_only=False))


def last_day(year: Numbers, month: Numbers) -> Numbers:
    """Find a month's last day, the latest possible one where year or month is unknown."""
    is_common = (year % 4 > 0) | ((year % 100 == 0) & (year % 400 > 0))
    days = _MONTH_DAYS[np.clip(np.nan_to_num(month, nan=1), 1, 12).astype(np.int64) - 1]
    return np.asarray(days - (is_common & (month == 2)), dtype=np.float64)


def is_real(numbers: Numbers) -> Mask:
    """Tell which parts calendar and clock have, as far as they are known."""
    year, month, day, hour, minute, second = numbers
    wrong = (month < 1) | (month > 12) | (day < 1) | (day > last_day(year, month))
    return np.asarray(~(wrong | (hour > 23) | (minute > 59) | (second > 59)))


def _write_digits(numbers: Numbers, width: int) -> pa.Array:
    codes, distinct = pd.factorize(numbers)
    texts = pa.array([*(f"{int(number):0{width}}" for number in distinct), "-"])
    return texts.take(pa.array(np.where(codes < 0, len(distinct), codes)))


def write(parts: Parts) -> pa.Array:
    """Write parts from the last to the first (SDTMIG 4.4.2); null where nothing is known."""
    is_known = np.zeros(len(parts.fraction), dtype=bool)
    text = pa.array(np.where(np.isnan(parts.numbers[5]), "", parts.fraction), pa.string())
    for numbers, mark in zip(parts.numbers[::-1], reversed(_MARKS), strict=True):
        is_known |= ~np.isnan(numbers)
        digits = _write_digits(numbers, 2 if mark else 4)
        longer = pc.binary_join_element_wise(mark, digits, text, "")
        text = pc.if_else(pa.array(is_known), longer, text)
    return pc.if_else(pa.array(is_known), text, None)


def read_moments(texts: pa.Array) -> Numbers:
    """Read ISO date-times into the numbers of their parts; a text that is not valid has none.

    A text is valid when its parts are real and written again are that text: this holds
    right truncation and single hyphens without a rule for each.
    """
    groups = extract(texts, _MOMENT)
    parts = to_parts(groups, len(texts))
    written = pc.binary_join_element_wise(write(parts), groups["zone"], "")
    is_same = to_mask(pc.equal(written, texts))
    return np.where(is_same & is_real(parts.numbers), parts.numbers, np.nan)


def fill(numbers: Numbers, *defaults: float) -> Numbers:
    """Give each unknown part its default; NaN leaves it unknown."""
    return np.where(np.isnan(numbers), np.array(defaults)[:, np.newaxis], numbers)


def to_datetime64(numbers: Numbers) -> Moments:
    """Make datetime64[s] of whole parts; NaT where one is unknown."""
    is_whole = np.asarray(~np.isnan(numbers).any(axis=0))
    year, month, day, hour, minute, second = numbers[:, is_whole].astype(np.int64)
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    moments = np.full(len(is_whole), "NaT", dtype="datetime64[s]")
    moments[is_whole] = days.astype("datetime64[s]") + (hour * 3600 + minute * 60 + second)
    return moments
