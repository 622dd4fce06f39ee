"""A small specification, as somebody would type it into Excel."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import openpyxl

Sheets = dict[str, list[list[Any]]]

SMALL: Sheets = {
    "Study": [
        ["Attribute", "Value"],
        ["StudyName", "TINY"],
        ["StudyDescription", "A tiny study"],
        ["ProtocolName", "TINY-1"],
        ["StandardName", "SDTMIG"],
        ["StandardVersion", 3.4],
    ],
    "Datasets": [
        ["Dataset", "Label", "Class", "Structure", "Key Variables", "Comment"],
        ["DM", "Demographics", "SPECIAL PURPOSE", "One per subject", "STUDYID, USUBJID", None],
        ["VS", "Vital Signs", "FINDINGS", "One per test", "STUDYID, USUBJID, VSTESTCD", "VS"],
    ],
    "Variables": [
        ["Order", "Dataset", "Variable", "Label", "Data Type", "Length", "Significant Digits",
         "Mandatory", "Codelist", "Origin", "Source", "Pages", "Method", "Predecessor", "Comment"],
        [1, "DM", "STUDYID", "Study Identifier", "text", 4, None,
         "Yes", None, "Protocol", "Sponsor", None, None, None, None],
        [2, "DM", "USUBJID", "Unique Subject Identifier", "text", 8, None,
         "Yes", None, "Derived", "Sponsor", None, "USUBJID", None, None],
        [3, "DM", "SEX", "Sex", "text", 1, None,
         "No", "SEX", "Collected", "Investigator", "4 7", None, None, None],
        [1, "VS", "STUDYID", "Study Identifier", "text", 4, None,
         "Yes", None, "Protocol", "Sponsor", None, None, None, None],
        [2, "VS", "USUBJID", "Unique Subject Identifier", "text", 8, None,
         "Yes", None, "Derived", "Sponsor", None, "USUBJID", None, None],
        [3, "VS", "VSTESTCD", "Vital Signs Test Short Name", "text", 4, None,
         "Yes", "VSTESTCD", "Assigned", "Sponsor", None, None, None, None],
        [4, "VS", "VSORRES", "Result or Finding in Original Units", "text", 5, None,
         "No", None, None, None, None, None, None, None],
    ],
    "ValueLevel": [
        ["Order", "Dataset", "Variable", "Where Clause", "Data Type", "Length",
         "Significant Digits", "Mandatory", "Origin", "Source", "Method", "Codelist"],
        [1, "VS", "VSORRES", "VS.TEMP", "float", 5, 1, "No", "Collected", "Investigator", None,
         None],
        [2, "VS", "VSORRES", 'VSTESTCD EQ "PULSE"', "integer", 3, None, "No", "Collected",
         "Vendor", None, None],
    ],
    "WhereClauses": [
        ["ID", "Dataset", "Variable", "Comparator", "Value"],
        ["VS.TEMP", "VS", "VSTESTCD", "EQ", "TEMP"],
    ],
    "Codelists": [
        ["ID", "Name", "NCI Codelist Code", "Data Type", "Order", "Term", "NCI Term Code",
         "Decoded Value"],
        ["SEX", "Sex", "C66731", "text", 1, "F", "C16576", "Female"],
        ["SEX", "Sex", "C66731", "text", 2, "M", "C20197", "Male"],
        ["VSTESTCD", "Vital Signs Test", "C66741", "text", 1, "TEMP", "C174446", "Temperature"],
        ["VSTESTCD", "Vital Signs Test", "C66741", "text", 2, "PULSE", "C49676", "Pulse Rate"],
    ],
    "Methods": [
        ["ID", "Name", "Type", "Description", "Document", "Pages"],
        ["USUBJID", "Identifier", "Computation", "=STUDYID-SUBJID", "sap", "3-5"],
    ],
    "Comments": [["ID", "Description"], ["VS", "Sitting."]],
    "Documents": [
        ["ID", "Title", "Href"],
        ["acrf", "Annotated CRF", "acrf.pdf"],
        ["sap", "Analysis Plan", "sap.pdf"],
    ],
}  # fmt: skip

Change = Callable[[Sheets], Any]


def save(path: Path, *changes: Change) -> Path:
    """Write the small specification with changes, by another program's writer."""
    sheets = deepcopy(SMALL)
    for change in changes:
        change(sheets)
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
            for cell in sheet[sheet.max_row]:
                # openpyxl takes text that begins with = for a formula.
                if isinstance(cell.value, str) and cell.value.startswith("=S"):
                    cell.data_type = "s"
    book.save(path)
    return path


def put(sheet: str, row: int, title: str, value: Any) -> Change:
    """Put a value into a cell; rows are counted as Excel does."""

    def change(sheets: Sheets) -> None:
        sheets[sheet][row - 1][sheets[sheet][0].index(title)] = value

    return change


def repeat(sheet: str, row: int) -> Change:
    """Repeat a row at the end of a sheet."""
    return lambda sheets: sheets[sheet].append(list(sheets[sheet][row - 1]))


def drop(sheet: str) -> Change:
    """Take out a sheet."""
    return lambda sheets: sheets.pop(sheet)


def rename(sheet: str, title: str, new: str | None) -> Change:
    """Rename a column."""

    def change(sheets: Sheets) -> None:
        header = sheets[sheet][0]
        header[header.index(title)] = new

    return change
