"""Output folders that are replaced as a whole: a killed run leaves the previous result."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from sdtmconv import __version__
from sdtmconv.errors import DataError, Fault
from sdtmconv.metadata import Standard

if sys.platform != "win32":
    import fcntl

MARKER = "build.json"
SPECS = "specs"
"""Where a build keeps a copy of its specs."""

FOLDERS: dict[Standard, Path] = {
    "SDTMIG": Path("tabulations/sdtm"),
    "ADAMIG": Path("analysis/adam/datasets"),
}
"""Where a build writes the datasets of each standard."""

SHOWN_FILES = 3


@dataclass(frozen=True)
class FolderKind:
    """A kind of output folder.

    Args:
        marker: The file that lists what belongs to the folder, with each file's SHA-256.
        option: The option of the command line that names the folder.
    """

    marker: str
    option: str


BUILD = FolderKind(MARKER, "--out")
PACKAGE = FolderKind("manifest.json", "--to")


@contextmanager
def replace_folder(
    target: Path, marker: Mapping[str, object], kind: FolderKind = BUILD
) -> Iterator[Path]:
    """Give a new, empty folder that takes the target's place when the block ends well.

    Args:
        target: The output folder; what stands there must be an earlier run's, or empty.
        marker: Written as the kind's marker with the names and digests of all other files, by which
            a later run knows what it may replace.
        kind: What the folder is.

    Yields:
        The folder to write to, beside the target.

    Raises:
        DataError: The target holds something else, or cannot be written.
    """
    real = target.resolve()
    if not real.name:
        raise DataError(
            Fault(str(target), "is the root of the disk", f"name a folder with {kind.option}")
        )
    fresh, previous = (real.with_name(f".{real.name}.{end}") for end in ("new", "previous"))
    try:
        real.parent.mkdir(parents=True, exist_ok=True)
        with _only_writer(real.parent), _tidied(real, fresh, previous):
            refuse_strangers(target, kind)
            fresh.mkdir()
            yield fresh
            _write_marker(fresh / kind.marker, marker)
            if real.exists():
                os.replace(real, previous)
            os.replace(fresh, real)
    except OSError as error:
        problem = f"cannot be written ({error.strerror or error})"
        remedy = "check the rights and the free space"
        raise DataError(Fault(str(target), problem, remedy)) from None


def refuse_strangers(target: Path, kind: FolderKind = BUILD) -> None:
    """Make sure that a folder holds nothing but what an earlier run wrote there.

    Raises:
        DataError: It is a file, or has files that are not an earlier run's.
    """
    if target.exists() and not target.is_dir():
        raise DataError(Fault(str(target), "is a file", f"name a folder with {kind.option}"))
    strangers = list(islice(_find_strangers(target, kind), SHOWN_FILES + 1))
    if strangers:
        shown = ", ".join(strangers[:SHOWN_FILES])
        shown += ", ..." if len(strangers) > SHOWN_FILES else ""
        problem = f"holds files that no build of this program made: {shown}"
        remedy = f"name another folder with {kind.option}, or move them away"
        raise DataError(Fault(str(target), problem, remedy))


def list_files(folder: Path) -> dict[str, Path]:
    """Find all files of a folder, links among them, but for what desktops leave (.DS_Store).

    Returns:
        Path below the folder, with slashes, to path; sorted.
    """
    return dict(sorted(_walk_files(folder)))


def _walk_files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in folder.rglob("*"):
        is_file = path.is_symlink() or not path.is_dir()
        if is_file and not path.name.startswith("."):
            yield path.relative_to(folder).as_posix(), path


def hash_file(path: Path) -> str:
    """Compute the SHA-256 of a file, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy_files(files: Mapping[str, Path], folder: Path) -> None:
    """Copy the content of files to a folder, each under its name there, with slashes."""
    for name, path in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / name)


def read_marker(folder: Path, kind: FolderKind = BUILD) -> dict[str, Any]:
    """Read what a run wrote about a folder; empty where no run's marker is.

    Returns:
        The marker; its "files" are digests by name.
    """
    try:
        content = json.loads((folder / kind.marker).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    files = content.get("files") if isinstance(content, dict) and "sdtmconv" in content else None
    if isinstance(files, list):  # early markers name the files and have no digests
        return {**content, "files": dict.fromkeys(map(str, files), "")}
    return content if isinstance(files, dict) else {}


def _find_strangers(folder: Path, kind: FolderKind) -> Iterator[str]:
    marker = read_marker(folder, kind)
    made: Collection[str] = {*marker["files"], kind.marker} if marker else ()
    return (name for name, _ in _walk_files(folder) if name not in made)


def _write_marker(path: Path, marker: Mapping[str, object]) -> None:
    files = {name: hash_file(file) for name, file in list_files(path.parent).items()}
    document = {"sdtmconv": __version__, **marker, "files": files}
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8")


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
