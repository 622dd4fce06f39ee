"""The documentation is run: its files are written, its commands give the output it shows."""

import doctest
import re
import runpy
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent

import click
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from sdtmconv.cli import main
from sdtmconv.conditions import parse_condition
from sdtmconv.iso8601 import parse_collected
from sdtmconv.mapping.registry import REGISTRY
from sdtmconv.report.derivations import DATA, Answer, read_answers, render_page
from sdtmconv.report.keywords import EXAMPLES, INDEX, render_index, render_sections, replace_part
from sdtmconv.spec import codelists, outlines, rules, sources, study, tables, unmapped

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = ("README.md", *sorted(f"docs/{path.name}" for path in DOCS.glob("*.md")))
LANGUAGE = (DOCS / "spec-language.md").read_text(encoding="utf-8")
# Pages whose examples stand in the study of another page.
CONTINUED = {"docs/derivations.md": "docs/spec-language.md"}
BY_CI = {"make demo", "make test"}
NOTHING_DONE = "nothing was written."
# The last line of what differs, or of a command that refused to work.
FAILED = re.compile(rf"^(Different: .*|.*{re.escape(NOTHING_DONE)})\s*\Z", re.M)

BLOCK = re.compile(
    r"(?:`(?P<file>[^`\n]+)`:\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.M | re.S
)
ADDITION = re.compile(r"# (?P<file>\S+?)(?:, (?P<key>\w+))?\n")

# The beginning of a terminology release as NCI EVS publishes it, which readers download.
RELEASE = """\
Code\tCodelist Code\tCodelist Extensible (Yes/No)\tCodelist Name\tCDISC Submission Value\t\
CDISC Synonym(s)\tCDISC Definition\tNCI Preferred Term
C66742\t\tNo\tNo Yes Response\tNY\tNo Yes Response\tYes or no.\tCDISC SDTM Yes No Terminology
C49487\tC66742\t\tNo Yes Response\tN\tNo\tThe reply of no.\tNo
"""


@dataclass(frozen=True)
class Block:
    """A fenced block: a file if the line before it ends with the file's name and a colon."""

    place: str
    kind: str
    text: str
    file: str


def read_blocks(page: str) -> Iterator[Block]:
    text = (ROOT / page).read_text(encoding="utf-8")
    for found in BLOCK.finditer(text):
        line = text.count("\n", 0, found.start("text"))
        yield Block(f"{page}:{line}", found["kind"], found["text"], found["file"] or "")


def run(command: str) -> click.testing.Result:
    """Run a command here: to start Python for each would take most of the time."""
    program, *words = shlex.split(command)
    assert program == "sdtmconv", f"{command}: pages show commands of sdtmconv only"
    return CliRunner().invoke(main, words, prog_name=program, catch_exceptions=False)


def matches(shown: str, actual: str) -> bool:
    """Compare output; `...` alone on a line stands for lines, and in a line for its rest or gap."""
    pattern = ""
    for line in shown.splitlines():
        parts = (re.escape(part) for part in re.split(r"\s*\.\.\.\s*", line))
        pattern += r"(?:.*\n)*?" if line == "..." else r"[^\n]*".join(parts) + r"[^\S\n]*\n"
    return re.fullmatch(pattern, actual if actual.endswith("\n") else f"{actual}\n") is not None


def read_entries(text: str, depth: int = 0) -> dict[str, str]:
    """Split YAML into the entries of one level: name to all of its lines."""
    pattern = rf"^( {{{depth}}}(\w+):.*\n(?: {{{depth + 1}}}.*\n)*)"
    return {name: lines for lines, name in re.findall(pattern, text, re.M)}


def add_entries(content: str, key: str | None, lines: str) -> str:
    """Put entries under a key of a YAML file, each in the place of the one with its name."""
    entries = read_entries(content)
    if key is None:
        entries |= read_entries(lines)
    else:
        heading, _, below = entries.get(key, f"{key}:\n").partition("\n")
        inner = read_entries(below, 2) | read_entries(indent(lines, "  "), 2)
        entries[key] = f"{heading}\n{''.join(inner.values())}"
    return "".join(entries.values())


