"""Laboratory, antibody, plasma and shedding of the reference study against the truth."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

if TYPE_CHECKING:
    from conftest import BuildReference, Built

DATASETS = ("ADSL", "ADLB", "ADIS", "ADPC", "ADMB", "LB", "IS", "PC", "MB")
SOURCES = {"ADLB": "LB", "ADIS": "IS", "ADPC": "PC", "ADMB": "MB"}
SAMPLE = ["USUBJID", "VISIT", "HOURS"]
SPECIMENS = {
    "INJ": "INJECTION SITE SWAB",
    "REC": "RECTAL SWAB",
    "THR": "THROAT SWAB",
    "URI": "URINE",
}
INJECTIONS = {"FIRST MONOTHERAPY INJECTION": "Mono D1", "SECOND MONOTHERAPY INJECTION": "Mono D15"}
PLASMA_LLOQ, SHED_LLOQ, IL12_LLOQ = 50, 100, 3.9
LOWEST_TITER, HIGHEST_TITER = 10, 10_240
PRE_DOSE_COPY = 336


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
    folder = tmp_path_factory.mktemp(f"measurements{request.param}")
    return build_biottt001(folder, request.param, 79, DATASETS)


def true_samples(study: Built, what: str) -> pd.DataFrame:
    """Give what is truly in each sample of a kind, by subject, visit and nominal hours."""
    samples = study.truth("samples").query("WHAT == @what")
    hours = samples["TPT"].str.replace("Pre-dose", "0").str.extract(r"^([\d.]+)")[0]
    return pd.DataFrame(
        {
            "USUBJID": "BIOTTT001-" + samples["SUBJID"],
            "VISIT": samples["VISIT"].str.upper(),
            "HOURS": hours.astype("float64"),
            "COLLECTED": pd.to_datetime(samples["COLLECTED"]),
            "TRUE": samples["TRUE"].astype("float64"),
        }
    )


def match(study: Built, dataset: str, code: str, what: str) -> pd.DataFrame:
    """Put each record of a parameter beside its true sample; only spoilt samples have none."""
    frame = study.frames[dataset].query("PARAMCD == @code and DTYPE != 'COPY'")
    keys, truth = ["USUBJID", "VISIT"], true_samples(study, what)
    frame = frame.assign(VISIT=frame["AVISIT"])
    if "ATPTN" in frame:
        keys, frame = SAMPLE, frame.assign(HOURS=frame["ATPTN"])
    matched = frame.merge(truth.drop(columns=[*set(SAMPLE) - set(keys)]), on=keys)
    assert len(matched) == len(frame)
    assert len(truth) * 0.95 < len(matched) <= len(truth)
    return matched.sort_values(["USUBJID", "COLLECTED"], ignore_index=True)


def of_baseline(matched: pd.DataFrame, values: pd.Series) -> pd.Series:
    """Give each record the value of the subject's sample before the first dose, if it was good."""
    first = (matched["ADY"] == 1) & (matched.get("HOURS", 0) == 0)
    return matched["USUBJID"].map(values[first].set_axis(matched.loc[first, "USUBJID"]))


def assert_equal(found: pd.Series, expected: pd.Series) -> None:
    pd.testing.assert_series_equal(found, expected, check_names=False, check_dtype=False)


def test_interleukin_12_and_its_rise_are_the_true_ones(study: Built) -> None:
    """Of every subject and sample; below the limit of quantification half the limit counts."""
    matched = match(study, "ADLB", "INTLK12", "IL-12")
    low = matched["TRUE"] < IL12_LLOQ
    value = matched["TRUE"].mask(low, IL12_LLOQ / 2)
    base = of_baseline(matched, value)
    later = (matched["ADY"] > 1) | (matched["HOURS"] > 0)
    assert_equal(matched["AVAL"], value)
    assert_equal(matched["BASE"], base)
    assert_equal(matched["CHG"], (value - base).where(later))
    assert_equal(matched["R2BASE"], (value / base).where(later))
    assert matched["DTYPE"].eq("HALFLLOQ").tolist() == low.tolist()


def read_titer(true: pd.Series) -> pd.Series:
    """Give the titer that counts: half the lowest dilution, or the highest, beyond these."""
    return true.fillna(LOWEST_TITER / 2).clip(upper=HIGHEST_TITER)


