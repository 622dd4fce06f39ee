"""Codelists: terms with or without decodes, or the name of a dictionary."""

from __future__ import annotations

from dataclasses import dataclass

from sdtmconv.define_xml.model.node import Node, attribute, child, children, number
from sdtmconv.define_xml.model.texts import Alias, Texts

NCI_CODE = "nci:ExtCodeID"


@dataclass(frozen=True, kw_only=True)
class EnumeratedItem(Node):
    """A term that explains itself."""

    coded_value: str = attribute("CodedValue")
    rank: str = attribute("Rank")
    order_number: int | None = number("OrderNumber")
    extended_value: str = attribute("def:ExtendedValue")
    aliases: tuple[Alias, ...] = children("Alias", Alias)
    descriptions: tuple[Texts, ...] = children("Description", Texts)


@dataclass(frozen=True, kw_only=True)
class CodeListItem(Node):
    """A term and what it means."""

    coded_value: str = attribute("CodedValue")
    rank: str = attribute("Rank")
    order_number: int | None = number("OrderNumber")
    extended_value: str = attribute("def:ExtendedValue")
    decode: Texts | None = child("Decode", Texts)
    aliases: tuple[Alias, ...] = children("Alias", Alias)
    descriptions: tuple[Texts, ...] = children("Description", Texts)


@dataclass(frozen=True, kw_only=True)
class ExternalCodeList(Node):
    """A dictionary with its version, such as MedDRA."""

    dictionary: str = attribute("Dictionary")
    version: str = attribute("Version")
    ref: str = attribute("ref")
    href: str = attribute("href")


@dataclass(frozen=True, kw_only=True)
class CodeList(Node):
    """The values that items may have."""

    oid: str = attribute("OID")
    name: str = attribute("Name")
    data_type: str = attribute("DataType")
    sas_format_name: str = attribute("SASFormatName")
    standard_oid: str = attribute("def:StandardOID")
    is_non_standard: str = attribute("def:IsNonStandard")
    comment_oid: str = attribute("def:CommentOID")
    description: Texts | None = child("Description", Texts)
    code_list_items: tuple[CodeListItem, ...] = children("CodeListItem", CodeListItem)
    external_code_list: ExternalCodeList | None = child("ExternalCodeList", ExternalCodeList)
    enumerated_items: tuple[EnumeratedItem, ...] = children("EnumeratedItem", EnumeratedItem)
    aliases: tuple[Alias, ...] = children("Alias", Alias)

    @property
    def items(self) -> tuple[CodeListItem | EnumeratedItem, ...]:
        """The terms of either kind."""
        return (*self.code_list_items, *self.enumerated_items)
