"""What define.xml says of where a variable's values come from."""

from __future__ import annotations

from collections.abc import Collection

from sdtmconv.metadata import DatasetMetadata, VariableMetadata


def find_rules(
    a: DatasetMetadata | None, b: DatasetMetadata | None, names: Collection[str]
) -> dict[str, tuple[str, str]]:
    """Name the rule behind each of some variables, in A and in B, where one is known."""
    rules = {name: (_find_rule(a, name), _find_rule(b, name)) for name in sorted(names)}
    return {name: pair for name, pair in rules.items() if any(pair)}


def find_decodes(a: DatasetMetadata | None, b: DatasetMetadata | None, name: str) -> dict[str, str]:
    """Give what the codes of a variable mean, by the codelists of both sides."""
    known = [_find_variable(dataset, name) for dataset in (a, b)]
    codelists = [variable.codelist for variable in known if variable and variable.codelist]
    return {
        term.value: term.decode
        for codelist in codelists
        for term in codelist.terms
        if term.decode and term.decode != term.value
    }


def _find_rule(dataset: DatasetMetadata | None, name: str) -> str:
    variable = _find_variable(dataset, name)
    if variable is None:
        return ""
    levels = [variable, *(level.variable for level in variable.values)]
    said = dict.fromkeys(filter(None, map(_describe, levels)))
    return " Or: ".join(said)


def _find_variable(dataset: DatasetMetadata | None, name: str) -> VariableMetadata | None:
    found = (v for v in dataset.variables if v.name == name) if dataset else iter(())
    return next(found, None)


def _describe(variable: VariableMetadata) -> str:
    """Word a variable's origin, method and comment in one line.

    >>> from sdtmconv.metadata import Origin
    >>> origin = Origin("Predecessor", description="DM.SEX")
    >>> _describe(VariableMetadata("SEX", "Sex", "Char", origin=origin))
    'Predecessor: DM.SEX'
    """
    origin = variable.origin
    parts = [variable.method, variable.comment]
    if origin:
        parts = [origin.description, *parts]
    said = " ".join(dict.fromkeys(filter(None, parts)))
    return ": ".join(filter(None, (origin.type if origin else "", said)))
