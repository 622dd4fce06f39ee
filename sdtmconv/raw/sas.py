"""Readers for SAS7BDAT and SAS transport files (XPT version 5 and 8).

SAS has numbers and text. A number is a date, a date-time or a time where its format says so.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat

from sdtmconv.errors import DataError, Fault, TransportError
from sdtmconv.raw.table import Content, RawSource
from sdtmconv.raw.values import clock_texts, moment_texts, number_texts, text_array
from sdtmconv.transport import (
    from_sas_date,
    from_sas_datetime,
    from_sas_time,
    read_xpt,
    read_xpt_header,
)
from sdtmconv.transport.sas_formats import parse_sas_format

_XPT_ENCODING = "ascii"
_SAS7BDAT_ERRORS = (
    pyreadstat.ReadstatError,
    pyreadstat.PyreadstatError,
    UnicodeError,
    UserWarning,
)

# SAS's own formats for dates (also those that show only part of one), date-times and times.
_DATE = re.compile(
    r"DATE|DAY|DOWNAME|(DDMMYY|MMDDYY|YYMMDD)[BCDNPS]?|(MMYY|YYMM|YYQR?)[CDNPS]?|YYMON"
    r"|MON(YY|TH|NAME)|YEAR|QTRR?|WEEK(DAT[EX]|DAY|[UVW])|WORDDAT[EX]|JUL(IAN|DAY)"
    r"|(E8601|B8601|IS8601)DA|NLDATE\w*"
)
_DATETIME = re.compile(
    r"DATETIME|DATEAMPM|MDYAMPM|DT(DATE|MONYY|WKDATX|YEAR|YYQC)"
    r"|(E8601|B8601|IS8601)(D[TNXZ]|LX)|NLDATM\w*"
)
_TIME = re.compile(r"TIME|TIMEAMPM|TOD|HHMM|HOUR|MMSS|(E8601|B8601|IS8601)(T[MXZ]|LZ)|NLTIM\w*")


def _name_file(source: RawSource, fault: Fault) -> Fault:
    path = str(source.path)
    return fault if fault.place.startswith(path) else replace(fault, place=f"{path} {fault.place}")


@contextmanager
def _as_data_error(source: RawSource) -> Iterator[None]:
    try:
        yield
    except TransportError as error:
        raise DataError(*(_name_file(source, fault) for fault in error.faults)) from None


def _read_sas7bdat(source: RawSource, metadataonly: bool) -> tuple[pd.DataFrame, Any]:
    try:
        with warnings.catch_warnings():
            # Pyreadstat warns when it renames the second of two columns of one name.
            warnings.simplefilter("error", UserWarning)
            return pyreadstat.read_sas7bdat(
                str(source.path),
                metadataonly=metadataonly,
                encoding=source.encoding or None,
                disable_datetime_conversion=True,
            )
    except _SAS7BDAT_ERRORS as error:
        problem = f"cannot be read as SAS7BDAT ({error})"
        remedy = "state its `encoding` if its text is not in the one it names, or export it again"
        raise DataError(source.fault(problem, remedy)) from None


def _format_name(text: str) -> str:
    """Tell a format's name: DATE of DATE9 and of DATE9. alike."""
    parsed = parse_sas_format(text if "." in text else f"{text}.") if text else None
    return parsed.name if parsed else ""


def _column_texts(source: RawSource, values: pd.Series, format_text: str) -> Any:
    if not pd.api.types.is_numeric_dtype(values.dtype):
        return text_array(values)
    name = _format_name(format_text)
    with _as_data_error(source):
        if _DATE.fullmatch(name):
            return moment_texts(from_sas_date(values).to_numpy())
        if _DATETIME.fullmatch(name):
            return moment_texts(from_sas_datetime(values).to_numpy())
        if _TIME.fullmatch(name):
            return clock_texts(from_sas_time(values).dt.total_seconds().to_numpy())
    return number_texts(values.to_numpy())


def _make_content(
    source: RawSource, frame: pd.DataFrame, formats: Mapping[str, str], encoding: str
) -> Content:
    return Content(
        names=[str(name or "") for name in frame],
        columns=[
            _column_texts(source, values, formats.get(str(name), ""))
            for name, values in frame.items()
        ],
        lines=np.arange(1, len(frame) + 1),
        encoding=encoding,
    )


def read_sas7bdat(source: RawSource) -> Content:
    """Read a SAS7BDAT file; special missing values are missing like any other.

    Raises:
        DataError: The file is damaged or not in the stated encoding, or holds a date that SAS
            does not know.
    """
    frame, metadata = _read_sas7bdat(source, metadataonly=False)
    formats = {name: text or "" for name, text in metadata.original_variable_types.items()}
    return _make_content(source, frame, formats, metadata.file_encoding or "")


def read_sas7bdat_names(source: RawSource) -> list[str]:
    """Read the names of a SAS7BDAT file's columns."""
    return [name or "" for name in _read_sas7bdat(source, metadataonly=True)[1].column_names]


def read_xpt_dataset(source: RawSource) -> Content:
    """Read one dataset of a transport file.

    Args:
        source: The form; `sheet` is the dataset's name, needed where the file has several, and
            `encoding` that of its text, ascii when empty.

    Raises:
        DataError: The file is damaged or not in this encoding, the dataset is unknown, or holds a
            date that SAS does not know.
    """
    encoding = source.encoding or _XPT_ENCODING
    with _as_data_error(source):
        dataset = read_xpt(source.path, dataset=source.sheet or None, encoding=encoding)
    formats = {v.name: v.display_format for v in dataset.header.metadata.variables}
    return _make_content(source, dataset.frame, formats, encoding)


def read_xpt_names(source: RawSource) -> list[str]:
    """Read the names of the variables of a dataset in a transport file."""
    encoding = source.encoding or _XPT_ENCODING
    with _as_data_error(source):
        header = read_xpt_header(source.path, dataset=source.sheet or None, encoding=encoding)
    return [variable.name for variable in header.metadata.variables]
