"""Measure the XPT codec against numpy's tofile and pyreadstat; print JSON.

Run as `python -m benchmarks.xpt`. The data are like LB: 1,000,000 records of 23 variables, once
with Char lengths as long as the longest value, once as specs often declare them. All methods are
measured in one run. In the whole-process figures a new Python loads the data from a Feather file
(or, for tofile, from a .npy file) and writes them once, or reads the file once.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.feather

from benchmarks.processes import build_environment
from sdtmconv.metadata import DatasetMetadata, VariableMetadata
from sdtmconv.transport import read_xpt, read_xpt_header, write_xpt

CREATED = datetime(2025, 3, 7)
KINDS = ("min", "median", "min CPU")
PYREADSTAT_WRITE = "pyreadstat write, object columns"
PYREADSTAT_WRITE_STR = "pyreadstat write, str columns"
RECORDS = 1_000_000
RUNS = 7
SLOW_RUNS = 2  # of what takes more than ten seconds

# Char lengths as SDTM specs often declare them.
DECLARED = {
    "STUDYID": 12, "DOMAIN": 2, "USUBJID": 25, "LBTESTCD": 8, "LBTEST": 40, "LBCAT": 40,
    "LBORRES": 40, "LBORRESU": 20, "LBORNRLO": 20, "LBORNRHI": 20, "LBSTRESC": 40, "LBSTRESU": 20,
    "LBNRIND": 20, "LBSPEC": 20, "LBBLFL": 1, "VISIT": 40, "LBDTC": 20,
}  # fmt: skip

TESTS = [
    ("ALT", "Alanine Aminotransferase", "CHEMISTRY", "U/L", "U/L"),
    ("ALB", "Albumin", "CHEMISTRY", "g/dL", "g/L"),
    ("BILI", "Bilirubin", "CHEMISTRY", "mg/dL", "umol/L"),
    ("SODIUM", "Sodium", "CHEMISTRY", "mmol/L", "mmol/L"),
    ("HGB", "Hemoglobin", "HEMATOLOGY", "g/dL", "g/L"),
    ("LYMLE", "Lymphocytes/Leukocytes", "HEMATOLOGY", "%", "%"),
    ("KETONES", "Ketones", "URINALYSIS", "mg/dL", "mmol/L"),
]
VISITS = ["SCREENING", *(f"CYCLE {number} DAY 1" for number in range(1, 9)), "UNSCHEDULED 3.1"]


def build_frame(records: int) -> pd.DataFrame:
    """Make records like those of LB, in the order of subjects, visits and tests."""
    rng = np.random.default_rng(20250307)
    record = np.arange(records)
    subject, visit = record // 200, record // 20 % len(VISITS)
    tests = np.array(TESTS, dtype="object")[record % len(TESTS)].T
    value = rng.lognormal(3, 1, records).round(2)
    value[rng.random(records) < 0.02] = np.nan
    low, high = rng.integers(1, 10, records), rng.integers(20, 500, records) / 10
    day = record % 20 + visit * 21 - 14
    date = np.datetime64("2025-01-06") + day + subject % 300
    time_of_day = np.char.add("T0", np.char.add((7 + record % 3).astype("str"), ":30"))
    result = pd.Series(value).astype("str")
    columns = {
        "STUDYID": "BIOTTT001",
        "DOMAIN": "LB",
        "USUBJID": [f"BIOTTT001-{number // 40:03d}-{number:05d}" for number in subject],
        "LBSEQ": record % 200 + 1.0,
        "LBTESTCD": tests[0],
        "LBTEST": tests[1],
        "LBCAT": tests[2],
        "LBORRES": result,
        "LBORRESU": tests[3],
        "LBORNRLO": low.astype("str"),
        "LBORNRHI": high.astype("str"),
        "LBSTRESC": result,
        "LBSTRESN": value,
        "LBSTRESU": tests[4],
        "LBSTNRLO": low.astype("float64"),
        "LBSTNRHI": high,
        "LBNRIND": np.select([value < low, value > high], ["LOW", "HIGH"], "NORMAL"),
        "LBSPEC": np.where(tests[2] == "URINALYSIS", "URINE", "BLOOD"),
        "LBBLFL": pd.Series("Y", index=record).where(visit == 1),
        "VISITNUM": visit + 1.0,
        "VISIT": np.array(VISITS)[visit],
        "LBDTC": np.char.add(date.astype("str"), time_of_day),
        "LBDY": day.astype("float64"),
    }
    return pd.DataFrame(columns, index=record).astype(dict.fromkeys(DECLARED, "str"))


def measure_lengths(frame: pd.DataFrame) -> dict[str, int]:
    """Take the length of the longest value of each Char variable."""
    texts = frame.select_dtypes("str")
    return {str(name): int(texts[name].str.len().max()) for name in texts}


def describe(frame: pd.DataFrame, lengths: Mapping[str, int], name: str = "LB") -> DatasetMetadata:
    """Describe a frame for the transport file."""
    variables = tuple(
        VariableMetadata(column, f"Label of {column}", "Char", lengths[column])
        if column in lengths
        else VariableMetadata(column, f"Label of {column}", "Num", 8, "float")
        for column in map(str, frame.columns)
    )
    return DatasetMetadata(name, f"Dataset {name}", variables, (), name, "FINDINGS", "")


def measure(records: int = RECORDS) -> dict[str, Any]:
    """Give seconds and ratios, in process for two layouts, and as whole processes."""
    frame = build_frame(records)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tight = _measure_here(folder, frame, measure_lengths(frame))
        declared = _measure_here(folder, frame, DECLARED)
        seconds = declared["seconds"] | _measure_pyreadstat(folder, frame)
        return {
            "records": records,
            "variables": frame.shape[1],
            "cores": os.cpu_count(),
            "lengths from the data": tight | {"ratios": _compare(tight["seconds"])},
            "lengths as declared": declared | {"seconds": seconds, "ratios": _compare(seconds)},
            "whole processes, lengths as declared": _measure_processes(folder, frame),
        }


def _measure_here(folder: Path, frame: pd.DataFrame, lengths: Mapping[str, int]) -> dict[str, Any]:
    path = folder / "ours.xpt"
    _write(path, frame, lengths)
    content = np.fromfile(path, dtype=np.uint8)
    methods = {
        "tofile": lambda: content.tofile(folder / "raw"),
        "write": lambda: _write(path, frame, lengths),
        "read": lambda: read_xpt(path),
    }
    record_bytes = read_xpt_header(path).record_length
    return {"record bytes": record_bytes, "seconds": take_turns(methods, RUNS)}


def _measure_pyreadstat(folder: Path, frame: pd.DataFrame) -> dict[str, Any]:
    objects = _as_objects(frame)
    methods = {
        PYREADSTAT_WRITE: lambda: _write_pyreadstat(folder, objects),
        PYREADSTAT_WRITE_STR: lambda: _write_pyreadstat(folder, frame),
        "pyreadstat read": lambda: _read_pyreadstat(folder),
    }
    return take_turns(methods, SLOW_RUNS)


def _measure_processes(folder: Path, frame: pd.DataFrame) -> dict[str, Any]:
    _write(folder / "ours.xpt", frame, DECLARED)
    np.save(folder / "bytes.npy", np.fromfile(folder / "ours.xpt", dtype=np.uint8))
    frame.to_feather(folder / "lb.feather", compression="uncompressed")
    tasks = {task: _start_process(task, folder) for task in TASKS}
    seconds = take_turns(tasks, SLOW_RUNS)
    return {"seconds": seconds, "ratios": _compare(seconds)}


def _write(path: Path, frame: pd.DataFrame, lengths: Mapping[str, int]) -> None:
    write_xpt(path, describe(frame, lengths), [frame], created=CREATED)


def _write_pyreadstat(folder: Path, frame: pd.DataFrame) -> None:
    import pyreadstat  # which the processes that write with our own do not load

    path = str(folder / "pyreadstat.xpt")
    pyreadstat.write_xport(frame, path, table_name="LB", file_format_version=5)


def _read_pyreadstat(folder: Path) -> None:
    import pyreadstat

    pyreadstat.read_xport(str(folder / "ours.xpt"))


def _as_objects(frame: pd.DataFrame) -> pd.DataFrame:
    """Give Char columns as Python objects, which pyreadstat writes faster than pandas's `str`."""
    return frame.astype(dict.fromkeys(DECLARED, "object"))


