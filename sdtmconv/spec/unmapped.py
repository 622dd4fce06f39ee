"""Variables that are described and not mapped yet, and datasets that hold nothing else.

A study that was begun from a define.xml or a specification knows what its variables are before it
knows where their values come from. `unmapped: Collected` takes the place of a rule until then.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import cast

from sdtmconv.conditions import parse_condition
from sdtmconv.errors import SpecError
from sdtmconv.metadata import (
    Codelist,
    DatasetMetadata,
    Origin,
    OriginType,
    Standard,
    ValueLevel,
    VariableMetadata,
)
from sdtmconv.spec.catalog import DATE_FORMATS, Catalog, VariableFacts
from sdtmconv.spec.codelists import NONE, Codelists
from sdtmconv.spec.describe import ORIGINS, read_expression
from sdtmconv.spec.documents import read_pages
from sdtmconv.spec.model import DatasetSpec, VariableSpec
from sdtmconv.spec.outlines import SUBJECT_KEYS, UNMAPPED, Outline
from sdtmconv.spec.yaml_nodes import Node, Reader

UNKNOWN = "unknown"
STANDARD = "standard"
DESCRIPTION = (
    "label",
    "length",
    "data_type",
    "significant_digits",
    "display_format",
    "role",
    "mandatory",
    "codelist",
    "by",
    "from",
    "pages",
    "method",
    "formal_expression",
    "comment",
)
OF_UNMAPPED = (UNMAPPED, "type", *DESCRIPTION, "values")
OF_VALUES = ("where", "origin", *DESCRIPTION)
SOURCES = ("Investigator", "Sponsor", "Subject", "Vendor")
# Who a value comes from, unless `by` says so.
SOURCE_OF_ORIGIN = {"Collected": "Investigator", "Predecessor": ""}
LONGEST_STATED = 99_999


def source_of(origin: str) -> str:
    """Give who values of an origin come from by default."""
    return SOURCE_OF_ORIGIN.get(origin, "Sponsor")


def default_data_type(variable: VariableMetadata, significant_digits: int | None) -> str:
    """Give the data type of a variable for which none is stated."""
    if variable.type == "Char":
        return variable.data_type
    return "integer" if significant_digits is None else "float"


def change_type(variable: VariableMetadata) -> VariableMetadata:
    """Give a variable as the other type would have it: Char in place of Num, or Num of Char."""
    if variable.type == "Num":
        return dataclasses.replace(variable, type="Char", length=0, data_type="text")
    return dataclasses.replace(variable, type="Num", length=8, data_type="integer")


def default_level(variable: VariableMetadata) -> VariableMetadata:
    """Give what holds of a variable's values under a condition, where nothing else is stated."""
    is_number = variable.type == "Num"
    return VariableMetadata(
        name=variable.name,
        label="",
        type=variable.type,
        length=variable.length if is_number else 0,
        data_type="integer" if is_number else "text",
        role=variable.role,
    )


