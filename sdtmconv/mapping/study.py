"""A study's own derivations."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from sdtmconv.errors import Fault, SpecError

MODULE = "sdtmconv_study_derivations"


def load_functions(path: Path | None) -> None:
    """Run a study's derivations.py, once per process, so that its keywords are registered.

    This executes the file: it is the one part of a spec that is code.

    Raises:
        SpecError: The file cannot be run.
    """
    if path is None or getattr(sys.modules.get(MODULE), "__file__", None) == str(path):
        return
    spec = importlib.util.spec_from_file_location(MODULE, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[MODULE] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        # Whatever a study's code raises is a fault of that file, not of ours.
        del sys.modules[MODULE]
        line = _line_in(error, path)
        raise SpecError(
            Fault(
                f"{path}:{line}",
                f"stops with {type(error).__name__}: {error}",
                "mend the function; docs/spec-language.md shows how one is written",
            )
        ) from None


def _line_in(error: BaseException, path: Path) -> int:
    if isinstance(error, SyntaxError):
        return error.lineno or 1
    line, step = 1, error.__traceback__
    while step:
        if step.tb_frame.f_code.co_filename == str(path):
            line = step.tb_lineno
        step = step.tb_next
    return line
