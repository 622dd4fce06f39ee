"""The commands package and verify: what they print, and how they end."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from submitted_study import SUBMITTED_STUDY, write_files

from sdtmconv.build import build
from sdtmconv.cli import main
from sdtmconv.folders import list_files
from sdtmconv.package import package

# A package that stops, as good as killed, when what is named in argv[3] is about to be done.
KILLED = """
import os, sys
from pathlib import Path
import sdtmconv.package.make as make

def stop(*arguments, **named):
    print("here", flush=True)
    os.kill(os.getpid(), 9)

built, to, where = sys.argv[1:]
setattr(make, where, stop)
make.package(Path(built), Path(to))
"""


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


def read_folder(folder: Path) -> dict[str, bytes]:
    return {name: path.read_bytes() for name, path in list_files(folder).items()}


def test_package_tells_what_it_made(built: Path, tmp_path: Path) -> None:
    """How many files for whom, and what the pre-check found."""
    result = run("package", built, "--to", tmp_path / "package")
    number = len(list_files(tmp_path / "package"))
    assert result.exit_code == 0
    assert result.output == (
        f"{tmp_path}/package: {number} files of TINY for U.S. Food and Drug Administration\n"
        "No findings in 5 datasets with 29 records.\n"
    )


def test_package_for_machines(built: Path, tmp_path: Path) -> None:
    """One JSON object."""
    result = run("package", built, "--to", tmp_path / "package", "--json")
    told = json.loads(result.output)
    assert (told["study"], told["agency"]) == ("TINY", "fda")
    assert told["findings"] == {"errors": 0, "total": 0}
    assert told["files"] == list(list_files(tmp_path / "package"))


def test_verify_for_machines(made: Path, study: Path) -> None:
    """One JSON object, with the manifest's digest."""
    told = json.loads(run("verify", made, "--rebuild", study, "--json").output)
    assert told["rebuilt"]
    assert len(told["manifest"]) == 64


def test_verify_ends_with_1_where_an_agency_would_turn_it_away(tmp_path: Path) -> None:
    """As validate does; --fail-on never ends with 0."""
    files = {name: text for name, text in SUBMITTED_STUDY.items() if name != "sdtm/ts.yaml"}
    out = build(write_files(tmp_path / "tiny", files), out=tmp_path / "out").out
    assert run("package", out, "--to", tmp_path / "package").exit_code == 3
    assert run("package", out, "--to", tmp_path / "package", "--allow-findings").exit_code == 0
    result = run("verify", tmp_path / "package")
    assert result.exit_code == 1
    assert "TS: error trc-1734, as a whole: there is no m5/datasets/tiny" in result.output
    assert run("verify", tmp_path / "package", "--fail-on", "never").exit_code == 0


def test_verify_ends_with_3_where_files_are_not_as_they_were(broken: Path) -> None:
    """With all of them."""
    (broken / "more.txt").write_text("x", encoding="utf-8")
    result = run("verify", broken)
    assert result.exit_code == 3
    assert "more.txt: is not in the manifest\n" in result.stderr


def test_verify_says_that_it_runs_the_studys_own_code(
    study: Path, built: Path, tmp_path: Path
) -> None:
    """A study's derivations.py runs when it is built again, and not otherwise."""
    files = {**SUBMITTED_STUDY, "derivations.py": '"""None."""\n'}
    folder = write_files(tmp_path / "tiny", files)
    out = build(folder, out=tmp_path / "out").out
    made = package(out, tmp_path / "package")
    assert "m5/datasets/tiny/analysis/adam/programs/derivations.txt" in made.files
    assert "own code" not in run("verify", made.folder).stderr
    assert "own code" in run("verify", made.folder, "--rebuild", folder).stderr


@pytest.mark.parametrize("where", ["write_datasets", "write_guide", "precheck"])
def test_a_killed_package_leaves_the_previous_one(built: Path, tmp_path: Path, where: str) -> None:
    """Whole, and the next run tidies up."""
    to = package(built, tmp_path / "package").folder
    before = read_folder(to)
    command = [sys.executable, "-c", KILLED, str(built), str(to), where]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "here\n"), done.stderr
    assert read_folder(to) == before
    package(built, to)
    assert read_folder(to) == before
    assert [path.name for path in tmp_path.iterdir()] == ["package"]
