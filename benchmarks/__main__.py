"""Run all benchmarks and print one JSON object: `python -m benchmarks`."""

import json

from benchmarks import pilot, xpt

print(json.dumps({"pilot": pilot.measure(), "xpt": xpt.measure()}, indent=2))
