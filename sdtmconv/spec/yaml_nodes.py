"""YAML files as nodes that know their line.

Scalars stay text as written: NO, 01 and 12:30 are what they look like. Duplicate keys, tags and
aliases are faults: a spec says each thing once, in one place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from yaml.reader import Reader as YamlReader

from sdtmconv.errors import Fault, suggest

LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
TAG_PREFIX = "tag:yaml.org,2002:"
UNTAGGED = (f"{TAG_PREFIX}str", f"{TAG_PREFIX}seq", f"{TAG_PREFIX}map")
DEEPEST = 20
# libyaml reads a run of opening brackets as a whole before it gives an event, and fails in it.
_RUN_OF_BRACKETS = re.compile(rf"(?:[\[{{]\s*){{{DEEPEST + 1}}}")


@dataclass(frozen=True, eq=False)
class Node:
    """One piece of a YAML file.

    Args:
        content: Text of a scalar, nodes of a list, or nodes of a mapping by key.
        file: Path of the file as users see it.
        line: Line in the file, from 1.
        key_lines: Lines of a mapping's keys.
    """

    content: str | tuple[Node, ...] | dict[str, Node]
    file: str
    line: int
    key_lines: dict[str, int] = field(default_factory=dict)

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"

    def place_of(self, key: str) -> str:
        """The place where a mapping names a key."""
        return f"{self.file}:{self.key_lines.get(key, self.line)}"

    @property
    def kind(self) -> str:
        """What a user would call this content."""
        return {str: "text", tuple: "a list", dict: "a mapping"}[type(self.content)]


def read_yaml(path: Path, shown: str, faults: list[Fault]) -> Node | None:
    """Read one YAML file; on faults, add them to `faults` and return None."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        faults.append(Fault(f"{shown}:{line}", "is not UTF-8 text", "save the file as UTF-8"))
        return None
    except OSError as error:
        faults.append(Fault(shown, f"cannot be read ({error.strerror})", "check the path"))
        return None
    tree = _compose(text, shown, faults)
    return _Converter(shown, faults).convert(tree) if tree else None


def _compose(text: str, shown: str, faults: list[Fault]) -> yaml.Node | None:
    """Parse YAML; on faults, add one to `faults` and return None."""
    control = YamlReader.NON_PRINTABLE.search(text)
    if control:
        place = f"{shown}:{text[: control.start()].count(chr(10)) + 1}"
        problem = f"is not YAML: it holds the control character U+{ord(control[0]):04X}"
        faults.append(Fault(place, problem, "take it out, and save the file as plain text"))
        return None
    try:
        line = _find_deep_nesting(text)
        tree = None if line else yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{shown}:{mark.line + 1}" if mark else shown
        problem = f"is not YAML: {' '.join((error.problem or 'unreadable').split())}"
        faults.append(Fault(place, problem, "mend the indentation or quotes there"))
        return None
    if line:
        fault = Fault(f"{shown}:{line}", "nests too deeply", "write it with fewer brackets")
        faults.append(fault)
    elif tree is None:
        faults.append(Fault(shown, "is empty", "write the spec, or delete the file"))
    return tree


def _find_deep_nesting(text: str) -> int:
    """Find the line where content nests deeper than any spec does; 0 where none does.

    The parser of events does not recurse, as what builds a tree of them does.
    """
    run = _RUN_OF_BRACKETS.search(text)
    if run:
        return text.count("\n", 0, run.start()) + 1
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST and event.start_mark:
            return event.start_mark.line + 1
    return 0


