"""What a comparison shall look at, and when it takes two values as equal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from sdtmconv.errors import Fault, SpecError, raise_faults, suggest

ATTRIBUTES = ("name", "type", "length", "label", "format", "informat", "order", "sort")


@dataclass(frozen=True)
class Settings:
    """What is compared, and how.

    Args:
        keys: By dataset, or "" for all others: the variables that identify a record.
        absolute: Numbers are equal that lie no farther apart than this.
        relative: Numbers are equal that lie no farther apart than this part of the larger one.
        ignore: Attributes that may differ, of `ATTRIBUTES`.
        without: Variables that are not compared.
        only: Datasets that are compared; empty for all.
        encoding: Of transport files.
    """

    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    absolute: float = 0.0
    relative: float = 0.0
    ignore: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    encoding: str = "ascii"

    def __post_init__(self) -> None:
        faults = [
            Fault(f"--ignore {name}", "is no attribute", suggest(name, ATTRIBUTES, _KNOWN))
            for name in self.ignore
            if name not in ATTRIBUTES
        ]
        faults += [
            Fault(f"--{name} {number}", "is no tolerance", "give a number from 0 on, such as 1e-9")
            for name, number in (("absolute", self.absolute), ("relative", self.relative))
            if not (math.isfinite(number) and number >= 0)
        ]
        raise_faults(SpecError, faults)


_KNOWN = f"name some of {', '.join(ATTRIBUTES)}"


def parse_keys(texts: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Read the keys that a command line gives.

    Args:
        texts: Each as AE=USUBJID,AESEQ for one dataset, or USUBJID,AESEQ for all others.

    Raises:
        SpecError: One names no variable.

    >>> parse_keys(("AE=USUBJID, aeterm", "USUBJID"))
    {'AE': ('USUBJID', 'AETERM'), '': ('USUBJID',)}
    """
    keys = {}
    for text in texts:
        dataset, _, names = text.rpartition("=")
        chosen = tuple(name.strip().upper() for name in names.split(",") if name.strip())
        if not chosen:
            remedy = "write --keys AE=USUBJID,AESEQ"
            raise SpecError(Fault(f"--keys {text}", "names no variable", remedy))
        keys[dataset.strip().upper()] = chosen
    return keys
