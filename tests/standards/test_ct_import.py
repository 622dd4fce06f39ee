"""Import of controlled terminology from each published format, and of files that are none."""

import json

import openpyxl
import pytest

from sdtmconv.errors import StandardsError
from sdtmconv.metadata import Codelist, Term
from sdtmconv.standards import load_terminology
from sdtmconv.standards.ct_import import import_terminology

HEADER = (
    "Code",
    "Codelist Code",
    "Codelist Extensible (Yes/No)",
    "Codelist Name",
    "CDISC Submission Value",
    "CDISC Synonym(s)",
    "CDISC Definition",
    "NCI Preferred Term",
)
ROWS = (
    ("C66742", "", "No", "No Yes Response", "NY", "No Yes Response", "A yes or no.", "Terminology"),
    ("C49487", "C66742", "", "No Yes Response", "N", "No", 'Opposite of "yes".', "No"),
    ("C49488", "C66742", "", "No Yes Response", "Y", "yes; Yes", "The affirmative.", "Yes"),
    ("C66741", "", "Yes", "Vital Signs Test Code", "VSTESTCD", "", "Codes.", "Terminology"),
    ("C25298", "C66741", "", "Vital Signs Test Code", "SYSBP", "SBP", "…", "Systolic Pressure"),
    ("C67153", "", "Yes", "Vital Signs Test Name", "VSTEST", "", "Names.", "Terminology"),
    ("C25298", "C67153", "", "Vital Signs Test Name", "Systolic Blood Pressure", "SBP", "…", "S"),
)
TEXT = "".join("\t".join(row) + "\r\n" for row in (HEADER, *ROWS))

ODM = """<?xml version="1.0" encoding="UTF-8"?>
<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3"
     xmlns:nciodm="http://ncicb.nci.nih.gov/xml/odm/EVS/CDISC"
     FileType="Snapshot" FileOID="CDISC_CT.SDTM.2030-03-29" Granularity="Metadata"
     CreationDateTime="2030-04-18T09:12:13" ODMVersion="1.3.2"
     nciodm:Context="Submission" nciodm:ControlledTerminologyVersion="1.2.0">
  <Study OID="CDISC_CT.SDTM.2030-03-29">
    <GlobalVariables>
      <StudyName>CDISC SDTM Controlled Terminology</StudyName>
      <StudyDescription>CDISC SDTM Controlled Terminology, 2030-03-29</StudyDescription>
      <ProtocolName>CDISC SDTM Controlled Terminology</ProtocolName>
    </GlobalVariables>
    <MetaDataVersion OID="CDISC_CT_MetaDataVersion.SDTM.2030-03-29"
                     Name="CDISC SDTM Controlled Terminology">
      <CodeList OID="CL.C66742.NY" Name="No Yes Response" DataType="text"
                nciodm:ExtCodeID="C66742" nciodm:CodeListExtensible="No">
        <Description><TranslatedText xml:lang="en">A yes or no.</TranslatedText></Description>
        <EnumeratedItem CodedValue="N" nciodm:ExtCodeID="C49487">
          <nciodm:CDISCSynonym>No</nciodm:CDISCSynonym>
          <nciodm:CDISCDefinition>Opposite of "yes".</nciodm:CDISCDefinition>
          <nciodm:PreferredTerm>No</nciodm:PreferredTerm>
        </EnumeratedItem>
        <EnumeratedItem CodedValue="Y" nciodm:ExtCodeID="C49488">
          <nciodm:CDISCSynonym>yes</nciodm:CDISCSynonym>
          <nciodm:CDISCSynonym>Yes</nciodm:CDISCSynonym>
          <nciodm:PreferredTerm>Yes</nciodm:PreferredTerm>
        </EnumeratedItem>
        <nciodm:CDISCSubmissionValue>NY</nciodm:CDISCSubmissionValue>
        <nciodm:CDISCSynonym>No Yes Response</nciodm:CDISCSynonym>
        <nciodm:PreferredTerm>CDISC SDTM Yes No Unknown Terminology</nciodm:PreferredTerm>
      </CodeList>
      <CodeList OID="CL.C66741.VSTESTCD" Name="Vital Signs Test Code" DataType="text"
                nciodm:ExtCodeID="C66741" nciodm:CodeListExtensible="Yes">
        <EnumeratedItem CodedValue="SYSBP" nciodm:ExtCodeID="C25298">
          <nciodm:CDISCSynonym>SBP</nciodm:CDISCSynonym>
          <nciodm:PreferredTerm>Systolic Pressure</nciodm:PreferredTerm>
        </EnumeratedItem>
        <nciodm:CDISCSubmissionValue>VSTESTCD</nciodm:CDISCSubmissionValue>
      </CodeList>
      <CodeList OID="CL.C67153.VSTEST" Name="Vital Signs Test Name" DataType="text"
                nciodm:ExtCodeID="C67153" nciodm:CodeListExtensible="Yes">
        <EnumeratedItem CodedValue="Systolic Blood Pressure" nciodm:ExtCodeID="C25298"/>
        <nciodm:CDISCSubmissionValue>VSTEST</nciodm:CDISCSubmissionValue>
      </CodeList>
    </MetaDataVersion>
  </Study>
</ODM>
"""

