"""The response that an assessment supports, with confirmation and without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sdtmconv.adam.response import compute_confirmed_response, compute_unconfirmed_response
from sdtmconv.mapping.registry import REGISTRY, RejectedValuesError
from sdtmconv.sas_dates import to_sas_date
from sdtmconv.simulate import REFERENCE_SEED, simulate

START = 1000.0
RANKING = ["CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE"]


def text(*values: str | None) -> pd.Series:
    return pd.Series(list(values), dtype="str")


def unconfirmed(course: str, **options: int) -> str:
    return judge(compute_unconfirmed_response, course, **options)


def confirmed(course: str, **options: int) -> str:
    assessments = len(course.split())
    groups = {
        "by": [text(*["OVR"] * assessments)],
        "subject": np.zeros(assessments, dtype=int),
        "ordinal": np.arange(assessments),
    }
    return judge(compute_confirmed_response, course, **groups, **options)


def judge(compute: Callable[..., pd.Series], course: str, **arguments: object) -> str:
    """Judge a course such as `PR@56 CR@84`: responses, and days from the start; - is missing."""
    responses, days = zip(*(assessment.split("@") for assessment in course.split()), strict=True)
    found = compute(
        text(*(None if response == "-" else response for response in responses)),
        pd.Series([np.nan if day == "-" else START + float(day) for day in days], name="ADT"),
        reference=pd.Series([START] * len(days)),
        **arguments,
    )
    return " ".join(found.fillna("-"))


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        ("CR@20 PR@20 PD@20 NE@20", "CR PR PD NE"),
        ("SD@41 SD@42", "NE SD"),
        ("NON-CR/NON-PD@41 NON-CR/NON-PD@42", "NE NON-CR/NON-PD"),
        ("-@56", "-"),
        ("SD@- PR@- PD@-", "- PR PD"),
    ],
)
def test_without_confirmation_only_stable_disease_has_to_last(course: str, expected: str) -> None:
    """SD counts from 42 days after the start on; the rest counts at once."""
    assert unconfirmed(course) == expected


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        ("CR@56 CR@84", "CR SD"),
        ("CR@56 CR@83", "SD SD"),
        ("CR@56 CR@83 CR@84", "CR SD SD"),
        ("CR@56 NE@70 CR@84", "CR NE SD"),
        ("CR@56 NE@64 NE@72 CR@84", "SD NE NE SD"),
        ("CR@56 PR@84 CR@112", "SD PR SD"),
        ("CR@56 PR@70 CR@84", "SD SD SD"),
        ("CR@56 SD@70 CR@84", "SD SD SD"),
        ("CR@56 PD@70 CR@84", "SD PD SD"),
    ],
)
def test_a_complete_response_is_confirmed_by_another(course: str, expected: str) -> None:
    """28 days later or more, with nothing but CR and one NE between; else it is stable disease."""
    assert confirmed(course) == expected


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        ("PR@56 PR@84", "PR SD"),
        ("PR@56 PR@83", "SD SD"),
        ("PR@56 CR@84", "PR SD"),
        ("PR@56 NE@70 CR@84", "PR NE SD"),
        ("PR@56 PR@70 PR@98", "PR PR SD"),
        ("PR@56 NE@64 NE@72 PR@84", "SD NE NE SD"),
        ("PR@56 SD@70 PR@84", "SD SD SD"),
        ("PR@56 PD@70 PR@84", "SD PD SD"),
        ("PR@56 NON-CR/NON-PD@70 PR@84", "SD NON-CR/NON-PD SD"),
    ],
)
def test_a_partial_response_is_confirmed_by_a_complete_or_partial_one(
    course: str, expected: str
) -> None:
    """28 days later or more, with nothing but CR, PR and one NE between."""
    assert confirmed(course) == expected


def test_disease_that_came_back_confirms_no_partial_response() -> None:
    """A PR after a CR is no PR; before the CR, or after the confirmation, it is no matter."""
    assert confirmed("PR@56 CR@70 PR@84") == "SD SD SD"
    assert confirmed("PR@56 PR@70 CR@84") == "PR SD SD"
    assert confirmed("PR@56 CR@84 PR@98") == "PR SD SD"


def test_the_spec_says_what_may_stand_between() -> None:
    """More NE, none, or an SD within a partial response, and other windows."""
    assert confirmed("CR@56 NE@64 NE@72 CR@84", most_ne=2) == "CR NE NE SD"
    assert confirmed("CR@56 NE@64 CR@84", most_ne=0) == "SD NE SD"
    assert confirmed("PR@56 SD@70 PR@84", most_sd=1) == "PR SD SD"
    assert confirmed("PR@56 SD@64 SD@72 PR@84", most_sd=1) == "SD SD SD SD"
    assert confirmed("CR@56 SD@70 CR@84", most_sd=1) == "SD SD SD"
    assert confirmed("PR@56 PR@70", confirm_days=14) == "PR SD"
    assert confirmed("SD@27 SD@28", stable_days=28) == "NE SD"


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        ("SD@41 SD@42", "NE SD"),
        ("CR@41", "NE"),
        ("PR@42", "SD"),
        ("NON-CR/NON-PD@41 NON-CR/NON-PD@42", "NE NON-CR/NON-PD"),
        ("PD@28", "PD"),
        ("NE@56 NE@84", "NE NE"),
        ("PR@28 PR@56", "PR SD"),
    ],
)
def test_what_is_not_confirmed_is_stable_from_the_42nd_day_on(course: str, expected: str) -> None:
    """Before, it is not evaluable; a confirmed response may begin earlier."""
    assert confirmed(course) == expected


def test_a_missed_assessment_is_not_there() -> None:
    """Without response or date it neither confirms nor stands between."""
    assert confirmed("PR@56 -@64 -@72 PR@84") == "PR - - SD"
    assert confirmed("PR@56 CR@-") == "SD -"
    assert confirmed("PR@56 PD@- PR@84") == "PR PD SD"


def test_without_a_start_only_what_needs_none_is_known() -> None:
    """How long a disease was stable cannot be said then."""
    responses, days = text("PR", "PR", "PD"), pd.Series([56.0, 84.0, 112.0])
    nothing, one = pd.Series([np.nan] * 3), np.zeros(3, dtype=int)
    found = compute_confirmed_response(responses, days, [responses], one, np.arange(3), nothing)
    assert found.fillna("-").tolist() == ["PR", "-", "PD"]


def test_subjects_and_evaluators_do_not_mix_and_records_may_stand_in_any_order() -> None:
    """A response is confirmed by the same evaluator in the same subject."""
    responses = text("CR", "CR", "PR", "PR", "CR")
    days = pd.Series([1084.0, 1056.0, 1056.0, 1084.0, 1112.0])
    subject = np.array([0, 0, 1, 1, 1])
    evaluator = text("A", "A", "A", "B", "A")
    found = compute_confirmed_response(
        responses, days, [evaluator], subject, np.arange(5), pd.Series([START] * 5)
    )
    assert found.tolist() == ["SD", "CR", "PR", "SD", "SD"]


def test_no_assessments_support_nothing() -> None:
    """A study may begin."""
    nobody, never = np.empty(0, dtype=int), pd.Series([], dtype="float64")
    assert compute_confirmed_response(text(), never, [text()], nobody, nobody, never).empty


def test_two_assessments_on_one_date_are_refused() -> None:
    """Which of them confirms the other is not certain; their evaluators may tell them apart."""
    with pytest.raises(RejectedValuesError, match="another assessment has the same ADT") as refused:
        confirmed("PR@56 CR@84 CR@84")
    assert refused.value.rows.tolist() == [1, 2]


@pytest.mark.parametrize("judge_course", [unconfirmed, confirmed])
def test_a_text_that_is_no_response_is_refused(judge_course: Callable[[str], str]) -> None:
    """It is mapped, or left out, by the spec."""
    with pytest.raises(RejectedValuesError, match="is none of CR, PR, SD") as refused:
        judge_course("PR@56 ND@84")
    assert refused.value.rows.tolist() == [1]


def test_dates_have_to_count_days_and_windows_be_possible() -> None:
    """A date-time counts seconds: 28 of them confirm nothing."""
    check = REGISTRY["confirmed_response"].check
    assert check(date="ADT", reference="ADSL.TRTSDT", confirm_days=28) is None
    problem, _ = check(date="ADT", reference="ADSL.TRTSDTM") or ("", "")
    assert problem == "ADSL.TRTSDTM does not count days"
    problem, _ = check(date="ADT", most_ne=-1) or ("", "")
    assert problem == "most_ne is -1"


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    """The assessments of 1,000 simulated subjects, and their best responses."""
    folder: Path = tmp_path_factory.mktemp("simulated")
    simulate(1000, REFERENCE_SEED, folder)
    return {
        name: pd.read_csv(folder / "truth" / f"{name}.csv", dtype="str")
        for name in ("subjects", "responses")
    }


def best(supported: pd.Series, of: pd.Series) -> pd.Series:
    """Take each subject's best response."""
    ranks = supported.map({response: rank for rank, response in enumerate(RANKING)})
    return ranks.groupby(of.to_numpy()).min().map(dict(enumerate(RANKING)))


def test_best_responses_are_the_true_ones(truth: dict[str, pd.DataFrame]) -> None:
    """Of 1,000 subjects, all."""
    subjects = truth["subjects"].query("STATUS == 'TREATED'").set_index("SUBJID")
    counting = truth["responses"].query("COUNTS == 'Y'").reset_index(drop=True)
    first_dose = pd.to_datetime(subjects.FIRSTDOSE.str[:10]).reindex(counting.SUBJID)
    dates = to_sas_date(pd.to_datetime(counting.DATE))
    start = to_sas_date(first_dose.reset_index(drop=True))
    simple = compute_unconfirmed_response(counting.OVERALL, dates, start)
    sure = compute_confirmed_response(
        counting.OVERALL,
        dates,
        [counting.OVERALL.where(counting.OVERALL.isna())],
        pd.factorize(counting.SUBJID)[0],
        np.arange(len(counting)),
        start,
    )
    for name, supported in (("BOR", simple), ("CBOR", sure)):
        found = best(supported, counting.SUBJID).reindex(subjects.index).fillna("MISSING")
        assert found.compare(subjects[name]).empty
