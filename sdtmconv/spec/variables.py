"""From one variable's YAML to its rules, its codelist and its description."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from sdtmconv.errors import suggest
from sdtmconv.metadata import VariableMetadata
from sdtmconv.spec.catalog import DATE_FORMATS, VariableFacts
from sdtmconv.spec.context import Context
from sdtmconv.spec.describe import describe_values, read_expression
from sdtmconv.spec.facts import FactFinder
from sdtmconv.spec.model import Other, Rule, SourceSpec, StudyCodelist, VariableSpec
from sdtmconv.spec.outlines import (
    AUTOMATIC,
    NAME,
    NAME_REMEDY,
    SUBJECT_KEYS,
    Outline,
    is_unmapped,
)
from sdtmconv.spec.rules import OF_VARIABLE, Scope, Table
from sdtmconv.spec.stated import description_of, first_rule, names_under, rule_node, structure_of
from sdtmconv.spec.yaml_nodes import Node

EMPTY = Scope(frozenset(), (), frozenset(), {})


class VariableCompiler:
    """Compiles the variables of outlined datasets."""

    def __init__(self, context: Context) -> None:
        self._context, self._reader = context, context.reader
        self._found = FactFinder(context.outlines, context.catalog)

    def scope(self, outline: Outline, sources: tuple[SourceSpec, ...]) -> Scope:
        """Say what rules for all records of a dataset can name."""
        tables = tuple(dict.fromkeys(source.table for source in sources))
        joined = [frozenset(join.form for join in source.joins) for source in sources]
        shared = frozenset.intersection(*joined) if joined else frozenset()
        known = self._context.tables
        if not outline.by_subject:
            known = {**known, "": Table(frozenset(sources[0].literal if sources else ()))}
        return Scope(outline.variables, tables, shared, known)

    def compile(
        self,
        outline: Outline,
        name: str,
        node: Node,
        place: str,
        scope: Scope,
        of_variable: tuple[str, ...] = OF_VARIABLE,
        rules_elsewhere: bool = False,
    ) -> VariableSpec:
        """Compile one variable.

        Args:
            outline: Its dataset.
            name: Its name.
            node: What the spec says of it.
            place: Where it says so.
            scope: What its rules can name.
            of_variable: Keywords that describe the variable, and are no rules.
            rules_elsewhere: Whether sources state its rules, and the node describes it only.
        """
        what = f"{outline.name}.{name}"
        if is_unmapped(node):
            structure = structure_of(outline)
            default = self._context.unmapped.default_variable(outline.standard, structure, name)
            metadata = self._context.unmapped.variable(default, node, what)
            return VariableSpec(name, (), None, metadata, place, unmapped=True)
        named = dataclasses.replace(scope, defining=name)
        rules = (
            ()
            if rules_elsewhere
            else self._context.rules.compile_rules(node, name, named, of_variable)
        )
        modifiers = {**description_of(outline, name), **first_rule(node)}
        facts = self.facts(outline, name, modifiers, place)
        codelist = self._codelist_of(facts, modifiers, what)
        self._check_constants(rules, codelist, name)
        if not outline.by_subject:
            self._check_without_subject(outline, name, rules)
        metadata = self.describe(outline, facts, rules, modifiers, codelist, scope)
        coded = codelist and codelist.codelist and codelist.codelist.dictionary
        return VariableSpec(name, rules, None if coded else codelist, metadata, place)

    def _check_without_subject(self, outline: Outline, name: str, rules: tuple[Rule, ...]) -> None:
        """Report what looks for a subject's records where there is no subject."""
        others = {
            r.table: rule for rule in rules for r in rule.references() if isinstance(r, Other)
        }
        for table, rule in others.items():
            if table in self._context.tables and self._context.tables[table].by_subject:
                self._reader.report(
                    rule.place,
                    f"{name}: the records of {outline.name} belong to no subject, those of {table} "
                    "do",
                    "state the value in the records",
                )

    def check_automatic(self, outline: Outline, name: str, place: str) -> None:
        """Report a variable that is made without a rule, and has one."""
        automatic = AUTOMATIC if outline.standard == "SDTMIG" else SUBJECT_KEYS
        if outline.by_subject and name in automatic:
            self._reader.report(
                place,
                f"{name} is made from study.yaml and the dataset's name",
                "leave it out: it is the same everywhere in a study",
            )

    def facts(
        self, outline: Outline, name: str, modifiers: Mapping[str, Node], place: str
    ) -> VariableFacts:
        """Find a variable in the standard, or make up the sponsor's own from the spec."""
        facts = self._found.find(outline, name, modifiers)
        label = self._reader.text(modifiers.get("label"), f"{name}: label")
        kind = self._reader.choice(
            modifiers.get("type"),
            f"{name}: type",
            ("Char", "Num"),
            facts.type if facts else self._found.type_of_rule(outline, name, modifiers),
        )
        if name in names_under(outline, "intermediate"):
            facts = facts or VariableFacts(name, name, "Char")
        elif facts is None:
            if outline.standard == "SDTMIG" and name not in names_under(outline, "supplemental"):
                known = self._context.catalog.variable_names("SDTMIG", outline.name)
                self._reader.report(
                    place,
                    f"{outline.name} has no variable {name!r} in the standard",
                    suggest(name, known, "move it to `supplemental:`"),
                )
            elif outline.standard == "ADAMIG" and not NAME.fullmatch(name):
                self._reader.report(place, f"{name!r} is no variable name", NAME_REMEDY)
            elif not label and outline.submitted:
                self._reader.report(
                    place, f"{name} is not in the standard and has no label", "add `label: ...`"
                )
            facts = VariableFacts(name, label or name, "Char")
        elif not (label or facts.label) and outline.submitted:
            remedy = "add `label: ...`: the standard leaves it to the sponsor"
            self._reader.report(place, f"{name} has no label", remedy)
        changed = dataclasses.replace(facts, label=label or facts.label)
        self._reader.check_text(changed.label, f"{name}: label", place, 40)
        return dataclasses.replace(changed, type="Num" if kind == "Num" else "Char")

    def _codelist_of(
        self, facts: VariableFacts, modifiers: Mapping[str, Node], what: str
    ) -> StudyCodelist | None:
        if "codelist" in modifiers:
            return self._context.codelists.named(modifiers["codelist"], f"{what}: codelist")
        standard = self._context.codelists.of_standard(facts.codelists)
        if standard and facts.name.endswith("STRESC"):
            return dataclasses.replace(standard, keeps_numbers=True)
        return standard

    def _check_constants(
        self, rules: tuple[Rule, ...], codelist: StudyCodelist | None, name: str
    ) -> None:
        constants = [rule for rule in rules if rule.keyword == "constant"]
        stated = [(rule, str(rule.arguments.get("value", ""))) for rule in constants]
        if codelist is None or codelist.codelist is None:
            for rule, value in stated:
                self._reader.check_text(value, f"{name}: constant", rule.place, 200)
            return
        values = [term.value for term in codelist.codelist.terms]
        allowed = {*values, *codelist.collected}
        for rule, value in stated:
            if value.strip() and value not in allowed:
                self._reader.report(
                    rule.place,
                    f"{name}: {value!r} is no term of {codelist.name}",
                    suggest(value, values, "extend the codelist in codelists.yaml"),
                )

    def describe(
        self,
        outline: Outline,
        facts: VariableFacts,
        rules: tuple[Rule, ...],
        modifiers: Mapping[str, Node],
        codelist: StudyCodelist | None,
        scope: Scope,
    ) -> VariableMetadata:
        forms = [
            self._context.forms[table] for table in scope.sources if table in self._context.forms
        ]
        forms = [form for form in forms if not form.finished]
        is_analysis = outline.standard == "ADAMIG"
        origin, method = describe_values(
            facts.name, rules, modifiers, forms, is_analysis, scope.sources, self._reader
        )
        text = self._reader.text
        formal = read_expression(modifiers.get("formal_expression"), facts.name, self._reader)
        dictionary = self._context.catalog.dictionary(facts.value_domain)
        return VariableMetadata(
            name=facts.name,
            label=facts.label,
            type=facts.type,
            length=self._reader.integer(modifiers.get("length"), f"{facts.name}: length", 200) or 0,
            data_type=facts.data_type,
            display_format=text(
                modifiers.get("display_format"), "display_format", _date_format(outline, facts)
            ),
            role=facts.role,
            core=facts.core,
            codelist=codelist.codelist if codelist else dictionary,
            origin=origin,
            method=method,
            expression=formal,
            comment=text(modifiers.get("comment"), f"{facts.name}: comment"),
        )

    def constant(self, outline: Outline, name: str, value: str, place: str) -> VariableSpec:
        """Compile a variable that a spec need not state, of one value."""
        return self.compile(outline, name, rule_node("constant", value, place), place, EMPTY)


def _date_format(outline: Outline, facts: VariableFacts) -> str:
    """Give the SAS format of an analysis date or time, whose name tells what it is (3.1.3)."""
    if outline.standard == "SDTMIG" or facts.type == "Char":
        return ""
    ending = next((e for e in DATE_FORMATS if facts.name.endswith(e)), "")
    return DATE_FORMATS.get(ending, "")