class Reader:
    """Somebody who works through a page in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def note(self, block: Block) -> None:
        """Write what a block shows of the study's files, and run nothing."""
        if block.file:
            self._write(block)
        elif block.kind == "yaml":
            self._insert(block)

    def follow(self, block: Block) -> None:
        if block.file:
            self._write(block)
        elif block.kind == "text":
            pass
        else:
            {
                "sh": self._run_commands,
                "console": self._compare_output,
                "yaml": self._add_lines,
                "python": self._run_code,
                "pycon": self._run_session,
            }[block.kind](block)

    def _write(self, block: Block) -> None:
        path = self._folder / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")

    def _run_commands(self, block: Block) -> None:
        for line in block.text.splitlines():
            command = line.partition(" #")[0].strip()
            if command and command not in BY_CI:
                result = run(command)
                assert result.exit_code == 0, f"{block.place}: {command}\n{result.output}"

    def _compare_output(self, block: Block) -> None:
        prompt, _, shown = block.text.partition("\n")
        result = run(prompt.removeprefix("$ "))
        assert matches(shown, result.output), f"{block.place}: {prompt}\n{result.output}"
        assert (result.exit_code != 0) == bool(FAILED.search(shown)), block.place

    def _add_lines(self, block: Block) -> None:
        """Add lines to a file under a key, as the first line says; the study stays sound."""
        path = self._insert(block)
        home = next(folder for folder in path.parents if (folder / "study.yaml").exists())
        result = run(f"sdtmconv check {home}")
        assert result.exit_code == 0, f"{block.place}\n{result.output}"

    def _insert(self, block: Block) -> Path:
        where = ADDITION.match(block.text)
        assert where, f"{block.place}: begin the block with `# file, key`"
        path = self._folder / where["file"]
        if not path.exists():
            path = next(self._folder.glob("*/study.yaml")).parent / where["file"]
        added = add_entries(path.read_text(encoding="utf-8"), where["key"], block.text)
        path.write_text(added, encoding="utf-8")
        return path

    def _run_code(self, block: Block) -> None:
        path = self._folder / "example.py"
        path.write_text(block.text, encoding="utf-8")
        runpy.run_path(str(path))

    def _run_session(self, block: Block) -> None:
        functions = {d.function.__name__: d.function for d in REGISTRY.values()}
        names = {"pd": pd, "np": np, **functions}
        session = doctest.DocTestParser().get_doctest(block.text, names, block.place, None, None)
        assert doctest.DocTestRunner(verbose=False).run(session).failed == 0


