"""What define.xml says of a variable: its origin, and its method in an English sentence."""

from __future__ import annotations

import re
import typing
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from sdtmconv.languages import ENGLISH, Wording
from sdtmconv.mapping.registry import REGISTRY
from sdtmconv.metadata import FormalExpression, Origin, OriginType
from sdtmconv.spec.documents import read_pages
from sdtmconv.spec.model import (
    BoundCondition,
    BoundExpression,
    Descending,
    FormSpec,
    Match,
    Other,
    Own,
    Reference,
    Rule,
    Source,
)
from sdtmconv.spec.yaml_nodes import Node, Reader

ORIGINS = typing.get_args(OriginType)


def describe_values(
    what: str,
    rules: Sequence[Rule],
    modifiers: Mapping[str, Node],
    forms: Sequence[FormSpec],
    analysis: bool,
    sources: Sequence[str],
    reader: Reader,
) -> tuple[Origin, str]:
    """Tell a variable's origin and method from its rules, or as the spec overrides them.

    Args:
        what: The variable's name.
        rules: The variable's rules.
        modifiers: What the spec says beside the keyword.
        forms: Raw forms among the sources.
        analysis: True for ADaM, where a carried value has a predecessor.
        sources: Names of the source tables.
        reader: Collects faults.

    Returns:
        The origin, and the method: empty unless the values are derived.
    """
    origin = _origin(rules, forms, analysis, sources)
    if "origin" in modifiers:
        stated = reader.choice(modifiers["origin"], "origin", ORIGINS, origin.type)
        source = "Sponsor" if stated == "Assigned" else origin.source
        origin = Origin(cast("OriginType", stated), source)
    pages = read_pages(modifiers.get("pages"), what, reader)
    origin = replace(origin, pages=pages)
    method = reader.text(modifiers.get("method"), "method")
    if not method and origin.type == "Derived":
        method = describe_rules(rules)
    return origin, method


def read_expression(node: Node | None, what: str, reader: Reader) -> FormalExpression | None:
    """Read a variable's method in a language that a machine reads."""
    if node is None:
        return None
    fields = reader.fields(node, f"{what}: formal_expression", ("context", "code"))
    for key in ("context", "code"):
        if key not in fields:
            remedy = "write `formal_expression: {context: SAS 9.4, code: ...}`"
            reader.report(node.place, f"{what}: the expression has no {key}", remedy)
    context = reader.text(fields.get("context"), f"{what}: context")
    return FormalExpression(context, reader.text(fields.get("code"), f"{what}: code"))


def describe_rules(rules: Sequence[Rule], wording: Wording = ENGLISH) -> str:
    """Word a variable's rules, of which the first that gives a value decides."""
    return wording.otherwise.join(describe_rule(rule, wording) for rule in rules)


def describe_rule(rule: Rule, wording: Wording = ENGLISH) -> str:
    """Word a rule as one sentence."""
    derivation = REGISTRY[rule.keyword]
    words = {
        parameter.name: _word(rule.arguments.get(parameter.name, parameter.default), wording)
        for parameter in derivation.parameters
    }
    method = wording.methods.get(rule.keyword, derivation.method)
    sentence = _drop_clauses(method, rule).format_map(words).removesuffix(wording.stop)
    if rule.match:
        common = ", ".join(_word_match(match) for match in rule.match)
        sentence += wording.among_same.format(variables=common)
    conditions = [_word(c, wording) for c in (rule.among, rule.related) if c]
    if conditions:
        both = f" {wording.comparators.get('and', 'and')} "
        sentence += wording.among.format(condition=both.join(conditions))
    if rule.where:
        sentence += wording.where.format(condition=_word(rule.where, wording))
    return sentence + wording.stop


def _drop_clauses(method: str, rule: Rule) -> str:
    """Leave out each clause in square brackets for which the rule gives nothing, or `no`."""

    def keep(clause: re.Match[str]) -> str:
        names = re.findall(r"{(\w+)}", clause[1])
        return clause[1] if all(rule.arguments.get(name, "no") != "no" for name in names) else ""

    return re.sub(r"\[([^]]*)]", keep, method)


def name_of(reference: Reference | Descending) -> str:
    """Give a reference's name as specs write it."""
    match reference:
        case Descending(inner):
            return f"descending {name_of(inner)}"
        case Own(name) | Source(name):
            return name
        case Other(table, column):
            return f"{table}.{column}"


def _origin(
    rules: Sequence[Rule], forms: Sequence[FormSpec], analysis: bool, sources: Sequence[str]
) -> Origin:
    if not rules:
        return Origin("Not Available")
    if all(rule.keyword == "constant" and rule.where is None for rule in rules):
        return Origin("Assigned")
    references = [reference for rule in rules for reference in rule.references()]
    carried = all(REGISTRY[rule.keyword].keeps_origin for rule in rules)
    if carried and forms and all(isinstance(reference, Source) for reference in references):
        return Origin("Collected", forms[0].collected_by)
    if carried and analysis and len(references) == 1 and not isinstance(references[0], Own):
        return Origin("Predecessor", description=_predecessor(references[0], sources))
    return Origin("Derived")


def _predecessor(reference: Reference, sources: Sequence[str]) -> str:
    name = name_of(reference)
    return name if "." in name or not sources else f"{sources[0]}.{name}"


def _word_match(match: Match) -> str:
    own, other = name_of(match.own), match.other.column
    return own if own == other else f"{own} (as {name_of(match.other)})"


def _word(value: object, wording: Wording) -> str:
    if isinstance(value, Own | Source | Other | Descending):
        return name_of(value)
    if isinstance(value, BoundCondition):
        return value.condition.describe(wording.comparators)
    if isinstance(value, BoundExpression):
        return value.expression.describe()
    if isinstance(value, tuple | list):
        return ", ".join(_word(item, wording) for item in value)
    return str(value)
