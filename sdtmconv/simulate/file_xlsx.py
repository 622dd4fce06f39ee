"""An Excel workbook of one sheet, the same bytes everywhere."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from sdtmconv.simulate.untidy import Table, Text, join

EXCEL_DAYS_BEFORE_1970 = 25569
XML_ENTITIES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
XLSX_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
    "</Types>",
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/workbook.xml": f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="Results" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    # Style 1 is a date (number format 14).
    "xl/styles.xml": f'<styleSheet xmlns="{_SHEET}"><fonts count="1"><font/></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
    '<borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
}
XLSX_SHEET_HEAD = f'<worksheet xmlns="{_SHEET}"><sheetData>'


class XlsxWriter:
    """An Excel workbook of one sheet, with real dates in the columns of `dates`.

    It is not compressed, because compressed bytes depend on the machine's zlib.

    Args:
        path: The file.
        columns: Its columns, in order.
        dates: Columns that hold days counted from 1970-01-01.
    """

    def __init__(self, path: Path, columns: tuple[str, ...], dates: frozenset[str]) -> None:
        self._columns = columns
        self._dates = dates
        self._records = 0
        self._package = zipfile.ZipFile(path, "w", zipfile.ZIP_STORED)
        for name, text in XLSX_PARTS.items():
            self._package.writestr(_zip_entry(name), text)
        self._sheet = self._package.open(_zip_entry("xl/worksheets/sheet1.xml"), "w")
        self._sheet.write(XLSX_SHEET_HEAD.encode("ascii"))
        self._write_rows({name: pa.array([name]) for name in columns}, frozenset())

    def append(self, table: Table) -> None:
        """Write some subjects' records."""
        self._write_rows(table, self._dates)

    def _write_rows(self, table: Table, dates: frozenset[str]) -> None:
        cells = [self._cell(table[name], name in dates) for name in self._columns]
        rows = pc.binary_join_element_wise("<row>", *cells, "</row>\n", "").to_pylist()
        self._sheet.write("".join(rows).encode("utf-8"))

    @staticmethod
    def _cell(texts: Text, is_date: bool) -> Text:
        if is_date:
            serial = pc.add(texts.cast(pa.int64()), EXCEL_DAYS_BEFORE_1970).cast(pa.string())
            filled = join("", '<c s="1"><v>', serial, "</v></c>")
        else:
            shown = texts
            for character, entity in XML_ENTITIES:
                shown = pc.replace_substring(shown, character, entity)
            filled = join("", '<c t="inlineStr"><is><t>', shown, "</t></is></c>")
        return pc.fill_null(filled, "<c/>")

    def close(self) -> None:
        """Complete the file."""
        self._sheet.write(b"</sheetData></worksheet>\n")
        self._sheet.close()
        self._package.close()


def _zip_entry(name: str) -> zipfile.ZipInfo:
    """Describe a part of a package in the same way on every system and at every time."""
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.create_system = 0
    entry.external_attr = 0
    return entry
