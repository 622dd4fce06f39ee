"""Sums of diameters and responses of the reference study against the truth that was played."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

if TYPE_CHECKING:
    from conftest import BuildReference, Built

DATASETS = ("ADSL", "ADTR", "ADRS", "RS")
OF_THE_SUBJECT = ("BOR", "CBOR", "RSP", "CB")
KEY = ["USUBJID", "DATE"]


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(30, id="30 subjects"),
        pytest.param(1000, id="1,000 subjects", marks=pytest.mark.slow),
    ],
)
def study(
    request: pytest.FixtureRequest,
    build_biottt001: BuildReference,
    tmp_path_factory: pytest.TempPathFactory,
) -> Built:
    folder = tmp_path_factory.mktemp(f"response{request.param}")
    return build_biottt001(folder, request.param, 79, DATASETS)


@pytest.fixture(scope="module")
def subjects(study: Built) -> pd.DataFrame:
    """The treated subjects, as they truly were."""
    truth = study.truth("subjects").query("STATUS == 'TREATED'")
    return truth.set_index("BIOTTT001-" + truth["SUBJID"])


@pytest.fixture(scope="module")
def assessments(study: Built) -> pd.DataFrame:
    """The assessments made, baseline included, as they truly were."""
    truth = study.truth("responses").fillna("")
    truth["USUBJID"] = "BIOTTT001-" + truth["SUBJID"]
    return truth.set_index(KEY)


@pytest.fixture(scope="module")
def after_baseline(assessments: pd.DataFrame) -> pd.DataFrame:
    return assessments[assessments["OVERALL"] != ""]


def parameter(study: Built, dataset: str, code: str) -> pd.DataFrame:
    """Take the records of a parameter, by subject and date."""
    frame = study.frames[dataset].query("PARAMCD == @code")
    return frame.assign(DATE=frame["ADT"].astype(str)).set_index(KEY)


def of_subjects(study: Built, code: str, subjects: pd.DataFrame) -> pd.DataFrame:
    """Take the one record of a parameter that each treated subject has, and nobody else."""
    frame = study.frames["ADRS"].query("PARAMCD == @code").set_index("USUBJID")
    assert sorted(frame.index) == sorted(subjects.index)
    return frame.loc[subjects.index]


def test_sums_of_diameters_are_the_true_ones(study: Built, assessments: pd.DataFrame) -> None:
    """Of every assessment made; a sum that lacks a lesion is missing."""
    sums = parameter(study, "ADTR", "SDIAM")
    assert sorted(sums.index) == sorted(assessments.index)
    expected = pd.to_numeric(assessments["SUM"])
    pd.testing.assert_series_equal(sums["AVAL"].loc[expected.index], expected, check_names=False)


def test_a_lesion_has_a_parameter_of_its_own(study: Built) -> None:
    """Its diameter in mm is that of the truth, with 5 mm for what was too small to measure."""
    lesions = study.truth("lesions").set_index(["SUBJID", "VISIT", "LESION"])["SUMMED"]
    adtr = study.frames["ADTR"]
    measured = adtr[adtr["TRLNKID"] != ""]
    assert (measured["PARAMCD"].str[:5].isin(["LDIAM", "LPERP"])).all()
    assert (measured["PARAMCD"].str[5:] == measured["TRLNKID"]).all()
    found = measured.set_index(
        [measured["SUBJID"], measured["VISIT"].str.title(), measured["TRLNKID"]]
    )["AVAL"]
    assert len(found) == len(lesions)
    expected = lesions.loc[found.index].astype(float)
    pd.testing.assert_series_equal(found, expected, check_names=False)


def test_change_is_from_baseline_and_from_the_lowest_sum_before(
    study: Built, assessments: pd.DataFrame
) -> None:
    """The nadir includes the baseline and leaves out the assessment itself (RECIST 1.1, 4.3.1)."""
    sums = parameter(study, "ADTR", "SDIAM").sort_index()
    true = pd.to_numeric(assessments["SUM"]).sort_index()
    by_subject = true.groupby(level="USUBJID")
    base = by_subject.transform("first")
    nadir = by_subject.transform(lambda own: own.cummin().ffill().shift())
    later = assessments["OVERALL"].sort_index() != ""
    for name, expected in (
        ("BASE", base),
        ("NADIR", nadir),
        ("PCHG", (100 * (true - base) / base).where(later)),
        ("CHGNAD", (true - nadir).where(later)),
    ):
        pd.testing.assert_series_equal(sums[name], expected, check_names=False)
    assert (sums["ABLFL"] == "Y").tolist() == (~later).tolist()


def test_the_recomputed_target_response_is_the_true_one(
    study: Built, after_baseline: pd.DataFrame
) -> None:
    """And its flag tells where the investigator saw it otherwise."""
    recomputed = parameter(study, "ADRS", "DTRGRESP").loc[after_baseline.index]
    assert recomputed["AVALC"].tolist() == after_baseline["COMPUTED"].tolist()
    same = after_baseline["COMPUTED"] == after_baseline["TARGET"]
    assert recomputed["CRIT1FL"].tolist() == same.map({True: "Y", False: "N"}).tolist()
    assert not same.all()


@pytest.mark.parametrize(
    ("code", "truth"), [("OVR", "OVERALL"), ("TRGRESP", "TARGET"), ("NTRGRESP", "NONTARGET")]
)
def test_the_investigators_responses_are_the_true_ones(
    study: Built, after_baseline: pd.DataFrame, code: str, truth: str
) -> None:
    """Of every assessment made, and whether it counts for the best response."""
    found = parameter(study, "ADRS", code)
    assert len(found) == len(after_baseline)
    found = found.loc[after_baseline.index]
    assert found["AVALC"].tolist() == after_baseline[truth].tolist()
    counts = after_baseline["COUNTS"].map({"Y": "Y", "N": ""})
    assert found["ANL01FL"].tolist() == counts.tolist()


@pytest.mark.parametrize("code", ["BOR", "CBOR"])
def test_best_responses_are_the_true_ones(study: Built, subjects: pd.DataFrame, code: str) -> None:
    """Of every treated subject, MISSING included: all are in the denominator of the rate."""
    best = of_subjects(study, code, subjects)
    assert best["AVALC"].tolist() == subjects[code].tolist()
    assert (best["DTYPE"] == "PHANTOM").tolist() == (subjects[code] == "MISSING").tolist()


@pytest.mark.parametrize(("code", "good"), [("RSP", ("CR", "PR")), ("CB", ("CR", "PR", "SD"))])
def test_response_and_benefit_follow_from_the_confirmed_best_response(
    study: Built, subjects: pd.DataFrame, code: str, good: tuple[str, ...]
) -> None:
    """Y or N for every treated subject, with a date where it is Y."""
    found = of_subjects(study, code, subjects)
    expected = subjects["CBOR"].isin(good)
    assert found["AVALC"].tolist() == expected.map({True: "Y", False: "N"}).tolist()
    assert found["ADT"].notna().tolist() == expected.tolist()


def test_progression_and_the_last_evaluable_assessment_are_among_those_that_count(
    study: Built, after_baseline: pd.DataFrame
) -> None:
    """The first PD that counts, and the last response that counts and is not NE."""
    counting = after_baseline.query("COUNTS == 'Y'").sort_index().reset_index()
    worse = counting.query("OVERALL == 'PD'").set_index(KEY)
    evaluable = counting.query("OVERALL != 'NE'").groupby("USUBJID").tail(1).set_index(KEY)
    for code, expected in (("PD", worse), ("LSTEVLP", evaluable)):
        found = parameter(study, "ADRS", code).sort_index()
        assert found.index.tolist() == expected.index.tolist()
        assert found["AVALC"].tolist() == expected["OVERALL"].tolist()


def test_deaths_are_the_true_ones(study: Built, subjects: pd.DataFrame) -> None:
    """One record for each who died, on the day."""
    found = parameter(study, "ADRS", "DEATH").reset_index().set_index("USUBJID")["DATE"]
    died = subjects["DEATH"].dropna()
    assert found.sort_index().to_dict() == died.sort_index().to_dict()


def test_every_record_of_a_response_leads_to_its_source(study: Built) -> None:
    """SRCDOM, SRCVAR and SRCSEQ name the value that the record has its response and date from."""
    adrs, rs = study.frames["ADRS"], study.frames["RS"]
    dated = adrs[adrs["ADT"].notna()]
    assert (dated["SRCDOM"] != "").all()
    collected = dated[dated["SRCDOM"] == "RS"]
    source = rs.set_index(["USUBJID", "RSSEQ"]).loc[
        list(zip(collected["USUBJID"], collected["SRCSEQ"], strict=True))
    ]
    assert collected["ADT"].astype(str).tolist() == source["RSDTC"].tolist()
    same = collected["PARAMCD"].isin(["OVR", "TRGRESP", "NTRGRESP", "NEWLIND", "PD", "LSTEVLP"])
    assert collected.loc[same, "AVALC"].tolist() == source.loc[same.tolist(), "RSSTRESC"].tolist()


def test_nothing_that_is_not_submitted_is_described(study: Built) -> None:
    """What helps to derive a response is no dataset, and no method may name it."""
    define = next(study.out.rglob("adam/**/define.xml")).read_text(encoding="utf-8")
    assert "ADOVR" not in define
    assert "ADRESP" not in define
    assert not {"ADOVR", "ADRESP"} & set(study.frames)
