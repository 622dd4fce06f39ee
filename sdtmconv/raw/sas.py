"""Readers for SAS7BDAT and SAS transport files (XPT version 5 and 8).

SAS has numbers and text. A number is a date, a date-time or a time where its format says so.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sdtmconv.errors import DataError, Fault, TransportError
from sdtmconv.raw.table import Content, RawSource
from sdtmconv.raw.values import (
    clock_precision,
    clock_texts,
    finest,
    moment_precision,
    moment_texts,
    number_texts,
    text_array,
)
from sdtmconv.transport import (
    from_sas_date,
    from_sas_datetime,
    from_sas_time,
    iterate_xpt,
    read_xpt_header,
)
from sdtmconv.transport.sas_formats import MomentKind, find_moment_kind

# Gives blocks of the named columns, at least one; of all columns when None are named.
Frames = Callable[[Sequence[str] | None], Iterator[pd.DataFrame]]
_Converter = Callable[[pd.Series], pd.Series]

_XPT_ENCODING = "ascii"
# What pyreadstat takes.
_MOST_ROWS = 2**31 - 1

_CONVERTERS: Mapping[MomentKind, _Converter] = {
    "date": from_sas_date,
    "datetime": from_sas_datetime,
    "time": from_sas_time,
}


def _name_file(source: RawSource, fault: Fault) -> Fault:
    path = str(source.path)
    return fault if fault.place.startswith(path) else replace(fault, place=f"{path} {fault.place}")


@contextmanager
def as_data_error(source: RawSource) -> Iterator[None]:
    """Tell what is wrong with a file of datasets as what is wrong with a raw form."""
    try:
        yield
    except TransportError as error:
        raise DataError(*(_name_file(source, fault) for fault in error.faults)) from None


def _find_converter(format_text: str) -> _Converter | None:
    """Tell what turns a number of this format into a moment or a time; None of other formats."""
    # pyreadstat gives DATE9 for DATE9.
    kind = find_moment_kind(format_text if "." in format_text else f"{format_text}.")
    return _CONVERTERS[kind] if kind else None


def _is_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values.dtype)


def _seconds(times: pd.Series) -> npt.NDArray[np.float64]:
    seconds: npt.NDArray[np.float64] = times.dt.total_seconds().to_numpy()
    return seconds


def _find_precision(values: pd.Series) -> str:
    if values.dtype.kind == "m":
        return clock_precision(_seconds(values))
    return moment_precision(values.to_numpy())


def _measure(frame: pd.DataFrame, converters: Mapping[str, _Converter]) -> dict[str, str]:
    """Find the precision of columns of moments and of times."""
    return {
        name: _find_precision(converter(frame[name]))
        for name, converter in converters.items()
        if _is_number(frame[name])
    }


def _find_precisions(frames: Frames, converters: Mapping[str, _Converter]) -> dict[str, str]:
    if not converters:
        return {}
    names = list(converters)
    try:
        blocks = [_measure(frame, converters) for frame in frames(names)]
    except TransportError:
        # The fault counts all values of a column, so it is raised from the whole of it.
        blocks = [_measure(pd.concat(frames(names), ignore_index=True), converters)]
    return {name: finest(block[name] for block in blocks) for name in blocks[0]}


def _column_texts(values: pd.Series, converter: _Converter | None, precision: str) -> Any:
    if not _is_number(values):
        return text_array(values)
    if not converter:
        return number_texts(values.to_numpy())
    converted = converter(values)
    if converted.dtype.kind == "m":
        return clock_texts(_seconds(converted), precision)
    return moment_texts(converted.to_numpy(), precision)


def make_contents(
    source: RawSource, frames: Frames, formats: Mapping[str, str], encoding: str
) -> Iterator[Content]:
    """Make texts of SAS's text and numbers.

    Args:
        source: The form.
        frames: Gives the columns' values, again for each call.
        formats: Column to SAS format, which tells dates, date-times and times.
        encoding: Of the file.

    Yields:
        A block for each frame.

    Raises:
        DataError: The file is damaged, or holds a date that SAS does not know.
    """
    found = {name: _find_converter(text) for name, text in formats.items()}
    converters = {name: converter for name, converter in found.items() if converter}
    with as_data_error(source):
        precisions = _find_precisions(frames, converters)
        start = 1
        for frame in frames(None):
            end = start + len(frame)
            columns = [
                _column_texts(values, converters.get(str(name)), precisions.get(str(name), ""))
                for name, values in frame.items()
            ]
            names = [str(name or "") for name in frame]
            yield Content(names, columns, lines=np.arange(start, end), encoding=encoding)
            start = end


def _read_sas7bdat(source: RawSource, **limits: Any) -> tuple[pd.DataFrame, Any]:
    import pyreadstat  # takes long, and most studies do without

    errors = (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, UnicodeError, UserWarning)
    try:
        with warnings.catch_warnings():
            # Pyreadstat warns when it renames the second of two columns of one name.
            warnings.simplefilter("error", UserWarning)
            return pyreadstat.read_sas7bdat(
                str(source.path),
                encoding=source.encoding or None,
                disable_datetime_conversion=True,
                **limits,
            )
    except errors as error:
        problem = f"cannot be read as SAS7BDAT ({error})"
        remedy = "state its `encoding` if its text is not in the one it names, or export it again"
        raise DataError(source.fault(problem, remedy)) from None


def _iterate_sas7bdat(
    source: RawSource, widths: Mapping[str, int], block_bytes: int, columns: Sequence[str] | None
) -> Iterator[pd.DataFrame]:
    record_bytes = sum(widths[name] for name in columns or widths)
    rows = min(_MOST_ROWS, max(1, block_bytes // max(1, record_bytes)))
    start, is_last = 0, False
    while not is_last:
        frame, _ = _read_sas7bdat(source, usecols=columns, row_offset=start, row_limit=rows)
        is_last = len(frame) < rows
        if len(frame) or not start:
            yield frame
        start += rows


def iterate_sas7bdat(source: RawSource, block_bytes: int) -> Iterator[Content]:
    """Read a SAS7BDAT file; special missing values are missing like any other.

    Args:
        source: The form; `encoding` is followed when stated.
        block_bytes: Size of a block, about. ReadStat passes over the records before a block one
            by one, so that many blocks take long.

    Yields:
        Blocks of its columns.

    Raises:
        DataError: The file is damaged or not in the stated encoding, or holds a date that SAS
            does not know.
    """
    _, metadata = _read_sas7bdat(source, metadataonly=True)
    formats = {name: text or "" for name, text in metadata.original_variable_types.items()}
    frames = partial(_iterate_sas7bdat, source, metadata.variable_storage_width, block_bytes)
    yield from make_contents(source, frames, formats, metadata.file_encoding or "")


def read_sas7bdat_names(source: RawSource) -> list[str]:
    """Read the names of a SAS7BDAT file's columns."""
    return [name or "" for name in _read_sas7bdat(source, metadataonly=True)[1].column_names]


