"""Metadata to the model of a define.xml: one function per element."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from sdtmconv import __version__, oids
from sdtmconv.analyses import DocumentPages
from sdtmconv.define_xml import model
from sdtmconv.define_xml.definitions import (
    ANNOTATED_CRF,
    Definitions,
    Item,
    Method,
    NamedCodelist,
    method_oid,
    terminology,
)
from sdtmconv.define_xml.results import build_displays, refer_to
from sdtmconv.metadata import DatasetMetadata, Origin, Term, VariableMetadata
from sdtmconv.oids import Where

_SIZED = ("text", "integer", "float")


def _yes_no(value: bool) -> str:
    return "Yes" if value else "No"


def _item_ref(
    oid: str,
    order: int,
    variable: VariableMetadata,
    definitions: Definitions,
    key_sequence: int | None = None,
    where_oid: str = "",
) -> model.ItemRef:
    clauses = (model.WhereClauseRef(where_clause_oid=where_oid),) if where_oid else ()
    return model.ItemRef(
        item_oid=oid,
        order_number=order,
        mandatory=_yes_no(variable.mandatory),
        key_sequence=key_sequence,
        method_oid=definitions.method_oid(variable),
        role=variable.role,
        where_clauses=clauses,
    )


def _value_lists(
    dataset: DatasetMetadata, definitions: Definitions
) -> Iterator[model.ValueListDef]:
    for variable in dataset.variables:
        references = [
            _item_ref(
                oids.item_oid(dataset.name, variable.name, value.where),
                order,
                value.variable,
                definitions,
                where_oid=oids.where_oid(dataset.name, value.where),
            )
            for order, value in enumerate(variable.values, start=1)
        ]
        if references:
            oid = oids.value_list_oid(dataset.name, variable.name)
            yield model.ValueListDef(oid=oid, item_refs=tuple(references))


def _where_clause(oid: str, dataset: str, where: Where) -> model.WhereClauseDef:
    checks = []
    for variable, comparator, values in where:
        other, _, name = variable.rpartition(".")
        item_oid = oids.item_oid(other or dataset, name)
        checks.append(
            model.RangeCheck(
                comparator=comparator, soft_hard="Soft", item_oid=item_oid, check_values=values
            )
        )
    return model.WhereClauseDef(oid=oid, range_checks=tuple(checks))


def _domain_description(
    dataset: DatasetMetadata, definitions: Definitions
) -> tuple[model.Alias, ...]:
    """Say what domain a dataset under another name (SUPPAE) belongs to."""
    return tuple(
        model.Alias(context="DomainDescription", name=other.label)
        for other in definitions.datasets
        if other.name == dataset.domain != dataset.name
    )


def _class(dataset: DatasetMetadata) -> model.ClassDef | None:
    if not dataset.class_:
        return None
    names = [dataset.subclass] if dataset.subclass else []
    return model.ClassDef(
        name=dataset.class_, sub_classes=tuple(model.SubClass(name=name) for name in names)
    )


def _dataset(dataset: DatasetMetadata, definitions: Definitions) -> model.ItemGroupDef:
    """Describe a dataset; reference data do not repeat, because they have no subject."""
    keys = {key: number for number, key in enumerate(dataset.keys, start=1)}
    references = tuple(
        _item_ref(
            oids.item_oid(dataset.name, variable.name),
            order,
            variable,
            definitions,
            keys.get(variable.name),
        )
        for order, variable in enumerate(dataset.variables, start=1)
    )
    file = f"{dataset.name.lower()}.xpt"
    return model.ItemGroupDef(
        oid=oids.dataset_oid(dataset.name),
        name=dataset.name,
        domain=dataset.domain if dataset.standard == "SDTMIG" else "",
        repeating=_yes_no(dataset.repeating and dataset.subject_level),
        is_reference_data=_yes_no(not dataset.subject_level),
        sas_dataset_name=dataset.name,
        purpose=definitions.guide.purpose,
        structure=dataset.structure,
        standard_oid=definitions.standards[0].oid if dataset.class_ else "",
        is_non_standard="" if dataset.class_ else "Yes",
        archive_location_id=oids.leaf_id(dataset.name),
        comment_oid=definitions.comments.get(dataset.comment, ""),
        description=definitions.texts(dataset.label),
        item_refs=references,
        aliases=_domain_description(dataset, definitions),
        class_=_class(dataset),
        leaf=model.Leaf(id=oids.leaf_id(dataset.name), href=file, title=file),
    )


def _origin(origin: Origin, definitions: Definitions) -> model.Origin:
    pages = DocumentPages(ANNOTATED_CRF, origin.pages)
    return model.Origin(
        type=origin.type,
        source=origin.source,
        description=definitions.texts(origin.description),
        documents=(refer_to(pages),) if origin.pages else (),
    )


def _item(item: Item, definitions: Definitions) -> model.ItemDef:
    variable = item.variable
    codelist = definitions.codelist_oid(variable)
    has_values = bool(variable.values and not item.where)
    value_list = oids.value_list_oid(item.dataset.name, variable.name)
    return model.ItemDef(
        oid=item.oid,
        name=variable.name,
        data_type=variable.data_type,
        length=variable.length if variable.data_type in _SIZED else None,
        significant_digits=variable.significant_digits if variable.data_type == "float" else None,
        sas_field_name=variable.name,
        display_format=variable.display_format,
        comment_oid=definitions.comments.get(variable.comment, ""),
        description=definitions.texts(variable.label),
        code_list_ref=model.CodeListRef(code_list_oid=codelist) if codelist else None,
        origins=(_origin(variable.origin, definitions),) if variable.origin else (),
        value_list_ref=model.ValueListRef(value_list_oid=value_list) if has_values else None,
    )


def _nci_code(code: str) -> tuple[model.Alias, ...]:
    return (model.Alias(context=model.NCI_CODE, name=code),) if code else ()


def _decoded(term: Term, order: int, definitions: Definitions) -> model.CodeListItem:
    return model.CodeListItem(
        coded_value=term.value,
        order_number=order,
        extended_value="Yes" if term.extended else "",
        decode=definitions.texts(term.decode or term.value),
        aliases=_nci_code(term.code),
    )


def _enumerated(term: Term, order: int) -> model.EnumeratedItem:
    return model.EnumeratedItem(
        coded_value=term.value,
        order_number=order,
        extended_value="Yes" if term.extended else "",
        aliases=_nci_code(term.code),
    )


def _code_list(named: NamedCodelist, definitions: Definitions) -> model.CodeList:
    codelist = named.codelist
    is_own = not codelist.standard and not codelist.dictionary
    has_decodes = any(term.decode for term in codelist.terms)
    ordered = list(enumerate(codelist.terms, start=1))
    dictionary = model.ExternalCodeList(dictionary=codelist.dictionary, version=codelist.version)
    return model.CodeList(
        oid=named.oid,
        name=named.label,
        data_type=named.data_type,
        standard_oid=terminology(codelist.standard).oid if codelist.standard else "",
        is_non_standard="Yes" if is_own else "",
        code_list_items=tuple(_decoded(term, n, definitions) for n, term in ordered if has_decodes),
        external_code_list=dictionary if codelist.dictionary else None,
        enumerated_items=tuple(_enumerated(term, n) for n, term in ordered if not has_decodes),
        aliases=_nci_code(codelist.code),
    )


def _method(method: Method, users: list[Item], definitions: Definitions) -> model.MethodDef:
    text, formal = method
    variables = list(dict.fromkeys(user.variable.name for user in users))
    name = f"Algorithm to derive {{variable}}{' and others' if variables[1:] else ''}"
    expressions = [(formal.context, formal.code)] if formal else []
    return model.MethodDef(
        oid=method_oid(users),
        name=definitions.say(name).format(variable=variables[0]),
        type="Imputation" if re.search(r"\bimput|填补", text, re.IGNORECASE) else "Computation",
        description=definitions.texts(text),
        formal_expressions=tuple(
            model.FormalExpression(context=context, text=code) for context, code in expressions
        ),
    )


def _document_refs(names: list[str]) -> model.DocumentRefs | None:
    references = tuple(refer_to(DocumentPages(name)) for name in names)
    return model.DocumentRefs(documents=references) if references else None


def _metadata_version(definitions: Definitions) -> model.MetaDataVersion:
    study, guide = definitions.study.name, f"{definitions.guide.name} {definitions.version}"
    documents, say = [document.name for document in definitions.documents], definitions.say
    return model.MetaDataVersion(
        oid=f"MDV.{study}.{guide.replace(' ', '.')}",
        name=say("Study {study}, data definitions").format(study=study),
        description=say("{guide} datasets of study {study}").format(guide=guide, study=study),
        define_version="2.1.0",
        standards=model.Standards(standards=definitions.standards),
        annotated_crf=_document_refs([name for name in documents if name == ANNOTATED_CRF]),
        supplemental_doc=_document_refs([name for name in documents if name != ANNOTATED_CRF]),
        value_lists=tuple(
            value_list
            for dataset in definitions.datasets
            for value_list in _value_lists(dataset, definitions)
        ),
        where_clauses=tuple(
            _where_clause(oid, *condition) for oid, condition in definitions.conditions.items()
        ),
        item_groups=tuple(_dataset(dataset, definitions) for dataset in definitions.datasets),
        items=tuple(_item(item, definitions) for item in definitions.items),
        code_lists=tuple(_code_list(each, definitions) for each in definitions.codelists.values()),
        methods=tuple(_method(*method, definitions) for method in definitions.methods.items()),
        comments=tuple(
            model.CommentDef(oid=oid, description=definitions.texts(text))
            for text, oid in definitions.comments.items()
        ),
        leaves=tuple(
            model.Leaf(id=oids.leaf_id(each.name), href=each.file, title=each.title)
            for each in definitions.documents
        ),
        result_displays=build_displays(definitions),
    )


def build_model(
    definitions: Definitions, *, created: datetime, context: str, originator: str
) -> model.Define:
    """Make the model of a define.xml.

    Args:
        definitions: What to define.
        created: The time stamp.
        context: Submission or Other.
        originator: The organisation that answers for the content.
    """
    study = definitions.study
    names = model.GlobalVariables(
        study_name=study.name, study_description=study.description, protocol_name=study.protocol
    )
    return model.Define(
        odm_version="1.3.2",
        file_type="Snapshot",
        file_oid=f"{study.name}.{definitions.guide.name}.{definitions.version}.define",
        creation_date_time=created.isoformat(timespec="seconds"),
        originator=originator,
        source_system="sdtmconv",
        source_system_version=__version__,
        context=context,
        study=model.Study(
            oid=f"STDY.{study.name}",
            global_variables=names,
            metadata_version=_metadata_version(definitions),
        ),
    )
