"""A define.xml back to metadata, for checking datasets that came with one.

It reads what `write_define` writes. Of what others write it leaves out value lists within value
lists, documents beyond the pages of the annotated CRF, formal expressions and results metadata.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import cast

from lxml import etree

from sdtmconv.define_xml import names
from sdtmconv.define_xml.definitions import GUIDES
from sdtmconv.define_xml.document import DefineError, Document, read_document
from sdtmconv.define_xml.structure import find_structure_faults
from sdtmconv.errors import raise_faults
from sdtmconv.metadata import (
    Codelist,
    DatasetMetadata,
    Origin,
    OriginType,
    StudyMetadata,
    Term,
    ValueLevel,
    VariableMetadata,
    VariableType,
)
from sdtmconv.oids import Where


def _child(element: etree._Element, tag: str) -> etree._Element | None:
    return element.find(names.element(tag))


def _children(element: etree._Element, *tags: str) -> Iterator[etree._Element]:
    return element.iterchildren(*map(names.element, tags))


def _get(element: etree._Element | None, name: str) -> str:
    return "" if element is None else element.get(names.attribute(name), "")


def _text(element: etree._Element | None, *tags: str) -> str:
    for tag in tags:
        element = None if element is None else _child(element, tag)
    return "" if element is None else (element.text or "").strip()


def _nci_code(element: etree._Element) -> str:
    codes = (a for a in _children(element, "Alias") if _get(a, "Context") == "nci:ExtCodeID")
    return _get(next(codes, None), "Name")


def _number(element: etree._Element, name: str) -> int:
    return int(element.get(name, "0"))


def _origin(item: etree._Element) -> Origin | None:
    origin = _child(item, "def:Origin")
    if origin is None:
        return None
    pages = chain.from_iterable(
        re.findall(r"\b\d{1,6}\b", _get(page, "PageRefs"))
        for page in origin.iter(names.element("def:PDFPageRef"))
    )
    return Origin(
        type=cast(OriginType, _get(origin, "Type")),
        source=_get(origin, "Source"),
        description=_text(origin, "Description", "TranslatedText"),
        pages=tuple(map(int, pages)),
    )


def _type(item: etree._Element) -> VariableType:
    """Tell Num from Char: ADaM's dates with a SAS format are numbers."""
    data_type, display = _get(item, "DataType"), _get(item, "def:DisplayFormat")
    is_date = data_type in ("date", "time", "datetime") and display and display[0] != "$"
    return "Num" if is_date or data_type in ("integer", "float") else "Char"


def _term(item: etree._Element) -> Term:
    value, decode = _get(item, "CodedValue"), _text(item, "Decode", "TranslatedText")
    return Term(
        value=value,
        decode="" if decode == value else decode,
        code=_nci_code(item),
        extended=_get(item, "def:ExtendedValue") == "Yes",
    )


def _in_order(parent: etree._Element) -> list[etree._Element]:
    references = _children(parent, "ItemRef")
    return sorted(references, key=lambda reference: _number(reference, "OrderNumber"))


def _version(standard: etree._Element) -> tuple[str, str]:
    """Name a standard as StudyMetadata.versions does, and give its version."""
    names_of_guides = {guide.name: name for name, guide in GUIDES.items()}
    is_guide = _get(standard, "Type") == "IG"
    name = _get(standard, "Name") if is_guide else f"{_get(standard, 'PublishingSet')} CT"
    return names_of_guides.get(name, name), _get(standard, "Version")


