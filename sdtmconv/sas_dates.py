"""SAS dates, datetimes and times: numbers counted from the start of 1960, and from midnight."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sdtmconv.errors import Fault, TransportError

_EPOCH = pd.Timestamp("1960-01-01").as_unit("us")
_SECONDS_A_DAY = 86_400
_MICROSECONDS_A_SECOND = 1_000_000
# What SAS itself accepts: the years 1582 to 19900, as days from 1960-01-01.
_FIRST_DAY, _LAST_DAY = -138_061, 6_552_815


def to_sas_date(dates: pd.Series) -> pd.Series:
    """Count the days from 1960-01-01; a time of day is left out.

    Args:
        dates: datetime64 without a time zone.

    Returns:
        Days, float64, NaN where there is no date.

    >>> to_sas_date(pd.Series(pd.to_datetime(["1960-01-02", None, "2025-03-07"]))).tolist()
    [1.0, nan, 23807.0]
    """
    days: pd.Series = (dates.dt.normalize() - _EPOCH).dt.total_seconds() / _SECONDS_A_DAY
    return days


def to_sas_datetime(datetimes: pd.Series) -> pd.Series:
    """Count the seconds from 1960-01-01T00:00.

    Args:
        datetimes: datetime64 without a time zone.

    Returns:
        Seconds, float64, NaN where there is no datetime.

    >>> to_sas_datetime(pd.Series(pd.to_datetime(["1960-01-01T00:01:30.5", None]))).tolist()
    [90.5, nan]
    """
    seconds: pd.Series = (datetimes - _EPOCH).dt.total_seconds()
    return seconds


def to_sas_time(times: pd.Series) -> pd.Series:
    """Count the seconds from midnight.

    Args:
        times: timedelta64, from midnight.

    Returns:
        Seconds, float64, NaN where there is no time.

    >>> to_sas_time(pd.Series(pd.to_timedelta(["08:30:00", None]))).tolist()
    [30600.0, nan]
    """
    seconds: pd.Series = times.dt.total_seconds()
    return seconds


def from_sas_date(days: pd.Series) -> pd.Series:
    """Turn SAS dates into datetime64; a fraction of a day is left out, as SAS formats do.

    Args:
        days: Days from 1960-01-01; any NaN is missing.

    Returns:
        datetime64[us], NaT where there is no number.

    Raises:
        TransportError: A number is outside the years that SAS knows.

    >>> from_sas_date(pd.Series([1.0, np.nan])).astype("str").tolist()
    ['1960-01-02', nan]
    """
    return _EPOCH + _durations(np.floor(days), _SECONDS_A_DAY)


def from_sas_datetime(seconds: pd.Series) -> pd.Series:
    """Turn SAS datetimes into datetime64, to the microsecond.

    Args:
        seconds: Seconds from 1960-01-01T00:00; any NaN is missing.

    Returns:
        datetime64[us], NaT where there is no number.

    Raises:
        TransportError: A number is outside the years that SAS knows.

    >>> from_sas_datetime(pd.Series([90.5, np.nan])).astype("str").tolist()
    ['1960-01-01 00:01:30.500', nan]
    """
    return _EPOCH + _durations(seconds, 1)


def from_sas_time(seconds: pd.Series) -> pd.Series:
    """Turn SAS times into timedelta64, to the microsecond.

    Args:
        seconds: Seconds from midnight; any NaN is missing.

    Returns:
        timedelta64[us], NaT where there is no number.

    Raises:
        TransportError: A number is longer than the years that SAS knows.

    >>> from_sas_time(pd.Series([30600.0, np.nan])).astype("str").tolist()
    ['0 days 08:30:00', nan]
    """
    return _durations(seconds, 1)


def _durations(counts: pd.Series, seconds_each: int) -> pd.Series:
    _check_years(counts, seconds_each)
    microseconds = counts.fillna(0) * (seconds_each * _MICROSECONDS_A_SECOND)
    durations = microseconds.round().astype("int64").astype("timedelta64[us]")
    return durations.mask(counts.isna())


def _check_years(counts: pd.Series, seconds_each: int) -> None:
    days = counts.to_numpy() * (seconds_each / _SECONDS_A_DAY)
    outside = np.flatnonzero((days < _FIRST_DAY) | (days >= _LAST_DAY + 1))
    if outside.size:
        fault = Fault(
            place=f"{counts.name or 'SAS dates'} record {outside[0] + 1}",
            problem=f"{counts.iloc[outside[0]]:.15g} lies outside SAS's years 1582 to 19900, "
            f"as {outside.size} of {len(counts)} values do",
            remedy="check whether these are days, or seconds, from 1960-01-01",
        )
        raise TransportError(fault)
