"""Frames cut into blocks that a writer encodes, and all that is wrong with their values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from sdtmconv.errors import Fault
from sdtmconv.metadata import DatasetMetadata
from sdtmconv.transport.columns import (
    Column,
    WholeColumn,
    convert_columns,
    cut_column,
    find_large_integers,
)
from sdtmconv.transport.ibm import Positions
from sdtmconv.transport.misfits import Explain, Misfits


@dataclass(frozen=True)
class Block:
    """Some rows of a frame; the dataset has `records_before` records before those of the frame."""

    frame: pd.DataFrame
    columns: list[WholeColumn]
    rows: slice
    records_before: int

    def __iter__(self) -> Iterator[Column]:
        """Give the columns of these rows."""
        return (cut_column(column, self.rows) for column in self.columns)


class Blocks:
    """The blocks of a dataset's frames, counted and checked.

    Args:
        metadata: The dataset.
        explain: Says of a value what is wrong with it.
        step: Records of a block.
    """

    def __init__(self, metadata: DatasetMetadata, explain: Explain, step: int) -> None:
        self.record_count = 0
        self._metadata = metadata
        self._step = max(1, step)
        self._faults: list[Fault] = []
        self._misfits = Misfits(metadata, explain)

    def cut(self, frames: Iterable[pd.DataFrame]) -> Iterator[Block]:
        """Give the blocks of those frames that can be encoded; the others are noted."""
        for frame in frames:
            columns, faults = convert_columns(self._metadata, frame)
            self._faults += faults
            if not faults:
                self._note_large_integers(frame, columns)
                for start in range(0, len(frame), self._step):
                    yield Block(frame, columns, slice(start, start + self._step), self.record_count)
            self.record_count += len(frame)

    def _note_large_integers(self, frame: pd.DataFrame, columns: list[WholeColumn]) -> None:
        for variable, column in zip(self._metadata.variables, columns, strict=True):
            if variable.type == "Num":
                positions = find_large_integers(frame[variable.name], column, variable)
                self._misfits.add(variable, frame, positions, self.record_count)

    def note(self, block: Block, misfits: Iterable[Positions]) -> None:
        """Note the positions in a block, variable by variable, of values that do not fit."""
        for variable, positions in zip(self._metadata.variables, misfits, strict=True):
            in_frame = positions + block.rows.start
            self._misfits.add(variable, block.frame, in_frame, block.records_before)

    def find_faults(self) -> list[Fault]:
        """List all that was wrong with the frames."""
        return [*self._faults, *self._misfits.word()]
