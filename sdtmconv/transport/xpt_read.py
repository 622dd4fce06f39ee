"""Read a dataset from a transport file, version 5 (TS-140) or 8."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import pandas as pd

from sdtmconv.errors import Fault, TransportError, raise_faults
from sdtmconv.metadata import DatasetMetadata
from sdtmconv.threads import map_in_order
from sdtmconv.transport.columns import Column, make_frame
from sdtmconv.transport.files import open_reading
from sdtmconv.transport.ibm import decode_numbers
from sdtmconv.transport.recognise import ASK_FOR_ENCODING, fail
from sdtmconv.transport.records import Records, build_record_type, split_columns
from sdtmconv.transport.text import decode_cells, is_ascii_based
from sdtmconv.transport.xpt_header import Member, XptHeader, read_members

_BLOCK_BYTES: Final = 16_000_000


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


def read_xpt(
    path: Path,
    *,
    dataset: str | None = None,
    encoding: str = "ascii",
    variables: Collection[str] | None = None,
) -> XptDataset:
    """Read a dataset from a transport file.

    Args:
        path: The file.
        dataset: The dataset's name; may be left out where the file holds one only.
        encoding: Of labels and values, ascii or one that ASCII is part of.
        variables: The variables whose values are read; all by default.

    Returns:
        The dataset. `write_xpt` takes its header's metadata, time stamp and informats as they are.

    Raises:
        TransportError: The file cannot be read, is no transport file, is damaged or cut off, holds
            other text than `encoding`, or holds no such dataset or several.
    """
    with open_member(path, encoding, dataset) as (file, member):
        return XptDataset(member.header, _read_frame(file, member, encoding, variables=variables))


def iterate_xpt(
    path: Path,
    *,
    dataset: str | None = None,
    encoding: str = "ascii",
    variables: Collection[str] | None = None,
    block_bytes: int = _BLOCK_BYTES,
) -> Iterator[pd.DataFrame]:
    """Read a dataset from a transport file, some records at a time.

    Args:
        path: The file.
        dataset: The dataset's name; may be left out where the file holds one only.
        encoding: Of labels and values, ascii or one that ASCII is part of.
        variables: The variables to read; all by default.
        block_bytes: Size of a block; a few are in memory at a time.

    Yields:
        Frames as in `read_xpt`, at least one, each with an index from 0.

    Raises:
        TransportError: As `read_xpt`; what is wrong with values is told at the end of the file.
    """
    with open_member(path, encoding, dataset) as (file, member):
        count = member.header.record_count
        blocks = _read_blocks(file, member, count, block_bytes)
        described = _choose(member.header.metadata, variables)
        for columns in _iterate_columns(described, encoding, blocks):
            yield make_frame(described, [columns])
        if not count:
            yield make_frame(described, [])


def read_xpt_header(
    path: Path, *, dataset: str | None = None, encoding: str = "ascii"
) -> XptHeader:
    """Read what a transport file says of a dataset; the arguments and errors are `read_xpt`'s."""
    with open_member(path, encoding, dataset) as (_, member):
        return member.header


def read_xpt_headers(path: Path, *, encoding: str = "ascii") -> list[XptHeader]:
    """Read what a transport file says of all its datasets; the errors are `read_xpt`'s."""
    with _open(path, encoding) as file:
        return [member.header for member in read_members(file, path, encoding)]


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
    with open_reading(path) as file:
        yield file


@contextmanager
def open_member(
    path: Path, encoding: str, dataset: str | None = None
) -> Iterator[tuple[BinaryIO, Member]]:
    """Open a transport file at one of its datasets; the arguments and errors are `read_xpt`'s."""
    with _open(path, encoding) as file:
        yield file, _pick(read_members(file, path, encoding), path, dataset)


def _pick(members: list[Member], path: Path, dataset: str | None) -> Member:
    names = [member.header.metadata.name for member in members]
    if dataset is None and len(members) > 1:
        fail(path, f"holds {len(members)} datasets: {', '.join(names)}", "name one of them")
    if dataset is None:
        return members[0]
    if dataset not in names:
        fail(path, f"does not hold {dataset}", f"name one of {', '.join(names)}")
    return members[names.index(dataset)]


def _choose(metadata: DatasetMetadata, names: Collection[str] | None) -> DatasetMetadata:
    if names is None:
        return metadata
    return replace(metadata, variables=tuple(v for v in metadata.variables if v.name in names))


def _read_frame(
    file: BinaryIO,
    member: Member,
    encoding: str,
    records: int | None = None,
    variables: Collection[str] | None = None,
) -> pd.DataFrame:
    metadata, count = member.header.metadata, member.header.record_count
    count = count if records is None else min(records, count)
    blocks = _read_blocks(file, member, count, _BLOCK_BYTES)
    described = _choose(metadata, variables)
    return make_frame(described, list(_iterate_columns(described, encoding, blocks)))


def _read_blocks(
    file: BinaryIO, member: Member, count: int, block_bytes: int
) -> Iterator[tuple[int, Records]]:
    """Give some records at a time, and how many come before."""
    record_type = build_record_type(member.header.metadata.variables)
    step = max(1, block_bytes // record_type.itemsize)
    file.seek(member.start)
    for start in range(0, count, step):
        size = min(step, count - start) * record_type.itemsize
        data = file.read(size)
        if len(data) < size:
            raise OSError("it was cut off while being read")
        yield start, np.frombuffer(data, dtype=record_type)


def _iterate_columns(
    metadata: DatasetMetadata, encoding: str, blocks: Iterator[tuple[int, Records]]
) -> Iterator[list[Column]]:
    """Give the columns of each block, and at the end raise each variable's first fault."""
    faults: dict[str, Fault] = {}
    for decoded in map_in_order(partial(_decode, metadata, encoding), blocks):
        faults = decoded.faults | faults
        if not faults:
            yield decoded.columns
    names = [variable.name for variable in metadata.variables]
    raise_faults(TransportError, [faults[name] for name in names if name in faults])


@dataclass(frozen=True)
class _Decoded:
    """The columns of some records, and by variable the first fault in them."""

    columns: list[Column]
    faults: dict[str, Fault]


def _decode(metadata: DatasetMetadata, encoding: str, block: tuple[int, Records]) -> _Decoded:
    records_before, records = block
    decoded = _Decoded([], {})
    chosen = records[[variable.name for variable in metadata.variables]]
    for variable, cells in zip(metadata.variables, split_columns(chosen), strict=True):
        if variable.type == "Num":
            decoded.columns.append(decode_numbers(cells))
            continue
        text, misfits = decode_cells(cells, encoding)
        decoded.columns.append(text)
        for position in misfits[:1].tolist():
            place = f"{metadata.name}.{variable.name} record {records_before + position + 1}"
            problem = f"{cells[position].tobytes().rstrip()!r} is not text in {encoding}"
            decoded.faults[variable.name] = Fault(place, problem, ASK_FOR_ENCODING)
    return decoded
