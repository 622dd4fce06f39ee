"""The datasets of one side of a comparison: where they lie, and what define.xml says of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sdtmconv.define_xml import DefineError, read_define
from sdtmconv.errors import DataError, Fault, TransportError, raise_faults
from sdtmconv.metadata import DatasetMetadata
from sdtmconv.transport import XptHeader, find_xpt_files, read_xpt, read_xpt_headers


@dataclass(frozen=True, eq=False)
class Held:
    """A dataset in a file.

    Args:
        path: The file.
        header: What the file says of it.
        encoding: Of the file.
        defined: What the define.xml beside the file says of it, if one does.
    """

    path: Path
    header: XptHeader
    encoding: str
    defined: DatasetMetadata | None

    @property
    def name(self) -> str:
        """The dataset's name."""
        return self.header.metadata.name

    @property
    def size(self) -> int:
        """Bytes of its records."""
        return self.header.record_length * self.header.record_count

    def read(self, variables: Collection[str]) -> pd.DataFrame:
        """Read some of its variables."""
        return read_xpt(
            self.path, dataset=self.name, encoding=self.encoding, variables=variables
        ).frame


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
    """Find the datasets of a transport file, or of a folder with such files.

    Raises:
        DataError: There is no such file or folder, or a dataset is there twice.
        TransportError: A file cannot be read.
    """
    if not path.exists():
        remedy = "name an XPT file, a build's output or another folder with XPT files"
        raise DataError(Fault(str(path), "is not there", remedy))
    files = find_xpt_files(path) if path.is_dir() else [path]
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


def _open(file: Path, encoding: str, defined: dict[str, DatasetMetadata]) -> Iterator[Held]:
    for header in read_xpt_headers(file, encoding=encoding):
        yield Held(file, header, encoding, defined.get(header.metadata.name))


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
