"""Samples and measurements of the reference study: LB, PC, MB, IS and VS against the truth."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

SAMPLED = ("PC", "LB", "MB", "IS")
PLACES = {
    "INJECTION SITE": "SHED INJECTION SITE SWAB",
    "RECTUM": "SHED RECTAL SWAB",
    "THROAT": "SHED THROAT SWAB",
    "": "SHED URINE",
}
# Conventional to SI unit; all other units are a name of the standard one or as large.
FACTORS = {
    ("BILI", "mg/dL"): 1e4 / 584.66,
    ("CREAT", "mg/dL"): 1e4 / 113.12,
    ("GLUC", "mg/dL"): 10 / 180.156,
    ("HGB", "g/dL"): 10.0,
    ("ALB", "g/dL"): 10.0,
}
PLASMA_LLOQ, SHED_LLOQ, IL12_LLOQ = 50, 100, 3.9


@pytest.fixture(scope="module", params=[30, pytest.param(1000, marks=pytest.mark.slow)])
def sampled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, build_biottt001: Any
) -> Any:
    if request.param == 30:
        return request.getfixturevalue("biottt001")
    return build_biottt001(tmp_path_factory.mktemp("sampled"), request.param, 7, SAMPLED)


def true_samples(built: Any, what: str) -> pd.DataFrame:
    """Give the truth of one kind of samples, with the names that SDTM has for subject and visit."""
    samples: pd.DataFrame = built.truth("samples")
    samples = samples[samples["WHAT"] == what]
    return samples.assign(
        USUBJID="BIOTTT001-" + samples["SUBJID"],
        VISIT=samples["VISIT"].str.upper(),
        TRUE=samples["TRUE"].astype("float64"),
    )


def match(frame: pd.DataFrame, truth: pd.DataFrame, domain: str, timed: bool) -> pd.DataFrame:
    """Put each record beside its true sample; there is exactly one of each."""
    hours = truth["TPT"].str.replace("Pre-dose", "0").str.extract(r"^([\d.]+)")[0].astype("float64")
    keys = ["USUBJID", "VISIT"]
    left, right = frame.copy(), truth
    if timed:
        keys += ["hours"]
        left, right = left.assign(hours=left[f"{domain}TPTNUM"]), right.assign(hours=hours)
    assert len(frame) == len(truth)
    return left.merge(right, on=keys, how="inner", validate="one_to_one")


def check_amounts(matched: pd.DataFrame, domain: str, lloq: float, absent: str = "") -> None:
    """Compare amounts: equal from the limit of quantification on, below it the limit alone."""
    measured = matched[matched[f"{domain}STAT"] != "NOT DONE"]
    high = measured["TRUE"] >= lloq
    assert (measured[f"{domain}STRESN"] == measured["TRUE"])[high].all()
    assert measured.loc[~high, f"{domain}STRESN"].isna().all()
    found = (measured["TRUE"] > 0) | (absent == "")
    assert set(measured.loc[~high & found, f"{domain}STRESC"]) <= {f"<{lloq:g}"}
    assert set(measured.loc[~found, f"{domain}STRESC"]) <= {absent}
    assert (measured[f"{domain}LLOQ"] == lloq).all()
    spoilt = matched[matched[f"{domain}STAT"] == "NOT DONE"]
    assert (spoilt[[f"{domain}ORRES", f"{domain}STRESC", f"{domain}STRESU"]] == "").all(axis=None)
    assert (spoilt[f"{domain}REASND"] != "").all()
    assert 0 < len(spoilt) < len(measured) / 10


def test_copies_in_plasma_are_the_true_ones(sampled: Any) -> None:
    """Every sample of every subject once, at its time, whatever the vendor wrote for a low one."""
    plasma = sampled.frames["PC"]
    truth = true_samples(sampled, "PLASMA ADV")
    matched = match(plasma, truth, "PC", timed=True)
    assert len(matched) == len(plasma)
    assert (matched["PCDTC"] == matched["COLLECTED"]).all()
    check_amounts(matched, "PC", PLASMA_LLOQ, absent="NOT DETECTED")
    assert {"<LLOQ", "<50", "ND"} <= set(plasma["PCORRES"])


def test_a_plasma_sample_names_the_injection_that_it_follows(sampled: Any) -> None:
    """PCRFTDTC is the start of the infusion given; a predose sample comes before it, others after.

    Where the second injection was not given, its predose sample has no reference date.
    """
    plasma = sampled.frames["PC"]
    doses = sampled.truth("doses")
    doses = doses[(doses["TREATMENT"] == "BIOTTT001") & (doses["DOSE"] != "0")]
    starts = {("BIOTTT001-" + row.SUBJID, row.VISIT): row.START for row in doses.itertuples()}
    visit = plasma["PCTPTREF"].map(
        {"FIRST MONOTHERAPY INJECTION": "Mono D1", "SECOND MONOTHERAPY INJECTION": "Mono D15"}
    )
    expected = [starts.get(key, "") for key in zip(plasma["USUBJID"], visit, strict=True)]
    pairs = zip(plasma["PCRFTDTC"], expected, strict=True)
    assert all(found == start or start[:10] == found for found, start in pairs)
    timed = plasma[plasma["PCRFTDTC"].str.len() > 10]
    before = timed["PCDTC"] < timed["PCRFTDTC"]
    assert (before == (timed["PCTPT"] == "PREDOSE")).all()


def test_planned_time_has_one_number_name_and_duration(sampled: Any) -> None:
    """--TPT, --TPTNUM and --ELTM agree, in PC as in LB (SDTMIG 4.4.10)."""
    for domain in ("PC", "LB"):
        columns = [f"{domain}{name}" for name in ("TPT", "TPTNUM", "ELTM")]
        planned = sampled.frames[domain][columns].drop_duplicates()
        planned = planned[planned[columns[0]] != ""]
        assert planned[columns[0]].is_unique
        amount = planned[columns[2]].str.extract(r"^PT(\d+)[HM]$")[0].astype("float64")
        hours = amount.where(planned[columns[2]].str.endswith("H"), amount / 60)
        assert (hours == planned[columns[1]]).all()


def test_interleukin_12_is_the_true_one(sampled: Any) -> None:
    """In LB, in CDISC's name for pg/mL; below the limit there is no number."""
    results = sampled.frames["LB"]
    interleukin = results[results["LBTESTCD"] == "INTLK12"]
    matched = match(interleukin, true_samples(sampled, "IL-12"), "LB", timed=True)
    assert len(matched) == len(interleukin)
    assert (matched["LBDTC"] == matched["COLLECTED"]).all()
    check_amounts(matched, "LB", IL12_LLOQ)
    assert set(interleukin["LBSTRESU"]) == {"ng/L", ""}


