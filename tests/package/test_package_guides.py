"""Reviewer's guides: Word documents that say what the build knows."""

import zipfile
from datetime import datetime
from pathlib import Path
from textwrap import dedent

import pytest
from docx import Document
from submitted_study import SUBMITTED_STUDY, write_files

from sdtmconv.build import build
from sdtmconv.package import package
from sdtmconv.package.guides import load_texts
from sdtmconv.package.word import Heading, Paragraph, Table, render_word

SDTM = "m5/datasets/tiny/tabulations/sdtm"
ADAM = "m5/datasets/tiny/analysis/adam/datasets"
HELPER = """dataset: ADHELP
    label: On the way
    submitted: no"""
EXPLAINED = """
    - rule: raw-column-unused
      explanation: The vendor's batch.
      owner: DM
      decision: accept
    """


def read_tables(path: Path) -> list[list[list[str]]]:
    return [[[c.text for c in row.cells] for row in t.rows] for t in Document(path).tables]


def read_text(path: Path) -> list[str]:
    return [paragraph.text for paragraph in Document(path).paragraphs]


def find_table(path: Path, *header: str) -> list[list[str]]:
    return next(rows for head, *rows in read_tables(path) if head == list(header))


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of a study with deviations, findings and things not submitted."""
    files = dict(SUBMITTED_STUDY)
    files["raw/dm.csv"] = "SUBJ,SEX,NOTE,BATCH\n001,Female,x,1\n002,Male,y,2\n"
    files["study.yaml"] = files["study.yaml"].replace(
        "dm: dm.csv", "dm: {file: dm.csv, not_submitted: {NOTE: for the site only}}"
    )
    files["sdtm/ex.yaml"] = files["sdtm/ex.yaml"].replace("constant: mg", "constant: VP")
    files["codelists.yaml"] = dedent(files["codelists.yaml"]) + "UNIT:\n  extend: {VP: Particles}\n"
    files["adam/adhelp.yaml"] = files["adam/adsl.yaml"].replace("dataset: ADSL", HELPER)
    files["findings.yaml"] = EXPLAINED
    folder = tmp_path_factory.mktemp("rich")
    out = build(write_files(folder / "tiny", files), out=folder / "out").out
    return package(out, folder / "package").folder


def test_datasets_with_labels_classes_keys_and_records(made: Path) -> None:
    """As define.xml has them; trial design datasets have a table of their own."""
    header = ("Dataset", "Label", "Class", "Structure", "Keys", "Records")
    design, subjects = (
        rows for head, *rows in read_tables(made / SDTM / "csdrg.docx") if head == list(header)
    )
    assert [row[:3] + row[5:] for row in design] == [
        ["TS", "Trial Summary", "TRIAL DESIGN", "19"],
    ]
    assert [row[:3] + row[5:] for row in subjects] == [
        ["DM", "Demographics", "SPECIAL PURPOSE", "2"],
        ["EX", "Exposure", "INTERVENTIONS", "3"],
        ["AE", "Adverse Events", "EVENTS", "3"],
    ]
    assert subjects[2][4] == "STUDYID, USUBJID, AESEQ"


def test_standards_and_dictionaries_with_their_versions(made: Path) -> None:
    """Guides, terminology, and the dictionaries that variables are coded by."""
    rows = find_table(made / SDTM / "csdrg.docx", "Standard or dictionary", "Version")
    assert ["SDTMIG", "3.4"] in rows
    assert ["CDISC/NCI SDTM", "2022-09-30"] in rows
    assert ["MedDRA", "26.0"] in rows


def test_what_is_not_submitted_has_its_reason(rich: Path) -> None:
    """Collected columns, and datasets that were made on the way."""
    rows = find_table(rich / SDTM / "csdrg.docx", "Form", "Column", "Reason")
    assert rows == [["dm", "NOTE", "for the site only"]]
    assert find_table(rich / ADAM / "adrg.docx", "Dataset") == [["ADHELP"]]


def test_findings_with_their_explanations(rich: Path) -> None:
    """Each problem with its count, and what was said of it in findings.yaml."""
    header = ("Rule", "Severity", "Place", "Count", "Problem", "Explanation")
    rows = find_table(rich / SDTM / "csdrg.docx", *header)
    assert rows == [
        [
            "raw-column-unused",
            "warning",
            "dm.BATCH",
            "1",
            "no dataset uses this column of dm.csv",
            "The vendor's batch.",
        ]
    ]


def test_deviations_from_the_standards(rich: Path) -> None:
    """Terms that the sponsor added to an extensible codelist."""
    assert find_table(rich / SDTM / "csdrg.docx", "Codelist", "Terms") == [["Unit", "VP"]]


def test_programs_with_the_specs_they_hold(made: Path) -> None:
    """So that a reader finds the spec of a dataset."""
    rows = find_table(made / ADAM / "adrg.docx", "Program", "Source")
    assert ["adam-adsl.txt", "adam/adsl.yaml"] in rows


def test_what_people_have_to_complete_is_marked(made: Path) -> None:
    """In brackets, and in italics."""
    paragraphs = Document(made / SDTM / "csdrg.docx").paragraphs
    marked = [p for p in paragraphs if p.text.startswith("[To be completed by the sponsor")]
    assert len(marked) == 2
    assert all(run.italic for paragraph in marked for run in paragraph.runs)


def test_encoding_and_language_are_stated(made: Path) -> None:
    """PMDA and NMPA ask for it in the guide."""
    text = " ".join(read_text(made / ADAM / "adrg.docx"))
    assert "encoded in ASCII. Labels are in English; lengths are counted in bytes." in text
    assert "Files larger than 5,000,000,000 bytes are split." in text


def test_every_wording_is_there_in_every_language() -> None:
    """With the same names to fill in."""
    english, chinese = load_texts()["en"], load_texts()["zh"]
    assert english.keys() == chinese.keys()
    for key, text in english.items():
        fields = [part.split("}")[0] for part in text.split("{")[1:]]
        assert sorted(fields) == sorted(p.split("}")[0] for p in chinese[key].split("{")[1:])


def test_a_document_has_no_time_but_the_one_given(tmp_path: Path) -> None:
    """The archive's files carry the least time there is, and the properties the study's."""
    blocks = [Heading("One"), Paragraph("两 \x00 <b>"), Table(("A", "B"), (("1", "=2"),))]
    content = render_word("Title", blocks, datetime(2025, 6, 30), "zh")
    assert content == render_word("Title", blocks, datetime(2025, 6, 30), "zh")
    path = tmp_path / "guide.docx"
    path.write_bytes(content)
    with zipfile.ZipFile(path) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None
    properties = Document(path).core_properties
    created, modified = properties.created, properties.modified
    assert {created.isoformat(), modified.isoformat()} == {"2025-06-30T00:00:00+00:00"}
    assert read_text(path) == ["Title", "One", "两  <b>"]
    assert read_tables(path) == [[["A", "B"], ["1", "=2"]]]