class _Reader:
    """Reads a document whose references are known to resolve."""

    def __init__(self, document: Document) -> None:
        self._find = document.defined
        self._codelists = {
            oid: self._codelist(oid, element) for oid, element in self._find("CodeList").items()
        }
        self._users: dict[str, list[str]] = {}
        for dataset in self._find("ItemGroupDef").values():
            for reference in _children(dataset, "ItemRef"):
                datasets = self._users.setdefault(_get(reference, "ItemOID"), [])
                datasets.append(_get(dataset, "Name"))

    def _codelist(self, oid: str, element: etree._Element) -> Codelist:
        terms = tuple(map(_term, _children(element, "CodeListItem", "EnumeratedItem")))
        dictionary = _child(element, "ExternalCodeList")
        standard = self._find("def:Standard").get(_get(element, "def:StandardOID"))
        package = f"{_get(standard, 'PublishingSet')} {_get(standard, 'Version')}"
        return Codelist(
            name=oid.removeprefix("CL."),
            label=_get(element, "Name"),
            terms=terms,
            code=_nci_code(element),
            extensible=any(term.extended for term in terms),
            standard=package.strip(),
            dictionary=_get(dictionary, "Dictionary"),
            version=_get(dictionary, "Version"),
        )

    def _description(self, tag: str, oid: str) -> str:
        return _text(self._find(tag).get(oid), "Description", "TranslatedText")

    def _where(self, oid: str, dataset: str) -> Where:
        return tuple(
            (
                self._compared(_get(check, "def:ItemOID"), dataset),
                _get(check, "Comparator") or "EQ",
                tuple(value.text or "" for value in _children(check, "CheckValue")),
            )
            for check in _children(self._find("def:WhereClauseDef")[oid], "RangeCheck")
        )

    def _compared(self, oid: str, dataset: str) -> str:
        """Name the variable of a condition; one of another dataset as DM.COUNTRY."""
        name = _get(self._find("ItemDef")[oid], "Name")
        users = self._users.get(oid, [dataset])
        return name if dataset in users else f"{users[0]}.{name}"

    def _variable(
        self, reference: etree._Element, sas_type: VariableType | None = None
    ) -> VariableMetadata:
        item = self._find("ItemDef")[_get(reference, "ItemOID")]
        sas_type = sas_type or _type(item)
        codelist = self._codelists.get(_get(_child(item, "CodeListRef"), "CodeListOID"))
        return VariableMetadata(
            name=_get(item, "Name"),
            label=_text(item, "Description", "TranslatedText"),
            type=sas_type,
            length=_number(item, "Length") or (8 if sas_type == "Num" else 0),
            data_type=_get(item, "DataType"),
            significant_digits=(
                _number(item, "SignificantDigits") if "SignificantDigits" in item.attrib else None
            ),
            display_format=_get(item, "def:DisplayFormat"),
            role=_get(reference, "Role"),
            core="Req" if _get(reference, "Mandatory") == "Yes" else "",
            codelist=codelist,
            origin=_origin(item),
            method=self._description("MethodDef", _get(reference, "MethodOID")),
            comment=self._description("def:CommentDef", _get(item, "def:CommentOID")),
        )

    def _with_values(self, reference: etree._Element, dataset: str) -> VariableMetadata:
        variable = self._variable(reference)
        item = self._find("ItemDef")[_get(reference, "ItemOID")]
        oid = _get(_child(item, "def:ValueListRef"), "ValueListOID")
        if not oid:
            return variable
        values = (
            ValueLevel(
                self._where(_get(clause, "WhereClauseOID"), dataset),
                replace(self._variable(value, variable.type), name=variable.name),
            )
            for value in _in_order(self._find("def:ValueListDef")[oid])
            for clause in _children(value, "def:WhereClauseRef")
        )
        return replace(variable, values=tuple(values))

    def _dataset(self, element: etree._Element) -> DatasetMetadata:
        references = _in_order(element)
        name = _get(element, "Name")
        variables = tuple(self._with_values(reference, name) for reference in references)
        keys = sorted(
            (_number(reference, "KeySequence"), variable.name)
            for reference, variable in zip(references, variables, strict=True)
            if "KeySequence" in reference.attrib
        )
        is_reference = _get(element, "IsReferenceData") == "Yes"
        return DatasetMetadata(
            name=name,
            label=_text(element, "Description", "TranslatedText"),
            variables=variables,
            keys=tuple(key for _, key in keys),
            domain=_get(element, "Domain") or name,
            class_=_get(_child(element, "def:Class"), "Name"),
            structure=_get(element, "def:Structure"),
            standard="ADAMIG" if _get(element, "Purpose") == "Analysis" else "SDTMIG",
            subject_level=not is_reference,
            repeating=is_reference or _get(element, "Repeating") == "Yes",
            comment=self._description("def:CommentDef", _get(element, "def:CommentOID")),
        )

    def study(self, root: etree._Element) -> StudyMetadata:
        """Read everything."""
        variables = next(root.iter(names.element("GlobalVariables")))
        return StudyMetadata(
            name=_text(variables, "StudyName"),
            description=_text(variables, "StudyDescription"),
            protocol=_text(variables, "ProtocolName"),
            versions=dict(map(_version, self._find("def:Standard").values())),
            datasets=tuple(map(self._dataset, self._find("ItemGroupDef").values())),
        )


def read_define(path: Path) -> StudyMetadata:
    """Read the metadata in a define.xml.

    Args:
        path: A define.xml of version 2.1.

    Returns:
        The study with its datasets. What define.xml does not hold stays at its default: a core
        other than Req, whether a codelist without extended terms is extensible, the data cut. A
        length of 0 means that none is stated, as for ISO 8601 dates.

    Raises:
        DefineError: The file cannot be read, is invalid, or refers to something not defined.
    """
    document = read_document(path)
    raise_faults(DefineError, find_structure_faults(document))
    return _Reader(document).study(document.root)
