"""What a value is explained from: a build finds its specs and raw files, and takes no others."""

import shutil
from pathlib import Path

import pytest
from tiny_study import WriteStudy

from sdtmconv.build import build
from sdtmconv.errors import DataError, SpecError
from sdtmconv.explain import explain

FIRST = 'USUBJID EQ "TINY-001"'


@pytest.fixture
def built(write_study: WriteStudy) -> Path:
    """Build the small study to a folder beside its raw files."""
    study = write_study()
    return build(study, out=study / "build").out


def test_a_build_finds_its_raw_files_beside_it(built: Path) -> None:
    """Of several folders the one that holds the files of that time, by their content."""
    shutil.copytree(built.parent / "raw", built.parent / "data")
    for path in (built.parent / "data").iterdir():
        path.write_bytes(path.read_bytes().replace(b"001", b"009"))
    (record, *_) = explain(built, "AE", FIRST, variables=["AETERM"])
    assert record.values[0].inputs[0].record == "ae.csv record 2"


def test_a_build_whose_raw_files_are_elsewhere_asks_for_them(built: Path, tmp_path: Path) -> None:
    """Without --raw it says what is missing, with it it explains."""
    (built.parent / "raw").rename(tmp_path / "moved")
    with pytest.raises(DataError, match="in no folder beside it; name their folder with --raw"):
        explain(built, "AE", FIRST)
    assert explain(built, "AE", FIRST, raw=tmp_path / "moved")


def test_other_raw_files_than_the_builds_are_refused(built: Path) -> None:
    """A value that the build did not write is never explained."""
    path = built.parent / "raw" / "ae.csv"
    path.write_bytes(path.read_bytes().replace(b"Nausea", b"Fever"))
    with pytest.raises(DataError, match=r"ae\.csv: is not the file that .* was built from"):
        explain(built, "AE", FIRST, raw=built.parent / "raw")


def test_specs_that_were_changed_in_the_build_are_refused(built: Path) -> None:
    """The copy of the specs is part of the build."""
    path = built / "specs" / "sdtm" / "ae.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"sdtm/ae\.yaml: is not as the build left it"):
        explain(built, "AE", FIRST)


def test_records_come_in_the_order_of_the_dataset(built: Path) -> None:
    """The first of them is the first of the file; `most` counts from there."""
    records = explain(built, "EX", most=2, variables=["EXSTDTC"])
    assert [record.record.record for record in records] == [
        "USUBJID TINY-001, EXSEQ 1",
        "USUBJID TINY-001, EXSEQ 2",
    ]


def test_a_missing_value_says_what_was_looked_at(built: Path) -> None:
    """No rule gave a value: the rules, and what they found."""
    path = built.parent / "raw" / "ae.csv"
    path.write_bytes(path.read_bytes().replace(b"03-MAR-2025", b""))
    (record,) = explain(built.parent, "AE", FIRST, variables=["AESTDTC"], most=1)
    (step,) = record.values
    assert (step.kind, step.value) == ("missing", "")
    assert step.rule == "No rule gives a value. START in ISO 8601 format."
    assert [(inner.name, inner.rule) for inner in step.inputs] == [
        ("ae.START", "Nothing was collected.")
    ]


def test_the_codelist_that_changed_a_value_is_named(built: Path) -> None:
    """The collected value, the submission value, and the codelist."""
    (record,) = explain(built, "DM", FIRST, variables=["SEX"])
    assert record.values[0].remark == "'Female' is F in codelist SEX"


def test_qualifiers_are_explained_with_their_parent(built: Path) -> None:
    """Who asks for SUPP-- is told so; what the parent does not have is no dataset at all."""
    with pytest.raises(SpecError, match="ask for AE, with the QNAM as one of its --variables"):
        explain(built, "SUPPAE")
    with pytest.raises(SpecError, match="the study has no such dataset"):
        explain(built, "SUPPZZ")


def test_the_subject_of_a_raw_record_is_as_collected(built: Path) -> None:
    """USUBJID is put together, so its way ends at the column of the raw file."""
    (record,) = explain(built, "DM", FIRST, variables=["USUBJID"])
    raw = record.values[0].inputs[0]
    assert (raw.rule, raw.inputs[0].name, raw.inputs[0].value) == ("TINY-[SUBJ].", "dm.SUBJ", "001")


BDS = """
dataset: ADEX
label: Exposure Analysis
class: BDS
structure: One record per subject, parameter and dose
source: EX
keys: [STUDYID, USUBJID, PARAMCD, EXSEQ]
carried:
  EX: [EXSEQ]
variables:
  PARAMCD: {constant: DOSE}
  PARAM:   {constant: Dose}
  AVAL:    {assign: EXDOSE}
  ADT:     {date: EXSTDTC}
  ABLFL:   {constant: "Y", where: EXSEQ EQ 1}
  BASE:    {baseline: AVAL, flag: ABLFL, by: PARAMCD}
"""


def test_a_baseline_leads_to_the_record_it_was_taken_from(write_study: WriteStudy) -> None:
    """Not to the record that it stands in."""
    study = write_study({"adam/adex.yaml": BDS})
    where = 'USUBJID EQ "TINY-001" and EXSEQ EQ 2'
    (record,) = explain(study, "ADEX", where, variables=["BASE"])
    assert [(step.name, step.value) for step in record.values[0].inputs] == [
        ("ADEX.AVAL", "80"),
        ("ADEX.ABLFL", "Y"),
        ("ADEX.PARAMCD", "DOSE"),
    ]
    assert record.values[0].inputs[0].record.endswith("EXSEQ 1")
