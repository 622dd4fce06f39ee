"""What a study has declared: terms that its define.xml adds to extensible codelists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from sdtmconv.define_xml import DefineError, read_define
from sdtmconv.metadata import Codelist, DatasetMetadata, Term, VariableMetadata
from sdtmconv.validate.define import DEFINE

Declared = Mapping[tuple[str, str], tuple[Term, ...]]


def read_declared_terms(folder: Path) -> dict[tuple[str, str], tuple[Term, ...]]:
    """Read the terms that are marked as extensions in each define.xml of a folder.

    Args:
        folder: Where to look, subfolders included.

    Returns:
        The terms by dataset and variable; none of a define.xml that cannot be read, which is a
        finding of its own.
    """
    declared: dict[tuple[str, str], tuple[Term, ...]] = {}
    for path in sorted(folder.rglob(DEFINE)):
        try:
            study = read_define(path)
        except DefineError:
            continue
        for dataset in study.datasets:
            for variable in dataset.variables:
                declared[dataset.name, variable.name] = tuple(_find_extensions(variable))
    return declared


def _find_extensions(variable: VariableMetadata) -> Iterator[Term]:
    described = [variable, *(level.variable for level in variable.values)]
    for codelist in dict.fromkeys(each.codelist for each in described if each.codelist):
        yield from (term for term in codelist.terms if term.extended)


def with_declared_terms(dataset: DatasetMetadata, declared: Declared) -> DatasetMetadata:
    """Add a study's own terms to the codelists of a dataset that take new ones."""
    variables = (
        replace(each, codelist=_extend(each.codelist, declared.get((dataset.name, each.name), ())))
        for each in dataset.variables
    )
    return replace(dataset, variables=tuple(variables))


def _extend(codelist: Codelist | None, terms: tuple[Term, ...]) -> Codelist | None:
    if codelist is None or not codelist.extensible:
        return codelist
    return replace(codelist, terms=codelist.terms + terms)
