"""Reading workbooks: cells of every type, sheets, and what would lose values."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
from any_blocks import read_raw
from openpyxl.worksheet.worksheet import Worksheet

from sdtmconv.errors import DataError
from sdtmconv.raw import RawSource, read_columns


def save_sheet(path: Path, *rows: list[object], change: Callable[[Worksheet], object] = id) -> Path:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "AE"
    for row in rows:
        sheet.append(row)
    change(sheet)
    workbook.save(path)
    return path


def read_column(path: Path, cells: list[object]) -> list[object]:
    save_sheet(path, ["ID", "X"], *([i, cell] for i, cell in enumerate(cells)))
    values = read_raw(RawSource("ae", path)).frame["X"]
    return values.astype(object).where(values.notna(), None).tolist()


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["001", " x ", None, "NA"], ["001", "x", None, "NA"]),
        ([63, 98.6, 1e-7, 2.5e15], ["63", "98.6", "0.0000001", "2500000000000000"]),
        ([True, False], ["true", "false"]),
        ([date(2025, 3, 2), datetime(2025, 3, 2)], ["2025-03-02", "2025-03-02"]),
        (
            [datetime(2025, 3, 2, 12, 30), datetime(2025, 3, 3)],
            ["2025-03-02T12:30", "2025-03-03"],
        ),
        (
            [datetime(2025, 3, 2, 12, 30), datetime(2025, 3, 2, 23, 59, 59)],
            ["2025-03-02T12:30:00", "2025-03-02T23:59:59"],
        ),
        ([time(12, 30), "12:45"], ["12:30", "12:45"]),
        ([time(12, 30), time(0, 0, 1)], ["12:30:00", "00:00:01"]),
        ([time(12, 30, 0, 500_000), time(8, 5)], ["12:30:00.500", "08:05:00.000"]),
        ([timedelta(hours=36, minutes=5)], ["36:05"]),
    ],
)
def test_every_type_of_cell_becomes_text(
    tmp_path: Path, cells: list[object], expected: list[object]
) -> None:
    """Numbers are shortest, dates and times ISO 8601, as precise as their column."""
    assert read_column(tmp_path / "ae.xlsx", cells) == expected


def test_rows_are_those_of_the_sheet(tmp_path: Path) -> None:
    """Preamble and blank rows count; numbers and blank columns in the header are names and none."""
    path = save_sheet(
        tmp_path / "ae.xlsx", ["Vendor"], [], ["ID", 7, None, "C"], [1, 2], [], [3, None, None, 4]
    )
    source = RawSource("ae", path, header_row=3)
    table = read_raw(source, ["ID", "7", "C"])
    assert table.frame.fillna("").to_numpy().tolist() == [["1", "2", ""], ["3", "", "4"]]
    assert table.records.tolist() == [1, 3]
    assert table.place(1) == f"{path} sheet 'AE' row 6"
    assert read_columns(source) == ["ID", "7", "C"]


def test_a_header_alone_gives_columns_without_rows(tmp_path: Path) -> None:
    """As in CSV."""
    path = save_sheet(tmp_path / "ae.xlsx", ["A", "B"])
    assert read_raw(RawSource("ae", path)).frame.shape == (0, 2)


@pytest.fixture
def three_sheets(tmp_path: Path) -> Path:
    workbook = openpyxl.Workbook()
    workbook.active.append(["FIRST"])
    workbook.create_sheet("LB").append(["SECOND"])
    workbook.create_sheet("3").append(["THIRD"])
    workbook["LB"].sheet_state = "hidden"
    workbook.create_chartsheet("Chart")
    workbook.save(tmp_path / "all.xlsx")
    return tmp_path / "all.xlsx"


@pytest.mark.parametrize(
    ("sheet", "column"), [("Sheet", "FIRST"), ("LB", "SECOND"), ("2", "SECOND"), ("3", "THIRD")]
)
def test_a_sheet_is_found_by_name_or_number(three_sheets: Path, sheet: str, column: str) -> None:
    """Also a hidden one; a name goes before a number."""
    assert read_columns(RawSource("x", three_sheets, sheet=sheet)) == [column]


@pytest.mark.parametrize(
    ("sheet", "expected"),
    [
        ("LBB", "all.xlsx: no sheet 'LBB'; did you mean 'LB'?"),
        ("9", "all.xlsx: no sheet '9'; its sheets are 'Sheet', 'LB', '3'"),
        (
            "",
            "all.xlsx: 2 sheets to choose from; state one as `sheet`; its sheets are 'Sheet', "
            "'LB', '3'",
        ),
    ],
)
def test_the_sheet_must_be_certain(three_sheets: Path, sheet: str, expected: str) -> None:
    """Near names, or all of them; without a name, the only visible one."""
    with pytest.raises(DataError) as caught:
        read_raw(RawSource("x", three_sheets, sheet=sheet))
    assert str(caught.value).replace(f"{three_sheets.parent}/", "") == expected


def set_error(sheet: Worksheet) -> None:
    sheet["A1"].value, sheet["A1"].data_type = "#REF!", "e"
    sheet["B3"].value, sheet["B3"].data_type = "#N/A", "e"
    sheet["A4"] = "=1/0"


BROKEN = {
    "errors and formulas": (
        [["", ""], ["A", "B"], [1, 2], [3, 4]],
        set_error,
        [
            "ae.xlsx sheet 'AE' cell B3: the error #N/A; correct it in Excel, or let Excel "
            "calculate and save the workbook",
            "ae.xlsx sheet 'AE' cell A4: a formula that was never calculated; correct it in "
            "Excel, or let Excel calculate and save the workbook",
        ],
    ),
    "merged cells": (
        [["Vendor", ""], ["A", "B"], [1, 2], [None, 3]],
        lambda sheet: (sheet.merge_cells("A1:B1"), sheet.merge_cells("A3:A4")),
        [
            "ae.xlsx sheet 'AE': rows 3 to 4 of columns 1 to 1 are merged, so that only the first "
            "of these cells has a value; unmerge them and fill each"
        ],
    ),
    "values without a name": (
        [["Vendor"], ["A", None], [1, 2]],
        id,
        [
            "ae.xlsx sheet 'AE' row 2: column 2 has values and no name; name it in the header, or "
            "delete it"
        ],
    ),
    "blank header": (
        [["Vendor"], [], [1, 2]],
        id,
        [
            "ae.xlsx sheet 'AE' row 2: no columns' names; state in `header_row` the row on which "
            "the columns' names stand"
        ],
    ),
    "empty sheet": (
        [],
        id,
        [
            "ae.xlsx sheet 'AE' row 2: the sheet is empty; state in `header_row` the row on which "
            "the columns' names stand"
        ],
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_would_lose_values_is_a_fault(tmp_path: Path, case: str) -> None:
    """Calamine reads errors and merged cells as empty ones."""
    sheet, change, expected = BROKEN[case]
    path = save_sheet(tmp_path / "ae.xlsx", *sheet, change=change)
    with pytest.raises(DataError) as caught:
        read_raw(RawSource("ae", path, header_row=2))
    assert [str(f).replace(f"{tmp_path}/", "") for f in caught.value.faults] == expected


@pytest.mark.parametrize(
    "data", [b"", b"A,B\n1,2\n", b"PK\3\4", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]
)
@pytest.mark.parametrize("ending", ["xlsx", "xls", "xlsb", "ods"])
def test_what_is_no_workbook_is_a_fault(tmp_path: Path, data: bytes, ending: str) -> None:
    """Text that was renamed, a cut file, and an encrypted one."""
    path = tmp_path / f"ae.{ending}"
    path.write_bytes(data)
    with pytest.raises(DataError, match=r"ae\.\w+: cannot be read as a workbook .*save it again"):
        read_raw(RawSource("ae", path))


def test_an_opendocument_sheet_is_read(tmp_path: Path) -> None:
    """Dates and numbers as in Excel."""
    path = tmp_path / "ae.ods"
    namespace = "urn:oasis:names:tc:opendocument:xmlns:"
    cells = (
        '<table:table-row><table:table-cell office:value-type="string"><text:p>ID</text:p>'
        '</table:table-cell><table:table-cell office:value-type="string"><text:p>X</text:p>'
        "</table:table-cell></table:table-row><table:table-row><table:table-cell "
        'office:value-type="string"><text:p>001</text:p></table:table-cell><table:table-cell '
        'office:value-type="float" office:value="63"><text:p>63.0</text:p></table:table-cell>'
        "</table:table-row>"
    )
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("META-INF/manifest.xml", "<manifest/>")
        package.writestr(
            "content.xml",
            f'<office:document-content xmlns:office="{namespace}office:1.0" '
            f'xmlns:table="{namespace}table:1.0" xmlns:text="{namespace}text:1.0"><office:body>'
            f'<office:spreadsheet><table:table table:name="AE">{cells}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    assert read_raw(RawSource("ae", path)).frame.to_dict("list") == {"ID": ["001"], "X": ["63"]}
