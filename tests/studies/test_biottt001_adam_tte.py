"""Times to events of the reference study against the truth that was played."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

if TYPE_CHECKING:
    from conftest import BuildReference, Built

DATASETS = ("ADSL", "ADRS", "ADTTE")
REASONS = {
    "PROGRESSION": "Disease progression",
    "DEATH": "Death",
    "NEW THERAPY": "New anti-cancer therapy",
    "NO EVENT": "No progression or death",
    "NO EVALUABLE ASSESSMENT": "No evaluable assessment",
}


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
    folder = tmp_path_factory.mktemp(f"tte{request.param}")
    return build_biottt001(folder, request.param, 79, DATASETS)


@pytest.fixture(scope="module")
def subjects(study: Built) -> pd.DataFrame:
    """The treated subjects, as they truly were."""
    truth = study.truth("subjects").query("STATUS == 'TREATED'")
    return truth.set_index("BIOTTT001-" + truth["SUBJID"]).sort_index()


def parameter(study: Built, code: str) -> pd.DataFrame:
    return study.frames["ADTTE"].query("PARAMCD == @code").set_index("USUBJID").sort_index()


def find_median(days: np.ndarray, event: np.ndarray) -> float:
    """Find the first day on which the Kaplan-Meier estimate is 50 % or less; inf if it never is.

    Those censored on the day of an event are at risk on it.
    """
    time = np.unique(days[event])
    at_risk = (days[:, None] >= time).sum(axis=0)
    events = ((days[:, None] == time) & event[:, None]).sum(axis=0)
    survival = np.cumprod(1 - events / at_risk)
    reached = survival <= 0.5 + 1e-12
    return float(time[reached.argmax()]) if reached.any() else np.inf


def test_the_median_is_the_first_day_with_half_of_them_left() -> None:
    """Of 6, with 2 censored: 5/6, 4/6, then 4/6 x 2/3 on day 4."""
    event = np.array([1, 1, 0, 1, 0, 1], dtype=bool)
    assert find_median(np.arange(1.0, 7), event) == 4
    assert find_median(np.arange(1.0, 7), event & False) == np.inf
    assert find_median(np.array([2.0, 2, 2, 3]), np.array([1, 1, 0, 1], dtype=bool)) == 2


@pytest.mark.parametrize("code", ["OS", "PFS"])
def test_times_and_censoring_are_the_true_ones(
    study: Built, subjects: pd.DataFrame, code: str
) -> None:
    """Days from the first dose, that day counted, and whether there was an event: for everybody."""
    found = parameter(study, code)
    assert found.index.tolist() == subjects.index.tolist()
    assert found["AVAL"].tolist() == subjects[f"{code}DAYS"].astype(float).tolist()
    assert (found["CNSR"] == 0).tolist() == (subjects[f"{code}EVENT"] == "Y").tolist()


def test_progression_free_survival_ends_for_the_true_reason(
    study: Built, subjects: pd.DataFrame
) -> None:
    """Without an evaluable assessment that is the reason, with a new therapy as well."""
    found = parameter(study, "PFS")
    expected = subjects["PFSREASON"].map(REASONS)
    unseen = found["EVNTDESC"] == "No evaluable assessment"
    assert found["EVNTDESC"][~unseen].tolist() == expected[~unseen].tolist()
    assert (found["AVAL"][unseen] == 1).all()
    assert set(found["CNSR"][unseen]) <= {3}
    assert set(subjects["PFSREASON"][unseen]) <= {"NEW THERAPY", "NO EVALUABLE ASSESSMENT"}


def test_time_to_response_and_its_duration_are_of_responders(
    study: Built, subjects: pd.DataFrame
) -> None:
    """Up to the first confirmed response, then up to the end of progression-free survival."""
    adrs = study.frames["ADRS"]
    response = adrs.query("PARAMCD == 'RSP' and AVALC == 'Y'").set_index("USUBJID").sort_index()
    ttr, dor = parameter(study, "TTR"), parameter(study, "DOR")
    pfs = parameter(study, "PFS").loc[response.index]
    responders = subjects.index[subjects["CBOR"].isin(["CR", "PR"])].tolist()
    assert ttr.index.tolist() == dor.index.tolist() == response.index.tolist() == responders
    assert ttr["ADT"].tolist() == dor["STARTDT"].tolist() == response["ADT"].tolist()
    assert (ttr["CNSR"] == 0).all()
    assert dor["CNSR"].tolist() == pfs["CNSR"].tolist()
    assert (ttr["AVAL"] + dor["AVAL"] - 1).tolist() == pfs["AVAL"].tolist()


def test_events_and_censorings_are_described(study: Built) -> None:
    """EVNTDESC everywhere, CNSDTDSC on the censored, and where the date is from (BDS-TTE 1.0)."""
    adtte = study.frames["ADTTE"]
    assert (adtte[["EVNTDESC", "SRCDOM", "SRCVAR"]] != "").all(axis=None)
    assert (adtte["CNSDTDSC"] != "").tolist() == (adtte["CNSR"] > 0).tolist()


def test_a_date_leads_to_the_record_that_decided(study: Built) -> None:
    """SRCSEQ is ASEQ of ADRS; ADSL has one record per subject."""
    adtte, adrs = study.frames["ADTTE"], study.frames["ADRS"]
    from_response = adtte["SRCDOM"] == "ADRS"
    assert adtte["SRCSEQ"].notna().tolist() == from_response.tolist()
    decided = adtte[from_response]
    source = adrs.set_index(["USUBJID", "ASEQ"]).loc[
        list(zip(decided["USUBJID"], decided["SRCSEQ"], strict=True))
    ]
    assert decided["ADT"].tolist() == source["ADT"].tolist()
    assert set(source["PARAMCD"]) == {"PD", "LSTEVLP", "RSP"}


@pytest.mark.parametrize("code", ["OS", "PFS"])
def test_median_survival_is_that_of_the_truth(
    study: Built, subjects: pd.DataFrame, code: str
) -> None:
    """By Kaplan-Meier, from ADTTE and from the truth."""
    found = parameter(study, code)
    median = find_median(found["AVAL"].to_numpy(), (found["CNSR"] == 0).to_numpy())
    days, event = subjects[f"{code}DAYS"].astype(float), subjects[f"{code}EVENT"] == "Y"
    assert median == find_median(days.to_numpy(), event.to_numpy())
    assert np.isfinite(median)


@pytest.mark.skipif(
    importlib.util.find_spec("lifelines") is None,
    reason="lifelines, which asks for pandas < 3, is not here; `make test` installs it",
)
@pytest.mark.parametrize("code", ["OS", "PFS"])
def test_lifelines_finds_the_same_median(study: Built, subjects: pd.DataFrame, code: str) -> None:
    """The curve that others draw from ADTTE is the truth's own."""
    from lifelines import KaplanMeierFitter

    found = parameter(study, code)
    drawn = KaplanMeierFitter().fit(found["AVAL"], found["CNSR"] == 0)
    days, event = subjects[f"{code}DAYS"].astype(float), subjects[f"{code}EVENT"] == "Y"
    true = KaplanMeierFitter().fit(days, event)
    pd.testing.assert_frame_equal(drawn.survival_function_, true.survival_function_)
    assert drawn.median_survival_time_ == find_median(days.to_numpy(), event.to_numpy())
