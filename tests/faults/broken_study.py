"""How a table of broken studies is written: what is changed, and what must be said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

from sdtmconv.errors import Fault, SdtmconvError

Edit = Callable[[Path], None]

STUDY, CODELISTS = "study.yaml", "codelists.yaml"
DM, AE, EX = "sdtm/dm.yaml", "sdtm/ae.yaml", "sdtm/ex.yaml"
RAW_DM, RAW_AE, RAW_EX = "raw/dm.csv", "raw/ae.csv", "raw/ex.csv"


@dataclass(frozen=True)
class Case:
    """One thing that is wrong with a study.

    Args:
        what: Name of the case.
        edits: How the small study is changed.
        at: How the place of the fault ends.
        says: A piece of the problem.
        remedy: A piece of the remedy.
        faults: How many faults are found: one, where nothing follows from the first.
    """

    what: str
    edits: tuple[Edit, ...]
    at: str
    says: str
    remedy: str
    faults: int


def case(what: str, *edits: Edit, at: str, says: str, remedy: str, faults: int = 1) -> Case:
    return Case(what, edits, at, says, remedy, faults)


def swap(name: str, old: str, new: str) -> Edit:
    """Replace a piece of a file, which must be there exactly once."""

    def edit(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{name} has {old!r} {text.count(old)} times"
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")

    return edit


def add(name: str, text: str) -> Edit:
    """Add lines at the end of a file."""
    return lambda folder: put(name, (folder / name).read_text(encoding="utf-8") + text)(folder)


def put(name: str, content: str | bytes) -> Edit:
    """Write a file."""

    def edit(folder: Path) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, bytes) else dedent(content).lstrip("\n").encode()
        path.write_bytes(text)

    return edit


def drop(name: str) -> Edit:
    """Delete a file."""
    return lambda folder: (folder / name).unlink()


def make_folder(name: str) -> Edit:
    return lambda folder: (folder / name).mkdir(parents=True)


def read_folder(folder: Path) -> dict[str, bytes]:
    """Give the content of every file below a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def parametrize(cases: list[Case]) -> pytest.MarkDecorator:
    names = [one.what for one in cases]
    assert len(set(names)) == len(names), sorted({n for n in names if names.count(n) > 1})
    return pytest.mark.parametrize("broken", cases, ids=names)


def check_form(error: SdtmconvError) -> None:
    """Every fault says place, problem and remedy, in one line of plain words each."""
    assert error.faults
    assert len(set(error.faults)) == len(error.faults)
    for fault in error.faults:
        for part in (fault.place, fault.problem, fault.remedy):
            assert part.strip()
            assert "\n" not in part
            assert not any(word in part for word in ("Traceback", "<class", "Error(", "object at"))


def check_faults(broken: Case, error: SdtmconvError) -> None:
    """One fault is the one that the table tells, and no others follow from it."""
    check_form(error)
    assert any(_fits(broken, fault) for fault in error.faults), str(error)
    assert len(error.faults) == broken.faults, str(error)


def _fits(broken: Case, fault: Fault) -> bool:
    return (
        fault.place.endswith(broken.at)
        and broken.says in fault.problem
        and broken.remedy in fault.remedy
    )
