"""A define.xml back to its model, and on to metadata for checking datasets that came with one.

The model holds everything. The metadata leave out value lists within value lists, documents beyond
the pages of the annotated CRF, further origins and expressions, and results metadata.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import cast

from sdtmconv.define_xml import model
from sdtmconv.define_xml.definitions import GUIDES
from sdtmconv.define_xml.document import DefineError, read_document
from sdtmconv.define_xml.structure import find_structure_faults
from sdtmconv.errors import raise_faults
from sdtmconv.metadata import (
    Codelist,
    DatasetMetadata,
    FormalExpression,
    Origin,
    OriginType,
    StudyMetadata,
    Term,
    ValueLevel,
    VariableMetadata,
    VariableType,
)
from sdtmconv.oids import Where


def _text(texts: model.Texts | None) -> str:
    return str(texts or "")


def _nci_code(aliases: tuple[model.Alias, ...]) -> str:
    return next((alias.name for alias in aliases if alias.context == model.NCI_CODE), "")


def _origin(item: model.ItemDef) -> Origin | None:
    """Take the first origin: metadata have one for each variable."""
    if not item.origins:
        return None
    origin = item.origins[0]
    references = chain.from_iterable(document.pages for document in origin.documents)
    pages = (re.findall(r"\b\d{1,6}\b", page.page_refs) for page in references)
    return Origin(
        type=cast(OriginType, origin.type),
        source=origin.source,
        description=_text(origin.description),
        pages=tuple(map(int, chain.from_iterable(pages))),
    )


def _type(item: model.ItemDef) -> VariableType:
    """Tell Num from Char: ADaM's dates with a SAS format are numbers."""
    display = item.display_format
    is_date = item.data_type in ("date", "time", "datetime") and display and display[0] != "$"
    return "Num" if is_date or item.data_type in ("integer", "float") else "Char"


def _term(item: model.CodeListItem | model.EnumeratedItem) -> Term:
    decode = _text(item.decode) if isinstance(item, model.CodeListItem) else ""
    return Term(
        value=item.coded_value,
        decode="" if decode == item.coded_value else decode,
        code=_nci_code(item.aliases),
        extended=item.extended_value == "Yes",
    )


def _in_order(references: tuple[model.ItemRef, ...]) -> list[model.ItemRef]:
    return sorted(references, key=lambda reference: reference.order_number or 0)


def _version(standard: model.Standard) -> tuple[str, str]:
    """Name a standard as StudyMetadata.versions does, and give its version."""
    names_of_guides = {guide.name: name for name, guide in GUIDES.items()}
    name = standard.name if standard.type == "IG" else f"{standard.publishing_set} CT"
    return names_of_guides.get(name, name), standard.version


def _expression(method: model.MethodDef) -> FormalExpression | None:
    """Take the first formal expression: metadata have one for each method."""
    found = ((each.context, each.text) for each in method.formal_expressions)
    return next((FormalExpression(*each) for each in found), None)


def _subclass(dataset: model.ItemGroupDef) -> str:
    names = [each.name for each in dataset.class_.sub_classes] if dataset.class_ else []
    return names[0] if names else ""


def _codelist(codelist: model.CodeList, standards: dict[str, model.Standard]) -> Codelist:
    terms = tuple(map(_term, codelist.items))
    standard = standards.get(codelist.standard_oid)
    dictionary = codelist.external_code_list or model.ExternalCodeList()
    return Codelist(
        name=codelist.oid.removeprefix("CL."),
        label=codelist.name,
        terms=terms,
        code=_nci_code(codelist.aliases),
        extensible=any(term.extended for term in terms),
        standard=f"{standard.publishing_set} {standard.version}".strip() if standard else "",
        dictionary=dictionary.dictionary,
        version=dictionary.version,
    )


