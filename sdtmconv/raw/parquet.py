"""Reader for Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from sdtmconv.errors import DataError, Fault, raise_faults
from sdtmconv.raw.table import Content, RawSource
from sdtmconv.raw.values import clock_texts, moment_texts, number_texts

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


@contextmanager
def _open(source: RawSource) -> Iterator[Any]:
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


def _column_texts(column: Any) -> Any:
    column = column.cast(_value_type(column.type))
    type_ = column.type
    if pa.types.is_floating(type_):
        return number_texts(_as_doubles(column.to_numpy()))
    if pa.types.is_timestamp(type_):
        return moment_texts(column.to_numpy())
    if pa.types.is_time(type_):
        return clock_texts(column.cast(pa.time64("ns")).cast(pa.int64()).to_pandas() / 1e9)
    return column.cast(pa.large_string())


def read_parquet(source: RawSource) -> Content:
    """Read a Parquet file; decimals keep the digits that they are stored with.

    Raises:
        DataError: The file is damaged, or has a column that is not text, number, date, time or
            truth value.
    """
    with _open(source) as file:
        table = file.read()
        table.validate(full=True)
    raise_faults(DataError, [_type_fault(source, f) for f in table.schema if not _is_readable(f)])
    columns = [_column_texts(column) for column in table.columns]
    lines = np.arange(1, table.num_rows + 1)
    return Content(names=table.column_names, columns=columns, lines=lines)


def read_parquet_names(source: RawSource) -> list[str]:
    """Read the names of a Parquet file's columns."""
    with _open(source) as file:
        names: list[str] = file.schema_arrow.names
    return names
