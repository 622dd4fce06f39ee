"""Read what stands before a dataset's values in a transport file, version 5 (TS-140) or 8."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NoReturn

from sdtmconv.metadata import DatasetMetadata, VariableMetadata, VariableType
from sdtmconv.transport.layout import (
    NAMESTR,
    RECORD,
    TITLE,
    TYPE_CODES,
    Namestr,
    pack_title,
    unpack_namestr,
    unpack_stamp,
)
from sdtmconv.transport.limits import NUM_BYTES
from sdtmconv.transport.recognise import (
    ASK_FOR_ENCODING,
    TITLES,
    Version,
    fail,
    find_members,
    recognise_version,
)
from sdtmconv.transport.sas_formats import SasFormat

_TYPES: Mapping[int, VariableType] = {code: type_ for type_, code in TYPE_CODES.items()}


@dataclass(frozen=True)
class XptHeader:
    """What a transport file says of a dataset besides its values.

    Args:
        metadata: Name, label and variables (name, label, type, length, display format); a transport
            file knows nothing of the other fields.
        informats: Variable to SAS informat, of the variables that have one.
        version: Of the format, 5 or 8.
        created: Time stamp; None where what stands there is no time.
        modified: Time stamp; None where what stands there is no time.
        record_length: Bytes of a record.
        record_count: Records.
    """

    metadata: DatasetMetadata
    informats: Mapping[str, str]
    version: Version
    created: datetime | None
    modified: datetime | None
    record_length: int
    record_count: int


@dataclass(frozen=True)
class Member:
    """A dataset of a transport file; its values begin `start` bytes from the file's beginning."""

    header: XptHeader
    start: int


@dataclass(frozen=True)
class _Described:
    """A variable with the one thing more that the file says of it."""

    variable: VariableMetadata
    informat: str


def read_members(file: BinaryIO, path: Path, encoding: str) -> list[Member]:
    """Read the headers of all datasets of a transport file.

    Args:
        file: The file, open at its beginning for reading bytes.
        path: Its path, for messages.
        encoding: Of the labels.

    Raises:
        TransportError: It is not a transport file, or it is cut off or damaged.
    """
    version = recognise_version(file, path)
    return [
        _read_member(_Cursor(file, path, encoding, start, end), version)
        for start, end in find_members(file, path, version)
    ]


class _Cursor:
    """A place in a file, moved on by reading, up to the end of a dataset."""

    def __init__(self, file: BinaryIO, path: Path, encoding: str, start: int, end: int) -> None:
        self._file = file
        self._path = path
        self._encoding = encoding
        self.position = start
        self.end = end

    def fail(self, problem: str) -> NoReturn:
        fail(self._path, f"is damaged: {problem}")

    def take(self, count: int) -> bytes:
        """Read some bytes."""
        if self.position + count > self.end:
            self.fail("it ends before the values begin")
        self._file.seek(self.position)
        self.position += count
        return self._file.read(count)

    def peek_end(self, count: int) -> bytes:
        """Read the last bytes of the dataset, without moving on."""
        self._file.seek(self.end - count)
        return self._file.read(count)

    def take_padding(self) -> None:
        """Go on to the next record."""
        self.take(-self.position % RECORD)

    def take_title(self, *names: str) -> tuple[str, str]:
        """Read a record that begins a section: the section's name, and the digits after it."""
        record = self.take(RECORD)
        for name in names:
            if record.startswith(pack_title(name)[:TITLE]):
                break
        else:
            self.fail(f"{' or '.join(names)} should begin at byte {self.position - RECORD}")
        return name, record[TITLE:].decode("ascii", "replace")

    def number(self, digits: str) -> int:
        """Read a number of a title."""
        try:
            return int(digits)
        except ValueError:
            self.fail(f"{digits!r} before byte {self.position} should be a number")

    def text(self, packed: bytes) -> str:
        """Read a name or a label."""
        text = packed.rstrip(b" \0")
        try:
            return text.decode(self._encoding)
        except UnicodeDecodeError:
            problem = f"{text!r} in its description is not text in {self._encoding}"
            fail(self._path, problem, ASK_FOR_ENCODING)


def _read_member(cursor: _Cursor, version: Version) -> Member:
    titles = TITLES[version]
    _, numbers = cursor.take_title(titles.member)
    if cursor.number(numbers[26:30]) != NAMESTR:
        cursor.fail(f"its variables are not described in {NAMESTR} bytes each")
    cursor.take_title(titles.descriptor)
    names, stamps = cursor.take(RECORD), cursor.take(RECORD)
    described = _read_variables(cursor, version)
    section, numbers = cursor.take_title(titles.data, *titles.labels)
    if section in titles.labels:
        _read_long_texts(cursor, section, cursor.number(numbers), described)
        _, numbers = cursor.take_title(titles.data)
    length = sum(one.variable.length for one in described.values())
    header = XptHeader(
        metadata=_build_metadata(
            cursor.text(names[8:16] if version == 5 else names[8:40]),
            cursor.text(stamps[32:72]),
            described,
        ),
        informats={name: one.informat for name, one in described.items() if one.informat},
        version=version,
        created=unpack_stamp(names[64:80]),
        modified=unpack_stamp(stamps[:16]),
        record_length=length,
        record_count=_count_records(cursor, length, numbers[:15]),
    )
    return Member(header, cursor.position)