class _Reader:
    """Reads a model whose references are known to resolve."""

    def __init__(self, version: model.MetaDataVersion) -> None:
        self._version = version
        self._items = {item.oid: item for item in version.items}
        self._value_lists = {each.oid: each for each in version.value_lists}
        self._where_clauses = {each.oid: each for each in version.where_clauses}
        self._methods = {each.oid: each for each in version.methods}
        self._comments = {each.oid: _text(each.description) for each in version.comments}
        self._standards = version.standards.standards if version.standards else ()
        by_oid = {standard.oid: standard for standard in self._standards}
        self._codelists = {each.oid: _codelist(each, by_oid) for each in version.code_lists}
        self._users: dict[str, list[str]] = {}
        for dataset in version.item_groups:
            for reference in dataset.item_refs:
                self._users.setdefault(reference.item_oid, []).append(dataset.name)

    def _where(self, oid: str, dataset: str) -> Where:
        return tuple(
            (
                self._compared(check.item_oid, dataset),
                check.comparator or "EQ",
                check.check_values,
            )
            for check in self._where_clauses[oid].range_checks
        )

    def _compared(self, oid: str, dataset: str) -> str:
        """Name the variable of a condition; one of another dataset as DM.COUNTRY."""
        name = self._items[oid].name
        users = self._users.get(oid, [dataset])
        return name if dataset in users else f"{users[0]}.{name}"

    def _variable(
        self, reference: model.ItemRef, sas_type: VariableType | None = None
    ) -> VariableMetadata:
        item = self._items[reference.item_oid]
        sas_type = sas_type or _type(item)
        codelist, method = item.code_list_ref, self._methods.get(reference.method_oid)
        return VariableMetadata(
            name=item.name,
            label=_text(item.description),
            type=sas_type,
            length=item.length or (8 if sas_type == "Num" else 0),
            data_type=item.data_type,
            significant_digits=item.significant_digits,
            display_format=item.display_format,
            role=reference.role,
            core="Req" if reference.mandatory == "Yes" else "",
            codelist=self._codelists[codelist.code_list_oid] if codelist else None,
            origin=_origin(item),
            method=_text(method.description) if method else "",
            expression=_expression(method) if method else None,
            comment=self._comments.get(item.comment_oid, ""),
        )

    def _with_values(self, reference: model.ItemRef, dataset: str) -> VariableMetadata:
        variable = self._variable(reference)
        value_list = self._items[reference.item_oid].value_list_ref
        if value_list is None:
            return variable
        values = (
            ValueLevel(
                self._where(clause.where_clause_oid, dataset),
                replace(self._variable(value, variable.type), name=variable.name),
            )
            for value in _in_order(self._value_lists[value_list.value_list_oid].item_refs)
            for clause in value.where_clauses
        )
        return replace(variable, values=tuple(values))

    def _dataset(self, dataset: model.ItemGroupDef) -> DatasetMetadata:
        references = _in_order(dataset.item_refs)
        variables = tuple(self._with_values(reference, dataset.name) for reference in references)
        keys = sorted(
            (reference.key_sequence, variable.name)
            for reference, variable in zip(references, variables, strict=True)
            if reference.key_sequence is not None
        )
        is_reference = dataset.is_reference_data == "Yes"
        return DatasetMetadata(
            name=dataset.name,
            label=_text(dataset.description),
            variables=variables,
            keys=tuple(key for _, key in keys),
            domain=dataset.domain or dataset.name,
            class_=dataset.class_.name if dataset.class_ else "",
            structure=dataset.structure,
            subclass=_subclass(dataset),
            standard="ADAMIG" if dataset.purpose == "Analysis" else "SDTMIG",
            subject_level=not is_reference,
            repeating=is_reference or dataset.repeating == "Yes",
            comment=self._comments.get(dataset.comment_oid, ""),
        )

    def study(self, names: model.GlobalVariables) -> StudyMetadata:
        """Read everything."""
        return StudyMetadata(
            name=(names.study_name or "").strip(),
            description=(names.study_description or "").strip(),
            protocol=(names.protocol_name or "").strip(),
            versions=dict(map(_version, self._standards)),
            datasets=tuple(map(self._dataset, self._version.item_groups)),
        )


def read_model(path: Path) -> model.Define:
    """Read a define.xml as it stands, faults and vendors' extensions included.

    Args:
        path: A define.xml of version 2.1, or of 2.0, which is taken up to 2.1.

    Raises:
        DefineError: The file cannot be read, is no XML, or no define.xml.
    """
    return model.from_element(model.Define, read_document(path).root)


def model_to_study(define: model.Define) -> StudyMetadata:
    """Give the metadata in a model whose references resolve; see `read_define`."""
    names = define.study.global_variables or model.GlobalVariables()
    return _Reader(define.metadata).study(names)


def read_define(path: Path) -> StudyMetadata:
    """Read the metadata in a define.xml.

    Args:
        path: A define.xml of version 2.1, or of 2.0, which is taken up to 2.1.

    Returns:
        The study with its datasets. What define.xml does not hold stays at its default: a core
        other than Req, whether a codelist without extended terms is extensible, the data cut. A
        length of 0 means that none is stated, as for ISO 8601 dates.

    Raises:
        DefineError: The file cannot be read, is invalid, or refers to something not defined.
    """
    document = read_document(path)
    raise_faults(DefineError, find_structure_faults(document))
    return model_to_study(model.from_element(model.Define, document.root))
