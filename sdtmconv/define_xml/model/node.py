"""What an element of define.xml is in Python, declared once for reading and for writing.

A class of `Node` lists the element's attributes and child elements in Define-XML's order, each
with its name there. `from_element` and `to_element` follow that list, so that no element has a
reader or a writer of its own, and what one writes the other reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, TypeVar

from lxml import etree

from sdtmconv.define_xml import names
from sdtmconv.define_xml.elements import fill

_ATTRIBUTES = ("attribute", "number")
_SEVERAL = ("children", "text children")
_PLAIN_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,8}")


@dataclass(frozen=True, kw_only=True)
class Node:
    """An element.

    An attribute that is not there is "" (a number: None), a child that is not there None or ().

    Args:
        line: Where it stood in the file that it was read from; 0 where it was made.
        foreign_attributes: What the model has no place for, as (Clark name, value): a vendor's
            extensions, and faults such as a Length that is no number. Written back as it was.
        foreign_elements: Child elements that the model has no place for, as XML.
    """

    line: int = field(default=0, compare=False, repr=False)
    foreign_attributes: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    foreign_elements: tuple[str, ...] = field(default=(), repr=False)


N = TypeVar("N", bound=Node)


@dataclass(frozen=True)
class _Part:
    """How a field of a node stands in XML."""

    kind: str
    name: str = ""
    node: type[Node] | None = None


def _declare(part: _Part, default: object) -> Any:
    return field(default=default, metadata={"xml": part})


def attribute(name: str) -> Any:
    """Declare a field as an attribute."""
    return _declare(_Part("attribute", names.attribute(name)), "")


def number(name: str) -> Any:
    """Declare a field as an attribute that is a whole number."""
    return _declare(_Part("number", names.attribute(name)), None)


def child(name: str, node: type[Node]) -> Any:
    """Declare a field as a child element that stands at most once."""
    return _declare(_Part("child", names.element(name), node), None)


def children(name: str, node: type[Node]) -> Any:
    """Declare a field as child elements, in their order."""
    return _declare(_Part("children", names.element(name), node), ())


def text_child(name: str) -> Any:
    """Declare a field as the text of a child element; None where the element is not there."""
    return _declare(_Part("text child", names.element(name)), None)


def text_children(name: str) -> Any:
    """Declare a field as the texts of child elements."""
    return _declare(_Part("text children", names.element(name)), ())


def content() -> Any:
    """Declare a field as the element's own text."""
    return _declare(_Part("content"), "")


@dataclass(frozen=True)
class _Layout:
    """The fields of a node that stand in XML: in their order there, and by Clark name."""

    parts: dict[str, _Part]
    attributes: dict[str, str]
    elements: dict[str, str]


@cache
def _layout(node: Any) -> _Layout:
    parts = {f.name: f.metadata["xml"] for f in fields(node) if "xml" in f.metadata}
    attributes = {p.name: name for name, p in parts.items() if p.kind in _ATTRIBUTES}
    elements = {p.name: name for name, p in parts.items() if p.kind not in _ATTRIBUTES}
    return _Layout(parts, attributes, elements)


def parts_of(node: Any) -> dict[str, _Part]:
    """List the fields of a class of nodes that stand in XML, in their order there."""
    return _layout(node).parts


class _Reading:
    """The values of a node's fields, as they are found in an element."""

    def __init__(self, node: Any) -> None:
        self.layout = _layout(node)
        self.values: dict[str, Any] = {}
        self.foreign_attributes: list[tuple[str, str]] = []
        self.foreign_elements: list[str] = []

    def add_attribute(self, clark: str, text: str) -> None:
        name = self.layout.attributes.get(clark)
        is_number = name is not None and self.layout.parts[name].kind == "number"
        if name is None or not text or (is_number and not _PLAIN_NUMBER.fullmatch(text)):
            self.foreign_attributes.append((clark, text))
        else:
            self.values[name] = int(text) if is_number else text

    def add_element(self, element: etree._Element) -> None:
        name = self.layout.elements.get(str(element.tag))
        if name is None or not self._holds(name, element):
            xml = etree.tostring(element, encoding="unicode", with_tail=False)
            self.foreign_elements.append(xml)
            return
        part = self.layout.parts[name]
        value = from_element(part.node, element) if part.node else element.text or ""
        if part.kind in _SEVERAL:
            self.values.setdefault(name, []).append(value)
        else:
            self.values[name] = value

    def _holds(self, name: str, element: etree._Element) -> bool:
        """Tell whether a field can hold this element, and none before it took the place."""
        part = self.layout.parts[name]
        is_plain = part.node is not None or not (len(element) or element.attrib)
        return is_plain and (part.kind in _SEVERAL or name not in self.values)


def from_element(node: type[N], element: etree._Element) -> N:
    """Read an element and all in it, faults included."""
    reading = _Reading(node)
    for name, text in element.attrib.items():
        reading.add_attribute(str(name), str(text))
    for inner in element.iterchildren("*"):
        reading.add_element(inner)
    for name, part in parts_of(node).items():
        if part.kind == "content":
            reading.values[name] = element.text or ""
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in reading.values.items()}
    line: Any = element.sourceline
    return node(
        line=line or 0,
        foreign_attributes=tuple(reading.foreign_attributes),
        foreign_elements=tuple(reading.foreign_elements),
        **values,
    )


def _write_part(element: etree._Element, part: _Part, value: Any) -> None:
    nodes = value if part.kind in _SEVERAL else (value,)
    for one in nodes:
        if one is None:
            continue
        inner = etree.SubElement(element, part.name)
        if part.node:
            to_element(one, inner)
        else:
            fill(inner, {}, one)


def to_element(node: Node, element: etree._Element) -> etree._Element:
    """Fill an empty element with a node and all in it, in Define-XML's order.

    Raises:
        DefineError: A text holds a character that XML cannot.
    """
    parts = parts_of(type(node)).items()
    attributes = {
        part.name: getattr(node, name)
        for name, part in parts
        if part.kind in _ATTRIBUTES and getattr(node, name) not in ("", None)
    }
    text = "".join(getattr(node, name) for name, part in parts if part.kind == "content")
    fill(element, {**attributes, **dict(node.foreign_attributes)}, text)
    for name, part in parts:
        if part.kind not in (*_ATTRIBUTES, "content"):
            _write_part(element, part, getattr(node, name))
    for xml in node.foreign_elements:
        element.append(etree.fromstring(xml))
    return element
