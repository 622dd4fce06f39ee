"""Write a SAS7BDAT file for tests: 32 bit, little-endian, uncompressed, one page."""

from __future__ import annotations

import struct
from pathlib import Path

MAGIC = bytes.fromhex("000000000000000000000000c2ea8160b31411cfbd92080009c7318c181f1011")
UTF_8 = 20
PAGE_SIZE = 65536
MIXED_PAGE = 0x0200
MISSING = struct.pack("<Q", 0xFFFFD10000000000)


def write_sas7bdat(
    path: Path,
    columns: dict[str, tuple[str, list[str | bytes | float | None]]],
    encoding: int = UTF_8,
) -> Path:
    """Write columns, name -> (format, values); text gets the length of its longest value."""
    cells = {name: [_cell(value) for value in values] for name, (_, values) in columns.items()}
    widths = {name: max(map(len, column), default=8) for name, column in cells.items()}
    rows = [
        b"".join(cell.ljust(widths[name]) for name, cell in zip(cells, row, strict=True))
        for row in zip(*cells.values(), strict=True)
    ]
    path.write_bytes(_header(encoding) + _page(columns, widths, rows))
    return path


def _cell(value: str | bytes | float | None) -> bytes:
    if value is None:
        return MISSING
    if isinstance(value, str):
        return value.encode()
    return value if isinstance(value, bytes) else struct.pack("<d", value)


def _header(encoding: int) -> bytes:
    header = bytearray(1024)
    header[:32] = MAGIC
    header[32], header[35], header[37], header[39], header[70] = 0x22, 0x22, 1, ord("1"), encoding
    header[84:92], header[156:164] = b"SAS FILE", b"DATA    "
    struct.pack_into("<III", header, 196, len(header), PAGE_SIZE, 1)
    header[216:224] = b"9.0401M6"
    return bytes(header)


def _page(columns: dict, widths: dict[str, int], rows: list[bytes]) -> bytes:
    subheaders = _subheaders(columns, widths, rows)
    page = bytearray(PAGE_SIZE)
    struct.pack_into("<HHH", page, 16, MIXED_PAGE, len(rows) + len(subheaders), len(subheaders))
    end = PAGE_SIZE
    for i, subheader in enumerate(subheaders):
        end -= len(subheader)
        page[end : end + len(subheader)] = subheader
        struct.pack_into("<II", page, 24 + 12 * i, end, len(subheader))
    start = (24 + 12 * len(subheaders) + 7) // 8 * 8
    data = b"".join(rows)
    page[start : start + len(data)] = data
    return bytes(page)


def _subheaders(columns: dict, widths: dict[str, int], rows: list[bytes]) -> list[bytes]:
    text, names, attributes, formats = bytearray(28), b"", b"", []
    offset = 0
    for name, (format_name, values) in columns.items():
        names += _reference(text, name) + bytes(2)
        kind = 2 if isinstance(next((v for v in values if v is not None), 0.0), str | bytes) else 1
        attributes += struct.pack("<IIHBx", offset, widths[name], 4, kind)
        offset += widths[name]
        description = bytearray(52)
        description[:4] = b"\xfe\xfb\xff\xff"
        description[34:40] = _reference(text, format_name)
        formats.append(bytes(description))
    row_size = bytearray(480)
    row_size[:4] = b"\xf7" * 4
    struct.pack_into("<II", row_size, 20, offset, len(rows))
    struct.pack_into("<I", row_size, 60, len(rows))
    return [
        _sized(0xFFFFFFFD, bytes(text[8:]) + bytes(-len(text) % 4)),
        bytes(row_size),
        struct.pack("<4sII", b"\xf6" * 4, len(columns), 0),
        _sized(0xFFFFFFFF, names),
        _sized(0xFFFFFFFC, attributes),
        *formats,
    ]


def _reference(text: bytearray, value: str) -> bytes:
    """Add a text and say where it is: subheader 0, its place after the signature, its length."""
    reference = struct.pack("<HHH", 0, len(text), len(value))
    text += value.encode()
    return reference


def _sized(signature: int, data: bytes) -> bytes:
    return struct.pack("<IH6x", signature, len(data) + 8) + data + bytes(8)