LIBRARY = {
    "name": "SDTM CT 2030-03-29",
    "label": "SDTM Controlled Terminology Package 76 Effective 2030-03-29",
    "effectiveDate": "2030-03-29",
    "version": "2030-03-29",
    "codelists": [
        {
            "conceptId": "C66742",
            "extensible": "false",
            "name": "No Yes Response",
            "submissionValue": "NY",
            "definition": "A yes or no.",
            "preferredTerm": "CDISC SDTM Yes No Unknown Terminology",
            "synonyms": ["No Yes Response"],
            "terms": [
                {
                    "conceptId": "C49487",
                    "submissionValue": "N",
                    "preferredTerm": "No",
                    "synonyms": ["No"],
                },
                {
                    "conceptId": "C49488",
                    "submissionValue": "Y",
                    "preferredTerm": "Yes",
                    "synonyms": ["yes", "Yes"],
                },
            ],
        },
        {
            "conceptId": "C66741",
            "extensible": "true",
            "name": "Vital Signs Test Code",
            "submissionValue": "VSTESTCD",
            "terms": [
                {
                    "conceptId": "C25298",
                    "submissionValue": "SYSBP",
                    "preferredTerm": "Systolic Pressure",
                    "synonyms": ["SBP"],
                }
            ],
        },
        {
            "conceptId": "C67153",
            "extensible": "true",
            "name": "Vital Signs Test Name",
            "submissionValue": "VSTEST",
            "terms": [{"conceptId": "C25298", "submissionValue": "Systolic Blood Pressure"}],
        },
    ],
}


def write_text(folder):
    path = folder / "SDTM Terminology 2030-03-29.txt"
    path.write_text(TEXT, encoding="utf-8", newline="")
    return path


def write_excel(folder):
    book = openpyxl.Workbook()
    book.active.title = "ReadMe"
    book.active.append(["SDTM terminology, from NCI EVS"])
    sheet = book.create_sheet("SDTM Terminology 2030-03-29")
    for row in (HEADER, *ROWS):
        sheet.append(row)
    book.save(folder / "release.xlsx")
    return folder / "release.xlsx"


def write_odm(folder):
    path = folder / "release.odm.xml"
    path.write_text(ODM, encoding="utf-8")
    return path


def write_json(folder):
    path = folder / "release.json"
    path.write_text(json.dumps(LIBRARY), encoding="utf-8")
    return path


