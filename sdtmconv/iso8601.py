"""Dates, times and durations: collected text to ISO 8601, and ISO 8601 text to what it says.

SDTMIG 4.4.2 keeps the precision of what was collected: parts unknown at the end are left out
(`2025-03`), parts unknown in between are one hyphen (`2025---02`, `2025-03-02T-:30`). Nothing is
imputed here.

ISO texts of one column sort as text: a value stands before the more precise ones that begin like
it, so `2025-03` < `2025-03-01` < `2025-03-01T08:00`.

Work is done once per distinct text of a column, then handed to its rows. A time zone is checked
but never applied: dates and clock times are those of the place where they were collected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sdtmconv.errors import Fault, SpecError, raise_faults

_Mask = npt.NDArray[np.bool_]
_Numbers = npt.NDArray[np.float64]
_Moments = npt.NDArray[np.datetime64]
_Positions = npt.NDArray[np.intp]

_PARTS = ("year", "month", "day", "hour", "minute", "second")
_MARKS = ("", "-", "-", "T", ":", ":")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTH_DAYS = np.array([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])

_TIME = (
    r"T(?:(?P<hour>\d\d)|-)(?::(?:(?P<minute>\d\d)|-)(?::(?P<second>\d\d)(?P<fraction>\.\d+)?)?)?"
    r"(?P<zone>Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?"
)
_MOMENT = (
    r"^(?:(?P<year>\d{4})|-)(?:-(?:(?P<month>\d\d)|-)(?:-(?:(?P<day>\d\d)|-)"
    rf"(?:{_TIME})?)?)?$"
)
_NUMBER = r"\d+(?:\.\d+)?"
_DURATION = (
    rf"^[+-]?P(?:{_NUMBER}W|(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}D)?"
    rf"(?:T(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?)$"
)
_FIXED_DURATION = (
    rf"^(?P<sign>[+-]?)P(?:(?P<weeks>{_NUMBER})W)?(?:(?P<days>{_NUMBER})D)?"
    rf"(?:T(?:(?P<hours>{_NUMBER})H)?(?:(?P<minutes>{_NUMBER})M)?(?:(?P<seconds>{_NUMBER})S)?)?$"
)
_SECONDS = {"weeks": 604_800, "days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}


# Arrow arrays of distinct texts, and what is read from them.


def _to_mask(answers: pa.Array) -> _Mask:
    return np.asarray(pc.fill_null(answers, False).to_numpy(zero_copy_only=False))


def _extract(texts: pa.Array, pattern: str) -> dict[str, pa.Array]:
    """Read the named groups of an RE2 pattern, null where a text does not match."""
    groups = pc.extract_regex(texts, pattern)
    return {field.name: pc.struct_field(groups, field.name) for field in groups.type}


def _to_numbers(digits: pa.Array) -> _Numbers:
    known = pc.if_else(pc.equal(digits, ""), None, digits)
    return np.asarray(pc.cast(known, pa.float64()).to_numpy(zero_copy_only=False))


def _factorize(values: pd.Series[str]) -> tuple[_Positions, pa.Array]:
    """Number the distinct texts of a column, the missing one among them."""
    codes, texts = pd.factorize(values, use_na_sentinel=False)
    return codes, pa.array(texts, pa.string(), from_pandas=True)


def _map_distinct(values: pd.Series[str], function: Callable[[pa.Array], Any]) -> pd.Series[Any]:
    codes, texts = _factorize(values)
    return pd.Series(function(texts).take(codes), values.index)


# The parts of date-times.


class _Parts(NamedTuple):
    """Year, month, day, hour, minute, second: 6 x n, NaN where unknown; the second's fraction."""

    numbers: _Numbers
    fraction: npt.NDArray[np.object_]


def _to_parts(groups: dict[str, pa.Array], size: int) -> _Parts:
    unknown = np.full(size, np.nan)
    numbers = [_to_numbers(groups[name]) if name in groups else unknown for name in _PARTS]
    fraction = groups.get("fraction", pa.nulls(size, pa.string()))
    return _Parts(np.array(numbers), fraction.to_numpy(zero_copy_only=False))


