"""What a study has declared in its define.xml: terms beyond the standard's, and dictionaries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sdtmconv.define_xml import DefineError, read_define
from sdtmconv.metadata import Codelist, DatasetMetadata, StudyMetadata, Term, VariableMetadata
from sdtmconv.validate.define import DEFINE


@dataclass(frozen=True)
class Declared:
    """What each define.xml of a folder declares.

    Args:
        terms: By dataset and variable: the terms that are marked as extensions.
        dictionaries: By dataset: the dictionaries that its define.xml names, in small letters.
    """

    terms: Mapping[tuple[str, str], tuple[Term, ...]]
    dictionaries: Mapping[str, frozenset[str]]


def read_declared(folder: Path) -> Declared:
    """Read what is declared in each define.xml of a folder.

    Args:
        folder: Where to look, subfolders included.

    Returns:
        Nothing of a define.xml that cannot be read, which is a finding of its own.
    """
    terms: dict[tuple[str, str], tuple[Term, ...]] = {}
    dictionaries: dict[str, frozenset[str]] = {}
    for path in sorted(folder.rglob(DEFINE)):
        try:
            study = read_define(path)
        except DefineError:
            continue
        named = frozenset(codelist.dictionary.lower() for codelist in _list_codelists(study))
        for dataset in study.datasets:
            dictionaries[dataset.name] = named
            for variable in dataset.variables:
                terms[dataset.name, variable.name] = tuple(_find_extensions(variable))
    return Declared(terms, dictionaries)


def _list_codelists(study: StudyMetadata) -> Iterator[Codelist]:
    for dataset in study.datasets:
        yield from filter(None, (variable.codelist for variable in dataset.variables))


def _find_extensions(variable: VariableMetadata) -> Iterator[Term]:
    described = [variable, *(level.variable for level in variable.values)]
    for codelist in dict.fromkeys(each.codelist for each in described if each.codelist):
        yield from (term for term in codelist.terms if term.extended)


def with_declared(dataset: DatasetMetadata, declared: Declared) -> DatasetMetadata:
    """Add what a study has declared to what the standards say of a dataset.

    Extensible codelists have the study's own terms as well. A dictionary stays without a version
    only where the dataset's define.xml does not name it.
    """
    named = declared.dictionaries.get(dataset.name)

    def complete(variable: VariableMetadata) -> VariableMetadata:
        codelist = variable.codelist
        if codelist and codelist.dictionary:
            missed = named is not None and codelist.dictionary.lower() not in named
            return variable if missed else replace(variable, codelist=None)
        if codelist and codelist.extensible:
            own = declared.terms.get((dataset.name, variable.name), ())
            return replace(variable, codelist=replace(codelist, terms=codelist.terms + own))
        return variable

    return replace(dataset, variables=tuple(map(complete, dataset.variables)))
