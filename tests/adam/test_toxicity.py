"""Toxicity grades of laboratory results by CTCAE 5.0."""

import pandas as pd
import pytest
from small_columns import listed, number, text

from sdtmconv.adam.toxicity import compute_ctcae_grade, compute_ctcae_term, compute_worst_grade
from sdtmconv.mapping.registry import RejectedValuesError

NAN = float("nan")


def grade(
    test: str,
    direction: str,
    results: list[float | None],
    limits: tuple[float | None, float | None] = (None, None),
    unit: str | None = None,
    base: float | None = None,
) -> list[object]:
    """Grade results of one test with one normal range and one baseline."""
    count = len(results)
    found = compute_ctcae_grade(
        number(*results),
        text(*[test] * count),
        direction,
        text(*[unit] * count),
        number(*[limits[0]] * count),
        number(*[limits[1]] * count),
        number(*[base] * count),
    )
    return listed(found)


@pytest.mark.parametrize(
    ("test", "unit", "limits", "results"),
    [
        ("HGB", "g/L", (120, 160), (120, 119, 99, 79)),
        ("WBC", "10^9/L", (4, 11), (4, 3.9, 2.99, 1.99, 0.99)),
        ("NEUT", "10^9/L", (2, 7), (2, 1.9, 1.49, 0.99, 0.49)),
        ("LYM", "10^9/L", (1, 3), (1, 0.9, 0.79, 0.49, 0.19)),
        ("PLAT", "10^9/L", (150, 400), (150, 149, 74, 49, 24)),
        ("CD4", "10^9/L", (0.6, 1.5), (0.6, 0.59, 0.49, 0.19, 0.049)),
        ("ALB", "g/L", (35, 50), (35, 34, 29, 19)),
        ("GLUC", "mmol/L", (3.9, 6), (3.9, 3.8, 2.9, 2.1, 1.6)),
        ("CA", "mmol/L", (2.2, 2.6), (2.2, 2.1, 1.9, 1.7, 1.4)),
        ("CAION", "mmol/L", (1.1, 1.3), (1.1, 1.05, 0.95, 0.85, 0.75)),
        ("MG", "mmol/L", (0.7, 1.05), (0.7, 0.6, 0.45, 0.35, 0.25)),
    ],
)
def test_low_results_have_grades_in_their_order(
    test: str, unit: str, limits: tuple[float, float], results: tuple[float, ...]
) -> None:
    """From a result at the lower limit, 0, to just below the limit of the highest grade."""
    expected = [str(number) for number in range(len(results))]
    assert grade(test, "low", list(results), limits, unit) == expected


@pytest.mark.parametrize(
    ("test", "unit", "high", "results"),
    [
        ("HGB", "g/L", 160, (160, 180, 200, 201)),
        ("CHOL", "mmol/L", 5, (5, 7.75, 10.34, 12.92, 12.93)),
        ("K", "mmol/L", 5, (5, 5.5, 6, 7, 7.1)),
        ("SODIUM", "mmol/L", 145, (145, 150, 155, 160, 161)),
        ("CA", "mmol/L", 2.6, (2.6, 2.9, 3.1, 3.4, 3.5)),
        ("TRIG", "mmol/L", 1.7, (1.7, 3.42, 5.7, 11.4, 11.5)),
        ("INR", None, 1.1, (1.2, 1.5, 2.5, 2.6)),
        ("APTT", "sec", 40, (40, 60, 100, 101)),
        ("CK", "U/L", 200, (200, 500, 1000, 2000, 2001)),
        ("ALT", "U/L", 40, (40, 120, 200, 800, 801)),
        ("AST", "U/L", 40, (40, 120, 200, 800, 801)),
        ("ALP", "U/L", 100, (100, 250, 500, 2000, 2001)),
        ("GGT", "U/L", 60, (60, 150, 300, 1200, 1201)),
        ("BILI", "umol/L", 20, (20, 30, 60, 200, 201)),
        ("CREAT", "umol/L", 100, (100, 150, 300, 600, 601)),
        ("LIPASET", "U/L", 60, (60, 90, 120, 300, 301)),
        ("AMYLASE", "U/L", 100, (100, 150, 200, 500, 501)),
    ],
)
def test_high_results_have_grades_in_their_order(
    test: str, unit: str | None, high: float, results: tuple[float, ...]
) -> None:
    """Each result is the greatest of its grade; the last is beyond the limit of the one before."""
    expected = [str(number) for number in range(len(results))]
    assert grade(test, "high", list(results), (1, high), unit) == expected


