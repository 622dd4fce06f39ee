"""Large transport files in parts, as regulators take them: equal in all but name and records.

FDA's Study Data Technical Conformance Guide asks for datasets over 5 GB to be split, and the whole
dataset beside its parts. Names follow SDTMIG 4.1.7: the parts of LB are LB1, LB2 and so on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from sdtmconv.errors import Fault, TransportError, raise_faults
from sdtmconv.transport.files import append, open_replacing
from sdtmconv.transport.layout import RECORD, pack_header
from sdtmconv.transport.limits import find_limit_faults
from sdtmconv.transport.recognise import fail
from sdtmconv.transport.records import build_record_type
from sdtmconv.transport.xpt_header import Member
from sdtmconv.transport.xpt_read import open_member

FDA_LIMIT: Final = 5_000_000_000
SUBJECT: Final = "USUBJID"

_STEP: Final = 16_000_000
_PART = re.compile(r"(?P<name>.*?)(?P<number>[1-9][0-9]*)")


@dataclass(frozen=True)
class _File:
    """A transport file that is open at its only dataset."""

    file: BinaryIO
    member: Member
    path: Path
    encoding: str

    @property
    def length(self) -> int:
        """Count the bytes of a record."""
        return self.member.header.record_length

    @property
    def count(self) -> int:
        """Count the records."""
        return self.member.header.record_count

    def read(self, start: int, end: int) -> bytes:
        """Read some records."""
        self.file.seek(self.member.start + start * self.length)
        return self.file.read((end - start) * self.length)

    def copy(self, target: BinaryIO, start: int, end: int) -> None:
        """Copy records to the end of another file."""
        step = max(1, _STEP // self.length)
        for first in range(start, end, step):
            append(target, memoryview(self.read(first, min(first + step, end))))

    def pack_header(self, name: str) -> bytes:
        """Make the same header for a dataset of another name."""
        header = self.member.header
        metadata = replace(header.metadata, name=name)
        raise_faults(TransportError, find_limit_faults(metadata, header.informats, self.encoding))
        created = header.created or header.modified or datetime(1960, 1, 1)
        return pack_header(metadata, header.informats, created, self.encoding)


def split_xpt(path: Path, folder: Path, *, limit: int, encoding: str = "ascii") -> list[Path]:
    """Split a transport file into parts that are no larger than a limit.

    A part ends where a subject does, if the subject's records stand together and fit into a part.

    Args:
        path: The file, with one dataset.
        folder: For the parts, lb1.xpt, lb2.xpt and so on; it must be there.
        limit: Most bytes of a part.
        encoding: Of the file.

    Returns:
        The parts; none where the file itself is within the limit, and nothing is written.

    Raises:
        TransportError: The file cannot be read, no record fits into a part, the dataset's name has
            no room for a number, or the parts cannot be written.
    """
    with open_member(path, encoding) as (file, member), ExitStack() as parts:
        whole = _File(file, member, path, encoding)
        if path.stat().st_size <= limit:
            return []
        name = whole.member.header.metadata.name
        paths = []
        for number, (start, end) in enumerate(_cut(whole, limit), start=1):
            paths.append(folder / f"{name}{number}.xpt".lower())
            target = parts.enter_context(open_replacing(paths[-1]))
            _write_part(whole, target, f"{name}{number}", start, end)
        return paths


def _cut(whole: _File, limit: int) -> Iterator[tuple[int, int]]:
    """Give the first record of each part, and the one behind its last."""
    room = limit - len(whole.pack_header(whole.member.header.metadata.name))
    most = room // RECORD * RECORD // whole.length
    if most < 1:
        fail(whole.path, f"has no record that fits into {limit} bytes", "raise the limit")
    start, count = 0, whole.count
    while start < count:
        end = min(start + most, count)
        if end < count:
            end = _find_subject_end(whole, start, end)
        yield start, end
        start = end


def _find_subject_end(whole: _File, start: int, end: int) -> int:
    """Go back from `end` to where a subject's records begin; `end` itself if there is no such."""
    record_type = build_record_type(whole.member.header.metadata.variables)
    if SUBJECT not in (record_type.names or ()):
        return end
    step = max(1, _STEP // whole.length)
    last = end
    while last > start:
        first = max(start, last - step)
        # One record more, for the one behind the block to be compared with.
        data = np.frombuffer(whole.read(first, last + 1), record_type)
        subjects = np.ascontiguousarray(data[SUBJECT])
        changes = np.flatnonzero(subjects[1:] != subjects[:-1])
        if changes.size:
            return first + int(changes[-1]) + 1
        last = first
    return end


def _write_part(whole: _File, target: BinaryIO, name: str, start: int, end: int) -> None:
    target.write(whole.pack_header(name))
    whole.copy(target, start, end)
    if whole.length < RECORD and not whole.read(end - 1, end).strip():
        problem = f"record {end} is blank, and would be lost at the end of {name}"
        fail(whole.path, problem, "drop the record, or choose another limit")
    target.write(b" " * (-(end - start) * whole.length % RECORD))


def join_xpt(parts: Sequence[Path], path: Path, *, encoding: str = "ascii") -> int:
    """Put a dataset together again that was split.

    Args:
        parts: All of them, in any order; the number at the end of a dataset's name is its place.
        path: The file to write; byte by byte the one that was split.
        encoding: Of the files.

    Returns:
        The number of records.

    Raises:
        TransportError: A part cannot be read, is missing or there twice, or differs from the first
            in more than name and records; or the file cannot be written.
    """
    with ExitStack() as opened:
        files = [
            _File(*opened.enter_context(open_member(part, encoding)), part, encoding)
            for part in parts
        ]
        name, ordered = _order(files)
        target = opened.enter_context(open_replacing(path))
        target.write(ordered[0].pack_header(name))
        for file in ordered:
            file.copy(target, 0, file.count)
        count = sum(file.count for file in ordered)
        target.write(b" " * (-count * ordered[0].length % RECORD))
        return count


def _order(files: Sequence[_File]) -> tuple[str, list[_File]]:
    """Give the name of the whole, and its parts in order."""
    found: dict[int, _File] = {}
    names = set()
    for file in files:
        match = _PART.fullmatch(file.member.header.metadata.name)
        if match is None:
            fail(file.path, "has no number at the end of its dataset's name", "name parts only")
        if int(match["number"]) in found:
            fail(file.path, f"is part {match['number']}, as another one is", "name each part once")
        found[int(match["number"])] = file
        names.add(match["name"])
    ordered = [found[number] for number in sorted(found)]
    if len(names) != 1 or (list(found) and sorted(found) != list(range(1, len(found) + 1))):
        places = ", ".join(file.path.name for file in ordered)
        fail(ordered[0].path.parent, f"{places} are not all parts of one dataset", "name them all")
    raise_faults(TransportError, _find_differences(ordered))
    return names.pop(), ordered


def _find_differences(ordered: Sequence[_File]) -> Iterator[Fault]:
    first = ordered[0].member.header
    for file in ordered[1:]:
        header = file.member.header
        if header.metadata.variables != first.metadata.variables:
            problem = f"has other variables, lengths, labels or formats than {ordered[0].path.name}"
            yield Fault(str(file.path), problem, "name parts of the same dataset")