def test_shed_virus_is_the_true_one(sampled: Any) -> None:
    """Detection and load agree with what is in the sample, for each of the four specimens."""
    shedding = sampled.frames["MB"]
    for place, what in PLACES.items():
        of_place = shedding[shedding["MBLOC"] == place]
        truth = true_samples(sampled, what)
        load = match(of_place[of_place["MBTSTDTL"] == "VIRAL LOAD"], truth, "MB", timed=False)
        assert len(load) == len(truth)
        check_amounts(load, "MB", SHED_LLOQ, absent="NOT DETECTED")
        detected = match(of_place[of_place["MBTSTDTL"] == "DETECTION"], truth, "MB", timed=False)
        detected = detected[detected["MBSTAT"] != "NOT DONE"]
        assert ((detected["MBSTRESC"] == "POSITIVE") == (detected["TRUE"] > 0)).all()
        same = [a.startswith(b) for a, b in zip(load["COLLECTED"], load["MBDTC"], strict=True)]
        assert all(same)
    assert set(shedding.loc[shedding["MBLOC"] == "", "MBSPEC"]) == {"URINE"}
    assert set(shedding.loc[shedding["MBLOC"] != "", "MBSPEC"]) == {"SWABBED MATERIAL"}


def test_antibody_titers_are_the_true_ones(sampled: Any) -> None:
    """1:40 is 40; below the first step and above the last one there is no number."""
    antibody = sampled.frames["IS"]
    truth = true_samples(sampled, "ANTIBODY TITRE")
    titer = match(antibody[antibody["ISTSTOPO"] == "QUANTIFY"], truth, "IS", timed=False)
    screen = match(antibody[antibody["ISTSTOPO"] == "SCREEN"], truth, "IS", timed=False)
    assert len(titer) == len(screen) == len(truth)
    assert (titer["ISDTC"] == titer["COLLECTED"]).all()
    inside = titer["TRUE"].between(10, 10_240)
    assert (titer["ISSTRESN"] == titer["TRUE"])[inside].all()
    assert titer.loc[~inside, "ISSTRESN"].isna().all()
    assert set(titer.loc[titer["TRUE"].isna(), "ISSTRESC"]) == {"<10"}
    assert set(titer.loc[titer["TRUE"] > 10_240, "ISSTRESC"]) <= {">10240"}
    assert (titer["ISLLOQ"] == 10).all()
    assert ((screen["ISSTRESC"] == "POSITIVE") == screen["TRUE"].notna()).all()


