"""Excel workbooks to hand out: typed cells, a frozen header, and the same bytes everywhere.

Text is written as text, whatever it looks like: what begins with = + - or @ never becomes a
formula, neither when the file is opened nor when somebody edits the cell (CWE-1236).
"""

from __future__ import annotations

import math
import os
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO

from sdtmconv.errors import DataError, Fault

Cell = str | int | float | date | None

MOST_CHARACTERS = 32_767
MOST_ROWS = 1_048_576
# Excel counts days from here, with a 29 February 1900 that never was.
EXCEL_DAY_ZERO = datetime(1899, 12, 30)
FIRST_SURE_DATE = datetime(1900, 3, 1)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# Characters that XML cannot hold are written as _x000B_, and so is what looks like that already.
_NOT_XML = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# Positions in cellXfs of _STYLES.
_HEADER, _TEXT, _QUOTED, _DATE, _DATETIME = range(1, 6)
_TOP = '<alignment vertical="top" wrapText="1"/>'
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_SHEET}">'
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="10"/><name val="Arial"/></font>'
    '<font><b/><sz val="10"/><color rgb="FFFFFFFF"/><name val="Arial"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FF1F3A5F"/></patternFill></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="6"><xf/>'
    f'<xf fontId="1" fillId="2" applyFont="1" applyFill="1" applyAlignment="1">{_TOP}</xf>'
    f'<xf numFmtId="49" applyNumberFormat="1" applyAlignment="1">{_TOP}</xf>'
    f'<xf numFmtId="49" quotePrefix="1" applyNumberFormat="1" applyAlignment="1">{_TOP}</xf>'
    f'<xf numFmtId="164" applyNumberFormat="1" applyAlignment="1">{_TOP}</xf>'
    f'<xf numFmtId="165" applyNumberFormat="1" applyAlignment="1">{_TOP}</xf>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


@dataclass(frozen=True)
class Column:
    """A column: its title, and its width in characters."""

    title: str
    width: float = 16


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    Args:
        name: Up to 31 characters, none of `[]:*?/` or a backslash.
        columns: The header row.
        rows: Cells in the order of the columns, taken once; None and NaN are empty cells. A number
            is a number and a date is a date in Excel, everything else is text.
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write an Excel workbook; what stood there before is replaced once all is written.

    It is not compressed, because compressed bytes depend on the machine's zlib, and it carries no
    time.

    Args:
        path: The file, .xlsx.
        sheets: Its sheets, in order.

    Raises:
        DataError: A text or a sheet is larger than Excel's limits, or the file cannot be written.
    """
    fresh = path.with_name(f".{path.name}.new")
    try:
        with zipfile.ZipFile(fresh, "w", zipfile.ZIP_STORED) as package:
            _write_parts(package, path.name, sheets)
        os.replace(fresh, path)
    except OSError as error:
        problem = f"cannot be written ({error.strerror or error})"
        raise DataError(Fault(str(path), problem, "check the rights and the free space")) from None
    finally:
        fresh.unlink(missing_ok=True)


def _write_parts(package: zipfile.ZipFile, file: str, sheets: Sequence[Sheet]) -> None:
    for name, text in _describe_package(sheets):
        package.writestr(_zip_entry(name), text)
    texts: dict[str, int] = {}
    for number, sheet in enumerate(sheets, start=1):
        with package.open(_zip_entry(_sheet_part(number)), "w", force_zip64=True) as part:
            _SheetWriter(f"{file} sheet {sheet.name!r}", texts).write(part, sheet)
    with package.open(_zip_entry("xl/sharedStrings.xml"), "w", force_zip64=True) as part:
        part.write(f'{_HEAD}<sst xmlns="{_SHEET}" uniqueCount="{len(texts)}">'.encode())
        for text in texts:
            part.write(f'<si><t xml:space="preserve">{_escape(text)}</t></si>'.encode())
        part.write(b"</sst>")


class _SheetWriter:
    """Writes one sheet; `texts` numbers the texts that all sheets share."""

    def __init__(self, place: str, texts: dict[str, int]) -> None:
        self._place, self._texts = place, texts

    def write(self, part: IO[bytes], sheet: Sheet) -> None:
        widths = "".join(
            f'<col min="{n}" max="{n}" width="{column.width}" customWidth="1"/>'
            for n, column in enumerate(sheet.columns, start=1)
        )
        part.write(
            f'{_HEAD}<worksheet xmlns="{_SHEET}"><sheetViews><sheetView workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
            f"</sheetView></sheetViews><cols>{widths}</cols><sheetData>".encode()
        )
        letters = [_letters(n) for n in range(len(sheet.columns))]
        titles = [self._text(column.title, _HEADER, 1) for column in sheet.columns]
        part.write(_row(1, letters, titles))
        number = 1
        for number, row in enumerate(sheet.rows, start=2):
            if number > MOST_ROWS:
                self._refuse(number, f"is beyond Excel's {MOST_ROWS:,} rows", "write fewer records")
            part.write(_row(number, letters, [self._cell(cell, number) for cell in row]))
        last = f"{letters[-1]}{number}"
        part.write(f'</sheetData><autoFilter ref="A1:{last}"/></worksheet>'.encode())

    def _cell(self, value: Cell, row: int) -> str:
        """Give a cell's attributes and content; empty for no cell."""
        match value:
            case None:
                return ""
            case bool():
                return f' t="b"><v>{value:d}</v>'
            case float() if not math.isfinite(value):
                return "" if math.isnan(value) else self._text(str(value), _TEXT, row)
            case int() | float():
                return f"><v>{value!r}</v>"
            case date():
                return self._date(value, row)
        style = _QUOTED if value.startswith(FORMULA_STARTS) else _TEXT
        return self._text(value, style, row) if value else ""

    def _date(self, value: date, row: int) -> str:
        moment = value if isinstance(value, datetime) else datetime(*value.timetuple()[:3])
        if moment < FIRST_SURE_DATE:
            return self._text(value.isoformat(), _TEXT, row)
        passed = moment - EXCEL_DAY_ZERO
        style = _DATETIME if isinstance(value, datetime) else _DATE
        return f' s="{style}"><v>{passed.total_seconds() / 86_400:.14g}</v>'

    def _text(self, text: str, style: int, row: int) -> str:
        if len(text) > MOST_CHARACTERS:
            problem = f"a text has {len(text):,} characters, and Excel holds {MOST_CHARACTERS:,}"
            self._refuse(row, problem, "shorten it")
        return f' t="s" s="{style}"><v>{self._texts.setdefault(text, len(self._texts))}</v>'

    def _refuse(self, row: int, problem: str, remedy: str) -> None:
        raise DataError(Fault(f"{self._place} row {row}", problem, remedy))


