"""Read the raw forms that a build needs, and number their subjects."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sdtmconv.engine.tables import RawRecords
from sdtmconv.errors import DataError, Fault, raise_faults
from sdtmconv.mapping.values import map_unique
from sdtmconv.raw import RawSource, RawTable, read_raw
from sdtmconv.spec.model import (
    DatasetSpec,
    FormSpec,
    Other,
    Reference,
    Source,
    SourceSpec,
    StudySpec,
)


@dataclass(frozen=True, eq=False)
class ReadForms:
    """The raw records of a study.

    Args:
        records: By form; `subject` counts over `subjects`.
        subjects: USUBJID of every subject, sorted.
        sources: What was read, one line per form.
        unused: (form, column) of what was read and no dataset uses; an empty column means that
            no dataset uses the form.
    """

    records: Mapping[str, RawRecords]
    subjects: np.ndarray
    sources: tuple[str, ...]
    unused: tuple[tuple[str, str], ...]


def read_forms(study: StudySpec, wanted: Collection[str], folder: Path) -> ReadForms:
    """Read every form that the wanted datasets need.

    Args:
        study: The compiled study.
        wanted: Names of datasets.
        folder: Folder of the raw files.

    Raises:
        DataError: All faults of all files.
    """
    tables: dict[str, RawTable] = {}
    faults: list[Fault] = []
    needed = needed_columns(study, wanted)
    for name, columns in sorted(needed.items()):
        form = study.forms[name]
        try:
            tables[name] = read_raw(_raw_source(form, folder), sorted({*columns, form.subject}))
        except DataError as error:
            faults.extend(error.faults)
    raise_faults(DataError, faults)
    usubjids = {
        name: _usubjids(study, study.forms[name], table, faults) for name, table in tables.items()
    }
    raise_faults(DataError, faults)
    subjects = _all_subjects(usubjids.values())
    records = {
        name: RawRecords(
            study.forms[name].file,
            table.frame[sorted(needed[name])].assign(USUBJID=usubjids[name]),
            np.searchsorted(subjects, usubjids[name].to_numpy(dtype=object)),
            table.records,
        )
        for name, table in tables.items()
    }
    unused = tuple(_unused(study, tables, needed))
    return ReadForms(records, subjects, tuple(map(_describe, tables.values())), unused)


def _unused(
    study: StudySpec, tables: Mapping[str, RawTable], needed: Mapping[str, set[str]]
) -> Iterator[tuple[str, str]]:
    """Name what the study collected and neither uses nor declares as not submitted."""
    for name, form in study.forms.items():
        if name not in tables:
            yield name, ""
            continue
        used = {*needed[name], form.subject, *form.not_submitted}
        columns = map(str, tables[name].frame.columns)
        yield from ((name, column) for column in columns if column not in used)


def needed_columns(study: StudySpec, wanted: Collection[str]) -> dict[str, set[str]]:
    """Name the raw columns that datasets need, those of the datasets behind them included."""
    needed: dict[str, set[str]] = {}
    open_names, seen = list(wanted), set(wanted)
    while open_names:
        for table, column in _references(study.datasets[open_names.pop()]):
            if table in study.forms:
                columns = needed.setdefault(table, set())
                columns.add(column)
            elif table in study.datasets and table not in seen:
                seen.add(table)
                open_names.append(table)
    for columns in needed.values():
        columns -= {"USUBJID"}
    return needed


def _references(dataset: DatasetSpec) -> Iterator[tuple[str, str]]:
    for source in dataset.sources:
        yield from _references_of_source(source)
        for name in dataset.variables:
            if name not in source.variables:
                references = dataset.variables[name].references()
                yield from _resolve(source, references)


def _references_of_source(source: SourceSpec) -> Iterator[tuple[str, str]]:
    yield source.table, "USUBJID"
    for spec in source.variables.values():
        yield from _resolve(source, spec.references())
    if source.where:
        yield from _resolve(source, source.where.columns.values())
    for join in source.joins:
        for own, other in join.keys:
            yield source.table, own
            yield join.form, other


def _resolve(source: SourceSpec, references: Iterable[Reference]) -> Iterator[tuple[str, str]]:
    joined = {join.form for join in source.joins}
    for reference in references:
        match reference:
            case Other(table, column):
                yield table, column
            case Source(column):
                form, dot, inner = column.partition(".")
                yield (form, inner) if dot and form in joined else (source.table, column)


def _raw_source(form: FormSpec, folder: Path) -> RawSource:
    return RawSource(
        name=form.name,
        path=folder / form.file,
        format=form.format,
        encoding=form.encoding,
        delimiter=form.delimiter,
        sheet=form.sheet,
        header_row=form.header_row,
        place=form.place,
    )


def _describe(table: RawTable) -> str:
    details = [
        f"{len(table.frame)} records",
        table.encoding,
        table.delimiter and repr(table.delimiter),
    ]
    return f"{table.path}: {', '.join(detail for detail in details if detail)}"


def _usubjids(study: StudySpec, form: FormSpec, table: RawTable, faults: list[Fault]) -> pd.Series:
    subject = table.frame[form.subject]
    nameless = np.flatnonzero(subject.isna().to_numpy())
    if len(nameless):
        numbers = ", ".join(str(number) for number in table.records[nameless[:5]])
        faults.append(
            Fault(
                f"{form.file} record {numbers}",
                f"{len(nameless)} records have no subject in {form.subject}",
                "correct the file: every record belongs to a subject",
            )
        )
    return map_unique(subject, lambda text: study.usubjid.format(study=study.name, subject=text))


def _all_subjects(usubjids: Iterable[pd.Series]) -> np.ndarray:
    pooled: set[str] = set().union(*(series.dropna().unique() for series in usubjids))
    return np.array(sorted(pooled), dtype=object)
