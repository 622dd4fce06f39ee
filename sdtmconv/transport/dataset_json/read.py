"""Read Dataset-JSON 1.1, as JSON, NDJSON or compressed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, NoReturn

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sdtmconv.errors import Fault, TransportError, raise_faults
from sdtmconv.transport.columns import make_frame
from sdtmconv.transport.dataset_json.attributes import (
    REQUIRED,
    ROWS,
    DatasetJsonHeader,
    find_strangers,
    read_attributes,
)
from sdtmconv.transport.dataset_json.decode import decode_records
from sdtmconv.transport.dataset_json.stream import JsonText
from sdtmconv.transport.files import open_reading

_BLOCK_BYTES: Final = 1_000_000
_BEGINNING: Final = 4_000
_MEND: Final = "correct the file, or write it again"


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")


# Python's own also takes NaN and Infinity.
_DECODER: Final = json.JSONDecoder(parse_constant=_refuse)


@dataclass(frozen=True)
class DatasetJson:
    """A dataset as a Dataset-JSON file holds it.

    Args:
        header: What the file says of it; a length that it does not state is the longest value's.
        frame: Its records: Char as `str`, Num as float64; empty and missing values are NaN.
    """

    header: DatasetJsonHeader
    frame: pd.DataFrame


def looks_like_dataset_json(path: Path) -> bool:
    """Tell by the beginning of a JSON file whether it means to be Dataset-JSON."""
    with open_reading(path) as file:
        return b'"datasetJSONVersion"' in file.read(_BEGINNING)


def read_dataset_json(path: Path) -> DatasetJson:
    """Read a dataset from a Dataset-JSON file.

    Args:
        path: The file: JSON, NDJSON, or either compressed by zlib or gzip.

    Raises:
        TransportError: The file cannot be read, is not Dataset-JSON 1.1, is damaged or cut off, or
            holds values of another type than it says.
    """
    header = read_dataset_json_header(path)
    frame = pd.concat(list(iterate_dataset_json(path)), ignore_index=True)
    return DatasetJson(complete_lengths(header, [frame]), frame)


def complete_lengths(
    header: DatasetJsonHeader, frames: Iterable[pd.DataFrame]
) -> DatasetJsonHeader:
    """Give variables of no stated length that of their longest value, in bytes of UTF-8."""
    longest = dict.fromkeys(header.unsized, 1)
    for frame in frames if longest else ():
        for name, known in longest.items():
            sizes = pc.binary_length(pa.array(frame[name], pa.large_string(), from_pandas=True))
            longest[name] = max(known, pc.max(sizes).as_py() or 0)
    variables = tuple(
        replace(variable, length=longest.get(variable.name, variable.length))
        for variable in header.metadata.variables
    )
    return replace(header, metadata=replace(header.metadata, variables=variables))


def read_dataset_json_header(path: Path) -> DatasetJsonHeader:
    """Read what a file says of its dataset; the argument and errors are `read_dataset_json`'s."""
    with open_reading(path) as file:
        return read_attributes(_take_attributes(JsonText(file, path, _BLOCK_BYTES)), str(path))


def iterate_dataset_json(path: Path, *, block_bytes: int = _BLOCK_BYTES) -> Iterator[pd.DataFrame]:
    """Read a dataset from a Dataset-JSON file, some records at a time.

    Args:
        path: The file.
        block_bytes: Size of a block, unpacked; a record longer than that is a block of its own.

    Yields:
        Frames as in `read_dataset_json`, at least one, each with an index from 0.

    Raises:
        TransportError: As `read_dataset_json`; what is wrong with values is told at the end of the
            file, of each variable the first.
    """
    header = read_dataset_json_header(path)
    metadata, count = header.metadata, 0
    faults: dict[str, Fault] = {}
    with open_reading(path) as file:
        for records in _take_records(JsonText(file, path, block_bytes), len(metadata.variables)):
            decoded = decode_records(metadata, records, count)
            faults = decoded.faults | faults
            count += len(records)
            if not faults:
                yield make_frame(metadata, [decoded.columns])
    raise_faults(TransportError, [faults[v.name] for v in metadata.variables if v.name in faults])
    if count != header.record_count:
        problem = f"states {header.record_count} records, and holds {count}"
        raise TransportError(Fault(str(path), problem, "fetch or write the file again"))
    if not count:
        yield make_frame(metadata, [])


def _take_attributes(text: JsonText) -> dict[str, Any]:
    """Take all attributes but the rows; what stands behind the rows only where it is needed."""
    found: dict[str, Any] = {}
    text.expect(b"{")
    while not text.take(b"}"):
        if found:
            text.expect(b",")
        name = text.take_value()
        text.expect(b":")
        if not isinstance(name, str) or name in found:
            text.fail(f"has the attribute {name!r} twice, or not as a text", _MEND)
        if name != ROWS:
            found[name] = text.take_value()
            continue
        if found.keys() >= REQUIRED:
            break
        text.expect(b"[")
        for _ in text.take_rows():
            pass
        text.expect(b"]")
        found[ROWS] = None
    found.pop(ROWS, None)
    return found


def _skip_to_rows(text: JsonText) -> bool:
    """Go to the rows; tell whether they stand within the JSON object, and not behind it."""
    text.expect(b"{")
    while not text.take(b"}"):
        text.take(b",")
        name = text.take_value()
        text.expect(b":")
        if name == ROWS:
            text.expect(b"[")
            return True
        text.take_value()
    return False


def _take_records(text: JsonText, width: int) -> Iterator[list[list[Any]]]:
    within = _skip_to_rows(text)
    count = 0
    for rows in text.take_rows():
        if rows.startswith(b",") != (within and count > 0):
            text.fail(f"is no sound JSON: a comma is missing or too many by record {count + 1}")
        records = _parse(text, rows.lstrip(b","), within, count)
        if set(map(type, records)) != {list} or set(map(len, records)) != {width}:
            others = [not isinstance(each, list) or len(each) != width for each in records]
            number = count + others.index(True) + 1
            text.fail(f"record {number} is no array of {width} values", _MEND)
        count += len(records)
        yield records
    if within:
        _take_ending(text)
    if text.peek():
        text.fail(f"goes on with something else behind record {count}", _MEND)


def _take_ending(text: JsonText) -> None:
    text.expect(b"]")
    names = []
    while text.take(b","):
        names.append(str(text.take_value()))
        text.expect(b":")
        text.take_value()
    text.expect(b"}")
    raise_faults(TransportError, find_strangers(names, text.place))


def _parse(text: JsonText, rows: bytes, within: bool, count: int) -> list[list[Any]]:
    try:
        content = rows.decode("utf-8")
    except UnicodeDecodeError:
        text.fail(f"is not in UTF-8 behind record {count}", "write it in UTF-8, as JSON has to be")
    if not within:
        content = content.replace("\n", ",")
    try:
        records: list[list[Any]] = _DECODER.decode(f"[{content}]")
    except (ValueError, RecursionError) as error:
        number = count + _count_sound(content) + 1
        text.fail(f"record {number} is no sound JSON: {error}", _MEND)
    return records


def _count_sound(content: str) -> int:
    """Count the records before the one that is no JSON."""
    count = end = 0
    while True:
        try:
            record, end = _DECODER.raw_decode(content, end)
        except (ValueError, RecursionError):
            return count
        if not isinstance(record, list):
            return count
        count += 1
        end += len(content[end:]) - len(content[end:].lstrip(", \r\n\t"))
