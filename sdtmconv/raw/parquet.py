"""Reader for Parquet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sdtmconv.errors import DataError, Fault, raise_faults
from sdtmconv.raw.table import Content, RawSource
from sdtmconv.raw.values import (
    clock_precision,
    clock_texts,
    finest,
    moment_precision,
    moment_texts,
    number_texts,
)

_TEXT_AS_IT_IS = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_string_view,
    pa.types.is_null,
    pa.types.is_boolean,
    pa.types.is_integer,
    pa.types.is_decimal,
    pa.types.is_date,
)
# What a value takes in memory at least, however small the file holds it: an Arrow text's offset
# and a few characters.
_VALUE_BYTES = 16


@contextmanager
def _open(source: RawSource) -> Iterator[Any]:
    import pyarrow.parquet as pq  # takes long, and most studies do without

    try:
        with pq.ParquetFile(source.path) as file:
            yield file
    except (pa.ArrowException, UnicodeDecodeError) as error:
        problem = f"cannot be read as Parquet ({error})"
        raise DataError(source.fault(problem, "export it again")) from None


def _value_type(type_: Any) -> Any:
    return type_.value_type if pa.types.is_dictionary(type_) else type_


def _is_readable(field: Any) -> bool:
    type_ = _value_type(field.type)
    if pa.types.is_timestamp(type_):
        return type_.tz is None
    return (
        any(is_type(type_) for is_type in _TEXT_AS_IT_IS)
        or pa.types.is_floating(type_)
        or pa.types.is_time(type_)
    )


def _type_fault(source: RawSource, field: Any) -> Fault:
    problem = f"column {field.name!r} is of type {field.type}"
    if pa.types.is_timestamp(_value_type(field.type)):
        return source.fault(problem, "store local times without a time zone, or text")
    return source.fault(problem, "store text, numbers, dates, times or truth values")


def _as_doubles(numbers: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Widen numbers by their shortest text: a 98.6 in 4 bytes is not 98.5999984741211 in 8."""
    return numbers if numbers.dtype == np.float64 else numbers.astype(str).astype(np.float64)


def _seconds(column: Any) -> npt.NDArray[np.float64]:
    nanoseconds = column.cast(pa.time64("ns")).cast(pa.int64())
    seconds: npt.NDArray[np.float64] = nanoseconds.to_pandas().to_numpy(np.float64) / 1e9
    return seconds


def _column_texts(column: Any, precision: str) -> Any:
    column = column.cast(_value_type(column.type))
    type_ = column.type
    if pa.types.is_floating(type_):
        return number_texts(_as_doubles(column.to_numpy()))
    if pa.types.is_timestamp(type_):
        return moment_texts(column.to_numpy(), precision)
    if pa.types.is_time(type_):
        return clock_texts(_seconds(column), precision)
    return column.cast(pa.large_string())


def _find_precision(column: Any) -> str:
    column = column.cast(_value_type(column.type))
    if pa.types.is_timestamp(column.type):
        return moment_precision(column.to_numpy())
    return clock_precision(_seconds(column))


def _has_precision(field: Any) -> bool:
    type_ = _value_type(field.type)
    return bool(pa.types.is_timestamp(type_) or pa.types.is_time(type_))


def _iterate_tables(file: Any, records: int, columns: Sequence[str]) -> Iterator[Any]:
    """Give some records at a time; an empty table where there is none."""
    table = None
    for batch in file.iter_batches(records, columns=columns):
        table = pa.Table.from_batches([batch])
        table.validate(full=True)
        yield table
    if table is None:
        yield file.schema_arrow.empty_table().select(columns)


def _find_precisions(file: Any, records: int) -> dict[str, str]:
    """Find the precision of every column of date-times or times, looking at these only."""
    names = [field.name for field in file.schema_arrow if _has_precision(field)]
    tables = _iterate_tables(file, records, names) if names else ()
    found = [{name: _find_precision(table[name]) for name in names} for table in tables]
    return {name: finest(block[name] for block in found) for name in names}


def _count_records(file: Any, block_bytes: int) -> int:
    """Count the records of a block."""
    metadata = file.metadata
    size = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
    least = _VALUE_BYTES * len(file.schema_arrow)
    record_bytes: int = max(1, least, size // max(1, metadata.num_rows))
    return max(1, block_bytes // record_bytes)


def _make_contents(tables: Iterator[Any], precisions: Mapping[str, str]) -> Iterator[Content]:
    start = 1
    for table in tables:
        names, end = table.column_names, start + table.num_rows
        columns = [_column_texts(table[i], precisions.get(n, "")) for i, n in enumerate(names)]
        yield Content(names=names, columns=columns, lines=np.arange(start, end))
        start = end


def iterate_parquet(source: RawSource, block_bytes: int) -> Iterator[Content]:
    """Read a Parquet file; decimals keep the digits that they are stored with.

    Args:
        source: The form.
        block_bytes: Size of a block, about.

    Yields:
        Blocks of its columns.

    Raises:
        DataError: The file is damaged, or has a column that is not text, number, date, time or
            truth value.
    """
    with _open(source) as file:
        fields = list(file.schema_arrow)
        raise_faults(DataError, [_type_fault(source, f) for f in fields if not _is_readable(f)])
        records = _count_records(file, block_bytes)
        precisions = _find_precisions(file, records)
        tables = _iterate_tables(file, records, file.schema_arrow.names)
        yield from _make_contents(tables, precisions)


def read_parquet_names(source: RawSource) -> list[str]:
    """Read the names of a Parquet file's columns."""
    with _open(source) as file:
        names: list[str] = file.schema_arrow.names
    return names
