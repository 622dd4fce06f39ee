"""Variables and their values: ItemDef, what refers to it, and under which conditions."""

from __future__ import annotations

from dataclasses import dataclass

from sdtmconv.define_xml.model.node import (
    Node,
    attribute,
    child,
    children,
    number,
    text_children,
)
from sdtmconv.define_xml.model.texts import Alias, DocumentRef, FormalExpression, Texts


@dataclass(frozen=True, kw_only=True)
class WhereClauseRef(Node):
    """A condition under which a reference holds."""

    where_clause_oid: str = attribute("WhereClauseOID")


@dataclass(frozen=True, kw_only=True)
class ItemRef(Node):
    """A variable's place in a dataset, or a value's in a value list."""

    item_oid: str = attribute("ItemOID")
    order_number: int | None = number("OrderNumber")
    mandatory: str = attribute("Mandatory")
    key_sequence: int | None = number("KeySequence")
    method_oid: str = attribute("MethodOID")
    role: str = attribute("Role")
    role_code_list_oid: str = attribute("RoleCodeListOID")
    is_non_standard: str = attribute("def:IsNonStandard")
    has_no_data: str = attribute("def:HasNoData")
    where_clauses: tuple[WhereClauseRef, ...] = children("def:WhereClauseRef", WhereClauseRef)


@dataclass(frozen=True, kw_only=True)
class ValueListDef(Node):
    """The items that describe a variable's values, each under a condition."""

    oid: str = attribute("OID")
    description: Texts | None = child("Description", Texts)
    item_refs: tuple[ItemRef, ...] = children("ItemRef", ItemRef)


@dataclass(frozen=True, kw_only=True)
class RangeCheck(Node):
    """A comparison of an item with values."""

    comparator: str = attribute("Comparator")
    soft_hard: str = attribute("SoftHard")
    item_oid: str = attribute("def:ItemOID")
    check_values: tuple[str, ...] = text_children("CheckValue")
    formal_expressions: tuple[FormalExpression, ...] = children(
        "FormalExpression", FormalExpression
    )


@dataclass(frozen=True, kw_only=True)
class WhereClauseDef(Node):
    """A condition: comparisons that all hold."""

    oid: str = attribute("OID")
    comment_oid: str = attribute("def:CommentOID")
    range_checks: tuple[RangeCheck, ...] = children("RangeCheck", RangeCheck)


@dataclass(frozen=True, kw_only=True)
class CodeListRef(Node):
    """The codelist of an item."""

    code_list_oid: str = attribute("CodeListOID")


@dataclass(frozen=True, kw_only=True)
class ValueListRef(Node):
    """The value list of an item."""

    value_list_oid: str = attribute("ValueListOID")


@dataclass(frozen=True, kw_only=True)
class Origin(Node):
    """Where values come from."""

    type: str = attribute("Type")
    source: str = attribute("Source")
    description: Texts | None = child("Description", Texts)
    documents: tuple[DocumentRef, ...] = children("def:DocumentRef", DocumentRef)


@dataclass(frozen=True, kw_only=True)
class ItemDef(Node):
    """A variable, or its values under a condition."""

    oid: str = attribute("OID")
    name: str = attribute("Name")
    data_type: str = attribute("DataType")
    length: int | None = number("Length")
    significant_digits: int | None = number("SignificantDigits")
    sas_field_name: str = attribute("SASFieldName")
    display_format: str = attribute("def:DisplayFormat")
    comment_oid: str = attribute("def:CommentOID")
    description: Texts | None = child("Description", Texts)
    question: Texts | None = child("Question", Texts)
    range_checks: tuple[RangeCheck, ...] = children("RangeCheck", RangeCheck)
    code_list_ref: CodeListRef | None = child("CodeListRef", CodeListRef)
    aliases: tuple[Alias, ...] = children("Alias", Alias)
    origins: tuple[Origin, ...] = children("def:Origin", Origin)
    value_list_ref: ValueListRef | None = child("def:ValueListRef", ValueListRef)