def test_the_samples_that_a_vendor_sent_twice_are_told(sampled: Any) -> None:
    """Each plasma sample is there once, and the report names the records left out."""
    raw = pd.read_csv(sampled.raw / "pk_vendor.csv", dtype="str")
    twice = int(raw["SAMPID"].duplicated().sum())
    assert twice > 0
    assert len(sampled.frames["PC"]) == len(raw) - twice
    assert sampled.frames["PC"]["PCREFID"].is_unique
    report = (sampled.out / "reports" / "validation.html").read_text(encoding="utf-8")
    assert "repeats a record with the same SAMPID" in report


def test_every_local_laboratory_result_arrives_in_the_studys_unit(sampled: Any) -> None:
    """One unit per test, and the number converted where the site's unit is another one."""
    results = sampled.frames["LB"]
    raw = pd.read_csv(sampled.raw / "lb.csv", dtype="str")
    local = results[results["LBTESTCD"] != "INTLK12"]
    assert len(local) == len(raw)
    done = local[local["LBSTAT"] == ""]
    assert (done.groupby("LBTESTCD")["LBSTRESU"].nunique() == 1).all()
    numeric = done[done["LBSTRESN"].notna()]
    pairs = zip(numeric["LBTESTCD"], numeric["LBORRESU"], strict=True)
    factor = np.array([FACTORS.get(pair, 1.0) for pair in pairs])
    expected = numeric["LBORRES"].astype("float64") * factor
    assert np.allclose(numeric["LBSTRESN"], expected, rtol=0, atol=0.000501)
    assert set(FACTORS) <= set(numeric[["LBTESTCD", "LBORRESU"]].itertuples(index=False, name=None))


def test_a_local_result_below_the_limit_keeps_its_sign(sampled: Any) -> None:
    """CEA `<0.5` has no number and is not above its range."""
    results = sampled.frames["LB"]
    low = results[results["LBORRES"] == "<0.5"]
    assert len(low)
    assert set(low["LBSTRESC"]) == {"<0.5"}
    assert low["LBSTRESN"].isna().all()
    assert set(low["LBNRIND"]) == {"NORMAL"}


def test_the_range_indicator_follows_the_collected_range(sampled: Any) -> None:
    """LBNRIND agrees in original and in standard units."""
    results = sampled.frames["LB"]
    numeric = results[results["LBNRIND"].ne("") & results["LBSTRESN"].notna()]
    low = numeric["LBSTRESN"] < numeric["LBSTNRLO"]
    high = numeric["LBSTRESN"] > numeric["LBSTNRHI"]
    assert (numeric["LBNRIND"].eq("LOW") == low).all()
    assert (numeric["LBNRIND"].eq("HIGH") == high).all()
    assert low.any()
    assert high.any()


