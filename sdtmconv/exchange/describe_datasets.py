"""Datasets that are described and not mapped yet, as YAML: what differs from the standard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sdtmconv.conditions import write_range_checks
from sdtmconv.exchange.describe_codelists import same_codelist
from sdtmconv.exchange.yaml_text import Content
from sdtmconv.metadata import Codelist, DatasetMetadata, Origin, ValueLevel, VariableMetadata
from sdtmconv.spec.catalog import Catalog
from sdtmconv.spec.codelists import NONE
from sdtmconv.spec.outlines import SUBJECT_KEYS, UNMAPPED
from sdtmconv.spec.unmapped import (
    UNKNOWN,
    UnmappedCompiler,
    change_type,
    default_data_type,
    default_level,
    source_of,
)


def describe_dataset(
    dataset: DatasetMetadata,
    catalog: Catalog,
    compiler: UnmappedCompiler,
    codelists: Mapping[Codelist, str],
) -> dict[str, Content]:
    """Write the spec of a dataset.

    Args:
        dataset: Its description.
        catalog: What the standards say.
        compiler: What a spec means that says no more than the variables' names.
        codelists: Their names in codelists.yaml.
    """
    sdtm = dataset.standard == "SDTMIG"
    entry: dict[str, Content] = {"domain" if sdtm else "dataset": dataset.name}
    class_ = dataset.name
    facts = catalog.dataset(dataset.standard, class_)
    if (facts.class_ if facts else "") != dataset.class_ and dataset.class_:
        class_ = compiler.structure(dataset.standard, dataset.class_)
        facts = catalog.dataset(dataset.standard, class_)
        entry["class"] = class_
    for key, text, known in (
        ("label", dataset.label, facts.label if facts else ""),
        ("structure", dataset.structure, facts.structure if facts else ""),
        ("subclass", dataset.subclass, facts.subclass if facts else ""),
        ("comment", dataset.comment, ""),
    ):
        if text != known and text:
            entry[key] = text
    own_facts = catalog.dataset(dataset.standard, dataset.name) if sdtm else None
    if dataset.domain != (own_facts.domain if own_facts else dataset.name):
        entry["part_of"] = dataset.domain
    variables = {variable.name for variable in dataset.variables}
    if dataset.subject_level != ("USUBJID" in variables):
        entry["reference_data"] = _yes_no(not dataset.subject_level)
    if dataset.repeating == (set(dataset.keys) <= set(SUBJECT_KEYS)):
        entry["repeating"] = _yes_no(dataset.repeating)
    if dataset.keys:
        entry["keys"] = list(dataset.keys)
    defaults = [
        compiler.default_variable(dataset.standard, class_, variable.name)
        for variable in dataset.variables
    ]
    if sdtm and not any(variable.role for variable in dataset.variables):
        entry["roles"] = NONE
        defaults = [replace(default, role="") for default in defaults]
    entry["variables"] = {
        variable.name: _variable(variable, default, codelists)
        for variable, default in zip(dataset.variables, defaults, strict=True)
    }
    return entry


def _variable(
    variable: VariableMetadata, default: VariableMetadata, codelists: Mapping[Codelist, str]
) -> dict[str, Content]:
    entry: dict[str, Content] = {UNMAPPED: variable.origin.type if variable.origin else UNKNOWN}
    if variable.type != default.type:
        entry["type"] = variable.type
        default = change_type(default)
    entry |= _differences(variable, default, codelists)
    if variable.values:
        entry["values"] = [_level(level, variable, codelists) for level in variable.values]
    return entry


def _level(
    level: ValueLevel, variable: VariableMetadata, codelists: Mapping[Codelist, str]
) -> dict[str, Content]:
    entry: dict[str, Content] = {"where": write_range_checks(level.where)}
    if level.variable.origin:
        entry["origin"] = level.variable.origin.type
    return entry | _differences(level.variable, default_level(variable), codelists)


def _differences(
    variable: VariableMetadata, default: VariableMetadata, codelists: Mapping[Codelist, str]
) -> dict[str, Content]:
    """Say what a spec that leaves everything out would not say."""
    digits = variable.significant_digits
    data_type = default_data_type(default, digits)
    stated: dict[str, Content | None] = {
        "label": _unless(variable.label, default.label),
        "length": _unless(str(variable.length or ""), str(default.length)),
        "data_type": _unless(variable.data_type, data_type),
        "significant_digits": None if digits is None else str(digits),
        "display_format": _unless(variable.display_format or NONE, default.display_format or NONE),
        "role": _unless(variable.role or NONE, default.role or NONE),
        "mandatory": _unless(_yes_no(variable.mandatory), _yes_no(default.mandatory)),
    }
    if not same_codelist(variable.codelist, default.codelist):
        stated["codelist"] = codelists[variable.codelist] if variable.codelist else NONE
    if variable.origin:
        stated |= _origin(variable.origin)
    stated["method"] = variable.method
    if variable.expression:
        expression = variable.expression
        stated["formal_expression"] = {"context": expression.context, "code": expression.code}
    stated["comment"] = variable.comment
    return {key: value for key, value in stated.items() if value}


def _origin(origin: Origin) -> dict[str, Content | None]:
    return {
        "by": _unless(origin.source or UNKNOWN, source_of(origin.type) or UNKNOWN),
        "from": origin.description,
        "pages": [str(page) for page in origin.pages],
    }


def _unless(text: str, default: str) -> str | None:
    return None if text == default else text


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"