def iterate_xpt_dataset(source: RawSource, block_bytes: int) -> Iterator[Content]:
    """Read one dataset of a transport file.

    Args:
        source: The form; `sheet` is the dataset's name, needed where the file has several, and
            `encoding` that of its text, ascii when empty.
        block_bytes: Size of a block.

    Yields:
        Blocks of its columns.

    Raises:
        DataError: The file is damaged or not in this encoding, the dataset is unknown, or holds a
            date that SAS does not know.
    """
    dataset, encoding = source.sheet or None, source.encoding or _XPT_ENCODING
    with as_data_error(source):
        header = read_xpt_header(source.path, dataset=dataset, encoding=encoding)

    def frames(variables: Sequence[str] | None) -> Iterator[pd.DataFrame]:
        return iterate_xpt(
            source.path,
            dataset=dataset,
            encoding=encoding,
            variables=variables,
            block_bytes=block_bytes,
        )

    formats = {v.name: v.display_format for v in header.metadata.variables}
    yield from make_contents(source, frames, formats, encoding)


def read_xpt_names(source: RawSource) -> list[str]:
    """Read the names of the variables of a dataset in a transport file."""
    encoding = source.encoding or _XPT_ENCODING
    with as_data_error(source):
        header = read_xpt_header(source.path, dataset=source.sheet or None, encoding=encoding)
    return [variable.name for variable in header.metadata.variables]
