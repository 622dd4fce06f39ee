"""Output folders that are replaced as a whole: a killed run leaves the previous result."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sdtmconv.errors import DataError, Fault

MARKER = "build.json"


@contextmanager
def replace_folder(target: Path, marker: Mapping[str, object]) -> Iterator[Path]:
    """Give a new, empty folder that takes the target's place when the block ends well.

    Args:
        target: The output folder; what stands there must be an earlier build's, or empty.
        marker: Written as build.json, by which a later run knows the folder as its own.

    Yields:
        The folder to write to, beside the target.

    Raises:
        DataError: The target holds something else, or cannot be written.
    """
    fresh, previous = (target.with_name(f".{target.name}.{end}") for end in ("new", "previous"))
    _restore(target, previous)
    _refuse_strangers(target)
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
    except OSError as error:
        raise DataError(_unwritable(target, error)) from None
    try:
        yield fresh
        text = json.dumps(marker, indent=2, ensure_ascii=False) + "\n"
        (fresh / MARKER).write_text(text, encoding="utf-8")
        if target.exists():
            os.replace(target, previous)
        os.replace(fresh, target)
    except OSError as error:
        _restore(target, previous)
        raise DataError(_unwritable(target, error)) from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    shutil.rmtree(previous, ignore_errors=True)


def _restore(target: Path, previous: Path) -> None:
    """Put back what a run that was killed between two renames had set aside."""
    if previous.is_dir() and not target.exists():
        os.replace(previous, target)
    shutil.rmtree(previous, ignore_errors=True)


def _refuse_strangers(target: Path) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise DataError(Fault(str(target), "is a file", "name a folder with --out"))
    if any(target.iterdir()) and not (target / MARKER).is_file():
        raise DataError(
            Fault(
                str(target),
                f"holds files that no build of this program made (it has no {MARKER})",
                "name another folder with --out, or empty this one",
            )
        )


def _unwritable(target: Path, error: OSError) -> Fault:
    return Fault(
        str(target), f"cannot be written ({error.strerror})", "check the rights and the free space"
    )
