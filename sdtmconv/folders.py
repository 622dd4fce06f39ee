"""Output folders that are replaced as a whole: a killed run leaves the previous result."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path

from sdtmconv import __version__
from sdtmconv.errors import DataError, Fault

if sys.platform != "win32":
    import fcntl

MARKER = "build.json"
SHOWN_FILES = 3


@contextmanager
def replace_folder(target: Path, marker: Mapping[str, object]) -> Iterator[Path]:
    """Give a new, empty folder that takes the target's place when the block ends well.

    Args:
        target: The output folder; what stands there must be an earlier build's, or empty.
        marker: Written as build.json with the names of all files, by which a later run knows what
            it may replace.

    Yields:
        The folder to write to, beside the target.

    Raises:
        DataError: The target holds something else, or cannot be written.
    """
    real = target.resolve()
    if not real.name:
        raise DataError(Fault(str(target), "is the root of the disk", "name a folder with --out"))
    fresh, previous = (real.with_name(f".{real.name}.{end}") for end in ("new", "previous"))
    try:
        real.parent.mkdir(parents=True, exist_ok=True)
        with _only_writer(real.parent), _tidied(real, fresh, previous):
            refuse_strangers(target)
            fresh.mkdir()
            yield fresh
            _write_marker(fresh, marker)
            if real.exists():
                os.replace(real, previous)
            os.replace(fresh, real)
    except OSError as error:
        problem = f"cannot be written ({error.strerror or error})"
        remedy = "check the rights and the free space"
        raise DataError(Fault(str(target), problem, remedy)) from None


def refuse_strangers(target: Path) -> None:
    """Make sure that a folder holds nothing but what an earlier build wrote there.

    Raises:
        DataError: It is a file, or has files that are not an earlier build's.
    """
    if target.exists() and not target.is_dir():
        raise DataError(Fault(str(target), "is a file", "name a folder with --out"))
    strangers = list(islice(_find_strangers(target), SHOWN_FILES + 1))
    if strangers:
        shown = ", ".join(strangers[:SHOWN_FILES])
        shown += ", ..." if len(strangers) > SHOWN_FILES else ""
        problem = f"holds files that no build of this program made: {shown}"
        remedy = "name another folder with --out, or move them away"
        raise DataError(Fault(str(target), problem, remedy))


def _find_strangers(folder: Path) -> Iterator[str]:
    made = _read_marker(folder)
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        is_file = path.is_symlink() or not path.is_dir()
        # Desktops leave files such as .DS_Store wherever they look.
        if is_file and name not in made and not path.name.startswith("."):
            yield name


def _write_marker(folder: Path, marker: Mapping[str, object]) -> None:
    paths = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    files = sorted(path.as_posix() for path in [*paths, Path(MARKER)])
    document = {"sdtmconv": __version__, **marker, "files": files}
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    (folder / MARKER).write_text(text, encoding="utf-8")


def _read_marker(folder: Path) -> Collection[str]:
    """Name the files that an earlier build wrote; none where no build's marker is."""
    try:
        content = json.loads((folder / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return ()
    files = content.get("files") if isinstance(content, dict) and "sdtmconv" in content else None
    return [str(file) for file in files] if isinstance(files, list) else ()


@contextmanager
def _tidied(target: Path, fresh: Path, previous: Path) -> Iterator[None]:
    """Before and after a run, put back a result that was set aside, and leave nothing else."""
    _tidy(target, fresh, previous)
    try:
        yield
    finally:
        _tidy(target, fresh, previous)


def _tidy(target: Path, fresh: Path, previous: Path) -> None:
    if previous.is_dir() and not target.exists():
        os.replace(previous, target)
    shutil.rmtree(previous, ignore_errors=True)
    shutil.rmtree(fresh, ignore_errors=True)


@contextmanager
def _only_writer(folder: Path) -> Iterator[None]:
    """Wait until no other build writes in a folder; a lock ends with its process at the latest."""
    if sys.platform == "win32":
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # a network disk may have no locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
