"""The output folder: replaced as a whole or not at all, and nobody else's files with it."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from broken_study import read_folder

from sdtmconv.build import build
from sdtmconv.errors import DataError
from sdtmconv.folders import MARKER, refuse_strangers, replace_folder

WriteStudy = Callable[..., Path]

# A build that stops, as good as killed, where the folder named in argv[3] is about to be written.
KILLED = """
import os, sys
from pathlib import Path
import sdtmconv.build, sdtmconv.folders

def stop(*arguments, **named):
    print("here", flush=True)
    os.kill(os.getpid(), 9)

study, out, where = sys.argv[1:]
if where == "rename":
    replace = os.replace
    os.replace = lambda old, new: stop() if ".new" in str(old) else replace(old, new)
else:
    setattr(sdtmconv.build, where, stop)
sdtmconv.build.build(Path(study), out=Path(out))
"""


# A function that ends its process as the system does, unless it is the main one.
DEADLY = """
import multiprocessing
import os

import pandas as pd

from sdtmconv.mapping.registry import Column, derivation


@derivation("deadly", method="{value}.")
def deadly(value: Column) -> pd.Series:
    if multiprocessing.parent_process() is not None:
        os.kill(os.getpid(), 9)
    return value
"""


def run_killed(folder: Path, out: Path, where: str) -> None:
    command = [sys.executable, "-c", KILLED, str(folder), str(out), where]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment())
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert done.stdout == "here\n"


def environment(**changes: str) -> dict[str, str]:
    root = str(Path(__file__).parents[2])
    return {**os.environ, "PYTHONPATH": root, "PYTHONDONTWRITEBYTECODE": "1", **changes}


@pytest.mark.parametrize("where", ["write_xpt", "write_define", "write_reports"])
def test_a_killed_build_leaves_the_previous_result(
    write_study: WriteStudy, tmp_path: Path, where: str
) -> None:
    """Killed while it writes, it leaves the previous files; the next build tidies up and works."""
    folder, out = write_study(), tmp_path / "out"
    build(folder, out=out)
    before = read_folder(out)
    run_killed(folder, out, where)
    assert read_folder(out) == before
    write_study({"raw/dm.csv": "SUBJ,SEX\n001,Female\n002,Female\n"})
    build(folder, out=out)
    assert read_folder(out).keys() == before.keys()
    assert read_folder(out) != before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "tiny"]


def test_a_build_killed_between_two_renames_is_put_back(
    write_study: WriteStudy, tmp_path: Path
) -> None:
    """The previous result, set aside at that moment, is back once the next build has failed."""
    folder, out = write_study(), tmp_path / "out"
    build(folder, out=out)
    before = read_folder(out)
    run_killed(folder, out, "rename")
    with pytest.raises(DataError), replace_folder(out, {"sdtmconv": "0"}):
        raise OSError("the disk is full")
    assert read_folder(out) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "tiny"]


def test_a_killed_first_build_leaves_nothing_in_the_way(
    write_study: WriteStudy, tmp_path: Path
) -> None:
    """Where there was no previous result, there is none after a kill, and the next build works."""
    folder, out = write_study(), tmp_path / "out"
    run_killed(folder, out, "write_reports")
    assert not out.exists()
    build(folder, out=out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "tiny"]


@pytest.mark.slow
def test_a_build_killed_at_any_time(write_study: WriteStudy, tmp_path: Path) -> None:
    """Whenever the signal comes, what lies there afterwards is one whole result."""
    folder, out = write_study(), tmp_path / "out"
    build(folder, out=out)
    before = read_folder(out)
    command = [sys.executable, "-m", "sdtmconv", "build", str(folder), "--out", str(out)]
    started = time.monotonic()
    subprocess.run([*command, "--jobs", "2"], capture_output=True, check=True, env=environment())
    length = time.monotonic() - started
    for part in range(3):
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment()
        )
        time.sleep(length * (0.5 + 0.2 * part))
        process.kill()
        process.wait()
        result = out if out.exists() else tmp_path / ".out.previous"
        assert read_folder(result) == before
    build(folder, out=out)
    assert read_folder(out) == before


def test_a_worker_process_that_is_ended_from_outside(
    write_study: WriteStudy, tmp_path: Path
) -> None:
    """As a system short of memory does: told as a fault, with the previous result whole."""
    folder, out = write_study(), tmp_path / "out"
    build(folder, out=out)
    before = read_folder(out)
    (folder / "derivations.py").write_text(DEADLY, encoding="utf-8")
    spec = folder / "sdtm" / "ae.yaml"
    spec.write_text(spec.read_text().replace("assign: SERIOUS", "deadly: SERIOUS"))
    with pytest.raises(DataError, match="a worker process was ended from outside"):
        build(folder, out=out, jobs=2, chunk_size=1)
    assert read_folder(out) == before


def test_two_builds_at_once(write_study: WriteStudy, tmp_path: Path) -> None:
    """Builds into one folder take turns: the result is a whole one, and none fails."""
    folder, out = write_study(), tmp_path / "out"
    failures: list[BaseException] = []

    def run() -> None:
        try:
            build(folder, out=out)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    found = read_folder(out)
    build(folder, out=tmp_path / "alone")
    assert found == read_folder(tmp_path / "alone")


@pytest.mark.parametrize("name", ["thesis.docx", "tabulations/sdtm/notes.txt"])
def test_somebody_elses_file_in_a_result_is_kept(
    write_study: WriteStudy, tmp_path: Path, name: str
) -> None:
    """A file that no build made, anywhere in the folder, stops the next build by its name."""
    folder, out = write_study(), tmp_path / "out"
    build(folder, out=out)
    (out / name).write_text("my own work", encoding="utf-8")
    before = read_folder(out)
    with pytest.raises(DataError, match=f"no build of this program made: {name}; name another"):
        build(folder, out=out)
    assert read_folder(out) == before


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"name": "another program"}', '{"sdtmconv": "1", "files": 3}', "[" * 5000],
)
def test_a_marker_of_another_program_is_no_leave(tmp_path: Path, content: str) -> None:
    """A build.json that is not ours does not make a folder ours."""
    (tmp_path / MARKER).write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=r"no build of this program made: build\.json"):
        refuse_strangers(tmp_path)


def test_a_build_of_an_earlier_release_is_replaced(write_study: WriteStudy, tmp_path: Path) -> None:
    """Its marker lists the names of the files and no digests."""
    folder, out = write_study(), tmp_path / "out"
    build(folder, out=out)
    marker = json.loads((out / MARKER).read_text(encoding="utf-8"))
    marker["files"] = [*marker["files"], MARKER]
    (out / MARKER).write_text(json.dumps(marker), encoding="utf-8")
    build(folder, out=out)
    assert isinstance(json.loads((out / MARKER).read_text(encoding="utf-8"))["files"], dict)


def test_what_desktops_leave_is_no_stranger(write_study: WriteStudy, tmp_path: Path) -> None:
    """A .DS_Store in the result does not stop the next build."""
    folder, out = write_study(), tmp_path / "out"
    build(folder, out=out)
    (out / "tabulations" / ".DS_Store").write_bytes(b"x")
    build(folder, out=out)
    assert not (out / "tabulations" / ".DS_Store").exists()


def test_the_marker_names_all_files(write_study: WriteStudy, tmp_path: Path) -> None:
    """build.json lists what the build wrote beside it, with the SHA-256 of each file."""
    build(write_study(), out=tmp_path / "out")
    files = read_folder(tmp_path / "out")
    marker = json.loads(files.pop(MARKER))
    assert list(marker["files"]) == sorted(files)
    assert marker["files"] == {n: hashlib.sha256(c).hexdigest() for n, c in files.items()}


def test_the_marker_names_what_was_read(write_study: WriteStudy, tmp_path: Path) -> None:
    """build.json has the SHA-256 of specs and raw files; the specs lie in the build, raw not."""
    folder = write_study({"notes.md": "Two subjects.", "raw/stray.csv": "SUBJ\n"})
    build(folder, out=tmp_path / "out")
    marker = json.loads((tmp_path / "out" / MARKER).read_text(encoding="utf-8"))
    assert list(marker["raw"]) == ["ae.csv", "dm.csv", "ex.csv"]
    assert list(marker["specs"]) == [
        "codelists.yaml",
        "notes.md",
        "sdtm/ae.yaml",
        "sdtm/dm.yaml",
        "sdtm/ex.yaml",
        "study.yaml",
    ]
    for name, digest in marker["specs"].items():
        assert (tmp_path / "out" / "specs" / name).read_bytes() == (folder / name).read_bytes()
        assert digest == hashlib.sha256((folder / name).read_bytes()).hexdigest()


def test_strangers_stop_a_build_before_it_reads(write_study: WriteStudy, tmp_path: Path) -> None:
    """The folder is looked at first, not after hours of work."""
    folder = write_study({"raw/dm.csv": None})
    with pytest.raises(DataError, match="holds files that no build of this program made"):
        build(folder, out=folder)


def test_a_file_in_the_place_of_the_folder(write_study: WriteStudy, tmp_path: Path) -> None:
    """It is told, and left alone."""
    (tmp_path / "out").write_text("x", encoding="utf-8")
    with pytest.raises(DataError, match="out: is a file; name a folder with --out"):
        build(write_study(), out=tmp_path / "out")


@pytest.mark.parametrize("name", ["tiny/study.yaml/out", "tiny/raw/dm.csv/deep/out"])
def test_a_folder_that_cannot_be(write_study: WriteStudy, tmp_path: Path, name: str) -> None:
    """A path below a file is told as a fault."""
    folder = write_study()
    with pytest.raises(DataError, match="check the rights and the free space"):
        build(folder, out=tmp_path / name)


def test_the_root_of_the_disk_is_no_output_folder(write_study: WriteStudy) -> None:
    """Nothing is replaced there."""
    with pytest.raises(DataError, match="/: "):
        build(write_study(), out=Path("/"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write there")
def test_a_read_only_folder(write_study: WriteStudy, tmp_path: Path) -> None:
    """Where one may not write, it is told."""
    folder, parent = write_study(), tmp_path / "locked"
    parent.mkdir(mode=0o500)
    with pytest.raises(
        DataError, match=r"cannot be written \(Permission denied\); check the rights"
    ):
        build(folder, out=parent / "out")


def test_a_disk_that_is_full(
    write_study: WriteStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write that the system refuses leaves the previous result, and nothing beside it."""
    folder, out = write_study(), tmp_path / "out"
    build(folder, out=out)
    before = read_folder(out)

    def refuse(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sdtmconv.build.write_reports", refuse)
    with pytest.raises(DataError, match=r"cannot be written \(No space left on device\); check"):
        build(folder, out=out)
    assert read_folder(out) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "tiny"]


def test_an_interrupted_build(
    write_study: WriteStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while it writes leaves the previous result, and nothing beside it."""
    folder, out = write_study(), tmp_path / "out"
    build(folder, out=out)
    before = read_folder(out)

    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sdtmconv.build.write_reports", interrupt)
    with pytest.raises(KeyboardInterrupt):
        build(folder, out=out)
    assert read_folder(out) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "tiny"]


def test_a_link_to_a_folder(write_study: WriteStudy, tmp_path: Path) -> None:
    """The folder behind the link is replaced, time and again; the link stays a link."""
    folder, real, link = write_study(), tmp_path / "disk" / "real", tmp_path / "out"
    real.mkdir(parents=True)
    link.symlink_to(real, target_is_directory=True)
    for _ in range(2):
        build(folder, out=link)
        assert link.is_symlink()
        assert (real / MARKER).is_file()
    assert [path.name for path in real.parent.iterdir()] == ["real"]