@pytest.mark.parametrize("write", [write_text, write_excel, write_odm, write_json])
def test_every_format_gives_the_same_terminology(tmp_path, write):
    """Package, version, codelists, codes and synonyms are read from each published format."""
    imported = import_terminology(write(tmp_path), tmp_path / "terminology")
    assert str(imported) == "SDTM 2030-03-29"
    loaded = load_terminology("SDTM", "2030-03-29", [tmp_path / "terminology"])
    assert list(loaded) == ["NY", "VSTESTCD", "VSTEST"]
    assert loaded.codelist("C66742") == Codelist(
        name="NY",
        label="No Yes Response",
        terms=(Term("N", "No", "C49487"), Term("Y", "Yes", "C49488")),
        code="C66742",
        extensible=False,
        standard="SDTM 2030-03-29",
    )
    assert loaded.codelist("VSTESTCD").extensible is True
    assert loaded.paired_names("VSTESTCD") == {"SYSBP": "Systolic Blood Pressure"}
    assert loaded.candidates("VSTESTCD", "sbp") == ("SYSBP",)


def test_release_column_tells_what_the_file_does_not(tmp_path):
    """CDISC Library's exports name the package and version in a column of their own."""
    lines = [f"{line}\tSDTM CT 2030-03-29" for line in TEXT.splitlines()]
    lines[0] = "\t".join((*HEADER, "Standard and Date"))
    (tmp_path / "export.txt").write_text("\n".join(lines), encoding="utf-8")
    assert str(import_terminology(tmp_path / "export.txt", tmp_path)) == "SDTM 2030-03-29"


def test_quotes_of_a_spreadsheet_program(tmp_path):
    """Text that Excel saved again has quotes around some cells, which are no part of the value."""
    text = TEXT.replace("\tN\tNo\t", '\t"N, ""no"""\tNo\t')
    (tmp_path / "SDTM 2030-03-29.txt").write_text(text, encoding="utf-8")
    imported = import_terminology(tmp_path / "SDTM 2030-03-29.txt", tmp_path)
    assert imported.codelist("NY").terms[0].value == 'N, "no"'


def test_older_text_in_a_western_encoding(tmp_path):
    """Text that is no UTF-8 is taken for Windows-1252."""
    text = TEXT.replace("Systolic Pressure", "Pression élevée")
    (tmp_path / "SDTM 2030-03-29.txt").write_bytes(text.replace("…", "").encode("cp1252"))
    imported = import_terminology(tmp_path / "SDTM 2030-03-29.txt", tmp_path)
    assert imported.candidates("VSTESTCD", "pression élevée") == ("SYSBP",)


def test_package_and_version_can_be_said(tmp_path):
    """What the file does not tell, the user does; what the user says goes first."""
    (tmp_path / "current.txt").write_text(TEXT, encoding="utf-8")
    with pytest.raises(StandardsError) as caught:
        import_terminology(tmp_path / "current.txt", tmp_path)
    assert [fault.problem for fault in caught.value.faults] == [
        "neither the file nor its name tells the package",
        "neither the file nor its name tells the version",
    ]
    assert "say --package SDTM or ADaM or DEFINE-XML" in str(caught.value)
    said = import_terminology(tmp_path / "current.txt", tmp_path, "define-xml", "2031-01-02")
    assert str(said) == "DEFINE-XML 2031-01-02"
    with pytest.raises(StandardsError, match="no package 'SDTN'; did you mean 'SDTM'"):
        import_terminology(tmp_path / "current.txt", tmp_path, "SDTN", "2031-01-02")
    with pytest.raises(StandardsError, match="say --version with its date"):
        import_terminology(tmp_path / "current.txt", tmp_path, "SDTM", "2031")


@pytest.mark.parametrize(
    ("title", "package"),
    [
        ("ADaM Terminology 2030-03-29", "ADaM"),
        ("Define-XML Terminology 2030-03-29", "DEFINE-XML"),
        ("define-xmlct-2030-03-29", "DEFINE-XML"),
        ("sdtmct-2030-03-29", "SDTM"),
        ("SEND_CT_2030-03-29", "SEND"),
    ],
)
def test_names_that_packages_are_known_by(tmp_path, title, package):
    """The package is found in the names that NCI and CDISC Library give their files."""
    (tmp_path / title).write_text(TEXT, encoding="utf-8")
    assert import_terminology(tmp_path / title, tmp_path).package == package


