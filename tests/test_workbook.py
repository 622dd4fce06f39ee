"""Workbooks are read back by two other readers, as what they were written from."""

import os
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from sdtmconv.errors import DataError
from sdtmconv.workbook import MOST_CHARACTERS, Cell, Column, Sheet, write_workbook

ROWS: list[tuple[Cell, ...]] = [
    ("AETERM", 1, 2.5, date(2025, 3, 1), datetime(2025, 3, 1, 12, 30, 15)),
    ("  two\nlines & <more> ", -3, 1e-80, None, None),
    ("受试者", True, float("nan"), date(1850, 1, 1), None),
]


def write(path: Path, *rows: tuple[Cell, ...], name: str = "Data") -> Path:
    columns = [Column(f"C{n}", 20) for n in range(len(rows[0]))]
    write_workbook(path, [Sheet(name, columns, rows)])
    return path


def test_each_kind_of_cell_is_read_back(tmp_path: Path) -> None:
    """Numbers are numbers, dates are dates, and text keeps spaces, line ends and script."""
    sheet = openpyxl.load_workbook(write(tmp_path / "a.xlsx", *ROWS))["Data"]
    assert [tuple(cell.value for cell in row) for row in sheet.iter_rows(min_row=2)] == [
        ("AETERM", 1, 2.5, datetime(2025, 3, 1), datetime(2025, 3, 1, 12, 30, 15)),
        ("  two\nlines & <more> ", -3, 1e-80, None, None),
        ("受试者", True, None, "1850-01-01", None),
    ]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:E4"
    assert sheet.column_dimensions["B"].width == 20


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "=HYPERLINK(0)", "01"])
def test_text_never_becomes_a_formula(tmp_path: Path, text: str) -> None:
    """It is typed as text, and marked as quoted, so that editing the cell changes nothing."""
    path = write(tmp_path / "a.xlsx", (text,))
    cell = openpyxl.load_workbook(path)["Data"]["A2"]
    assert (cell.value, cell.data_type) == (text, "s")
    assert bool(cell.quotePrefix) == (text != "01")
    assert CalamineWorkbook.from_path(path).get_sheet_by_name("Data").to_python()[1] == [text]


@pytest.mark.parametrize("text", ["a\x00b", "a\rb", "_x000D_", "\x1b[31m"])
def test_characters_that_xml_cannot_hold_are_escaped_as_excel_does(
    tmp_path: Path, text: str
) -> None:
    """The file stays readable, and the text is not lost."""
    path = write(tmp_path / "a.xlsx", (text,))
    assert CalamineWorkbook.from_path(path).get_sheet_by_name("Data").to_python()[1] == [text]


def test_several_sheets_share_their_texts(tmp_path: Path) -> None:
    sheets = [Sheet(name, [Column("A")], [("same",), ("same",)]) for name in ("One & 1", "Two")]
    write_workbook(tmp_path / "a.xlsx", sheets)
    book = CalamineWorkbook.from_path(tmp_path / "a.xlsx")
    assert book.sheet_names == ["One & 1", "Two"]
    assert book.get_sheet_by_name("Two").to_python() == [["A"], ["same"], ["same"]]


def test_the_bytes_depend_on_the_cells_only(tmp_path: Path) -> None:
    """Neither on the clock nor on the hash seed of another process."""
    code = (
        "from pathlib import Path; import sys; from sdtmconv.workbook import *;"
        "write_workbook(Path(sys.argv[1]), [Sheet('S', [Column('A')], [(c,) for c in 'zyxw'])])"
    )
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": f"UTC-{seed}"}
        command = [sys.executable, "-c", code, str(tmp_path / f"{seed}.xlsx")]
        subprocess.run(command, env=environment, check=True)
    assert (tmp_path / "1.xlsx").read_bytes() == (tmp_path / "2.xlsx").read_bytes()


def test_what_excel_cannot_hold_is_refused_and_the_previous_file_stays(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", ("before",))
    before = path.read_bytes()
    with pytest.raises(DataError) as caught:
        write(path, ("fine",), ("x" * (MOST_CHARACTERS + 1),))
    assert str(caught.value) == (
        "a.xlsx sheet 'Data' row 3: a text has 32,768 characters, and Excel holds 32,767; "
        "shorten it"
    )
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_folder_that_cannot_be_written_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be written"):
        write(tmp_path / "missing" / "a.xlsx", ("x",))
