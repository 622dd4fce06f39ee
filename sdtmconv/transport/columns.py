"""A frame's columns: checked against the metadata and made ready for encoding, and put together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa

from sdtmconv.errors import Fault, suggest
from sdtmconv.metadata import DatasetMetadata, VariableMetadata, VariableType
from sdtmconv.transport.ibm import LARGEST, Floats, Positions

Column: TypeAlias = "pa.LargeStringArray | Floats"
# As a frame has it: text may lie in several pieces.
WholeColumn: TypeAlias = "pa.LargeStringArray | pa.ChunkedArray | Floats"

LARGEST_INTEGER = 2**53


def convert_columns(
    metadata: DatasetMetadata, frame: pd.DataFrame
) -> tuple[list[WholeColumn], list[Fault]]:
    """Give the columns of a frame as Arrow text (Char) and numpy floats (Num).

    A column without any value may be of any type.

    Returns:
        One array per variable of `metadata`, in its order, and what is wrong: a variable without a
        column or with several, a column that is no variable, a column of another type.
    """
    faults = _find_name_faults(metadata, frame)
    if faults:
        return [], faults
    columns = [_convert(frame[variable.name], variable) for variable in metadata.variables]
    converted = [column for column in columns if column is not None]
    pairs = zip(metadata.variables, columns, strict=True)
    wrong = [variable for variable, column in pairs if column is None]
    return converted, [_type_fault(metadata, variable, frame) for variable in wrong]


def _find_name_faults(metadata: DatasetMetadata, frame: pd.DataFrame) -> list[Fault]:
    names = [variable.name for variable in metadata.variables]
    columns = [str(column) for column in frame.columns]
    faults = []
    for column in [column for column in columns if column not in names]:
        remedy = suggest(column, names, "describe it in the metadata, or drop it")
        faults.append(Fault(f"{metadata.name}.{column}", "is a column but no variable", remedy))
    for name in names:
        place, found = f"{metadata.name}.{name}", columns.count(name)
        if found == 0:
            remedy = suggest(name, columns, "add it, empty if need be")
            faults.append(Fault(place, "has no column in the data", remedy))
        elif found > 1:
            faults.append(Fault(place, f"has {found} columns in the data", "drop all but one"))
    return faults


def _type_fault(
    metadata: DatasetMetadata, variable: VariableMetadata, frame: pd.DataFrame
) -> Fault:
    problem = f"is {variable.type}, and its column is {frame[variable.name].dtype}"
    remedy = "convert the column to str (Char) or float64 (Num), or mend the variable's type"
    return Fault(f"{metadata.name}.{variable.name}", problem, remedy)


def _convert(series: pd.Series, variable: VariableMetadata) -> WholeColumn | None:
    return _as_text(series) if variable.type == "Char" else _as_numbers(series)


def _as_text(series: pd.Series) -> pa.LargeStringArray | pa.ChunkedArray | None:
    if not isinstance(series.dtype, pd.StringDtype):
        if series.isna().all():
            return pa.nulls(len(series), pa.large_string())
        if pd.api.types.infer_dtype(series, skipna=True) != "string":
            return None
    try:
        return pa.array(series, pa.large_string(), from_pandas=True)
    except UnicodeEncodeError:  # half of a surrogate pair, which no encoding has
        return None


def cut_column(column: WholeColumn, rows: slice) -> Column:
    """Give some rows of a column in one piece, without a copy if they lie in one already."""
    part = column[rows]
    if not isinstance(part, pa.ChunkedArray):
        return part
    return part.chunk(0) if part.num_chunks == 1 else part.combine_chunks()


def _as_numbers(series: pd.Series) -> Floats | None:
    dtype = series.dtype
    if not (pd.api.types.is_float_dtype(dtype) or pd.api.types.is_integer_dtype(dtype)):
        return np.full(len(series), np.nan) if series.isna().all() else None
    # A numpy column is not asked to replace its NaN: they may be special missing values.
    if isinstance(dtype, np.dtype):
        return series.to_numpy(np.float64)
    return series.to_numpy(np.float64, na_value=np.nan)


def find_large_integers(series: pd.Series, column: Floats, variable: VariableMetadata) -> Positions:
    """Find integers beyond 2**53, of which a double may not hold the last digit.

    Args:
        series: The column as it came.
        column: The same as floats.
        variable: Its description.

    Returns:
        Positions, in a column of integers or of a variable that is an integer by its data type;
        none in any other, as doubles beyond 2**53 are exact in themselves.
    """
    if pd.api.types.is_integer_dtype(series.dtype):
        beyond = (series > LARGEST_INTEGER) | (series < -LARGEST_INTEGER)
        return np.flatnonzero(beyond.to_numpy(dtype=bool, na_value=False))
    if variable.data_type != "integer":
        return np.empty(0, dtype=np.intp)
    size = np.abs(column)
    return np.flatnonzero((size > LARGEST_INTEGER) & (size <= LARGEST))


def make_frame(metadata: DatasetMetadata, blocks: Sequence[Sequence[Column]]) -> pd.DataFrame:
    """Make a frame of blocks of columns: Char as `str`, Num as float64."""
    columns = {
        variable.name: _join([block[number] for block in blocks], variable.type)
        for number, variable in enumerate(metadata.variables)
    }
    return pd.DataFrame(columns, copy=False)


def _join(blocks: list[Column], type_: VariableType) -> Floats | pd.Series:
    if type_ == "Num":
        return np.concatenate([np.empty(0), *blocks])
    text = pa.chunked_array(blocks, pa.large_string()).combine_chunks()
    return pd.Series(text, dtype="str")
