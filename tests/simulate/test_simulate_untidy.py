"""The untidiness that the study promises happens among 30 subjects."""

import pandas as pd
import pytest

LONG = 200
TEXTS = ("AECOM", "AENARR")


def has(records: pd.DataFrame, column: str, pattern: str) -> bool:
    return bool(records[column].str.fullmatch(pattern).any())


@pytest.mark.parametrize(
    ("form", "column", "pattern"),
    [
        pytest.param("ae", "AESTDAT", r"\d\d-[A-Z]{3}-\d{4}", id="EDC date"),
        pytest.param("ae", "AESTDAT", r"UN-[A-Z]{3}-\d{4}", id="day unknown"),
        pytest.param("ae", "AESTDAT", r"\d{4}", id="month unknown"),
        pytest.param("ae", "AESTDAT", "", id="date unknown"),
        pytest.param("ae", "AESTTIM", "", id="event without a time"),
        pytest.param("ae", "AEONGO", "Yes", id="ongoing event"),
        pytest.param("ae", "AETOXGR", "Grade 5", id="fatal event"),
        pytest.param("ae", "AERELV", "", id="causality missing"),
        pytest.param("ae", "AETERM", ".*[\u4e00-\u9fff].*", id="Chinese free text"),
        pytest.param("mh", "MHSTDAT", r"\d{4}", id="year of history"),
        pytest.param("ec_po", "POSTDAT", r"UN-[A-Z]{3}-\d{4}", id="start of tablets unknown"),
        pytest.param("ec_po", "POONGO", "Yes", id="tablets going on at the data cut"),
        pytest.param("ec_po", "POCHG", "Interrupted", id="tablets interrupted"),
        pytest.param("ec_po", "POCHG", "Dose reduced", id="tablets reduced"),
        pytest.param("ec_hai", "HAIYN", "No", id="missed infusion"),
        pytest.param("ec_hai", "HAIADJ", "Yes", id="partial infusion"),
        pytest.param("ec_hai", "HAIINT", "Yes", id="interrupted infusion"),
        pytest.param("lb", "LBTIM", "", id="sample without a time"),
        pytest.param("lb", "LBORRES", "<0.5", id="result below a limit"),
        pytest.param("lb", "LBDONE", "No", id="test not done"),
        pytest.param("sv", "VISIT", "Unscheduled", id="unscheduled visit"),
        pytest.param("sv", "VISOCC", "2", id="repeated visit"),
        pytest.param("sv", "VISYN", "No", id="missed visit"),
        pytest.param("vs", "ITEMGROUPREPEATKEY", "2", id="repeated measurement"),
        pytest.param("vs", "TEMP.UNIT", "F", id="temperature in Fahrenheit"),
        pytest.param("tl", "TLREAD", "Re-assessment", id="re-assessed lesion"),
        pytest.param("tl", "TLSTATE", "Too small to measure", id="too small to measure"),
        pytest.param("tl", "TLSTATE", "Absent", id="vanished lesion"),
        pytest.param("tl", "TLSTATE", "Not evaluable", id="lesion not evaluable"),
        pytest.param("tl", "TLDONE", "No", id="missed assessment"),
        pytest.param("tl", "TLUNIT", "cm", id="diameter in centimetres"),
        pytest.param("tl", "TLNODE", "Yes", id="nodal lesion"),
        pytest.param("nl", "NLSTAT", "Equivocal", id="equivocal new lesion"),
        pytest.param("rsp", "RSOVR", "Not Evaluable .*", id="response not evaluable"),
        pytest.param("pk_vendor", "COLDTM", r"\d\d[A-Z]{3}\d{4}:\d\d:\d\d", id="SAS date-time"),
        pytest.param("pk_vendor", "RESULT", "<LLOQ", id="<LLOQ"),
        pytest.param("pk_vendor", "RESULT", "<50", id="<50"),
        pytest.param("pk_vendor", "RESULT", "ND", id="ND"),
        pytest.param("pk_vendor", "COMMENT", ".+", id="spoilt sample"),
        pytest.param("shed_vendor", "COLDATE", r"\d\d/\d\d/\d{4}", id="American date"),
        pytest.param("shed_vendor", "COLTIME", "", id="shedding sample without a time"),
        pytest.param("il12_vendor", "COLDTC", r"\d{4}-\d\d-\d\dT\d\d:\d\d", id="ISO date"),
        pytest.param("nab_vendor", "RESULT", "<1:10", id="titre below the first"),
        pytest.param("nab_vendor", "RESULT", r"1:40", id="titre"),
        pytest.param("dm", "ENRLYN", "No", id="screen failure"),
        pytest.param("dm", "REPLSUBJ", ".+", id="replacement"),
        pytest.param("dm", "STPART", "Dose expansion", id="expansion"),
        pytest.param("dlt", "DLTEVAL", "No", id="dropped out in a DLT window"),
        pytest.param("ds", "DSREAS", "Lost to follow-up", id="lost to follow-up"),
        pytest.param("ds", "DSREAS", "Withdrawal of consent", id="withdrawal"),
        pytest.param("ds", "DSREAS", "Disease progression", id="progression"),
        pytest.param("ds", "DSREAS", "Withdrew before the first dose", id="never got a dose"),
        pytest.param("ds", "DSREAS", "Death", id="death"),
        pytest.param("fu", "FUSTAT", "Unknown", id="vain contact"),
        pytest.param("fu", "FUNEWTX", "Yes", id="new therapy"),
    ],
)
def test_it_happens(form: str, column: str, pattern: str, study30) -> None:
    """At least one record is untidy in this way."""
    assert has(study30.raw[form], column, pattern)


def test_a_narrative_is_longer_than_a_transport_file_holds(study30) -> None:
    """Some free text has more than 200 bytes; a comment has not, for its field takes no more."""
    longest = {name: study30.raw["ae"][name].str.encode("utf-8").str.len().max() for name in TEXTS}
    assert longest["AENARR"] > LONG >= longest["AECOM"] > 0


def test_a_vendor_sends_records_twice(study30) -> None:
    """Plasma records stand there twice, in all their values, one after the other."""
    samples = study30.raw["pk_vendor"]
    again = samples.duplicated()
    assert 1 <= again.sum() <= 2
    assert (samples.SAMPID[again].to_numpy() == samples.SAMPID.shift()[again]).all()


def test_sites_report_in_their_own_units(study30) -> None:
    """Haemoglobin comes in g/L under one name, in g/dL under another."""
    lb = study30.raw["lb"]
    units = lb[lb.LBDONE == "Yes"].groupby("LBTEST").LBORRESU.agg(set)
    assert units["Haemoglobin"] == {"g/L"}
    assert units["HGB"] == {"g/dL"}


def test_all_dose_levels_and_the_expansion_are_reached(study30) -> None:
    """30 subjects of the reference seed visit the four dose levels and the expansion."""
    subjects = study30.truth["subjects"]
    assert set(subjects.LEVEL) == {"", "1", "2", "3", "4"}
    assert (subjects.PART == "Dose expansion").sum() > 1


def test_values_are_collected_text(study30) -> None:
    """Yes and No, Male and Female, grades in words: none is a submission value."""
    assert set(study30.raw["ae"].AESER) == {"Yes", "No"}
    assert set(study30.raw["dm"].SEX) == {"Male", "Female"}
    assert set(study30.raw["dm"].ETHNIC) == {"Not Hispanic or Latino", ""}
    assert study30.raw["ae"].AETOXGR.str.startswith("Grade ").all()