def take_turns(methods: Mapping[str, Callable[[], object]], runs: int) -> dict[str, Any]:
    """Run each method several times, one after the other, so that all meet the same conditions."""
    wall: dict[str, list[float]] = {name: [] for name in methods}
    cpu: dict[str, list[float]] = {name: [] for name in methods}
    for _ in range(runs):
        for name, method in methods.items():
            began, cpu_began = time.perf_counter(), sum(os.times()[:4])
            method()
            wall[name].append(time.perf_counter() - began)
            cpu[name].append(sum(os.times()[:4]) - cpu_began)
    return {
        name: {
            "min": round(min(wall[name]), 3),
            "median": round(median(wall[name]), 3),
            "min CPU": round(min(cpu[name]), 3),
            "median CPU": round(median(cpu[name]), 3),
        }
        for name in methods
    }


def _compare(seconds: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    pairs = {
        "write / tofile (target: 3 at most)": ("write", "tofile"),
        "pyreadstat write / write (target: 15 at least)": (PYREADSTAT_WRITE, "write"),
        "the same of str columns, as pandas has them": (PYREADSTAT_WRITE_STR, "write"),
        "pyreadstat read / read (target: 8 at least)": ("pyreadstat read", "read"),
    }
    return {
        label: {kind: round(seconds[one][kind] / seconds[other][kind], 2) for kind in KINDS}
        for label, (one, other) in pairs.items()
        if one in seconds
    }


TASKS: dict[str, Callable[[Path], object]] = {
    "tofile": lambda folder: np.load(folder / "bytes.npy").tofile(folder / "raw"),
    "write": lambda folder: _write(folder / "ours.xpt", _load(folder), DECLARED),
    "read": lambda folder: read_xpt(folder / "ours.xpt"),
    PYREADSTAT_WRITE: lambda folder: _write_pyreadstat(folder, _as_objects(_load(folder))),
    PYREADSTAT_WRITE_STR: lambda folder: _write_pyreadstat(folder, _load(folder)),
    "pyreadstat read": _read_pyreadstat,
}


def _load(folder: Path) -> pd.DataFrame:
    table = pyarrow.feather.read_table(folder / "lb.feather", memory_map=True)
    frame: pd.DataFrame = table.to_pandas()
    return frame


def _start_process(task: str, folder: Path) -> Callable[[], object]:
    command = [sys.executable, "-m", "benchmarks.xpt", "--task", task, "--folder", str(folder)]
    environment = build_environment(folder)
    return lambda: subprocess.run(command, check=True, env=environment)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=RECORDS)
    parser.add_argument("--task", choices=TASKS, help="do one thing, as a process of its own")
    parser.add_argument("--folder", type=Path, help="where the task's files are")
    arguments = parser.parse_args()
    if arguments.task:
        TASKS[arguments.task](arguments.folder)
    else:
        print(json.dumps(measure(arguments.records), indent=2))
