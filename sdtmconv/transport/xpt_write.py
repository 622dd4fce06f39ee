"""Write a dataset as a transport file, version 5 (TS-140)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from sdtmconv.errors import Fault, TransportError, raise_faults
from sdtmconv.metadata import DatasetMetadata
from sdtmconv.transport.columns import Column, convert_columns, find_large_integers
from sdtmconv.transport.files import append, open_replacing
from sdtmconv.transport.ibm import Cells, Positions, encode_numbers
from sdtmconv.transport.layout import RECORD, Field, compute_fields, pack_header
from sdtmconv.transport.limits import find_limit_faults
from sdtmconv.transport.misfits import Misfits
from sdtmconv.transport.text import encode_cells
from sdtmconv.transport.threads import map_in_order

# Columns are encoded in blocks long enough for threads to work undisturbed by each other, and laid
# into rows in strips that a processor's cache can hold.
_BLOCK_BYTES: Final = 8_000_000
_STRIP_BYTES: Final = 1_000_000


def write_xpt(
    path: Path,
    metadata: DatasetMetadata,
    frames: Iterable[pd.DataFrame],
    *,
    created: datetime,
    encoding: str = "ascii",
    informats: Mapping[str, str] | None = None,
) -> int:
    """Write a dataset as a transport file, whole or not at all.

    Memory is bounded by the largest frame. The bytes depend on the arguments only.

    Args:
        path: The file; one that is there is replaced once the new one is complete.
        metadata: The dataset's name and label; its variables' names, labels, types, lengths in
            bytes and display formats; its keys, to name the records in messages.
        frames: The records in one frame or several, with the variables of `metadata` as columns in
            any order: Char as text, Num as numbers; missing values as NaN (for .A to .Z and ._ see
            `special_missing`). None, or empty ones, give a dataset without records.
        created: The time stamp in the file.
        encoding: Of labels and values; lengths are counted in its bytes.
        informats: Variable to SAS informat.

    Returns:
        The number of records.

    Raises:
        TransportError: The description breaks a limit of the format, or a value cannot be held
            exactly, or the file cannot be written; all such faults at once.
    """
    informats = informats or {}
    raise_faults(TransportError, find_limit_faults(metadata, informats, encoding))
    encoder = _Encoder(metadata, encoding)
    with open_replacing(path) as file:
        file.write(pack_header(metadata, informats, created, encoding))
        for rows in encoder.encode(frames):
            append(file, rows.data)
        raise_faults(TransportError, encoder.find_faults())
        file.write(b" " * (-encoder.records * encoder.record_length % RECORD))
    return encoder.records


def _interleave(columns: list[Cells]) -> Cells:
    """Lay the cells of all columns side by side, so that each record's bytes are together."""
    rows = np.empty((len(columns[0]), sum(cells.shape[1] for cells in columns)), dtype=np.uint8)
    step = max(1, _STRIP_BYTES // rows.shape[1])
    for start in range(0, len(rows), step):
        strip = slice(start, start + step)
        np.concatenate([cells[strip] for cells in columns], axis=1, out=rows[strip])
    return rows


@dataclass(frozen=True)
class _Block:
    """Some rows of a frame, before which the file has `records_before` records."""

    frame: pd.DataFrame
    columns: list[Column]
    rows: slice
    records_before: int


class _Encoder:
    """Turn frames into the file's data, and note what is wrong with them."""

    def __init__(self, metadata: DatasetMetadata, encoding: str) -> None:
        self.records = 0
        self.record_length = sum(variable.length for variable in metadata.variables)
        self._metadata = metadata
        self._encoding = encoding
        self._fields = compute_fields(metadata.variables)
        self._faults: list[Fault] = []
        self._misfits = Misfits(metadata, encoding)
        self._last_row = b""

    def encode(self, frames: Iterable[pd.DataFrame]) -> Iterator[Cells]:
        """Give the data block by block, each of shape (rows, record length)."""
        for block, rows, misfits in map_in_order(self._encode_block, self._blocks(frames)):
            for variable, positions in zip(self._metadata.variables, misfits, strict=True):
                in_frame = positions + block.rows.start
                self._misfits.add(variable, block.frame, in_frame, block.records_before)
            self._last_row = rows[-1].tobytes()
            yield rows

    def find_faults(self) -> list[Fault]:
        """List all that was wrong with the frames."""
        return [*self._faults, *self._misfits.word()] or self._find_blank_end()

    def _blocks(self, frames: Iterable[pd.DataFrame]) -> Iterator[_Block]:
        step = max(1, _BLOCK_BYTES // self.record_length)
        for frame in frames:
            columns, faults = convert_columns(self._metadata, frame)
            self._faults += faults
            if not faults:
                self._note_large_integers(frame, columns)
                for start in range(0, len(frame), step):
                    yield _Block(frame, columns, slice(start, start + step), self.records)
            self.records += len(frame)

    def _note_large_integers(self, frame: pd.DataFrame, columns: list[Column]) -> None:
        for variable, column in zip(self._metadata.variables, columns, strict=True):
            if variable.type == "Num":
                positions = find_large_integers(frame[variable.name], column, variable)
                self._misfits.add(variable, frame, positions, self.records)

    def _encode_block(self, block: _Block) -> tuple[_Block, Cells, list[Positions]]:
        pairs = [
            self._encode_cells(field, column[block.rows])
            for field, column in zip(self._fields, block.columns, strict=True)
        ]
        rows = _interleave([cells for cells, _ in pairs])
        return block, rows, [positions for _, positions in pairs]

    def _encode_cells(self, field: Field, column: Column) -> tuple[Cells, Positions]:
        if field.type == "Char":
            return encode_cells(column, field.length, self._encoding)
        return encode_numbers(column, field.length)

    def _find_blank_end(self) -> list[Fault]:
        """Find a last record that every reader would take for padding (TS-140 has no count)."""
        if self.record_length >= RECORD or self._last_row.strip() or not self._last_row:
            return []
        place = f"{self._metadata.name} record {self.records}"
        problem = f"is blank, and a record of under {RECORD} bytes is lost in the file's padding"
        return [Fault(place, problem, "drop the record, or fill one of its variables")]
