"""The reference study's subjects, doses and events: datasets against the truth that was played."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

if TYPE_CHECKING:
    from conftest import BuildReference, Built

ARMS = {"1": "DL1", "2": "DL2", "3": "DL3", "4": "DL4"}


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
    """The whole study of 30 subjects, and what this page compares of 1,000."""
    only = (
        ("DM", "EX", "AE", "DD", "DS", "SE", "SS", "SV", "TA", "TV") if request.param > 30 else ()
    )
    folder = tmp_path_factory.mktemp(f"subjects{request.param}")
    return build_biottt001(folder, request.param, 79, only)


def subjects(study: Built) -> pd.DataFrame:
    truth = study.truth("subjects").fillna("")
    return truth.set_index("BIOTTT001-" + truth["SUBJID"])


def by_subject(study: Built, name: str) -> pd.DataFrame:
    frame = study.frames[name]
    return frame.set_index("USUBJID")


def test_dates_of_every_subject_are_the_true_ones(study: Built) -> None:
    """Consent, first dose and death in DM; untreated subjects have no reference start."""
    truth, dm = subjects(study), by_subject(study, "DM").loc[lambda frame: frame.index]
    dm = dm.loc[truth.index]
    assert dm["RFICDTC"].tolist() == truth["CONSENT"].tolist()
    assert dm["DTHDTC"].tolist() == truth["DEATH"].tolist()
    treated = truth["FIRSTDOSE"] != ""
    assert (dm["RFXSTDTC"] != "").tolist() == treated.tolist()
    assert (dm["RFSTDTC"] == dm["RFXSTDTC"]).all()
    timed = dm["RFXSTDTC"].str.len() > 10
    collected = truth["FIRSTDOSE"].where(timed, truth["FIRSTDOSE"].str.slice(0, 10))
    assert dm["RFXSTDTC"].tolist() == collected.tolist()
    assert dm["RFXENDTC"].str.slice(0, 10).tolist() == truth["LASTDOSE"].tolist()
    assert (dm["RFENDTC"] == dm["RFXENDTC"]).all()


def test_participation_ends_with_death_or_the_last_contact_made(study: Built) -> None:
    """A death that is heard of later, or a contact in vain, prolongs no participation (5.2 DM)."""
    truth = subjects(study)
    truth = truth[truth["FIRSTDOSE"] != ""]
    dm = by_subject(study, "DM").loc[truth.index]
    last = truth["DEATH"].where(truth["DEATH"] != "", truth["LASTALIVE"])
    assert dm["RFPENDTC"].str.slice(0, 10).tolist() == last.tolist()


def test_deaths_agree_in_every_dataset(study: Built) -> None:
    """The dead in DM are those in DS, DD and SS; no element lasts longer than its subject."""
    death = by_subject(study, "DM")["DTHDTC"]
    death = death[death != ""]
    assert (by_subject(study, "DM")["DTHFL"] == "Y").sum() == len(death)
    ds, ss = study.frames["DS"], study.frames["SS"]
    told = ds[ds["DSDECOD"] == "DEATH"]
    assert set(told["USUBJID"]) == set(death.index)
    assert (told["DSSTDTC"] == told["USUBJID"].map(death)).all()
    assert set(study.frames["DD"]["USUBJID"]) == set(death.index)
    assert set(ss.loc[ss["SSSTRESC"] == "DEAD", "USUBJID"]) == set(death.index)
    se = study.frames["SE"]
    dead = se["USUBJID"].isin(death.index)
    assert (se.loc[dead, "SEENDTC"].str.slice(0, 10) <= se.loc[dead, "USUBJID"].map(death)).all()


def test_arms_follow_assignment_and_treatment(study: Built) -> None:
    """ARM for the assigned, ACTARM for the treated, ARMNRS for all others (SDTMIG 5.2 DM)."""
    truth = subjects(study)
    dm = by_subject(study, "DM").loc[truth.index]
    level = truth["LEVEL"].map(ARMS).fillna("")
    part = truth["PART"].map({"Dose escalation": "ESC-", "Dose expansion": "EXP-"}).fillna("")
    assigned = (level != "") & (part != "")
    assert dm["ARMCD"].tolist() == (part + level).where(assigned, "").tolist()
    treated = truth["FIRSTDOSE"] != ""
    assert (dm["ACTARMCD"] != "").tolist() == (treated & assigned).tolist()
    assert (dm["ARMNRS"] != "").tolist() == (~(treated & assigned)).tolist()


def test_infusions_and_tablets_are_the_true_doses(study: Built) -> None:
    """Drug, amount and start of every dose given, to the minute where the time was collected."""
    truth = study.truth("doses")
    ex = study.frames["EX"]
    true = pd.DataFrame(
        {
            "subject": "BIOTTT001-" + truth["SUBJID"],
            "drug": truth["TREATMENT"],
            "day": truth["START"].str.slice(0, 10),
            "dose": truth["DOSE"].astype(float),
        }
    )
    true = true[true["dose"] > 0]
    built = pd.DataFrame(
        {
            "subject": ex["USUBJID"],
            "drug": ex["EXTRT"],
            "day": ex["EXSTDTC"].str.slice(0, 10),
            "dose": ex["EXDOSE"],
        }
    )
    complete = built["day"].str.len() == 10
    order = ["subject", "drug", "dose"]
    infused = true["drug"] != "REGORAFENIB"
    left = true[infused].sort_values([*order, "day"]).reset_index(drop=True)
    right = built[built["drug"] != "REGORAFENIB"].sort_values([*order, "day"])
    pd.testing.assert_frame_equal(left, right.reset_index(drop=True))
    tablets = built[complete & (built["drug"] == "REGORAFENIB")]
    known = set(map(tuple, true[~infused].to_numpy().tolist()))
    assert {tuple(row) for row in tablets.to_numpy().tolist()} <= known


def test_grade_five_fatal_and_death_agree(study: Built) -> None:
    """AETOXGR 5, AEOUT FATAL, AESDTH Y and a death in DM come together."""
    ae = study.frames["AE"]
    fatal = ae["AEOUT"] == "FATAL"
    assert (ae["AETOXGR"] == "5").tolist() == fatal.tolist()
    assert (ae["AESDTH"] == "Y").tolist() == fatal.tolist()
    dead = by_subject(study, "DM")["DTHFL"] == "Y"
    assert dead.loc[ae.loc[fatal, "USUBJID"]].all()


def test_elements_follow_each_other_without_gaps(study: Built) -> None:
    """An element ends where the next begins, and the epochs are those of TA."""
    se = study.frames["SE"].sort_values(["USUBJID", "SESEQ"])
    following = se.groupby("USUBJID")["SESTDTC"].shift(-1)
    assert (se["SEENDTC"][following.notna()] == following.dropna()).all()
    assert set(se["EPOCH"]) <= {"SCREENING", "TREATMENT", "FOLLOW-UP"}


def test_elements_are_the_phases_that_were_entered(study: Built) -> None:
    """Treatment starts with its true first dose, and follow-up never comes before a phase."""
    truth, doses, se = subjects(study), study.truth("doses"), study.frames["SE"]
    start = se.pivot(index="USUBJID", columns="ETCD", values="SESTDTC").reindex(truth.index)
    start = start.fillna("").apply(lambda column: column.str.slice(0, 10))
    assert start["SCRN"].tolist() == truth["CONSENT"].tolist()
    assert start["MONO"].tolist() == truth["FIRSTDOSE"].str.slice(0, 10).tolist()
    added = doses[(doses["TREATMENT"] != "BIOTTT001") & (doses["DOSE"].astype(float) > 0)]
    first = added.groupby("BIOTTT001-" + added["SUBJID"])["START"].min().str.slice(0, 10)
    assert start["COMB"].tolist() == first.reindex(truth.index).fillna("").tolist()
    ordered = se.sort_values(["USUBJID", "SESEQ"])
    assert (ordered.groupby("USUBJID")["TAETORD"].diff().dropna() > 0).all()


def test_elements_are_those_of_the_arm(study: Built) -> None:
    """Each element of an assigned subject is in TA, with its order and epoch (7.2 TA)."""
    dm, ta = study.frames["DM"], study.frames["TA"]
    assigned = dm[dm["ARMCD"] != ""]
    assert set(assigned["ARMCD"] + assigned["ARM"]) <= set(ta["ARMCD"] + ta["ARM"])
    shared = ["ARMCD", "ETCD", "ELEMENT", "TAETORD", "EPOCH"]
    se = study.frames["SE"].merge(assigned[["USUBJID", "ARMCD"]], on="USUBJID")
    assert len(se.merge(ta[shared], on=shared)) == len(se)


def test_a_disposition_belongs_to_the_epoch_that_ended(study: Built) -> None:
    """The end of treatment is told of TREATMENT, though follow-up starts on that day."""
    ds = study.frames["DS"]
    treatment = ds["DSSCAT"].str.startswith("STUDY TREATMENT")
    assert set(ds.loc[treatment, "EPOCH"]) == {"TREATMENT"}
    assert set(ds.loc[ds["DSSCAT"] == "SCREENING", "EPOCH"]) == {"SCREENING"}


def test_the_eligible_of_a_closed_trial_are_not_screen_failures(
    build_biottt001: BuildReference, tmp_path: Path
) -> None:
    """Without a tolerated dose level nobody else is assigned, and ARMNRS says so."""
    study = build_biottt001(tmp_path, 30, 13, ("DM", "DS"))
    truth = subjects(study)
    dm = by_subject(study, "DM").loc[truth.index]
    assert "NOT ASSIGNED" in set(truth["STATUS"])
    assert dm["ARMNRS"].tolist() == truth["STATUS"].replace("TREATED", "").tolist()


def test_visit_numbers_and_names_are_one_to_one(study: Built) -> None:
    """Each unscheduled visit of a subject has a number of its own (SDTMIG 5.2 SV)."""
    sv = study.frames["SV"]
    assert not sv.duplicated(["USUBJID", "VISITNUM"]).any()
    assert (sv.groupby("VISITNUM")["VISIT"].nunique() == 1).all()
    tv, planned = study.frames["TV"], sv[sv["SVPRESP"] == "Y"]
    assert set(zip(planned["VISITNUM"], planned["VISIT"], strict=True)) <= set(
        zip(tv["VISITNUM"], tv["VISIT"], strict=True)
    )
    assert (sv["SVSTDTC"] == "").tolist() == (sv["SVOCCUR"] == "N").tolist()
