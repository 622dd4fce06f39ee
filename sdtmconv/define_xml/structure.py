"""Does a define.xml hold together: is it valid by CDISC's XSD, and does every reference resolve?

Only a file without these faults can be read, so no other is ever written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from sdtmconv.define_xml import names
from sdtmconv.define_xml.cdisc_files import load_schema
from sdtmconv.define_xml.document import Document
from sdtmconv.errors import Fault

REFERENCES = {
    "ItemOID": "ItemDef",
    "def:ItemOID": "ItemDef",
    "ParameterOID": "ItemDef",
    "ItemGroupOID": "ItemGroupDef",
    "CodeListOID": "CodeList",
    "RoleCodeListOID": "CodeList",
    "MethodOID": "MethodDef",
    "WhereClauseOID": "def:WhereClauseDef",
    "ValueListOID": "def:ValueListDef",
    "def:StandardOID": "def:Standard",
    "def:CommentOID": "def:CommentDef",
    "def:ArchiveLocationID": "def:leaf",
    "leafID": "def:leaf",
}

_REMEDIES = {
    "SCHEMAV_CVC_COMPLEX_TYPE_4": "add the attribute",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": "remove the attribute",
    "SCHEMAV_ELEMENT_CONTENT": "follow Define-XML 2.1's order of elements",
    "SCHEMAV_CVC_ENUMERATION_VALID": "use one of the values listed",
    "SCHEMAV_CVC_IDC": "make it unique",
}
_NUMBERS = ("Length", "SignificantDigits", "OrderNumber", "KeySequence")
_MOST_DIGITS = 9  # the XSD sets no limit, and int() refuses thousands of digits


def _plain(message: str) -> str:
    """Take out of libxml2's message what the place says already.

    >>> _plain("Element 'Study', attribute 'OID': [facet 'minLength'] The value '' is too short.")
    "attribute 'OID': The value '' is too short"
    """
    message = re.sub(r"^Element '[^']*'(: |, )", "", names.shorten(message))
    message = re.sub(r"\[facet '[^']*'\] ", "", message)
    message = re.sub(r"^Duplicate key-sequence \[(.*)\] in unique.*", r"\1 is given twice", message)
    return message.rstrip(".")


def _place(document: Document, entry: Any) -> str:
    try:
        elements: Any = document.root.xpath(entry.path, namespaces=names.PREFIXES)
        return document.place(elements[0])
    except (etree.XPathError, IndexError):  # an element in a namespace under a prefix of its own
        return f"{document.name}:{entry.line}"


def _schema_faults(document: Document) -> Iterator[Fault]:
    schema = load_schema()
    schema.validate(document.root)
    log: Any = schema.error_log
    for entry in log:
        remedy = _REMEDIES.get(entry.type_name, "correct it as Define-XML 2.1 says")
        yield Fault(_place(document, entry), _plain(entry.message), remedy)


def _number_faults(document: Document) -> Iterator[Fault]:
    for element in document.root.iter("*"):
        for key in _NUMBERS:
            if len(element.get(key, "")) > _MOST_DIGITS:
                problem = f"{key} has more than {_MOST_DIGITS} digits"
                yield document.fault(element, problem, "correct the number")


def list_references(document: Document) -> Iterator[tuple[etree._Element, str, str, str]]:
    """List every reference as (element, its attribute, the tag it refers to, the OID given)."""
    targets = {names.attribute(key): (key, tag) for key, tag in REFERENCES.items()}
    for element in document.root.iter("*"):
        for key, oid in element.attrib.items():
            if key in targets:
                yield element, *targets[str(key)], str(oid)


def _dangling(document: Document) -> Iterator[Fault]:
    for element, key, tag, oid in list_references(document):
        if oid not in document.defined(tag):
            problem = f"{key} {oid!r}: there is no such {tag}"
            yield document.fault(element, problem, f"define it, or correct {key}")


def find_structure_faults(document: Document) -> list[Fault]:
    """List what is invalid by the XSD, and every reference to something not defined."""
    faults = [*_schema_faults(document), *_number_faults(document), *_dangling(document)]
    return list(dict.fromkeys(faults))
