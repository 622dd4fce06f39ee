"""Char values: text to and from the fixed-width, blank-padded cells of a transport file (TS-140).

The format cannot tell an empty text from a missing value, nor a value's trailing blanks from the
padding. Trailing blanks are therefore not counted in a value's length, and a blank cell is read as
missing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sdtmconv.transport.ibm import Positions
from sdtmconv.transport.records import Cells

_PADDING = " \0"
_NO_POSITIONS: Positions = np.empty(0, dtype=np.intp)


def is_ascii_based(encoding: str) -> bool:
    """Tell whether Python knows `encoding`, and ASCII text is the same bytes in it.

    >>> [is_ascii_based(name) for name in ("ascii", "cp1252", "utf-8", "utf-16", "klingon")]
    [True, True, True, False, False]
    """
    ascii_text = bytes(range(128)).decode("ascii")
    try:
        return ascii_text.encode(encoding) == ascii_text.encode("ascii")
    except (LookupError, ValueError):
        return False


def _encode_value(value: str, encoding: str) -> bytes | None:
    """Encode one value; None where the encoding lacks one of its characters, or it holds a NUL."""
    try:
        return None if "\0" in value else value.encode(encoding)
    except UnicodeEncodeError:
        return None


def explain_character(text: str, encoding: str) -> tuple[str, str] | None:
    """Name the first character of a text that cannot be written.

    Returns:
        The problem and the remedy; None where all characters can be written.

    >>> explain_character("café", "ascii")[0]
    "character 'é' (U+00E9) cannot be written in ascii"
    """
    for character in text:
        if _encode_value(character, encoding) is None:
            code = f"U+{ord(character):04X}"
            problem = f"character {character!r} ({code}) cannot be written in {encoding}"
            return problem, "replace it, or ask for an encoding that has it"
    return None


def count_bytes(text: str, encoding: str) -> int:
    """Count the bytes that a text takes, its trailing blanks left out.

    >>> count_bytes("café ", "utf-8")
    5
    """
    return len(text.rstrip(" ").encode(encoding))


def encode_cells(text: pa.LargeStringArray, width: int, encoding: str) -> tuple[Cells, Positions]:
    """Lay out values side by side, `width` bytes each.

    Args:
        text: Values; null is missing.
        width: The variable's length in bytes.
        encoding: One of those that `is_ascii_based` accepts.

    Returns:
        Cells, and the positions of those values that do not fit (longer than `width`, holding a NUL
        or a character that the encoding lacks), whose cells are blank.

    >>> text = pa.array(["abc", None, "abcd"], pa.large_string())
    >>> cells, misfits = encode_cells(text, 3, "ascii")
    >>> cells.tobytes(), misfits.tolist()
    (b'abc      ', [2])
    """
    text, strange = _drop_nulls(text), _NO_POSITIONS
    values = bytes_of(text)
    if not _is_plain(values):
        text, strange = _encode_strange(text, encoding)
        values = bytes_of(text)
    padded = _pad(text, values, width)
    if padded.size == len(text) * width:
        return padded.view(f"V{width}"), strange
    text, too_long = _blank_too_long(text, width)
    return _pad(text, bytes_of(text), width).view(f"V{width}"), np.union1d(strange, too_long)


def bytes_of(text: pa.Array) -> npt.NDArray[np.uint8]:
    """Give the bytes of all values, one after the other, without a copy."""
    _, offsets, values = text.buffers()
    ends = np.frombuffer(offsets, dtype=np.int64)[text.offset : text.offset + len(text) + 1]
    if not ends[-1]:
        return np.empty(0, dtype=np.uint8)
    return np.frombuffer(values, dtype=np.uint8)[ends[0] : ends[-1]]


def _lengths(text: pa.Array) -> npt.NDArray[np.int64]:
    offsets = np.frombuffer(text.buffers()[1], dtype=np.int64)
    return np.diff(offsets[text.offset : text.offset + len(text) + 1])


def _drop_nulls(text: pa.Array) -> pa.Array:
    """Turn null into empty text: without a copy, unless bytes lie hidden under a null."""
    if not text.null_count:
        return text
    if pc.sum(pc.binary_length(text), min_count=0).as_py() != bytes_of(text).size:
        return pc.fill_null(text, "")
    _, offsets, values = text.buffers()
    return pa.Array.from_buffers(text.type, len(text), [None, offsets, values], 0, text.offset)


def _is_plain(values: npt.NDArray[np.uint8]) -> bool:
    """Tell whether all bytes are ASCII other than NUL, which many readers take for an end."""
    return values.size == 0 or bool(values.view(np.int8).min() > 0)


def _encode_strange(text: pa.Array, encoding: str) -> tuple[pa.Array, Positions]:
    """Encode values that are not all ASCII; each distinct one is encoded once."""
    distinct = text.dictionary_encode()
    encoded = [_encode_value(value, encoding) for value in distinct.dictionary.to_pylist()]
    blanked = pa.array([value or b"" for value in encoded], pa.large_binary())
    unknown = np.array([value is None for value in encoded], dtype=bool)
    codes = distinct.indices.to_numpy()
    return _as_text(blanked.take(distinct.indices)), np.flatnonzero(unknown[codes])


def _as_text(encoded: pa.Array) -> pa.Array:
    """Call bytes text, so that Arrow's ASCII functions take them; they work byte by byte."""
    return pa.Array.from_buffers(pa.large_string(), len(encoded), encoded.buffers())


