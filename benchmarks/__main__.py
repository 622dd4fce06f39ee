"""Run all benchmarks and print one JSON object: `python -m benchmarks`."""

import json

from benchmarks import adam, define, formats, pilot, validate, xpt

figures = {
    "pilot": pilot.measure(),
    "adam": adam.measure(),
    "define": define.measure(),
    "xpt": xpt.measure(),
    "formats": formats.measure(),
    "validate": validate.measure(),
}
print(json.dumps(figures, indent=2))