def _build_metadata(name: str, label: str, described: Mapping[str, _Described]) -> DatasetMetadata:
    variables = tuple(one.variable for one in described.values())
    return DatasetMetadata(name, label, variables, keys=(), domain=name, class_="", structure="")


def _read_variables(cursor: _Cursor, version: Version) -> dict[str, _Described]:
    _, numbers = cursor.take_title(TITLES[version].variables)
    described: dict[str, _Described] = {}
    offset = 0
    for _ in range(cursor.number(numbers[:10])):
        namestr = unpack_namestr(cursor.take(NAMESTR))
        one = _describe(cursor, namestr, version)
        if one.variable.name in described:
            cursor.fail(f"two variables have the name {one.variable.name!r}")
        if namestr.npos != offset:
            cursor.fail(f"{one.variable.name} is said to lie at byte {namestr.npos}, not {offset}")
        offset += namestr.nlng
        described[one.variable.name] = one
    cursor.take_padding()
    if not described:
        cursor.fail("it has no variables")
    return described


def _describe(cursor: _Cursor, namestr: Namestr, version: Version) -> _Described:
    name = cursor.text(namestr.rest[:32]) if version == 8 else ""
    name = name or cursor.text(namestr.nname)
    type_ = _TYPES.get(namestr.ntype)
    if not name or type_ is None:
        cursor.fail(f"variable {name!r} is of type {namestr.ntype}, neither Num nor Char")
    if namestr.nlng not in (NUM_BYTES if type_ == "Num" else range(1, 2**15)):
        cursor.fail(f"{name} has a length of {namestr.nlng} bytes")
    display_format = _word_format(cursor, type_, namestr.nform, namestr.nfl, namestr.nfd)
    variable = VariableMetadata(
        name,
        cursor.text(namestr.nlabel),
        type_,
        namestr.nlng,
        data_type="text" if type_ == "Char" else "float",
        display_format=display_format,
    )
    informat = _word_format(cursor, type_, namestr.niform, namestr.nifl, namestr.nifd)
    return _Described(variable, informat)


def _word_format(
    cursor: _Cursor, type_: VariableType, packed: bytes, width: int, decimals: int
) -> str:
    name = cursor.text(packed)
    if type_ == "Char" and (name or width) and not name.startswith("$"):
        name = f"${name}"
    return str(SasFormat(name, max(width, 0), max(decimals, 0)))


def _read_long_texts(
    cursor: _Cursor, section: str, count: int, described: dict[str, _Described]
) -> None:
    """Put in the texts that are too long for a NAMESTR.

    LABELV8 has labels only; LABELV9 has formats and informats too. Each entry is the variable's
    number, the lengths of the texts, and the texts.
    """
    lengths = struct.Struct(">3H" if section == "LABELV8" else ">5H")
    for _ in range(count):
        _, *sizes = lengths.unpack(cursor.take(lengths.size))
        name, *texts = (cursor.text(cursor.take(size)) for size in sizes)
        if name not in described:
            cursor.fail(f"it has a label for {name!r}, which is not a variable")
        described[name] = _replace_texts(described[name], *texts)
    cursor.take_padding()


def _replace_texts(
    one: _Described, label: str, display_format: str = "", informat: str = ""
) -> _Described:
    variable = replace(
        one.variable,
        label=label or one.variable.label,
        display_format=display_format or one.variable.display_format,
    )
    return _Described(variable, informat or one.informat)


def _count_records(cursor: _Cursor, length: int, stated: str) -> int:
    """Count the records between the cursor and its end.

    SAS states the number in version 8, other writers have zeros there. Version 5 has no number: the
    padding is less than 80 blanks, and whole blank records among them are padding (TS-140).
    """
    size = cursor.end - cursor.position
    if stated.strip(" 0"):
        count = cursor.number(stated)
        if not 0 <= size - count * length < RECORD:
            cursor.fail(f"it states {count} records, and holds {size // length}")
        return count
    ending = cursor.peek_end(min(size, RECORD - 1))
    blanks = len(ending) - len(ending.rstrip(b" "))
    count = -((blanks - size) // length)
    if count * length > size:
        cursor.fail("its last record is cut off")
    return count
