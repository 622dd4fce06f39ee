"""Whatever stands in a study's files: a build, or faults; no other error, no half result."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import yaml
from broken_study import check_form, read_folder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich_study import STUDY

from sdtmconv.build import build
from sdtmconv.errors import SdtmconvError, SpecError
from sdtmconv.spec import load_study

SPECS = [name for name in STUDY if name.endswith(".yaml")]
RAW = [name for name in STUDY if name.endswith(".csv")]
TEXTS = {name: dedent(text).lstrip("\n") for name, text in STUDY.items()}
TREES = {name: yaml.load(TEXTS[name], Loader=yaml.BaseLoader) for name in SPECS}  # noqa: S506

WORDS = sorted(
    {word for text in TEXTS.values() for word in text.replace("{", " ").replace(",", " ").split()}
)
ODD_TEXTS = [
    "",
    " ",
    "~",
    "0",
    "-1",
    "1e999",
    "é",
    "中",
    "\n",
    "\0",
    "..",
    "{subject}",
    "{",
    "%",
    "'",
]
CELLS = [
    "",
    " ",
    "NA",
    "1e76",
    "1e-80",
    "-0",
    "nan",
    "Ü",
    "\t",
    '"',
    "A" * 201,
    "31-FEB-2025",
    "2025",
]
TOKENS = [*"{}[]:,#&*!|>'\"%@`-?\t\n \0\ufeff", "- ", ": ", "---\n", "&a ", "*a", "!!int ", "<<: "]


def fuzz(examples: int) -> Callable[..., Any]:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study, and its result beside it."""
    folder = tmp_path_factory.mktemp("base")
    write(folder / "study", TEXTS)
    build(folder / "study", out=folder / "out")
    return folder


def write(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode("utf-8", "surrogatepass"))


def check(base: Path, tmp_path: Path, name: str, text: str) -> None:
    """Build the study with one file changed, over a result of the sound one."""
    shutil.rmtree(tmp_path)
    shutil.copytree(base, tmp_path)
    write(tmp_path / "study", {name: text})
    before = read_folder(tmp_path / "out")
    try:
        build(tmp_path / "study", out=tmp_path / "out")
    except SdtmconvError as error:
        check_form(error)
        assert read_folder(tmp_path / "out") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "study"]


def paths_of(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Walk over the places of a tree."""
    yield path
    for key in (
        tree if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    ):
        yield from paths_of(tree[key], (*path, key))


def values() -> st.SearchStrategy[Any]:
    texts = st.sampled_from(WORDS) | st.sampled_from(ODD_TEXTS) | st.text(max_size=8)
    return st.recursive(
        texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=4,
    )


@st.composite
def changed_trees(draw: st.DrawFn) -> tuple[str, str]:
    """Replace, rename, drop or copy a piece of a spec."""
    name = draw(st.sampled_from(SPECS))
    tree = copy.deepcopy(TREES[name])
    for _ in range(draw(st.integers(1, 2))):
        places = [path for path in paths_of(tree) if path]
        if not places:
            break
        *above, last = draw(st.sampled_from(places))
        parent = tree
        for key in above:
            parent = parent[key]
        what = draw(st.sampled_from(["replace", "replace", "replace", "rename", "drop", "move"]))
        value = parent.pop(last) if what != "replace" else None
        if what == "replace":
            parent[last] = draw(values())
        elif isinstance(parent, dict) and what != "drop":
            key = draw(st.sampled_from(WORDS) | st.sampled_from(ODD_TEXTS))
            parent[key] = value
    return name, yaml.safe_dump(tree, sort_keys=False, allow_unicode=True)


@st.composite
def changed_texts(draw: st.DrawFn, names: list[str], pieces: list[str]) -> tuple[str, str]:
    """Replace some stretches of a file."""
    name = draw(st.sampled_from(names))
    text = TEXTS[name]
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 10)))
        text = text[:start] + draw(st.sampled_from(pieces) | st.text(max_size=5)) + text[end:]
    return name, text


@st.composite
def changed_cells(draw: st.DrawFn) -> tuple[str, str]:
    """Replace some values of a raw file."""
    name = draw(st.sampled_from(RAW))
    rows = [line.split(",") for line in TEXTS[name].splitlines()]
    for _ in range(draw(st.integers(1, 3))):
        row = draw(st.integers(0, len(rows) - 1))
        column = draw(st.integers(0, len(rows[row]) - 1))
        others = [value for other in rows for value in other]
        rows[row][column] = draw(st.sampled_from(CELLS) | st.sampled_from(others))
    if draw(st.booleans()):
        rows.append(draw(st.sampled_from(rows)))
    return name, "".join(",".join(row) + "\n" for row in rows)


@pytest.mark.slow
@fuzz(150)
@given(changed=changed_trees())
def test_changed_trees(base: Path, tmp_path: Path, changed: tuple[str, str]) -> None:
    """YAML that is sound as YAML, with any value in any place."""
    check(base, tmp_path, *changed)


@fuzz(100)
@given(changed=changed_texts(SPECS, TOKENS))
def test_changed_specs(base: Path, tmp_path: Path, changed: tuple[str, str]) -> None:
    """Text that is hardly YAML any more."""
    check(base, tmp_path, *changed)


@pytest.mark.slow
@fuzz(60)
@given(changed=changed_cells())
def test_changed_values(base: Path, tmp_path: Path, changed: tuple[str, str]) -> None:
    """Raw files with other values, and records that stand twice."""
    check(base, tmp_path, *changed)


@fuzz(40)
@given(changed=changed_texts(RAW, CELLS))
def test_changed_raw(base: Path, tmp_path: Path, changed: tuple[str, str]) -> None:
    """Raw files with other text anywhere."""
    check(base, tmp_path, *changed)


@fuzz(100)
@given(where=st.lists(st.sampled_from([
    "TERM", "START", "dm.SEX", "EX.EXSEQ", "DM.SEX", "EQ", "NE", "GT", "IN", "NOTIN", "CONTAINS",
    "STARTS", "is missing", "is not missing", "and", "or", "not", "(", ")", ",", '"a"', "''", "1",
    "-2.5", "1e999", "`a b`", "=", "<", '"', "é",
]), max_size=12).map(" ".join))  # fmt: skip
def test_any_condition(base: Path, tmp_path: Path, where: str) -> None:
    """A condition of any words in any order."""
    text = TEXTS["sdtm/ae.yaml"].replace(
        'TERM is not missing and not (TERM EQ "None")', repr(where)
    )
    check(base, tmp_path, "sdtm/ae.yaml", text)


def test_the_study_is_sound(base: Path) -> None:
    """What is changed here is sound to begin with."""
    assert set(load_study(base / "study").datasets) == {
        "DM",
        "AE",
        "EX",
        "VS",
        "LB",
        "SV",
        "TV",
        "ADX",
    }


@pytest.mark.parametrize("data", [b"", b"\0" * 9, b"\xff\xfe\x00", bytes(range(256)), b"[" * 99999])
@pytest.mark.parametrize("name", SPECS)
def test_bytes_that_are_no_spec(base: Path, tmp_path: Path, name: str, data: bytes) -> None:
    """Any bytes in any of the files are told as faults of the spec."""
    shutil.copytree(base / "study", tmp_path / "study")
    (tmp_path / "study" / name).write_bytes(data)
    with pytest.raises(SpecError) as caught:
        load_study(tmp_path / "study")
    check_form(caught.value)
