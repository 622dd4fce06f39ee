"""From the tables of an analysis dataset to sources: parameters, events and censorings.

A parameter is a stream of records: those of its source that its `where` takes. An event or a
censoring is a stream as well, one for each parameter that names it; of a subject's candidates the
first event is kept, or else the last censoring.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sdtmconv.errors import suggest
from sdtmconv.spec.yaml_nodes import Node, Reader

OF_SOURCE = ("from", "where", "join", "repeat", "kept_by", "keep_first", "keep_last", "variables")
OF_EVENT = ("from", "where", "date", "description")
TIME_TO_EVENT = ("events", "censorings", "population", "start")
CENSORED, NEARNESS, TURN = ORDER = ("CENSORED", "NEARNESS", "TURN")

Fields = Mapping[str, Node]


def expand_tables(fields: Fields, reader: Reader) -> Fields:
    """Write a dataset's parameters, events and censorings as sources.

    Args:
        fields: The dataset's spec.
        reader: Collects faults.
    """
    if any(key in fields for key in TIME_TO_EVENT):
        return _TimeToEvent(fields, reader).expand()
    source = fields.get("source")
    if "parameters" in fields and source is None:
        place = fields["parameters"].place
        reader.report(
            place, "parameters have no source", "add `source: ...`, or put them into a source"
        )
        return {key: node for key, node in fields.items() if key != "parameters"}
    if source and ("parameters" in fields or "each" in _content(source)):
        inner = source.content if isinstance(source.content, dict) else {"from": source}
        moved = {key: fields[key] for key in ("kept_by", "parameters") if key in fields}
        stream = _mapping({**inner, **moved}, source)
        kept = {key: n for key, n in fields.items() if key not in ("source", *moved)}
        fields = {**kept, "sources": _mapping({"": stream}, source)}
    if "sources" not in fields:
        return fields
    sources = Reader([]).mapping(fields["sources"], "sources")
    streams = dict(_expand_sources(sources, reader))
    return {**fields, "sources": _mapping(streams, fields["sources"])}


def _expand_sources(sources: Fields, reader: Reader) -> Iterator[tuple[str, Node]]:
    for name, node in _repeat_sources(sources, reader):
        entries = node.content if isinstance(node.content, dict) else {}
        if "parameters" not in entries:
            yield name, node
            continue
        shared = {key: value for key, value in entries.items() if key != "parameters"}
        if name and "from" not in shared:
            shared["from"] = _text(name, node)
        parameters = reader.mapping(entries["parameters"], "parameters")
        for code, entry in parameters.items():
            place = _at(entries["parameters"], code)
            yield f"{name}.{code}".strip("."), _parameter(code, entry, place, shared, reader)


def _repeat_sources(sources: Fields, reader: Reader) -> Iterator[tuple[str, Node]]:
    """Write a source with `each` as several: one for each of its lines, with that line's values."""
    for name, node in sources.items():
        entries = node.content if isinstance(node.content, dict) else {}
        if "each" not in entries:
            yield name, node
            continue
        table = entries["each"]
        lines = table.content if isinstance(table.content, tuple) else ()
        if not lines:
            remedy = "write a list: `- {AVISIT: Week 2, AVISITN: 2}`"
            reader.report(
                table.place, f"each is {table.kind if table.content else 'empty'}", remedy
            )
        shared = {key: value for key, value in entries.items() if key != "each"}
        shared.setdefault("from", _text(name, node))
        for number, line in enumerate(lines, 1):
            stated = dict(reader.mapping(line, "a line of each"))
            where = _both(shared.get("where"), stated.pop("where", None))
            rules = {variable: _as_rule(value) for variable, value in stated.items()}
            variables = _mapping({**_content(shared.get("variables")), **rules}, line)
            part = {**shared, "variables": variables, **({"where": where} if where else {})}
            yield f"{name}.{number}".strip("."), _mapping(part, node)


def _parameter(code: str, entry: Node, place: Node, shared: Fields, reader: Reader) -> Node:
    """Write one parameter as a source."""
    stated = dict(reader.mapping(entry, f"parameter {code}"))
    if "PARAM" not in stated:
        reader.report(place.place, f"parameter {code} has no PARAM", "add `PARAM: ...`")
    of_source = {key: stated.pop(key) for key in OF_SOURCE if key in stated}
    variables = {**_content(shared.get("variables")), "PARAMCD": _rule("constant", code, place)}
    variables |= {name: _as_rule(node) for name, node in stated.items()}
    variables |= _content(of_source.pop("variables", None))
    where = _both(shared.get("where"), of_source.pop("where", None))
    source = {**shared, **of_source, "variables": _mapping(variables, entry)}
    return _mapping({**source, **({"where": where} if where else {})}, entry)


