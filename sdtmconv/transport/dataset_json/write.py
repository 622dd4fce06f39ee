"""Write Dataset-JSON 1.1, as JSON, NDJSON or compressed NDJSON."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

import pandas as pd
import pyarrow as pa

from sdtmconv.errors import Fault, TransportError, raise_faults
from sdtmconv.metadata import DatasetMetadata
from sdtmconv.threads import map_in_order
from sdtmconv.transport.blocks import Block, Blocks
from sdtmconv.transport.dataset_json.attributes import ROWS
from sdtmconv.transport.dataset_json.describe import DefineLink, describe_file
from sdtmconv.transport.dataset_json.encode import encode_column, explain_json, join
from sdtmconv.transport.files import open_replacing
from sdtmconv.transport.ibm import Positions
from sdtmconv.transport.text import bytes_of

Form = Literal["json", "ndjson", "dsjc"]

_BLOCK_RECORDS: Final = 50_000
_COMPRESSION: Final = 9  # what the specification recommends


def write_dataset_json(
    path: Path,
    metadata: DatasetMetadata,
    frames: Iterable[pd.DataFrame],
    *,
    created: datetime,
    records: int,
    form: Form,
    define: DefineLink | None = None,
) -> None:
    """Write a dataset as a Dataset-JSON file, whole or not at all.

    Memory is bounded by the largest frame. The bytes depend on the arguments only.

    Args:
        path: The file; one that is there is replaced once the new one is complete.
        metadata: The dataset's name and label, its keys, and its variables' names, labels, types,
            lengths, data types and display formats. A Num variable with a date's, time's or
            datetime's format is written as ISO 8601, to become a number again; one of the data type
            decimal is written as text.
        frames: As for `write_xpt`.
        created: The time stamp in the file.
        records: How many records the frames hold together: the file states it before them.
        form: json, ndjson, or dsjc for NDJSON compressed by zlib.
        define: Where the metadata behind the dataset stand.

    Raises:
        TransportError: A value cannot be held exactly (a special missing value, a number that is no
            date in spite of its format), the number of records is another one, or the file cannot
            be written; all such faults at once.
    """
    blocks = Blocks(metadata, explain_json, _BLOCK_RECORDS)
    header = json.dumps(
        describe_file(metadata, created, records, define),
        ensure_ascii=False,
        separators=(",", ":"),
    )
    with open_replacing(path) as file:
        pieces = _write_pieces(header, _encode(metadata, blocks, frames, form), form)
        for piece in _compress(pieces) if form == "dsjc" else pieces:
            file.write(piece)
        faults = blocks.find_faults() or _find_count_fault(metadata, blocks.record_count, records)
        raise_faults(TransportError, faults)


def _write_pieces(header: str, rows: Iterable[bytes], form: Form) -> Iterator[bytes]:
    """Give the file's text piece by piece."""
    if form != "json":
        yield header.encode()
        yield from rows
        yield b"\n"
        return
    # The first line is no JSON of its own, lest a reader take the file for NDJSON.
    yield f'{{\n{header[1:-1]},\n"{ROWS}":['.encode()
    for number, piece in enumerate(rows):
        yield piece if number else piece.removeprefix(b",")
    yield b"\n]}\n"


def _compress(pieces: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(_COMPRESSION)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()


def _find_count_fault(metadata: DatasetMetadata, found: int, announced: int) -> list[Fault]:
    if found == announced:
        return []
    problem = f"has {found} records, and {announced} were announced"
    return [Fault(metadata.name, problem, "announce as many as there are")]


def _encode(
    metadata: DatasetMetadata, blocks: Blocks, frames: Iterable[pd.DataFrame], form: Form
) -> Iterator[bytes]:
    """Give the text of all rows, each on a line of its own, with what separates it in front."""
    start = pa.scalar(",\n[" if form == "json" else "\n[", pa.large_string())
    end = pa.scalar("]", pa.large_string())

    def encode_block(block: Block) -> tuple[Block, pa.LargeStringArray, list[Positions]]:
        pairs = [
            encode_column(variable, column)
            for variable, column in zip(metadata.variables, block, strict=True)
        ]
        cells = [text for text, _ in pairs]
        joined = join(cells, ",", null="null")
        return block, join([start, joined, end], ""), [misfits for _, misfits in pairs]

    for block, rows, misfits in map_in_order(encode_block, blocks.cut(frames)):
        blocks.note(block, misfits)
        yield bytes_of(rows).tobytes()
