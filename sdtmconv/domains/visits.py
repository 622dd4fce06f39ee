"""Visits: the numbers of planned ones come from TV, those of unscheduled ones from SV."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sdtmconv.mapping.lookup import compute_lookup
from sdtmconv.mapping.registry import (
    Column,
    Ordinal,
    Records,
    RejectedValuesError,
    Subject,
    SubjectRecords,
    check_one_table,
    derivation,
)
from sdtmconv.mapping.values import rank, sort_order, take_rows, to_number, to_text

STEP = 0.1


def _check_plan(
    *, names: tuple[str, ...], numbers: tuple[str, ...], **others: object
) -> tuple[str, str] | None:
    return check_one_table(names=names, numbers=numbers)


def _check_visits(
    *,
    names: tuple[str, ...],
    numbers: tuple[str, ...],
    visit_dates: tuple[str, ...],
    visit_numbers: tuple[str, ...],
    **others: object,
) -> tuple[str, str] | None:
    plan = check_one_table(names=names, numbers=numbers)
    return plan or check_one_table(visit_dates=visit_dates, visit_numbers=visit_numbers)


def _check_named_visits(
    *,
    names: tuple[str, ...],
    visit_dates: tuple[str, ...],
    visit_numbers: tuple[str, ...],
    visit_names: tuple[str, ...],
    **others: object,
) -> tuple[str, str] | None:
    visits = {"visit_dates": visit_dates, "visit_numbers": visit_numbers}
    return check_one_table(names=names) or check_one_table(**visits, visit_names=visit_names)


@derivation(
    "number_visits",
    method="{numbers} of the planned visit named {visit}; an unscheduled visit has the number of "
    "the planned visit before it by {date}, and one tenth more for each unscheduled one since.",
    check=_check_plan,
)
def compute_visit_numbers(
    visit: Column,
    date: Column,
    subject: Subject,
    ordinal: Ordinal,
    names: Records = ("TV.VISIT",),  # type: ignore[assignment]
    numbers: Records = ("TV.VISITNUM",),  # type: ignore[assignment]
) -> pd.Series:
    """Number a subject's visits for SV: each unscheduled one has a number of its own (5.3 SV).

    >>> from sdtmconv.mapping.registry import SubjectRecords
    >>> day = np.zeros(2, int)
    >>> def plan(*values): return [SubjectRecords(pd.Series(values), day, (), 1, False)]
    >>> visits = pd.Series(["DAY 1", "Unscheduled", "Unscheduled", "DAY 8"], dtype="str")
    >>> dates = pd.Series(["2025-01-01", "2025-01-03", "2025-01-02", "2025-01-08"], dtype="str")
    >>> names, numbers = plan("DAY 1", "DAY 8"), plan(1.0, 2.0)
    >>> subject, ordinal = np.zeros(4, int), np.arange(4)
    >>> compute_visit_numbers(visits, dates, subject, ordinal, names, numbers).tolist()
    [1.0, 1.2, 1.1, 2.0]
    """
    planned = to_number(compute_lookup([visit], names, numbers, subject))
    order = sort_order([subject, rank(date), planned.isna().to_numpy(), ordinal])
    frame = pd.DataFrame({"subject": np.asarray(subject)[order], "planned": planned.iloc[order]})
    before = frame.groupby("subject")["planned"].ffill().fillna(0.0)
    turn = frame["planned"].isna().groupby([frame["subject"], before]).cumsum()
    too_many = np.flatnonzero((STEP * turn).round(2) >= 1)
    if len(too_many):
        raise RejectedValuesError(
            order[too_many],
            "is at least the tenth unscheduled visit after a planned one, and would have the "
            "number of the next",
            "correct the names of the visits, or number them by a rule of their own",
        )
    result = np.empty(len(order))
    result[order] = (before + STEP * turn).round(2)
    return pd.Series(result)


def _unscheduled_on_day(
    date: pd.Series, subject: np.ndarray, dates: SubjectRecords, numbers: SubjectRecords
) -> np.ndarray:
    """Find the row of the subject's unscheduled visit on a day, the first of several; -1: none."""
    visits = pd.DataFrame(
        {
            "subject": dates.subject,
            "day": to_text(dates.values).str.slice(0, 10),
            "number": to_number(numbers.values),
            "row": np.arange(len(dates.subject)),
        }
    )
    unscheduled = visits[visits["number"] % 1 != 0].dropna().sort_values(["day", "number"])
    first = unscheduled.drop_duplicates(["subject", "day"])
    own = pd.DataFrame({"subject": np.asarray(subject), "day": to_text(date).str.slice(0, 10)})
    found = own.merge(first, how="left", on=["subject", "day"])["row"]
    return found.fillna(-1).to_numpy("int64")


