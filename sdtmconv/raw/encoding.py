"""In which encoding is a text file written?

A stated encoding is taken at its word. Without one, a byte order mark decides, and else the file
must be UTF-8 (or ASCII) throughout. Nothing is guessed beyond that: cp1252, gb18030 and their like
give some text for almost any bytes, so a wrong guess would corrupt names and terms silently.
"""

from __future__ import annotations

import codecs

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


def line_number(text: str) -> int:
    """Count on which line, from 1, the end of `text` is."""
    return text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1


def _show_readings(data: bytes, offset: int) -> str:
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


def _decoding_fault(source: RawSource, data: bytes, offset: int, encoding: str) -> Fault:
    before = data[:offset].decode(encoding, errors="replace")
    return source.fault(
        f"byte 0x{data[offset]:02X} (offset {offset}) is not {encoding}",
        _ASK if source.encoding else _show_readings(data, offset),
        f"line {line_number(before)}",
    )


def to_utf8(source: RawSource, data: bytes, complete: bool = True) -> tuple[bytes, str]:
    """Turn a file's bytes into UTF-8 without a byte order mark.

    Args:
        source: The form; its `encoding` is followed when stated.
        data: The bytes.
        complete: False for the head of a file, which may end within a character.

    Returns:
        The text as UTF-8, and the encoding that it was in.

    Raises:
        DataError: The encoding is unknown, or is not that of the file.
    """
    mark, marked = _byte_order_mark(data)
    stated = _stated_encoding(source)
    if stated and marked and not (stated.startswith(marked) or marked.startswith(stated)):
        problem = f"is stated to be {stated} but begins with the byte order mark of {marked}"
        raise DataError(source.fault(problem, f"state `encoding: {marked}`, or none"))
    encoding = marked or stated or "utf-8"
    body = data[len(mark) :]
    if encoding == "utf-8" and body.isascii():
        return body, encoding
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(body, complete)
        return text.encode("utf-8"), encoding
    except UnicodeDecodeError as error:
        raise DataError(_decoding_fault(source, data, len(mark) + error.start, encoding)) from None
    except (UnicodeError, LookupError) as error:
        raise DataError(source.fault(f"cannot be read as {encoding} ({error})", _ASK)) from None
