"""The reference of all keywords, rendered from the registry into docs/spec-language.md.

Run as `python -m sdtmconv.report.keywords docs/spec-language.md`.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args, get_origin

import sdtmconv.domains  # noqa: F401  (registers keywords)
from sdtmconv.mapping.registry import INJECTED, REGISTRY, Derivation, Kind, Parameter

BEGIN = "<!-- keywords: written by `make docs` -->"
END = "<!-- end of keywords -->"


def render_reference() -> str:
    """Write all keywords as Markdown: what each does, what it takes, an example."""
    return "\n".join(line for derivation in REGISTRY.values() for line in _render(derivation))


def replace_reference(page: str) -> str:
    """Put the present reference into a page, between its two markers."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{render_reference()}\n{END}{after}"


def _render(derivation: Derivation) -> Iterator[str]:
    doc = inspect.getdoc(derivation.function) or ""
    text, _, example = doc.partition(">>>")
    yield f"### `{derivation.keyword}`"
    yield ""
    yield text.partition("Args:")[0].strip()
    yield ""
    yield f"- `{derivation.keyword}`: {_describe(derivation.main)}"
    for parameter in derivation.named:
        yield f"- `{parameter.name}`: {_describe(parameter)}"
    if derivation.other_records:
        yield "- `among`: the other records that count"
    yield ""
    if example:
        yield "```pycon"
        yield from f">>>{example}".rstrip().splitlines()
        yield "```"
        yield ""


def _describe(parameter: Parameter) -> str:
    kind = parameter.kind.value
    if get_origin(parameter.type) is Literal:
        kind = "one of " + ", ".join(f"`{choice}`" for choice in get_args(parameter.type))
    elif parameter.kind is Kind.LITERAL:
        names = {int: "a whole number", float: "a number", str: "a text"}
        kind = names.get(parameter.type, "a list of texts")
    if parameter.required or parameter.kind in INJECTED:
        return kind
    default = parameter.default
    shown = ", ".join(default) if isinstance(default, tuple) else str(default)
    return f"{kind}; `{shown}` unless stated" if shown else f"{kind}; may be left out"


def main(path: str) -> None:
    """Rewrite the reference in a page."""
    page = Path(path)
    page.write_text(replace_reference(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
