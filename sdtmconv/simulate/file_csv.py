"""Comma-separated values."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.csv as pa_csv

from sdtmconv.simulate.untidy import Table


class CsvWriter:
    """Comma-separated values: UTF-8, LF, quoted only where needed.

    Args:
        path: The file.
        columns: Its columns, in order.
    """

    def __init__(self, path: Path, columns: tuple[str, ...]) -> None:
        self._columns = columns
        self._file: BinaryIO = path.open("wb")
        self._file.write((",".join(columns) + "\n").encode("ascii"))
        self._options = pa_csv.WriteOptions(include_header=False, quoting_style="needed")

    def append(self, table: Table) -> None:
        """Write some subjects' records."""
        records = pa.table({name: table[name] for name in self._columns})
        pa_csv.write_csv(records, self._file, self._options)

    def close(self) -> None:
        """Complete the file."""
        self._file.close()


class CsvFolder:
    """CSV files of a folder, opened when their first records come.

    Args:
        folder: The folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[str, CsvWriter] = {}

    def append(self, name: str, table: Table) -> None:
        """Write records of the named file."""
        if name not in self._writers:
            self._writers[name] = CsvWriter(self._folder / f"{name}.csv", tuple(table))
        self._writers[name].append(table)

    def close(self) -> None:
        """Complete all files."""
        for writer in self._writers.values():
            writer.close()
