"""The datasets of one side of a comparison: where they lie, and what define.xml says of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from sdtmconv.convert import FORMATS, Source, open_source
from sdtmconv.define_xml import DefineError, read_define
from sdtmconv.errors import DataError, Fault, TransportError, raise_faults
from sdtmconv.metadata import DatasetMetadata
from sdtmconv.transport import read_xpt, read_xpt_headers
from sdtmconv.transport.dataset_json import looks_like_dataset_json


@dataclass(frozen=True, eq=False)
class Held:
    """A dataset in a file.

    Args:
        path: The file.
        metadata: What the file says of it.
        records: How many records it has.
        size: Bytes of its records, about.
        load: Reads some of its variables.
        informats: SAS informats of its variables, in a transport file.
        defined: What the define.xml beside the file says of it, if one does.
    """

    path: Path
    metadata: DatasetMetadata
    records: int
    size: int
    load: Callable[[Collection[str]], pd.DataFrame]
    informats: Mapping[str, str]
    defined: DatasetMetadata | None

    @property
    def name(self) -> str:
        """The dataset's name."""
        return self.metadata.name


@dataclass(frozen=True, eq=False)
class Side:
    """One side.

    Args:
        label: The path, as the user gave it.
        is_file: Whether it is a single file.
        datasets: What it holds, by name.
        notes: What a reader should know of it.
    """

    label: str
    is_file: bool
    datasets: dict[str, Held]
    notes: tuple[str, ...]


def find_side(path: Path, encoding: str) -> Side:
    """Find the datasets of a file in XPT, Dataset-JSON or Parquet, or of a folder with such files.

    Raises:
        DataError: There is no such file or folder, or a dataset is there twice.
        TransportError: A file cannot be read.
    """
    if not path.exists():
        remedy = "name an XPT file, a build's output or another folder with XPT files"
        raise DataError(Fault(str(path), "is not there", remedy))
    files = _find_files(path) if path.is_dir() else [path]
    defines = {folder: _read_define(folder) for folder in {file.parent for file in files}}
    datasets: dict[str, Held] = {}
    faults: list[Fault] = []
    for file in files:
        try:
            for held in _open(file, encoding, defines[file.parent][0]):
                faults += _refuse_twin(datasets.setdefault(held.name, held), held)
        except TransportError as error:
            faults += error.faults
    raise_faults(DataError, faults)
    notes = tuple(note for _, note in defines.values() if note)
    return Side(str(path), not path.is_dir(), datasets, notes)


def _refuse_twin(first: Held, held: Held) -> list[Fault]:
    if first is held:
        return []
    problem = f"holds {held.name}, which {first.path} holds as well"
    return [Fault(str(held.path), problem, "compare the folders one by one")]


def _find_files(folder: Path) -> list[Path]:
    files = [
        path
        for path in folder.rglob("*")
        if path.suffix.lower().removeprefix(".") in FORMATS
        and (path.suffix.lower() != ".json" or looks_like_dataset_json(path))
    ]
    if not files:
        remedy = "name a build's output, or another folder with XPT, Dataset-JSON or Parquet files"
        raise DataError(Fault(str(folder), "holds no dataset", remedy))
    return sorted(files)


def _open(file: Path, encoding: str, defined: dict[str, DatasetMetadata]) -> Iterator[Held]:
    if file.suffix.lower() != ".xpt":
        source = open_source(file)
        load = partial(_load_frames, source)
        known = defined.get(source.metadata.name, source.metadata)
        size = file.stat().st_size
        yield Held(file, source.metadata, source.records, size, load, {}, known)
        return
    for header in read_xpt_headers(file, encoding=encoding):
        yield Held(
            path=file,
            metadata=header.metadata,
            records=header.record_count,
            size=header.record_length * header.record_count,
            load=partial(_load_xpt, file, header.metadata.name, encoding),
            informats=header.informats,
            defined=defined.get(header.metadata.name),
        )


def _load_xpt(file: Path, name: str, encoding: str, variables: Collection[str]) -> pd.DataFrame:
    return read_xpt(file, dataset=name, encoding=encoding, variables=variables).frame


def _load_frames(source: Source, variables: Collection[str]) -> pd.DataFrame:
    return pd.concat([frame[list(variables)] for frame in source.frames()], ignore_index=True)


def _read_define(folder: Path) -> tuple[dict[str, DatasetMetadata], str]:
    """Read the define.xml beside the files, or say why it is of no use; that stops nothing."""
    path = folder / "define.xml"
    if not path.is_file():
        return {}, ""
    try:
        return {dataset.name: dataset for dataset in read_define(path).datasets}, ""
    except DefineError as error:
        fault = error.faults[0]
        return {}, f"{path} is of no use here: {fault.problem} ({fault.place})"
