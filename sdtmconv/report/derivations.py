"""Which of our keywords answers which function of admiral, and every keyword: docs/derivations.md.

`python -m sdtmconv.report.derivations docs/derivations.md` writes both between the page's marks.
The answers stand in admiral.yaml beside the page: the names of functions, and how their work is
said in a study of docs/adam.md.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sdtmconv.mapping.registry import REGISTRY
from sdtmconv.report.keywords import SECTIONS, render_sections, replace_part

ANSWERS, NOTE = "answers", "note"
DATA = "admiral.yaml"


@dataclass(frozen=True)
class Answer:
    """How a spec says what a function of others does.

    Args:
        family: What the function is about.
        theirs: The function, or several that are said alike.
        dataset: The dataset whose spec has the example; empty if there is none.
        example: The lines that say it.
        note: What else is to be known.
    """

    family: str
    theirs: tuple[str, ...]
    dataset: str
    example: str
    note: str

    @property
    def keywords(self) -> tuple[str, ...]:
        """The keywords of the example."""
        return tuple(dict.fromkeys(_find_keywords(yaml.safe_load(self.example))))

    @property
    def place(self) -> str:
        """Where the example stands, as blocks of the pages say it."""
        section = "" if self.example.partition(":")[0].islower() else ", variables"
        return f"adam/{self.dataset.lower()}.yaml{section}"


def read_answers(path: Path) -> list[Answer]:
    """Read the answers from admiral.yaml."""
    families = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        _read_answer(family, names, stated)
        for family, entries in families.items()
        for names, stated in entries.items()
    ]


def render_answers(answers: Sequence[Answer]) -> str:
    """Write one table per family, in Markdown."""
    families = dict.fromkeys(answer.family for answer in answers)
    return "\n\n".join(_render_family(family, answers) for family in families)


def render_page(page: str, answers: Sequence[Answer]) -> str:
    """Give the page with its parts written anew."""
    page = replace_part(page, ANSWERS, render_answers(answers))
    theirs: dict[str, list[str]] = {}
    for answer in answers:
        for keyword in answer.keywords:
            theirs.setdefault(keyword, []).extend(answer.theirs)
    return replace_part(page, SECTIONS, render_sections(theirs))


def _read_answer(family: str, names: str, stated: str | Mapping[str, str]) -> Answer:
    if isinstance(stated, str):
        stated = {NOTE: stated}
    dataset = next((key for key in stated if key != NOTE), "")
    example = stated.get(dataset, "")
    return Answer(family, tuple(names.split(", ")), dataset, example, stated.get(NOTE, ""))


def _find_keywords(content: Any) -> Iterator[str]:
    """Find the keywords of rules, each the first key of a mapping."""
    if isinstance(content, dict):
        first = next(iter(content), "")
        if first in REGISTRY:
            yield first
        for value in content.values():
            yield from _find_keywords(value)
    elif isinstance(content, list):
        for item in content:
            yield from _find_keywords(item)


def _render_family(family: str, answers: Sequence[Answer]) -> str:
    lines = [f"### {family}", "", "| in admiral | in a spec | |", "| --- | --- | --- |"]
    lines += [_render_answer(answer) for answer in answers if answer.family == family]
    return "\n".join(lines)


def _render_answer(answer: Answer) -> str:
    theirs = ", ".join(f"`{name}`" for name in answer.theirs)
    example = f"{answer.dataset} `{answer.example}`" if answer.example else ""
    links = ", ".join(f"[{keyword}](#{keyword})" for keyword in answer.keywords)
    said = "; ".join(text for text in (links, answer.note) if text)
    return f"| {theirs} | {example} | {said} |"


def main() -> None:
    """Write the page that the command line names."""
    path = Path(sys.argv[1])
    page = render_page(path.read_text(encoding="utf-8"), read_answers(path.with_name(DATA)))
    path.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