def test_antibody_titers_and_their_rises_are_the_true_ones(study: Built) -> None:
    """The titer, its ratio to the baseline, and the difference of logarithms, of every sample."""
    matched = match(study, "ADIS", "NABTITER", "ANTIBODY TITRE")
    titer = read_titer(matched["TRUE"])
    ratio = (titer / of_baseline(matched, titer)).where(matched["ADY"] > 1)
    assert_equal(matched["AVAL"], titer)
    assert_equal(matched["R2BASE"], ratio)
    logarithm = match(study, "ADIS", "NABLOG2", "ANTIBODY TITRE")
    assert_equal(logarithm["AVAL"], titer.map(np.log2))
    assert_equal(logarithm["CHG"], ratio.map(np.log2))
    limited = matched["TRUE"].isna().map({True: "HALFLLOQ", False: ""})
    assert_equal(matched["DTYPE"], limited.mask(matched["TRUE"] > HIGHEST_TITER, "ULOQ"))


def test_seroconversion_is_a_fourfold_rise(study: Built) -> None:
    """From the baseline, or from the lowest dilution where the baseline was negative.

    The date is that of the first titer that is high enough or, without one, of the last titer.
    """
    truth = true_samples(study, "ANTIBODY TITRE")
    before = truth["VISIT"] == "MONO D1"
    base = truth[before].set_index("USUBJID")["TRUE"].fillna(LOWEST_TITER)
    later = truth[~before].sort_values(["USUBJID", "COLLECTED"])
    later["RISEN"] = later["TRUE"] >= 4 * later["USUBJID"].map(base)
    expected = later.groupby("USUBJID")["RISEN"].any().map({True: "Y", False: "N"})
    found = study.frames["ADIS"].query("PARAMCD == 'SEROCONV'").set_index("USUBJID")
    assert found["AVALC"].sort_index().to_dict() == expected.to_dict()
    first = later[later["RISEN"]].groupby("USUBJID")["COLLECTED"].first()
    dates = first.combine_first(later.groupby("USUBJID")["COLLECTED"].last())
    assert found["ADT"].astype(str).sort_index().to_dict() == dates.dt.strftime("%F").to_dict()


def injections(study: Built) -> pd.Series:
    """Give the true start of each injection given, by subject and visit."""
    doses = study.truth("doses").query("TREATMENT == 'BIOTTT001' and DOSE != '0'")
    keys = ["BIOTTT001-" + doses["SUBJID"], doses["VISIT"]]
    return pd.to_datetime(doses["START"]).set_axis(pd.MultiIndex.from_arrays(keys))


def test_copies_in_plasma_and_their_times_are_the_true_ones(study: Built) -> None:
    """Amount, hours from the first and from the reference dose, nominal and actual."""
    matched = match(study, "ADPC", "ADVDNA", "PLASMA ADV")
    first = matched["ATPTREF"].str.startswith("FIRST")
    low = matched["TRUE"] < PLASMA_LLOQ
    before = first & (matched["HOURS"] == 0)
    expected = matched["TRUE"].mask(low, PLASMA_LLOQ / 2).mask(low & before, 0)
    assert_equal(matched["AVAL"], expected)
    rule = low.map({True: "HALFLLOQ", False: ""}).mask(low & before, "ZERO")
    assert_equal(matched["DTYPE"], rule)
    assert_equal(matched["NFRLT"], matched["HOURS"] + PRE_DOSE_COPY * ~first)
    assert_equal(matched["NRRLT"], matched["HOURS"])
    starts = injections(study)
    for name, visit in (("AFRLT", "Mono D1"), ("ARRLT", matched["ATPTREF"].map(INJECTIONS))):
        keys = matched[["USUBJID"]].assign(VISIT=visit)
        start = starts.reindex(pd.MultiIndex.from_frame(keys)).reset_index(drop=True)
        hours = (matched["COLLECTED"] - start).dt.total_seconds() / 3600
        # The start of some injections was recorded without its time.
        known = matched[name].notna()
        assert_equal(matched.loc[known, name], hours[known])
        assert known.sum() > 0.95 * hours.notna().sum()


