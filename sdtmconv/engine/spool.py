"""Frames that wait: in memory while they are few, on disk when they are many."""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import TracebackType

import pandas as pd

MEMORY = 64 * 2**20

Key = tuple[str | int, ...]


class Spool:
    """Keeps frames by key until they are taken; what exceeds the memory allowed goes to disk.

    Args:
        memory: Bytes of frames that may stay in memory.
    """

    def __init__(self, memory: int = MEMORY) -> None:
        self._free = memory
        self._held: dict[Key, pd.DataFrame] = {}
        self._files: dict[Key, Path] = {}
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._folder:
            self._folder.cleanup()

    def put(self, key: Key, frame: pd.DataFrame) -> None:
        """Keep a frame."""
        size = int(frame.memory_usage(index=False).sum())
        if size <= self._free:
            self._free -= size
            self._held[key] = frame
            return
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="sdtmconv-")
        path = Path(self._folder.name) / f"{len(self._files)}-{'-'.join(map(str, key))}.feather"
        frame.to_feather(path, compression="lz4")
        self._files[key] = path

    def take(self, key: Key) -> pd.DataFrame:
        """Give a frame back and forget it."""
        if key in self._held:
            frame = self._held.pop(key)
            self._free += int(frame.memory_usage(index=False).sum())
            return frame
        path = self._files.pop(key)
        frame = pd.read_feather(path)
        path.unlink()
        return frame
