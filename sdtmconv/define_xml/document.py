"""A define.xml as it was read: its elements by OID, and the words for a place in it.

Everything here holds for files of any origin, broken and malicious ones too.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from sdtmconv.define_xml import names
from sdtmconv.define_xml.upgrade import is_define_2_0, upgrade
from sdtmconv.errors import Fault, SdtmconvError
from sdtmconv.safe_xml import SAFE

_IDENTITIES = ("OID", "ID", "ItemOID", "Name", "CodedValue", "FileOID")


class DefineError(SdtmconvError):
    """A define.xml cannot be read, or the metadata do not make a valid one."""


def describe(element: etree._Element) -> str:
    """Name an element by its tag and identity, or by the nearest element around it that has one."""
    tag = names.shorten(str(element.tag))
    for key in _IDENTITIES:
        if key in element.attrib:
            return f"{tag} {element.get(key)}"
    parent = element.getparent()
    return tag if parent is None else f"{tag} of {describe(parent)}"


class Document:
    """The elements of one define.xml.

    Args:
        root: The ODM element.
        name: The file's name in messages.
        version: The version of Define-XML that it was written in; what `root` holds is 2.1.
    """

    def __init__(self, root: etree._Element, name: str, version: str) -> None:
        self.root = root
        self.name = name
        self.version = version
        self._by_oid: dict[str, dict[str, etree._Element]] = {}
        for element in root.iter("*"):
            oid = element.get("OID") or element.get("ID")
            if oid is not None:
                self._by_oid.setdefault(str(element.tag), {}).setdefault(oid, element)

    def every(self, tag: str) -> Iterator[etree._Element]:
        """Iterate over the elements of one name, in the order of the file."""
        return self.root.iter(names.element(tag))

    def defined(self, tag: str) -> dict[str, etree._Element]:
        """Look up elements of one name by their OID or ID."""
        return self._by_oid.get(names.element(tag), {})

    def place(self, element: etree._Element) -> str:
        """Say where an element stands: file, line and what it is."""
        return f"{self.name}:{element.sourceline} {describe(element)}"

    def fault(self, element: etree._Element, problem: str, remedy: str) -> Fault:
        """Say what is wrong with an element."""
        return Fault(self.place(element), problem, remedy)


def _find_version(root: etree._Element, name: str) -> etree._Element:
    """Find the MetaDataVersion; raise DefineError where the document is no define.xml."""
    if root.getroottree().docinfo.internalDTD is not None:
        problem = "has a document type declaration, which may hide or multiply content"
        raise DefineError(Fault(name, problem, "remove the <!DOCTYPE ...>"))
    metadata = root.find(f"{names.element('Study')}/{names.element('MetaDataVersion')}")
    is_2_1 = metadata is not None and names.attribute("def:DefineVersion") in metadata.attrib
    if metadata is None or not (is_2_1 or is_define_2_0(metadata)):
        problem = "is not Define-XML 2.1 (no MetaDataVersion with def:DefineVersion 2.1)"
        raise DefineError(Fault(name, problem, "give a define.xml of version 2.1 or 2.0"))
    return metadata


def parse(content: bytes, name: str) -> Document:
    """Parse a define.xml without following entities, DTDs or the network; 2.0 becomes 2.1.

    Args:
        content: The file's bytes.
        name: Its name in messages.

    Raises:
        DefineError: The bytes are no XML, or neither Define-XML 2.1 nor 2.0.
    """
    parser = etree.XMLParser(
        remove_comments=True,
        remove_pis=True,
        **SAFE,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        problem = f"is not well-formed XML: {error.msg}"
        raise DefineError(
            Fault(f"{name}:{error.lineno or 1}", problem, "export the define.xml again")
        ) from error
    version = _find_version(root, name)
    stated = "2.0" if is_define_2_0(version) else "2.1"
    if stated == "2.0":
        upgrade(root, version)
    return Document(root, name, stated)


def read_document(path: Path) -> Document:
    """Read and parse a define.xml; see `parse`."""
    try:
        content = path.read_bytes()
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
        raise DefineError(Fault(str(path), problem, "check the path and its permissions")) from None
    return parse(content, str(path))
