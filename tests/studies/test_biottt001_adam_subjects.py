"""Subjects, adverse events and exposure for analysis, against the truth that was played."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from sdtmconv.adam.escalation import count_cohorts, decide_escalation, find_mtd
from sdtmconv.simulate.protocol import DOSE_LEVELS_VP

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import BuildReference, Built

HIGHEST = len(DOSE_LEVELS_VP)


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
    folder = tmp_path_factory.mktemp(f"adam_subjects{request.param}")
    return build_biottt001(folder, request.param, 79, ("ADSL", "ADAE", "ADEX", "AE"))


@pytest.fixture(scope="module")
def truth(study: Built) -> pd.DataFrame:
    subjects = study.truth("subjects").fillna("")
    return subjects.set_index("BIOTTT001-" + subjects["SUBJID"]).sort_index()


@pytest.fixture(scope="module")
def adsl(study: Built) -> pd.DataFrame:
    return study.frames["ADSL"].set_index("USUBJID").sort_index()


def test_subjects_are_those_that_were_treated(adsl: pd.DataFrame, truth: pd.DataFrame) -> None:
    """Treatment, dose level and part of the study are the true ones."""
    assert adsl.index.equals(truth.index)
    assert (adsl["SAFFL"] == "Y").tolist() == (truth["STATUS"] == "TREATED").tolist()
    level = pd.to_numeric(truth["LEVEL"])
    assert pd.to_numeric(adsl["DOSELVL"]).fillna(0).tolist() == level.fillna(0).tolist()
    dose = pd.to_numeric(truth["DOSEVP"]).fillna(0)
    assert pd.to_numeric(adsl["DOSEVP"]).fillna(0).tolist() == dose.tolist()
    assert adsl["STUDYPRT"].tolist() == truth["PART"].str.upper().tolist()


def test_dlts_and_evaluability_are_the_true_ones(adsl: pd.DataFrame, truth: pd.DataFrame) -> None:
    """Per phase: who could be judged, and who had a dose-limiting toxicity."""
    treated = truth["STATUS"] == "TREATED"
    for number, phase in (("01", "MONO"), ("02", "COMB")):
        entered = truth[f"{phase}ENTERED"] == "Y"
        evaluable = (adsl[f"DLT{number}EFL"] == "Y").tolist()
        assert evaluable == (entered & (truth[f"{phase}EVAL"] == "Y")).tolist()
        assert (adsl[f"DLT{number}FL"] == "Y").tolist() == (truth[f"{phase}DLT"] != "").tolist()
    assert (adsl["DLTCNTFL"] == "Y").tolist() == (treated & (truth["COUNTS"] == "Y")).tolist()


def _read_escalation(adsl: pd.DataFrame) -> pd.DataFrame:
    cohort, level = (pd.to_numeric(adsl[name]) for name in ("COHORTN", "DOSELVL"))
    return count_cohorts(cohort, level, adsl["DLTCNTFL"], adsl["DLTANYFL"])


def test_the_mtd_can_be_read_off_adsl(study: Built, adsl: pd.DataFrame) -> None:
    """The 3+3 decision after each cohort, and the maximum tolerated dose."""
    cohorts, true = _read_escalation(adsl), study.truth("cohorts")
    counted = true[["COHORT", "LEVEL", "COUNTED", "DLTS"]].astype(int)
    assert cohorts.values.tolist() == counted.values.tolist()
    assert decide_escalation(cohorts, HIGHEST).tolist() == true["DECISION"].tolist()
    assert str(find_mtd(cohorts, HIGHEST)) == study.truth("study")["MTDLEVEL"].item()


@pytest.mark.parametrize("seed", [1, 7])
def test_the_mtd_of_other_trials(
    seed: int, build_biottt001: BuildReference, tmp_path: Path
) -> None:
    """Other trials decide otherwise, and ADSL shows it."""
    study = build_biottt001(tmp_path, 30, seed, ("ADSL",))
    cohorts = _read_escalation(study.frames["ADSL"])
    assert (
        decide_escalation(cohorts, HIGHEST).tolist() == study.truth("cohorts")["DECISION"].tolist()
    )
    found = find_mtd(cohorts, HIGHEST)
    assert (str(found) if found else "") == study.truth("study")["MTDLEVEL"].fillna("").item()


def test_every_dlt_is_an_event_of_its_phase(study: Built) -> None:
    """ADAE has the true dose-limiting toxicities, within 28 days from the phase's injection."""
    events = study.truth("events").fillna("")
    true = events[events["DLTPHASE"] != ""]
    adae = study.frames["ADAE"]
    found = adae[adae["DLTFL"] == "Y"]
    assert sorted(found["USUBJID"]) == sorted("BIOTTT001-" + true["SUBJID"])
    assert sorted(found["DLTPH"]) == sorted(true["DLTPHASE"].str.upper())
    complete = found.loc[found["ASTDTF"] == "", "DLTDY"]
    assert pd.to_numeric(complete).dropna().between(1, 28).all()
    assert (found["TRTEMFL"] == "Y").all()


def test_events_carry_their_source_and_are_in_order(study: Built) -> None:
    """One record per event of SDTM, with its number; no end before its start."""
    adae, ae = study.frames["ADAE"], study.frames["AE"]
    assert set(zip(adae["USUBJID"], adae["AESEQ"], strict=True)) == set(
        zip(ae["USUBJID"], ae["AESEQ"], strict=True)
    )
    dated = adae[(adae["ASTDT"] != "") & (adae["AENDT"] != "")].dropna(subset=["ASTDT", "AENDT"])
    assert (dated["AENDT"] >= dated["ASTDT"]).all()
    first = adae[adae["AOCCFL"] == "Y"]
    assert not first["USUBJID"].duplicated().any()
    assert set(first["USUBJID"]) == set(adae.loc[adae["TRTEMFL"] == "Y", "USUBJID"])


def test_what_began_before_the_first_dose_is_not_treatment_emergent(study: Built) -> None:
    """That was asked of each event, and holds where its date is known in part or not at all."""
    events = study.truth("events")
    first = study.truth("subjects").set_index("SUBJID")["FIRSTDOSE"].str.slice(0, 10)
    before = events[events["START"] < events["SUBJID"].map(first)]
    lines = set(zip("BIOTTT001-" + before["SUBJID"], before["AELINE"], strict=True))
    adae = study.frames["ADAE"].merge(study.frames["AE"][["USUBJID", "AESEQ", "AESPID"]])
    early = [pair in lines for pair in zip(adae["USUBJID"], adae["AESPID"], strict=True)]
    assert sum(early) == len(lines) > 0
    assert set(adae.loc[early, "TRTEMFL"]) == {""}
    dated = adae[early].query("ASTDT != ''")
    assert (dated["ASTDT"] < dated["TRTSDT"]).all()


def test_doses_add_up_to_the_true_ones(study: Built) -> None:
    """BioTTT001 as given, per subject: number of injections and total dose."""
    doses = study.truth("doses").query("TREATMENT == 'BIOTTT001'")
    given = doses[pd.to_numeric(doses["DOSE"]) > 0]
    adex = study.frames["ADEX"].query("PARCAT1 == 'BIOTTT001'")
    total = adex.query("PARAMCD == 'TDOSE'").set_index("USUBJID")["AVAL"].astype(float)
    true = pd.to_numeric(given["DOSE"]).groupby("BIOTTT001-" + given["SUBJID"]).sum()
    assert total.sort_index().to_dict() == true.sort_index().to_dict()
    intensity = adex.query("PARAMCD == 'RDI'")["AVAL"].astype(float)
    assert intensity.between(0, 100).all()
