"""What a Dataset-JSON 1.1 file says of its dataset: its JSON attributes, checked, to metadata."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sdtmconv.errors import Fault, TransportError, raise_faults, suggest
from sdtmconv.metadata import DatasetMetadata, VariableMetadata
from sdtmconv.transport.sas_formats import MomentKind, find_moment_kind

ROWS: Final = "rows"

_TEXT_TYPES: Final = ("string", "datetime", "date", "time", "URI")
_NUMBER_TYPES: Final = ("integer", "decimal", "float", "double")
# Of the data types of moments, the format that a number of each has where none is stated.
MOMENT_FORMATS: Final[Mapping[str, str]] = {
    "datetime": "E8601DT.",
    "date": "E8601DA.",
    "time": "E8601TM.",
}
_STAMP: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)?")
_VERSION: Final = re.compile(r"1\.1(\.(0|[1-9]\d*))?")
# Attribute to its JSON type, and whether it must be there.
_Attributes = Mapping[str, tuple[type, bool]]
_OF_FILE: Final[_Attributes] = {
    "datasetJSONCreationDateTime": (str, True),
    "datasetJSONVersion": (str, True),
    "fileOID": (str, False),
    "dbLastModifiedDateTime": (str, False),
    "originator": (str, False),
    "sourceSystem": (dict, False),
    "studyOID": (str, False),
    "metaDataVersionOID": (str, False),
    "metaDataRef": (str, False),
    "itemGroupOID": (str, True),
    "records": (int, True),
    "name": (str, True),
    "label": (str, True),
    "columns": (list, True),
}
_OF_SYSTEM: Final[_Attributes] = {"name": (str, True), "version": (str, True)}
_OF_COLUMN: Final[_Attributes] = {
    "itemOID": (str, True),
    "name": (str, True),
    "label": (str, True),
    "dataType": (str, True),
    "targetDataType": (str, False),
    "length": (int, False),
    "displayFormat": (str, False),
    "keySequence": (int, False),
}
_WORDS: Final = {str: "a text", int: "a whole number", list: "an array", dict: "an object"}
REQUIRED: Final = frozenset(name for name, (_, required) in _OF_FILE.items() if required)


@dataclass(frozen=True)
class DatasetJsonHeader:
    """What a file says of a dataset besides its values.

    Args:
        metadata: Name, label, keys and variables (name, label, type, length, data type, format).
        created: Time stamp.
        record_count: Records.
        unsized: Variables whose length the file does not state; `metadata` has 1 for them.
    """

    metadata: DatasetMetadata
    created: datetime
    record_count: int
    unsized: frozenset[str]


def read_attributes(attributes: Mapping[str, Any], place: str) -> DatasetJsonHeader:
    """Make metadata of a file's attributes.

    Args:
        attributes: All of the file's JSON object, without the rows.
        place: The file's path, for messages.

    Raises:
        TransportError: An attribute is missing, unknown or of another type, or its value is not
            allowed; all such faults at once.
    """
    faults = [*find_strangers(attributes, place), *_find_faults(attributes, _OF_FILE, place)]
    raise_faults(TransportError, faults or _find_file_faults(attributes, place))
    columns = attributes["columns"]
    raise_faults(TransportError, _find_column_faults(columns, place))
    keyed = [column for column in columns if "keySequence" in column]
    keys = sorted(keyed, key=lambda column: int(column["keySequence"]))
    name = attributes["name"]
    metadata = DatasetMetadata(
        name=name,
        label=attributes["label"],
        variables=tuple(map(_read_column, columns)),
        keys=tuple(column["name"] for column in keys),
        domain=name,
        class_="",
        structure="",
    )
    return DatasetJsonHeader(
        metadata,
        datetime.fromisoformat(attributes["datasetJSONCreationDateTime"]).replace(tzinfo=None),
        attributes["records"],
        frozenset(
            v.name
            for v, column in zip(metadata.variables, columns, strict=True)
            if v.type == "Char" and "length" not in column
        ),
    )


def find_strangers(
    found: Iterable[str], place: str, known: _Attributes = _OF_FILE
) -> Iterator[Fault]:
    """Find attributes that the specification does not know."""
    for name in found:
        if name not in known:
            remedy = suggest(name, known, "drop it: Dataset-JSON 1.1 has no such attribute")
            yield Fault(place, f"has the attribute {name!r}, which is unknown", remedy)


def _find_faults(found: Mapping[str, Any], known: _Attributes, place: str) -> Iterator[Fault]:
    for name, (type_, required) in known.items():
        if name not in found:
            if required:
                yield Fault(place, f"has no attribute {name!r}", "add it: it is required")
        elif not isinstance(found[name], type_) or isinstance(found[name], bool):
            problem = f"attribute {name!r} is {_shorten(found[name])}, not {_WORDS[type_]}"
            yield Fault(place, problem, f"give {_WORDS[type_]}")


def _shorten(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}..."


def _find_file_faults(attributes: Mapping[str, Any], place: str) -> Iterator[Fault]:
    for name in ("datasetJSONCreationDateTime", "dbLastModifiedDateTime"):
        if name in attributes and not _is_stamp(attributes[name]):
            problem = f"attribute {name!r} is {_shorten(attributes[name])}, no date and time"
            yield Fault(place, problem, "write it as 2025-03-07T08:30:00")
    system = attributes.get("sourceSystem")
    if system is not None:
        yield from find_strangers(system, f"{place} sourceSystem", _OF_SYSTEM)
        yield from _find_faults(system, _OF_SYSTEM, f"{place} sourceSystem")
    if not _VERSION.fullmatch(attributes["datasetJSONVersion"]):
        problem = f"is of Dataset-JSON version {_shorten(attributes['datasetJSONVersion'])}"
        yield Fault(place, problem, "convert it to version 1.1")
    if attributes["records"] < 0:
        problem = f"states {attributes['records']} records"
        yield Fault(place, problem, "state how many rows it has")
    if not attributes["columns"]:
        yield Fault(place, "has no columns", "describe at least one")


def _is_stamp(text: str) -> bool:
    try:
        return bool(_STAMP.fullmatch(text) and datetime.fromisoformat(text))
    except ValueError:
        return False


def _find_column_faults(columns: list[Any], place: str) -> Iterator[Fault]:
    names: set[str] = set()
    for number, column in enumerate(columns, start=1):
        where = f"{place} column {number}"
        if not isinstance(column, dict):
            yield Fault(where, f"is {_shorten(column)}, not an object", "describe the column in it")
            continue
        faults = [
            *find_strangers(column, where, _OF_COLUMN),
            *_find_faults(column, _OF_COLUMN, where),
        ]
        yield from faults or _find_value_faults(column, where)
        name = str(column.get("name"))
        if name in names:
            yield Fault(where, f"has the name {name!r}, as another one has", "rename one of them")
        names.add(name)


def _find_value_faults(column: Mapping[str, Any], where: str) -> Iterator[Fault]:
    type_, target = column["dataType"], column.get("targetDataType", "")
    known = (*_TEXT_TYPES, *_NUMBER_TYPES)
    if not column["name"]:
        yield Fault(where, "has an empty name", "name it")
    if type_ == "boolean":
        remedy = "send Y and N as a string: SDTM and ADaM have no such variable"
        yield Fault(where, "has the dataType boolean", remedy)
    elif type_ not in known:
        remedy = suggest(type_, known, f"use one of {', '.join(known)}")
        yield Fault(where, f"has the dataType {type_!r}, which is unknown", remedy)
    elif target and (type_, target) not in _TARGETS:
        remedy = "integer goes with date, time and datetime, decimal with decimal"
        yield Fault(where, f"has the dataType {type_!r} and the targetDataType {target!r}", remedy)
    elif target == "integer" and find_moment_kind(column.get("displayFormat", "")) not in (
        None,
        type_,
    ):
        problem = f"has the dataType {type_!r} and the displayFormat {column['displayFormat']!r}"
        yield Fault(where, problem, "let them speak of the same: a date, a time or a datetime")
    for name in ("length", "keySequence"):
        if column.get(name, 1) < 1:
            yield Fault(where, f"attribute {name!r} is {column[name]}", "count from 1")


def _find_kind(column: Mapping[str, Any]) -> MomentKind | None:
    return find_moment_kind(column.get("displayFormat", ""))


_TARGETS: Final = frozenset(
    [*((kind, "integer") for kind in MOMENT_FORMATS), ("decimal", "decimal")]
)


def _read_column(column: Mapping[str, Any]) -> VariableMetadata:
    type_, display_format = column["dataType"], column.get("displayFormat", "")
    is_moment = column.get("targetDataType") == "integer"
    is_text = type_ in _TEXT_TYPES and not is_moment
    name, label = column["name"], column["label"]
    if is_text:
        data_type = type_ if type_ in MOMENT_FORMATS else "text"
        length = column.get("length", 1)
        return VariableMetadata(name, label, "Char", length, data_type, None, display_format)
    if is_moment:
        display_format = display_format or MOMENT_FORMATS[type_]
    data_type = "float" if type_ == "double" else type_
    # What has no bytes in a transport file's sense, as a decimal's digits, takes all 8.
    length = column.get("length", 8)
    length = length if 2 <= length <= 8 else 8
    return VariableMetadata(name, label, "Num", length, data_type, None, display_format)
