"""The Excel report, read by another reader."""

import dataclasses
from pathlib import Path

import openpyxl
from small_findings import ACCEPTED, GROUPS, HOSTILE, make_group, review_groups

import sdtmconv.report.review_workbook
from sdtmconv.report.review_workbook import write_review_workbook
from sdtmconv.review import Gone, LastRun, Review


def read(folder: Path, review: Review) -> dict[str, list[tuple[object, ...]]]:
    """Write the workbook and read the rows of each sheet below its header."""
    path = folder / "validation.xlsx"
    write_review_workbook(path, review)
    book = openpyxl.load_workbook(path)
    return {sheet.title: list(sheet.iter_rows(min_row=2, values_only=True)) for sheet in book}


def test_workbook_has_the_sheets_that_people_know(tmp_path: Path) -> None:
    """Datasets and issues in numbers, each finding with its key, and what was said of it."""
    idle = dataclasses.replace(ACCEPTED, rule="iso8601", key=(("USUBJID", "S1-7"),))
    gone = ("codelist", "error", "CM", "CMDOSU", "is no term")
    last = LastRun({"1": "open"}, (Gone(*gone, ("USUBJID", "value"), (("S1-9", "x"),), ("1",)),))
    review = review_groups(*GROUPS, explanations=[ACCEPTED, idle], last=last)
    sheets = read(tmp_path, review)
    assert sheets["Dataset Summary"][1] == (
        "AE", "Adverse Events", "EVENTS", "SDTMIG", 1200, 3, 7, 0,
    )  # fmt: skip
    issues = [row[:1] + row[2:4] + row[5:10] for row in sheets["Issue Summary"]]
    assert issues == [
        ("codelist", "AE", "AESEV", 3, 3, 0, 0, 0),
        ("variable-known", "XX", "XXYY", 1, 1, 0, 0, 0),
        ("codelist-extension", "AE", "AEDOSU", 7, 0, 0, 0, 7),
    ]
    details = sheets["Details"]
    assert details[0][5:8] == ("USUBJID S1-0", "TERRIBLE", "new")
    assert details[-1][5:11] == (
        "USUBJID S1-6", "PILL", "explained", ACCEPTED.explanation, "DM lead", "accept",
    )  # fmt: skip
    assert sheets["Gone"] == [(*gone, "USUBJID S1-9", "x")]
    assert [row[6:] for row in sheets["Explanations"]] == [
        (None, ACCEPTED.explanation, "DM lead", "accept", "yes"),
        ("USUBJID S1-7", ACCEPTED.explanation, "DM lead", "accept", "nothing any more"),
    ]
    assert dict(row[:2] for row in sheets["Study"])["SDTM CT"] == "2022-09-30"


def test_values_cannot_become_formulas(tmp_path: Path) -> None:
    """What begins like a formula is text, in a cell that stays text when it is edited."""
    review = review_groups(make_group(["=1+1", "@SUM(A1)", "-2", HOSTILE]))
    path = tmp_path / "validation.xlsx"
    write_review_workbook(path, review)
    cells = [row[6] for row in openpyxl.load_workbook(path)["Details"].iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == ["=1+1", "@SUM(A1)", "-2", HOSTILE]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.quotePrefix for cell in cells] == [True, True, True, False]


def test_sheet_that_would_be_too_long_says_so(tmp_path: Path, monkeypatch) -> None:
    """Its last row names the report that has all."""
    monkeypatch.setattr(sdtmconv.report.review_workbook, "_MOST_DETAILS", 5)
    details = read(tmp_path, review_groups(make_group(["x"] * 9)))["Details"]
    assert len(details) == 6
    assert details[-1][0] == "Excel holds no more rows; validation.json has all."
