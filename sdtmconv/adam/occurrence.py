"""Derivations of where events and assessments stand to treatment: emergent, during, in a period.

Dates are SAS dates, or SAS datetimes where the name ends in DTM, as ADaMIG has it. Two datetimes
compare by time, and a date with anything by day.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from sdtmconv.mapping.moments import is_datetime, to_days, to_seconds
from sdtmconv.mapping.registry import Column, Columns, derivation
from sdtmconv.mapping.values import missing_text, to_number, to_text

# AESEV's terms in their order; toxicity grades are numbers already.
SEVERITIES = {"MILD": "1", "MODERATE": "2", "SEVERE": "3"}


def _check_days(window: int) -> tuple[str, str] | None:
    return (f"window is {window}", "write 0 or more") if window < 0 else None


def _check_emergent(
    *,
    treatment_end: str = "",
    window: int = 0,
    initial: str = "",
    intensity: str = "",
    **others: object,
) -> tuple[str, str] | None:
    if window and not treatment_end:
        return "window needs the end of treatment", "add `treatment_end: ADSL.TRTEDT`"
    if bool(initial) != bool(intensity):
        return "initial and intensity go together", "give both, or leave both out"
    return _check_days(window)


@derivation(
    "treatment_emergent",
    method="'Y' where {start} is missing, or on or after {treatment_start} and, where an end of "
    "treatment counts, not later than {window} days after it; or where the event began before and "
    "is known to have worsened. Missing for the untreated, and where {end} is before "
    "{treatment_start}.",
    check=_check_emergent,
)
def compute_treatment_emergent(
    start: Column,
    end: Column,
    treatment_start: Column = "ADSL.TRTSDT",  # type: ignore[assignment]
    treatment_end: Column = None,  # type: ignore[assignment]
    window: int = 0,
    initial: Column = None,  # type: ignore[assignment]
    intensity: Column = None,  # type: ignore[assignment]
) -> pd.Series:
    """Flag events that began or worsened on treatment, for TRTEMFL (OCCDS 1.1).

    The first that holds decides: untreated, missing; ended before treatment, missing; start
    missing, Y; began on or after `treatment_start` and, if `treatment_end` is named, by day not
    more than `window` days after it, Y; began before, and `intensity` is known to be above
    `initial`, Y. An event without an end goes on, and so does treatment.

    >>> starts = pd.Series([105.0, 95.0, 95.0, None, 140.0])
    >>> ends = pd.Series([None, 99.0, None, None, None])
    >>> first, last = pd.Series([100.0] * 5), pd.Series([110.0] * 5)
    >>> now, before = (pd.Series(list(grades), dtype="str") for grades in ("23321", "21211"))
    >>> compute_treatment_emergent(starts, ends, first, last, 28, before, now).tolist()
    ['Y', nan, 'Y', 'Y', nan]
    """
    began = _is_on_or_after(start, treatment_start)
    if treatment_end is not None:
        began &= _is_within(start, treatment_end, window)
    worsened = np.zeros(len(start), dtype=bool)
    if intensity is not None:
        worsened = _is_before(start, treatment_start) & (_rank(intensity) > _rank(initial))
    emergent = began | worsened | start.isna().to_numpy()
    treated = treatment_start.notna().to_numpy()
    return _flag(treated & emergent & ~_is_before(end, treatment_start))


def _check_window(
    *, window: int = 0, spanning: str = "no", end: str = "", **others: object
) -> tuple[str, str] | None:
    if spanning == "yes" and not end:
        return "spanning needs the end of the event", "add `end: AENDT`"
    return _check_days(window)


@derivation(
    "on_treatment",
    method="'Y' where {start} is missing, or from {reference_start} to {window} days after "
    "{reference_end}; what began before that and had not ended then counts: {spanning}. Missing "
    "for the untreated, and for what ended before {reference_start}.",
    check=_check_window,
)
def compute_on_treatment(
    start: Column,
    end: Column = None,  # type: ignore[assignment]
    reference_start: Column = "ADSL.TRTSDT",  # type: ignore[assignment]
    reference_end: Column = "ADSL.TRTEDT",  # type: ignore[assignment]
    window: int = 0,
    spanning: Literal["no", "yes"] = "no",
) -> pd.Series:
    """Flag assessments and events during treatment, or a period of it, for ONTRTFL (ADaMIG 3.3).

    Days after `reference_end` are counted by day; where it is missing, treatment goes on. What
    began before counts with `spanning: yes`, unless its `end` is before `reference_start`.

    >>> starts = pd.Series([105.0, 95.0, 95.0, None, 111.0])
    >>> ends = pd.Series([None, 101.0, 99.0, None, None])
    >>> first, last = pd.Series([100.0] * 5), pd.Series([110.0] * 5)
    >>> compute_on_treatment(starts, ends, first, last).tolist()
    ['Y', nan, nan, 'Y', nan]
    >>> compute_on_treatment(starts, ends, first, last, 1, "yes").tolist()
    ['Y', 'Y', nan, 'Y', 'Y']
    """
    during = _is_within(start, reference_end, window)
    if spanning == "no":
        during &= _is_on_or_after(start, reference_start)
    treated = reference_start.notna().to_numpy()
    flagged = treated & (during | start.isna().to_numpy())
    return _flag(flagged if end is None else flagged & ~_is_before(end, reference_start))


def _check_period(
    *, starts: tuple[str, ...], values: list[str], **others: object
) -> tuple[str, str] | None:
    if len(starts) == len(values):
        return None
    problem = f"the number of starts is {len(starts)}, that of values {len(values)}"
    return problem, "write one value per start, in the order of the periods"


@derivation(
    "period",
    method="The one of {values} that belongs to the last of {starts} on or before "
    "{date}[; '{before}' before the first].",
    check=_check_period,
)
def compute_period(date: Column, starts: Columns, values: list[str], before: str = "") -> pd.Series:
    """Tell the period or phase that a date is in, for APERIOD and APHASE (ADaMIG 3.3).

    `starts` stand in the order of the periods. One that is missing was not reached. `before` is
    for dates before the first start, also of those who have none.

    >>> dates, first = pd.Series([95.0, 100.0, 130.0, None]), pd.Series([100.0] * 4)
    >>> second = pd.Series([128.0, 128.0, None, 128.0])
    >>> compute_period(dates, [first, second], ["MONO", "COMBINATION"], "SCREENING").tolist()
    ['SCREENING', 'MONO', 'MONO', nan]
    """
    found = missing_text(len(date))
    if before:
        found = found.mask(date.notna().to_numpy(), before)
    for start, value in zip(starts, values, strict=True):
        found = found.mask(_is_on_or_after(date, start), value)
    return found


def _align(one: pd.Series, other: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Give two dates as numbers that compare: of seconds if both have a time, else of days."""
    read = to_seconds if is_datetime(one) and is_datetime(other) else to_days
    return read(one), read(other)


def _is_before(date: pd.Series, reference: pd.Series) -> np.ndarray:
    left, right = _align(date, reference)
    return np.asarray(left < right)


def _is_on_or_after(date: pd.Series, reference: pd.Series) -> np.ndarray:
    left, right = _align(date, reference)
    return np.asarray(left >= right)


def _is_within(date: pd.Series, end: pd.Series, window: int) -> np.ndarray:
    """Tell which dates are not more than a number of days after an end; none is without limit."""
    limit = to_days(end) + window
    return np.asarray((to_days(date) <= limit) | (date.notna().to_numpy() & np.isnan(limit)))


def _rank(intensity: pd.Series) -> np.ndarray:
    return to_number(to_text(intensity).replace(SEVERITIES)).to_numpy()


def _flag(flagged: np.ndarray) -> pd.Series:
    return pd.Series("Y", index=range(len(flagged)), dtype="str").where(flagged)
