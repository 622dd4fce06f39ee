"""What is read from Arrow texts, as numpy arrays."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sdtmconv.distinct import Mask

Numbers = npt.NDArray[np.float64]
Moments = npt.NDArray[np.datetime64]


def to_mask(answers: pa.Array) -> Mask:
    """Give answers as a mask; one that is not known is no."""
    return np.asarray(pc.fill_null(answers, False).to_numpy(zero_copy_only=False))


def extract(texts: pa.Array, pattern: str) -> dict[str, pa.Array]:
    """Read the named groups of an RE2 pattern, null where a text does not match."""
    groups = pc.extract_regex(texts, pattern)
    return {field.name: pc.struct_field(groups, field.name) for field in groups.type}


def to_numbers(digits: pa.Array) -> Numbers:
    """Read digits as numbers, NaN where there are none."""
    known = pc.if_else(pc.equal(digits, ""), None, digits)
    return np.asarray(pc.cast(known, pa.float64()).to_numpy(zero_copy_only=False))