class UnmappedCompiler:
    """Compiles descriptions of variables and datasets that are not mapped."""

    def __init__(self, catalog: Catalog, codelists: Codelists, reader: Reader) -> None:
        self._catalog, self._codelists, self._reader = catalog, codelists, reader

    def default_variable(self, standard: Standard, class_: str, name: str) -> VariableMetadata:
        """Describe a variable as the standard does; one that it does not have, by its name.

        Args:
            standard: The implementation guide.
            class_: The domain, or the structure or class of an analysis dataset.
            name: The variable.
        """
        structure = self.structure(standard, class_)
        facts = self._catalog.variable(standard, structure, name) or VariableFacts(name, "", "Char")
        codelist = self._codelists.of_standard(facts.codelists)
        ending = next((end for end in DATE_FORMATS if name.endswith(end)), "")
        is_date = standard == "ADAMIG" and facts.type == "Num" and ending
        return VariableMetadata(
            name=name,
            label=facts.label,
            type=facts.type,
            length=8 if facts.type == "Num" else 0,
            data_type=facts.data_type,
            display_format=DATE_FORMATS[ending] if is_date else "",
            role=facts.role,
            core=facts.core,
            codelist=codelist.codelist
            if codelist
            else self._catalog.dictionary(facts.value_domain),
        )

    def structure(self, standard: Standard, class_: str) -> str:
        """Name the structure of a class, as BDS for BASIC DATA STRUCTURE."""
        for name in self._catalog.dataset_names(standard) if standard == "ADAMIG" else ():
            known = self._catalog.dataset(standard, name)
            if known and known.class_ == class_:
                return name
        return class_

    def variable(self, default: VariableMetadata, node: Node, what: str) -> VariableMetadata:
        """Compile one variable.

        Args:
            default: What holds where the spec states nothing.
            node: The description.
            what: The variable, in messages.
        """
        entries = self._reader.fields(node, what, OF_UNMAPPED)
        kind = self._reader.choice(
            entries.get("type"), f"{what}: type", ("Char", "Num"), default.type
        )
        if kind != default.type:
            default = change_type(default)
        described = self._described(default, entries, entries[UNMAPPED], what)
        levels = entries.get("values")
        items = levels.content if levels and isinstance(levels.content, tuple) else ()
        if levels and not items:
            self._reader.report(
                levels.place, f"{what}: values is no list", "write `- {where: ...}`"
            )
        values = [self._level(described, item, f"{what}: values") for item in items]
        return dataclasses.replace(described, values=tuple(level for level in values if level))

    def _level(self, variable: VariableMetadata, node: Node, what: str) -> ValueLevel | None:
        entries = self._reader.fields(node, what, OF_VALUES)
        described = self._described(default_level(variable), entries, entries.get("origin"), what)
        text = self._reader.text(entries.get("where"), f"{what}: where")
        if not text:
            self._reader.report(
                node.place, f"{what} has no where", "say for which records it holds"
            )
            return None
        try:
            checks = parse_condition(text, entries["where"].place).range_checks()
        except SpecError as error:
            self._reader.faults.extend(error.faults)
            return None
        if checks is None:
            remedy = "compare variables with values by EQ, NE, LT, LE, GT, GE, IN, NOTIN and `and`"
            self._reader.report(entries["where"].place, f"{what}: where is too much", remedy)
            return None
        return ValueLevel(checks, described)

    def _described(
        self,
        default: VariableMetadata,
        entries: Mapping[str, Node],
        origin: Node | None,
        what: str,
    ) -> VariableMetadata:
        text = self._reader.text
        digits = self._reader.integer(
            entries.get("significant_digits"), f"{what}: significant_digits", 99, least=0
        )
        core = default.core
        if "mandatory" in entries:
            mandatory = self._reader.flag(entries["mandatory"], f"{what}: mandatory")
            core = "Req" if mandatory else core.replace("Req", "")
        length = self._reader.integer(entries.get("length"), f"{what}: length", LONGEST_STATED)
        return dataclasses.replace(
            default,
            label=text(entries.get("label"), f"{what}: label", default.label),
            length=length or default.length,
            data_type=text(
                entries.get("data_type"),
                f"{what}: data_type",
                default_data_type(default, digits),
            ),
            significant_digits=digits,
            display_format=self._text_or_none(
                entries.get("display_format"), f"{what}: display_format", default.display_format
            ),
            role=self._text_or_none(entries.get("role"), f"{what}: role", default.role),
            core=core,
            codelist=self._codelist(entries, default, what),
            origin=self._origin(origin, entries, what),
            method=text(entries.get("method"), f"{what}: method"),
            expression=read_expression(entries.get("formal_expression"), what, self._reader),
            comment=text(entries.get("comment"), f"{what}: comment"),
        )

    def _text_or_none(self, node: Node | None, what: str, default: str) -> str:
        text = self._reader.text(node, what, default)
        return "" if text == NONE else text

    def _codelist(
        self, entries: Mapping[str, Node], default: VariableMetadata, what: str
    ) -> Codelist | None:
        if "codelist" not in entries:
            return default.codelist
        found = self._codelists.named(entries["codelist"], f"{what}: codelist")
        return found.codelist if found else None

    def _origin(self, node: Node | None, entries: Mapping[str, Node], what: str) -> Origin | None:
        kind = self._reader.choice(node, f"{what}: origin", (*ORIGINS, UNKNOWN), UNKNOWN)
        if kind == UNKNOWN:
            return None
        source = self._reader.choice(
            entries.get("by"), f"{what}: by", (*SOURCES, UNKNOWN), source_of(kind)
        )
        return Origin(
            cast("OriginType", kind),
            source.replace(UNKNOWN, ""),
            self._reader.text(entries.get("from"), f"{what}: from"),
            read_pages(entries.get("pages"), what, self._reader),
        )

    def dataset(self, outline: Outline) -> DatasetSpec:
        """Compile a dataset of which no variable is mapped."""
        fields, reader = outline.fields, self._reader
        class_ = reader.text(fields.get("class"), "class", outline.name)
        roles = reader.choice(fields.get("roles"), "roles", (NONE, STANDARD), STANDARD)
        facts = self._catalog.dataset(outline.standard, self.structure(outline.standard, class_))
        stated = reader.mapping(fields.get("variables"), "variables")
        variables = {}
        for name, node in stated.items():
            default = self.default_variable(outline.standard, class_, name)
            if roles == NONE:
                default = dataclasses.replace(default, role="")
            described = self.variable(default, node, f"{outline.name}.{name}")
            place = fields["variables"].place_of(name)
            variables[name] = VariableSpec(name, (), None, described, place, unmapped=True)
        named = facts.class_ if facts else class_.upper() if "class" in fields else ""
        metadata = DatasetMetadata(
            name=outline.name,
            label=reader.text(fields.get("label"), "label", facts.label if facts else ""),
            variables=tuple(spec.metadata for spec in variables.values()),
            keys=outline.keys,
            domain=reader.text(fields.get("part_of"), "part_of", outline.domain),
            class_=named,
            structure=reader.text(
                fields.get("structure"), "structure", facts.structure if facts else ""
            ),
            subclass=reader.text(
                fields.get("subclass"), "subclass", facts.subclass if facts else ""
            ),
            standard=outline.standard,
            subject_level=not reader.flag(
                fields.get("reference_data"), "reference_data", "USUBJID" not in stated
            ),
            repeating=reader.flag(
                fields.get("repeating"), "repeating", not set(outline.keys) <= set(SUBJECT_KEYS)
            ),
            comment=reader.text(fields.get("comment"), "comment"),
        )
        return DatasetSpec(
            outline.name, outline.standard, (), variables, metadata, None, outline.node.place
        )
