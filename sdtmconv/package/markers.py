"""What a build or a package says of itself, if it says all that is needed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sdtmconv.errors import DataError, Fault
from sdtmconv.folders import FolderKind, read_marker


def read_fields(
    folder: Path, kind: FolderKind, fields: Mapping[str, type], what: str, remedy: str
) -> dict[str, Any]:
    """Read the marker of a folder.

    Args:
        folder: The folder.
        kind: What it should be.
        fields: What its marker has to say, with the type of each; "created" has to be a time.
        what: The kind, in words for a message.
        remedy: What to do where it is something else.

    Raises:
        DataError: There is no such folder, or it is something else.
    """
    marker = read_marker(folder, kind)
    is_whole = all(isinstance(marker.get(key), type_) for key, type_ in fields.items())
    if not (is_whole and _is_time(marker["created"])):
        problem = f"is not {what}" if folder.is_dir() else "is not a folder"
        raise DataError(Fault(str(folder), problem, remedy))
    return marker


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
