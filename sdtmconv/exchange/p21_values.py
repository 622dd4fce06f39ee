"""What stands in the cells of a specification: short names of OIDs, pages, lists of values."""

from __future__ import annotations

import csv
import io
import re

from sdtmconv.define_xml import model

_PREFIX = re.compile(r"(?:IG|IT|VL|WC|CL|MT|COM|STD|LF)\.(?=.)")


def shorten(oid: str) -> str:
    """Take off the prefix that tells what an OID is of.

    >>> shorten("MT.AE.AESTDY"), shorten("M1")
    ('AE.AESTDY', 'M1')
    """
    found = _PREFIX.match(oid)
    return oid[found.end() :] if found else oid


def join_values(values: tuple[str, ...]) -> str:
    """Write values with commas between them, in quotes where one holds a comma or quote.

    >>> join_values(("A", "B, C"))
    'A, "B, C"'
    """
    return ", ".join(map(_quoted, values))


def _quoted(value: str) -> str:
    plain = value and value == value.strip() and not re.search(r'[",\n\r]', value)
    return value if plain else '"' + value.replace('"', '""') + '"'


def split_values(text: str) -> tuple[str, ...]:
    """Read what `join_values` writes.

    >>> split_values('A, "B, C"')
    ('A', 'B, C')
    """
    rows = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
    return tuple(value for row in rows for value in row)


def write_pages(references: tuple[model.DocumentRef, ...]) -> str:
    """Write the pages of references to documents, as `7 8` or `3-5`."""
    pages = [page for reference in references for page in reference.pages]
    return " ".join(
        page.page_refs
        or (f"{page.first_page}-{page.last_page}" if page.first_page is not None else "")
        for page in pages
    ).strip()


def read_pages(text: str) -> tuple[model.PDFPageRef, ...]:
    """Read pages: numbers, a range, or named destinations.

    >>> read_pages("7, 8")[0].page_refs, read_pages("3-5")[0].last_page
    ('7 8', 5)
    """
    listed = " ".join(text.replace(",", " ").split())
    span = re.fullmatch(r"(\d{1,6})\s?-\s?(\d{1,6})", listed)
    if not listed:
        return ()
    if span:
        first, last = map(int, span.groups())
        return (model.PDFPageRef(type="PhysicalRef", first_page=first, last_page=last),)
    numbers = all(page.isdecimal() for page in listed.split())
    kind = "PhysicalRef" if numbers else "NamedDestination"
    return (model.PDFPageRef(type=kind, page_refs=listed),)
