"""A study's own derivations: the one part of a spec that is code."""

from __future__ import annotations

import dataclasses
import functools
import sys
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import numpy as np
import pandas as pd

from sdtmconv.errors import Fault, SpecError
from sdtmconv.mapping.registry import REGISTRY, RejectedValuesError
from sdtmconv.mapping.values import is_text

MODULE = "sdtmconv_study_derivations"
REMEDY = "mend the function; docs/spec-language.md shows how one is written"


def load_functions(path: Path | None) -> None:
    """Run a study's derivations.py, so that its keywords are registered, and no other study's.

    This executes the file. A file that has not changed since it was run is not run again.

    Args:
        path: The file; None for a study without.

    Raises:
        SpecError: The file cannot be run.
    """
    loaded = sys.modules.get(MODULE)
    source = _read_bytes(path) if path else b""
    if loaded and loaded.__dict__["loaded_from"] == (path, source):
        return
    sys.modules.pop(MODULE, None)
    REGISTRY.forget(MODULE)
    if path:
        _run(path, source)


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        fault = Fault(str(path), f"cannot be read ({error.strerror})", "check its permissions")
        raise SpecError(fault) from None


def _run(path: Path, source: bytes) -> None:
    module = ModuleType(MODULE)
    module.__dict__.update({"__file__": str(path), "loaded_from": (path, source)})
    sys.modules[MODULE] = module
    try:
        _Loader(MODULE, str(path)).exec_module(module)
    except (Exception, SystemExit) as error:
        # Whatever a study's code raises is a fault of that file, not of ours.
        del sys.modules[MODULE]
        REGISTRY.forget(MODULE)
        place = f"{path}:{_line_in(error, path)}"
        raise SpecError(Fault(place, f"stops with {_word(error)}", REMEDY)) from None
    for derivation in REGISTRY.of_module(MODULE):
        guarded = _guard(derivation.function, path)
        REGISTRY.replace(dataclasses.replace(derivation, function=guarded))


class _Loader(SourceFileLoader):
    """Compile the source each time: a spec folder is no place for __pycache__."""

    def get_code(self, fullname: str) -> CodeType:
        return self.source_to_code(self.get_data(self.path), self.path)


def _guard(function: Callable[..., Any], path: Path) -> Callable[..., pd.Series]:
    """Turn what a study's function does wrong into a fault that names its line."""

    @functools.wraps(function)
    def run(**given: Any) -> pd.Series:
        try:
            return _conform(function(**given))
        except RejectedValuesError:
            raise
        except Exception as error:
            # As above: a study's code may raise anything.
            place = f"{path.name}:{_line_in(error, path)}"
            problem = f"{place} stops with {_word(error)}"
            raise RejectedValuesError(np.empty(0, dtype="int64"), problem, REMEDY) from None

    return run


def _conform(values: Any) -> pd.Series:
    """Give a column as others are: text without "" or float64, numbered from 0."""
    if not isinstance(values, pd.Series):
        raise TypeError(f"it gives {type(values).__name__}, and not a Series")
    column: pd.Series = values.reset_index(drop=True)
    if not is_text(column):
        return column.astype("float64")
    text = column.astype("str")
    return pd.Series(text.where(text != ""))


def _word(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())


def _line_in(error: BaseException, path: Path) -> int:
    if isinstance(error, SyntaxError):
        return error.lineno or 1
    line, step = 1, error.__traceback__
    while step:
        if step.tb_frame.f_code.co_filename == str(path):
            line = step.tb_lineno
        step = step.tb_next
    return line
