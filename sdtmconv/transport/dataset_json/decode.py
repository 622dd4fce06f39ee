"""Records as JSON has them to columns of a frame."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

from sdtmconv.errors import Fault
from sdtmconv.metadata import DatasetMetadata, VariableMetadata
from sdtmconv.transport.columns import Column
from sdtmconv.transport.ibm import Floats, Positions
from sdtmconv.transport.moments import moment_kind, texts_to_numbers
from sdtmconv.transport.text import blank_to_null

_DECIMAL: Final = re.compile(r"-?\d{1,400}(\.\d{1,400})?([eE][+-]?\d{1,3})?")
_NONE: Final = type(None)
_NO_POSITIONS: Positions = np.empty(0, dtype=np.intp)
_WORDS: Final = {
    "float": ("number", "give a JSON number, or null where it is missing"),
    "integer": ("whole number", "give a JSON number without decimals, or null where it is missing"),
    "decimal": ("text of a number", 'give it as "98.6", or null where it is missing'),
    "date": ("text of a date", 'give it as "2025-03-07", or null where it is missing'),
    "time": ("text of a time", 'give it as "08:30:00", or null where it is missing'),
    "datetime": (
        "text of a date and time without a zone",
        'give it as "2025-03-07T08:30:00", or null where it is missing',
    ),
}
_TEXT: Final = ("text", "put it in quotes, or give null where it is missing")


@dataclass(frozen=True)
class Decoded:
    """The columns of some records, and by variable the first fault in them."""

    columns: list[Column]
    faults: dict[str, Fault]


def decode_records(
    metadata: DatasetMetadata, records: Sequence[Sequence[Any]], records_before: int
) -> Decoded:
    """Make columns of some records.

    Args:
        metadata: The dataset.
        records: One value for each variable in each of them.
        records_before: How many records come before.

    Returns:
        The columns, Char as text and Num as numbers, and what does not fit.
    """
    decoded = Decoded([], {})
    for variable, values in zip(metadata.variables, zip(*records, strict=True), strict=True):
        column, misfits = _decode(variable, values)
        decoded.columns.append(column)
        for position in misfits[:1].tolist():
            place = f"{metadata.name}.{variable.name} record {records_before + position + 1}"
            what, remedy = _TEXT if variable.type == "Char" else _WORDS[_what(variable)]
            problem = f"{_shorten(values[position])} is no {what}"
            decoded.faults[variable.name] = Fault(place, problem, remedy)
    return decoded


def _what(variable: VariableMetadata) -> str:
    return moment_kind(variable) or variable.data_type


def _shorten(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."


def _decode(variable: VariableMetadata, values: tuple[Any, ...]) -> tuple[Column, Positions]:
    if variable.type == "Num" and _what(variable) in ("float", "integer"):
        return _decode_numbers(values, variable.data_type)
    strange = _find_others(values, str)
    if strange.size:
        return pa.nulls(len(values), pa.large_string()), strange
    try:
        text = blank_to_null(pa.array(values, pa.large_string()))
    except UnicodeEncodeError:  # half of a surrogate pair, which no encoding has
        return pa.nulls(len(values), pa.large_string()), _find_halves(values)
    if variable.type == "Char":
        return text, _NO_POSITIONS
    if kind := moment_kind(variable):
        return texts_to_numbers(text, kind)
    return _decode_decimals(text)


def _find_others(values: Sequence[Any], *types: type) -> Positions:
    """Find values of other types; a truth value is no number."""
    if set(map(type, values)) <= {_NONE, *types}:
        return _NO_POSITIONS
    others = [value is not None and type(value) not in types for value in values]
    return np.flatnonzero(others)


def _find_halves(values: Sequence[str | None]) -> Positions:
    return np.flatnonzero([bool(re.search("[\ud800-\udfff]", value or "")) for value in values])


def _decode_numbers(values: tuple[Any, ...], data_type: str) -> tuple[Floats, Positions]:
    strange = _find_others(values, int, float)
    if strange.size:
        return np.full(len(values), np.nan), strange
    try:
        numbers = pa.array(values, pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:  # an integer that no double holds
        return np.full(len(values), np.nan), np.flatnonzero([_is_beyond(v) for v in values])
    misfits = np.isinf(numbers)
    if data_type == "integer":
        misfits |= numbers != np.floor(numbers)
        misfits &= ~np.isnan(numbers)
    return numbers, np.flatnonzero(misfits)


def _is_beyond(value: Any) -> bool:
    return isinstance(value, int) and abs(value) > 2**53


def _decode_decimals(text: pa.LargeStringArray) -> tuple[Floats, Positions]:
    """Read numbers that are written as text; each distinct one is read once."""
    distinct = text.dictionary_encode()
    values = distinct.dictionary.to_pylist()
    sound = [bool(_DECIMAL.fullmatch(value)) for value in values]
    pairs = zip(values, sound, strict=True)
    numbers = np.array([float(value) if good else np.inf for value, good in pairs] + [np.nan])
    found = numbers[distinct.indices.fill_null(len(values)).to_numpy()]
    return found, np.flatnonzero(np.isinf(found))
