"""Which reader reads a raw form, and what all of them have in common."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sdtmconv.errors import DataError, Fault, raise_faults, suggest
from sdtmconv.raw.dataset_json import iterate_dataset_json_file, read_dataset_json_names
from sdtmconv.raw.delimited import iterate_csv, read_csv_names
from sdtmconv.raw.excel import iterate_excel, read_excel_names
from sdtmconv.raw.odm import iterate_odm, read_odm_names
from sdtmconv.raw.parquet import iterate_parquet, read_parquet_names
from sdtmconv.raw.sas import (
    iterate_sas7bdat,
    iterate_xpt_dataset,
    read_sas7bdat_names,
    read_xpt_names,
)
from sdtmconv.raw.table import (
    Content,
    RawSource,
    RawTable,
    join_tables,
    make_tables,
    name_faults,
)

_BLOCK_BYTES = 16_000_000


@dataclass(frozen=True)
class _Format:
    """One kind of raw file: how to read it, how to tell it, and which settings it heeds."""

    iterate: Callable[[RawSource, int], Iterator[Content]]
    read_names: Callable[[RawSource], Sequence[str]]
    endings: tuple[str, ...]
    settings: tuple[str, ...] = ()


FORMATS = {
    "csv": _Format(
        iterate_csv,
        read_csv_names,
        (".csv", ".tsv", ".txt", ".dat"),
        ("encoding", "delimiter", "header_row"),
    ),
    "sas7bdat": _Format(iterate_sas7bdat, read_sas7bdat_names, (".sas7bdat",), ("encoding",)),
    "xpt": _Format(iterate_xpt_dataset, read_xpt_names, (".xpt",), ("encoding", "sheet")),
    "excel": _Format(
        iterate_excel,
        read_excel_names,
        (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"),
        ("sheet", "header_row"),
    ),
    "parquet": _Format(iterate_parquet, read_parquet_names, (".parquet",)),
    "dataset_json": _Format(
        iterate_dataset_json_file, read_dataset_json_names, (".json", ".ndjson", ".dsjc")
    ),
    "odm": _Format(iterate_odm, read_odm_names, (".xml",), ("sheet",)),
}


@contextmanager
def _reading(source: RawSource) -> Iterator[None]:
    """Turn what the operating system has against the file into a fault."""
    raise_faults(DataError, _file_faults(source))
    try:
        yield
    except OSError as error:
        problem = f"cannot be read ({error.strerror or error})"
        raise DataError(source.fault(problem, "check the file and its permissions")) from None


def _find_format(source: RawSource) -> _Format:
    name = source.format or _guess_format(source.path)
    if name not in FORMATS:
        known = ", ".join(FORMATS)
        if not source.format:
            problem = f"{source.path.name!r} does not tell its format by its ending"
            remedy = f"state `format`: one of {known}"
        else:
            problem = f"unknown format {name!r}"
            remedy = suggest(name, FORMATS, f"use one of {known}")
        raise DataError(source.setting_fault(problem, remedy))
    raise_faults(DataError, _setting_faults(source, name))
    return FORMATS[name]


def _guess_format(path: Path) -> str:
    ending = path.suffix.lower()
    return next((name for name, kind in FORMATS.items() if ending in kind.endings), "")


def _setting_faults(source: RawSource, format_name: str) -> list[Fault]:
    stated = {
        "encoding": source.encoding != "",
        "delimiter": source.delimiter != "",
        "sheet": source.sheet != "",
        "header_row": source.header_row != 1,
    }
    faults = [
        source.setting_fault(f"`{setting}` does not apply to {format_name}", "leave it out")
        for setting, is_stated in stated.items()
        if is_stated and setting not in FORMATS[format_name].settings
    ]
    if source.header_row < 1:
        problem = f"`header_row` is {source.header_row}"
        faults.append(source.setting_fault(problem, "count lines and rows from 1"))
    return faults


def _file_faults(source: RawSource) -> list[Fault]:
    path = source.path
    if path.is_file():
        return []
    if path.exists():
        return [source.fault("is not a file", "name the file itself")]
    if not path.parent.is_dir():
        problem = f"no such file: there is no folder {str(path.parent)!r}"
        return [source.fault(problem, "check the path, or give the folder with --raw")]
    names = sorted(entry.name for entry in path.parent.iterdir())
    otherwise = f"check the name, and that the file is in {str(path.parent)!r}"
    return [source.fault("no such file", suggest(path.name, names, otherwise))]


def iterate_raw(
    source: RawSource, columns: Collection[str] = (), *, block_bytes: int = _BLOCK_BYTES
) -> Iterator[RawTable]:
    """Read the records of a raw form as text, some at a time, so that memory stays bounded.

    Args:
        source: What the study says of the form.
        columns: Columns that must be there; others are read as well.
        block_bytes: Size of a block in the file, about; a few times as much memory is in use. A
            record longer than that is a block of its own. An Excel sheet is always one block.

    Yields:
        Whole records in the order of the file; at least one block, and any of them may be empty.
        All blocks have the same columns, and their records and lines are numbered through.

    Raises:
        DataError: As `read_raw`, with the same faults; those of a form's end are found when the
            blocks before them have been given out.
    """
    kind = _find_format(source)
    with _reading(source):
        yield from make_tables(source, kind.iterate(source, block_bytes), columns)


def read_raw(source: RawSource, columns: Collection[str] = ()) -> RawTable:
    """Read all records of a raw form as text.

    Args:
        source: What the study says of the form.
        columns: Columns that must be there; others are read as well.

    Returns:
        All columns of the file, and where each row stands in it.

    Raises:
        DataError: The file is missing, damaged or empty, its encoding or delimiter is wrong, a
            record is ragged, or a column is missing; each with its place and remedy.
    """
    return join_tables(list(iterate_raw(source, columns)))


def read_columns(source: RawSource) -> list[str]:
    """Read the names of a raw form's columns, from the head of the file where there is one.

    Raises:
        DataError: The file is missing, damaged or empty, or a name stands twice.
    """
    kind = _find_format(source)
    with _reading(source):
        names = kind.read_names(source)
    named = [position for position, name in enumerate(names) if name.strip()]
    raise_faults(DataError, name_faults(source, names, named, ""))
    return [names[position].strip() for position in named]
