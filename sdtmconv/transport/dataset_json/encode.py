"""Columns of a frame to the texts that JSON has for their values."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sdtmconv.metadata import VariableMetadata
from sdtmconv.transport.columns import Column
from sdtmconv.transport.ibm import Floats, Positions, missing_codes
from sdtmconv.transport.moments import moment_kind, numbers_to_texts
from sdtmconv.transport.text import bytes_of

_NO_POSITIONS: Positions = np.empty(0, dtype=np.intp)
_QUOTE = pa.scalar('"', pa.large_string())
_FIRST_PRINTABLE = ord(" ")


def join(texts: Sequence[Any], separator: str, *, null: str | None = None) -> pa.LargeStringArray:
    """Join texts record by record; a null makes the whole null, or stands as a text of its own."""
    handling = {} if null is None else {"null_handling": "replace", "null_replacement": null}
    between = pa.scalar(separator, pa.large_string())
    return pc.binary_join_element_wise(*texts, between, **handling)


def encode_column(
    variable: VariableMetadata, column: Column
) -> tuple[pa.LargeStringArray, Positions]:
    """Write values as JSON.

    Args:
        variable: The variable.
        column: Its values: text, or numbers in which a NaN is missing.

    Returns:
        The texts, null where missing, and the positions of those values that JSON cannot hold.

    >>> char, num = VariableMetadata("A", "", "Char"), VariableMetadata("N", "", "Num", 8, "float")
    >>> encode_column(char, pa.array(["<5", 'x "y"', None], pa.large_string()))[0].to_pylist()
    ['"<5"', '"x \\\\"y\\\\""', None]
    >>> encode_column(num, np.array([98.6, 1.0, np.nan]))[0].to_pylist()
    ['98.6', '1', None]
    """
    if variable.type == "Char":
        return _quote(column), _NO_POSITIONS
    misfits = find_misfits(variable, column)
    if kind := moment_kind(variable):
        texts, others = numbers_to_texts(column, kind)
        return _quote(texts), np.union1d(misfits, others)
    if variable.data_type == "decimal":
        return _quote(_word_decimals(column)), misfits
    return pa.array(column, from_pandas=True).cast(pa.large_string()), misfits


def find_misfits(variable: VariableMetadata, column: Floats) -> Positions:
    """Find numbers that are infinite, special missing values, or no integers where they should."""
    misfits = np.isinf(column)
    missing = np.isnan(column)
    misfits[missing] = missing_codes(column[missing]) != "."
    if variable.data_type == "integer" and not moment_kind(variable):
        misfits |= ~missing & (column != np.floor(column))
    return np.flatnonzero(misfits)


def _quote(text: pa.LargeStringArray) -> pa.LargeStringArray:
    """Put texts in quotes; where some need more than that, each distinct one is looked at once."""
    characters = bytes_of(text)
    needy = (characters < _FIRST_PRINTABLE) | (characters == ord('"')) | (characters == ord("\\"))
    if not needy.any():
        return join([_QUOTE, text, _QUOTE], "")
    distinct = text.dictionary_encode()
    quoted = [json.dumps(value, ensure_ascii=False) for value in distinct.dictionary.to_pylist()]
    return pa.array(quoted, pa.large_string()).take(distinct.indices)


def _word_decimals(values: Floats) -> pa.LargeStringArray:
    """Write numbers without an exponent, in as few digits as tell them from all others."""
    distinct = pa.array(values, from_pandas=True).dictionary_encode()
    numbers = distinct.dictionary.to_pylist()
    words = [np.format_float_positional(number, trim="-") for number in numbers]
    return pa.array(words, pa.large_string()).take(distinct.indices)


def explain_json(variable: VariableMetadata, value: Any) -> tuple[str, str]:
    """Say why JSON cannot hold a number."""
    if np.isnan(value):
        code = missing_codes(np.array([value]))[0]
        problem = f"the value is the special missing value .{code}, and JSON has null only"
        return problem, "leave it missing, and say in a variable of its own why"
    if np.isinf(value):
        return "the value is infinite", "give a number, or leave it missing"
    if kind := moment_kind(variable):
        problem = f"{value:.15g} is no {kind}, as its format {variable.display_format} says"
        return problem, "correct the value, or drop the format"
    if value != np.floor(value):
        return f"{value} is no integer, as its data type says", "round it, or make it a float"
    return f"{value} is an integer beyond 2**53 and may be inexact", "make the variable Char"
