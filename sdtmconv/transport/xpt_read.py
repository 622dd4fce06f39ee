"""Read a dataset from a transport file, version 5 (TS-140) or 8."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from sdtmconv.errors import Fault, TransportError, raise_faults
from sdtmconv.metadata import DatasetMetadata, VariableType
from sdtmconv.transport.columns import Column
from sdtmconv.transport.ibm import Cells, Floats, decode_numbers
from sdtmconv.transport.layout import Field, compute_fields
from sdtmconv.transport.recognise import fail
from sdtmconv.transport.text import decode_cells, is_ascii_based
from sdtmconv.transport.threads import map_in_order
from sdtmconv.transport.xpt_header import Member, XptHeader, read_members

_BLOCK_BYTES: Final = 8_000_000


@dataclass(frozen=True)
class XptDataset:
    """A dataset as a transport file holds it.

    Args:
        header: What the file says of it.
        frame: Its records: Char as `str`, Num as float64; blank and missing values are NaN, and a
            special missing value is the NaN of `special_missing`.
    """

    header: XptHeader
    frame: pd.DataFrame


@dataclass(frozen=True)
class XptSummary:
    """What a look at a transport file shows.

    Args:
        datasets: The names of all datasets in it.
        header: What the file says of one of them.
        head: Its first records.
    """

    datasets: tuple[str, ...]
    header: XptHeader
    head: pd.DataFrame


def read_xpt(path: Path, *, dataset: str | None = None, encoding: str = "ascii") -> XptDataset:
    """Read a dataset from a transport file.

    Args:
        path: The file.
        dataset: The dataset's name; may be left out where the file holds one only.
        encoding: Of labels and values, ascii or one that ASCII is part of.

    Returns:
        The dataset. `write_xpt` takes its header's metadata, time stamp and informats as they are.

    Raises:
        TransportError: The file cannot be read, is no transport file, is damaged or cut off, holds
            other text than `encoding`, or holds no such dataset or several.
    """
    with _open(path, encoding) as file:
        member = _pick(read_members(file, path, encoding), path, dataset)
        return XptDataset(member.header, _read_frame(file, member, encoding))


def read_xpt_header(
    path: Path, *, dataset: str | None = None, encoding: str = "ascii"
) -> XptHeader:
    """Read what a transport file says of a dataset; the arguments and errors are `read_xpt`'s."""
    with _open(path, encoding) as file:
        return _pick(read_members(file, path, encoding), path, dataset).header


def describe_xpt(
    path: Path, *, dataset: str | None = None, encoding: str = "ascii", records: int = 10
) -> XptSummary:
    """Take a look at a transport file.

    Args:
        path: The file.
        dataset: The dataset to show; the first by default.
        encoding: Of labels and values.
        records: How many records to show.

    Raises:
        TransportError: As `read_xpt`.
    """
    with _open(path, encoding) as file:
        members = read_members(file, path, encoding)
        names = tuple(member.header.metadata.name for member in members)
        member = _pick(members, path, dataset or names[0])
        return XptSummary(names, member.header, _read_frame(file, member, encoding, records))


@contextmanager
def _open(path: Path, encoding: str) -> Iterator[BinaryIO]:
    if not is_ascii_based(encoding):
        problem = f"cannot be read as {encoding!r}, which ASCII is not part of"
        fail(path, problem, "ask for ascii, cp1252, utf-8 or another such encoding")
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        problem = f"cannot be read: {error.strerror or error}"
        fail(path, problem, "check that it is there, is a file and may be read")


def _pick(members: list[Member], path: Path, dataset: str | None) -> Member:
    names = [member.header.metadata.name for member in members]
    if dataset is None and len(members) > 1:
        fail(path, f"holds {len(members)} datasets: {', '.join(names)}", "name one of them")
    if dataset is None:
        return members[0]
    if dataset not in names:
        fail(path, f"does not hold {dataset}", f"name one of {', '.join(names)}")
    return members[names.index(dataset)]


def _read_frame(
    file: BinaryIO, member: Member, encoding: str, records: int | None = None
) -> pd.DataFrame:
    metadata, count = member.header.metadata, member.header.record_count
    blocks = _read_blocks(file, member, count if records is None else min(records, count))
    decoder = _Decoder(metadata, encoding)
    decoded = list(map_in_order(decoder.decode, blocks))
    raise_faults(TransportError, decoder.faults.values())
    columns = {
        variable.name: _join([block[number] for block in decoded], variable.type)
        for number, variable in enumerate(metadata.variables)
    }
    return pd.DataFrame(columns, copy=False)


def _read_blocks(file: BinaryIO, member: Member, count: int) -> Iterator[tuple[int, Cells]]:
    """Give the data of some records at a time, and how many records come before."""
    length = member.header.record_length
    step = max(1, _BLOCK_BYTES // length)
    file.seek(member.start)
    for start in range(0, count, step):
        size = min(step, count - start) * length
        data = file.read(size)
        if len(data) < size:
            raise OSError("it was cut off while being read")
        yield start, np.frombuffer(data, dtype=np.uint8).reshape(-1, length)


class _Decoder:
    """Turn the file's data into columns; `faults` has the first fault of each variable."""

    def __init__(self, metadata: DatasetMetadata, encoding: str) -> None:
        self.faults: dict[str, Fault] = {}
        self._name = metadata.name
        self._encoding = encoding
        self._fields = compute_fields(metadata.variables)

    def decode(self, block: tuple[int, Cells]) -> list[Column]:
        """Read the columns of some records, before which there are others."""
        records_before, rows = block
        return [self._decode_column(field, rows, records_before) for field in self._fields]

    def _decode_column(self, field: Field, rows: Cells, records_before: int) -> Column:
        cells = np.ascontiguousarray(rows[:, field.offset : field.offset + field.length])
        if field.type == "Num":
            return decode_numbers(cells)
        text, misfits = decode_cells(cells, self._encoding)
        for position in misfits[:1].tolist():
            value = cells[position].tobytes().rstrip()
            place = f"{self._name}.{field.name} record {records_before + position + 1}"
            problem = f"{value!r} is not text in {self._encoding}"
            remedy = "ask for the file's own encoding, such as cp1252"
            self.faults.setdefault(field.name, Fault(place, problem, remedy))
        return text


def _join(blocks: list[Column], type_: VariableType) -> Floats | pd.Series:
    if type_ == "Num":
        return np.concatenate([np.empty(0), *blocks])
    text = pa.chunked_array(blocks, pa.large_string()).combine_chunks()
    return pd.Series(text, dtype="str")
