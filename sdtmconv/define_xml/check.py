"""What Define-XML 2.1 asks for and its XSD lets pass, checked in a file of any origin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from sdtmconv.define_xml import coherence, names
from sdtmconv.define_xml.document import DefineError, Document, read_document
from sdtmconv.define_xml.rules import find_broken_rules
from sdtmconv.define_xml.structure import REFERENCES, find_structure_faults, list_references
from sdtmconv.errors import Fault, suggest

DICTIONARIES = (  # CDISC codelist C66788, which is extensible
    *("CDISC CT", "ClinicalTrials.gov", "COSTART", "CTCAE", "CTIS", "D-U-N-S NUMBER", "EudraCT"),
    *("EUDRAVIGILANCE", "GENC", "ICD", "ICD-O", "ISO 21090", "ISO 3166", "jRCT", "LOINC"),
    *("MED-RT", "MedDRA", "MeSH", "PubMed", "SNOMED", "UNII", "WHO ATC CLASSIFICATION SYSTEM"),
    *("WHOART", "WHODD", "WHODrug"),
)


def _has(element: etree._Element, child: str) -> bool:
    return element.find(names.element(child)) is not None


def _origin_type(item: etree._Element) -> str | None:
    origin = item.find(names.element("def:Origin"))
    return None if origin is None else origin.get("Type")


def _references(parent: etree._Element) -> Iterator[etree._Element]:
    return parent.iterchildren(names.element("ItemRef"))


def _items(document: Document, parent: etree._Element) -> Iterator[etree._Element]:
    """Find the ItemDefs that a dataset or a value list refers to."""
    items = document.defined("ItemDef")
    oids = (reference.get("ItemOID", "") for reference in _references(parent))
    return (items[oid] for oid in oids if oid in items)


def _dataset_items(document: Document) -> Iterator[etree._Element]:
    for dataset in document.every("ItemGroupDef"):
        yield from _items(document, dataset)


def find_unknown_dictionaries(document: Document) -> Iterator[Fault]:
    """List external dictionaries that are called otherwise than CDISC calls them."""
    for element in document.every("ExternalCodeList"):
        given = element.get("Dictionary", "")
        if given and given not in DICTIONARIES:
            remedy = suggest(given, DICTIONARIES, f"write one of {', '.join(DICTIONARIES)}")
            problem = f"Dictionary {given!r} is none that CDISC names"
            yield document.fault(element, problem, remedy)


def find_unused_definitions(document: Document) -> Iterator[Fault]:
    """List definitions that nothing refers to; standards may be named without a use."""
    used = {(tag, oid) for _, _, tag, oid in list_references(document)}
    for tag in dict.fromkeys(REFERENCES.values()):
        if tag in ("def:Standard", "ItemGroupDef"):
            continue
        for oid, element in document.defined(tag).items():
            if (tag, oid) not in used:
                yield document.fault(element, "nothing refers to it", "remove it, or refer to it")


def find_unlabelled_variables(document: Document) -> Iterator[Fault]:
    """List the datasets' variables that have no label."""
    for item in _dataset_items(document):
        if not _has(item, "Description"):
            yield document.fault(item, "no label", "add Description")


def find_missing_origins(document: Document) -> Iterator[Fault]:
    """List variables that have no origin, neither themselves nor at each of their values."""
    lists = document.defined("def:ValueListDef")
    sourced = {oid for oid in lists if all(map(_origin_type, _items(document, lists[oid])))}
    for item in _dataset_items(document):
        values = item.find(names.element("def:ValueListRef"))
        oid = None if values is None else values.get("ValueListOID")
        if not _origin_type(item) and oid not in sourced:
            yield document.fault(item, "no origin", "add def:Origin to it, or to all its values")


def find_missing_methods(document: Document) -> Iterator[Fault]:
    """List variables of datasets that are derived and do not say how."""
    derived = {
        oid
        for oid, item in document.defined("ItemDef").items()
        if not _has(item, "def:ValueListRef") and _origin_type(item) == "Derived"
    }
    for dataset in document.every("ItemGroupDef"):
        for reference in _references(dataset):
            if reference.get("ItemOID") in derived and "MethodOID" not in reference.attrib:
                yield document.fault(reference, "derived without a method", "add MethodOID")


def find_old_version(document: Document) -> Iterator[Fault]:
    """Tell that a document of Define-XML 2.0 was checked as what 2.1 makes of it."""
    if document.version != "2.1":
        problem = f"is Define-XML {document.version}, checked here as 2.1 would have it"
        yield document.fault(document.root, problem, "write it again as 2.1")


CHECKS = (
    find_old_version,
    find_structure_faults,
    find_broken_rules,
    find_unknown_dictionaries,
    find_unused_definitions,
    find_unlabelled_variables,
    find_missing_origins,
    find_missing_methods,
    *coherence.CHECKS,
)


def check_define(path: Path) -> list[Fault]:
    """List what is wrong with a define.xml, by the XSD and beyond it.

    Args:
        path: The file, of any origin; it may be broken or malicious.

    Returns:
        Faults whose place is file, line, element and OID; none for a sound file.
    """
    try:
        document = read_document(path)
    except DefineError as error:
        return list(error.faults)
    return list(dict.fromkeys(fault for check in CHECKS for fault in check(document)))
