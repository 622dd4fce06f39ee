"""Attributes and text put into an element, and the characters that XML cannot hold."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from sdtmconv.define_xml import names
from sdtmconv.define_xml.document import DefineError
from sdtmconv.errors import Fault

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


def fill(element: etree._Element, attributes: Mapping[str, str | int], text: str = "") -> None:
    """Set an element's attributes, by their Clark names, and its text.

    Raises:
        DefineError: A character that XML cannot hold.
    """
    try:
        for name, value in attributes.items():
            element.set(name, str(value))
        element.text = text or None
    except ValueError:
        texts = [*map(str, attributes.values()), text]
        raise DefineError(*_unprintable(element, texts)) from None
