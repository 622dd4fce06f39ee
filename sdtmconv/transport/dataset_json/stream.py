"""The text of a Dataset-JSON file, some of it at a time: values, and the texts of whole rows.

JSON, NDJSON and both of them compressed are told by what stands in the file.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, NoReturn

import numpy as np

from sdtmconv.transport.recognise import fail

# Longer than the description of any dataset, and than any record.
_MOST: Final = 16_000_000
_BLANKS: Final = b" \t\r\n"
_GZIP: Final = b"\x1f\x8b"
_EITHER_HEADER: Final = 47  # lets zlib see for itself whether it is zlib's or gzip's
_DECODER: Final = json.JSONDecoder()


class JsonText:
    """A file's text from its front on; what has been taken is gone.

    Args:
        file: The file, open at its beginning for reading bytes.
        path: Its path, for messages.
        step: How many bytes are read or unpacked at once.
    """

    def __init__(self, file: BinaryIO, path: Path, step: int) -> None:
        self.place = str(path)
        self._step = step
        self._path = path
        self._pieces = self._read(file)
        self._buffer = next(self._pieces, b"").removeprefix(b"\xef\xbb\xbf")
        if not self._buffer:
            self.fail("is empty")

    def fail(self, problem: str, remedy: str = "fetch or write the file again") -> NoReturn:
        """Refuse the file."""
        fail(self._path, problem, remedy)

    def _read(self, file: BinaryIO) -> Iterator[bytes]:
        start = file.read(2)
        file.seek(0)
        is_zlib = len(start) == 2 and start[0] & 15 == 8 and int.from_bytes(start, "big") % 31 == 0
        if is_zlib or start == _GZIP:
            yield from self._unpack(file)
        while piece := file.read(self._step):
            yield piece

    def _unpack(self, file: BinaryIO) -> Iterator[bytes]:
        """Give what was compressed; gzip files may follow each other in one file."""
        packed = file.read(self._step)
        while packed:
            unpacker = zlib.decompressobj(_EITHER_HEADER)
            while not unpacker.eof:
                try:
                    piece = unpacker.decompress(packed, self._step)
                except zlib.error as error:
                    self.fail(f"cannot be unpacked: {error}")
                packed = unpacker.unconsumed_tail or file.read(self._step)
                if not packed and not piece and not unpacker.eof:
                    self.fail("is cut off: its compressed text has no end")
                if piece:
                    yield piece
            packed = unpacker.unused_data or packed

    def _more(self) -> bool:
        """Add some text to that at hand; False at the end of the file."""
        if len(self._buffer) > _MOST:
            self.fail(f"has a value or a record of more than {_MOST:,} bytes")
        piece = next(self._pieces, b"")
        self._buffer += piece
        return bool(piece)

    def peek(self) -> bytes:
        """Give the next byte that is no blank, without taking it; none at the end."""
        while True:
            self._buffer = self._buffer.lstrip(_BLANKS)
            if self._buffer or not self._more():
                return self._buffer[:1]

    def take(self, mark: bytes) -> bool:
        """Take one byte if it is the next; tell whether it was."""
        found = self.peek() == mark
        self._buffer = self._buffer[found:]
        return found

    def expect(self, mark: bytes) -> None:
        """Take one byte that has to be the next."""
        if not self.take(mark):
            found = self._buffer[:20].decode("utf-8", "replace")
            where = f"{found!r} stands" if found else "it ends"
            self.fail(f"is no sound JSON: {where} where {mark.decode()} should be")

    def take_value(self) -> Any:
        """Take a whole value."""
        self.peek()
        while True:
            # The buffer may end within a character.
            text = self._buffer.decode("utf-8", "surrogateescape")
            try:
                value, end = _DECODER.raw_decode(text)
            except (ValueError, RecursionError) as error:
                if not self._more():
                    self.fail(f"is no sound JSON: {error}")
                continue
            if end < len(text) or not self._more():
                break
        if not _is_unicode(value):
            self.fail("is not in UTF-8", "write it in UTF-8, as JSON has to be")
        self._buffer = text[end:].encode("utf-8", "surrogateescape")
        return value

    def take_rows(self) -> Iterator[bytes]:
        """Take whole rows, with the commas or line ends between them, some rows at a time."""
        while self.peek() in (b"[", b","):
            while not (end := self._find_row_end()):
                if not self._more():
                    self.fail("is cut off within a record")
            rows, self._buffer = self._buffer[:end], self._buffer[end:]
            yield rows

    def _find_row_end(self) -> int:
        """Find where the last whole row at hand ends; 0 where there is none."""
        # A line end never stands within quotes: JSON has \n there.
        end = max(self._buffer.rfind(b"]\n["), self._buffer.rfind(b"],\n["))
        if end >= 0:
            return end + 1
        plain = self._buffer.replace(b"\\\\", b"__").replace(b'\\"', b"__")
        characters = np.frombuffer(plain, dtype=np.uint8)
        quoted = np.logical_xor.accumulate(characters == ord('"'))
        opening, closing = characters == ord("["), characters == ord("]")
        brackets = np.flatnonzero((opening | closing) & ~quoted)
        # Rows hold no arrays: while it is rows, every second bracket closes one.
        expected = np.resize([True, False], brackets.size)
        other = np.flatnonzero(opening[brackets] != expected)
        whole = int(other[0] if other.size else brackets.size) // 2
        if other.size and not whole:
            self.fail("has an array within a record", "give each value as a text or a number")
        return int(brackets[2 * whole - 1]) + 1 if whole else 0


def _is_unicode(value: Any) -> bool:
    try:
        return bool(json.dumps(value, ensure_ascii=False).encode())
    except UnicodeEncodeError:
        return False
