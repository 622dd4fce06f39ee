"""In which encoding is a text file written?

A stated encoding is taken at its word. Without one, a byte order mark decides, and else the file
must be UTF-8 (or ASCII) throughout. Nothing is guessed beyond that: cp1252, gb18030 and their like
give some text for almost any bytes, so a wrong guess would corrupt names and terms silently.
"""

from __future__ import annotations

import codecs
import io
import mmap
from collections.abc import Iterable, Iterator

from sdtmconv.errors import DataError, Fault
from sdtmconv.raw.table import RawSource

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ASK = "state the encoding in which it was written, as `encoding: cp1252`"
_LIKELY = ("cp1252", "gb18030")
_SHOWN_BEFORE, _SHOWN_AFTER = 24, 8
_READ_BYTES = 1 << 22


def _byte_order_mark(data: bytes) -> tuple[bytes, str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return mark, encoding
    return b"", ""


def _stated_encoding(source: RawSource) -> str:
    if not source.encoding:
        return ""
    try:
        " ".encode(source.encoding)
        return codecs.lookup(source.encoding).name
    except (LookupError, ValueError):
        problem = f"unknown encoding {source.encoding!r}"
        raise DataError(
            source.setting_fault(problem, "use a name such as utf-8, cp1252, gb18030 or utf-16")
        ) from None


def find_encoding(source: RawSource) -> tuple[str, int]:
    """Tell the encoding of a file, and how many bytes its byte order mark takes.

    Raises:
        DataError: The stated encoding is unknown, or is not that of the byte order mark.
    """
    with source.path.open("rb") as file:
        mark, marked = _byte_order_mark(file.read(4))
    stated = _stated_encoding(source)
    if stated and marked and not (stated.startswith(marked) or marked.startswith(stated)):
        problem = f"is stated to be {stated} but begins with the byte order mark of {marked}"
        raise DataError(source.fault(problem, f"state `encoding: {marked}`, or none"))
    return marked or stated or "utf-8", len(mark)


def count_line(texts: Iterable[str]) -> int:
    """Count on which line, from 1, a text ends that is given in pieces.

    >>> count_line(["A\\r", "\\nB\\r", "C"])
    3
    """
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    counts = [newlines.decode(text).count("\n") for text in texts]
    return sum(counts) + newlines.decode("", final=True).count("\n") + 1


def _show_readings(data: mmap.mmap, offset: int) -> str:
    """Word a remedy that shows how the line would read in likely encodings."""
    start = max(data.rfind(b"\n", 0, offset), data.rfind(b"\r", 0, offset)) + 1
    end = min(e for e in (data.find(b"\n", offset), data.find(b"\r", offset), len(data)) if e >= 0)
    readings = []
    for encoding in _LIKELY:
        line = data[start:end].decode(encoding, errors="replace")
        if "\ufffd" not in line:
            at = len(data[start:offset].decode(encoding, errors="ignore"))
            reading = line[max(0, at - _SHOWN_BEFORE) : at + _SHOWN_AFTER]
            readings.append(f"`encoding: {encoding}` if it should read {reading!r}")
    return "state " + ", or ".join(readings) if readings else _ASK


def _iterate_bytes(source: RawSource, size: int) -> Iterator[bytes]:
    """Give the first `size` bytes of a file."""
    with source.path.open("rb") as file:
        for start in range(0, size, _READ_BYTES):
            yield file.read(min(_READ_BYTES, size - start))


def _decoding_fault(source: RawSource, offset: int, encoding: str) -> Fault:
    before = codecs.iterdecode(_iterate_bytes(source, offset), encoding, errors="replace")
    where = f"line {count_line(before)}"
    with (
        source.path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        problem = f"byte 0x{data[offset]:02X} (offset {offset}) is not {encoding}"
        remedy = _ASK if source.encoding else _show_readings(data, offset)
    return source.fault(problem, remedy, where)


def _decode_block(
    source: RawSource, encoding: str, decoder: codecs.IncrementalDecoder, data: bytes, end: int
) -> bytes:
    """Turn the bytes before `end`, or the last of the file when there are none, into UTF-8."""
    try:
        return decoder.decode(data, final=not data).encode("utf-8")
    except UnicodeDecodeError as error:
        # What the decoder was given includes what it had kept of the bytes before.
        offset = end - len(error.object) + error.start
        raise DataError(_decoding_fault(source, offset, encoding)) from None


def _decode(source: RawSource, encoding: str, mark_bytes: int, block_bytes: int) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    with source.path.open("rb") as file:
        file.seek(mark_bytes)
        while data := file.read(min(block_bytes, _READ_BYTES)):
            if encoding == "utf-8" and data.isascii() and not decoder.getstate()[0]:
                yield data
            else:
                yield _decode_block(source, encoding, decoder, data, file.tell())
        yield _decode_block(source, encoding, decoder, b"", file.tell())


def iterate_utf8(source: RawSource, block_bytes: int) -> Iterator[bytes]:
    """Turn a file's bytes into UTF-8 without a byte order mark.

    Args:
        source: The form; its `encoding` is followed when stated.
        block_bytes: How many bytes to read at a time, at most.

    Yields:
        The text as UTF-8, in pieces of whole characters.

    Raises:
        DataError: The encoding is unknown, or is not that of the file.
    """
    encoding, mark_bytes = find_encoding(source)
    try:
        yield from _decode(source, encoding, mark_bytes, block_bytes)
    except (UnicodeError, LookupError) as error:
        problem = f"cannot be read as {encoding} ({getattr(error, 'reason', error)})"
        raise DataError(source.fault(problem, _ASK)) from None
