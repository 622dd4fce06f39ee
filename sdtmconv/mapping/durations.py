"""Derivations that count the time between two moments, or move one."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from sdtmconv.mapping.moments import MINUTE, SECONDS_A_DAY, is_datetime, to_days, to_seconds
from sdtmconv.mapping.registry import Column, Columns, derivation

SECONDS = {
    "years": 365.25 * SECONDS_A_DAY,
    "months": 30.4375 * SECONDS_A_DAY,
    "weeks": 7 * SECONDS_A_DAY,
    "days": SECONDS_A_DAY,
    "hours": 3600.0,
    "minutes": 60.0,
    "seconds": 1.0,
}
Unit = Literal["years", "months", "weeks", "days", "hours", "minutes", "seconds"]


def _check_duration(
    *, moments: tuple[str, ...], unit: str = "days", inclusive: str = "no", **others: object
) -> tuple[str, str] | None:
    if len(moments) != 2:
        return f"the number of columns is {len(moments)}", "name the start and the end"
    if SECONDS[unit] >= SECONDS_A_DAY:
        return None
    if inclusive == "yes":
        return f"inclusive counts days, and the unit is {unit}", "drop `inclusive`"
    dates = [name for name in moments if name.endswith("DT")]
    if dates:
        problem = f"{' and '.join(dates)} without a time of day cannot give {unit}"
        return problem, "name *DTM variables, or a unit of days and longer"
    return None


@derivation(
    "duration",
    method="Time from the first to the second of {moments} in {unit}; both days counted: "
    "{inclusive}.",
    check=_check_duration,
    numeric=True,
)
def compute_duration(
    moments: Columns, unit: Unit = "days", inclusive: Literal["yes", "no"] = "no"
) -> pd.Series:
    """Count the time from a start to an end: analysis dates, datetimes or ISO 8601 text.

    Days and longer units come from the dates alone; a month has 30.4375 days, a year 365.25.
    `inclusive` counts the first day too, unless the end is before the start. Hours and shorter
    units need hour and minute on both sides.

    >>> start = pd.Series(["2014-01-02", "2014-01", "2014-01-09"], dtype="str")
    >>> end = pd.Series([19726.0, 19726.0, None], name="AENDT")
    >>> compute_duration([start, end], inclusive="yes").tolist()
    [2.0, nan, nan]
    """
    start, end = moments
    if SECONDS[unit] < SECONDS_A_DAY:
        return pd.Series((to_seconds(end, MINUTE) - to_seconds(start, MINUTE)) / SECONDS[unit])
    days = to_days(end) - to_days(start)
    if inclusive == "yes":
        days = days + (days >= 0)
    return pd.Series(days * SECONDS_A_DAY / SECONDS[unit])


def _check_shift(
    *, value: str, days: int = 0, hours: float = 0, **others: object
) -> tuple[str, str] | None:
    if not (days or hours):
        return "it moves by nothing", "add `days`, or `hours` for a datetime"
    if hours and not value.endswith("DTM"):
        return f"{value} has no time of day to move by hours", "name a *DTM variable, or say `days`"
    return None


@derivation(
    "shift_date",
    method="{value} plus {days} days and {hours} hours.",
    check=_check_shift,
    numeric=True,
)
def compute_shifted(value: Column, days: int = 0, hours: float = 0) -> pd.Series:
    """Move a date by days, or a datetime by days and hours; negative numbers go back.

    >>> compute_shifted(pd.Series([19726.0, None], name="TRTEDT"), 30).tolist()
    [19756.0, nan]
    """
    if is_datetime(value):
        return pd.Series(to_seconds(value) + days * SECONDS_A_DAY + hours * SECONDS["hours"])
    return pd.Series(to_days(value) + days)


@derivation("age", method="Completed years from {birth} to {at}.", numeric=True)
def compute_age(birth: Column, at: Column) -> pd.Series:
    """Count completed years: the age at a date, which rises on the birthday, for AAGE.

    >>> birth = pd.Series(["1960-06-30", "1960-06-30", "1960-06"], dtype="str")
    >>> at = pd.Series(["2025-06-29", "2025-06-30", "2025-07-01"], dtype="str")
    >>> compute_age(birth, at).tolist()
    [64.0, 65.0, nan]
    """
    (born_month, born_day), (month, day) = _to_calendar(birth), _to_calendar(at)
    months = month - born_month - (day < born_day)
    return pd.Series(np.floor(months / 12))


def _to_calendar(values: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Give the months since 1970 and the day of the month; NaN for partial dates."""
    days = to_days(values)
    known = np.nan_to_num(days).astype("timedelta64[D]") + np.datetime64("1960-01-01", "D")
    months = known.astype("datetime64[M]")
    numbers = months.astype("float64"), (known - months).astype("float64")
    return np.where(np.isnan(days), np.nan, numbers[0]), numbers[1]