BOMB = '<!DOCTYPE ODM [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><ODM>&b;</ODM>'
OUTSIDE = '<!DOCTYPE ODM [<!ENTITY a SYSTEM "file:///etc/passwd">]><ODM>&a;</ODM>'
CODELISTS = LIBRARY["codelists"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "its first line has no column 'Code' or 'Codelist Code'"),
        ("Code,Codelist Code\nC1,C2\n", "its first line has no column"),
        (TEXT.replace("\tCDISC Synonym(s)", ""), "no column 'CDISC Synonym\\(s\\)'"),
        (TEXT[:-60], r":8: it has not the 8 columns of line 1"),
        (TEXT.replace("C66742\t\tNo\t", "C99999\t\tNo\t"), "codelist C66742 has terms but no row"),
        (TEXT.split("C25298")[0], "codelist 'Vital Signs Test Code' has no term"),
        (TEXT + TEXT.partition("\n")[2], "codelist 'No Yes Response' stands there twice"),
        (TEXT.replace("C49487", ""), "codelist 'No Yes Response' has term 'N' with NCI code ''"),
        (ODM[:900], "cannot be read"),
        (
            ODM.replace("nciodm:ExtCodeID", "ExtCodeID"),
            "codelist 'No Yes Response' has no NCI code",
        ),
        ("<html><body>Not found</body></html>", "it holds no codelist"),
        (BOMB, "it holds no codelist"),
        (OUTSIDE, "it holds no codelist"),
        ("{", "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ("[]", "it is not what CDISC Library answers"),
        ("{}", "it is not what CDISC Library answers: 'codelists'"),
        (json.dumps({"codelists": []}), "it holds no codelist"),
        (json.dumps({"codelists": [[]]}), "it is not what CDISC Library answers"),
        (json.dumps({"codelists": [{**CODELISTS[0], "name": 1}]}), "1 is no text"),
        (json.dumps({"codelists": [{**CODELISTS[0], "terms": ["Y"]}]}), "not what CDISC Library"),
        ("PK\x03\x04", "cannot be read"),
    ],
)
def test_files_that_are_no_release(tmp_path, content, problem):
    """A wrong or damaged file is an error that names it; nothing is written."""
    source = tmp_path / "SDTM 2030-03-29.txt"
    source.write_text(content, encoding="utf-8", newline="")
    with pytest.raises(StandardsError, match=problem) as caught:
        import_terminology(source, tmp_path / "terminology")
    assert all(fault.place.startswith(str(source)) for fault in caught.value.faults)
    assert all("download the release again" in fault.remedy for fault in caught.value.faults)
    assert not (tmp_path / "terminology").exists()


def test_excel_without_terminology(tmp_path):
    """A workbook without a sheet of terminology is an error that says which column it lacks."""
    openpyxl.Workbook().save(tmp_path / "book.xlsx")
    with pytest.raises(StandardsError, match="no sheet has a column 'Codelist Code'"):
        import_terminology(tmp_path / "book.xlsx", tmp_path)


def test_missing_file(tmp_path):
    """A file that is not there, or a folder, is an error that names it."""
    with pytest.raises(StandardsError, match=r"absent\.txt: cannot be read"):
        import_terminology(tmp_path / "absent.txt", tmp_path)
    with pytest.raises(StandardsError, match="cannot be read"):
        import_terminology(tmp_path, tmp_path)


def test_faults_are_not_listed_by_the_thousand(tmp_path):
    """A file that is wrong throughout gives its first faults."""
    text = TEXT + "C1\tC2\n" * 1000
    (tmp_path / "SDTM 2030-03-29.txt").write_text(text, encoding="utf-8")
    with pytest.raises(StandardsError) as caught:
        import_terminology(tmp_path / "SDTM 2030-03-29.txt", tmp_path)
    assert len(caught.value.faults) == 20
