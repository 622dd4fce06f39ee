"""The pilot study: CPU seconds of its VS domain after imports, and of `sdtmconv --help`.

Run as `python -m benchmarks.pilot`; the pilot's raw records are expected at ../shared.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.processes import build_environment
from sdtmconv.build import build, build_datasets
from sdtmconv.engine.forms import read_forms
from sdtmconv.engine.spool import Spool
from sdtmconv.spec import load_study

ROOT = Path(__file__).parents[1]
STUDY = ROOT / "specs" / "cdiscpilot01"
RUNS = 5


def measure() -> dict[str, Any]:
    """Give minimum and median CPU seconds of each step, in process and as a whole process."""
    if not load_study(STUDY).raw_folder.is_dir():
        return {"skipped": "the pilot's raw records are not at ../shared"}
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "build"
        _compute_vs()
        return {
            "VS from raw file to validated dataset": _cpu(_compute_vs),
            "VS with XPT, define.xml, validation and report": _cpu(
                lambda: build(STUDY, only=["VS"], out=out)
            ),
            "whole study": _cpu(lambda: build(STUDY, out=out)),
            "sdtmconv --help, whole process": _process(out.parent, "--help"),
            "sdtmconv build, whole process": _process(
                out.parent, "build", str(STUDY), "--out", str(out)
            ),
        }


def _compute_vs() -> None:
    study = load_study(STUDY)
    with Spool() as spool:
        forms = read_forms(study, ["VS"], study.raw_folder, spool)
        build_datasets(study, ["VS"], forms, spool)


def _cpu(work: Callable[[], object]) -> dict[str, float]:
    seconds = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return {"min": round(min(seconds), 3), "median": round(median(seconds), 3)}


def _process(folder: Path, *arguments: str) -> dict[str, float]:
    """Measure a command's CPU seconds and wall-clock seconds."""
    wall, cpu = [], []
    environment = build_environment(folder)
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        command = [sys.executable, "-m", "sdtmconv", *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env=environment)
        wall.append(time.perf_counter() - start)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return {"cpu min": round(min(cpu), 3), "wall min": round(min(wall), 3)}


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
