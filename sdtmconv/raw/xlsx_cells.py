"""Which cells of an .xlsx file look empty to calamine but are not?

Cells that show an error (#N/A), and formulas whose result was never calculated and saved.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from sdtmconv.errors import DataError
from sdtmconv.raw.table import RawSource
from sdtmconv.safe_xml import SAFE

# What the XML of a sheet holds if a cell has an error or a formula.
_MARKS = (b't="e"', b"t='e'", b"<f", b"f>")
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    etree.XMLSyntaxError,
    EOFError,
    KeyError,
    RuntimeError,
)


@dataclass(frozen=True)
class CellWithoutValue:
    """A cell, by its name (B3) and its row from 1, and why it has no value."""

    name: str
    row: int
    problem: str


def _parse(xml: bytes, tag: str) -> Iterator[Any]:
    """Give the elements of a name, in any namespace, each when it is complete."""
    events = etree.iterparse(io.BytesIO(xml), tag=f"{{*}}{tag}", **SAFE)
    for _, element in events:
        yield element
        element.clear()


def _relation_id(sheet: Any) -> str:
    """Tell a sheet's r:id, whose namespace differs between strict and transitional files."""
    return next((value for name, value in sheet.items() if name.endswith("}id")), "")


def _read_sheet_xml(package: zipfile.ZipFile, sheet: str) -> bytes:
    """Read the part that holds a sheet; nothing from a package that is no .xlsx file."""
    if "xl/workbook.xml" not in package.namelist():
        return b""
    sheets = _parse(package.read("xl/workbook.xml"), "sheet")
    relation = {element.get("name"): _relation_id(element) for element in sheets}
    relations = _parse(package.read("xl/_rels/workbook.xml.rels"), "Relationship")
    target = {element.get("Id"): element.get("Target", "") for element in relations}
    part = posixpath.normpath(posixpath.join("/xl", target[relation[sheet]]))
    return package.read(part.lstrip("/"))


def _find_cells(xml: bytes) -> Iterator[CellWithoutValue]:
    for cell in _parse(xml, "c") if any(mark in xml for mark in _MARKS) else ():
        name, kind, value = cell.get("r", ""), cell.get("t"), cell.findtext("{*}v")
        row = int(re.sub(r"\D", "", name) or 1)
        if kind == "e":
            yield CellWithoutValue(name, row, f"the error {value or ''}".rstrip())
        elif not value and kind != "str" and cell.find("{*}f") is not None:
            yield CellWithoutValue(name, row, "a formula that was never calculated")


def find_cells_without_value(source: RawSource, sheet: str) -> list[CellWithoutValue]:
    """Find the cells of a sheet that calamine gives as empty though they are not.

    Args:
        source: The form; nothing is found in a file of another kind than .xlsx or .xlsm.
        sheet: The sheet's name.

    Raises:
        DataError: The file is damaged.
    """
    if not zipfile.is_zipfile(source.path):
        return []
    try:
        with zipfile.ZipFile(source.path) as package:
            return list(_find_cells(_read_sheet_xml(package, sheet)))
    except _DAMAGE as error:
        problem = f"cannot be read as a workbook ({error})"
        raise DataError(source.fault(problem, "open it in Excel and save it again")) from None
