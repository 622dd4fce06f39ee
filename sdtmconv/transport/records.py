"""Records of data: the cells of all variables side by side, to and from columns of cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from sdtmconv.metadata import VariableMetadata

Cells = npt.NDArray[np.void]
Records = npt.NDArray[np.void]

# Records are handled in strips that a processor's cache can hold.
_STRIP_BYTES = 500_000


def build_record_type(variables: Iterable[VariableMetadata]) -> np.dtype[np.void]:
    """Lay variables out one after the other, as every record has them."""
    return np.dtype([(variable.name, f"V{variable.length}") for variable in variables])


def join_columns(columns: Sequence[Cells], record_type: np.dtype[np.void]) -> Records:
    """Make records of columns of cells, one per variable."""
    records = np.empty(len(columns[0]), record_type)
    for strip in _cut_strips(records):
        part = records[strip]
        for name, cells in zip(record_type.names or (), columns, strict=True):
            part[name] = cells[strip]
    return records


def split_columns(records: Records) -> list[Cells]:
    """Make columns of cells, one per variable, of records."""
    names = records.dtype.names or ()
    columns = [np.empty(len(records), records.dtype[name]) for name in names]
    for strip in _cut_strips(records):
        part = records[strip]
        for name, cells in zip(names, columns, strict=True):
            cells[strip] = part[name]
    return columns


def _cut_strips(records: Records) -> Iterator[slice]:
    step = max(1, _STRIP_BYTES // records.itemsize)
    for start in range(0, len(records), step):
        yield slice(start, start + step)