class _Converter:
    def __init__(self, file: str, faults: list[Fault]) -> None:
        self._file, self._faults = file, faults
        self._seen: set[int] = set()

    def convert(self, tree: yaml.Node) -> Node:
        line = tree.start_mark.line + 1
        if id(tree) in self._seen:
            self._report(line, "uses a YAML alias", "write the content out where it is needed")
            return Node("", self._file, line)
        self._seen.add(id(tree))
        if tree.tag not in UNTAGGED:
            tag = tree.tag.removeprefix(TAG_PREFIX)
            self._report(line, f"uses the YAML tag {tag!r}", "take it out: every value is text")
        if isinstance(tree, yaml.ScalarNode):
            return Node(tree.value, self._file, line)
        if isinstance(tree, yaml.SequenceNode):
            return Node(tuple(self.convert(item) for item in tree.value), self._file, line)
        assert isinstance(tree, yaml.MappingNode)
        return self._convert_mapping(tree, line)

    def _convert_mapping(self, tree: yaml.MappingNode, line: int) -> Node:
        content: dict[str, Node] = {}
        key_lines: dict[str, int] = {}
        for key, value in tree.value:
            key_line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                self._report(key_line, "has a key that is not text", "write a name before the ':'")
                continue
            if key.value in content:
                self._report(
                    key_line,
                    f"says {key.value!r} twice (first in line {key_lines[key.value]})",
                    "keep one of the two",
                )
                continue
            content[key.value] = self.convert(value)
            key_lines[key.value] = key_line
        return Node(content, self._file, line, key_lines)

    def _report(self, line: int, problem: str, remedy: str) -> None:
        self._faults.append(Fault(f"{self._file}:{line}", problem, remedy))


class Reader:
    """Takes nodes apart and collects what is wrong with them.

    Every method gives a usable value, so that compiling goes on and finds the other faults.
    """

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults

    def report(self, place: str, problem: str, remedy: str) -> None:
        self.faults.append(Fault(place, problem, remedy))

    def text(self, node: Node | None, what: str, default: str = "") -> str:
        """Give a scalar's text."""
        if node is None:
            return default
        if isinstance(node.content, str):
            if not node.content.strip():
                self.report(node.place, f"{what} is empty", "write a value, or leave the key out")
            return node.content
        self.report(node.place, f"{what} is {node.kind}", "write one value")
        return default

    def texts(self, node: Node | None, what: str) -> tuple[str, ...]:
        """Give a list of texts; one text alone is a list of one."""
        if node is None:
            return ()
        if node.content == ():
            self.report(node.place, f"{what} is an empty list", "write at least one value")
        items = node.content if isinstance(node.content, tuple) else (node,)
        return tuple(text for item in items if (text := self.text(item, what)).strip())

    def check_text(self, text: str, what: str, place: str, limit: int) -> None:
        """Report a text that a transport file cannot hold."""
        strange = next((c for c in text if not (c.isascii() and c.isprintable())), "")
        if strange:
            remedy = "write it with ASCII characters: a transport file holds no others"
            self.report(place, f"{what} has {strange!r}, which is not printable ASCII", remedy)
        elif len(text) > limit:
            self.report(place, f"{what} has {len(text)} bytes", f"shorten it to {limit}")

    def mapping(self, node: Node | None, what: str) -> dict[str, Node]:
        """Give a mapping's nodes."""
        if node is None:
            return {}
        if isinstance(node.content, dict):
            return node.content
        self.report(node.place, f"{what} is {node.kind}", "write `name: value` lines below it")
        return {}

    def fields(self, node: Node, what: str, allowed: tuple[str, ...]) -> dict[str, Node]:
        """Give a mapping's nodes and report each key that is not allowed there."""
        content = self.mapping(node, what)
        for key in content:
            if key not in allowed:
                remedy = suggest(key, allowed, f"it takes {', '.join(allowed)}")
                self.report(node.place_of(key), f"{what} has no {key!r}", remedy)
        return {key: value for key, value in content.items() if key in allowed}

    def choice(self, node: Node | None, what: str, choices: tuple[str, ...], default: str) -> str:
        """Give a text that is one of several."""
        text = self.text(node, what, default)
        if node is not None and text not in choices:
            self.report(
                node.place, f"{what} cannot be {text!r}", f"write one of {', '.join(choices)}"
            )
            return default
        return text

    def integer(self, node: Node | None, what: str, most: int, least: int = 1) -> int | None:
        """Give a whole number from `least` to `most`."""
        text = self.text(node, what)
        if node is None or not text.strip():
            return None
        if text.isdecimal() and len(text) <= len(str(most)) and least <= int(text) <= most:
            return int(text)
        remedy = f"write a whole number from {least} to {most}"
        self.report(node.place, f"{what} is {text[:20]!r}", remedy)
        return None

    def flag(self, node: Node | None, what: str, default: bool = False) -> bool:
        """Give yes or no."""
        return self.choice(node, what, ("yes", "no"), "yes" if default else "no") == "yes"
