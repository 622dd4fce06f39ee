"""What is known of a variable before its rules: by the standard, or by what it is carried from."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from sdtmconv.mapping.registry import REGISTRY
from sdtmconv.spec.catalog import Catalog, VariableFacts
from sdtmconv.spec.outlines import SUBJECT_KEYS, Outline
from sdtmconv.spec.stated import predecessors, source_tables, stated_rule, structure_of
from sdtmconv.spec.yaml_nodes import Node, Reader

# Keywords whose value is that of the column which they name.
CARRYING = ("assign", "baseline", "earliest", "first", "last", "latest", "next", "running")


class FactFinder:
    """Finds what the standard, and the outlines of other datasets, say of variables."""

    def __init__(self, outlines: Mapping[str, Outline], catalog: Catalog) -> None:
        self._outlines, self._catalog = outlines, catalog
        # Variables whose type is being looked for: a circle of them has no type of its own.
        self._asked: set[tuple[str, str]] = set()

    def find(
        self, outline: Outline, name: str, modifiers: Mapping[str, Node]
    ) -> VariableFacts | None:
        """Find what the standard says of a variable, or what is said of its predecessor.

        A variable that is carried over under its own name keeps its attributes (ADaMIG 3.1.1).
        """
        facts = self._catalog.variable(outline.standard, structure_of(outline), name)
        if facts is None and name in SUBJECT_KEYS:
            return self._catalog.variable("ADAMIG", "ADSL", name)
        if outline.standard == "SDTMIG":
            return facts
        for table in predecessors(outline, name, modifiers):
            known = self._of_table(table, name)
            if known and known.label:
                return dataclasses.replace(known, role="", core=facts.core if facts else "")
        return facts

    def _of_table(self, table: str, name: str) -> VariableFacts | None:
        """Find what is known of another dataset's variable."""
        outline = self._outlines.get(table)
        if outline is None:
            return self._catalog.variable("SDTMIG", table, name)
        entry = stated_rule(outline, name)
        facts = self.find(outline, name, entry)
        label = Reader([]).text(entry.get("label"), "label")
        kind = self._type_of(table, name)
        if facts is None and not label:
            return None
        found = facts or VariableFacts(name, label, "Char")
        return dataclasses.replace(
            found, label=label or found.label, type="Num" if kind == "Num" else "Char"
        )

    def _type_of(self, table: str, name: str) -> str:
        """Tell whether a variable of a dataset is Char or Num."""
        outline = self._outlines.get(table)
        if outline is None:
            known = self._catalog.variable("SDTMIG", table, name)
            return known.type if known else "Char"
        entry = stated_rule(outline, name)
        facts = self.find(outline, name, entry)
        default = facts.type if facts else self.type_of_rule(outline, name, entry)
        return Reader([]).text(entry.get("type"), "type", default)

    def type_of_rule(self, outline: Outline, name: str, entry: Mapping[str, Node]) -> str:
        """Tell by its rule whether a variable of the sponsor's own is a number.

        It is, where the keyword gives numbers, or carries a column over that holds them.
        """
        keyword = next((key for key in entry if key in REGISTRY), "")
        if outline.standard == "SDTMIG" or "codelist" in entry or not keyword:
            return "Char"
        if REGISTRY[keyword].numeric:
            return "Num"
        column = entry[keyword].content
        if (
            keyword not in CARRYING
            or not isinstance(column, str)
            or (outline.name, name) in self._asked
        ):
            return "Char"
        self._asked.add((outline.name, name))
        table, dot, inner = column.partition(".")
        if dot:
            places = [(table, inner)]
        elif column in outline.variables and column != name:
            places = [(outline.name, column)]
        else:
            places = [(source, column) for source in source_tables(outline)]
        kinds = {self._type_of(*place) for place in places}
        self._asked.discard((outline.name, name))
        return "Num" if kinds == {"Num"} else "Char"
