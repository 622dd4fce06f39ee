"""What the command line says of faults: all of them, on stderr or as JSON, and an exit code."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sdtmconv.cli import main

WriteStudy = Callable[..., Path]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_unsound_specs(write_study: WriteStudy, tmp_path: Path) -> None:
    """Exit code 2; place and problem in one line, the remedy below it, and their number."""
    folder = write_study({"sdtm/ae.yaml": "domain: AE\n"})
    for command in (["check", folder], ["build", folder, "--out", tmp_path / "out"]):
        result = run(*command)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert result.stderr == (
            f"{folder}/sdtm/ae.yaml:1: AE has no keys\n"
            "    -> add `keys: [STUDYID, USUBJID, ...]` that identify a record\n"
            f"{folder}/sdtm/ae.yaml:1: AE has no source\n"
            "    -> write `source: form`, or `sources:` with one entry per stream of records, or "
            "`records:` with the records themselves\n"
            "2 faults; nothing was written.\n"
        )
    assert not (tmp_path / "out").exists()


def test_unusable_records(write_study: WriteStudy, tmp_path: Path) -> None:
    """Exit code 3."""
    folder = write_study({"raw/dm.csv": "SUBJ,SEX\n001,Femail\n"})
    result = run("build", folder, "--out", tmp_path / "out")
    assert result.exit_code == 3
    assert "dm.yaml:10 DM.SEX: collected values without a submission value" in result.stderr
    assert "1 fault; nothing was written." in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", ["check", "build", "validate"])
def test_faults_as_json(write_study: WriteStudy, tmp_path: Path, command: str) -> None:
    """With --json, one object with place, problem and remedy of each fault."""
    folder = write_study({"study.yaml": "study: TINY\n"})
    result = run(command, folder, "--json")
    faults = json.loads(result.stdout)["faults"]
    assert faults
    assert all(set(fault) == {"place", "problem", "remedy"} for fault in faults)
    assert result.exit_code == (3 if command == "validate" else 2)


def test_datasets_that_are_not_there(write_study: WriteStudy, tmp_path: Path) -> None:
    """--only with unknown names: each is told, with the nearest name."""
    result = run("build", write_study(), "--only", "ea,DM,XX", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert (
        "--only EA: the study has no dataset 'EA'\n    -> did you mean 'EX' or 'AE'?"
        in result.stderr
    )
    assert "--only XX: the study has no dataset 'XX'" in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_part_is_built_from_what_it_needs(write_study: WriteStudy, tmp_path: Path) -> None:
    """--only AE needs EX for its reference date, and writes AE alone."""
    result = run("build", write_study(), "--only", "ae", "--out", tmp_path / "out", "--json")
    assert json.loads(result.stdout)["records"] == {"AE": 3}
    written = sorted(path.name for path in (tmp_path / "out").rglob("*.xpt"))
    assert written == ["ae.xpt"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("tinny", "is no folder\n    -> did you mean 'tiny'"),
        ("tiny/raw", "has no study.yaml"),
        ("tiny/study.yaml", "is no folder"),
    ],
)
def test_no_study(write_study: WriteStudy, name: str, says: str) -> None:
    """A path that is no study folder is told, with the nearest name beside it."""
    folder = write_study()
    result = run("check", folder.parent / name)
    assert result.exit_code == 2
    assert says in result.stderr


def test_wrong_usage() -> None:
    """Exit code 2, by click."""
    assert run("build").exit_code == 2
    assert run("bild").exit_code == 2
    assert run("build", "x", "--jobs", "0").exit_code == 2


def test_a_study_with_code_of_its_own_is_told(write_study: WriteStudy) -> None:
    """Running a study's derivations.py is never silent."""
    result = run("check", write_study({"derivations.py": "x = 1\n"}))
    assert result.exit_code == 0
    assert "derivations.py: running the study's own code" in result.stderr


@pytest.mark.parametrize("epoch", ["soon", "-1e9", "99999999999999999999"])
def test_a_time_stamp_that_is_none(
    write_study: WriteStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, epoch: str
) -> None:
    """SOURCE_DATE_EPOCH is told if it is no time."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    result = run("build", write_study(), "--out", tmp_path / "out")
    assert result.exit_code == 3
    assert f"SOURCE_DATE_EPOCH: is {epoch!r}, no time" in result.stderr
    assert not (tmp_path / "out").exists()
