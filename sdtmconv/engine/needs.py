"""Which raw columns a build needs, whatever way the specs name them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from sdtmconv.spec.model import (
    DatasetSpec,
    Other,
    Reference,
    Source,
    SourceSpec,
    StudySpec,
)


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
    for form, columns in needed.items():
        columns |= set(study.forms[form].unique_by)
        columns -= {"USUBJID"}
    return needed


def _references(dataset: DatasetSpec) -> Iterator[tuple[str, str]]:
    for source in dataset.sources:
        yield from _references_of_source(source)
        if dataset.selection:
            yield from _resolve(source, dataset.selection.references())
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
    for chosen in (source.repeat, source.selection):
        yield from _resolve(source, chosen.references() if chosen else ())
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