def test_tests_that_were_not_done_say_so(sampled: Any) -> None:
    """LBSTAT with its reason, and neither result nor unit (SDTMIG 4.5.1.2)."""
    results = sampled.frames["LB"]
    not_done = results[results["LBSTAT"] == "NOT DONE"]
    assert len(not_done)
    assert (not_done["LBREASND"] != "").all()
    empty = ["LBORRES", "LBORRESU", "LBSTRESC", "LBSTRESU", "LBNRIND", "LBLOBXFL"]
    assert (not_done[empty] == "").all(axis=None)


def test_each_test_has_one_last_observation_before_exposure(biottt001: Any) -> None:
    """--LOBXFL stands on the last result before the first dose, once per subject and test."""
    treated = biottt001.frames["DM"].set_index("USUBJID")["RFXSTDTC"]
    groups = {"LB": ["LBTESTCD"], "VS": ["VSTESTCD"], "MB": ["MBTSTDTL", "MBLOC"]}
    for domain, by in groups.items():
        frame = biottt001.frames[domain]
        keys = ["USUBJID", *by]
        dose = frame["USUBJID"].map(treated)
        date = frame[f"{domain}DTC"]
        shortest = pd.concat([date.str.len(), dose.str.len()], axis=1).min(axis=1)
        cut = [(a[: int(n)], b[: int(n)]) for a, b, n in zip(date, dose, shortest, strict=True)]
        before = pd.Series([a <= b != "" for a, b in cut]) & (frame[f"{domain}ORRES"] != "")
        last = frame[before].sort_values(f"{domain}DTC").groupby(keys)[f"{domain}DTC"].last()
        flagged = frame[frame[f"{domain}LOBXFL"] == "Y"].set_index(keys)
        assert flagged.index.is_unique
        assert set(flagged.index) == set(last.index)
        days = flagged[f"{domain}DTC"].str[:10].sort_index()
        assert (days == last.str[:10].sort_index()).all()


def test_every_vital_sign_arrives_in_one_unit(biottt001: Any) -> None:
    """Site 05's temperatures are in Celsius; the others are as collected."""
    signs = biottt001.frames["VS"]
    fahrenheit = signs[signs["VSORRESU"] == "F"]
    assert set(fahrenheit["USUBJID"].str[10:12]) == {"05"}
    assert fahrenheit["VSSTRESN"].between(36, 40).all()
    assert (signs.groupby("VSTESTCD")["VSSTRESU"].nunique() == 1).all()
    others = signs[signs["VSORRESU"] != "F"]
    assert (others["VSSTRESN"] == others["VSORRES"].astype("float64")).all()
    assert signs["VSREPNUM"].max() == 2


def test_a_visit_has_one_number_and_one_name(biottt001: Any) -> None:
    """VISIT and VISITNUM are one to one, and those of SV."""
    known = set(
        biottt001.frames["SV"][["USUBJID", "VISITNUM", "VISIT"]].itertuples(index=False, name=None)
    )
    for domain in ("LB", "VS", "PC", "MB", "IS"):
        frame = biottt001.frames[domain][["USUBJID", "VISITNUM", "VISIT"]]
        assert set(frame.itertuples(index=False, name=None)) <= known
        pairs = frame[["VISITNUM", "VISIT"]].drop_duplicates()
        assert pairs["VISITNUM"].is_unique
        assert pairs["VISIT"].is_unique


def test_the_choice_of_mb_is_told_in_define_xml(biottt001: Any) -> None:
    """A reviewer finds why shedding is in MB rather than in PC."""
    define = (biottt001.out / "tabulations" / "sdtm" / "define.xml").read_text(encoding="utf-8")
    assert "in MB rather than in PC" in define
