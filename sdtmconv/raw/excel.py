"""Reader for Excel workbooks (.xlsx, .xlsm, .xls, .xlsb) and OpenDocument sheets (.ods).

Calamine gives a cell that Excel shows as an error (#N/A) as an empty one, and the cells of a
merged range but the first as well. Both would lose values silently, so both are faults. Errors
can be seen in .xlsx and .xlsm only, merged ranges where calamine tells of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from sdtmconv.errors import DataError, Fault, raise_faults, suggest
from sdtmconv.raw.table import Content, RawSource, first_faults
from sdtmconv.raw.values import clock_precision, clock_texts, number_texts
from sdtmconv.raw.xlsx_cells import find_cells_without_value

# (row, column) of the first cell and of the last, from 0.
Range = tuple[tuple[int, int], tuple[int, int]]


@contextmanager
def _open(source: RawSource) -> Iterator[CalamineWorkbook]:
    try:
        with CalamineWorkbook.from_path(source.path) as workbook:
            yield workbook
    except CalamineError as error:
        problem = f"cannot be read as a workbook ({error})"
        remedy = "open it in Excel and save it again, without a password"
        raise DataError(source.fault(problem, remedy)) from None


def _find_sheet(source: RawSource, workbook: CalamineWorkbook) -> CalamineSheet:
    sheets = [s for s in workbook.sheets_metadata if s.typ == SheetTypeEnum.WorkSheet]
    names = [sheet.name for sheet in sheets]
    if source.sheet in names:
        return workbook.get_sheet_by_name(source.sheet)
    if source.sheet.isdecimal() and 1 <= int(source.sheet) <= len(names):
        return workbook.get_sheet_by_name(names[int(source.sheet) - 1])
    listed = "its sheets are " + ", ".join(map(repr, names))
    if source.sheet:
        problem = f"no sheet {source.sheet!r}"
        raise DataError(source.fault(problem, suggest(source.sheet, names, listed)))
    visible = [sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible]
    if len(visible) != 1:
        problem = f"{len(visible)} sheets to choose from"
        raise DataError(source.fault(problem, f"state one as `sheet`; {listed}"))
    return workbook.get_sheet_by_name(visible[0])


def _is_number(cell: Any) -> bool:
    return type(cell) in (int, float)


def _find_precision(cells: Sequence[Any]) -> str:
    times = [cell for cell in cells if isinstance(cell, datetime | time)]
    if any(cell.microsecond for cell in times):
        return "milliseconds"
    return "seconds" if any(cell.second for cell in times) else "minutes"


def _cell_text(cell: Any, precision: str) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, datetime | time):
        return cell.isoformat(timespec=precision)
    if isinstance(cell, timedelta):
        seconds = np.array([cell.total_seconds()])
        return str(clock_texts(seconds, clock_precision(seconds))[0])
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _column_texts(cells: Sequence[Any]) -> Any:
    """Write the cells of a column as text; a loop, because every cell has a type of its own."""
    numbers = iter(number_texts(np.array([c for c in cells if _is_number(c)], float)).to_pylist())
    precision = _find_precision(cells)
    texts = [next(numbers) if _is_number(c) else _cell_text(c, precision) for c in cells]
    return pa.array(texts, type=pa.large_string())


def _read_header(source: RawSource, rows: Sequence[Sequence[Any]], place: str) -> list[str]:
    names = rows[source.header_row - 1 : source.header_row]
    texts = [_column_texts([name]).to_pylist()[0] or "" for name in names[0]] if names else []
    if not any(texts):
        problem = "no columns' names" if rows else "the sheet is empty"
        remedy = "state in `header_row` the row on which the columns' names stand"
        raise DataError(source.fault(problem, remedy, f"{place} row {source.header_row}"))
    return texts


def _merged_faults(source: RawSource, merged: Sequence[Range], place: str) -> list[Fault]:
    def make_fault(cells: Range) -> Fault:
        (top, left), (bottom, right) = cells
        problem = (
            f"rows {top + 1} to {bottom + 1} of columns {left + 1} to {right + 1} are merged, so "
            "that only the first of these cells has a value"
        )
        return source.fault(problem, "unmerge them and fill each", place)

    below = [cells for cells in merged if cells[1][0] >= source.header_row - 1]
    return first_faults(source, below, make_fault)


def _cell_faults(source: RawSource, sheet: str, place: str) -> list[Fault]:
    remedy = "correct it in Excel, or let Excel calculate and save the workbook"
    return first_faults(
        source,
        [c for c in find_cells_without_value(source, sheet) if c.row >= source.header_row],
        lambda cell: source.fault(cell.problem, remedy, f"{place} cell {cell.name}"),
    )


def iterate_excel(source: RawSource, block_bytes: int) -> Iterator[Content]:
    """Read one sheet of a workbook.

    Args:
        source: The form; `sheet` and `header_row` are followed when stated.
        block_bytes: Of no effect: calamine holds the whole sheet anyway.

    Yields:
        One block: its columns, and the row of the sheet on which each record stands.

    Raises:
        DataError: The workbook cannot be opened, the sheet is unknown or empty, or cells are
            merged or hold an error.
    """
    with _open(source) as workbook:
        sheet = _find_sheet(source, workbook)
        rows = sheet.to_python(skip_empty_area=False)
        merged = sheet.merged_cell_ranges or []
    place = f"sheet {sheet.name!r}"
    names = _read_header(source, rows, place)
    faults = _merged_faults(source, merged, place) + _cell_faults(source, sheet.name, place)
    raise_faults(DataError, faults)
    records = rows[source.header_row :]
    cells = list(zip(*records, strict=True)) if records else [() for _ in names]
    first = source.header_row + 1
    yield Content(
        names=names,
        columns=[_column_texts(column) for column in cells],
        lines=np.arange(first, first + len(records)),
        unit=f"{place} row",
        header=f"{place} row {source.header_row}",
    )


def read_excel_names(source: RawSource) -> list[str]:
    """Read the names of a sheet's columns."""
    with _open(source) as workbook:
        sheet = _find_sheet(source, workbook)
        rows = sheet.to_python(skip_empty_area=False, nrows=source.header_row)
    return _read_header(source, rows, f"sheet {sheet.name!r}")
