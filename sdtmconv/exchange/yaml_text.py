"""Specs as YAML that people like to read: short entries on one line, long texts folded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

Content: TypeAlias = "str | Sequence[Content] | Mapping[str, Content]"

WIDTH = 110
# Text that means the same without quotes, wherever it stands.
_PLAIN = re.compile(r"""[\w./(<=+~$^](?:[\w ./()<>=+~$^*;&|%?!'"-]*[\w./()<>=+~$^*;%?!'"-])?""")
_BETWEEN_WORDS = re.compile(r"(?<=\S) (?=\S)")
_LONGEST_ALIGNED = 10


def write_yaml(content: Mapping[str, Content]) -> str:
    """Write a file's content.

    >>> print(write_yaml({"domain": "AE", "variables": {"AESEV": {"unmapped": "Collected"}}}))
    domain: AE
    variables:
      AESEV: {unmapped: Collected}
    <BLANKLINE>
    """
    return "\n".join(_mapping_lines(content, 0)) + "\n"


def quote(text: str) -> str:
    """Write a text as YAML reads it back, in quotes where it needs them.

    >>> quote("CDISC01_1"), quote("a: b"), quote("- x")
    ('CDISC01_1', '"a: b"', '"- x"')
    """
    if _PLAIN.fullmatch(text) and text.isprintable():
        return text
    if '"' in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    return _quoted(text)


def _quoted(text: str) -> str:
    escaped = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else _escape(c) for c in escaped)


def _escape(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04X}" if number <= 0xFFFF else f"\\U{number:08X}"


def _flow(content: Content) -> str:
    if isinstance(content, str):
        return quote(content)
    if isinstance(content, Mapping):
        return "{" + ", ".join(f"{quote(k)}: {_flow(v)}" for k, v in content.items()) + "}"
    return "[" + ", ".join(map(_flow, content)) + "]"


def _mapping_lines(content: Mapping[str, Content], indent: int) -> Iterator[str]:
    keys = [f"{quote(key)}:" for key in content]
    nested = len(content) > 1 and all(isinstance(value, Mapping) for value in content.values())
    short = max((len(key) for key in keys), default=0) <= _LONGEST_ALIGNED
    column = max(map(len, keys)) if nested and short else 0
    for key, value in zip(keys, content.values(), strict=True):
        yield from _entry_lines(" " * indent + key, column + indent, value, indent)


def _entry_lines(key: str, column: int, value: Content, indent: int) -> Iterator[str]:
    """Write `key: value` on one line where it fits; datasets' variables always stand in lines."""
    line = f"{key:<{column}} {_flow(value)}"
    holds_entries = isinstance(value, Mapping) and any(
        isinstance(inner, Mapping) for inner in value.values()
    )
    has_lines = isinstance(value, str) and _is_literal(value)
    if not value or (len(line) <= WIDTH and not holds_entries and not has_lines):
        yield line
    elif isinstance(value, str) and _is_literal(value):
        yield f"{key} |{'' if value.endswith(chr(10)) else '-'}"
        for text in value.removesuffix("\n").split("\n"):
            yield " " * (indent + 2) + text if text else ""
    elif isinstance(value, str):
        yield from _folded(f"{key} ", _quoted(value), indent + 2)
    elif isinstance(value, Mapping):
        yield key
        yield from _mapping_lines(value, indent + 2)
    else:
        yield key
        for item in value:
            yield from _item_lines(item, indent + 2)


def _is_literal(text: str) -> bool:
    """Tell whether a text of several lines can stand in YAML line by line, as it is."""
    lines = text.removesuffix("\n").split("\n")
    plain = all(line.isprintable() and (line == "" or line.strip()) for line in lines)
    return len(lines) > 1 and bool(plain and lines[-1]) and not text.startswith((" ", "\n"))


def _item_lines(item: Content, indent: int) -> Iterator[str]:
    line = f"{' ' * indent}- {_flow(item)}"
    if not item or len(line) <= WIDTH or not isinstance(item, Mapping):
        yield line
        return
    first, *others = _mapping_lines(item, indent + 2)
    yield f"{' ' * indent}- {first.lstrip()}"
    yield from others


def _folded(start: str, quoted: str, indent: int) -> Iterator[str]:
    """Fold a text in quotes between words: YAML reads the end of a line as one blank."""
    line = start
    for number, word in enumerate(_BETWEEN_WORDS.split(quoted)):
        if number and len(line) + len(word) >= WIDTH:
            yield line
            line = " " * indent + word
        else:
            line += f" {word}" if number else word
    yield line