@pytest.mark.parametrize("page", PAGES)
def test_a_page_does_what_it_shows(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader who does what a page says, from top to bottom, sees what the page shows."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    (tmp_path / "SDTM Terminology 2024-03-29.txt").write_text(RELEASE, encoding="utf-8")
    reader = Reader(tmp_path)
    for block in read_blocks(CONTINUED[page]) if page in CONTINUED else ():
        reader.note(block)
    for block in read_blocks(page):
        reader.follow(block)


def test_shown_output_is_compared_word_for_word() -> None:
    """Only dots stand for something else."""
    assert matches("a ... d\n...\nz\n", "a b c d\nx\ny\nz  \n")
    assert not matches("a\nz\n", "a\ny\nz\n")
    assert not matches("a ... d\n", "a b\nc d\n")


def list_commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from list_commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


@pytest.mark.parametrize(("path", "command"), [*list_commands(main, "sdtmconv")])
def test_every_command_has_an_example(path: str, command: click.Command) -> None:
    """README shows it with an example that is run, and so does its help."""
    shown = "\n".join(b.text for b in read_blocks("README.md") if b.kind in ("sh", "console"))
    assert re.search(rf"^(\$ )?{path} ", shown, re.M)
    assert f"  {path} " in (command.help or "")


def test_the_keywords_shown_are_those_of_the_registry() -> None:
    """`make docs` was run after a keyword changed, or what answers admiral."""
    assert replace_part(LANGUAGE, INDEX, render_index()) == LANGUAGE
    page = (DOCS / "derivations.md").read_text(encoding="utf-8")
    assert render_page(page, read_answers(DOCS / DATA)) == page


def test_every_keyword_has_an_example() -> None:
    """A new keyword brings its example, which the page about the keywords runs."""
    keywords = re.findall(r"^### (\w+)$", render_sections({}), re.M)
    assert sorted(EXAMPLES) == sorted(keywords), "see EXAMPLES in sdtmconv/report/keywords.py"


def test_the_answers_to_admiral_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line that answers a function of admiral stands in the study of the guide."""
    monkeypatch.chdir(tmp_path)
    reader = Reader(tmp_path)
    for block in read_blocks("docs/adam.md"):
        reader.note(block)
    for batch in split_by_name([a for a in read_answers(DOCS / DATA) if a.example]):
        for answer in batch:
            reader.note(
                Block(answer.theirs[0], "yaml", f"# {answer.place}\n{answer.example}\n", "")
            )
        result = run("sdtmconv check guide")
        assert result.exit_code == 0, result.output


def split_by_name(answers: list[Answer]) -> Iterator[list[Answer]]:
    """Split answers so that no two of a batch say the same variable of a dataset."""
    while answers:
        names = [(answer.place, answer.example.partition(":")[0]) for answer in answers]
        first = [names.index(name) == number for number, name in enumerate(names)]
        yield [answer for answer, is_first in zip(answers, first, strict=True) if is_first]
        answers = [answer for answer, is_first in zip(answers, first, strict=True) if not is_first]


@pytest.mark.parametrize(
    "keys",
    [
        study.STUDY_FIELDS,
        study.RAW_FIELDS,
        study.FORM_FIELDS,
        codelists.FIELDS,
        codelists.OF_VALUE,
        (*outlines.FIELDS, *outlines.OF_ANALYSIS, *outlines.OF_UNMAPPED_DATASET),
        (*unmapped.OF_UNMAPPED, *unmapped.OF_VALUES),
        sources.SOURCE_FIELDS,
        sources.SELECTION_FIELDS,
        study.SDTM_FIELDS,
        tables.OF_EVENT,
        (*rules.OF_RULE, "among", "match", "related"),
        (*rules.OF_VARIABLE, "evaluator"),
    ],
)
def test_every_key_of_a_spec_is_in_a_table(keys: tuple[str, ...]) -> None:
    """Nothing that the compiler takes is left undocumented."""
    first_cells = " ".join(re.findall(r"^\| (.*?) \|", LANGUAGE, re.M))
    assert [key for key in keys if f"`{key}`" not in first_cells] == []


def read_table(header: str) -> list[list[str]]:
    """Read the rows of the table of the language page that has this header."""
    rows = LANGUAGE.partition(f"{header}\n")[2].partition("\n\n")[0].splitlines()[1:]
    return [[cell.strip(" `") for cell in row.strip("| ").split(" | ")] for row in rows]


def test_the_conditions_shown_are_conditions() -> None:
    """Each example of the table parses."""
    examples = read_table("| condition | holds where |")
    assert [str(parse_condition(text, "table")) for text, _ in examples]


def test_the_dates_shown_become_what_is_shown() -> None:
    """Each example of the table is read by its format."""
    for form, collected, expected in read_table("| format | collected | in the dataset |"):
        text, unreadable = parse_collected(pd.Series([collected], dtype="str"), [form])
        actual = "a fault" if unreadable.item() else text.item()
        assert (collected, actual) == (collected, expected)


def read_anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    """Files that a page links to exist, and headings of pages."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", text):
        file, _, anchor = target.partition("#")
        path = (ROOT / page).parent / file if file else ROOT / page
        assert path.exists(), target
        assert not anchor or anchor in read_anchors(path), target
