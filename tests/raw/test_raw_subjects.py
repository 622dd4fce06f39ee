"""Only some subjects' records: the others are passed over, and numbers stay those of the file."""

from pathlib import Path

import pytest

from sdtmconv.raw import RawSource, SubjectFilter, read_raw

CSV = "SUBJ,TERM\n001,Rash\n002,Fever\n,\n001,Itch\n003,Cough\n"
ODM = """<?xml version="1.0"?>
<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" FileType="Snapshot"><Study OID="S">
<MetaDataVersion OID="1" Name="1"><ItemGroupDef OID="AE" Name="ae" Repeating="Yes">
<ItemRef ItemOID="TERM" Mandatory="No"/></ItemGroupDef></MetaDataVersion></Study>
<ClinicalData StudyOID="S" MetaDataVersionOID="1">{subjects}</ClinicalData></ODM>
"""
SUBJECT = """<SubjectData SubjectKey=" {key} "><StudyEventData StudyEventOID="E">
<FormData FormOID="F"><ItemGroupData ItemGroupOID="AE">
<ItemData ItemOID="TERM" Value="{term}"/><ItemData ItemOID="SUBJ" Value="{key}"/>
<ItemDataInteger ItemOID="AGE" MeasurementUnitOID="YEARS">50</ItemDataInteger></ItemGroupData>
<ItemGroupData ItemGroupOID="OTHER"/></FormData></StudyEventData></SubjectData>"""


def write_odm(path: Path) -> None:
    pairs = [("001", "Rash"), ("002", "Fever"), ("004", "None"), ("001", "Itch"), ("003", "Cough")]
    subjects = "".join(SUBJECT.format(key=key, term=term) for key, term in pairs)
    path.write_text(ODM.format(subjects=subjects), encoding="utf-8")


CASES = [("ae.csv", "SUBJ"), ("ae.xml", "SUBJECTKEY"), ("ae.xml", "SUBJ")]


@pytest.mark.parametrize(("file", "column"), CASES)
def test_records_keep_their_numbers(tmp_path: Path, file: str, column: str) -> None:
    """Records of the wanted subject only, with the numbers they have among all."""
    path = tmp_path / file
    if path.suffix == ".xml":
        write_odm(path)
    else:
        path.write_text(CSV, encoding="utf-8")
    sheet = "AE" if path.suffix == ".xml" else ""
    wanted = SubjectFilter(column, lambda subject: subject == "001")
    table = read_raw(RawSource("ae", path, sheet=sheet, subjects=wanted), [column, "TERM"])
    assert table.frame["TERM"].tolist() == ["Rash", "Itch"]
    assert table.records.tolist() == [1, 4]


def test_a_subject_without_records_gives_an_empty_form(tmp_path: Path) -> None:
    """The columns are there all the same."""
    path = tmp_path / "ae.csv"
    path.write_text(CSV, encoding="utf-8")
    table = read_raw(RawSource("ae", path, subjects=SubjectFilter("SUBJ", lambda _: False)))
    assert (len(table.frame), list(table.frame)) == (0, ["SUBJ", "TERM"])


def test_columns_are_those_of_all_subjects(tmp_path: Path) -> None:
    """Also the items and units that only others have, and that no metadata declare."""
    path = tmp_path / "ae.xml"
    write_odm(path)
    nobody = SubjectFilter("SUBJECTKEY", lambda _: False)
    table = read_raw(RawSource("ae", path, sheet="AE", subjects=nobody), ["SUBJ", "AGE.UNIT"])
    assert len(table.frame) == 0


def test_an_item_may_be_called_like_a_unit(tmp_path: Path) -> None:
    """It is a column whether the others are read or not."""
    path = tmp_path / "ae.xml"
    write_odm(path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"TERM"', '"DOSE.UNIT"'), encoding="utf-8")
    wanted = SubjectFilter("SUBJECTKEY", lambda subject: subject == "001")
    table = read_raw(RawSource("ae", path, sheet="AE", subjects=wanted), ["DOSE.UNIT"])
    assert table.frame["DOSE.UNIT"].tolist() == ["Rash", "Itch"]