def _last_day(year: _Numbers, month: _Numbers) -> _Numbers:
    """Find a month's last day, the latest possible one where year or month is unknown."""
    is_common = (year % 4 > 0) | ((year % 100 == 0) & (year % 400 > 0))
    days = _MONTH_DAYS[np.clip(np.nan_to_num(month, nan=1), 1, 12).astype(np.int64) - 1]
    return np.asarray(days - (is_common & (month == 2)), dtype=np.float64)


def _is_real(numbers: _Numbers) -> _Mask:
    """Tell which parts calendar and clock have, as far as they are known."""
    year, month, day, hour, minute, second = numbers
    wrong = (month < 1) | (month > 12) | (day < 1) | (day > _last_day(year, month))
    return np.asarray(~(wrong | (hour > 23) | (minute > 59) | (second > 59)))


def _write_digits(numbers: _Numbers, width: int) -> pa.Array:
    codes, distinct = pd.factorize(numbers)
    texts = pa.array([*(f"{int(number):0{width}}" for number in distinct), "-"])
    return texts.take(pa.array(np.where(codes < 0, len(distinct), codes)))


def _write(parts: _Parts) -> pa.Array:
    """Write parts from the last to the first (SDTMIG 4.4.2); null where nothing is known."""
    is_known = np.zeros(len(parts.fraction), dtype=bool)
    text = pa.array(np.where(np.isnan(parts.numbers[5]), "", parts.fraction), pa.string())
    for numbers, mark in zip(parts.numbers[::-1], reversed(_MARKS), strict=True):
        is_known |= ~np.isnan(numbers)
        digits = _write_digits(numbers, 2 if mark else 4)
        longer = pc.binary_join_element_wise(mark, digits, text, "")
        text = pc.if_else(pa.array(is_known), longer, text)
    return pc.if_else(pa.array(is_known), text, None)


def _read_moments(texts: pa.Array) -> _Numbers:
    """Read ISO date-times into the numbers of their parts; a text that is not valid has none.

    A text is valid when its parts are real and written again are that text: this holds
    right truncation and single hyphens without a rule for each.
    """
    groups = _extract(texts, _MOMENT)
    parts = _to_parts(groups, len(texts))
    written = pc.binary_join_element_wise(_write(parts), groups["zone"], "")
    is_same = _to_mask(pc.equal(written, texts))
    return np.where(is_same & _is_real(parts.numbers), parts.numbers, np.nan)


def _fill(numbers: _Numbers, *defaults: float) -> _Numbers:
    return np.where(np.isnan(numbers), np.array(defaults)[:, np.newaxis], numbers)


def _to_datetime64(numbers: _Numbers) -> _Moments:
    """Make datetime64[s] of whole parts; NaT where one is unknown."""
    is_whole = np.asarray(~np.isnan(numbers).any(axis=0))
    year, month, day, hour, minute, second = numbers[:, is_whole].astype(np.int64)
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    moments = np.full(len(is_whole), "NaT", dtype="datetime64[s]")
    moments[is_whole] = days.astype("datetime64[s]") + (hour * 3600 + minute * 60 + second)
    return moments


# What ISO 8601 texts say.


def _is_moment(texts: pa.Array) -> _Mask:
    return np.asarray(~np.isnan(_read_moments(texts)).all(axis=0))


def _is_duration(texts: pa.Array) -> _Mask:
    is_shaped = pc.match_substring_regex(texts, _DURATION)
    is_empty = pc.match_substring_regex(texts, "[PT]$")
    has_inner_fraction = pc.match_substring_regex(texts, r"\.\d+[A-Z]T?\d")
    return _to_mask(pc.and_not(is_shaped, pc.or_(is_empty, has_inner_fraction)))


