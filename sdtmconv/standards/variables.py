"""What an implementation guide says about a dataset and its variables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from sdtmconv.errors import Fault, StandardsError, suggest
from sdtmconv.metadata import VariableType
from sdtmconv.standards.storage import Table, read_tables

CLASS_ORDER = (
    "TRIAL DESIGN",
    "SPECIAL PURPOSE",
    "INTERVENTIONS",
    "EVENTS",
    "FINDINGS",
    "FINDINGS ABOUT",
    "RELATIONSHIP",
    "STUDY REFERENCE",
    "SUBJECT LEVEL ANALYSIS DATASET",
    "OCCURRENCE DATA STRUCTURE",
    "BASIC DATA STRUCTURE",
    "ADAM OTHER",
)


@dataclass(frozen=True)
class StandardVariable:
    """One variable as a standard describes it.

    Args:
        dataset: The table that describes it: a domain (AE), an ADaM structure (BDS), or a class
            of the SDTM model (TIMING).
        name: Its name; an ADaM name has its numbers filled in (TRT01A).
        label: Its label; empty where the standard leaves the wording to the sponsor.
        type: Char or Num.
        role: SDTM role (Identifier, Topic, Timing, ...); empty in ADaM.
        core: Req, Exp, Perm (SDTM) or Req, Cond, Perm (ADaM); empty for a variable that the
            dataset's own table does not list.
        codelists: NCI codes of the codelists that it takes its values from.
        value_domain: External rule for its values: "ISO 8601 datetime or interval", MedDRA, ...
        values: The only values allowed, where the standard lists them without a codelist.
        source: Whether the guide or the SDTM model describes it.
    """

    dataset: str
    name: str
    label: str
    type: VariableType
    role: str = ""
    core: str = ""
    codelists: tuple[str, ...] = ()
    value_domain: str = ""
    values: tuple[str, ...] = ()
    source: Literal["guide", "model"] = "guide"


@dataclass(frozen=True)
class StandardDataset:
    """One dataset or ADaM structure as a standard describes it.

    Args:
        name: The dataset's name (SUPPAE), or the structure's (BDS).
        label: Its label; empty where the standard leaves it to the sponsor.
        class_: Define-XML class in upper case: EVENTS, BASIC DATA STRUCTURE, ...
        structure: "One record per ...".
        variables: The variables that the standard lists for it, in order.
        domain: Domain code, which is the prefix of its variables' names; empty in ADaM.
        subclass: Define-XML subclass: TIME-TO-EVENT, ADVERSE EVENT; mostly empty.
    """

    name: str
    label: str
    class_: str
    structure: str
    variables: tuple[StandardVariable, ...]
    domain: str = ""
    subclass: str = ""


def _split_list(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(";")) if cell else ()


def _parse_variable(
    dataset: str, name: str, label: str, type_: str, role: str, core: str, *lists: str
) -> StandardVariable:
    codelists, value_domain, values = lists
    return StandardVariable(
        dataset,
        name,
        label,
        cast(VariableType, type_),
        role,
        core,
        _split_list(codelists),
        value_domain,
        _split_list(values),
    )


def read_datasets(path: Path) -> dict[str, Table]:
    """Open the file of a standard's datasets, by name; `parse_dataset` reads each."""
    return {table.heading[0]: table for table in read_tables(path, width=5)}


def parse_dataset(table: Table) -> StandardDataset:
    """Read one dataset: its heading, and a row for each variable."""
    name, label, class_, subclass, structure = table.heading
    variables = tuple(_parse_variable(name, *row) for row in table.rows(width=8))
    return StandardDataset(name, label, class_, structure, variables, subclass=subclass)


def unknown(place: str, kind: str, name: str, known: Iterable[str]) -> StandardsError:
    """Word the fault of a name that a standard does not have, with the names nearest to it."""
    names = list(known)
    otherwise = f"use a {kind} of {place}" if len(names) > 9 else f"use one of {', '.join(names)}"
    remedy = suggest(name, names, otherwise)
    return StandardsError(Fault(place, f"no {kind} {name!r}", remedy))


def dataset_order(class_: str, name: str) -> tuple[int, str]:
    """Give the key that sorts datasets as define.xml lists them: by class, then by name.

    >>> sorted([("EVENTS", "AE"), ("FINDINGS", "VS"), ("SPECIAL PURPOSE", "DM")],
    ...        key=lambda dataset: dataset_order(*dataset))
    [('SPECIAL PURPOSE', 'DM'), ('EVENTS', 'AE'), ('FINDINGS', 'VS')]
    """
    rank = CLASS_ORDER.index(class_) if class_ in CLASS_ORDER else len(CLASS_ORDER)
    return rank, name
