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
SUBJECT = """<SubjectData SubjectKey="{key}"><StudyEventData StudyEventOID="E">
<FormData FormOID="F"><ItemGroupData ItemGroupOID="AE">
<ItemData ItemOID="TERM" Value="{term}"/></ItemGroupData>
</FormData></StudyEventData></SubjectData>"""


def write_odm(path: Path) -> None:
    pairs = [("001", "Rash"), ("002", "Fever"), ("004", "None"), ("001", "Itch"), ("003", "Cough")]
    subjects = "".join(SUBJECT.format(key=key, term=term) for key, term in pairs)
    path.write_text(ODM.format(subjects=subjects), encoding="utf-8")


@pytest.mark.parametrize(("file", "column"), [("ae.csv", "SUBJ"), ("ae.xml", "SUBJECTKEY")])
def test_records_keep_their_numbers(tmp_path: Path, file: str, column: str) -> None:
    """Records of the wanted subject only, with the numbers they have among all."""
    path = tmp_path / file
    if path.suffix == ".xml":
        write_odm(path)
    else:
        path.write_text(CSV, encoding="utf-8")
    wanted = SubjectFilter(column, lambda subject: subject == "001")
    table = read_raw(RawSource("ae", path, subjects=wanted), [column, "TERM"])
    assert table.frame["TERM"].tolist() == ["Rash", "Itch"]
    assert table.records.tolist() == [1, 4]


def test_a_subject_without_records_gives_an_empty_form(tmp_path: Path) -> None:
    """The columns are there all the same."""
    path = tmp_path / "ae.csv"
    path.write_text(CSV, encoding="utf-8")
    table = read_raw(RawSource("ae", path, subjects=SubjectFilter("SUBJ", lambda _: False)))
    assert (len(table.frame), list(table.frame)) == (0, ["SUBJ", "TERM"])
