"""Records that a later one confirms."""

import numpy as np
import pandas as pd
import pytest

from sdtmconv.adam.confirmation import compute_confirmed


def confirmed(
    course: str, dates: list[float | None], wanted: str = "PR", **arguments: object
) -> str:
    """Show a course with * after each record that is confirmed."""
    codes = course.split()
    values = pd.Series(codes)
    flags = compute_confirmed(
        (values == wanted).to_numpy(),
        values.isin([wanted, "CR"]).to_numpy(),
        pd.Series(dates, dtype="float64", name="ADT"),
        [pd.Series(["OVR"] * len(codes), dtype="str")],
        np.zeros(len(codes), dtype=int),
        np.arange(len(codes)),
        **{  # type: ignore[arg-type]
            key: values.isin(str(value).split()).to_numpy()
            if key in ("between", "seldom")
            else value
            for key, value in arguments.items()
        },
    )
    return " ".join(c + ("*" if f == "Y" else "") for c, f in zip(codes, flags, strict=True))


def test_a_later_record_confirms() -> None:
    assert confirmed("PR SD PR", [0, 28, 56]) == "PR* SD PR"


def test_it_must_be_late_enough_and_not_too_late() -> None:
    """Of those that are late enough the first counts."""
    assert confirmed("PR PR PR", [0, 14, 28], days=28) == "PR* PR PR"
    assert confirmed("PR PR", [0, 90], days=28, within=60) == "PR PR"
    assert confirmed("PR CR", [0, 60], days=28, within=60) == "PR* CR"


def test_what_lies_between_may_contradict() -> None:
    assert confirmed("PR PD PR", [0, 28, 56], between="PR CR NE") == "PR PD PR"
    assert confirmed("PR NE PR", [0, 28, 56], between="PR CR NE") == "PR* NE PR"
    assert confirmed("PR PR NE PR", [0, 9, 28, 56], days=28, between="PR NE") == "PR* PR* NE PR"


def test_some_may_lie_between_so_many_times() -> None:
    two = {"between": "PR NE", "seldom": "NE"}
    assert confirmed("PR NE NE PR", [0, 1, 2, 30], most=1, **two) == "PR NE NE PR"
    assert confirmed("PR NE NE PR", [0, 1, 2, 30], most=2, **two) == "PR* NE NE PR"


def test_a_record_does_not_confirm_itself_nor_one_before_it() -> None:
    """Not even where no days need pass, and both are of one day."""
    assert confirmed("PR", [5]) == "PR"
    assert confirmed("CR PR", [5, 5]) == "CR PR"
    assert confirmed("PR CR", [5, 5]) == "PR* CR"


def test_records_without_a_date_are_as_if_they_were_not_there() -> None:
    assert confirmed("PR PD PR", [0, None, 56], between="PR") == "PR* PD PR"


def test_another_subject_does_not_confirm() -> None:
    yes = np.array([True, True])
    days = pd.Series([1.0, 40.0], name="ADT")
    flags = compute_confirmed(yes, yes, days, [], np.array([0, 1]), np.arange(2))
    assert flags.isna().all()


@pytest.mark.parametrize("days", [0, 28])
def test_no_records_no_flags(days: int) -> None:
    none = np.array([], dtype=bool)
    dates = pd.Series([], dtype="float64", name="ADT")
    found = compute_confirmed(none, none, dates, [], np.array([], int), np.array([], int), days)
    assert found.tolist() == []