def _row(number: int, letters: Sequence[str], cells: Sequence[str]) -> bytes:
    filled = [
        f'<c r="{letter}{number}"{cell}</c>'
        for letter, cell in zip(letters, cells, strict=True)
        if cell
    ]
    return f'<row r="{number}">{"".join(filled)}</row>\n'.encode()


def _escape(text: str) -> str:
    """Write text as XML content that Excel reads back as it was.

    >>> _escape("A<B&_x000D_"), _escape("\\x0b")
    ('A&lt;B&amp;_x005F_x000D_', '_x000B_')
    """
    kept = _NOT_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    return kept.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _letters(number: int) -> str:
    """Name a column, counted from 0.

    >>> _letters(0), _letters(25), _letters(26), _letters(702)
    ('A', 'Z', 'AA', 'AAA')
    """
    rest, letter = divmod(number, 26)
    return (_letters(rest - 1) if rest else "") + chr(ord("A") + letter)


def _sheet_part(number: int) -> str:
    return f"xl/worksheets/sheet{number}.xml"


def _describe_package(sheets: Sequence[Sheet]) -> Iterator[tuple[str, str]]:
    """Give the parts that say what else is in the package."""
    numbers = range(1, len(sheets) + 1)
    parts = {"xl/workbook.xml": "sheet.main", "xl/styles.xml": "styles"}
    parts |= {"xl/sharedStrings.xml": "sharedStrings"}
    parts |= {_sheet_part(number): "worksheet" for number in numbers}
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{_TYPE}.{kind}+xml"/>'
        for name, kind in parts.items()
    )
    yield (
        "[Content_Types].xml",
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f"{overrides}</Types>",
    )
    yield "_rels/.rels", _relationships([("officeDocument", "xl/workbook.xml")])
    named = "".join(
        f'<sheet name="{_escape(sheet.name)}" sheetId="{n}" r:id="rId{n}"/>'
        for n, sheet in zip(numbers, sheets, strict=True)
    )
    yield (
        "xl/workbook.xml",
        f'{_HEAD}<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}">'
        f"<sheets>{named}</sheets></workbook>",
    )
    targets = [("worksheet", f"worksheets/sheet{number}.xml") for number in numbers]
    others = [("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")]
    yield "xl/_rels/workbook.xml.rels", _relationships([*targets, *others])
    yield "xl/styles.xml", _STYLES


def _relationships(targets: Sequence[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _zip_entry(name: str) -> zipfile.ZipInfo:
    """Describe a part of the package in the same way on every system and at every time."""
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.create_system = 0
    entry.external_attr = 0
    return entry
