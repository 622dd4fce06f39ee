"""What one tumour assessment shows, by RECIST 1.1."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sdtmconv.adam.recist import compute_overall_response, compute_target_response
from sdtmconv.mapping.registry import RejectedValuesError
from sdtmconv.simulate import REFERENCE_SEED, simulate
from sdtmconv.simulate.tumours import RESPONSES, compute_overall

NODE, NO_TARGET = "T04", "NOT APPLICABLE"


def judge_target(
    now: float | None,
    nadir: float | None,
    baseline: float | None = 100,
    *,
    complete: bool = True,
    vanished: bool = False,
) -> str:
    numbers = [pd.Series([value], dtype="float64") for value in (now, baseline, nadir)]
    found = compute_target_response(*numbers, np.array([complete]), np.array([vanished]))
    return str(found.item())


@pytest.mark.parametrize(
    ("now", "nadir", "baseline", "expected"),
    [
        (70, 100, 100, "PR"),
        (71, 100, 100, "SD"),
        (100, 100, 100, "SD"),
        (119, 100, 100, "SD"),
        (120, 100, 100, "PD"),
        (60, 50, 100, "PD"),
        (59, 50, 100, "PR"),
        (24, 20, 100, "PR"),
        (25, 20, 100, "PD"),
        (12, 10, 10, "SD"),
        (5, 0, 100, "PD"),
        (4.9, 0, 100, "PR"),
    ],
)
def test_the_sum_is_compared_with_baseline_and_nadir(
    now: float, nadir: float, baseline: float, expected: str
) -> None:
    """PR: 30 % below baseline. PD: 20 % above the smallest sum, and 5 mm; that comes first."""
    assert judge_target(now, nadir, baseline) == expected


def test_limits_are_exact_for_sums_of_decimals() -> None:
    """As computers add, 7.3 + 29.9 is less than 37.2, 5.1 + 5.2 + 7.9 more than 18.2."""
    assert judge_target(7.3 + 29.9, 31) == "PD"
    assert judge_target(5.1 + 5.2 + 7.9, 26, 26) == "PR"
    assert judge_target(8.2, 3.2) == "PD"


def test_what_has_vanished_is_complete_whatever_the_sum() -> None:
    """Lymph nodes below 10 mm are no disease, though their diameters are in the sum."""
    assert judge_target(0, 50, vanished=True) == "CR"
    assert judge_target(18, 10, vanished=True) == "CR"


def test_a_sum_that_lacks_lesions_is_enough_for_progression_only() -> None:
    """RECIST 1.1, 4.4.2: 50 mm of three lesions, and 80 mm of two of them, is PD."""
    assert judge_target(80, 50, 50, complete=False) == "PD"
    assert judge_target(50, 50, 50, complete=False) == "NE"
    assert judge_target(0, 50, 50, complete=False, vanished=True) == "NE"


def test_what_is_not_known_is_not_evaluable() -> None:
    """Without a sum nothing is known; without a baseline, or a nadir, neither PR nor SD."""
    assert judge_target(None, 50) == "NE"
    assert judge_target(50, 50, None) == "NE"
    assert judge_target(60, 50, None) == "PD"
    assert judge_target(70, None) == "NE"


def test_target_responses_recomputed_are_the_true_ones(tmp_path: Path) -> None:
    """Of every assessment of 1,000 simulated subjects, from the diameters of their lesions."""
    simulate(1000, REFERENCE_SEED, tmp_path)
    lesions = pd.read_csv(tmp_path / "truth" / "lesions.csv")
    assessments = pd.read_csv(tmp_path / "truth" / "responses.csv")
    key = ["SUBJID", "VISIT"]
    lesions["GONE"] = np.where(lesions.LESION == NODE, lesions.DIAMETER < 10, lesions.DIAMETER == 0)
    gone = lesions.groupby(key).GONE.all()
    sums, subject = assessments.SUM, assessments.SUBJID
    lowest = sums.groupby(subject).cummin().groupby(subject).ffill()
    found = compute_target_response(
        sums,
        sums.groupby(subject).transform("first"),
        lowest.groupby(subject).shift(),
        sums.notna().to_numpy(),
        gone.reindex(pd.MultiIndex.from_frame(assessments[key])).to_numpy(),
    )
    later = assessments.COMPUTED.notna()
    assert found[later].tolist() == assessments.COMPUTED[later].tolist()


@pytest.mark.parametrize(
    ("target", "non_target", "new", "expected"),
    [
        ("CR", "CR", False, "CR"),
        ("CR", "NON-CR/NON-PD", False, "PR"),
        ("CR", "NE", False, "PR"),
        ("PR", "CR", False, "PR"),
        ("PR", "NON-CR/NON-PD", False, "PR"),
        ("PR", "NE", False, "PR"),
        ("SD", "CR", False, "SD"),
        ("SD", "NON-CR/NON-PD", False, "SD"),
        ("SD", "NE", False, "SD"),
        ("NE", "CR", False, "NE"),
        ("NE", "NON-CR/NON-PD", False, "NE"),
        ("PD", "CR", False, "PD"),
        ("PD", "NE", True, "PD"),
        ("CR", "PD", False, "PD"),
        ("NE", "PD", False, "PD"),
        ("CR", "CR", True, "PD"),
        ("NE", "NE", True, "PD"),
        (NO_TARGET, "CR", False, "CR"),
        (NO_TARGET, "NON-CR/NON-PD", False, "NON-CR/NON-PD"),
        (NO_TARGET, "NE", False, "NE"),
        (NO_TARGET, "PD", False, "PD"),
        (NO_TARGET, "CR", True, "PD"),
        ("CR", NO_TARGET, False, "CR"),
        ("PR", NO_TARGET, False, "PR"),
        ("NE", NO_TARGET, False, "NE"),
        (NO_TARGET, NO_TARGET, False, None),
        (NO_TARGET, NO_TARGET, True, "PD"),
        ("CR", None, False, "PR"),
        (None, "CR", False, "NE"),
        (NO_TARGET, None, False, "NE"),
        (None, NO_TARGET, False, "NE"),
        (None, None, False, None),
        (None, None, True, "PD"),
    ],
)
def test_lesions_combine_as_in_the_tables(
    target: str | None, non_target: str | None, new: bool, expected: str | None
) -> None:
    """Tables 1 and 2 of RECIST 1.1; what is missing was not evaluated."""
    columns = [pd.Series([value], dtype="str") for value in (target, non_target)]
    found = compute_overall_response(*columns, np.array([new]))
    assert found.astype("object").where(found.notna(), None).tolist() == [expected]


def test_the_simulated_investigators_combine_alike() -> None:
    """For every pair of responses that they can have seen."""
    target, other, new = (
        grid.ravel() for grid in np.meshgrid(range(5), (0, 3, 4, 5, 6), (0, 1, 2))
    )
    names = np.array(RESPONSES)
    found = compute_overall_response(
        pd.Series(names[target]).astype("str"), pd.Series(names[other]).astype("str"), new == 2
    )
    assert found.tolist() == names[compute_overall(target, other, new)].tolist()


def test_a_text_that_is_no_response_is_refused() -> None:
    """A target lesion is never NON-CR/NON-PD, nor a non-target lesion PR."""
    one, none = np.array([False]), pd.Series(["NE"], dtype="str")
    with pytest.raises(RejectedValuesError, match="none of CR, PR, SD, PD, NE, NOT APPLICABLE"):
        compute_overall_response(pd.Series(["NON-CR/NON-PD"], dtype="str"), none, one)
    with pytest.raises(RejectedValuesError, match="none of CR, NON-CR/NON-PD, PD"):
        compute_overall_response(none, pd.Series(["PR"], dtype="str"), one)
