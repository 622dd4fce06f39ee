"""How the standards are stored: one compressed file of tables per standard.

A table has a heading, which says what it is about (a dataset, a codelist), and rows of text cells.
The file is a gzip file of several members: the headings first, then each table on its own, so that
a standard opens in no time and a table is decompressed when somebody asks for it.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sdtmconv.errors import Fault, StandardsError

PACKAGED = Path(__file__).parent / "data"
SUFFIX = ".tsv.gz"

_GZIP = 31


def _unusable(path: Path, problem: str) -> StandardsError:
    fault = Fault(str(path), problem, "write it again with `sdtmconv ct import FILE`")
    return StandardsError(fault)


@dataclass(frozen=True)
class Table:
    """A stored table.

    Args:
        heading: The cells of its heading.
        packed: Its rows, compressed.
        path: The file that it is from.
    """

    heading: tuple[str, ...]
    packed: bytes
    path: Path

    def rows(self, width: int) -> list[list[str]]:
        """Read the rows, each of `width` cells.

        Raises:
            StandardsError: The file is cut short or altered.
        """
        try:
            text = zlib.decompress(self.packed, wbits=_GZIP).decode()
        except (zlib.error, UnicodeDecodeError) as error:
            raise _unusable(self.path, f"cannot be read ({error})") from error
        rows = [line.split("\t") for line in text.split("\n")[:-1]]
        if any(len(row) != width for row in rows):
            raise _unusable(self.path, f"{self.heading[0]} has rows of another form")
        return rows


def read_tables(path: Path, width: int) -> list[Table]:
    """Open the tables of a file.

    Args:
        path: The file.
        width: The number of cells of each heading.

    Raises:
        StandardsError: The file cannot be read, or is cut short or altered.
    """
    unpacker = zlib.decompressobj(wbits=_GZIP)
    try:
        content = path.read_bytes()
        index = unpacker.decompress(content).decode()
    except (OSError, zlib.error, UnicodeDecodeError) as error:
        raise _unusable(path, f"cannot be read ({error})") from error
    tables = []
    start = len(content) - len(unpacker.unused_data)
    for line in index.split("\n")[:-1]:
        *heading, size = line.split("\t")
        if len(heading) != width or not size.isdecimal():
            raise _unusable(path, "has headings of another form")
        tables.append(Table(tuple(heading), content[start : start + int(size)], path))
        start += int(size)
    if not tables or start != len(content):
        raise _unusable(path, "is cut short or holds something else")
    return tables


def _pack(rows: Iterable[Sequence[str]]) -> bytes:
    lines = ("\t".join(" ".join(cell.split()) for cell in row) + "\n" for row in rows)
    return gzip.compress("".join(lines).encode(), compresslevel=9, mtime=0)


def _replace(path: Path, content: bytes) -> None:
    partial = path.with_name(f".{path.name}.part")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write_tables(
    path: Path, tables: Iterable[tuple[Sequence[str], Iterable[Sequence[str]]]]
) -> None:
    """Write tables to a file, whole or not at all; the same tables give the same bytes.

    Args:
        path: The file.
        tables: Heading and rows of each.

    Raises:
        StandardsError: The file cannot be written.
    """
    packed = [(heading, _pack(rows)) for heading, rows in tables]
    index = _pack([*heading, str(len(content))] for heading, content in packed)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, index + b"".join(content for _, content in packed))
    except OSError as error:
        fault = Fault(str(path), f"cannot be written ({error.strerror})", "check its folder")
        raise StandardsError(fault) from error
