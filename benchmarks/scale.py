"""The reference study at growing size: CPU seconds and peak memory of a whole build.

Run as `python -m benchmarks.scale [SUBJECTS ...]`; 30, 300, 3000 and 20000 unless stated.
"""

import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from sdtmconv.simulate import simulate

ROOT = Path(__file__).parents[1]
STUDY = ROOT / "specs" / "biottt001"
SIZES = (30, 300, 3_000, 20_000)
SEED = 79

# Runs the command line in a process of its own and prints what that process used.
MEASURED = """
import json, resource, sys
from sdtmconv.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    code = end.code or 0
used = resource.getrusage(resource.RUSAGE_SELF)
figures = {"cpu": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss * 1024, "code": code}
print(json.dumps(figures), file=sys.stderr)
"""


def measure(sizes: tuple[int, ...] = SIZES) -> dict[str, Any]:
    """Give CPU seconds, peak memory in MB, and the exponent of CPU time between sizes."""
    figures: dict[str, Any] = {}
    previous: tuple[int, float] | None = None
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            raw = Path(folder) / "raw"
            simulate(size, SEED, raw)
            used = _build(raw, Path(folder) / "out")
        entry = {"cpu": round(used["cpu"], 2), "peak MB": round(used["memory"] / 2**20)}
        if previous:
            growth = math.log(used["cpu"] / previous[1]) / math.log(size / previous[0])
            entry["exponent"] = round(growth, 2)
        figures[str(size)] = entry
        previous = (size, used["cpu"])
    return figures


def _build(raw: Path, out: Path) -> dict[str, Any]:
    arguments = ["build", str(STUDY), "--raw", str(raw), "--out", str(out), "--json"]
    command = [sys.executable, "-c", MEASURED, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    used: dict[str, Any] = json.loads(done.stderr.splitlines()[-1])
    if used["code"] > 1:
        raise SystemExit(done.stdout)
    return used


if __name__ == "__main__":
    print(json.dumps(measure(tuple(map(int, sys.argv[1:])) or SIZES), indent=2))
