"""The registry of derivations: which keyword of a spec runs which function, with which arguments.

A derivation is a plain function over whole columns. Its annotations say what the spec gives it:
`Column` a name whose values arrive as a Series, `Columns` one or several, `Records` a column of
other records of the same subject, `Order` the columns that order them, `Keys` the columns that
order the dataset's own records, `Formats` the forms of dates and times, `Mask` a condition,
`Formula` the values of an arithmetic expression, and str, int, float, list or Literal a value as
written. The first parameter takes what stands beside
the keyword:

    AESTDY: {study_day: AESTDTC, reference: DM.RFSTDTC}
             keyword    first    parameter by name
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated, Any, TypeVar

import numpy as np
import pandas as pd


class Kind(Enum):
    """What a parameter takes from the spec."""

    COLUMN = "a column"
    COLUMNS = "one or several columns"
    KEYS = "columns that order the records"
    RECORDS = "a column of other records"
    ORDER = "columns that order other records"
    MASK = "a condition"
    FORMULA = "an arithmetic expression"
    SUBJECT = "the subject of each record"
    ORDINAL = "the position of each record in its raw file"
    FORMATS = "forms of dates and times, one per column"
    LITERAL = "a value"


@dataclass(frozen=True, eq=False)
class SubjectRecords:
    """Values of the records of another table.

    Args:
        values: One value per record.
        subject: Position of each record's subject among the subjects of this run.
        order: Columns that put a subject's records in order; may be empty.
        subjects: How many subjects this run has.
        by_subject: False where the records belong to no subject (trial design).
    """

    values: pd.Series
    subject: np.ndarray
    order: tuple[pd.Series, ...]
    subjects: int
    by_subject: bool = True


Column = Annotated[pd.Series, Kind.COLUMN]
Columns = Annotated[list[pd.Series], Kind.COLUMNS]
Keys = Annotated[list[pd.Series], Kind.KEYS]
Records = Annotated[list[SubjectRecords], Kind.RECORDS]
Order = Annotated[list[str], Kind.ORDER]
Formats = Annotated[list[str], Kind.FORMATS]
Mask = Annotated[np.ndarray, Kind.MASK]
Formula = Annotated[pd.Series, Kind.FORMULA]
Subject = Annotated[np.ndarray, Kind.SUBJECT]
Ordinal = Annotated[np.ndarray, Kind.ORDINAL]

INJECTED = (Kind.SUBJECT, Kind.ORDINAL)
PLAIN = (str, int, float, list[str])
Check = Callable[..., tuple[str, str] | None]


class RejectedValuesError(Exception):
    """Values that a derivation cannot use; the engine adds file, record and spec line.

    Args:
        rows: Positions of the records concerned.
        problem: What is wrong with them; `{value}` stands for the values.
        remedy: What the user can do.
        values: The offending values, aligned with `rows`; None where the problem says it all.
        hints: Value to what to do with it; they replace `{hints}` in the remedy.
        of: Which of the columns of other records the rows are of, counted from 0.
    """

    def __init__(
        self,
        rows: np.ndarray,
        problem: str,
        remedy: str,
        values: pd.Series | None = None,
        hints: Mapping[str, str] | None = None,
        of: int = 0,
    ) -> None:
        super().__init__(problem)
        self.rows, self.problem, self.remedy, self.values = rows, problem, remedy, values
        self.hints = hints or {}
        self.of = of


@dataclass(frozen=True)
class Parameter:
    """One parameter of a derivation, as the spec sees it."""

    name: str
    kind: Kind
    type: Any
    default: Any = inspect.Parameter.empty

    @property
    def required(self) -> bool:
        return self.default is inspect.Parameter.empty and self.kind not in INJECTED


@dataclass(frozen=True)
class Derivation:
    """A registered function.

    Args:
        keyword: Its name in specs.
        function: What computes the values.
        method: Sentence for define.xml, with the parameters' names in braces; a clause in square
            brackets is left out where a rule does not give its parameters.
        keeps_origin: True where the value is still the collected one, only in another form.
        parameters: In the order of the function's signature.
        check: Takes the arguments of a rule by name, columns as the spec writes them, and gives
            problem and remedy of those that do not go together; None where all is well.
        numeric: True where it always gives numbers.
    """

    keyword: str
    function: Callable[..., pd.Series]
    method: str
    keeps_origin: bool
    parameters: tuple[Parameter, ...]
    check: Check = field(default=lambda **arguments: None, compare=False)
    numeric: bool = False
    _by_name: dict[str, Parameter] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {p.name: p for p in self.parameters})

    @property
    def main(self) -> Parameter:
        """The parameter that takes what stands beside the keyword."""
        return self.parameters[0]

    @property
    def named(self) -> tuple[Parameter, ...]:
        """The parameters that a spec gives by name."""
        return tuple(p for p in self.parameters[1:] if p.kind not in INJECTED)

    @property
    def per_subject(self) -> bool:
        """True where the function gives one value per subject rather than one per record."""
        return self.main.kind is Kind.RECORDS

    @property
    def groupwise(self) -> bool:
        """True where a value depends on the dataset's other records of the same subject."""
        return any(parameter.kind is Kind.ORDINAL for parameter in self.parameters)

    @property
    def other_records(self) -> tuple[Parameter, ...]:
        """The parameters that take columns of other tables' records."""
        return tuple(p for p in self.parameters if p.kind is Kind.RECORDS)

    def parameter(self, name: str) -> Parameter:
        return self._by_name[name]


