"""Derivations of analysis dates and datetimes, with unknown parts imputed where a rule says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from sdtmconv.mapping.moments import (
    DAY,
    MINUTE,
    MONTH,
    NOTHING,
    SECOND,
    SECONDS_A_DAY,
    YEAR,
    Floats,
    Moments,
    read_moments,
    to_days,
    to_seconds,
)
from sdtmconv.mapping.registry import Column, Columns, derivation

Impute = Literal["no", "first", "last", "middle"]
Level = Literal["D", "M", "Y"]
# What has to be known for a part and the lower ones to be imputed.
NEEDED = {"Y": NOTHING, "M": YEAR, "D": MONTH}
DAYS_TO_15TH, DAYS_TO_30_JUNE, DAYS_OF_LEAP_YEAR = 14, 180, 366


def _check_imputation(
    *,
    impute: str = "no",
    level: str = "",
    not_before: tuple[str, ...] = (),
    not_after: tuple[str, ...] = (),
    **others: object,
) -> tuple[str, str] | None:
    if impute == "no" and level:
        return f"level is {level}, and nothing is imputed", "add `impute: first`, or drop `level`"
    side, limits = ("not_after", not_after) if impute == "last" else ("not_before", not_before)
    if level == "Y" and not limits:
        problem = f"at level Y a missing date becomes that of {side}, which is left out"
        return problem, f"add `{side}`, or write `level: M`"
    return None


def _check_date(**arguments: Any) -> tuple[str, str] | None:
    limits = [name for name in ("not_before", "not_after") if arguments.get(name)]
    if limits and arguments.get("impute", "no") == "no":
        problem = f"{' and '.join(limits)} limit what is imputed, and nothing is"
        return problem, "add `impute: first`, or drop the limits"
    return _check_imputation(**arguments)


@derivation(
    "date",
    method="Date part of {value}[, with unknown parts as the {impute} possible][, up to {level}]"
    "[, not before {not_before}][, not after {not_after}].",
    check=_check_date,
    numeric=True,
)
def compute_date(
    value: Column,
    impute: Impute = "no",
    level: Level = "D",
    not_before: Columns = (),  # type: ignore[assignment]
    not_after: Columns = (),  # type: ignore[assignment]
) -> pd.Series:
    """Give the date of ISO 8601 text or of a datetime as a number of days, for *DT (ADaMIG 3.1).

    A partial date is missing, unless `impute` says what its unknown part becomes: the `first`,
    the `last` or the `middle` day (the 15th, or 30 June). `level` is the highest part that may be
    imputed: D the day alone, M the month too, Y a date that is missing altogether.

    An imputed date lies not before any date of `not_before` and not after any of `not_after`, as
    far as what was collected allows it: January 2014 can become no day of February. A date missing
    altogether becomes the latest of `not_before`; with `last`, the earliest of `not_after`. A
    complete date is never changed.

    >>> dates = pd.Series(["2014-01-05T10:30", "2014-01", None], dtype="str")
    >>> compute_date(dates).tolist()
    [19728.0, nan, nan]
    >>> start = pd.Series([19730.0] * 3, name="TRTSDT")
    >>> compute_date(dates, "first", "M", [start]).tolist()
    [19728.0, 19730.0, nan]
    """
    moments = read_moments(value)
    seconds = _choose_day(moments, impute, level) * SECONDS_A_DAY
    seconds = _keep_limits(seconds, moments, not_before, not_after)
    return pd.Series(np.floor(seconds / SECONDS_A_DAY))


@derivation(
    "datetime",
    method="{value} as datetime[, with unknown parts of the date as the {impute} possible]"
    "[, up to {level}][, and of the time as the {time}][, not before {not_before}]"
    "[, not after {not_after}].",
    check=_check_imputation,
    numeric=True,
)
def compute_datetime(
    value: Column,
    impute: Impute = "no",
    level: Level = "D",
    time: Literal["no", "first", "last"] = "first",
    not_before: Columns = (),  # type: ignore[assignment]
    not_after: Columns = (),  # type: ignore[assignment]
) -> pd.Series:
    """Give the date and time of ISO 8601 text as a number of seconds, for *DTM (ADaMIG 3.1).

    Its date is imputed as `date` does it, its time within the same limits: a date among
    `not_before` counts from 00:00:00, one among `not_after` to 23:59:59. Unknown parts of the time
    become 00:00:00 (`first`) or 23:59:59 (`last`); with `no`, a value without hour and minute is
    missing.

    >>> dates = pd.Series(["1960-01-01T10:30", "1960-01-02", "1960", None], dtype="str")
    >>> compute_datetime(dates, time="last").tolist()
    [37859.0, 172799.0, nan, nan]
    """
    moments = read_moments(value)
    day = _choose_day(moments, impute, level)
    known = moments.known >= (MINUTE if time == "no" else NOTHING)
    seconds = np.where(known, day * SECONDS_A_DAY + _choose_time(moments, time), np.nan)
    seconds = _keep_limits(seconds, moments, not_before, not_after)
    return pd.Series(seconds)


def _choose_day(moments: Moments, impute: str, level: str) -> Floats:
    """Choose a day: infinite for one that a limit has to give, NaN where none may be chosen."""
    first, last = (np.floor(side / SECONDS_A_DAY) for side in (moments.earliest, moments.latest))
    leap = last - first + 1 == DAYS_OF_LEAP_YEAR
    middle = first + np.select(
        [moments.known == YEAR, moments.known == MONTH], [DAYS_TO_30_JUNE + leap, DAYS_TO_15TH]
    )
    chosen = {"last": last, "middle": middle}.get(impute, first)
    needed = DAY if impute == "no" else NEEDED[level]
    return np.where(moments.known >= needed, chosen, np.nan)


def _choose_time(moments: Moments, time: str) -> Floats:
    """Choose a time of day, in seconds from midnight."""
    chosen = moments.latest if time == "last" else moments.earliest
    return np.mod(chosen, SECONDS_A_DAY, out=np.zeros(len(chosen)), where=np.isfinite(chosen))


def _keep_limits(
    seconds: Floats,
    moments: Moments,
    not_before: Sequence[pd.Series],
    not_after: Sequence[pd.Series],
) -> Floats:
    """Move imputed moments to the limits that lie within what was collected."""
    for values in not_before:
        limit = to_seconds(values)
        seconds = np.where(_is_possible(limit, moments), np.maximum(seconds, limit), seconds)
    for values in not_after:
        limit = _to_last_second(values)
        seconds = np.where(_is_possible(limit, moments), np.minimum(seconds, limit), seconds)
    return np.where(np.isfinite(seconds), seconds, np.nan)


def _is_possible(limit: Floats, moments: Moments) -> npt.NDArray[np.bool_]:
    return (moments.earliest <= limit) & (limit <= moments.latest)


def _to_last_second(values: pd.Series) -> Floats:
    moments = read_moments(values)
    return np.where(moments.known >= DAY, moments.latest, np.nan)


@derivation("date_imputed", method="The highest part of {date} that {value} lacks: Y, M or D.")
def compute_date_imputed(value: Column, date: Column) -> pd.Series:
    """Flag an imputed date, for *DTF: Y, M or D for the highest part not collected (ADaMIG 3.1).

    >>> texts = pd.Series(["2014-01-05", "2014-01", "2014", None, None], dtype="str")
    >>> dates = pd.Series([19728.0, 19724.0, 19724.0, 19724.0, None])
    >>> compute_date_imputed(texts, dates).tolist()
    [nan, 'D', 'M', 'Y', nan]
    """
    known = np.minimum(read_moments(value).known, DAY)
    return _flag(known, ("Y", "M", "D", ""), date)


@derivation("time_imputed", method="The highest part of {datetime} that {value} lacks: H, M or S.")
def compute_time_imputed(
    value: Column, datetime: Column, seconds: Literal["ignore", "flag"] = "ignore"
) -> pd.Series:
    """Flag an imputed time, for *TMF: H, M or S for the highest part not collected (ADaMIG 3.1).

    `ignore` leaves seconds unflagged, for a study that does not collect them.

    >>> texts = pd.Series(["2014-01-05T10:30", "2014-01-05T10", "2014-01", None], dtype="str")
    >>> compute_time_imputed(texts, pd.Series([1.0, 2.0, 3.0, None])).tolist()
    [nan, 'M', 'H', nan]
    """
    known = np.clip(read_moments(value).known, DAY, SECOND) - DAY
    return _flag(known, ("H", "M", "S" if seconds == "flag" else "", ""), datetime)


def _flag(known: npt.NDArray[np.int64], letters: Sequence[str], result: pd.Series) -> pd.Series:
    flags = np.array(letters, dtype=object)[known]
    flags[(flags == "") | result.isna().to_numpy()] = None
    return pd.Series(flags, dtype="str")


@derivation("date_part", method="Date part of {value}.", numeric=True)
def compute_date_part(value: Column) -> pd.Series:
    """Give the date of a datetime, in days from 1960-01-01.

    >>> compute_date_part(pd.Series([86401.0, None], name="ASTDTM")).tolist()
    [1.0, nan]
    """
    return pd.Series(to_days(value))


@derivation("time_part", method="Time part of {value}.", numeric=True)
def compute_time_part(value: Column) -> pd.Series:
    """Give the time of day of a datetime, in seconds from midnight, for *TM.

    >>> compute_time_part(pd.Series([86401.0, None], name="ASTDTM")).tolist()
    [1.0, nan]
    """
    return pd.Series(np.mod(to_seconds(value, MINUTE), SECONDS_A_DAY))
