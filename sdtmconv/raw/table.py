"""What a raw form is (source), what a reader finds in its file (content), what comes out (table).

Every reader gives text; what its file's own types become is said in `values.py`. Here the text of
all of them is made alike:

- White space at either end of a value or a column's name is dropped: EDC and vendor exports pad
  freely, and a code, a key or a date that begins with a blank would match nothing.
- A value of which nothing is left is missing. Text such as NA, NULL or None is text.
- A row without any value is not a record (the tail of a spreadsheet), and a column without a name
  and without values is not a column (the delimiter at the end of every line). The numbers of the
  remaining records still count such rows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sdtmconv.errors import DataError, Fault, raise_faults, suggest

Item = TypeVar("Item")
Numbers = npt.NDArray[np.int64]

_TEXT = pd.StringDtype(na_value=np.nan)
_NAMES_SHOWN = 12
_FAULTS_SHOWN = 10


@dataclass(frozen=True)
class SubjectFilter:
    """Whose records are wanted, where it is not everybody's.

    Args:
        column: The column that tells the subject.
        wants: Whether the records of a subject, as the column names it, are wanted.
    """

    column: str
    wants: Callable[[str], bool]


@dataclass(frozen=True)
class RawSource:
    """What a study says of one raw form.

    Args:
        name: The form's name in the specs (ae).
        path: The file, as the user gave it.
        format: csv, sas7bdat, xpt, excel, parquet or odm; told from the file's ending when empty.
        encoding: Encoding of CSV, SAS7BDAT or XPT; detected, or the file's own word, when empty.
        delimiter: One character, or `tab`, for CSV; detected when empty.
        sheet: Name or number (1 is the first) of the Excel sheet, name of the XPT dataset, OID of
            the ODM ItemGroup; may be empty where the file has only one.
        header_row: Line of the CSV file, or row of the sheet, that holds the columns' names.
        place: File and line of the spec that says all this, for faults.
        subjects: Whose records are wanted; None for all. Others are passed over as soon as can be.
    """

    name: str
    path: Path
    format: str = ""
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header_row: int = 1
    place: str = ""
    subjects: SubjectFilter | None = None

    def fault(self, problem: str, remedy: str, where: str = "") -> Fault:
        """Describe what is wrong with the file, `where` in it (line 17)."""
        return Fault(f"{self.path} {where}".rstrip(), problem, remedy)

    def wants(self, subject: str) -> bool:
        """Tell whether the records of a subject are wanted."""
        return self.subjects is None or self.subjects.wants(subject)

    def setting_fault(self, problem: str, remedy: str) -> Fault:
        """Describe what is wrong with what the study says of the file."""
        return Fault(self.place or str(self.path), problem, remedy)


@dataclass(frozen=True, eq=False)
class Content:
    """What a reader finds in a file, or in a block of it, before it is made alike.

    Args:
        names: The columns' names as they stand in the file.
        columns: Their values as Arrow text, all of one length.
        lines: Where each record begins, counted in `unit` from 1.
        unit: What `lines` counts (line, record, sheet 'AE' row).
        header: Where the names stand ("line 1"); empty where the format has no such place.
        encoding: Encoding found or stated; empty where the format fixes it.
        delimiter: Delimiter found or stated; empty where the format has none.
    """

    names: Sequence[str]
    columns: Sequence[Any]
    lines: Numbers
    unit: str = "record"
    header: str = ""
    encoding: str = ""
    delimiter: str = ""


@dataclass(frozen=True, eq=False)
class RawTable:
    """The records of one raw form, or a block of them.

    Args:
        name: The form's name in the specs.
        path: The file, as the user gave it.
        frame: Its columns, all of dtype `str`, NaN where missing; the index counts rows from 0.
        records: Number of each row's record in the file, from 1, the header not counted.
        lines: Where each row stands in the file, counted in `unit` from 1.
        unit: What `lines` counts (line, record, sheet 'AE' row).
        encoding: Encoding found or stated; empty where the format fixes it.
        delimiter: Delimiter found or stated; empty where the format has none.
    """

    name: str
    path: str
    frame: pd.DataFrame = field(repr=False)
    records: Numbers = field(repr=False)
    lines: Numbers = field(repr=False)
    unit: str = "record"
    encoding: str = ""
    delimiter: str = ""

    def place(self, row: int) -> str:
        """Say where a row of the frame stands: `raw/ae.csv line 17`."""
        return f"{self.path} {self.unit} {self.lines[row]}"


def first_faults(
    source: RawSource, items: Iterable[Item], make_fault: Callable[[Item], Fault]
) -> list[Fault]:
    """Make the faults of the first items, and one that counts the others."""
    items = iter(items)
    faults = [make_fault(item) for item in islice(items, _FAULTS_SHOWN)]
    others = sum(1 for _ in items)
    if others:
        faults.append(source.fault(f"{others} more faults like these", faults[-1].remedy))
    return faults


def name_faults(
    source: RawSource, names: Sequence[str], positions: Collection[int], where: str
) -> list[Fault]:
    """Find columns without a name and names that stand twice, among those at `positions`."""
    if not positions:
        return [source.fault("no column has a name", "see that `header_row` is right", where)]
    faults = []
    first_position: dict[str, int] = {}
    for position in positions:
        name = names[position].strip()
        if not name:
            problem = f"column {position + 1} has values and no name"
            faults.append(source.fault(problem, "name it in the header, or delete it", where))
        elif name in first_position:
            problem = f"columns {first_position[name] + 1} and {position + 1} are both {name!r}"
            faults.append(source.fault(problem, "rename or delete one of them", where))
        else:
            first_position[name] = position
    return faults


def _missing_faults(
    source: RawSource, names: Sequence[str], required: Collection[str], where: str
) -> list[Fault]:
    shown = ", ".join(names[:_NAMES_SHOWN]) + (", ..." if len(names) > _NAMES_SHOWN else "")
    known = set(names)

    return [
        source.fault(f"no column {name!r}", suggest(name, names, f"it has {shown}"), where)
        for name in dict.fromkeys(required)
        if name not in known
    ]


def _tidy(column: Any) -> Any:
    trimmed = pc.utf8_trim_whitespace(column.cast(pa.large_string()))
    return pc.if_else(pc.equal(trimmed, ""), None, trimmed)


def _rows_with_values(columns: Sequence[Any], length: int) -> Numbers:
    if any(column.null_count == 0 for column in columns):
        return np.arange(length)
    filled = np.zeros(length, dtype=bool)
    for column in columns:
        filled |= column.is_valid().to_numpy(zero_copy_only=False)
    return np.flatnonzero(filled)


def _find_columns(content: Content) -> set[int]:
    """Find the positions of the columns that have a name or values."""
    return {
        position
        for position, (name, column) in enumerate(zip(content.names, content.columns, strict=True))
        if name.strip() or _tidy(column).null_count < len(column)
    }


def _column_faults(
    source: RawSource, content: Content, positions: Collection[int], required: Collection[str]
) -> list[Fault]:
    names = [content.names[position].strip() for position in positions]
    return [
        *name_faults(source, content.names, positions, content.header),
        *_missing_faults(source, names, required, content.header),
    ]


def _find_wanted(source: RawSource, content: Content) -> Numbers | None:
    """Find the rows of the subjects that are wanted; None where all are."""
    names = [name.strip() for name in content.names]
    if source.subjects is None or source.subjects.column not in names:
        return None
    column = _tidy(content.columns[names.index(source.subjects.column)])
    codes, subjects = pd.factorize(column.to_pandas())
    wanted = np.array([source.wants(str(subject)) for subject in subjects] + [False])
    return np.flatnonzero(wanted[codes])


def _narrow(content: Content, rows: Numbers) -> Content:
    columns = [column.take(pa.array(rows)) for column in content.columns]
    return replace(content, columns=columns, lines=content.lines[rows])


def _make_table(
    source: RawSource, content: Content, positions: Sequence[int], records_before: int
) -> RawTable:
    wanted = _find_wanted(source, content)
    numbers = np.arange(len(content.lines)) if wanted is None else wanted
    content = content if wanted is None else _narrow(content, wanted)
    columns = [_tidy(content.columns[position]) for position in positions]
    rows = _rows_with_values(columns, len(content.lines))
    table = pa.Table.from_arrays(columns, names=[content.names[p].strip() for p in positions])
    if len(rows) < len(content.lines):
        table = table.take(rows)
    return RawTable(
        name=source.name,
        path=str(source.path),
        frame=table.to_pandas(types_mapper={pa.large_string(): _TEXT}.get),
        records=records_before + numbers[rows] + 1,
        lines=content.lines[rows],
        unit=content.unit,
        encoding=content.encoding,
        delimiter=content.delimiter,
    )


def make_tables(
    source: RawSource, blocks: Iterator[Content], required: Collection[str]
) -> Iterator[RawTable]:
    """Make the text of any reader alike, and check its columns.

    Args:
        source: The form.
        blocks: What its reader found, at least one block; all have the same names.
        required: Columns that must be there.

    Yields:
        A table per block, all with the same columns.

    Raises:
        DataError: A column is missing, stands twice, or has values and no name.
    """
    records_before = 0
    for content in blocks:
        positions = _find_columns(content)
        if _column_faults(source, content, sorted(positions), required):
            # Which columns without a name have values, only the whole file can say.
            positions = positions.union(*map(_find_columns, blocks))
            faults = _column_faults(source, content, sorted(positions), required)
            raise_faults(DataError, faults)
        yield _make_table(source, content, sorted(positions), records_before)
        records_before += len(content.lines)


def join_tables(tables: Sequence[RawTable]) -> RawTable:
    """Put the blocks of a form, at least one, together again."""
    return replace(
        tables[0],
        frame=pd.concat([table.frame for table in tables], ignore_index=True),
        records=np.concatenate([table.records for table in tables]),
        lines=np.concatenate([table.lines for table in tables]),
    )
