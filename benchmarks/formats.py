"""Measure Dataset-JSON and Parquet against XPT; print JSON.

Run as `python -m benchmarks.formats`. The data are like LB: 1,000,000 records of 23 variables.
Files are read in blocks; all formats are measured in one run.
"""

import argparse
import json
import os
import tempfile
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.xpt import CREATED, RECORDS, build_frame, describe, measure_lengths, take_turns
from sdtmconv.convert import FORMATS, Source, open_source, write_source

RUNS = 2
BLOCK_RECORDS = 100_000


def measure(records: int = RECORDS) -> dict[str, Any]:
    """Give seconds and megabytes, by format."""
    frame = build_frame(records)
    metadata = describe(frame, measure_lengths(frame))
    blocks = [
        frame.iloc[start : start + BLOCK_RECORDS] for start in range(0, records, BLOCK_RECORDS)
    ]
    source = Source(metadata, CREATED, records, lambda: iter(blocks))
    with tempfile.TemporaryDirectory() as name:
        paths = {format_: Path(name) / f"lb.{format_}" for format_ in FORMATS}
        methods: dict[str, Callable[[], object]] = {}
        for format_, path in paths.items():
            methods[f"{format_} write"] = partial(write_source, source, path)
            methods[f"{format_} read"] = partial(_read, path)
        seconds = take_turns(methods, RUNS)
        sizes = {format_: round(path.stat().st_size / 1e6) for format_, path in paths.items()}
    return {"records": records, "cores": os.cpu_count(), "megabytes": sizes, "seconds": seconds}


def _read(path: Path) -> None:
    deque(open_source(path).frames(), maxlen=0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=RECORDS)
    print(json.dumps(measure(parser.parse_args().records), indent=2))
