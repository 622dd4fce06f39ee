"""What the specs of datasets say of their variables, wherever they say it.

Read quietly: what is wrong with it, the compilers tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sdtmconv.spec.outlines import Outline
from sdtmconv.spec.rules import OF_VARIABLE
from sdtmconv.spec.yaml_nodes import Node, Reader


def names_under(outline: Outline, field: str) -> Mapping[str, Node]:
    """Give the entries under variables, supplemental or intermediate."""
    return Reader([]).mapping(outline.fields.get(field), field)


def structure_of(outline: Outline) -> str:
    """Name what the standard knows the dataset as: a domain, or a class of analysis datasets."""
    if outline.standard == "SDTMIG":
        return outline.name
    return Reader([]).text(outline.fields.get("class"), "class", outline.name)


def description_of(outline: Outline, name: str) -> Mapping[str, Node]:
    """Find what the dataset says of a variable whose rules stand in its sources."""
    for key in ("supplemental", "variables", "intermediate"):
        entry = names_under(outline, key).get(name)
        if entry and (key == "supplemental" or only_describes(entry)):
            return first_rule(entry)
    return {}


def stated_rule(outline: Outline, name: str) -> Mapping[str, Node]:
    """Give the rule that describes a variable of a dataset, wherever its spec has it."""
    quiet = Reader([])
    for table, names in quiet.mapping(outline.fields.get("carried"), "carried").items():
        if name in quiet.texts(names, "carried"):
            return first_rule(rule_node("assign", f"{table}.{name}", names.place))
    places = [outline.fields.get(key) for key in ("variables", "supplemental", "intermediate")]
    sources = quiet.mapping(outline.fields.get("sources"), "sources").values()
    places += [quiet.mapping(source, "source").get("variables") for source in sources]
    for place in places:
        stated = quiet.mapping(place, "variables")
        if name in stated and stated[name].content:
            return first_rule(stated[name])
    return {}


def predecessors(outline: Outline, name: str, modifiers: Mapping[str, Node]) -> Iterator[str]:
    """Name the tables from which a variable may be carried over under its own name."""
    text = Reader([]).text(modifiers.get("assign"), "assign")
    table, dot, column = text.partition(".")
    if dot and column == name:
        yield table
    elif text == name:
        yield from source_tables(outline)


def stated_elsewhere(outline: Outline) -> frozenset[str]:
    """Name the variables that sources alone state: the dataset itself has no rule for them."""
    quiet = Reader([])
    stated: set[str] = set()
    for source in quiet.mapping(outline.fields.get("sources"), "sources").values():
        stated |= set(quiet.mapping(quiet.mapping(source, "").get("variables"), "variables"))
    for names in quiet.mapping(outline.fields.get("carried"), "carried").values():
        stated -= set(quiet.texts(names, "carried"))
    for key in ("variables", "supplemental", "intermediate"):
        shared = quiet.mapping(outline.fields.get(key), key)
        stated -= {name for name, entry in shared.items() if not only_describes(entry)}
    return frozenset(stated)


def source_tables(outline: Outline) -> Iterator[str]:
    """Name the tables that a dataset's records come from."""
    quiet = Reader([])
    source = outline.fields.get("source")
    nodes = [source] if source else quiet.mapping(outline.fields.get("sources"), "").values()
    for node in nodes:
        inner = node.content if isinstance(node.content, dict) else {"from": node}
        yield quiet.text(inner.get("from"), "from")


def first_rule(node: Node) -> Mapping[str, Node]:
    """Give the rule that describes the variable: the only one, or the first of a list."""
    first = node.content[0] if isinstance(node.content, tuple) and node.content else node
    return first.content if isinstance(first.content, dict) else {}


def only_describes(entry: Node, keys: Sequence[str] = OF_VARIABLE) -> bool:
    """Tell an entry such as `{label: Lesions}` or `{}`: a place and words, and no rule."""
    return entry.content in ("", None) or (
        isinstance(entry.content, dict) and set(entry.content) <= set(keys)
    )


def rule_node(keyword: str, value: str, place: str) -> Node:
    """Write a rule that a spec need not state, as if it stood at a place."""
    file, _, line = place.rpartition(":")
    return Node({keyword: Node(value, file, int(line))}, file, int(line))