def test_the_sample_before_the_second_injection_stands_for_two(study: Built) -> None:
    """Once before its own injection, and as a copy 336 hours after the first one."""
    adpc = study.frames["ADPC"].query("PARAMCD == 'ADVDNA'")
    own = adpc.query("ATPTN == 0 and ATPTREF.str.startswith('SECOND')").set_index("USUBJID")
    copy = adpc.query("DTYPE == 'COPY'").set_index("USUBJID")
    assert len(copy)
    assert copy.index.tolist() == own.index.tolist()
    assert set(copy["NRRLT"]) == {PRE_DOSE_COPY}
    assert set(copy["ATPTREF"].str.split().str[0]) == {"FIRST"}
    same = ["AVAL", "ABLQFL", "ADT", "NFRLT", "AFRLT", "PCSEQ", "PCSTRESC"]
    pd.testing.assert_frame_equal(copy[same], own[same])
    assert_equal(copy["ARRLT"], copy["AFRLT"])
    known = own["ARRLT"].notna()
    assert own.loc[known, "ARRLT"].lt(0).all()


def test_the_highest_amount_in_plasma_is_the_true_one(study: Built) -> None:
    """Of the quantified samples after each injection, with the hours to it."""
    matched = match(study, "ADPC", "ADVDNA", "PLASMA ADV")
    after = matched[(matched["HOURS"] > 0) & (matched["TRUE"] >= PLASMA_LLOQ)]
    peak = after.sort_values(["TRUE", "HOURS"], ascending=[False, True])
    peak = peak.drop_duplicates(["USUBJID", "ATPTREF"]).set_index(["USUBJID", "ATPTREF"])
    adpc = study.frames["ADPC"].set_index(["USUBJID", "ATPTREF"])
    for code, name in (("CMAX", "TRUE"), ("TMAX", "ARRLT")):
        found = adpc.loc[adpc["PARAMCD"] == code, "AVAL"]
        assert_equal(found.sort_index(), peak[name].sort_index())


@pytest.mark.parametrize("specimen", list(SPECIMENS))
def test_shedding_by_specimen_is_the_true_one(study: Built, specimen: str) -> None:
    """Detection and load of every sample, and on which days the virus was there."""
    what = f"SHED {SPECIMENS[specimen]}"
    detection = match(study, "ADMB", f"DET{specimen}", what)
    positive = detection["TRUE"] > 0
    assert_equal(detection["AVALC"], positive.map({True: "POSITIVE", False: "NEGATIVE"}))
    load = match(study, "ADMB", f"VL{specimen}", what)
    low = load["TRUE"] < SHED_LLOQ
    assert_equal(load["AVAL"], load["TRUE"].mask(low & (load["TRUE"] > 0), SHED_LLOQ / 2))
    by_subject = detection[detection["ADY"] > 1].groupby("USUBJID")
    days = detection[positive].groupby("USUBJID")["ADY"].agg(["first", "last"])
    frame = study.frames["ADMB"].set_index("USUBJID")
    for code, expected in (("FP", days["first"]), ("LP", days["last"])):
        assert_equal(frame.loc[frame["PARAMCD"] == f"{code}{specimen}", "AVAL"], expected)
    duration = frame[frame["PARAMCD"] == f"DUR{specimen}"]
    lasted = (days["last"] - days["first"] + 1).reindex(list(by_subject.groups)).fillna(0)
    assert_equal(duration["AVAL"], lasted)
    still = by_subject["TRUE"].last().gt(0).map({True: "Y", False: "N"})
    assert_equal(duration["CRIT1FL"], still)


def test_grades_of_laboratory_results_follow_ctcae(study: Built) -> None:
    """Haemoglobin by its limits in g/L, ALT by multiples of the limit or of a high baseline."""
    adlb = study.frames["ADLB"]
    hgb = adlb[adlb["PARAMCD"] == "HGB"]
    grade = np.select([hgb["AVAL"] < 80, hgb["AVAL"] < 100, hgb["AVAL"] < hgb["ANRLO"]], "321", "0")
    assert hgb["ATOXGRL"].tolist() == grade.tolist()
    alt = adlb[adlb["PARAMCD"] == "ALT"]
    high = alt["BNRIND"] == "HIGH"
    times = alt["AVAL"] / alt["BASE"].where(high, alt["ANRHI"])
    least = pd.Series(np.where(high, 1.5, 1.0), index=alt.index)
    above = times.ge(least) & high | times.gt(least)
    grade = np.select([times > 20, times > 5, times > 3, above], "4321", "0")
    assert alt["ATOXGRH"].tolist() == grade.tolist()
    assert set(alt["ATOXGRL"]) == {""}
    ungraded = adlb[adlb["PARAMCD"].isin(["CEA", "INTLK12"])]
    assert (ungraded[["ATOXGRL", "ATOXGRH"]] == "").all(axis=None)


