"""Laboratory criteria of the Common Terminology Criteria for Adverse Events (CTCAE) 5.0.

`data/ctcae-5.0.csv` holds what CTCAE v5.0 (National Cancer Institute, 27 November 2017) says of
laboratory results in numbers. What a grade asks for besides a number, such as symptoms, is named in
the table and taken as given, so that of the grades it leaves open the highest is meant. A grade
without a number, such as life-threatening consequences, is not in the table.
"""

from __future__ import annotations

import csv
import functools
import re
from dataclasses import dataclass
from typing import Literal, cast

from sdtmconv.standards.storage import PACKAGED

Direction = Literal["low", "high"]
Comparator = Literal["<", "<=", ">", ">="]

_GRADES = (1, 2, 3, 4)
_LIMIT = re.compile(
    r"(?P<comparator>[<>]=?) ?(?P<number>\d+(?:\.\d+)?)? ?(?P<reference>LLN|ULN|BASE)?"
    r"(?: \+ (?P<above>\d+))?"
)


@dataclass(frozen=True)
class Limit:
    """A comparison of a result with a limit: factor x reference + above.

    Args:
        comparator: How the result compares with the limit.
        reference: LLN, ULN or BASE; empty for a limit that is a number alone.
        factor: What the reference is multiplied by.
        above: What is added, in the criterion's unit; the limit itself where there is no reference.
    """

    comparator: Comparator
    reference: str
    factor: float
    above: float


Alternatives = tuple[tuple[Limit, ...], ...]


@dataclass(frozen=True)
class Criterion:
    """How CTCAE grades a laboratory test in one direction.

    Args:
        term: CTCAE's term.
        tests: CDISC test codes (LBTESTCD) that it is for.
        direction: The side of the normal range.
        unit: The unit of its numbers; empty where it has none but multiples and ratios.
        baseline: normal or abnormal where it depends on the baseline, else empty.
        grades: Grade to the alternatives, each of comparisons that all hold; ascending.
    """

    term: str
    tests: tuple[str, ...]
    direction: Direction
    unit: str
    baseline: str
    grades: dict[int, Alternatives]


@functools.cache
def load_ctcae() -> tuple[Criterion, ...]:
    """Read the laboratory criteria of CTCAE 5.0.

    >>> anemia = load_ctcae()[0]
    >>> anemia.term, anemia.tests, anemia.unit
    ('Anemia', ('HGB',), 'g/L')
    >>> anemia.grades[2]
    ((Limit(comparator='<', reference='', factor=0.0, above=100.0),),)
    """
    lines = (PACKAGED / "ctcae-5.0.csv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return tuple(map(_read_criterion, rows))


def find_tests(direction: Direction) -> dict[str, str]:
    """Give the test codes that CTCAE grades in one direction, each with its term.

    >>> find_tests("low")["HGB"], find_tests("high")["HGB"]
    ('Anemia', 'Hemoglobin increased')
    """
    graded = (criterion for criterion in load_ctcae() if criterion.direction == direction)
    return {test: criterion.term for criterion in graded for test in criterion.tests}


def _read_criterion(row: dict[str, str]) -> Criterion:
    grades = {grade: row[f"grade {grade}"] for grade in _GRADES if row[f"grade {grade}"]}
    return Criterion(
        row["term"],
        tuple(row["tests"].split()),
        cast("Direction", row["direction"]),
        row["unit"],
        row["baseline"],
        {grade: _read_alternatives(text) for grade, text in grades.items()},
    )


def _read_alternatives(text: str) -> Alternatives:
    return tuple(tuple(map(_read_limit, part.split(" and "))) for part in text.split(" or "))


def _read_limit(text: str) -> Limit:
    found = _LIMIT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no comparison with a limit")
    comparator = cast("Comparator", found["comparator"])
    number, reference = found["number"], found["reference"] or ""
    if reference:
        return Limit(comparator, reference, float(number or 1), float(found["above"] or 0))
    return Limit(comparator, "", 0.0, float(number))
