"""The same study gives the same package, whoever makes it, where and when."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from sdtmconv.folders import list_files

ROOT = Path(__file__).parents[2]

# A process whose clock says another day.
LATER = """
import datetime, sys, time
import docx, sdtmconv.build, sdtmconv.package, zipfile
from sdtmconv.cli import main

shift = float(sys.argv.pop(1))
clock = time.time
time.time = lambda: clock() + shift

class Shifted(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(time.time(), tz)

for name, module in list(sys.modules.items()):
    if name.startswith(("docx", "sdtmconv", "zipfile")) and hasattr(module, "datetime"):
        module.datetime = Shifted
main()
"""


def run(shift: float, *words: str, **environment: str) -> None:
    command = [sys.executable, "-c", LATER, str(shift), *words]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )
    assert done.returncode == 0, done.stderr


def make(
    study: Path, folder: Path, shift: float, jobs: str, **environment: str
) -> dict[str, bytes]:
    """Build and package in processes of their own."""
    out, to = folder / "build", folder / "package"
    folder.mkdir(parents=True)
    options = ("--jobs", jobs, "--chunk", jobs)
    run(shift, "build", str(study), "--out", str(out), *options, **environment)
    run(shift, "package", str(out), "--to", str(to), "--agency", "fda", **environment)
    return {name: path.read_bytes() for name, path in list_files(to).items()}


def test_another_day_and_place(study: Path, tmp_path: Path) -> None:
    """Whatever the clock, time zone, locale, hash seed, folders and number of processes."""
    elsewhere = Path(shutil.copytree(study, tmp_path / "other name"))
    first = make(study, tmp_path / "a", 0, "1", PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C")
    other = make(
        elsewhere,
        tmp_path / "deep" / "b",
        40_000_000,
        "2",
        PYTHONHASHSEED="2",
        TZ="Asia/Shanghai",
        LC_ALL="tr_TR.UTF-8",
    )
    assert first.keys() == other.keys()
    assert [name for name in first if first[name] != other[name]] == []