class _TimeToEvent:
    """Writes the events and censorings of a dataset as sources."""

    def __init__(self, fields: Fields, reader: Reader) -> None:
        self._fields, self._reader = fields, reader
        self._events = reader.mapping(fields.get("events"), "events")
        self._censorings = reader.mapping(fields.get("censorings"), "censorings")

    def expand(self) -> Fields:
        fields, reader = self._fields, self._reader
        node = fields.get("parameters")
        if node is None:
            table = next(iter(fields.values()))
            reader.report(table.place, "events have no parameters", "add `parameters: ...`")
            return fields
        streams: dict[str, Node] = {}
        for code, entry in reader.mapping(node, "parameters").items():
            streams |= dict(self._candidates(code, entry, _at(node, code)))
        numbered = any("SRCSEQ" in _content(_content(s).get("variables")) for s in streams.values())
        order = [*ORDER, *(["SRCSEQ"] if numbered else [])]
        selection = {"by": _text("PARAMCD", node), "order": _list(order, node)}
        intermediate = _content(fields.get("intermediate"))
        intermediate |= dict.fromkeys(ORDER, _mapping({}, node))
        dropped = ("parameters", *TIME_TO_EVENT)
        return {
            **{key: value for key, value in fields.items() if key not in dropped},
            "sources": _mapping(streams, node),
            "keep_first": _mapping(selection, node),
            "intermediate": _mapping(intermediate, node),
        }

    def _candidates(self, code: str, entry: Node, place: Node) -> Iterator[tuple[str, Node]]:
        """Write the streams of one parameter, in the order that settles equal dates."""
        reader = self._reader
        stated = dict(reader.mapping(entry, f"parameter {code}"))
        names = {key: stated.pop(key, None) for key in ("events", "censorings")}
        population = stated.pop("population", self._fields.get("population"))
        start = stated.pop("start", self._fields.get("start"))
        if "PARAM" not in stated:
            reader.report(place.place, f"parameter {code} has no PARAM", "add `PARAM: ...`")
        if start is None:
            reader.report(place.place, f"parameter {code} has no start", "add `start: ADSL.TRTSDT`")
            start = _text("ADSL.TRTSDT", place)
        shared = {"PARAMCD": _rule("constant", code, place), "STARTDT": _as_assign(start)}
        shared |= {name: _as_rule(node) for name, node in stated.items()}
        number = 0
        for kind, table in (("events", self._events), ("censorings", self._censorings)):
            for name in reader.texts(names[kind], f"parameter {code}: {kind}"):
                number += 1
                if name not in table:
                    known = names[kind]
                    assert known
                    remedy = suggest(name, table, f"define it under `{kind}:`")
                    reader.report(known.place, f"parameter {code}: no {kind[:-1]} {name!r}", remedy)
                    continue
                yield (
                    f"{code}.{name}",
                    self._candidate(table[name], kind, population, shared, f"{number:02}"),
                )

    def _candidate(
        self, node: Node, kind: str, population: Node | None, shared: Fields, turn: str
    ) -> Node:
        reader, what = self._reader, kind[:-1]
        entries = dict(reader.mapping(node, what))
        for key in ("from", "date", "description"):
            if key not in entries:
                reader.report(node.place, f"the {what} has no {key}", f"add `{key}: ...`")
        stated = {key: entries.pop(key) for key in OF_EVENT if key in entries}
        date = stated.get("date", _text("ADT", node))
        table = reader.text(stated.get("from"), "from", "ADSL")
        said = reader.text(stated.get("description"), "description", "-")
        event = kind == "events"
        nearness = _text("ADT" if event else "-ADT", node)
        variables = {
            **shared,
            "ADT": _as_assign(date),
            "CNSR": _rule("constant", "0" if event else "1", node),
            "EVNTDESC" if event else "CNSDTDSC": _rule("constant", said, node),
            "SRCDOM": _rule("constant", table, node),
            "SRCVAR": _rule("constant", _column_of(date), node),
            CENSORED: _rule("constant", "0" if event else "1", node),
            NEARNESS: _mapping({"calculate": nearness, "type": _text("Num", node)}, node),
            TURN: _rule("constant", turn, node),
            **{name: _as_rule(value) for name, value in entries.items()},
        }
        where = _both(population, stated.get("where"))
        source = {
            "from": _text(table, node),
            "variables": _mapping(variables, node),
            "kept_by": _text("ADT", node),
        }
        return _mapping({**source, **({"where": where} if where else {})}, node)


def _column_of(date: Node) -> str:
    """Name the column that a date comes from, as the spec writes it."""
    if isinstance(date.content, dict):
        first = next(iter(date.content.values()), date)
        return first.content if isinstance(first.content, str) else ""
    return date.content if isinstance(date.content, str) else ""


def _both(one: Node | None, other: Node | None) -> Node | None:
    """Join two conditions."""
    if one is None or other is None:
        return one or other
    return _text(f"({one.content}) and ({other.content})", other)


def _as_rule(node: Node) -> Node:
    """Read a text in a table as that text on every record; anything else is a rule already."""
    return _rule("constant", node.content, node) if isinstance(node.content, str) else node


def _as_assign(node: Node) -> Node:
    return _rule("assign", node.content, node) if isinstance(node.content, str) else node


def _rule(keyword: str, value: str, like: Node) -> Node:
    return _mapping({keyword: _text(value, like)}, like)


def _content(node: Node | None) -> dict[str, Node]:
    return dict(node.content) if node and isinstance(node.content, dict) else {}


def _text(text: str, like: Node) -> Node:
    return Node(text, like.file, like.line)


def _list(texts: Sequence[str], like: Node) -> Node:
    return Node(tuple(_text(text, like) for text in texts), like.file, like.line)


def _mapping(content: Fields, like: Node) -> Node:
    lines = {key: like.key_lines.get(key, node.line) for key, node in content.items()}
    return Node(dict(content), like.file, like.line, lines)


def _at(node: Node, key: str) -> Node:
    """Give an empty node where a key of a mapping stands."""
    return Node("", node.file, node.key_lines.get(key, node.line))
