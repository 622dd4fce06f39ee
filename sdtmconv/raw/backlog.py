"""Blocks of a form that wait until the last of them has told which columns there are."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import pyarrow as pa


class Backlog:
    """Takes Arrow batches one by one, each with columns of its own, and gives them back in order.

    Args:
        memory: Bytes that may stay in memory; more than that goes to disk.
    """

    def __init__(self, memory: int) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=memory)  # noqa: SIM115
        self._count = 0

    def __enter__(self) -> Backlog:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(self, batch: Any) -> None:
        """Put a batch behind the others."""
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        with pa.ipc.new_stream(self._file, batch.schema, options=options) as writer:
            writer.write_batch(batch)
        self._count += 1

    def take_all(self) -> Iterator[Any]:
        """Give all batches, one at a time, after which nothing may be added."""
        self._file.seek(0)
        for _ in range(self._count):
            with pa.ipc.open_stream(self._file) as reader:
                (batch,) = reader
            yield batch
