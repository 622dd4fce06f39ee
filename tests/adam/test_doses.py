"""Dosing intervals as single doses."""

import pandas as pd
import pytest

from sdtmconv.adam.doses import find_interval, repeat_doses, to_moments
from sdtmconv.mapping.registry import RejectedValuesError

DAY, HOUR = 86_400.0, 3600.0


def repeat(start: float, end: float, frequency: str, name: str = "AST", kind: str = "DT") -> list:
    rows, doses = repeat_doses(
        pd.Series([start], dtype="float64", name=f"{name}{kind}"),
        pd.Series([end], dtype="float64", name=f"AEN{kind}"),
        pd.Series([frequency], dtype="str", name="EXDOSFRQ"),
    )
    assert set(rows) <= {0}
    return to_moments(doses, f"A{kind}").tolist()


@pytest.mark.parametrize(
    ("frequency", "days"),
    [
        ("QD", [10, 11, 12, 13]),
        ("QOD", [10, 12]),
        ("BID", [10, 10, 11, 11, 12, 12, 13, 13]),
        ("ONCE", [10]),
        ("EVERY 2 WEEKS", [10]),
        ("Q3D", [10, 13]),
        ("Q12H", [10, 10, 11, 11, 12, 12, 13]),
    ],
)
def test_an_interval_of_days_has_its_doses(frequency: str, days: list[int]) -> None:
    """First and last day included; by the clock, the last dose is at the end itself."""
    assert repeat(10, 13, frequency) == days


def test_the_time_of_the_first_dose_is_that_of_the_others() -> None:
    """A dose a day is given on the last day too, whenever the interval ends on it."""
    start = 10 * DAY + 8 * HOUR
    assert repeat(start, 12 * DAY, "QD", kind="DTM") == [start, start + DAY, start + 2 * DAY]
    assert repeat(start, start + 9 * HOUR, "Q4H", kind="DTM") == [
        start,
        start + 4 * HOUR,
        start + 8 * HOUR,
    ]


def test_times_a_week_fall_on_whole_days() -> None:
    assert repeat(0, 13, "3 TIMES PER WEEK") == [0, 2, 4, 7, 9, 11]


@pytest.mark.parametrize("term", ["PRN", "UNKNOWN", "AD LIBITUM", "2 TIMES PER CYCLE", "daily"])
def test_a_frequency_that_tells_no_moment_is_refused(term: str) -> None:
    """And the message names it."""
    assert find_interval(term) is None
    with pytest.raises(RejectedValuesError, match="does not tell when doses"):
        repeat(1, 2, term)


@pytest.mark.parametrize(
    ("start", "end", "problem"),
    [(1, None, "no end"), (None, 1, "no start"), (2, 1, "ends before it starts")],
)
def test_an_interval_needs_both_ends_in_their_order(
    start: float | None, end: float | None, problem: str
) -> None:
    with pytest.raises(RejectedValuesError, match=problem):
        repeat(start, end, "QD")  # type: ignore[arg-type]


def test_text_is_no_date() -> None:
    """SDTM's text is read in a step before."""
    text = pd.Series(["2025-01-01"], dtype="str", name="EXSTDTC")
    with pytest.raises(RejectedValuesError, match="EXSTDTC is text"):
        repeat_doses(text, text, pd.Series(["QD"], dtype="str"))


def test_no_interval_has_no_dose() -> None:
    none = pd.Series([], dtype="float64", name="ADT")
    rows, doses = repeat_doses(none, none, pd.Series([], dtype="str"))
    assert not len(rows)
    assert not len(doses)