@derivation(
    "visit_number",
    method="Number of the planned visit named {visit}; of an unscheduled one, that of the "
    "subject's unscheduled visit on the day of {date}.",
    check=_check_visits,
)
def compute_visit_number(
    visit: Column,
    date: Column,
    subject: Subject,
    names: Records = ("TV.VISIT",),  # type: ignore[assignment]
    numbers: Records = ("TV.VISITNUM",),  # type: ignore[assignment]
    visit_dates: Records = ("SV.SVSTDTC",),  # type: ignore[assignment]
    visit_numbers: Records = ("SV.VISITNUM",),  # type: ignore[assignment]
) -> pd.Series:
    """Find the visit number of a finding by the visit's name, or by its date where unscheduled."""
    planned = to_number(compute_lookup([visit], names, numbers, subject))
    if planned.notna().all():
        return planned
    row = _unscheduled_on_day(date, subject, visit_dates[0], visit_numbers[0])
    return planned.fillna(take_rows(visit_numbers[0].values, row))


@derivation(
    "visit_name",
    method="Name of the planned visit {visit}; of an unscheduled one, that of the subject's "
    "unscheduled visit on the day of {date}.",
    check=_check_named_visits,
)
def compute_visit_name(
    visit: Column,
    date: Column,
    subject: Subject,
    names: Records = ("TV.VISIT",),  # type: ignore[assignment]
    visit_dates: Records = ("SV.SVSTDTC",),  # type: ignore[assignment]
    visit_numbers: Records = ("SV.VISITNUM",),  # type: ignore[assignment]
    visit_names: Records = ("SV.VISIT",),  # type: ignore[assignment]
) -> pd.Series:
    """Give a finding the name of its visit: VISIT and VISITNUM are one to one (SDTMIG 4.4.8).

    The collected name may be in another case than the planned one. A name that is neither planned
    nor that of an unscheduled visit on the day stays, in upper case.

    >>> from sdtmconv.mapping.registry import SubjectRecords
    >>> def records(*values):
    ...     return [SubjectRecords(pd.Series(values), np.zeros(len(values), int), (), 1)]
    >>> visits = pd.Series(["Day 1", "Unscheduled"], dtype="str")
    >>> dates = pd.Series(["2025-01-01", "2025-01-03T08:00"], dtype="str")
    >>> plan, days = records("DAY 1"), records("2025-01-01", "2025-01-03")
    >>> numbers, names = records(1.0, 1.1), records("DAY 1", "UNSCHEDULED 1.1")
    >>> compute_visit_name(visits, dates, np.zeros(2, int), plan, days, numbers, names).tolist()
    ['DAY 1', 'UNSCHEDULED 1.1']
    """
    name = to_text(visit).str.upper()
    planned = to_text(names[0].values).dropna().drop_duplicates()
    known = name.map(dict(zip(planned.str.upper(), planned, strict=True))).astype("str")
    row = _unscheduled_on_day(date, subject, visit_dates[0], visit_numbers[0])
    return known.fillna(to_text(take_rows(visit_names[0].values, row))).fillna(name)
