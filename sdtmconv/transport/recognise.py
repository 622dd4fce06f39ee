"""Tell a transport file from other files, and find the datasets in it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, Final, Literal, NamedTuple, NoReturn

import numpy as np

from sdtmconv.errors import Fault, TransportError
from sdtmconv.transport.layout import RECORD, TITLE, pack_title

Version = Literal[5, 8]

FETCH_AGAIN: Final = "fetch or export the file again, in binary mode"
ASK_FOR_ENCODING: Final = "ask for the file's own encoding, such as cp1252"


class Titles(NamedTuple):
    """The words that its sections begin with; a library is the file, a member a dataset."""

    library: str
    member: str
    descriptor: str
    variables: str
    labels: tuple[str, ...]
    data: str


TITLES: Final[Mapping[Version, Titles]] = {
    5: Titles("LIBRARY", "MEMBER", "DSCRPTR", "NAMESTR", (), "OBS"),
    8: Titles("LIBV8", "MEMBV8", "DSCPTV8", "NAMSTV8", ("LABELV8", "LABELV9"), "OBSV8"),
}

_NO_CPORT = ("a CPORT file", "export it with SAS's XPORT engine, not with PROC CPORT")
_OTHER_KINDS: Mapping[bytes, tuple[str, str]] = {
    b"**COMPRESSED**": _NO_CPORT,
    b"LIB CONTROL": _NO_CPORT,
    bytes(12) + b"\xc2\xea\x81\x60": ("a SAS7BDAT file", "read it as SAS7BDAT"),
    b"PK\x03\x04": ("a ZIP or an Excel file", "unpack it, or read it as Excel"),
    b"\x1f\x8b": ("a gzip file", "unpack it"),
    b"PAR1": ("a Parquet file", "read it as Parquet"),
    b"<?xml": ("an XML file", "read it as ODM-XML"),
    b"{": ("a JSON file", "read it as Dataset-JSON"),
}
# A pass over a file looks at this many bytes at a time.
_STEP = 50_000 * RECORD


def fail(path: Path, problem: str, remedy: str = FETCH_AGAIN) -> NoReturn:
    """Refuse a file.

    Raises:
        TransportError: Always.
    """
    raise TransportError(Fault(str(path), problem, remedy))


def recognise_version(file: BinaryIO, path: Path) -> Version:
    """Read the version of the format from the first record.

    Raises:
        TransportError: It is another kind of file, or it is cut off, or was transferred as text.
    """
    beginning = file.read(2 * RECORD)
    for version, titles in TITLES.items():
        if beginning.startswith(pack_title(titles.library)[:TITLE]):
            _check_records(file, path, beginning)
            return version
    if not beginning:
        fail(path, "is empty")
    for signature, (kind, remedy) in _OTHER_KINDS.items():
        if beginning.startswith(signature):
            fail(path, f"is {kind}, not a SAS transport file", remedy)
    fail(path, "is not a SAS transport file (XPT version 5 or 8)", "give the path of an XPT file")


def _check_records(file: BinaryIO, path: Path, beginning: bytes) -> None:
    if beginning[RECORD : RECORD + 1] in (b"\r", b"\n"):
        fail(path, "has line ends in it: it was transferred as text")
    size = count_file_bytes(file)
    if size % RECORD:
        fail(path, f"is cut off: its {size} bytes are not a multiple of {RECORD}")


def count_file_bytes(file: BinaryIO) -> int:
    """Count the bytes of a file."""
    return os.fstat(file.fileno()).st_size


def find_members(file: BinaryIO, path: Path, version: Version) -> list[tuple[int, int]]:
    """Find the datasets: version 5 has no table of them, every record may begin one.

    Returns:
        Where each begins and ends, in bytes from the beginning of the file.

    Raises:
        TransportError: There is none.
    """
    title = pack_title(TITLES[version].member)[:TITLE]
    starts: list[int] = []
    file.seek(0)
    while block := file.read(_STEP):
        offset = file.tell() - len(block)
        starts += [offset + start for start in _find_titles(block, title)]
    if not starts:
        fail(path, "holds no dataset")
    return list(zip(starts, [*starts[1:], count_file_bytes(file)], strict=True))


def _find_titles(block: bytes, title: bytes) -> list[int]:
    """Find the records of a block that begin with a title: by its first 8 bytes, then by all."""
    words = np.frombuffer(block, dtype="S8", count=len(block) // 8)[:: RECORD // 8]
    candidates = np.flatnonzero(words == title[:8]) * RECORD
    return [start for start in candidates.tolist() if block.startswith(title, start)]
