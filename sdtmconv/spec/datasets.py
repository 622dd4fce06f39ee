"""From one dataset's YAML to its spec.

Compiling takes two passes: outlines first (names and variables of every dataset, so that rules can
refer to each other), then the rules.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from graphlib import CycleError

from sdtmconv.errors import suggest
from sdtmconv.mapping.registry import REGISTRY
from sdtmconv.metadata import (
    DatasetMetadata,
    Origin,
    ValueLevel,
)
from sdtmconv.spec.catalog import without_values
from sdtmconv.spec.context import Context
from sdtmconv.spec.merged import describe_levels, merge_descriptions, name_parameters
from sdtmconv.spec.model import (
    DatasetSpec,
    Rule,
    Selection,
    Source,
    SourceSpec,
    StudyCodelist,
    Supplemental,
    VariableSpec,
)
from sdtmconv.spec.outlines import NAME, NAME_REMEDY, SUBJECT_KEYS, Outline, is_unmapped
from sdtmconv.spec.rules import OF_VARIABLE, Scope
from sdtmconv.spec.sources import SourceCompiler
from sdtmconv.spec.stated import first_rule, names_under, only_describes, rule_node, structure_of
from sdtmconv.spec.variables import EMPTY, VariableCompiler
from sdtmconv.spec.yaml_nodes import Node

# Of the terms that dictionaries code, a dataset of occurrences has its own (OCCDS 1.1, 3.2).
CODED_TERMS = ("--TERM", "CMTRT")
QORIG = {"Collected": "CRF", "Derived": "DERIVED", "Assigned": "ASSIGNED", "Protocol": "PROTOCOL"}


class DatasetCompiler:
    """Compiles outlined datasets."""

    def __init__(self, context: Context) -> None:
        self._context, self._reader = context, context.reader
        self._variables = VariableCompiler(context)
        self._sources = SourceCompiler(context, self._variables)

    def compile(self, outline: Outline) -> DatasetSpec:
        """Compile one dataset's sources, variables and description."""
        if outline.unmapped:
            return self._context.unmapped.dataset(outline)
        sources = tuple(self._sources.compile(outline))
        scope = self._variables.scope(outline, sources)
        variables = self._automatic(outline, sources, scope)
        stated = self._carried(outline) | {
            name: (node, outline.fields["variables"].place_of(name))
            for name, node in names_under(outline, "variables").items()
            if not _only_places(name, node, sources)
        }
        self._reader.mapping(outline.fields.get("variables"), "variables")
        for name, (node, place) in stated.items():
            if name in variables and is_unmapped(node):
                continue
            self._variables.check_automatic(outline, name, place)
            variables[name] = self._variables.compile(outline, name, node, place, scope)
        for qualifier in self._supplemental(outline, sources, scope):
            variables[qualifier.name] = qualifier
        for inner in self._intermediate(outline, sources, scope):
            variables[inner.name] = inner
        self._add_test_name(outline, sources, variables)
        self._add_expected(outline, sources, variables)
        for source in sources:
            self._sources.check_kept_by(outline, source, variables)
        if sources and outline.submitted:
            self._check_required(outline, sources, variables)
        if sources:
            self._check_keys(outline, sources, variables)
        selection = self._sources.selection(outline.fields, outline.name, scope)
        spec = self._assemble(outline, sources, variables, selection)
        self._check_selection(spec)
        return spec

    def _carried(self, outline: Outline) -> dict[str, tuple[Node, str]]:
        """Write what is carried over from other datasets as rules, in the order of the lists."""
        node = outline.fields.get("carried")
        rules: dict[str, tuple[Node, str]] = {}
        for table, names in self._reader.mapping(node, "carried").items():
            items = names.content if isinstance(names.content, tuple) else (names,)
            for item in items:
                name = self._reader.text(item, f"carried: {table}")
                if name.strip():
                    rules[name] = (rule_node("assign", f"{table}.{name}", item.place), item.place)
        return rules

    def _check_selection(self, spec: DatasetSpec) -> None:
        """Report a selection whose columns depend on which records are kept."""
        if spec.selection is None:
            return
        try:
            deciding = spec.deciding
        except CycleError as error:
            circle = " needs ".join(reversed(error.args[1]))
            self._reader.report(
                spec.selection.place,
                f"values of {spec.name} depend on each other in a circle: {circle}",
                "take one of them from a column of the source instead",
            )
            return
        rules = [rule for name in deciding for v in spec.rules_of(name) for rule in v.rules]
        for rule in rules:
            if REGISTRY[rule.keyword].groupwise:
                self._reader.report(
                    rule.place,
                    f"{rule.keyword} looks at all records, and decides which of them are kept",
                    "select by columns that do not depend on other records",
                )

    def _automatic(
        self, outline: Outline, sources: tuple[SourceSpec, ...], scope: Scope
    ) -> dict[str, VariableSpec]:
        """Make the identifiers that every dataset has, and what its literal records say."""
        place = outline.node.place
        variables = {
            "STUDYID": self._variables.constant(outline, "STUDYID", self._context.study, place)
        }
        if outline.standard == "SDTMIG" and "DOMAIN" in outline.variables:
            variables["DOMAIN"] = self._variables.constant(outline, "DOMAIN", outline.domain, place)
        for name in sources[0].literal if sources else ():
            rule = rule_node("assign", name, sources[0].place)
            spec = self._variables.compile(outline, name, rule, sources[0].place, scope)
            metadata = dataclasses.replace(spec.metadata, origin=Origin("Protocol"), method="")
            variables[name] = dataclasses.replace(spec, metadata=metadata)
        if not outline.by_subject:
            return variables
        facts = self._variables.facts(outline, "USUBJID", {}, place)
        carried = Rule("assign", {"value": Source("USUBJID")}, None, None, "assign: USUBJID", place)
        form = self._context.usubjid.format(study=self._context.study, subject="[subject]")
        method = f"The subject's identifier as collected, in the form {form}."
        described = self._variables.describe(outline, facts, (carried,), {}, None, EMPTY)
        metadata = dataclasses.replace(described, origin=Origin("Derived"), method=method)
        variables["USUBJID"] = VariableSpec("USUBJID", (carried,), None, metadata, place)
        return variables

    def _supplemental(
        self, outline: Outline, sources: tuple[SourceSpec, ...], scope: Scope
    ) -> Iterator[VariableSpec]:
        node = outline.fields.get("supplemental")
        if node and outline.standard == "ADAMIG":
            remedy = "put its variables under `variables:`"
            self._reader.report(node.place, "supplemental is for SDTM", remedy)
            return
        for name, entry in self._reader.mapping(node, "supplemental").items():
            assert node
            place = node.place_of(name)
            if not NAME.fullmatch(name):
                self._reader.report(place, f"QNAM {name!r} is not valid", NAME_REMEDY)
            if name in names_under(outline, "variables"):
                self._reader.report(
                    place, f"{name} is a variable of {outline.name} already", "keep one of the two"
                )
            keys = (*OF_VARIABLE, "evaluator")
            by_source = _only_places(name, entry, sources, keys)
            spec = self._variables.compile(outline, name, entry, place, scope, keys, by_source)
            evaluator = first_rule(entry).get("evaluator")
            origin = spec.metadata.origin.type if spec.metadata.origin else "Collected"
            supplemental = Supplemental(
                self._reader.text(evaluator, f"{name}: evaluator"), QORIG.get(origin, "CRF")
            )
            yield dataclasses.replace(spec, supplemental=supplemental)

    def _intermediate(
        self, outline: Outline, sources: tuple[SourceSpec, ...], scope: Scope
    ) -> Iterator[VariableSpec]:
        """Compile what other rules of the dataset use and no dataset holds."""
        node = outline.fields.get("intermediate")
        for name, entry in self._reader.mapping(node, "intermediate").items():
            assert node
            place = node.place_of(name)
            if name in {*names_under(outline, "variables"), *names_under(outline, "supplemental")}:
                self._reader.report(
                    place, f"{name} is a variable of {outline.name} already", "keep one of the two"
                )
            by_source = _only_places(name, entry, sources)
            spec = self._variables.compile(
                outline, name, entry, place, scope, rules_elsewhere=by_source
            )
            yield dataclasses.replace(spec, intermediate=True)

    def _add_test_name(
        self,
        outline: Outline,
        sources: tuple[SourceSpec, ...],
        variables: dict[str, VariableSpec],
    ) -> None:
        """Add --TEST where the spec states --TESTCD alone: the terminology names the code."""
        code, name = f"{outline.domain}TESTCD", f"{outline.domain}TEST"
        codes = [
            part[code] for part in (variables, *(s.variables for s in sources)) if code in part
        ]
        stated = name in variables or all(name in source.variables for source in sources)
        if stated or not codes or outline.standard != "SDTMIG":
            return
        names = self._sources.name_tests(outline.domain, codes)
        if not names:
            return
        place = codes[0].place
        scope = dataclasses.replace(EMPTY, variables=frozenset({code}))
        named = self._variables.compile(
            outline, name, rule_node("assign", code, place), place, scope
        )
        known = named.codelist.codelist if named.codelist else None
        variables[name] = dataclasses.replace(
            named,
            codelist=StudyCodelist(name, known, names, place),
            metadata=dataclasses.replace(named.metadata, origin=Origin("Assigned"), method=""),
        )

    def _add_expected(
        self,
        outline: Outline,
        sources: tuple[SourceSpec, ...],
        variables: dict[str, VariableSpec],
    ) -> None:
        """Add Expected variables that the spec leaves out, without values (SDTMIG 4.1.5)."""
        stated = set(variables).union(*(source.variables for source in sources))
        for name in self._context.catalog.expected(outline.standard, outline.name):
            if name not in stated:
                facts = self._variables.facts(outline, name, {}, outline.node.place)
                codelist = self._context.codelists.of_standard(facts.codelists)
                metadata = without_values(facts, codelist)
                variables[name] = VariableSpec(name, (), codelist, metadata, outline.node.place)

    def _check_required(
        self,
        outline: Outline,
        sources: tuple[SourceSpec, ...],
        variables: Mapping[str, VariableSpec],
    ) -> None:
        common = set.intersection(*(set(source.variables) for source in sources))
        known = {*variables, *common}
        coded = any(_has_variable(term, known) for term in CODED_TERMS)
        for name in self._context.catalog.required(outline.standard, structure_of(outline)):
            if not _has_variable(name, known) and not (coded and name in CODED_TERMS):
                self._reader.report(
                    outline.node.place,
                    f"{outline.name} has no {name}, which the standard requires",
                    "say where its value comes from",
                )

    def _check_keys(
        self,
        outline: Outline,
        sources: tuple[SourceSpec, ...],
        variables: Mapping[str, VariableSpec],
    ) -> None:
        known = dict.fromkeys(name for name, spec in variables.items() if spec.in_dataset)
        known |= dict.fromkeys(name for source in sources for name in source.variables)
        for number, key in enumerate(outline.keys):
            if key not in known:
                self._reader.report(
                    outline.fields["keys"].place,
                    f"{outline.name} has no variable {key!r} to be a key",
                    suggest(key, known, "define it under `variables:`"),
                )
            elif key in outline.keys[:number]:
                self._reader.report(
                    outline.fields["keys"].place,
                    f"the keys of {outline.name} name {key} twice",
                    "keep one of the two",
                )

    def _describe_supplemental(
        self, outline: Outline, variables: Mapping[str, VariableSpec]
    ) -> DatasetMetadata:
        """Describe SUPP--, and QVAL by QNAM as each qualifier is described."""
        metadata = self._context.catalog.supplemental(outline.name)
        levels = tuple(
            ValueLevel((("QNAM", "EQ", (name,)),), dataclasses.replace(spec.metadata, name="QVAL"))
            for name, spec in variables.items()
            if spec.supplemental
        )
        described = [
            dataclasses.replace(v, values=levels) if v.name == "QVAL" else v
            for v in metadata.variables
        ]
        return dataclasses.replace(metadata, variables=tuple(described))

    def _report_class(self, outline: Outline) -> None:
        known = self._context.catalog.dataset_names(outline.standard)
        title, name = self._context.catalog.title(outline.standard), structure_of(outline)
        self._reader.report(
            outline.fields["class"].place,
            f"{title} has no class {name!r}",
            suggest(name, known, f"name one of {', '.join(known)}, or leave it out"),
        )

    def _assemble(
        self,
        outline: Outline,
        sources: tuple[SourceSpec, ...],
        variables: Mapping[str, VariableSpec],
        selection: Selection | None,
    ) -> DatasetSpec:
        text = self._reader.text
        facts = self._context.catalog.dataset(outline.standard, structure_of(outline))
        label = text(outline.fields.get("label"), "label", facts.label if facts else "")
        structure = text(
            outline.fields.get("structure"), "structure", facts.structure if facts else ""
        )
        for key, said in (("label", label), ("structure", structure)):
            if not said and key not in outline.fields and outline.submitted:
                remedy = f"add `{key}: ...`"
                self._reader.report(outline.node.place, f"{outline.name} has no {key}", remedy)
        label_place = outline.fields.get("label", outline.node).place
        self._reader.check_text(label, f"label of {outline.name}", label_place, 40)
        if facts is None and "class" in outline.fields:
            self._report_class(outline)
        described = {name: spec.metadata for name, spec in variables.items() if spec.in_dataset}
        for name in dict.fromkeys(name for source in sources for name in source.variables):
            if name not in variables or variables[name].in_dataset:
                merged = merge_descriptions(name, sources, variables.get(name))
                levels = describe_levels(outline.domain, name, sources, variables.get(name))
                described[name] = dataclasses.replace(merged, values=levels)
        placed = names_under(outline, "variables")
        ahead = [name for name in variables if name not in placed]
        stated = [n for n in dict.fromkeys([*ahead, *placed, *described]) if n in described]
        if "PARAMCD" in described:
            described["PARAMCD"] = name_parameters(described["PARAMCD"], sources)
        order = self._context.catalog.order(outline.standard, structure_of(outline), stated)
        metadata = DatasetMetadata(
            name=outline.name,
            label=label,
            variables=tuple(described[name] for name in order),
            keys=outline.keys,
            domain=outline.domain,
            class_=facts.class_ if facts else "ADAM OTHER",
            structure=structure,
            subclass=facts.subclass if facts else "",
            standard=outline.standard,
            subject_level=outline.by_subject,
            repeating=not set(outline.keys) <= set(SUBJECT_KEYS),
            comment=text(outline.fields.get("comment"), "comment"),
        )
        has_supplemental = outline.standard == "SDTMIG" and "DOMAIN" in outline.variables
        supplemental = self._describe_supplemental(outline, variables) if has_supplemental else None
        return DatasetSpec(
            outline.name,
            outline.standard,
            sources,
            variables,
            metadata,
            supplemental,
            outline.node.place,
            selection,
            outline.submitted,
        )


def _only_places(
    name: str, entry: Node, sources: Sequence[SourceSpec], keys: Sequence[str] = OF_VARIABLE
) -> bool:
    """Tell an entry such as `AVAL: {}`: place, and maybe description, of what sources state."""
    stated = any(name in source.variables for source in sources)
    return stated and only_describes(entry, keys)


def _has_variable(name: str, known: Collection[str]) -> bool:
    """Find a variable; of ADaM's names, TRTxxP stands for TRT01P and --TERM for AETERM."""
    pattern = re.compile(name.replace("xx", r"\d\d").replace("--", "[A-Z]{2}"))
    return any(pattern.fullmatch(one) for one in known)
