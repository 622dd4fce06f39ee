"""Names and numbers of visits."""

import numpy as np
import pandas as pd

from sdtmconv.domains.visits import compute_visit_name, compute_visit_number
from sdtmconv.mapping.registry import SubjectRecords


def text(*values: str | None) -> pd.Series:
    return pd.Series(values, dtype="str")


def records(values: pd.Series, *subject: int) -> list[SubjectRecords]:
    return [SubjectRecords(values, np.array(subject), (), 2, by_subject=bool(subject))]


def plan(values: pd.Series) -> list[SubjectRecords]:
    return [SubjectRecords(values, np.zeros(len(values), int), (), 2, by_subject=False)]


PLANNED = plan(text("SCREENING", "DAY 1")), plan(pd.Series([1.0, 2.0]))
# The first subject has two unscheduled visits on one day, the second one on another.
DATES = records(text("2025-01-01", "2025-01-03", "2025-01-03", "2025-01-05"), 0, 0, 0, 1)
NUMBERS = records(pd.Series([1.0, 1.2, 1.1, 2.1]), 0, 0, 0, 1)
NAMES = records(
    text("SCREENING", "UNSCHEDULED 1.2", "UNSCHEDULED 1.1", "UNSCHEDULED 2.1"), 0, 0, 0, 1
)
SUBJECT = np.array([0, 0, 0, 1, 1])
VISITS = text("Screening", "Unscheduled", "Unscheduled", "UNSCHEDULED", None)
DAYS = text("2025-01-02", "2025-01-03T08:00", "2025-01-05", "2025-01-05", "2025-01-05")


def test_a_finding_has_the_name_of_its_visit() -> None:
    """Planned by name in any case, unscheduled by day; of two on a day the first, else no other."""
    found = compute_visit_name(VISITS, DAYS, SUBJECT, PLANNED[0], DATES, NUMBERS, NAMES)
    expected = ["SCREENING", "UNSCHEDULED 1.1", "UNSCHEDULED", "UNSCHEDULED 2.1"]
    assert found.tolist()[:4] == expected


def test_a_finding_has_the_number_of_its_visit() -> None:
    """A day without an unscheduled visit of the subject gives no number."""
    names = compute_visit_name(VISITS, DAYS, SUBJECT, PLANNED[0], DATES, NUMBERS, NAMES)
    found = compute_visit_number(names, DAYS, SUBJECT, *PLANNED, DATES, NUMBERS)
    assert found[[0, 1, 3]].tolist() == [1.0, 1.1, 2.1]
    assert np.isnan(found[2])
