"""Measure comparing two findings datasets against reading them; print JSON.

Run as `python -m benchmarks.compare [--records N]`. The data are like LB, 1,000,000 records of 23
variables. Each case is compared and read in turns, in one run; `peak MB` is of a process of its own
that compares them once.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import pandas as pd

from benchmarks.xpt import CREATED, build_frame, describe, measure_lengths
from sdtmconv.compare import compare
from sdtmconv.transport import read_xpt, write_xpt

RECORDS = 1_000_000
RUNS = 5
TARGET = 2.0

# Compares once and prints the peak memory of the process.
MEASURED = """
import resource, sys
from pathlib import Path
from sdtmconv.compare import compare
compare(Path(sys.argv[1]), Path(sys.argv[2]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def _keep(frame: pd.DataFrame) -> pd.DataFrame:
    return frame


def _change_some(frame: pd.DataFrame) -> pd.DataFrame:
    """Change 1 % of the results and 1 % of the texts, and take out every thousandth record."""
    changed = frame.copy()
    chosen = changed.index % 100 == 0
    changed.loc[chosen, "LBSTRESN"] = changed.loc[chosen, "LBSTRESN"].round(1)
    changed.loc[chosen, "LBNRIND"] = changed.loc[chosen, "LBNRIND"].str.lower()
    return changed[changed.index % 1000 != 7]


def _shuffle(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sample(frac=1, random_state=79)


CASES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "equal": _keep,
    "1 % differ, some records missing": _change_some,
    "in another order": _shuffle,
}


def measure(records: int = RECORDS) -> dict[str, Any]:
    """Give seconds, ratio and memory of each case."""
    frame = build_frame(records)
    metadata = describe(frame, measure_lengths(frame))
    with tempfile.TemporaryDirectory() as name:
        a, b = Path(name) / "a.xpt", Path(name) / "b.xpt"
        write_xpt(a, metadata, [frame], created=CREATED)
        figures: dict[str, Any] = {"records": records, "cores": os.cpu_count()}
        for case, change in CASES.items():
            write_xpt(b, metadata, [change(frame)], created=CREATED)
            figures[case] = _measure_case(a, b)
    return figures


def _measure_case(a: Path, b: Path) -> dict[str, Any]:
    wall: dict[str, list[float]] = {"read": [], "compare": []}
    cpu: dict[str, list[float]] = {"read": [], "compare": []}
    for _ in range(RUNS):
        for what, work in (("read", _read), ("compare", compare)):
            began, cpu_began = time.perf_counter(), time.process_time()
            work(a, b)
            wall[what].append(time.perf_counter() - began)
            cpu[what].append(time.process_time() - cpu_began)
    ratios = {
        "wall, min": round(min(wall["compare"]) / min(wall["read"]), 2),
        "wall, median": round(median(wall["compare"]) / median(wall["read"]), 2),
        "CPU, median": round(median(cpu["compare"]) / median(cpu["read"]), 2),
    }
    command = [sys.executable, "-c", MEASURED, str(a), str(b)]
    peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {
        "seconds": {what: round(median(found), 2) for what, found in wall.items()},
        f"compare / read (target: {TARGET:g} at most)": ratios,
        "peak MB": round(int(peak) / 1024),
        "bytes of both files, MB": round((a.stat().st_size + b.stat().st_size) / 2**20),
    }


def _read(a: Path, b: Path) -> None:
    read_xpt(a)
    read_xpt(b)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=RECORDS)
    print(json.dumps(measure(parser.parse_args().records), indent=2))
