"""The packaged laboratory criteria of CTCAE 5.0."""

from collections import Counter

from sdtmconv.mapping.units import UNITS
from sdtmconv.standards.ctcae import Limit, find_tests, load_ctcae


def test_every_criterion_is_complete() -> None:
    """It has a test, a direction and a grade, and a unit if its numbers have one."""
    for criterion in load_ctcae():
        assert criterion.tests, criterion.term
        assert criterion.direction in ("low", "high"), criterion.term
        assert criterion.grades, criterion.term
        assert criterion.unit in ("", *UNITS), criterion.term
        bare = [limit for limit in limits_of(criterion.grades) if limit.above]
        assert not bare or criterion.unit or criterion.term == "INR increased", criterion.term


def limits_of(grades: dict[int, tuple[tuple[Limit, ...], ...]]) -> list[Limit]:
    return [
        limit for alternatives in grades.values() for limits in alternatives for limit in limits
    ]


def test_criteria_look_in_their_direction() -> None:
    """Low results lie below their limits, high ones above; the baseline may add its own."""
    for criterion in load_ctcae():
        sign = "<" if criterion.direction == "low" else ">"
        assert all(limit.comparator.startswith(sign) for limit in limits_of(criterion.grades))


def test_a_test_is_graded_once_per_direction_and_state_of_the_baseline() -> None:
    """A normal and an abnormal baseline always come together."""
    lines = Counter((t, c.direction, c.baseline) for c in load_ctcae() for t in c.tests)
    assert set(lines.values()) == {1}
    normal = {key[:2] for key in lines if key[2] == "normal"}
    abnormal = {key[:2] for key in lines if key[2] == "abnormal"}
    assert normal == abnormal
    assert not normal & {key[:2] for key in lines if not key[2]}


def test_the_usual_tests_of_haematology_and_chemistry_are_there() -> None:
    """Those of a safety laboratory, in the directions that CTCAE has terms for."""
    low, high = find_tests("low"), find_tests("high")
    both = {"HGB", "WBC", "LYM", "SODIUM", "K", "CA", "MG"}
    assert both <= low.keys() & high.keys()
    assert {"NEUT", "PLAT", "ALB", "GLUC", "FIBRINO", "HAPTOG"} <= low.keys() - high.keys()
    enzymes = {"ALT", "AST", "ALP", "GGT", "CK", "LDH", "AMYLASE", "LIPASET"}
    others = {"BILI", "CREAT", "CHOL", "TRIG", "URATE", "INR", "APTT", "EOS"}
    assert enzymes | others <= high.keys() - low.keys()
    assert "PHOS" not in low.keys() | high.keys()
