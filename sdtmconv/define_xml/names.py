"""How elements and attributes of define.xml are called in code: `def:leaf`, `ItemDef`, `OID`.

lxml wants `{namespace}name`; people read `prefix:name`. An element without a prefix belongs to
ODM, an attribute without a prefix to no namespace.
"""

from __future__ import annotations

ODM = "http://www.cdisc.org/ns/odm/v1.3"
DEF = "http://www.cdisc.org/ns/def/v2.1"

PREFIXES = {
    "def": DEF,
    "arm": "http://www.cdisc.org/ns/arm/v1.0",
    "xlink": "http://www.w3.org/1999/xlink",
    "xml": "http://www.w3.org/XML/1998/namespace",
}


def attribute(name: str) -> str:
    """Spell an attribute for lxml.

    >>> attribute("OID"), attribute("xml:lang")
    ('OID', '{http://www.w3.org/XML/1998/namespace}lang')
    """
    prefix, _, local = name.rpartition(":")
    return f"{{{PREFIXES[prefix]}}}{local}" if prefix else name


def element(name: str) -> str:
    """Spell an element for lxml.

    >>> element("ItemDef")
    '{http://www.cdisc.org/ns/odm/v1.3}ItemDef'
    """
    return attribute(name) if ":" in name else f"{{{ODM}}}{name}"


def shorten(text: str) -> str:
    """Write every `{namespace}` in a text as its prefix.

    >>> shorten("expected is one of ({http://www.cdisc.org/ns/def/v2.1}leaf)")
    'expected is one of (def:leaf)'
    """
    for prefix, namespace in PREFIXES.items():
        text = text.replace(f"{{{namespace}}}", f"{prefix}:")
    return text.replace(f"{{{ODM}}}", "")
