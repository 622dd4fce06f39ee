"""Visits: the numbers of planned ones come from TV, those of unscheduled ones from SV."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sdtmconv.mapping.lookup import compute_lookup
from sdtmconv.mapping.registry import Column, Ordinal, Records, Subject, derivation
from sdtmconv.mapping.values import rank, sort_order, to_number

STEP = 0.1


@derivation(
    "number_visits",
    method="{numbers} of the planned visit named {visit}; an unscheduled visit has the number of "
    "the planned visit before it by {date}, and one tenth more for each unscheduled one since.",
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
    result = np.empty(len(order))
    result[order] = (before + STEP * turn).round(2)
    return pd.Series(result)


@derivation(
    "visit_number",
    method="Number of the planned visit named {visit}; of an unscheduled one, that of the "
    "subject's unscheduled visit on the day of {date}.",
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
    return planned.fillna(_on_day(date, subject, visit_dates, visit_numbers))


def _on_day(
    date: pd.Series, subject: np.ndarray, visit_dates: Records, visit_numbers: Records
) -> pd.Series:
    """Find the number of the subject's unscheduled visit on a day; the first of several."""
    visits = pd.DataFrame(
        {
            "subject": visit_dates[0].subject,
            "day": visit_dates[0].values.str.slice(0, 10),
            "number": visit_numbers[0].values,
        }
    )
    unscheduled = visits[visits["number"] % 1 != 0].dropna()
    first = unscheduled.sort_values(["subject", "day", "number"]).drop_duplicates(
        ["subject", "day"]
    )
    own = pd.DataFrame({"subject": np.asarray(subject), "day": date.str.slice(0, 10)})
    return own.merge(first, how="left", on=["subject", "day"])["number"]
