"""The few moves by which elements of define.xml are made.

An attribute without a value is left out; where Define-XML requires it, the XSD check says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from sdtmconv.define_xml import names
from sdtmconv.define_xml.document import DefineError
from sdtmconv.errors import Fault

Value = str | int | None

_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _unprintable(element: etree._Element, texts: list[str]) -> list[Fault]:
    tag = names.shorten(str(element.tag))
    return [
        Fault(
            f"define.xml {tag} {text!a}",
            f"XML cannot hold the character U+{ord(found.group()):04X}",
            "remove it from the metadata",
        )
        for text in texts
        if (found := _NOT_IN_XML.search(text))
    ]


def fill(element: etree._Element, attributes: Mapping[str, Value], text: str = "") -> None:
    """Set an element's attributes and text.

    Raises:
        DefineError: A character that XML cannot hold.
    """
    try:
        for name, value in attributes.items():
            if value not in ("", None):
                element.set(names.attribute(name), str(value))
        element.text = text or None
    except ValueError:
        texts = [*map(str, attributes.values()), text]
        raise DefineError(*_unprintable(element, texts)) from None


def add(
    parent: etree._Element, tag: str, attributes: Mapping[str, Value] | None = None, text: str = ""
) -> etree._Element:
    """Append a child element and return it."""
    element = etree.SubElement(parent, names.element(tag))
    fill(element, attributes or {}, text)
    return element


def add_text(parent: etree._Element, tag: str, text: str) -> None:
    """Append an element that holds a text for readers; nothing where there is no text."""
    if text:
        add(add(parent, tag), "TranslatedText", {"xml:lang": "en"}, text)


def add_leaf(parent: etree._Element, identifier: str, href: str, title: str) -> None:
    """Append the place of a file."""
    element = add(parent, "def:leaf", {"ID": identifier, "xlink:href": href})
    add(element, "def:title", text=title)


def yes_no(value: bool) -> str:
    """Spell a truth value as ODM does."""
    return "Yes" if value else "No"
