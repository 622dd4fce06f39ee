"""Metadata to the tree of define.xml: one function per element, in the order of Define-XML 2.1."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

from sdtmconv import __version__, oids
from sdtmconv.define_xml import names
from sdtmconv.define_xml.definitions import (
    Definitions,
    Item,
    NamedCodelist,
    Standard,
    method_oid,
    terminology,
)
from sdtmconv.define_xml.elements import Value, add, add_leaf, add_text, fill, yes_no
from sdtmconv.metadata import DatasetMetadata, Origin, StudyMetadata, Term, VariableMetadata
from sdtmconv.oids import Where


def _global_variables(parent: etree._Element, study: StudyMetadata) -> None:
    element = add(parent, "GlobalVariables")
    add(element, "StudyName", text=study.name)
    add(element, "StudyDescription", text=study.description)
    add(element, "ProtocolName", text=study.protocol)


def _standards(parent: etree._Element, standards: tuple[Standard, ...]) -> None:
    element = add(parent, "def:Standards")
    for standard in standards:
        attributes = {
            "OID": standard.oid,
            "Name": standard.name,
            "Type": standard.type,
            "PublishingSet": standard.publishing_set,
            "Version": standard.version,
            "Status": "Final",
        }
        add(element, "def:Standard", attributes)


def _item_ref(
    parent: etree._Element,
    oid: str,
    order: int,
    variable: VariableMetadata,
    definitions: Definitions,
) -> etree._Element:
    attributes: dict[str, Value] = {
        "ItemOID": oid,
        "OrderNumber": order,
        "Mandatory": yes_no(variable.mandatory),
        "Role": variable.role,
        "MethodOID": definitions.method_oid(variable),
    }
    return add(parent, "ItemRef", attributes)


def _value_lists(
    parent: etree._Element, dataset: DatasetMetadata, definitions: Definitions
) -> None:
    for variable in dataset.variables:
        if not variable.values:
            continue
        oid = oids.value_list_oid(dataset.name, variable.name)
        element = add(parent, "def:ValueListDef", {"OID": oid})
        for order, value in enumerate(variable.values, start=1):
            oid = oids.item_oid(dataset.name, variable.name, value.where)
            reference = _item_ref(element, oid, order, value.variable, definitions)
            clause = oids.where_oid(dataset.name, value.where)
            add(reference, "def:WhereClauseRef", {"WhereClauseOID": clause})


def _where_clause(parent: etree._Element, oid: str, dataset: str, where: Where) -> None:
    element = add(parent, "def:WhereClauseDef", {"OID": oid})
    for variable, comparator, values in where:
        other, _, name = variable.rpartition(".")
        attributes = {
            "Comparator": comparator,
            "SoftHard": "Soft",
            "def:ItemOID": oids.item_oid(other or dataset, name),
        }
        check = add(element, "RangeCheck", attributes)
        for value in values:
            add(check, "CheckValue", text=value)


def _dataset_attributes(dataset: DatasetMetadata, definitions: Definitions) -> dict[str, Value]:
    """Describe a dataset; reference data do not repeat, because they have no subject."""
    return {
        "OID": oids.dataset_oid(dataset.name),
        "Name": dataset.name,
        "Domain": dataset.domain if dataset.standard == "SDTMIG" else None,
        "Repeating": yes_no(dataset.repeating and dataset.subject_level),
        "IsReferenceData": yes_no(not dataset.subject_level),
        "SASDatasetName": dataset.name,
        "Purpose": definitions.guide.purpose,
        "def:Structure": dataset.structure,
        "def:StandardOID": definitions.standards[0].oid if dataset.class_ else None,
        "def:IsNonStandard": None if dataset.class_ else "Yes",
        "def:ArchiveLocationID": oids.leaf_id(dataset.name),
        "def:CommentOID": definitions.comments.get(dataset.comment),
    }


def _domain_description(
    parent: etree._Element, dataset: DatasetMetadata, definitions: Definitions
) -> None:
    """Say what domain a dataset under another name (SUPPAE) belongs to."""
    for other in definitions.datasets:
        if other.name == dataset.domain != dataset.name:
            add(parent, "Alias", {"Context": "DomainDescription", "Name": other.label})


def _dataset(parent: etree._Element, dataset: DatasetMetadata, definitions: Definitions) -> None:
    element = add(parent, "ItemGroupDef", _dataset_attributes(dataset, definitions))
    add_text(element, "Description", dataset.label)
    for order, variable in enumerate(dataset.variables, start=1):
        oid = oids.item_oid(dataset.name, variable.name)
        reference = _item_ref(element, oid, order, variable, definitions)
        if variable.name in dataset.keys:
            reference.set("KeySequence", str(dataset.keys.index(variable.name) + 1))
    _domain_description(element, dataset, definitions)
    if dataset.class_:
        add(element, "def:Class", {"Name": dataset.class_})
    file = f"{dataset.name.lower()}.xpt"
    add_leaf(element, oids.leaf_id(dataset.name), file, file)


def _item_attributes(item: Item, definitions: Definitions) -> dict[str, Value]:
    variable = item.variable
    has_length = variable.data_type in ("text", "integer", "float")
    is_float = variable.data_type == "float"
    return {
        "OID": item.oid,
        "Name": variable.name,
        "DataType": variable.data_type,
        "Length": variable.length if has_length else None,
        "SignificantDigits": variable.significant_digits if is_float else None,
        "SASFieldName": variable.name,
        "def:DisplayFormat": variable.display_format,
        "def:CommentOID": definitions.comments.get(variable.comment),
    }


def _origin(parent: etree._Element, origin: Origin) -> None:
    element = add(parent, "def:Origin", {"Type": origin.type, "Source": origin.source})
    add_text(element, "Description", origin.description)
    if origin.pages:
        document = add(element, "def:DocumentRef", {"leafID": oids.ANNOTATED_CRF})
        pages = " ".join(map(str, origin.pages))
        add(document, "def:PDFPageRef", {"PageRefs": pages, "Type": "PhysicalRef"})


def _item(parent: etree._Element, item: Item, definitions: Definitions) -> None:
    variable = item.variable
    element = add(parent, "ItemDef", _item_attributes(item, definitions))
    add_text(element, "Description", variable.label)
    if codelist := definitions.codelist_oid(variable):
        add(element, "CodeListRef", {"CodeListOID": codelist})
    if variable.origin:
        _origin(element, variable.origin)
    if variable.values and not item.where:
        oid = oids.value_list_oid(item.dataset.name, variable.name)
        add(element, "def:ValueListRef", {"ValueListOID": oid})


def _nci_code(parent: etree._Element, code: str) -> None:
    if code:
        add(parent, "Alias", {"Context": "nci:ExtCodeID", "Name": code})


def _term(parent: etree._Element, term: Term, order: int, has_decodes: bool) -> None:
    attributes: dict[str, Value] = {
        "CodedValue": term.value,
        "OrderNumber": order,
        "def:ExtendedValue": "Yes" if term.extended else None,
    }
    element = add(parent, "CodeListItem" if has_decodes else "EnumeratedItem", attributes)
    if has_decodes:
        add_text(element, "Decode", term.decode or term.value)
    _nci_code(element, term.code)


def _codelist(parent: etree._Element, named: NamedCodelist) -> None:
    codelist = named.codelist
    is_own = not codelist.standard and not codelist.dictionary
    attributes = {
        "OID": named.oid,
        "Name": named.label,
        "DataType": named.data_type,
        "def:StandardOID": terminology(codelist.standard).oid if codelist.standard else None,
        "def:IsNonStandard": "Yes" if is_own else None,
    }
    element = add(parent, "CodeList", attributes)
    has_decodes = any(term.decode for term in codelist.terms)
    for order, term in enumerate(codelist.terms, start=1):
        _term(element, term, order, has_decodes)
    if codelist.dictionary:
        dictionary = {"Dictionary": codelist.dictionary, "Version": codelist.version}
        add(element, "ExternalCodeList", dictionary)
    _nci_code(element, codelist.code)


def _method(parent: etree._Element, text: str, users: list[Item]) -> None:
    variables = list(dict.fromkeys(user.variable.name for user in users))
    attributes = {
        "OID": method_oid(users),
        "Name": f"Algorithm to derive {variables[0]}{' and others' if variables[1:] else ''}",
        "Type": "Imputation" if re.search(r"\bimput", text, re.IGNORECASE) else "Computation",
    }
    add_text(add(parent, "MethodDef", attributes), "Description", text)


def _metadata_version(parent: etree._Element, definitions: Definitions) -> None:
    study, guide = definitions.study.name, f"{definitions.guide.name} {definitions.version}"
    attributes = {
        "OID": f"MDV.{study}.{guide.replace(' ', '.')}",
        "Name": f"Study {study}, data definitions",
        "Description": f"{guide} datasets of study {study}",
        "def:DefineVersion": "2.1.0",
    }
    version = add(parent, "MetaDataVersion", attributes)
    _standards(version, definitions.standards)
    origins = (item.variable.origin for item in definitions.items)
    has_pages = any(origin.pages for origin in origins if origin)
    if has_pages:
        add(add(version, "def:AnnotatedCRF"), "def:DocumentRef", {"leafID": oids.ANNOTATED_CRF})
    for dataset in definitions.datasets:
        _value_lists(version, dataset, definitions)
    for oid, condition in definitions.conditions.items():
        _where_clause(version, oid, *condition)
    for dataset in definitions.datasets:
        _dataset(version, dataset, definitions)
    for item in definitions.items:
        _item(version, item, definitions)
    for codelist in definitions.codelists.values():
        _codelist(version, codelist)
    for text, users in definitions.methods.items():
        _method(version, text, users)
    for text, oid in definitions.comments.items():
        add_text(add(version, "def:CommentDef", {"OID": oid}), "Description", text)
    if has_pages:
        add_leaf(version, oids.ANNOTATED_CRF, "acrf.pdf", "Annotated CRF")


def build_tree(definitions: Definitions, header: Mapping[str, str]) -> etree._Element:
    """Make the ODM element of a define.xml.

    Args:
        definitions: What to define.
        header: The attributes of ODM that tell this file from others: FileOID, CreationDateTime,
            Originator, def:Context.

    Raises:
        DefineError: A text holds a character that XML cannot.
    """
    namespaces: Any = {None: names.ODM, "def": names.DEF, "xlink": names.PREFIXES["xlink"]}
    root = etree.Element(names.element("ODM"), nsmap=namespaces)
    fixed = {
        "FileType": "Snapshot",
        "ODMVersion": "1.3.2",
        "SourceSystem": "sdtmconv",
        "SourceSystemVersion": __version__,
    }
    fill(root, {**fixed, **header})
    study = add(root, "Study", {"OID": f"STDY.{definitions.study.name}"})
    _global_variables(study, definitions.study)
    _metadata_version(study, definitions)
    return root
