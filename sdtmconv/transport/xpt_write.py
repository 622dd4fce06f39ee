"""Write a dataset as a transport file, version 5 (TS-140)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from sdtmconv.errors import Fault, TransportError, raise_faults
from sdtmconv.metadata import DatasetMetadata, VariableMetadata
from sdtmconv.threads import map_in_order
from sdtmconv.transport.blocks import Block, Blocks
from sdtmconv.transport.columns import Column
from sdtmconv.transport.files import append, open_replacing
from sdtmconv.transport.ibm import Positions, encode_numbers
from sdtmconv.transport.layout import RECORD, pack_header
from sdtmconv.transport.limits import find_limit_faults
from sdtmconv.transport.misfits import explain_xpt
from sdtmconv.transport.records import Cells, Records, build_record_type, join_columns
from sdtmconv.transport.text import encode_cells

# Large enough for threads to seldom wait for each other; joining cuts it into strips for the cache.
_BLOCK_BYTES: Final = 32_000_000


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
        for records in encoder.encode(frames):
            append(file, records.view(np.uint8).data)
        raise_faults(TransportError, encoder.find_faults())
        file.write(b" " * (-encoder.record_count * encoder.record_length % RECORD))
    return encoder.record_count


class _Encoder:
    """Turn frames into the file's data, and note what is wrong with them."""

    def __init__(self, metadata: DatasetMetadata, encoding: str) -> None:
        self.record_length = sum(variable.length for variable in metadata.variables)
        self._metadata = metadata
        self._encoding = encoding
        self._record_type = build_record_type(metadata.variables)
        self._blocks = Blocks(metadata, explain_xpt(encoding), _BLOCK_BYTES // self.record_length)
        self._last_record = b""

    @property
    def record_count(self) -> int:
        """Count the records so far."""
        return self._blocks.record_count

    def encode(self, frames: Iterable[pd.DataFrame]) -> Iterator[Records]:
        """Give the data block by block."""
        for block, records, misfits in map_in_order(self._encode_block, self._blocks.cut(frames)):
            self._blocks.note(block, misfits)
            self._last_record = records[-1].tobytes()
            yield records

    def find_faults(self) -> list[Fault]:
        """List all that was wrong with the frames."""
        return self._blocks.find_faults() or self._find_blank_end()

    def _encode_block(self, block: Block) -> tuple[Block, Records, list[Positions]]:
        pairs = [
            self._encode_cells(variable, column)
            for variable, column in zip(self._metadata.variables, block, strict=True)
        ]
        records = join_columns([cells for cells, _ in pairs], self._record_type)
        return block, records, [positions for _, positions in pairs]

    def _encode_cells(self, variable: VariableMetadata, column: Column) -> tuple[Cells, Positions]:
        if variable.type == "Char":
            return encode_cells(column, variable.length, self._encoding)
        return encode_numbers(column, variable.length)

    def _find_blank_end(self) -> list[Fault]:
        """Find a last record that every reader would take for padding (TS-140 has no count)."""
        if self.record_length >= RECORD or self._last_record.strip() or not self._last_record:
            return []
        place = f"{self._metadata.name} record {self.record_count}"
        problem = f"is blank, and a record of under {RECORD} bytes is lost in the file's padding"
        return [Fault(place, problem, "drop the record, or fill one of its variables")]
