"""The documentation is run: the files it shows are written, its commands give that output."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
import yaml
from small_study import SMALL_STUDY, WriteStudy

from sdtmconv.cli import main
from sdtmconv.report.keywords import replace_reference

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BY_CI = {"make demo", "make test"}


@dataclass(frozen=True)
class Block:
    """One fenced block of a page."""

    language: str
    text: str


def blocks(page: Path) -> Iterator[Block]:
    for language, text in re.findall(
        r"^```(\w+)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    ):
        yield Block(language, text)


def run(command: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "sdtmconv", *shlex.split(command)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def matches(expected: str, actual: str) -> bool:
    """Compare output; `...` stands for anything."""
    pattern = ".*".join(re.escape(part) for part in expected.strip().split("..."))
    return re.fullmatch(pattern, actual.strip(), re.DOTALL) is not None


def test_the_tutorial_holds_from_first_to_last_line(tmp_path: Path) -> None:
    """Files are written and commands run in the order of the page."""
    for block in blocks(ROOT / "docs" / "tutorial.md"):
        if block.language in ("csv", "yaml"):
            title, _, text = block.text.partition("\n")
            path = tmp_path / title.removeprefix("# ")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif block.language == "console":
            prompt, _, expected = block.text.partition("\n")
            actual = run(prompt.removeprefix("$ sdtmconv "), tmp_path)
            assert matches(expected, actual), f"{prompt}\n{actual}"


@pytest.mark.slow
def test_the_commands_of_the_readme_work_in_their_order(tmp_path: Path) -> None:
    """Those of the table, on the reference study; the terminology file is a small one."""
    (tmp_path / "specs").symlink_to(ROOT / "specs")
    commands = re.findall(r"^\| `(sdtmconv [^`]+)`", (ROOT / "README.md").read_text("utf-8"), re.M)
    order = ["simulate", "check", "build", "validate", "xpt"]
    runnable = [command for command in commands if command.split()[1] in order]
    for command in sorted(runnable, key=lambda command: order.index(command.split()[1])):
        words = shlex.split(command)
        done = subprocess.run(
            [sys.executable, "-m", "sdtmconv", *words[1:]],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, command + done.stdout + done.stderr


def test_the_readme_shows_no_other_shell_commands() -> None:
    """What stands in shell blocks is run by CI."""
    shown = {
        line.partition("#")[0].strip()
        for page in PAGES
        for block in blocks(page)
        if block.language == "sh"
        for line in block.text.splitlines()
    }
    assert shown == BY_CI


def test_every_yaml_block_is_yaml() -> None:
    """Snippets of specs parse, without duplicate keys."""
    for page in PAGES:
        for block in blocks(page):
            if block.language == "yaml":
                assert yaml.compose(block.text, Loader=yaml.SafeLoader) is not None


def test_the_function_of_the_language_page_works(write_study: WriteStudy, tmp_path: Path) -> None:
    """The example of a study's own derivation makes a rule like any other."""
    page = ROOT / "docs" / "spec-language.md"
    code = next(block.text for block in blocks(page) if block.language == "python")
    demographics = (
        SMALL_STUDY["sdtm/dm.yaml"]
        + """
        supplemental:
          INIT: {initials: SEX, label: Initials of the Sex}
        """
    )
    study = write_study({"derivations.py": code, "sdtm/dm.yaml": demographics})
    assert "SUPPDM" in run(f"build {study} --out out", tmp_path)
    shown = run("xpt show out/tabulations/sdtm/suppdm.xpt", tmp_path)
    assert re.search(r"INIT +Initials of the Sex +F ", shown)


def test_the_keyword_reference_is_the_registry() -> None:
    """`make docs` has been run since a keyword last changed."""
    page = (ROOT / "docs" / "spec-language.md").read_text(encoding="utf-8")
    assert page == replace_reference(page)


def test_every_command_is_documented() -> None:
    """README names each command, and each has an example in its help."""

    def commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
        for name, command in group.commands.items():
            if isinstance(command, click.Group):
                yield from commands(command, f"{path} {name}")
            else:
                yield f"{path} {name}", command

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for path, command in commands(main, "sdtmconv"):
        assert f"`{path} " in readme, path
        assert "Example:" in (command.help or ""), path


def test_every_key_of_the_spec_files_is_documented() -> None:
    """The language page names every key that the compiler takes."""
    from sdtmconv.spec import codelists, datasets, rules, study

    page = (ROOT / "docs" / "spec-language.md").read_text(encoding="utf-8")
    keys = {
        *study.STUDY_FIELDS,
        *study.RAW_FIELDS,
        *study.FORM_FIELDS,
        *codelists.FIELDS,
        *datasets.FIELDS,
        *datasets.SOURCE_FIELDS,
        *rules.OF_RULE,
        *rules.OF_VARIABLE,
    }
    missing = sorted(key for key in keys if not re.search(rf"\b{key}\b", page))
    assert missing == []
