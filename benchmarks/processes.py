"""Run the command line as users run it: with Python's bytecode kept from the run before."""

from __future__ import annotations

import os
from pathlib import Path


def build_environment(folder: Path) -> dict[str, str]:
    """Give the environment of a process that keeps bytecode in a folder of its own.

    Some machines switch bytecode off; a command's first run then takes as long as every other.
    """
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
