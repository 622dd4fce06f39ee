"""Analysis datasets of the pilot: CPU seconds after imports, and at 100 times its subjects.

Run as `python -m benchmarks.adam`; the published SDTM is expected at ../shared. Each figure is that
of reading the specs and the SDTM that a dataset needs, computing it and validating it. ADAE and
ADTTE need ADSL, which the peers' templates find ready: `ADAE with ADSL` is the build of both,
`ADAE` what it takes beyond ADSL alone.
"""

import dataclasses
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

from sdtmconv.build import build_datasets
from sdtmconv.engine.forms import read_forms
from sdtmconv.engine.spool import Spool
from sdtmconv.metadata import DatasetMetadata
from sdtmconv.spec import load_study
from sdtmconv.transport import read_xpt, write_xpt

ROOT = Path(__file__).parents[1]
STUDY = ROOT / "specs" / "cdiscpilot01"
SDTM = ROOT.parent / "shared" / "data" / "pharmaverse" / "sdtm"
CREATED = datetime(2025, 1, 1)
RUNS = 7
TIMES = 100
NEEDED = ("ae", "dm", "ds", "ex")

# Builds ADAE in a process of its own and prints what that process used.
MEASURED = """
import json, resource, sys, time
from pathlib import Path
from benchmarks.adam import compute
started = time.process_time()
compute(["ADAE"], Path(sys.argv[1]))
used = time.process_time() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"CPU": round(used, 2), "peak MB": round(peak / 2**20)}))
"""


def measure() -> dict[str, Any]:
    """Give minimum and median CPU seconds per dataset, and those of ADAE replicated."""
    if not SDTM.is_dir():
        return {"skipped": "the published pilot SDTM is not at ../shared"}
    figures: dict[str, Any] = {}
    for names in (["ADSL"], ["ADSL", "ADAE"], ["ADSL", "ADAE", "ADTTE"]):
        compute(names, SDTM)
        figures[" with ".join(reversed(names))] = _repeat(names)
    alone = [figures[name]["min"] for name in figures]
    figures["ADAE"] = {"min": round(alone[1] - alone[0], 3), "target": 0.25}
    figures["ADTTE"] = {"min": round(alone[2] - alone[1], 3), "target": 0.15}
    figures["ADSL"]["target"] = 0.2
    with tempfile.TemporaryDirectory() as folder:
        records = replicate(Path(folder))
        command = [sys.executable, "-c", MEASURED, folder]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    figures[f"ADAE, {TIMES} times the subjects"] = {"events": records, **json.loads(done.stdout)}
    return figures


def compute(names: Sequence[str], sdtm: Path) -> None:
    """Read, compute and validate datasets; nothing is written."""
    study = load_study(STUDY, sdtm)
    with Spool() as spool:
        forms = read_forms(study, names, sdtm, spool)
        build_datasets(study, names, forms, spool)


def replicate(folder: Path) -> int:
    """Write the pilot's SDTM with its subjects many times over; give the number of events."""
    for name in NEEDED:
        dataset = read_xpt(SDTM / f"{name}.xpt", encoding="cp1252")
        frame = pd.concat([dataset.frame] * TIMES, ignore_index=True)
        copy = pd.Series(np.repeat(np.arange(TIMES), len(dataset.frame))).astype("str")
        frame["USUBJID"] = (frame["USUBJID"] + "-" + copy).astype("str")
        metadata = _widen(dataset.header.metadata)
        write_xpt(folder / f"{name}.xpt", metadata, [frame], created=CREATED)
    return len(read_xpt(folder / "ae.xpt").frame)


def _widen(metadata: DatasetMetadata) -> DatasetMetadata:
    """Make room for the longer USUBJID."""
    variables = tuple(
        dataclasses.replace(v, length=v.length + 4) if v.name == "USUBJID" else v
        for v in metadata.variables
    )
    return dataclasses.replace(metadata, variables=variables)


def _repeat(names: Sequence[str]) -> dict[str, float]:
    seconds = []
    for _ in range(RUNS):
        started = time.process_time()
        compute(names, SDTM)
        seconds.append(time.process_time() - started)
    return {"min": round(min(seconds), 3), "median": round(median(seconds), 3)}


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
