"""Datasets as Parquet, for a team's own work: with labels, formats and keys, and real dates.

What Dataset-JSON says of a dataset and its columns stands in the file's metadata, under the same
names: of each column with its field, and in one piece under `datasetJSON`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sdtmconv.errors import TransportError, raise_faults
from sdtmconv.metadata import DatasetMetadata, VariableMetadata
from sdtmconv.transport.blocks import Block, Blocks
from sdtmconv.transport.columns import Column, make_frame
from sdtmconv.transport.dataset_json.attributes import DatasetJsonHeader, read_attributes
from sdtmconv.transport.dataset_json.describe import describe_file
from sdtmconv.transport.dataset_json.encode import explain_json, find_misfits
from sdtmconv.transport.files import open_reading, open_replacing
from sdtmconv.transport.ibm import Positions
from sdtmconv.transport.moments import (
    ARROW_TYPES,
    moment_kind,
    moments_to_numbers,
    numbers_to_moments,
)
from sdtmconv.transport.recognise import fail
from sdtmconv.transport.text import blank_to_null

_BLOCK_RECORDS: Final = 100_000
_DESCRIPTION: Final = b"datasetJSON"
_NO_POSITIONS: Positions = np.empty(0, dtype=np.intp)
_REMEDY: Final = "write it with `sdtmconv convert`"


def write_parquet(
    path: Path,
    metadata: DatasetMetadata,
    frames: Iterable[pd.DataFrame],
    *,
    created: datetime,
    records: int,
) -> None:
    """Write a dataset as a Parquet file, whole or not at all.

    Char becomes text and Num a double; a Num variable with a date's, time's or datetime's format
    becomes one. Memory is bounded by the largest frame. The bytes depend on the arguments, on where
    frames end, and on the version of pyarrow.

    Args:
        path: The file; one that is there is replaced once the new one is complete.
        metadata: As for `write_dataset_json`.
        frames: As for `write_xpt`.
        created: The time stamp in the description.
        records: How many records the frames hold together.

    Raises:
        TransportError: A value cannot be held exactly (a special missing value, a number that is no
            date in spite of its format), or the file cannot be written; all such faults at once.
    """
    schema = _make_schema(metadata, created, records)
    blocks = Blocks(metadata, explain_json, _BLOCK_RECORDS)
    with open_replacing(path) as file:
        with pq.ParquetWriter(file, schema) as writer:
            for block in blocks.cut(frames):
                columns, misfits = _encode(metadata, block)
                blocks.note(block, misfits)
                writer.write_batch(pa.record_batch(columns, schema=schema))
        raise_faults(TransportError, blocks.find_faults())


def _make_schema(metadata: DatasetMetadata, created: datetime, records: int) -> pa.Schema:
    attributes = describe_file(metadata, created, records, None)
    fields = [
        pa.field(variable.name, _choose_type(variable), metadata=_as_texts(column))
        for variable, column in zip(metadata.variables, attributes["columns"], strict=True)
    ]
    return pa.schema(fields, {_DESCRIPTION: json.dumps(attributes, ensure_ascii=False)})


def _as_texts(column: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in column.items()}


def _choose_type(variable: VariableMetadata) -> pa.DataType:
    if variable.type == "Char":
        return pa.large_string()
    kind = moment_kind(variable)
    return ARROW_TYPES[kind] if kind else pa.float64()


def _encode(metadata: DatasetMetadata, block: Block) -> tuple[list[pa.Array], list[Positions]]:
    pairs = [
        _encode_column(variable, column)
        for variable, column in zip(metadata.variables, block, strict=True)
    ]
    return [column for column, _ in pairs], [misfits for _, misfits in pairs]


def _encode_column(variable: VariableMetadata, column: Column) -> tuple[pa.Array, Positions]:
    if variable.type == "Char":
        return column, _NO_POSITIONS
    misfits = find_misfits(variable, column)
    if kind := moment_kind(variable):
        moments, others = numbers_to_moments(column, kind)
        return moments, np.union1d(misfits, others)
    return pa.array(column, from_pandas=True), misfits


def read_parquet_header(path: Path) -> DatasetJsonHeader:
    """Read what a Parquet file that `write_parquet` wrote says of its dataset.

    Raises:
        TransportError: It cannot be read, or does not say it.
    """
    with _open(path) as file:
        return _read_header(file, path)


def iterate_parquet(path: Path) -> Iterator[pd.DataFrame]:
    """Read a dataset from a Parquet file that `write_parquet` wrote, some records at a time.

    Args:
        path: The file.

    Yields:
        Frames as `read_xpt` gives them, at least one, each with an index from 0.

    Raises:
        TransportError: It cannot be read, is damaged, or does not describe its columns.
    """
    with _open(path) as file:
        metadata = _read_header(file, path).metadata
        for batch in file.iter_batches(_BLOCK_RECORDS):
            batch.validate(full=True)
            pairs = zip(metadata.variables, batch.columns, strict=True)
            yield make_frame(metadata, [[_decode_column(v, column) for v, column in pairs]])
        if not file.metadata.num_rows:
            yield make_frame(metadata, [])


@contextmanager
def _open(path: Path) -> Iterator[Any]:
    with open_reading(path) as opened:
        try:
            with pq.ParquetFile(opened) as file:
                yield file
        except (pa.ArrowException, UnicodeDecodeError) as error:
            fail(path, f"cannot be read as Parquet ({error})", "fetch or write the file again")


def _read_header(file: Any, path: Path) -> DatasetJsonHeader:
    schema = file.schema_arrow
    try:
        attributes = json.loads((schema.metadata or {})[_DESCRIPTION])
    except (KeyError, ValueError, RecursionError):
        fail(path, "does not describe its variables", _REMEDY)
    if not isinstance(attributes, dict):
        fail(path, "does not describe its variables", _REMEDY)
    header = read_attributes(attributes, str(path))
    variables = header.metadata.variables
    found = [(field.name, field.type) for field in schema]
    if found != [(variable.name, _choose_type(variable)) for variable in variables]:
        fail(path, "describes other columns than it has", _REMEDY)
    if file.metadata.num_rows != header.record_count:
        found_count = file.metadata.num_rows
        fail(path, f"states {header.record_count} records, and holds {found_count}", _REMEDY)
    return header


def _decode_column(variable: VariableMetadata, column: pa.Array) -> Column:
    if variable.type == "Char":
        return blank_to_null(pa.concat_arrays([column]))  # which copies: a batch may be a slice
    if kind := moment_kind(variable):
        return moments_to_numbers(column, kind)
    return column.to_numpy(zero_copy_only=False)
