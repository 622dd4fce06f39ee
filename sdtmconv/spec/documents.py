"""The files that define.xml refers to: `documents:` of study.yaml, and their pages elsewhere."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from sdtmconv.analyses import DocumentPages
from sdtmconv.errors import suggest
from sdtmconv.metadata import Document
from sdtmconv.spec.yaml_nodes import Node, Reader

_FIELDS = ("title", "file", "for")
_STANDARDS = {"tabulations": "SDTMIG", "analysis": "ADAMIG"}


def read_documents(node: Node | None, reader: Reader) -> Iterator[Document]:
    """Read `documents:` of study.yaml.

    Args:
        node: Name to title, file and the kind of datasets whose define.xml refers to it.
        reader: Collects faults.
    """
    for name, entry in reader.mapping(node, "documents").items():
        what = f"document {name}"
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            assert node
            remedy = "write it with small letters, digits and _"
            reader.report(node.place_of(name), f"document name {name!r} is not valid", remedy)
        fields = reader.fields(entry, what, _FIELDS)
        for key in ("title", "file"):
            if key not in fields:
                reader.report(entry.place, f"{what} has no {key}", f"add `{key}: ...`")
        described = reader.choice(fields.get("for"), f"{what}: for", (*_STANDARDS, ""), "")
        yield Document(
            name=name,
            title=reader.text(fields.get("title"), f"{what}: title", name),
            file=_file(fields.get("file"), what, reader),
            standard=_STANDARDS.get(described),  # type: ignore[arg-type]
        )


def _file(node: Node | None, what: str, reader: Reader) -> str:
    """Read a path, seen from define.xml, that stays in the submission."""
    path = reader.text(node, f"{what}: file")
    if node is not None and re.search(r"^[/\\~]|^\w+:|\\", path):
        remedy = "write its path seen from define.xml, as acrf.pdf or ../programs/t1.sas"
        reader.report(node.place, f"{what}: file is {path!r}", remedy)
    return path


def read_pages(node: Node | None, what: str, reader: Reader) -> tuple[int, ...]:
    """Read a list of page numbers."""
    pages = reader.texts(node, f"{what}: pages")
    numbers = [int(page) for page in pages if page.isdecimal() and len(page) < 7]
    if node is not None and len(numbers) != len(pages):
        reader.report(node.place, f"{what}: pages are not numbers", "write `[7, 8]`")
    return tuple(numbers)


def read_references(
    node: Node | None, what: str, documents: Collection[str], reader: Reader
) -> tuple[DocumentPages, ...]:
    """Read which documents say more: names, or each name with its pages."""
    if node is None:
        return ()
    if isinstance(node.content, dict):
        found = [
            DocumentPages(name, read_pages(pages, f"{what}: {name}", reader))
            for name, pages in node.content.items()
        ]
    else:
        found = [DocumentPages(name) for name in reader.texts(node, what)]
    for reference in found:
        if reference.document not in documents:
            remedy = suggest(reference.document, documents, "add it to `documents:` of study.yaml")
            problem = f"{what}: no document {reference.document!r}"
            reader.report(node.place_of(reference.document), problem, remedy)
    return tuple(found)