def test_shifts_name_the_baseline_first(study: Built) -> None:
    """Of range indicators and grades, after the baseline and where both are known."""
    adlb = study.frames["ADLB"]
    after = adlb["APHASE"] != "SCREENING"
    pairs = {"SHIFT1": ("BNRIND", "ANRIND"), "SHIFT2": ("BTOXGRL", "ATOXGRL")}
    for shift, (base, value) in {**pairs, "SHIFT3": ("BTOXGRH", "ATOXGRH")}.items():
        both = after & adlb[base].ne("") & adlb[value].ne("")
        assert_equal(adlb[shift], (adlb[base] + " to " + adlb[value]).where(both, ""))
    assert "NORMAL to HIGH" in set(adlb["SHIFT1"])


@pytest.mark.parametrize(("flag", "grade"), [("ANL02FL", "ATOXGRL"), ("ANL03FL", "ATOXGRH")])
def test_the_worst_grade_on_treatment_is_flagged_once(study: Built, flag: str, grade: str) -> None:
    """The first of the highest of a parameter."""
    adlb = study.frames["ADLB"]
    treated = adlb[adlb["ONTRTFL"].eq("Y") & adlb[grade].ne("")]
    group = ["USUBJID", "PARAMCD"]
    worst = treated.sort_values([grade, "LBSEQ"], ascending=[False, True]).drop_duplicates(group)
    flagged = adlb[adlb[flag] == "Y"]
    assert set(flagged.index) == set(worst.index)


@pytest.mark.parametrize("dataset", ["ADLB", "ADIS", "ADMB"])
def test_the_baseline_is_the_last_result_before_the_first_dose(study: Built, dataset: str) -> None:
    """One of each parameter, and what the standard's own flag marks in SDTM."""
    frame, domain = study.frames[dataset], SOURCES[dataset]
    baseline = frame[frame["ABLFL"] == "Y"]
    assert not baseline.duplicated(["USUBJID", "PARAMCD"]).any()
    number, flag = f"{domain}SEQ", f"{domain}LOBXFL"
    source = study.frames[domain][["USUBJID", number, flag]]
    found = frame.merge(source, on=["USUBJID", number])
    own = found["PARAMCD"].isin(baseline["PARAMCD"])
    assert found.loc[own, "ABLFL"].tolist() == found.loc[own, flag].tolist()


@pytest.mark.parametrize("dataset", list(SOURCES))
def test_parameters_changes_and_sources_agree(study: Built, dataset: str) -> None:
    """PARAM and PARAMCD are one to one, CHG is AVAL - BASE, and --SEQ leads to SDTM."""
    frame, domain = study.frames[dataset], SOURCES[dataset]
    pairs = frame[["PARAMCD", "PARAM"]].drop_duplicates()
    assert pairs["PARAMCD"].is_unique
    assert pairs["PARAM"].is_unique
    if "CHG" in frame:
        changed = frame[frame["CHG"].notna()]
        assert_equal(changed["CHG"], changed["AVAL"] - changed["BASE"])
    keys = ["USUBJID", f"{domain}SEQ"]
    known = set(study.frames[domain][keys].itertuples(index=False, name=None))
    assert set(frame[keys].itertuples(index=False, name=None)) <= known


@pytest.mark.parametrize("dataset", list(SOURCES))
def test_only_the_treated_are_analysed(study: Built, dataset: str) -> None:
    """And all of them who have samples; untreated subjects have laboratory results too."""
    adsl = study.frames["ADSL"]
    treated = set(adsl.loc[adsl["SAFFL"] == "Y", "USUBJID"])
    sampled = set(study.frames[SOURCES[dataset]]["USUBJID"])
    assert set(study.frames[dataset]["USUBJID"]) == treated & sampled


def test_no_method_names_what_no_dataset_holds(study: Built) -> None:
    """A reader of define.xml finds every variable that a method speaks of."""
    define = next(study.out.rglob("adam/**/define.xml")).read_text(encoding="utf-8")
    helpers = ("LIMIT", "TITER", "BASENUM", "BASELOW", "ENOUGH", "SEROFL", "FIRSTDY", "LASTRES")
    methods = re.findall(r"<MethodDef .*?</MethodDef>", define, re.DOTALL)
    assert methods
    assert not {word for text in methods for word in re.findall(r"\w+", text)} & set(helpers)
