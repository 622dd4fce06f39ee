"""What version 5 of the format allows in a description: find everything that it cannot hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from sdtmconv.errors import Fault, suggest
from sdtmconv.metadata import DatasetMetadata, VariableMetadata
from sdtmconv.transport.sas_formats import parse_sas_format
from sdtmconv.transport.text import count_bytes, explain_character, is_ascii_based

_NAME = re.compile(r"[A-Z_][A-Z0-9_]{0,7}")
_NAME_REMEDY = "use 1 to 8 of A-Z, 0-9 and _, not beginning with a digit"
_LABEL_BYTES = 40
_CHAR_BYTES = range(1, 201)
NUM_BYTES: Final = range(2, 9)
_FORMAT_NAME_BYTES = 8
_WIDEST = 32_767
_MOST_VARIABLES = 9_999


def find_limit_faults(
    metadata: DatasetMetadata, informats: Mapping[str, str], encoding: str
) -> list[Fault]:
    """Find what a version 5 transport file cannot hold of a dataset's description.

    Args:
        metadata: The dataset.
        informats: Variable to informat.
        encoding: Of labels and values.

    Returns:
        One fault for each name, label, length, format or informat that breaks a limit (TS-140:
        names of 8 bytes, labels of 40, Char values of 200).
    """
    if not is_ascii_based(encoding):
        problem = f"{encoding!r} is not an encoding that a transport file can have"
        remedy = "ask for ascii, or one that ASCII is part of: utf-8, cp1252, gb18030"
        return [Fault(metadata.name, problem, remedy)]
    faults = list(_find_dataset_faults(metadata, encoding))
    for variable in metadata.variables:
        faults += _find_variable_faults(metadata.name, variable, encoding)
    return faults + list(_find_informat_faults(metadata, informats))


def _find_dataset_faults(metadata: DatasetMetadata, encoding: str) -> Iterator[Fault]:
    place = metadata.name or "dataset"
    names = [variable.name for variable in metadata.variables]
    if not _NAME.fullmatch(metadata.name):
        yield Fault(place, f"{metadata.name!r} is not a dataset name", _NAME_REMEDY)
    yield from _find_label_faults(place, metadata.label, encoding)
    if not 1 <= len(names) <= _MOST_VARIABLES:
        yield Fault(place, f"has {len(names)} variables", f"give it 1 to {_MOST_VARIABLES}")
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Fault(f"{place}.{name}", "stands twice in the dataset", "rename or drop one of them")


def _find_variable_faults(
    dataset: str, variable: VariableMetadata, encoding: str
) -> Iterator[Fault]:
    place = f"{dataset}.{variable.name}"
    if not _NAME.fullmatch(variable.name):
        yield Fault(place, f"{variable.name!r} is not a variable name", _NAME_REMEDY)
    yield from _find_label_faults(place, variable.label, encoding)
    allowed = _CHAR_BYTES if variable.type == "Char" else NUM_BYTES
    if variable.length not in allowed:
        problem = f"a {variable.type} variable cannot have the length {variable.length}"
        yield Fault(place, problem, f"give it one of {allowed[0]} to {allowed[-1]} bytes")
    yield from _find_format_faults(place, "format", variable, variable.display_format)


def _find_label_faults(place: str, label: str, encoding: str) -> Iterator[Fault]:
    strange = explain_character(label, encoding)
    if strange:
        yield Fault(place, f"label {label!r}: {strange[0]}", strange[1])
    elif count_bytes(label, encoding) > _LABEL_BYTES:
        size = count_bytes(label, encoding)
        yield Fault(place, f"label {label!r} is {size} bytes long", f"use {_LABEL_BYTES} at most")


def _find_format_faults(
    place: str, kind: str, variable: VariableMetadata, text: str
) -> Iterator[Fault]:
    parsed = parse_sas_format(text)
    if parsed is None:
        yield Fault(place, f"{text!r} is not a SAS {kind}", "write it as DATE9., 8.2 or $20.")
    elif text and parsed.is_char != (variable.type == "Char"):
        problem = f"{kind} {text} does not suit a {variable.type} variable"
        yield Fault(place, problem, "Char formats begin with $, and only they do")
    elif len(parsed.name) > _FORMAT_NAME_BYTES or max(parsed.width, parsed.decimals) > _WIDEST:
        problem = f"{kind} {text} is longer than the file can hold"
        yield Fault(place, problem, f"use a name of {_FORMAT_NAME_BYTES} characters at most")


def _find_informat_faults(
    metadata: DatasetMetadata, informats: Mapping[str, str]
) -> Iterator[Fault]:
    variables = {variable.name: variable for variable in metadata.variables}
    for name, text in informats.items():
        place = f"{metadata.name}.{name}"
        if name in variables:
            yield from _find_format_faults(place, "informat", variables[name], text)
        else:
            remedy = suggest(name, variables, "name one of the dataset's variables")
            yield Fault(place, f"informat {text} is for a variable that is not there", remedy)
