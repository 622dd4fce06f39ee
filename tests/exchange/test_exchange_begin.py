"""A study is begun in a folder of its own, and from nothing it is one that can be built."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sdtmconv.build import build
from sdtmconv.cli import main
from sdtmconv.errors import SpecError
from sdtmconv.exchange import begin_study, export
from sdtmconv.spec import load_study


def test_a_blank_study_is_built_at_once(tmp_path: Path) -> None:
    """Its name is the folder's; no finding, no file beside it."""
    begun = begin_study(tmp_path / "my study")
    assert begun.notes == ()
    assert begun.unmapped == {"DM": 0}
    result = build(begun.folder, out=tmp_path / "built")
    assert result.study.name == "MY-STUDY"
    assert result.records == {"DM": 2}
    assert len(result.findings) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["built", "my study"]


def test_what_a_build_says_becomes_specs_that_say_it(tmp_path: Path) -> None:
    """The way round gives the same define.xml, byte for byte but for its time."""
    begin_study(tmp_path / "one")
    build(tmp_path / "one", out=tmp_path / "built")
    define = tmp_path / "built" / "tabulations" / "sdtm" / "define.xml"
    begin_study(tmp_path / "two", [str(define)])
    export(tmp_path / "two", tmp_path / "out.xml")
    assert (tmp_path / "out.xml").read_bytes() == define.read_bytes()


@pytest.mark.parametrize("content", ["study.yaml", "notes.txt"])
def test_what_is_there_is_never_overwritten(tmp_path: Path, content: str) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / content).write_text("mine")
    with pytest.raises(SpecError, match="name a folder that does not exist yet"):
        begin_study(tmp_path / "old")
    assert (tmp_path / "old" / content).read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


def test_an_empty_folder_may_be_there(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    begin_study(tmp_path / "new")
    assert load_study(tmp_path / "new").name == "NEW"


def test_a_mapped_study_is_exported_from_its_build(tmp_path: Path) -> None:
    """Lengths come from the data; a build has them."""
    begin_study(tmp_path / "one")
    with pytest.raises(SpecError, match="whose length only the data tell"):
        export(tmp_path / "one", tmp_path / "out.xml")
    build(tmp_path / "one", out=tmp_path / "built")
    export(tmp_path / "built", tmp_path / "out.xml")
    assert (tmp_path / "out.xml").exists()


def test_sdtm_and_adam_of_one_study_go_together(tmp_path: Path) -> None:
    """A second description of the same dataset does not."""
    begin_study(tmp_path / "one")
    build(tmp_path / "one", out=tmp_path / "built")
    define = str(tmp_path / "built" / "tabulations" / "sdtm" / "define.xml")
    with pytest.raises(SpecError, match="describes DM more than once"):
        begin_study(tmp_path / "two", [define, define])


def test_the_commands_tell_what_they_did(tmp_path: Path) -> None:
    """For people, and for programs."""
    runner = CliRunner()
    shown = runner.invoke(main, ["init", str(tmp_path / "one")])
    assert (shown.exit_code, shown.output) == (0, f"{tmp_path / 'one'}: begun with 1 datasets\n")
    shown = runner.invoke(main, ["init", str(tmp_path / "two"), "--json"])
    assert json.loads(shown.output) == {
        "study": str(tmp_path / "two"),
        "unmapped": {"DM": 0},
        "notes": [],
    }
    again = runner.invoke(main, ["init", str(tmp_path / "two")])
    assert again.exit_code == 2
    assert "is a study already" in again.output