def test_grades_that_ctcae_does_not_have_are_left_out() -> None:
    """A leukocyte count is of grade 3 or none, magnesium has no grade 2, LDH grade 1 alone."""
    assert grade("WBC", "high", [100, 101], (4, 11), "10^9/L") == ["0", "3"]
    assert grade("LYM", "high", [4, 4.1, 20.1], (1, 3), "10^9/L") == ["0", "2", "3"]
    assert grade("MG", "high", [1.1, 1.23, 1.24, 3.31], (0.7, 1.05), "mmol/L") == list("1134")
    assert grade("LDH", "high", [250, 9999], (100, 250), "U/L") == ["0", "1"]


def test_symptoms_that_a_grade_asks_for_are_taken_as_given() -> None:
    """Of the grades that they would tell apart the highest is given."""
    assert grade("K", "low", [3.5, 3.4, 2.9, 2.4], (3.5, 5), "mmol/L") == ["0", "2", "3", "4"]
    sodium = grade("SODIUM", "low", [135, 134, 130, 129.5, 124, 119], (135, 145), "mmol/L")
    assert sodium == ["0", "1", "1", "3", "3", "4"]
    assert grade("URATE", "high", [400, 401], (200, 400), "umol/L") == ["0", "3"]


@pytest.mark.parametrize(
    ("test", "base", "results", "expected"),
    [
        ("ALT", 80, [119, 120, 240, 241, 401, 1601], "011234"),
        ("ALP", 80, [159, 160, 200, 201, 401, 1601], "011234"),
        ("BILI", 80, [80, 81, 121, 241, 801], "01234"),
        ("ALT", 40, [40, 41, 121], "012"),
    ],
)
def test_an_abnormal_baseline_is_what_results_are_compared_with(
    test: str, base: float, results: list[float | None], expected: str
) -> None:
    """Multiples of baseline where it was above the upper limit of 40, else of that limit."""
    assert grade(test, "high", results, (7, 40), "U/L", base) == list(expected)


def test_the_baselines_own_indicator_tells_whether_it_was_abnormal() -> None:
    """The range of another laboratory or age, on the record itself, does not."""
    columns = (number(130, 130), text("ALT", "ALT"), "high", text("U/L", "U/L"))
    limits, base = (number(7, 7), number(40, 40)), number(42, 42)
    found = compute_ctcae_grade(*columns, *limits, base, text("NORMAL", "HIGH"))
    assert listed(found) == ["2", "2"]
    higher = number(110, 110)
    assert listed(compute_ctcae_grade(higher, *columns[1:], *limits, base, text(None, "HIGH"))) == [
        "1",
        "1",
    ]
    below = number(50, 50)
    found = compute_ctcae_grade(below, *columns[1:], *limits, base, text("NORMAL", "HIGH HIGH"))
    assert listed(found) == ["1", "0"]


def test_creatinine_counts_by_the_limit_or_by_the_baseline() -> None:
    """Whichever gives more; a baseline that is missing leaves the limit."""
    assert grade("CREAT", "high", [90, 91, 181], (40, 100), "umol/L", 60) == ["0", "2", "3"]
    assert grade("CREAT", "high", [100, 181], (40, 100), "umol/L") == ["0", "2"]
    assert grade("CREAT", "high", [181, 50], (None, None), "umol/L", 60) == ["3", None]


def test_fibrinogen_counts_by_the_limit_by_the_fall_or_by_the_number() -> None:
    """A fall from baseline counts only below the lower limit; below 0.5 g/L is grade 4."""
    assert grade("FIBRINO", "low", [2, 1.9, 1.4, 0.9, 0.49], (2, 4), "g/L") == list("01234")
    assert grade("FIBRINO", "low", [2, 1.9, 1.5], (2, 4), "g/L", 6) == ["0", "3", "4"]


