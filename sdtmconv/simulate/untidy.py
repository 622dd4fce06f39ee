"""How tidy values become text as an EDC and the laboratories deliver it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sdtmconv.simulate.dice import Bools, Dice, Ints, Shape
from sdtmconv.simulate.protocol import day_number

# An array of pyarrow, for which there are no type stubs.
Text = Any
Table = dict[str, Text]

# How much of a date was known to whoever entered it.
FULL, NO_DAY, NO_MONTH, UNKNOWN = range(4)

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_FIRST, _LAST = day_number(1970, 1, 1), day_number(2027, 12, 31)

YES_NO = ("No", "Yes")


def choose(labels: Sequence[str], codes: Ints | Bools, known: Bools | None = None) -> Text:
    """Write codes as labels.

    Args:
        labels: Text of code 0, 1, 2, ...
        codes: A code per record; a negative one leaves the field empty.
        known: False leaves the field empty, too.

    Returns:
        Text per record.

    >>> choose(("No", "Yes"), np.array([1, -1, 0])).to_pylist()
    ['Yes', None, 'No']
    """
    missing = codes < 0 if known is None else (codes < 0) | ~known
    return pa.array(labels, pa.string()).take(pa.array(codes.astype(np.int64), mask=missing))


def constant(text: str, size: int) -> Text:
    """Write one text on every record."""
    return choose((text,), np.zeros(size, dtype=np.int64))


def whole(values: Ints, known: Bools | None = None) -> Text:
    """Write whole numbers; where `known` is False the field stays empty."""
    return pa.array(values, mask=None if known is None else ~known).cast(pa.string())


def decimal(values: Ints, places: int | Ints, known: Bools | None = None) -> Text:
    """Write whole numbers of 10**-places with that many decimal places.

    >>> decimal(np.array([125, -5, 300]), np.array([1, 2, 0])).to_pylist()
    ['12.5', '-0.05', '300']
    """
    places = np.broadcast_to(np.asarray(places, dtype=np.int64), values.shape)
    pairs, which = np.unique(np.stack([values, places]), axis=1, return_inverse=True)
    texts = [_decimal_text(int(value), int(place)) for value, place in pairs.T]
    return choose(texts, which.reshape(-1), known)


def _decimal_text(value: int, places: int) -> str:
    sign = "-" if value < 0 else ""
    digits = str(abs(value)).rjust(places + 1, "0")
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def scientific(values: Ints, known: Bools) -> Text:
    """Write numbers as 3.5E+07, with up to three significant digits."""
    numbers, which = np.unique(values, return_inverse=True)
    return choose([_scientific_text(int(number)) for number in numbers], which, known)


def _scientific_text(value: int) -> str:
    digits = str(value)
    return f"{digits[0]}.{digits[1:3].rstrip('0') or '0'}E+{len(digits) - 1:02d}"


def join(separator: str, *parts: Text | str) -> Text:
    """Join texts; the result is empty where a part is."""
    return pc.binary_join_element_wise(*parts, separator)


def _edc(year: int, month: int, day: int) -> str:
    return f"{day:02d}-{MONTHS[month - 1]}-{year}"


def _edc_without_day(year: int, month: int, day: int) -> str:
    return f"UN-{MONTHS[month - 1]}-{year}"


def _year(year: int, month: int, day: int) -> str:
    return str(year)


def _iso(year: int, month: int, day: int) -> str:
    return f"{year}-{month:02d}-{day:02d}"


def _american(year: int, month: int, day: int) -> str:
    return f"{month:02d}/{day:02d}/{year}"


def _sas(year: int, month: int, day: int) -> str:
    return f"{day:02d}{MONTHS[month - 1]}{year}"


@cache
def _calendar(style: Callable[[int, int, int], str]) -> pa.Array:
    days = np.arange(_FIRST, _LAST + 1).astype("datetime64[D]").tolist()
    return pa.array([style(day.year, day.month, day.day) for day in days], pa.string())


def _dates(style: Callable[[int, int, int], str], days: Ints, known: Bools) -> Text:
    return _calendar(style).take(pa.array(days - _FIRST, mask=~known))


def edc_date(days: Ints, known: Bools | Ints | None = None) -> Text:
    """Write dates as the EDC does: 02-MAR-2025, UN-MAR-2025, 2025 or nothing.

    Args:
        days: Days counted from 1970-01-01.
        known: How much was known: FULL, NO_DAY, NO_MONTH, UNKNOWN; or True for FULL and False for
            UNKNOWN; None for all of it.

    Returns:
        Text per record.

    >>> days = np.array([20149, 20149, 20149, 20149])
    >>> edc_date(days, np.array([FULL, NO_DAY, NO_MONTH, UNKNOWN])).to_pylist()
    ['02-MAR-2025', 'UN-MAR-2025', '2025', None]
    """
    if known is None:
        known = np.ones(len(days), dtype=bool)
    level = np.where(known, FULL, UNKNOWN) if known.dtype == bool else known
    return pc.coalesce(
        _dates(_edc, days, level == FULL),
        _dates(_edc_without_day, days, level == NO_DAY),
        _dates(_year, days, level == NO_MONTH),
    )


def iso_date(days: Ints, known: Bools) -> Text:
    """Write dates as 2025-03-02."""
    return _dates(_iso, days, known)


def american_date(days: Ints, known: Bools) -> Text:
    """Write dates as 03/02/2025."""
    return _dates(_american, days, known)


def sas_datetime(days: Ints, minutes: Ints) -> Text:
    """Write dates and times as 02MAR2025:08:30."""
    return join(":", _dates(_sas, days, np.ones(len(days), dtype=bool)), clock(minutes))


@cache
def _clock_faces() -> pa.Array:
    return pa.array([f"{m // 60:02d}:{m % 60:02d}" for m in range(24 * 60)], pa.string())


def clock(minutes: Ints, known: Bools | None = None) -> Text:
    """Write minutes after midnight as 08:30."""
    return _clock_faces().take(pa.array(minutes, mask=None if known is None else ~known))


def forget(dice: Dice, shape: Shape, no_day: int, no_month: int = 0, unknown: int = 0) -> Ints:
    """Let some dates be known in part only.

    Args:
        dice: The group's own chance.
        shape: Of the result.
        no_day: Chance in a thousand that only month and year are known.
        no_month: Chance in a thousand that only the year is known.
        unknown: Chance in a thousand that nothing is known.

    Returns:
        FULL, NO_DAY, NO_MONTH or UNKNOWN.
    """
    return dice.pick(shape, (1000 - no_day - no_month - unknown, no_day, no_month, unknown))


def number_lines(row: Ints) -> Text:
    """Number the lines of a log form 1, 2, 3, ... within each subject; `row` is in order."""
    return whole(np.arange(len(row)) - np.searchsorted(row, row) + 1)
