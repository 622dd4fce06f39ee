"""Measure explaining values of a study of 1,000 subjects; print JSON.

Run as `python -m benchmarks.explain [--subjects N]`. Each command is a process of its own, from the
start of Python to the last line: wall seconds, and CPU seconds, which other work on the machine
disturbs less.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.processes import build_environment
from sdtmconv.build import build
from sdtmconv.simulate import simulate

STUDY = Path(__file__).parents[1] / "specs" / "biottt001"
SUBJECTS = 1_000
SEED = 79
RUNS = 3
TARGET = 2.0
DATASETS = ("ADTTE", "ADSL", "ADLB", "VS", "AE")


def measure(subjects: int = SUBJECTS) -> dict[str, Any]:
    """Give seconds by dataset: all values of one record of a subject in the middle."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        simulate(subjects, SEED, folder / "raw")
        result = build(STUDY, raw=folder / "raw", out=folder / "build", jobs=os.cpu_count() or 1)
        subject = _find_subject(result.out)
        seconds = {dataset: _explain(result.out, dataset, subject) for dataset in DATASETS}
    return {"subjects": subjects, f"seconds (target: {TARGET:g} at most)": seconds}


def _find_subject(build_folder: Path) -> str:
    from sdtmconv.transport import read_xpt

    subjects = read_xpt(build_folder / "analysis/adam/datasets/adtte.xpt").frame["USUBJID"]
    return str(subjects.iloc[len(subjects) // 2])


def _explain(build_folder: Path, dataset: str, subject: str) -> dict[str, float]:
    where = f'USUBJID EQ "{subject}"'
    command = [sys.executable, "-m", "sdtmconv", "explain", str(build_folder), dataset]
    command += ["--where", where, "--most", "1"]
    environment = build_environment(build_folder.parent)
    walls, cpus = [], []
    for _ in range(RUNS):
        began, cpu = time.perf_counter(), sum(os.times()[2:4])
        subprocess.run(command, check=True, capture_output=True, env=environment)
        walls.append(time.perf_counter() - began)
        cpus.append(sum(os.times()[2:4]) - cpu)
    return {"wall": round(min(walls), 2), "CPU": round(min(cpus), 2)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=SUBJECTS)
    print(json.dumps(measure(parser.parse_args().subjects), indent=2))
