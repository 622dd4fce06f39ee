"""Blocks that wait for the last of them."""

from __future__ import annotations

import pyarrow as pa
import pytest

from sdtmconv.raw.backlog import Backlog

BATCHES = [
    pa.RecordBatch.from_arrays([pa.array(["x", None], pa.large_string())], names=["A"]),
    pa.RecordBatch.from_arrays([pa.array([], pa.large_string())] * 2, names=["A", "A"]),
    pa.RecordBatch.from_arrays([pa.array(["y"] * 9, pa.large_string())], names=["B"]),
]


@pytest.mark.parametrize("memory", [1, 1_000, 1_000_000])
def test_batches_come_back_in_order(memory: int) -> None:
    """Each with its own columns, from memory or from disk."""
    with Backlog(memory) as backlog:
        for batch in BATCHES:
            backlog.add(batch)
        taken = list(backlog.take_all())
    assert all(given.equals(back) for given, back in zip(BATCHES, taken, strict=True))
