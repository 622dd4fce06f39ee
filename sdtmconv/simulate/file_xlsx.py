"""An Excel workbook of one sheet, the same bytes everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from sdtmconv.simulate.untidy import Table
from sdtmconv.workbook import Cell, Column, Sheet, write_workbook

SHEET = "Results"
EPOCH = date(1970, 1, 1)


class XlsxWriter:
    """An Excel workbook of one sheet, with real dates in the columns of `dates`.

    The records wait in memory: a sheet holds a million at most.

    Args:
        path: The file.
        columns: Its columns, in order.
        dates: Columns that hold days counted from 1970-01-01.
    """

    def __init__(self, path: Path, columns: tuple[str, ...], dates: frozenset[str]) -> None:
        self._path = path
        self._columns = columns
        self._dates = dates
        self._tables: list[Table] = []

    def append(self, table: Table) -> None:
        """Take some subjects' records."""
        self._tables.append(table)

    def close(self) -> None:
        """Write the file."""
        columns = [Column(name) for name in self._columns]
        write_workbook(self._path, [Sheet(SHEET, columns, self._rows())])

    def _rows(self) -> Iterator[tuple[Cell, ...]]:
        for table in self._tables:
            yield from zip(*(self._cells(table, name) for name in self._columns), strict=True)

    def _cells(self, table: Table, name: str) -> list[Cell]:
        values: list[str | None] = table[name].to_pylist()
        if name not in self._dates:
            return list(values)
        return [None if days is None else EPOCH + timedelta(days=int(days)) for days in values]
