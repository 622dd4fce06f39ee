"""Word documents from a few kinds of blocks, with the same bytes everywhere."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.shared import Pt

# The least time a ZIP archive can hold: files in it have no time of their own.
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
FONT_SIZE = Pt(9)
EAST_ASIAN_FONT = "SimSun"


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is a chapter."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `marked` for what people have to complete."""

    text: str
    marked: bool = False


@dataclass(frozen=True)
class Table:
    """A table with a header row."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Heading | Paragraph | Table


def render_word(title: str, blocks: Sequence[Block], created: datetime, language: str) -> bytes:
    """Make a Word document.

    Args:
        title: Its title.
        blocks: What it says.
        created: Its time stamp.
        language: en or zh.

    Returns:
        The bytes of a .docx, which depend on the arguments only.
    """
    document = Document()
    properties = document.core_properties
    properties.title, properties.author, properties.comments = title, "sdtmconv", ""
    properties.created = properties.modified = created
    properties.last_modified_by, properties.language = "sdtmconv", language
    fonts = document.styles["Normal"].element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), EAST_ASIAN_FONT)
    document.add_heading(_clean(title), 0)
    for block in blocks:
        _add(document, block)
    written = io.BytesIO()
    document.save(written)
    return _store(written.getvalue())


def _add(document: WordDocument, block: Block) -> None:
    if isinstance(block, Heading):
        document.add_heading(_clean(block.text), block.level)
    elif isinstance(block, Paragraph):
        run = document.add_paragraph().add_run(_clean(block.text))
        run.italic = block.marked
    else:
        _add_table(document, block)


def _add_table(document: WordDocument, block: Table) -> None:
    """Add a table row by row of cells; python-docx finds a cell by its number slowly."""
    table = document.add_table(rows=1 + len(block.rows), cols=len(block.header))
    table.style = "Table Grid"
    cells = iter(table._cells)
    for number, row in enumerate((block.header, *block.rows)):
        for text in row:
            run = next(cells).paragraphs[0].add_run(_clean(text))
            run.font.size, run.bold = FONT_SIZE, number == 0


def _clean(text: str) -> str:
    """Leave out what XML cannot hold."""
    return NOT_IN_XML.sub("", text)


def _store(content: bytes) -> bytes:
    """Write an archive again without times, and uncompressed: not every zlib packs alike."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, ZIP_TIME)
            entry.create_system = 0
            new.writestr(entry, old.read(name))
    return written.getvalue()
