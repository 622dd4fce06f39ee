"""Numbers that SAS counts from 1960 or from midnight, to and from other moments, exactly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sdtmconv.metadata import VariableMetadata
from sdtmconv.transport.ibm import Floats, Positions
from sdtmconv.transport.sas_formats import MomentKind, find_moment_kind

_MICROSECONDS: Final = 1_000_000
_DAY: Final = 86_400
_EPOCH = np.datetime64("1960-01-01T00:00:00", "us")
_FIRST_SECOND, _LAST_SECOND = (
    (np.datetime64(moment, "s") - np.datetime64("1960-01-01", "s")).astype(np.int64)
    for moment in ("0001-01-01T00:00:00", "9999-12-31T23:59:59")
)
_CLOCK = r"[0-2]\d:[0-5]\d(:[0-5]\d(\.\d{1,6})?)?"
_PATTERNS: Mapping[MomentKind, re.Pattern[str]] = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "datetime": re.compile(rf"\d{{4}}-\d\d-\d\dT{_CLOCK}"),
    "time": re.compile(_CLOCK),
}
ARROW_TYPES: Final[Mapping[MomentKind, pa.DataType]] = {
    "date": pa.date32(),
    "datetime": pa.timestamp("us"),
    "time": pa.time64("us"),
}
_BEFORE: Mapping[MomentKind, str] = {"date": "", "datetime": "", "time": "1960-01-01T"}
_SECONDS_EACH: Mapping[MomentKind, int] = {"date": _DAY, "datetime": 1, "time": 1}


def moment_kind(variable: VariableMetadata) -> MomentKind | None:
    """Tell which moment a variable's numbers are, by its format; None where they are none."""
    return find_moment_kind(variable.display_format) if variable.type == "Num" else None


def numbers_to_texts(values: Floats, kind: MomentKind) -> tuple[pa.LargeStringArray, Positions]:
    """Write SAS dates, datetimes or times as ISO 8601.

    Args:
        values: Days or seconds; a NaN is missing.
        kind: What they are.

    Returns:
        Texts, null where missing, and the positions of those values that are no such moment: part
        of a day or of a microsecond, outside the years 1 to 9999, not a time of day.

    >>> texts, misfits = numbers_to_texts(np.array([23807.0, np.nan, 0.5]), "date")
    >>> texts.to_pylist(), misfits.tolist()
    (['2025-03-07', None, None], [2])
    >>> numbers_to_texts(np.array([90.5, -1.0]), "datetime")[0].to_pylist()
    ['1960-01-01T00:01:30.5', '1959-12-31T23:59:59']
    """
    distinct = pa.array(values, from_pandas=True).dictionary_encode()
    numbers = distinct.dictionary.to_numpy()
    fits = _find_moments(numbers, kind)
    texts = np.full(len(numbers), None, dtype=object)
    texts[fits] = _word(numbers[fits], kind)
    written = pa.array(texts, pa.large_string()).take(distinct.indices)
    return written, np.flatnonzero(np.isnan(values) < written.is_null().to_numpy(False))


def _find_moments(numbers: Floats, kind: MomentKind) -> npt.NDArray[np.bool_]:
    seconds = numbers * _SECONDS_EACH[kind]
    first, last = (0, _DAY - 1) if kind == "time" else (_FIRST_SECOND, _LAST_SECOND)
    inside: npt.NDArray[np.bool_] = (seconds >= first) & (seconds < last + 1)
    microseconds = np.round(np.where(inside, seconds, 0) * _MICROSECONDS)
    inside &= microseconds / _MICROSECONDS == seconds
    if kind == "date":
        inside &= numbers == np.floor(numbers)
    return inside


def _word(numbers: Floats, kind: MomentKind) -> list[str]:
    moments = _EPOCH + _count_microseconds(numbers, kind).astype("timedelta64[us]")
    if kind == "date":
        return [str(date) for date in np.datetime_as_string(moments, unit="D")]
    texts = [str(text) for text in np.datetime_as_string(moments, unit="us")]
    start = len(_BEFORE[kind])
    return [text[start:].rstrip("0") if text[-6:] != "000000" else text[start:-7] for text in texts]


def _count_microseconds(numbers: Floats, kind: MomentKind) -> npt.NDArray[np.int64]:
    return np.round(numbers * (_SECONDS_EACH[kind] * _MICROSECONDS)).astype(np.int64)


def numbers_to_moments(values: Floats, kind: MomentKind) -> tuple[pa.Array, Positions]:
    """Turn SAS dates, datetimes or times into Arrow's.

    Args:
        values: Days or seconds; a NaN is missing.
        kind: What they are.

    Returns:
        Moments to the microsecond, null where missing, and the positions of those values that are
        no such moment, as for `numbers_to_texts`.

    >>> numbers_to_moments(np.array([23807.0, np.nan]), "date")[0].to_pylist()
    [datetime.date(2025, 3, 7), None]
    """
    fits = _find_moments(values, kind)
    counts = _count_microseconds(np.where(fits, values, 0), kind)
    if kind != "time":
        counts += _EPOCH.astype(np.int64)
    microseconds = pa.array(counts, mask=~fits)
    moments = microseconds if kind == "time" else microseconds.cast(ARROW_TYPES["datetime"])
    return moments.cast(ARROW_TYPES[kind]), np.flatnonzero(~fits & ~np.isnan(values))


def moments_to_numbers(moments: pa.Array, kind: MomentKind) -> Floats:
    """Turn Arrow's dates, datetimes or times into SAS's numbers; null becomes NaN.

    >>> moments_to_numbers(numbers_to_moments(np.array([90.5, np.nan]), "datetime")[0], "datetime")
    array([90.5,  nan])
    """
    if kind == "date":
        moments = moments.cast(ARROW_TYPES["datetime"])
    counts = moments.cast(pa.int64())
    since = counts.fill_null(0).to_numpy(zero_copy_only=False)
    if kind != "time":
        since = since - _EPOCH.astype(np.int64)
    numbers: Floats = since / (_SECONDS_EACH[kind] * _MICROSECONDS)
    numbers[counts.is_null().to_numpy(zero_copy_only=False)] = np.nan
    return numbers


def texts_to_numbers(texts: pa.LargeStringArray, kind: MomentKind) -> tuple[Floats, Positions]:
    """Read ISO 8601 dates, datetimes or times as SAS numbers.

    Args:
        texts: Texts; null and empty ones are missing.
        kind: What they are.

    Returns:
        Days or seconds, NaN where missing, and the positions of those texts that are no complete
        moment of this kind, without a time zone.

    >>> numbers, misfits = texts_to_numbers(pa.array(["2025-03-07", "2025-03", ""]), "date")
    >>> numbers.tolist(), misfits.tolist()
    ([23807.0, nan, nan], [1])
    """
    distinct = texts.dictionary_encode()
    values = distinct.dictionary.to_pylist()
    numbers = np.array([_read(value, kind) for value in values], dtype=np.float64)
    unknown = np.array([bool(value) for value in values], dtype=bool) & np.isnan(numbers)
    codes = distinct.indices.fill_null(len(values)).to_numpy()
    return np.append(numbers, np.nan)[codes], np.flatnonzero(np.append(unknown, False)[codes])


def _read(text: str, kind: MomentKind) -> float:
    if not _PATTERNS[kind].fullmatch(text):
        return np.nan
    try:
        moment = datetime.fromisoformat(_BEFORE[kind] + text)
    except ValueError:
        return np.nan
    since = moment.replace(tzinfo=UTC) - datetime(1960, 1, 1, tzinfo=UTC)
    return since.days if kind == "date" else since.total_seconds()