def _blank_too_long(text: pa.Array, width: int) -> tuple[pa.Array, Positions]:
    text = pc.ascii_rtrim(text, " ")
    too_long = _lengths(text) > width
    return pc.if_else(pa.array(too_long), "", text), np.flatnonzero(too_long)


def _pad(text: pa.Array, values: npt.NDArray[np.uint8], width: int) -> npt.NDArray[np.uint8]:
    """Give the values' bytes, each filled up to `width`; more than that where one is longer."""
    if values.size == len(text) * width and (_lengths(text) == width).all():
        return values
    return bytes_of(pc.ascii_rpad(text, width))


def decode_cells(cells: Cells, encoding: str) -> tuple[pa.LargeStringArray, Positions]:
    """Read the values of cells that lie side by side.

    Args:
        cells: Cells, one after the other.
        encoding: One of those that `is_ascii_based` accepts.

    Returns:
        The values without trailing blanks, null where nothing is left, and the positions of those
        that are not text in this encoding, which are null too.

    >>> cells = np.frombuffer(b"abc   \\xe9  ", dtype="V3")
    >>> text, misfits = decode_cells(cells, "ascii")
    >>> text.to_pylist(), misfits.tolist()
    (['abc', None, None], [2])
    >>> decode_cells(cells, "cp1252")[0].to_pylist()
    ['abc', None, 'é']
    """
    values = cells.view(np.uint8)
    ends = pa.py_buffer(np.arange(len(cells) + 1, dtype=np.int64) * cells.itemsize)
    buffers = [None, ends, pa.py_buffer(values)]
    text = pc.ascii_rtrim(pa.Array.from_buffers(pa.large_string(), len(cells), buffers), _PADDING)
    if values.size and int(values.max()) > 0x7F:
        return _decode_strange(text, encoding)
    return blank_to_null(text), _NO_POSITIONS


def blank_to_null(text: pa.Array) -> pa.Array:
    """Turn empty values into null."""
    filled = _lengths(text) > 0
    validity = pa.py_buffer(np.packbits(filled, bitorder="little"))
    _, offsets, values = text.buffers()
    return pa.Array.from_buffers(text.type, len(text), [validity, offsets, values])


def _decode_strange(text: pa.Array, encoding: str) -> tuple[pa.Array, Positions]:
    """Decode values that are not all ASCII; each distinct one is decoded once."""
    encoded = pa.Array.from_buffers(pa.large_binary(), len(text), text.buffers())
    distinct = encoded.dictionary_encode()
    decoded = [_decode_value(value, encoding) for value in distinct.dictionary.to_pylist()]
    unknown = np.array([value is None for value in decoded], dtype=bool)
    codes = distinct.indices.to_numpy()
    values = pa.array([value or None for value in decoded], pa.large_string())
    return values.take(distinct.indices), np.flatnonzero(unknown[codes])


def _decode_value(value: bytes, encoding: str) -> str | None:
    """Decode one value; None where it is not text in this encoding."""
    try:
        return value.decode(encoding)
    except UnicodeDecodeError:
        return None
