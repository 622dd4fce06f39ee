"""What a define.xml says, whatever its OIDs are: each reference becomes what it refers to."""

from dataclasses import fields, replace
from typing import Any

from sdtmconv.define_xml import model

# Where a variable is only named, and not described once more.
NAMED = ("RangeCheck.item_oid", "AnalysisVariable.item_oid", "AnalysisResult.parameter_oid")
OWN = ("oid", "id", "line", "file_oid", "archive_location_id")


def without_echo(term: model.CodeListItem | model.EnumeratedItem) -> model.Node:
    """Leave out a decode that is the value again: a term may stand with it or without."""
    if isinstance(term, model.CodeListItem) and str(term.decode or "") == term.coded_value:
        return replace(term, decode=None)
    return term


class Expander:
    def __init__(self, define: model.Define, without: tuple[str, ...] = ()) -> None:
        version = define.metadata
        self._without = without
        self._known: dict[str, Any] = {}
        groups = (
            version.value_lists,
            version.where_clauses,
            version.item_groups,
            version.items,
            version.code_lists,
            version.methods,
            version.comments,
            version.standards.standards if version.standards else (),
        )
        for group in groups:
            self._known |= {node.oid: node for node in group}
        self._known |= {leaf.id: leaf for leaf in version.leaves}

    def expand(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return [self.expand(one) for one in value]
        if not isinstance(value, model.Node):
            return value.strip() if isinstance(value, str) else value
        kind = type(value).__name__
        found: dict[str, Any] = {}
        for field in fields(value):
            name, content = field.name, getattr(value, field.name)
            if name in OWN or content in ("", None, ()):
                continue
            if f"{kind}.{name}" in self._without or f"{kind}.*" in self._without:
                continue
            if f"{kind}.{name}" in NAMED or name == "item_group_oid":
                content = self._known[content].name
            elif name.endswith(("_oid", "leaf_id")):
                content = self._known.get(content, content)
            if name in ("code_list_items", "enumerated_items"):
                name, content = "terms", tuple(map(without_echo, content))
            found[name] = self.expand(content)
        return {kind: found} if kind == "ItemGroupDef" else found


def expand(define: model.Define, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """Give datasets by name, documents and results, each with all that it refers to.

    Args:
        define: The model.
        without: What to leave out, as Class.field.
    """
    version, expander = define.metadata, Expander(define, without)
    return {
        "datasets": {each.name: expander.expand(each) for each in version.item_groups},
        "documents": expander.expand(version.leaves),
        "displays": expander.expand(version.result_displays),
        "names": expander.expand(define.study.global_variables),
    }


def differences(one: Any, other: Any, place: str = "") -> list[str]:
    """List where two expanded descriptions differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        return [
            text
            for key in {**one, **other}
            for text in differences(one.get(key), other.get(key), f"{place}/{key}")
        ]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [t for n, pair in pairs for t in differences(*pair, f"{place}/{n}")]
    return [] if one == other else [f"{place}: {one!r} is not {other!r}"]
