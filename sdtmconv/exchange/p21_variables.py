"""Sheets Variables, ValueLevel and WhereClauses of a specification."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping
from dataclasses import replace

from sdtmconv import oids
from sdtmconv.conditions import parse_condition
from sdtmconv.define_xml import model
from sdtmconv.define_xml.definitions import ANNOTATED_CRF
from sdtmconv.errors import SpecError, suggest
from sdtmconv.exchange.p21_index import SheetIndex
from sdtmconv.exchange.p21_parts import make_where_clause
from sdtmconv.exchange.p21_sheets import Row
from sdtmconv.exchange.p21_values import read_pages, split_values
from sdtmconv.metadata import OriginType
from sdtmconv.oids import Where

OLDER_ORIGINS = {"CRF": ("Collected", "Investigator"), "eDT": ("Collected", "Vendor")}
ORIGINS = (*typing.get_args(OriginType), *OLDER_ORIGINS)
SOURCES = ("Investigator", "Sponsor", "Subject", "Vendor")
DATA_TYPES = (
    *("text", "integer", "float", "date", "time", "datetime", "partialDate", "partialTime"),
    *("partialDatetime", "incompleteDatetime", "durationDatetime", "intervalDatetime"),
)
COMPARATORS = ("EQ", "NE", "LT", "LE", "GT", "GE", "IN", "NOTIN")


class VariableReader(SheetIndex):
    """Makes items of variables and of their values, and the conditions of values."""

    def _item_ref(self, row: Row, oid: str, number: int) -> model.ItemRef:
        method = row.refer("Method", self._methods, "Methods")
        return model.ItemRef(
            item_oid=oid,
            order_number=number,
            mandatory=row.choice("Mandatory", ("Yes", "No"), "No"),
            method_oid=f"MT.{method}" if method else "",
            role=row["Role"],
        )

    def _items(self) -> Iterator[model.ItemDef]:
        valued = {(row["Dataset"], row["Variable"]) for row in self._sheets["ValueLevel"]}
        for dataset, variables in self._variables.items():
            for name, row in in_order(variables):
                item = self._item(row, oids.item_oid(dataset, name), name)
                oid = oids.value_list_oid(dataset, name)
                has_values = (dataset, name) in valued
                reference = model.ValueListRef(value_list_oid=oid) if has_values else None
                yield replace(item, value_list_ref=reference)

    def _item(self, row: Row, oid: str, name: str) -> model.ItemDef:
        known = self._codelists.keys() | self._dictionaries.keys()
        codelist = row.refer("Codelist", known, "Codelists")
        reference = model.CodeListRef(code_list_oid=f"CL.{codelist}") if codelist else None
        return model.ItemDef(
            oid=oid,
            name=name,
            data_type=row.choice("Data Type", DATA_TYPES, "text"),
            length=row.number("Length"),
            significant_digits=row.number("Significant Digits"),
            sas_field_name=name,
            display_format=row["Format"],
            comment_oid=self._comment(row),
            description=self._texts(row["Label"]),
            code_list_ref=reference,
            origins=tuple(self._origin(row)),
        )

    def _origin(self, row: Row) -> Iterator[model.Origin]:
        kind = row.choice("Origin", ORIGINS)
        source = row.choice("Source", SOURCES)
        kind, implied = OLDER_ORIGINS.get(kind, (kind, ""))
        if not kind:
            for title in ("Source", "Pages", "Predecessor"):
                if row[title]:
                    row.report(f"{title} is given and Origin is not", "fill in Origin")
            return
        if not (source or implied or "Source" in row.cells or self._standards):
            implied = "" if kind == "Predecessor" else "Sponsor"
        pages = read_pages(row["Pages"])
        document = model.DocumentRef(leaf_id=oids.leaf_id(ANNOTATED_CRF), pages=pages)
        yield model.Origin(
            type=kind,
            source=source or implied,
            description=self._texts(row["Predecessor"]),
            documents=(document,) if pages else (),
        )

    def _value_lists(self) -> tuple[tuple[model.ValueListDef, ...], list[model.ItemDef]]:
        lists: dict[str, list[model.ItemRef]] = {}
        items: dict[str, model.ItemDef] = {}
        for row in self._sheets["ValueLevel"]:
            dataset = row.refer("Dataset", self._datasets, "Datasets")
            name = row["Variable"]
            if dataset and name and name not in self._variables[dataset]:
                remedy = suggest(name, self._variables[dataset], "add it to sheet 'Variables'")
                row.report(f"{dataset} has no variable {name!r}", remedy)
                continue
            where = self._where(row, dataset)
            if not (dataset and name and where):
                continue
            references = lists.setdefault(oids.value_list_oid(dataset, name), [])
            oid = oids.item_oid(dataset, name, where)
            if oid in items:
                row.report(f"{dataset}.{name} has these values twice", "keep one of the two")
                continue
            items[oid] = self._item(row, oid, name)
            clause = model.WhereClauseRef(where_clause_oid=oids.where_oid(dataset, where))
            reference = self._item_ref(row, oid, len(references) + 1)
            references.append(replace(reference, where_clauses=(clause,)))
        return (
            tuple(model.ValueListDef(oid=o, item_refs=tuple(refs)) for o, refs in lists.items()),
            list(items.values()),
        )

    def _where(self, row: Row, dataset: str) -> Where:
        """Take a condition by its ID in sheet WhereClauses, or as it is written in the cell."""
        text = row["Where Clause"]
        if text in self._clauses:
            return self._clause(text, dataset)
        try:
            checks = parse_condition(text, row.place).range_checks() if text else ()
        except SpecError:
            checks = None
        if checks is None:
            remedy = suggest(text, self._clauses, "add it to sheet 'WhereClauses'")
            row.report(f"Where Clause {text!r} is not in sheet 'WhereClauses'", remedy)
            return ()
        known = self._variables.get(dataset, {})
        for name, _, _ in checks:
            if name not in known:
                row.report(f"{dataset} has no variable {name!r}", suggest(name, known, "add it"))
                return ()
        return checks

    def _clause(self, name: str, dataset: str) -> Where:
        checks = []
        for row in self._clauses[name]:
            variable = row["Variable"]
            other = row["Dataset"]
            comparator = row.choice("Comparator", COMPARATORS, "EQ")
            values = split_values(row["Value"]) if comparator in ("IN", "NOTIN") else None
            single = split_values(row["Value"]) if row["Value"].startswith('"') else (row["Value"],)
            named = variable if other == dataset else f"{other}.{variable}"
            checks.append((named, comparator, values or single))
        return tuple(checks)

    def _where_clauses(self) -> Iterator[model.WhereClauseDef]:
        seen: set[str] = set()
        for row in self._sheets["ValueLevel"]:
            dataset = row["Dataset"]
            quiet = Row(row.place, row.cells, [])
            where = self._where(quiet, dataset)
            oid = oids.where_oid(dataset, where)
            if where and dataset in self._datasets and oid not in seen:
                seen.add(oid)
                rows = self._clauses.get(row["Where Clause"], [])
                comment = self._comment(rows[0]) if rows else ""
                yield make_where_clause(oid, dataset, where, comment)


def in_order(variables: Mapping[str, Row]) -> list[tuple[str, Row]]:
    """Put variables in the order that the sheet states, else in that of its rows."""
    quiet = {name: Row(row.place, row.cells, []) for name, row in variables.items()}
    return sorted(variables.items(), key=lambda pair: quiet[pair[0]].number("Order") or 0)
