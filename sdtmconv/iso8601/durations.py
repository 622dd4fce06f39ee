"""Durations (SDTMIG 4.4.3)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sdtmconv.distinct import Mask, map_distinct
from sdtmconv.iso8601.arrow import Numbers, extract, to_mask, to_numbers

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


def match_durations(texts: pa.Array) -> Mask:
    """Tell which texts are durations."""
    is_shaped = pc.match_substring_regex(texts, _DURATION)
    is_empty = pc.match_substring_regex(texts, "[PT]$")
    has_inner_fraction = pc.match_substring_regex(texts, r"\.\d+[A-Z]T?\d")
    return to_mask(pc.and_not(is_shaped, pc.or_(is_empty, has_inner_fraction)))


def is_duration(values: pd.Series[str]) -> pd.Series[bool]:
    """Tell which texts are ISO 8601 durations, signed or not (SDTMIG 4.4.3).

    Weeks stand alone; only the last part may have a decimal fraction.

    >>> texts = ["P3M14D", "-PT15M", "P4.5W", "PT", "P1.5DT3H", None]
    >>> is_duration(pd.Series(texts, dtype="str")).tolist()
    [True, True, True, False, False, False]
    """
    return map_distinct(values, match_durations)


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


def _read_hours(texts: pa.Array) -> Numbers:
    groups = extract(texts, _FIXED_DURATION)
    seconds = np.zeros(len(texts))
    for unit, size in _SECONDS.items():
        seconds += np.nan_to_num(to_numbers(groups[unit])) * size
    signed = np.where(to_mask(pc.equal(groups["sign"], "-")), -seconds, seconds)
    is_fixed = match_durations(texts) & to_mask(groups["sign"].is_valid())
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
    return map_distinct(values, _read_hours)
