"""Records while a build runs: raw forms, and datasets that grow column by column."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import pandas as pd

from sdtmconv.mapping.values import is_text, missing_text, take_rows, to_text
from sdtmconv.spec.model import SourceSpec


class Records(Protocol):
    """Anything whose columns a dataset can be made from."""

    @property
    def subject(self) -> np.ndarray: ...

    @property
    def by_subject(self) -> bool: ...

    def column(self, name: str) -> pd.Series: ...

    def locate(self, rows: np.ndarray) -> list[tuple[str, int]]: ...


@dataclass(frozen=True, eq=False)
class RawRecords:
    """The records of one raw form, for the subjects of one run.

    Args:
        file: The file's name, for messages.
        frame: Text columns, USUBJID among them.
        subject: Position of each record's subject among the run's subjects.
        numbers: Record number in the file.
        by_subject: False for records that belong to no subject.
    """

    file: str
    frame: pd.DataFrame
    subject: np.ndarray
    numbers: np.ndarray
    by_subject: bool = True

    def column(self, name: str) -> pd.Series:
        return self.frame[name]

    def locate(self, rows: np.ndarray) -> list[tuple[str, int]]:
        """Give file and record number of some rows."""
        return [(self.file, int(number)) for number in self.numbers[rows]]


@dataclass(frozen=True, eq=False)
class Part:
    """The records that one source gives to a dataset.

    Args:
        spec: The source.
        records: Where its columns are.
        rows: Rows taken from there.
        joined: By form: its records, and the row that belongs to each of `rows` (-1: none).
        start: Position of the part's first record in the dataset.
        replaced: Columns of the source that have other values here, one for each of `rows`.
    """

    spec: SourceSpec
    records: Records
    rows: np.ndarray
    joined: Mapping[str, tuple[Records, np.ndarray]]
    start: int = 0
    replaced: Mapping[str, pd.Series] = field(default_factory=dict)

    @property
    def subject(self) -> np.ndarray:
        subject: np.ndarray = self.records.subject[self.rows]
        return subject

    @property
    def stop(self) -> int:
        return self.start + len(self.rows)

    def take(self, rows: np.ndarray) -> Part:
        """Take some of the records by their position, or some of them several times."""
        joined = {form: (records, own[rows]) for form, (records, own) in self.joined.items()}
        replaced = {name: take_rows(values, rows) for name, values in self.replaced.items()}
        return Part(self.spec, self.records, self.rows[rows], joined, replaced=replaced)

    def narrow(self, mask: np.ndarray) -> Part:
        """Keep some of the records."""
        return self.take(np.flatnonzero(mask))

    def column(self, name: str) -> pd.Series:
        """Give a column of the source, or `form.column` of a joined form."""
        form, dot, inner = name.partition(".")
        if dot and form in self.joined:
            records, rows = self.joined[form]
            return take_rows(records.column(inner), rows)
        if name in self.replaced:
            return self.replaced[name]
        return take_rows(self.records.column(name), self.rows)


@dataclass(eq=False)
class DatasetTable:
    """A dataset under construction: its records are fixed first, then columns are added."""

    parts: Sequence[Part]
    subject: np.ndarray
    columns: dict[str, pd.Series] = field(default_factory=dict)
    _source_columns: dict[str, pd.Series] = field(default_factory=dict)

    @classmethod
    def stack(cls, parts: Sequence[Part]) -> DatasetTable:
        placed, start = [], 0
        for part in parts:
            placed.append(dataclasses.replace(part, start=start))
            start = placed[-1].stop
        subject = np.concatenate([part.subject for part in placed])
        return cls(placed, subject)

    def __len__(self) -> int:
        return len(self.subject)

    @property
    def by_subject(self) -> bool:
        return all(part.records.by_subject for part in self.parts)

    def narrow(self, mask: np.ndarray) -> DatasetTable:
        """Keep some of the records, with what has been computed for them."""
        table = DatasetTable.stack(
            [part.narrow(mask[part.start : part.stop]) for part in self.parts]
        )
        rows = np.flatnonzero(mask)
        table.columns = {name: take_rows(values, rows) for name, values in self.columns.items()}
        return table

    def column(self, name: str) -> pd.Series:
        return self.columns[name]

    def source_column(self, name: str) -> pd.Series:
        """Give a source column over all parts."""
        if name not in self._source_columns:
            self._source_columns[name] = concat([part.column(name) for part in self.parts])
        return self._source_columns[name]

    def locate(self, rows: np.ndarray) -> list[tuple[str, int]]:
        """Give file and record number of the raw record behind each of some rows."""
        found: list[tuple[str, int]] = []
        for part in self.parts:
            inside = rows[(rows >= part.start) & (rows < part.stop)]
            found += part.records.locate(part.rows[inside - part.start])
        return found


def concat(pieces: Sequence[pd.Series]) -> pd.Series:
    """Stack columns; all text if one of them is, and numbered anew."""
    if len(pieces) == 1:
        return pieces[0]
    filled = [piece for piece in pieces if len(piece)]
    if not filled:
        return pieces[0] if pieces else missing_text(0)
    if any(is_text(piece) for piece in filled):
        filled = [to_text(piece) for piece in filled]
    return pd.concat(filled, ignore_index=True)
