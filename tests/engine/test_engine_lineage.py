"""Explanations: which rule gave a value, from which values of which records."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from sdtmconv.cli import main
from sdtmconv.engine.steps import Step
from sdtmconv.errors import DataError, SpecError
from sdtmconv.explain import explain
from sdtmconv.explain.text import explanation_as_text
from sdtmconv.report.explanation_page import write_explanation

WriteStudy = Callable[..., Path]

ADSL = """
dataset: ADSL
source: DM
keys: [STUDYID, USUBJID]
carried:
  DM: [SUBJID, SITEID, AGE, AGEU, SEX, RACE, ARM]
variables:
  TRT01P:  {assign: ARM}
  TRTSDT:  {date: RFXSTDTC}
  LASTDOSE: {last: EX.EXDOSE, order: EXSTDTC, label: Last Dose, type: Num}
"""


def outline(step: Step) -> list[object]:
    """Give a step's name and value, and those of what it was made from."""
    return [step.name, step.value, *(outline(inner) for inner in step.inputs)]


def test_a_value_leads_back_to_raw_records(write_study: WriteStudy) -> None:
    """Through datasets and rules to the collected value, with file and record number."""
    study = write_study({"adam/adsl.yaml": ADSL})
    (record,) = explain(study, "ADSL", 'USUBJID EQ "TINY-001"', variables=["TRTSDT"])
    assert outline(record.values[0]) == [
        "ADSL.TRTSDT",
        "2025-03-02",
        [
            "DM.RFXSTDTC",
            "2025-03-02",
            ["EX.EXSTDTC", "2025-03-02", ["ex.START", "02-MAR-2025"]],
        ],
    ]
    deepest = record.values[0].inputs[0].inputs[0].inputs[0]
    assert deepest.record == "ex.csv record 1"
    assert record.values[0].inputs[0].remark == "2 records of EX counted; the one below decided"
    assert record.values[0].number == "23802"


def test_the_record_that_decided_is_the_one_shown(write_study: WriteStudy) -> None:
    """Of several records with the same value, the one that the order chose is followed."""
    study = write_study({"adam/adsl.yaml": ADSL})
    (record,) = explain(study, "ADSL", 'USUBJID EQ "TINY-001"', variables=["LASTDOSE"])
    dose = record.values[0].inputs[0]
    assert (dose.name, dose.value, dose.inputs[0].record) == ("EX.EXDOSE", "80", "ex.csv record 2")


def test_the_rule_that_gave_the_value_is_the_one_named(write_study: WriteStudy) -> None:
    """Of a list of rules the first that gives a value, with its place."""
    study = write_study(
        {
            "sdtm/ae.yaml": """
            domain: AE
            source: ae
            keys: [STUDYID, USUBJID, AESEQ]
            variables:
              AESEQ:   {sequence_by: [AESTDTC, AETERM]}
              AETERM:  {upcase: TERM}
              AEDECOD: {upcase: TERM}
              AESER:
                - {constant: "N", where: TERM EQ "Nausea"}
                - {assign: SERIOUS}
              AESTDTC: {iso_datetime: START, format: DD-MON-YYYY}
            """
        }
    )
    records = explain(study, "AE", 'USUBJID EQ "TINY-001"', variables=["AESER"])
    places = [(r.values[0].value, r.values[0].place.rpartition("ae.yaml:")[2]) for r in records]
    assert places == [("Y", "10"), ("N", "9")]


def test_an_explanation_is_text_and_page(write_study: WriteStudy, tmp_path: Path) -> None:
    """Text indents what a value was made from; the page escapes what data hold."""
    study = write_study({"raw/ae.csv": "SUBJ,TERM,SERIOUS,START\n001,a<b,No,03-MAR-2025\n"})
    records = explain(study, "AE", variables=["AETERM"])
    lines = explanation_as_text(records).splitlines()
    assert lines == [
        "AE: USUBJID TINY-001, AESEQ 1",
        "  AE.AETERM = A<B",
        f"      TERM in upper case.  [{study / 'sdtm' / 'ae.yaml'}:6]",
        "    ae.TERM = a<b  (ae.csv record 1)",
        "  Why there is this record",
        "    AE: USUBJID TINY-001, AESEQ 1",
        f"        One record per record of ae.  [{study / 'sdtm' / 'ae.yaml'}:2]",
        "      ae: ae.csv record 1",
        "          As it stands in the raw file.",
    ]
    write_explanation(tmp_path / "way.html", "AE", records)
    page = (tmp_path / "way.html").read_text(encoding="utf-8")
    assert "a&lt;b" in page
    assert "a<b" not in page


def test_what_cannot_be_explained_is_said(write_study: WriteStudy) -> None:
    """An unknown dataset or variable, and a condition that no record meets."""
    study = write_study()
    with pytest.raises(SpecError, match="did you mean 'AE'"):
        explain(study, "AEE")
    with pytest.raises(SpecError, match="AETRM: is no variable"):
        explain(study, "AE", variables=["AETRM"])
    with pytest.raises(SpecError, match="AETRM: is no variable"):
        explain(study, "AE", 'AETRM EQ "X"')
    with pytest.raises(DataError, match="no record of AE"):
        explain(study, "AE", 'AETERM EQ "X"')


def test_the_command_explains(write_study: WriteStudy, tmp_path: Path) -> None:
    """The command prints the text, or writes the page."""
    study = str(write_study())
    shown = CliRunner().invoke(main, ["explain", study, "ae", "--variables", "AESTDY"])
    assert shown.exit_code == 0
    assert "ae.START = 03-MAR-2025  (ae.csv record 1)" in shown.output
    page = tmp_path / "way.html"
    written = CliRunner().invoke(main, ["explain", study, "AE", "--html", str(page)])
    assert (written.exit_code, page.is_file()) == (0, True)
