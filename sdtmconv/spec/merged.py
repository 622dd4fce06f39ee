"""One description of what several sources, or several tests, state each on its own."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from sdtmconv.metadata import Codelist, Term, ValueLevel, VariableMetadata, result_variables
from sdtmconv.spec.codelists import pool_codelists
from sdtmconv.spec.describe import describe_rules
from sdtmconv.spec.model import SourceSpec, VariableSpec

ORIGIN_ORDER = ("Derived", "Collected", "Predecessor", "Assigned")


def name_parameters(
    variable: VariableMetadata, sources: tuple[SourceSpec, ...]
) -> VariableMetadata:
    """Give PARAMCD a codelist of the parameters that sources state, each decoded by its PARAM."""
    stated = [[_constant_of(source, name) for name in ("PARAMCD", "PARAM")] for source in sources]
    if variable.codelist or not all(code and name for code, name in stated):
        return variable
    terms = tuple(Term(code, decode=name) for code, name in dict.fromkeys(map(tuple, stated)))
    return dataclasses.replace(variable, codelist=Codelist("PARAMCD", "Parameter Code", terms))


def _constant_of(source: SourceSpec, name: str) -> str:
    """Give the one text that a source states for a variable; empty where it is not one."""
    statement = source.variables.get(name)
    rules = statement.rules if statement else ()
    if len(rules) == 1 and rules[0].keyword == "constant" and rules[0].where is None:
        return str(rules[0].arguments.get("value", ""))
    return ""


def merge_descriptions(
    name: str, sources: Sequence[SourceSpec], shared: VariableSpec | None
) -> VariableMetadata:
    """Describe a variable that single sources or tests state on their own."""
    specs = {source.test or source.name: source.variables.get(name, shared) for source in sources}
    stated = {source: spec for source, spec in specs.items() if spec}
    described = [spec.metadata for spec in stated.values()]
    origins = {m.origin.type: m.origin for m in reversed(described) if m.origin}
    chosen = next((origins[kind] for kind in ORIGIN_ORDER if kind in origins), described[0].origin)
    codelists = [metadata.codelist for metadata in described if metadata.codelist]
    limited = len(codelists) == len(stated)
    return dataclasses.replace(
        described[0],
        origin=chosen,
        method=_merge_methods(stated, derived="Derived" in origins),
        codelist=pool_codelists(codelists) if limited else None,
    )


def _merge_methods(stated: Mapping[str, VariableSpec], derived: bool) -> str:
    """Say once what several sources do; what some derive, others may assign or carry over."""
    by_method: dict[str, list[str]] = {}
    for source, spec in stated.items():
        method = spec.metadata.method or (describe_rules(spec.rules) if derived else "")
        if method:
            by_method.setdefault(method, []).append(source)
    if len(by_method) == 1 and len(stated) == len(*by_method.values()):
        return next(iter(by_method))
    return " ".join(f"{', '.join(names)}: {method}" for method, names in by_method.items())


def describe_levels(
    domain: str, name: str, sources: tuple[SourceSpec, ...], shared: VariableSpec | None
) -> tuple[ValueLevel, ...]:
    """Describe a result by test or parameter, where each has its own rules."""
    code = next((c for c, results in result_variables(domain).items() if name in results), "")
    own: dict[str, list[SourceSpec]] = {}
    for source in sources:
        value = source.test or _constant_of(source, code)
        if code and value and (name in source.variables or shared):
            own.setdefault(value, []).append(source)
    return tuple(
        ValueLevel(((code, "EQ", (value,)),), merge_descriptions(name, group, shared))
        for value, group in own.items()
    )