class Registry(Mapping[str, Derivation]):
    """All derivations by keyword."""

    def __init__(self) -> None:
        self._derivations: dict[str, Derivation] = {}

    def add(self, derivation: Derivation) -> None:
        known = self._derivations.get(derivation.keyword)
        if known and _full_name(known) != _full_name(derivation):
            raise ValueError(
                f"keyword {derivation.keyword!r} is already defined by {_full_name(known)}"
            )
        self._derivations[derivation.keyword] = derivation

    def of_module(self, module: str) -> list[Derivation]:
        """Give the derivations that a module has registered."""
        return [d for d in self._derivations.values() if d.function.__module__ == module]

    def replace(self, derivation: Derivation) -> None:
        """Put a derivation in the place of the one that has its keyword."""
        self._derivations[derivation.keyword] = derivation

    def forget(self, module: str) -> None:
        """Drop the keywords that a module has registered."""
        for derivation in self.of_module(module):
            del self._derivations[derivation.keyword]

    def __getitem__(self, keyword: str) -> Derivation:
        return self._derivations[keyword]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._derivations))

    def __len__(self) -> int:
        return len(self._derivations)


def _full_name(derivation: Derivation) -> str:
    return f"{derivation.function.__module__}.{derivation.function.__qualname__}"


REGISTRY = Registry()

Function = TypeVar("Function", bound=Callable[..., pd.Series])


def derivation(
    keyword: str,
    *,
    method: str = "",
    keeps_origin: bool = False,
    check: Check = lambda **arguments: None,
    numeric: bool = False,
) -> Callable[[Function], Function]:
    """Register a function under the keyword by which specs name it.

    Args:
        keyword: Name in specs, lower case.
        method: English sentence for define.xml; `{parameter}` is replaced by what the spec says.
        keeps_origin: True for derivations that only change the form of a collected value.
        check: Tells before any data is read what is wrong with a rule's arguments; see Derivation.
        numeric: True for derivations that always give numbers.

    Returns:
        A decorator that leaves the function as it is.

    Raises:
        ValueError: Another function has taken the keyword, or the function's parameters or method
            cannot be read.
    """

    def register(function: Function) -> Function:
        parameters = tuple(_read_parameters(function))
        sentence = method or (inspect.getdoc(function) or "").partition("\n")[0]
        _check_signature(keyword, parameters, sentence)
        REGISTRY.add(
            Derivation(keyword, function, sentence, keeps_origin, parameters, check, numeric)
        )
        return function

    return register


def check_one_table(**columns: tuple[str, ...]) -> tuple[str, str] | None:
    """Tell what is wrong with columns of other records of which each record gives one.

    >>> check_one_table(starts=("SE.SESTDTC",), epochs=("SE.EPOCH",))
    >>> check_one_table(starts=("SE.SESTDTC",), epochs=("TE.ELEMENT",))
    ('starts and epochs are columns of SE and TE', 'name columns of one table')
    """
    for parameter, names in columns.items():
        if len(names) > 1:
            return f"{parameter} names {len(names)} columns", "name one column"
    tables = sorted({name.partition(".")[0] for names in columns.values() for name in names})
    if len(tables) > 1:
        problem = f"{' and '.join(columns)} are columns of {' and '.join(tables)}"
        return problem, "name columns of one table"
    return None


def _read_parameters(function: Callable[..., Any]) -> Iterator[Parameter]:
    hints = typing.get_type_hints(function, include_extras=True)
    for name, parameter in inspect.signature(function).parameters.items():
        hint = hints.get(name)
        kinds = [extra for extra in getattr(hint, "__metadata__", ()) if isinstance(extra, Kind)]
        kind = kinds[0] if kinds else Kind.LITERAL
        yield Parameter(name, kind, hint, parameter.default)


def _check_signature(keyword: str, parameters: tuple[Parameter, ...], sentence: str) -> None:
    if not parameters or parameters[0].kind in INJECTED:
        raise ValueError(f"{keyword!r} needs a first parameter, for what stands beside the keyword")
    for parameter in parameters:
        literal = parameter.type in PLAIN or typing.get_origin(parameter.type) is typing.Literal
        if parameter.kind is Kind.LITERAL and not literal:
            raise ValueError(
                f"{keyword!r}: annotate {parameter.name!r} as Column, Columns, Keys, Records, "
                "Order, Formats, Mask, Formula, Subject, Ordinal, str, int, float, list[str] "
                "or Literal"
            )
    try:
        sentence.format_map({parameter.name: "" for parameter in parameters})
    except (AttributeError, IndexError, KeyError, ValueError):
        raise ValueError(
            f"{keyword!r}: its method {sentence!r} may have parameters' names in braces only"
        ) from None
