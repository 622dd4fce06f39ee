"""ADaMIG: the structures of analysis datasets, and what a variable's name stands for.

The guides name many variables by a pattern: TRTxxA is TRT01A, TRT02A and so on. A name is looked
up in the dataset's own structure, then in those it builds on, and only then as a pattern.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, cached_property

from sdtmconv.standards.storage import PACKAGED, SUFFIX
from sdtmconv.standards.variables import (
    StandardDataset,
    StandardVariable,
    parse_dataset,
    read_datasets,
    unknown,
)

VERSIONS = ("1.3",)

_TIMING_SUFFIXES = "*"

_BUILDS_ON = {
    "ADSL": (),
    "BDS": ("ADSL",),
    "BDS-TTE": ("BDS", "ADSL"),
    "OCCDS": ("BDS", "ADSL"),
    "OCCDS-AE": ("OCCDS", "BDS", "ADSL"),
}


def _readings(part: str) -> tuple[str, ...]:
    if not (part.isascii() and part.isdigit()) or int(part) == 0:
        return (part,)
    if len(part) == 1:
        return part, "y", "w"
    if len(part) == 2:
        return (part, "xx", "zz") if part.startswith("0") else (part, "xx", "zz", "y")
    return (part,)


def _patterns(name: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield what a name may stand for, itself first, with the number each placeholder has.

    xx and zz are two digits; y is a number without leading zeros, w a single digit (ADaMIG 3.1).
    """
    if len(name) > 8 or name != name.upper():
        return
    parts = re.split(r"([0-9]+)", name)
    for choice in itertools.product(*(_readings(part) for part in parts)):
        yield "".join(choice), dict(zip(choice, parts, strict=True))
    if len(name) > 2:
        yield f"--{name[2:]}", {}


def _fill(
    pattern: StandardVariable, name: str, numbers: dict[str, str], *, listed: bool
) -> StandardVariable:
    label = re.sub(r"\b(xx|zz|y|w)\b", lambda found: numbers[found[0]], pattern.label)
    core = pattern.core if listed else ""
    return replace(pattern, name=name, label=label, core=core)


class AdamGuide:
    """ADaMIG with OCCDS 1.1 and BDS-TTE 1.0.

    Args:
        version: The guide's version, such as 1.3.
        structures: Its structures by name; the suffixes for user-defined timing (ADaMIG 3.3.3)
            stand under `*`.
    """

    name = "ADAMIG"

    def __init__(self, version: str, structures: dict[str, StandardDataset]):
        self.version = version
        self._structures = structures

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    @property
    def dataset_names(self) -> tuple[str, ...]:
        """The structures: ADSL, BDS, BDS-TTE, OCCDS, and OCCDS-AE for adverse events."""
        return tuple(_BUILDS_ON)

    def dataset(self, structure: str) -> StandardDataset:
        """Find a structure.

        Raises:
            StandardsError: There is no such structure.
        """
        if structure not in _BUILDS_ON:
            raise unknown(str(self), "structure", structure, _BUILDS_ON)
        return self._structures[structure]

    @cached_property
    def _variables(self) -> dict[str, dict[str, StandardVariable]]:
        return {
            name: {variable.name: variable for variable in structure.variables}
            for name, structure in self._structures.items()
        }

    def variable_names(self, structure: StandardDataset | str) -> tuple[str, ...]:
        """Name the variables that a structure may have, patterns as the guide writes them."""
        found = self.dataset(structure) if isinstance(structure, str) else structure
        tables = (found.name, *_BUILDS_ON[found.name])
        return tuple(dict.fromkeys(name for table in tables for name in self._variables[table]))

    def _user_defined_timing(self, name: str) -> StandardVariable | None:
        suffixes = self._variables[_TIMING_SUFFIXES]
        for start in range(1, len(name)):
            if f"*{name[start:]}" in suffixes:
                return _fill(suffixes[f"*{name[start:]}"], name, {}, listed=False)
        return None

    def find_variable(self, structure: str, name: str) -> StandardVariable | None:
        """Find the variable that a name stands for; None where there is none, or no structure."""
        if structure not in _BUILDS_ON:
            return None
        for pattern, numbers in _patterns(name):
            for table in (structure, *_BUILDS_ON[structure]):
                if pattern in self._variables[table]:
                    variable = self._variables[table][pattern]
                    return _fill(variable, name, numbers, listed=table == structure)
        return self._user_defined_timing(name)

    def variable(self, structure: StandardDataset | str, name: str) -> StandardVariable:
        """Find the variable that a name stands for, with the numbers of the name in its label.

        >>> guide = load_adamig("1.3")
        >>> guide.variable("ADSL", "TRT01A").label
        'Actual Treatment for Period 01'
        >>> guide.variable("OCCDS-AE", "AEDECOD").label
        'Dictionary-Derived Term'

        Raises:
            StandardsError: No such structure, or no variable of it has such a name.
        """
        found = self.dataset(structure) if isinstance(structure, str) else structure
        variable = self.find_variable(found.name, name)
        if variable is None:
            raise unknown(f"{self} {found.name}", "variable", name, self.variable_names(found))
        return variable


@cache
def load_adamig(version: str = "1.3") -> AdamGuide:
    """Load a packaged version of ADaMIG, with OCCDS 1.1 and BDS-TTE 1.0.

    Raises:
        StandardsError: The version is not packaged.
    """
    if version not in VERSIONS:
        raise unknown("ADAMIG", "version", version, VERSIONS)
    tables = read_datasets(PACKAGED / f"adamig-{version}{SUFFIX}")
    return AdamGuide(version, {name: parse_dataset(table) for name, table in tables.items()})
