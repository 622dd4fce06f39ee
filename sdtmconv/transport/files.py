"""Open files for reading, and write them whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from sdtmconv.errors import DataError, Fault, TransportError

PARTS = "split"
"""The folder for the parts of a large file, which lies beside it."""


def find_xpt_files(folder: Path) -> list[Path]:
    """Find the transport files in a folder and its subfolders, but for parts of a larger one.

    Raises:
        DataError: There is no such folder, or no transport file in it.
    """
    if not folder.is_dir():
        raise DataError(Fault(str(folder), "is not a folder", "name a folder with XPT files"))
    found = (path for path in folder.rglob("*") if path.suffix.lower() == ".xpt")
    files = [path for path in found if path.relative_to(folder).parent.name != PARTS]
    if not files:
        remedy = "name a build's output, or another folder with XPT files"
        raise DataError(Fault(str(folder), "holds no XPT file", remedy))
    return sorted(files)


@contextmanager
def open_reading(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading.

    Raises:
        TransportError: It is missing, is no file, may not be read, or fails while it is read.
    """
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        problem = f"cannot be read: {error.strerror or error}"
        remedy = "check that it is there, is a file and may be read"
        raise TransportError(Fault(str(path), problem, remedy)) from None


@contextmanager
def open_replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a sibling of `path` for writing, and move it into place when the block ends well.

    If the block fails, the sibling is removed and a file that was at `path` stays as it was.

    Raises:
        TransportError: The folder is missing or cannot be written to, or the disk is full.
    """
    sibling = path.parent / f".{path.name}.{uuid4().hex}"
    try:
        with open(sibling, "xb") as file:
            yield file
        os.replace(sibling, path)
    except OSError as error:
        problem = f"cannot be written: {error.strerror or error}"
        remedy = "check that the folder exists, is writable and has room"
        raise TransportError(Fault(str(path), problem, remedy)) from error
    finally:
        sibling.unlink(missing_ok=True)


def append(file: BinaryIO, data: memoryview) -> None:
    """Write at the end of a file that is new.

    Room is reserved first: Linux file systems otherwise look for room when the file replaces
    another one, and write all of it to the disk then, which takes twice as long as all the rest.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.posix_fallocate(file.fileno(), file.tell(), data.nbytes)
    file.write(data)
