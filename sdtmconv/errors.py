"""The faults a user can meet: each says the place, the problem and the remedy.

Code that finds faults collects them and raises once, so that a user mends them all in one go.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong.

    Args:
        place: Where: file and line of a spec, file and record of data, dataset and variable.
        problem: What is wrong there.
        remedy: What the user can do about it.
    """

    place: str
    problem: str
    remedy: str

    def __post_init__(self) -> None:
        # Names and values from files may hold line ends and what steers a terminal.
        for name, text in vars(self).items():
            plain = "".join(c if c.isprintable() else " " for c in text)
            object.__setattr__(self, name, plain)

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}; {self.remedy}"


class SdtmconvError(Exception):
    """Faults that stop the work; `exit_code` is what the command line returns for them."""

    exit_code = 3

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))

    def __reduce__(self) -> tuple[type[SdtmconvError], tuple[Fault, ...]]:
        return type(self), self.faults


class SpecError(SdtmconvError):
    """A study's specs cannot be compiled."""

    exit_code = 2


class DataError(SdtmconvError):
    """Raw records, or the values made of them, break a rule that a build cannot pass over."""


class TransportError(SdtmconvError):
    """A dataset cannot be written to, or read from, a transport file exactly."""


class StandardsError(SdtmconvError):
    """A standard or a terminology file is unknown or unreadable."""


def raise_faults(kind: type[SdtmconvError], faults: Iterable[Fault]) -> None:
    """Raise `kind` with all of `faults` in reading order; do nothing when there are none."""
    unique = list(dict.fromkeys(faults))
    if unique:
        raise kind(*unique)


@contextmanager
def gather_faults(kind: type[SdtmconvError], faults: list[Fault]) -> Iterator[None]:
    """Keep the faults of one step, so that they are raised together with those of the next."""
    try:
        yield
    except kind as error:
        faults.extend(error.faults)


VERY_NEAR = 0.9


def near_matches(word: str, candidates: Iterable[str]) -> list[str]:
    """Find the name that is very near to a mistyped or shortened one, or up to three others.

    >>> near_matches("Black", ["WHITE", "BLACK OR AFRICAN AMERICAN"])
    ['BLACK OR AFRICAN AMERICAN']
    >>> near_matches("asign", ["assign", "age"])
    ['assign']
    """
    by_upper: dict[str, list[str]] = {}
    for candidate in sorted(dict.fromkeys(candidates), key=lambda c: c.isupper() != word.isupper()):
        by_upper.setdefault(candidate.upper(), []).append(candidate)
    near = difflib.get_close_matches(word.upper(), by_upper, n=1, cutoff=VERY_NEAR)
    near = near or difflib.get_close_matches(word.upper(), by_upper, n=3, cutoff=0.5)
    longer = [name for name in by_upper if len(word) > 2 and name.startswith(word.upper())]
    return [name for upper in dict.fromkeys([*near, *longer]) for name in by_upper[upper]][:3]


def suggest(word: str, candidates: Iterable[str], otherwise: str) -> str:
    """Word a remedy from the names nearest to a mistyped one.

    >>> suggest("YN", ["NY", "SEX"], "see codelists.yaml")
    "did you mean 'NY'?"
    >>> suggest("QQ", ["NY", "SEX"], "see codelists.yaml")
    'see codelists.yaml'
    """
    names = " or ".join(repr(name) for name in near_matches(word, candidates))
    return f"did you mean {names}?" if names else otherwise