def _split_interval(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Give both sides of the solidus; a text without one is both."""
    start = pc.replace_substring_regex(texts, "/.*$", "")
    return start, pc.replace_substring_regex(texts, "^[^/]*/", "")


def _is_interval(texts: pa.Array) -> _Mask:
    start, end = _split_interval(texts)
    starts, ends = _is_moment(start), _is_moment(end)
    return (starts & ends) | (starts & _is_duration(end)) | (_is_duration(start) & ends)


def _is_moment_or_interval(texts: pa.Array) -> _Mask:
    answers = _is_moment(texts)
    has_solidus = _to_mask(pc.match_substring(texts, "/"))
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
    return _map_distinct(values, _is_moment_or_interval)


def is_duration(values: pd.Series[str]) -> pd.Series[bool]:
    """Tell which texts are ISO 8601 durations, signed or not (SDTMIG 4.4.3).

    Weeks stand alone; only the last part may have a decimal fraction.

    >>> texts = ["P3M14D", "-PT15M", "P4.5W", "PT", "P1.5DT3H", None]
    >>> is_duration(pd.Series(texts, dtype="str")).tolist()
    [True, True, True, False, False, False]
    """
    return _map_distinct(values, _is_duration)


def _find_date(texts: pa.Array) -> _Moments:
    numbers = _read_moments(texts)
    numbers[3:] = 0
    return _to_datetime64(numbers)


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
    return _map_distinct(iso, _find_date)


def _find_datetime(texts: pa.Array) -> _Moments:
    return _to_datetime64(_fill(_read_moments(texts), np.nan, np.nan, np.nan, 0, 0, 0))


def to_datetime(iso: pd.Series[str]) -> pd.Series[Any]:
    """Give the date and time of ISO date-times, to the second; unknown parts of the time are 0.

    Args:
        iso: ISO 8601 text.

    Returns:
        datetime64[s]; NaT for partial dates, intervals and what is not ISO 8601.
    """
    return _map_distinct(iso, _find_datetime)


def _find_earliest(texts: pa.Array) -> _Moments:
    numbers = _read_moments(_split_interval(texts)[0])
    return _to_datetime64(_fill(numbers, np.nan, 1, 1, 0, 0, 0))


def _find_latest(texts: pa.Array) -> _Moments:
    numbers = _fill(_read_moments(_split_interval(texts)[1]), np.nan, 12, np.nan, 23, 59, 59)
    year, month, day, *_ = numbers
    numbers[2] = np.where(np.isnan(day), _last_day(year, month), day)
    return _to_datetime64(numbers)


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
    return _map_distinct(iso, _find_earliest), _map_distinct(iso, _find_latest)


def _write_duration(hours: float) -> str:
    minutes, seconds = divmod(round(abs(hours) * 3600), 60)
    whole, minutes = divmod(minutes, 60)
    counts = ((whole, "H"), (minutes, "M"), (seconds, "S"))
    text = "".join(f"{count}{unit}" for count, unit in counts if count)
    return f"{'-' if hours < 0 and text else ''}PT{text or '0H'}"


def format_duration(hours: pd.Series[float]) -> pd.Series[str]:
    """Write hours as ISO 8601 durations of hours, minutes and seconds (SDTMIG 4.4.3).

    Args:
        hours: Hours, negative for before; rounded to the second.

    Returns:
        Text; missing where `hours` is.

    >>> format_duration(pd.Series([1.5, -0.25, 336, 0, None])).tolist()
    ['PT1H30M', '-PT15M', 'PT336H', 'PT0H', nan]
    """
    codes, distinct = pd.factorize(hours)
    texts = pd.array([*map(_write_duration, distinct), None], dtype="str")
    return pd.Series(texts.take(codes), hours.index)  # code -1, missing, takes the last


def _read_hours(texts: pa.Array) -> _Numbers:
    groups = _extract(texts, _FIXED_DURATION)
    seconds = np.zeros(len(texts))
    for unit, size in _SECONDS.items():
        seconds += np.nan_to_num(_to_numbers(groups[unit])) * size
    signed = np.where(_to_mask(pc.equal(groups["sign"], "-")), -seconds, seconds)
    is_fixed = _is_duration(texts) & _to_mask(groups["sign"].is_valid())
    return np.where(is_fixed, signed / 3600, np.nan)


def parse_duration_hours(values: pd.Series[str]) -> pd.Series[float]:
    """Read ISO 8601 durations in hours.

    Args:
        values: ISO 8601 durations.

    Returns:
        Hours; NaN for what is not a duration and for years and months, which have no fixed length.

    >>> texts = pd.Series(["PT1H30M", "-P1D", "P2W", "P1M", None], dtype="str")
    >>> parse_duration_hours(texts).tolist()
    [1.5, -24.0, 336.0, nan, nan]
    """
    return _map_distinct(values, _read_hours)


# The forms in which dates and times were collected, as specs state them.

_TOKEN = re.compile(r"YYYY|YY\(\d{4}\)|MON|MM|MI|DD|HH|SS|AM|T|[^A-Z0-9]+|.")
_NAMES = {
    "YYYY": "year", "MON": "month_name", "MM": "month", "DD": "day",
    "HH": "hour", "MI": "minute", "SS": "second", "AM": "half",
}  # fmt: skip
_COARSER = {"day": "month", "month": "year", "minute": "hour", "second": "minute", "half": "hour"}
_FINEST_FIRST = (("second",), ("minute",), ("half", "hour"), ("day",), ("month", "month_name"))
_UNKNOWN = r"UNKNOWN|UNKN?|UN|UK|NK|X{1,4}|-{1,4}|\?{1,4}"
_MONTH_NAMES = (
    r"JAN(?:UARY)?|FEB(?:RUARY)?|MAR(?:CH)?|APR(?:IL)?|MAY|JUNE?|JULY?|AUG(?:UST)?"
    r"|SEP(?:TEMBER)?|OCT(?:OBER)?|NOV(?:EMBER)?|DEC(?:EMBER)?"
)
_FORMAT_REMEDY = (
    "write it with YYYY, MM or MON, DD, HH, MM or MI after HH, SS and AM, "
    "and YY(1930) for two-digit years from 1930 to 2029"
)


class _Token(NamedTuple):
    text: str
    name: str  # empty for a separator


@dataclass(frozen=True)
class CollectedFormat:
    """A form in which dates, times or both were collected.

    Args:
        text: As the spec states it.
        parts: What it reads, of year, month, day, hour, minute, second and half (AM or PM).
        patterns: RE2 patterns: of the whole form, then without its finest parts, one by one.
        first_year: The first of the hundred years that two digits stand for; None for four.
    """

    text: str
    parts: tuple[str, ...]
    patterns: tuple[str, ...]
    first_year: int | None


def _tokenize(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    previous = ""
    for part in _TOKEN.findall(text.strip().upper()):
        name = "year" if part.startswith("YY") else _NAMES.get(part, "")
        if part == "MM" and previous == "hour":
            name = "minute"
        previous = name or previous
        tokens.append(_Token(part, name))
    return tokens


def _find_format_problem(tokens: list[_Token], parts: tuple[str, ...]) -> str:
    for token in tokens:
        if not token.name and token.text != "T" and token.text.isalnum():
            return f"{token.text!r} is no part of a date or time"
    for part in parts:
        if parts.count(part) > 1:
            return f"it has the {part} twice"
        if _COARSER.get(part, part) not in parts:
            return f"it has the {part} without the {_COARSER[part]}"
    return "" if parts else "it is empty"


def _leave_out(tokens: list[_Token], name: str) -> list[_Token]:
    """Leave a part out, with the separator before it or else the one behind it."""
    start = [token.name for token in tokens].index(name)
    stop = start + 1
    if start > 0 and not tokens[start - 1].name:
        start -= 1
    elif stop < len(tokens) and not tokens[stop].name:
        stop += 1
    return tokens[:start] + tokens[stop:]


def _shorten(tokens: list[_Token]) -> list[list[_Token]]:
    """List the whole form, and the forms of values that lack time, day or month."""
    forms = [tokens]
    for names in _FINEST_FIRST:
        for name in names:
            if any(token.name == name for token in tokens):
                tokens = _leave_out(tokens, name)
        if tokens != forms[-1] and any(token.name for token in tokens):
            forms.append(tokens)
    return forms


def _to_token_pattern(token: _Token, neighbours: set[str]) -> str:
    if not token.name:
        return r"\s+".join(re.escape(mark) for mark in re.split(r"\s+", token.text))
    if token.name == "half":
        return r"(?P<half>[AP])\.?M\.?"
    if token.name == "month_name":
        known = _MONTH_NAMES
    elif token.name == "year":
        known = r"\d{4}" if token.text == "YYYY" else r"\d{2}"
    else:
        is_fixed = token.name in ("minute", "second") or neighbours - {"", "month_name", "half"}
        known = r"\d{2}" if is_fixed else r"\d{1,2}"
    fraction = r"(?P<fraction>\.\d+)?" if token.name == "second" else ""
    blank = "" if any(neighbours) else r"|\s*"
    return rf"(?:(?P<{token.name}>{known}){fraction}|{_UNKNOWN}{blank})"


def _to_pattern(tokens: list[_Token]) -> str:
    names = ["", *(token.name for token in tokens), ""]
    neighbours = [{before, behind} for before, behind in zip(names, names[2:], strict=False)]
    return "(?i)^" + "".join(map(_to_token_pattern, tokens, neighbours)) + "$"


def _parse_format(text: str, place: str) -> CollectedFormat:
    tokens = _tokenize(text)
    parts = tuple(token.name.removesuffix("_name") for token in tokens if token.name)
    if problem := _find_format_problem(tokens, parts):
        raise SpecError(Fault(place, f"format {text!r}: {problem}", _FORMAT_REMEDY))
    century = re.search(r"YY\((\d{4})\)", text.upper())
    patterns = tuple(map(_to_pattern, _shorten(tokens)))
    return CollectedFormat(text, parts, patterns, int(century[1]) if century else None)


def parse_formats(texts: Sequence[str], place: str) -> tuple[CollectedFormat, ...]:
    """Read the forms in which a column was collected.

    Args:
        texts: Forms such as DD-MON-YYYY, MM/DD/YYYY, YYYY-MM-DDTHH:MM, HH:MM:SS, HH:MM AM, in any
            case. MM after HH is the minute (MI says so anywhere), else the month. Day, month and
            hour may be one digit where a separator keeps them apart. MON reads English month
            names, short or full.
        place: File and line of the spec.

    Returns:
        The forms in their order.

    Raises:
        SpecError: A form cannot be read, or two forms read one text as two different dates.
    """
    faults: list[Fault] = []
    formats: dict[str, CollectedFormat] = {}
    for text in texts:
        try:
            form = _parse_format(text, place)
        except SpecError as error:
            faults.extend(error.faults)
            continue
        same = formats.setdefault(re.sub("DD|MM", "NN", text.upper()), form)
        if same.text.upper() != text.upper():
            problem = f"formats {same.text!r} and {text!r} read the same text as different dates"
            faults.append(Fault(place, problem, "keep the one in which the source writes dates"))
    raise_faults(SpecError, faults)
    return tuple(formats.values())


# Collected text.


class Collected(NamedTuple):
    """Collected text as ISO 8601 text, and a mask of the records that could not be read."""

    text: pd.Series[str]
    unreadable: pd.Series[bool]


class _Reading(NamedTuple):
    """For each record the number of its distinct value; for each of those what was read."""

    codes: _Positions
    parts: _Parts
    is_read: _Mask


def _to_months(names: pa.Array) -> _Numbers:
    short = pc.utf8_upper(pc.utf8_slice_codeunits(names, 0, 3))
    return np.asarray(pc.index_in(short, pa.array(_MONTHS)).to_numpy(zero_copy_only=False) + 1.0)


def _to_24_hours(hour: _Numbers, half: pa.Array) -> _Numbers:
    """Count hours from midnight; 24, which no clock has, for one that half a day does not have."""
    is_afternoon = _to_mask(pc.match_substring(half, "P", ignore_case=True))
    return np.where((hour < 1) | (hour > 12), 24, hour % 12 + 12 * is_afternoon)


def _read_pattern(texts: pa.Array, form: CollectedFormat, pattern: str) -> tuple[_Parts, _Mask]:
    """Read the parts of texts; the mask tells which texts match and are real."""
    groups = _extract(texts, pattern)
    parts = _to_parts(groups, len(texts))
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
    return parts, is_matched & _is_real(parts.numbers)


def _read_collected(values: pd.Series[str], formats: Sequence[CollectedFormat]) -> _Reading:
    codes, distinct = _factorize(values)
    texts = pc.utf8_trim_whitespace(distinct)
    parts = _Parts(np.full((6, len(texts)), np.nan), np.full(len(texts), "", dtype=object))
    left = np.flatnonzero(_to_mask(pc.not_equal(texts, "")))
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
    parts = _Parts(numbers, time.parts.fraction[times])
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
    written = pc.if_else(pa.array(reading.is_read), _write(reading.parts), None)
    texts = written.take(pa.array(reading.codes))
    return Collected(
        pd.Series(texts, date.index, dtype="str"),
        pd.Series(~reading.is_read[reading.codes], date.index),
    )