def test_what_cannot_be_decided_is_missing() -> None:
    """Without a result, or without a limit where a number alone does not decide."""
    assert grade("HGB", "low", [None, 99, 110], (None, None), "g/L") == [None, "2", None]
    assert grade("ALT", "high", [30, 999], (None, None), "U/L") == [None, None]
    assert grade("EOS", "high", [0.3, 0.6], (0, 0.5), "10^9/L") == ["0", None]
    assert grade("EOS", "high", [0.6, 0.6], (0, 0.5), "10^9/L", 0.6) == ["0", "0"]


def test_what_ctcae_does_not_grade_is_missing() -> None:
    """Tests without a term, the other direction of those with one, records without a test."""
    assert grade("CEA", "high", [99], (0, 5), "ug/L") == [None]
    assert grade("ALT", "low", [1], (7, 40), "U/L") == [None]
    nothing = compute_ctcae_grade(*(text(None), text(None)), "low", text(None), *[number(NAN)] * 2)
    assert listed(nothing) == [None]


def test_results_are_compared_in_the_unit_of_the_criteria() -> None:
    """With the record's range and baseline; multiples of them need no unit."""
    assert grade("HGB", "low", [12, 9.9, 7.9], (12, 16), "g/dL") == ["0", "2", "3"]
    assert grade("GLUC", "low", [70, 69, 30], (70, 110), "mg/dL") == ["0", "1", "4"]
    assert grade("K", "high", [5, 5.6], (3.5, 5), "mEq/L") == ["0", "2"]
    assert grade("ALT", "high", [121], (7, 40), "anything") == ["2"]


def test_a_unit_that_cannot_be_converted_is_refused() -> None:
    """All such results at once; a missing result needs no unit."""
    with pytest.raises(RejectedValuesError, match="in another unit") as refused:
        compute_ctcae_grade(
            number(5, 6, None, 1),
            text("WBC", "HGB", "HGB", "ALB"),
            "low",
            text("%", "mmol/L", None, None),
            *[number(*[1] * 4)] * 2,
        )
    assert refused.value.rows.tolist() == [0, 1, 3]
    assert listed(refused.value.values) == ["% of WBC", "mmol/L of HGB", "no unit of ALB"]


def test_a_result_at_a_multiple_of_the_limit_is_not_beyond_it() -> None:
    """3 x 1.1 is not 3.3 in binary numbers."""
    assert grade("BILI", "high", [3.3, 3.31], (0.1, 1.1), "mg/dL") == ["2", "3"]


def test_the_term_is_named_for_each_direction() -> None:
    """Missing where CTCAE has none."""
    tests = text("SODIUM", "ALT", None)
    assert listed(compute_ctcae_term(tests, "low")) == ["Hyponatremia", None, None]
    expected = ["Hypernatremia", "Alanine aminotransferase increased", None]
    assert listed(compute_ctcae_term(tests, "high")) == expected


@pytest.mark.parametrize(
    ("test", "low", "high", "expected"),
    [
        ("HGB", "0", "0", "0"),
        ("HGB", "3", "0", "-3"),
        ("HGB", "0", "3", "3"),
        ("HGB", "3", None, "-3"),
        ("HGB", "0", None, None),
        ("HGB", None, "0", None),
        ("HGB", None, None, None),
        ("ALT", None, "0", "0"),
        ("ALT", None, "4", "4"),
        ("ALB", "0", None, "0"),
        ("CEA", None, None, None),
    ],
)
def test_a_grade_of_low_results_has_a_minus_sign(
    test: str, low: str | None, high: str | None, expected: str | None
) -> None:
    """0 needs every direction decided that CTCAE grades."""
    assert listed(compute_worst_grade(text(low), text(high), text(test))) == [expected]


def test_no_results_have_no_grades() -> None:
    """A dataset may be empty."""
    none: pd.Series = text()
    columns = (number(), none, "low", none, number(), number())
    assert listed(compute_ctcae_grade(*columns)) == []
    assert listed(compute_worst_grade(none, none, none)) == []
