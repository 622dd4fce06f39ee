"""Read a release of controlled terminology from the files that CDISC and NCI publish.

NCI EVS publishes each package as tab-delimited text, as Excel and as ODM-XML; CDISC Library answers
in JSON. The content tells them apart, not the file's name.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import python_calamine
from lxml import etree

from sdtmconv.errors import Fault, StandardsError, raise_faults
from sdtmconv.safe_xml import SAFE
from sdtmconv.standards.terminology import Entry, PublishedCodelist

_COLUMNS = (
    "Code",
    "Codelist Code",
    "Codelist Extensible (Yes/No)",
    "Codelist Name",
    "CDISC Submission Value",
    "CDISC Synonym(s)",
    "NCI Preferred Term",
)
_RELEASE_COLUMN = "Standard and Date"
_NCI = "{http://ncicb.nci.nih.gov/xml/odm/EVS/CDISC}"
DOWNLOAD_AGAIN = "download the release again, from NCI EVS or CDISC Library"


class Release(NamedTuple):
    """A release as it stands in a file.

    Args:
        titles: Texts of the file that may name its package and version, the best first.
        codelists: Its codelists, in the file's order.
    """

    titles: tuple[str, ...]
    codelists: tuple[PublishedCodelist, ...]


def _unreadable(path: Path, problem: str) -> StandardsError:
    return StandardsError(Fault(str(path), f"cannot be read ({problem})", DOWNLOAD_AGAIN))


def _foreign(path: Path, problem: str) -> StandardsError:
    return StandardsError(
        Fault(str(path), f"is no release of terminology: {problem}", DOWNLOAD_AGAIN)
    )


def _is_yes(text: str) -> bool:
    return text.casefold() in {"yes", "true"}


def _split_synonyms(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _find_columns(path: Path, header: Sequence[str]) -> list[int]:
    missing = [name for name in _COLUMNS if name not in header]
    if missing:
        raise _foreign(path, f"its first line has no column {' or '.join(map(repr, missing))}")
    return [header.index(name) for name in _COLUMNS]


def _check_rows(path: Path, rows: Sequence[Sequence[str]]) -> None:
    width = len(rows[0])
    ragged = [number for number, row in enumerate(rows, 1) if any(row) and len(row) != width]
    raise_faults(
        StandardsError,
        (
            Fault(f"{path}:{number}", f"it has not the {width} columns of line 1", DOWNLOAD_AGAIN)
            for number in ragged[:20]
        ),
    )


def _read_table(path: Path, rows: Sequence[Sequence[str]]) -> Release:
    """Read the layout that NCI's text and Excel share: a row per codelist and per term."""
    header = rows[0]
    places = _find_columns(path, header)
    _check_rows(path, rows)
    lines = [[row[place] for place in places] for row in rows[1:] if any(row)]
    terms: dict[str, list[Entry]] = defaultdict(list)
    for code, parent, _, _, value, synonyms, preferred_term in lines:
        if parent:
            terms[parent].append(Entry(code, value, preferred_term, _split_synonyms(synonyms)))
    codelists = tuple(
        PublishedCodelist(code, name, label, _is_yes(extensible), tuple(terms.pop(code, ())))
        for code, parent, extensible, label, name, _, _ in lines
        if not parent
    )
    raise_faults(
        StandardsError,
        (
            Fault(str(path), f"codelist {code} has terms but no row", DOWNLOAD_AGAIN)
            for code in terms
        ),
    )
    titles = [row[header.index(_RELEASE_COLUMN)] for row in rows[1:2] if _RELEASE_COLUMN in header]
    return Release(tuple(titles), codelists)


def _decode(path: Path, content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        with contextlib.suppress(UnicodeDecodeError):
            return content.decode(encoding)
    raise _unreadable(path, "it is text neither in UTF-8 nor in Windows-1252")


def _unquote(cell: str) -> str:
    """Take off the quotes that Excel puts around a cell with a comma or quote in it."""
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"')
    return cell.strip()


def _read_text(path: Path, content: bytes) -> Release:
    lines = _decode(path, content).replace("\r\n", "\n").split("\n")
    return _read_table(path, [[_unquote(cell) for cell in line.split("\t")] for line in lines])


def _cell_text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _read_excel(path: Path, content: bytes) -> Release:
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    except python_calamine.CalamineError as error:
        raise _unreadable(path, str(error)) from error
    for name, cells in sheets.items():
        rows = [[_cell_text(cell) for cell in row] for row in cells]
        if rows and _COLUMNS[1] in rows[0]:
            release = _read_table(path, rows)
            return Release((*release.titles, name), release.codelists)
    raise _foreign(path, f"no sheet has a column {_COLUMNS[1]!r} in its first row")


def _odm_entry(item: etree._Element) -> Entry:
    return Entry(
        item.get(f"{_NCI}ExtCodeID", ""),
        item.get("CodedValue", ""),
        item.findtext(f"{_NCI}PreferredTerm") or "",
        tuple(synonym.text or "" for synonym in item.iterchildren(f"{_NCI}CDISCSynonym")),
    )


def _odm_codelist(element: etree._Element) -> PublishedCodelist:
    code = element.get(f"{_NCI}ExtCodeID", "")
    return PublishedCodelist(
        code,
        element.findtext(f"{_NCI}CDISCSubmissionValue") or code,
        element.get("Name", ""),
        _is_yes(element.get(f"{_NCI}CodeListExtensible", "")),
        tuple(
            _odm_entry(item)
            for item in element.iterchildren("{*}EnumeratedItem", "{*}CodeListItem")
        ),
    )


def _read_odm(path: Path, content: bytes) -> Release:
    parser = etree.XMLParser(**SAFE)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise _unreadable(path, str(error)) from error
    named = [root, *root.iter("{*}Study", "{*}MetaDataVersion")]
    titles = [element.get(name, "") for element in named for name in ("FileOID", "OID", "Name")]
    codelists = [_odm_codelist(element) for element in root.iter("{*}CodeList")]
    return Release(tuple(titles), tuple(codelists))


def _json_text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _json_entry(term: dict[str, Any]) -> Entry:
    return Entry(
        _json_text(term["conceptId"]),
        _json_text(term["submissionValue"]),
        _json_text(term.get("preferredTerm", "")),
        tuple(_json_text(synonym) for synonym in term.get("synonyms", ())),
    )


def _json_codelist(codelist: dict[str, Any]) -> PublishedCodelist:
    return PublishedCodelist(
        _json_text(codelist["conceptId"]),
        _json_text(codelist["submissionValue"]),
        _json_text(codelist["name"]),
        _is_yes(str(codelist["extensible"])),
        tuple(_json_entry(term) for term in codelist["terms"]),
    )


def _read_json(path: Path, content: bytes) -> Release:
    try:
        package = json.loads(content)
        codelists = tuple(_json_codelist(codelist) for codelist in package["codelists"])
    except (ValueError, RecursionError) as error:
        raise _unreadable(path, f"it is no JSON: {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise _foreign(path, f"it is not what CDISC Library answers: {error}") from error
    titles = (package.get("name"), package.get("version"), package.get("effectiveDate"))
    return Release(tuple(str(title) for title in titles if title), codelists)


def read_release(path: Path) -> Release:
    """Read a release from any of the published formats.

    Raises:
        StandardsError: The file cannot be read, is cut short, or is no such release.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _read_excel(path, content)
    if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        return _read_odm(path, content)
    if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"[")):
        return _read_json(path, content)
    return _read_text(path, content)
