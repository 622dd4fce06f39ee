"""Datasets from one file format to another: XPT, Dataset-JSON in its three forms, Parquet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

import pandas as pd

from sdtmconv.define_xml import read_define, read_model
from sdtmconv.errors import DataError, Fault, TransportError, raise_faults
from sdtmconv.folders import replace_folder
from sdtmconv.metadata import DatasetMetadata
from sdtmconv.transport import iterate_xpt, read_xpt_header, write_xpt
from sdtmconv.transport.dataset_json import (
    DatasetJsonHeader,
    DefineLink,
    complete_lengths,
    iterate_dataset_json,
    looks_like_dataset_json,
    read_dataset_json_header,
    write_dataset_json,
)
from sdtmconv.transport.parquet import iterate_parquet, read_parquet_header, write_parquet

FORMATS: Final = ("xpt", "json", "ndjson", "dsjc", "parquet")
DEFINE: Final = "define.xml"
Frames: TypeAlias = Callable[[], Iterator[pd.DataFrame]]


@dataclass(frozen=True)
class Source:
    """A dataset in a file.

    Args:
        metadata: What is known of it.
        created: The time stamp in the file.
        records: How many records it has.
        frames: Gives its records, some at a time; may be called again.
        define: The define.xml that describes it.
    """

    metadata: DatasetMetadata
    created: datetime
    records: int
    frames: Frames
    define: DefineLink | None = None


@dataclass(frozen=True)
class Define:
    """What a define.xml beside datasets adds to what they say of themselves.

    Args:
        datasets: Their descriptions by name.
        link: Its OIDs.
    """

    datasets: Mapping[str, DatasetMetadata]
    link: DefineLink


def find_define(folder: Path) -> Define | None:
    """Read the define.xml of a folder; None where there is none.

    Raises:
        DefineError: It cannot be read, or refers to something that it does not define.
    """
    path = folder / DEFINE
    if not path.is_file():
        return None
    datasets = {dataset.name: dataset for dataset in read_define(path).datasets}
    study = read_model(path).study
    return Define(datasets, DefineLink(study.oid, study.metadata_version.oid))


def open_source(path: Path, *, encoding: str = "ascii", define: Define | None = None) -> Source:
    """Open a dataset in any of the formats, which its ending tells.

    Args:
        path: The file.
        encoding: Of an XPT file; the others are in UTF-8.
        define: What is known besides; keys and data types, for which XPT has no place, come from
            there.

    Raises:
        TransportError: The ending is unknown, or the file cannot be read.
    """
    if _format_of(path) not in FORMATS:
        remedy = f"name a file that ends in .{', .'.join(FORMATS)}"
        raise TransportError(Fault(str(path), "does not tell its format by its ending", remedy))
    if _format_of(path) == "xpt":
        source = _open_xpt(path, encoding)
        return _add_define(source, define) if define else source
    header, frames = _open_described(path)
    return Source(header.metadata, header.created, header.record_count, frames)


def _format_of(path: Path) -> str:
    return path.suffix.lower().removeprefix(".")


def _open_xpt(path: Path, encoding: str) -> Source:
    header = read_xpt_header(path, encoding=encoding)
    created = header.created or header.modified
    if created is None:
        raise TransportError(Fault(str(path), "has no time stamp", "write the file again"))
    frames = partial(iterate_xpt, path, encoding=encoding)
    return Source(header.metadata, created, header.record_count, frames)


def _open_described(path: Path) -> tuple[DatasetJsonHeader, Frames]:
    if _format_of(path) == "parquet":
        return read_parquet_header(path), partial(iterate_parquet, path)
    header, frames = read_dataset_json_header(path), partial(iterate_dataset_json, path)
    return complete_lengths(header, frames() if header.unsized else ()), frames


def _add_define(source: Source, define: Define) -> Source:
    found = source.metadata
    described = define.datasets.get(found.name)
    if described is None:
        return source
    types = {(v.name, v.type): v.data_type for v in described.variables}
    variables = tuple(
        replace(v, data_type=types.get((v.name, v.type), v.data_type)) for v in found.variables
    )
    names = {variable.name for variable in variables}
    keys = tuple(key for key in described.keys if key in names)
    return replace(
        source, metadata=replace(found, variables=variables, keys=keys), define=define.link
    )


def write_source(source: Source, path: Path, *, encoding: str = "ascii") -> None:
    """Write a dataset in the format that the ending of `path` tells.

    Args:
        source: The dataset.
        path: The file; one that is there is replaced once the new one is complete.
        encoding: Of an XPT file; the others are in UTF-8.

    Raises:
        TransportError: The source is damaged, or the format cannot hold all of it exactly.
    """
    metadata, created, records = source.metadata, source.created, source.records
    match _format_of(path):
        case "xpt":
            write_xpt(path, metadata, source.frames(), created=created, encoding=encoding)
        case "parquet":
            write_parquet(path, metadata, source.frames(), created=created, records=records)
        case "json" | "ndjson" | "dsjc" as form:
            write_dataset_json(
                path,
                metadata,
                source.frames(),
                created=created,
                records=records,
                form=form,
                define=source.define,
            )


def convert(path: Path, *, to: str, out: Path, encoding: str = "ascii") -> dict[str, int]:
    """Convert a dataset, or all datasets of a folder and its subfolders.

    Args:
        path: A file, or a folder; a define.xml beside XPT files is heeded.
        to: One of `FORMATS`.
        out: Folder for the converted files, in the subfolders that they come from. It is replaced
            as a whole, and must hold nothing but what an earlier conversion wrote.
        encoding: Of XPT files, read and written.

    Returns:
        The files, from `out`, and how many records each holds.

    Raises:
        TransportError: A file cannot be read, or its dataset not be held exactly; all such faults,
            and the previous result is whole.
        DataError: There is nothing to convert, or `out` cannot be written to.
    """
    files = _find_files(path, to)
    faults: list[Fault] = []
    records: dict[str, int] = {}
    with replace_folder(out, {"converted": to}) as folder:
        defines = {parent: find_define(parent) for parent in {file.parent for file in files}}
        for file, name in files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                source = open_source(file, encoding=encoding, define=defines[file.parent])
                write_source(source, target, encoding=encoding)
                records[name] = source.records
            except TransportError as error:
                faults += error.faults
        raise_faults(TransportError, faults)
    return records


def _find_files(path: Path, to: str) -> dict[Path, str]:
    """Give the files and what they become, as paths from the output folder."""
    if path.is_file():
        return {path: f"{path.stem}.{to}"}
    if not path.is_dir():
        remedy = "name a file, or a folder with datasets"
        raise DataError(Fault(str(path), "is neither a file nor a folder", remedy))
    found = [file for file in sorted(path.rglob("*")) if _is_dataset(file)]
    files = {file: file.relative_to(path).with_suffix(f".{to}").as_posix() for file in found}
    if not files:
        remedy = f"name a folder with files that end in .{', .'.join(FORMATS)}"
        raise DataError(Fault(str(path), "holds no dataset", remedy))
    raise_faults(DataError, _find_clashes(files))
    return files


def _is_dataset(file: Path) -> bool:
    """Tell datasets from other files; much that is JSON, as a build's own, is no dataset."""
    if _format_of(file) == "json":
        return looks_like_dataset_json(file)
    return _format_of(file) in FORMATS


def _find_clashes(files: Mapping[Path, str]) -> Iterator[Fault]:
    first: dict[str, Path] = {}
    for file, name in files.items():
        other = first.setdefault(name, file)
        if other != file:
            problem = f"would become {name}, as {other.name} would"
            yield Fault(str(file), problem, "convert them one by one")
