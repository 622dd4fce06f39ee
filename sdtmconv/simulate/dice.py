"""Chance that falls the same way on every machine.

Only PCG64's raw bits are used, whose stream numpy keeps stable for good, and only integers are
made of them: no logarithm, no floating point, so no last digit that a processor could change.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Shape = int | tuple[int, ...]


class Dice:
    """A stream of chance of its own for one topic and one group of subjects.

    Args:
        seed: The user's seed, 0 or more.
        topic: What is decided ("tumours"); topics do not disturb each other.
        first: Number of the group's first subject.

    >>> Dice(1, "demo", 1).below(4, 6).tolist()
    [2, 1, 1, 0]
    """

    def __init__(self, seed: int, topic: str, first: int) -> None:
        entropy = [seed, zlib.crc32(topic.encode("ascii")), first]
        self._bits = np.random.PCG64(np.random.SeedSequence(entropy))

    def below(self, shape: Shape, limit: int | Ints) -> Ints:
        """Throw whole numbers from 0 up to, not including, `limit` (at most 2**31)."""
        raw = self._bits.random_raw(int(np.prod(shape))) >> np.uint64(32)
        scaled = raw.reshape(shape) * np.asarray(limit, dtype=np.uint64)
        return (scaled >> np.uint64(32)).astype(np.int64)

    def between(self, shape: Shape, low: int, high: int) -> Ints:
        """Throw whole numbers from `low` to `high`, both included."""
        return low + self.below(shape, high - low + 1)

    def chance(self, shape: Shape, per_mille: int | Ints) -> Bools:
        """Throw True with the given chance in a thousand."""
        return self.below(shape, 1000) < per_mille

    def pick(self, shape: Shape, weights: Sequence[int]) -> Ints:
        """Throw positions in `weights`, each as often as its weight says."""
        thrown = self.below(shape, sum(weights))
        return np.searchsorted(np.cumsum(weights), thrown, side="right").astype(np.int64)

    def quantiles(self, shape: Shape, points: Sequence[int]) -> Ints:
        """Throw whole numbers whose evenly spaced quantiles are `points` (minimum to maximum)."""
        edges = np.asarray(points, dtype=np.int64)
        thrown = self.below(shape, (len(points) - 1) << 16)
        segment = thrown >> 16
        width = edges[segment + 1] - edges[segment]
        return np.asarray(edges[segment] + (((thrown & 0xFFFF) * width) >> 16))

    def levels(self, subjects: int, quantiles: Sequence[Sequence[int]]) -> Ints:
        """Throw each subject's own level of several things, (subject, thing)."""
        return np.stack([self.quantiles(subjects, points) for points in quantiles], axis=1)
