"""From one dataset's YAML to its spec.

Compiling takes two passes: outlines first (names and variables of every dataset, so that rules can
refer to each other), then the rules.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterator, Mapping

from sdtmconv.errors import suggest
from sdtmconv.metadata import DatasetMetadata, Origin, VariableMetadata
from sdtmconv.spec.catalog import without_values
from sdtmconv.spec.codelists import pool_codelists
from sdtmconv.spec.model import (
    DatasetSpec,
    Rule,
    Source,
    SourceSpec,
    StudyCodelist,
    Supplemental,
    VariableSpec,
)
from sdtmconv.spec.outlines import NAME, NAME_REMEDY, SUBJECT_KEYS, Outline
from sdtmconv.spec.rules import OF_VARIABLE, Scope
from sdtmconv.spec.sources import SourceCompiler
from sdtmconv.spec.variables import EMPTY, first_rule, rule_node

ORIGIN_ORDER = ("Derived", "Collected", "Predecessor", "Assigned")
QORIG = {"Collected": "CRF", "Derived": "DERIVED", "Assigned": "ASSIGNED", "Protocol": "PROTOCOL"}


class DatasetCompiler(SourceCompiler):
    """Compiles outlined datasets."""

    def compile(self, outline: Outline) -> DatasetSpec:
        """Compile one dataset's sources, variables and description."""
        sources = tuple(self._sources(outline))
        scope = self._scope(outline, sources)
        variables = self._automatic(outline, sources, scope)
        stated = self._reader.mapping(outline.fields.get("variables"), "variables")
        for name, node in stated.items():
            place = outline.fields["variables"].place_of(name)
            self._check_automatic(outline, name, place)
            variables[name] = self._variable(outline, name, node, place, scope)
        for spec in self._supplemental(outline, sources, scope):
            variables[spec.name] = spec
        for spec in self._intermediate(outline, sources, scope):
            variables[spec.name] = spec
        self._add_test_name(outline, sources, variables)
        self._add_expected(outline, sources, variables)
        for source in sources:
            self._check_kept_by(outline, source, variables)
        if sources:
            self._check_required(outline, sources, variables)
            self._check_keys(outline, sources, variables)
        return self._assemble(outline, sources, variables)

    def _automatic(
        self, outline: Outline, sources: tuple[SourceSpec, ...], scope: Scope
    ) -> dict[str, VariableSpec]:
        """Make the identifiers that every dataset has, and what its literal records say."""
        place = outline.node.place
        variables = {"STUDYID": self._constant(outline, "STUDYID", self._study, place)}
        if "DOMAIN" in outline.variables:
            variables["DOMAIN"] = self._constant(outline, "DOMAIN", outline.domain, place)
        for name in sources[0].literal if sources else ():
            rule = rule_node("assign", name, sources[0].place)
            spec = self._variable(outline, name, rule, sources[0].place, scope)
            metadata = dataclasses.replace(spec.metadata, origin=Origin("Protocol"), method="")
            variables[name] = dataclasses.replace(spec, metadata=metadata)
        if not outline.by_subject:
            return variables
        facts = self._facts(outline, "USUBJID", {}, place)
        carried = Rule("assign", {"value": Source("USUBJID")}, None, None, "assign: USUBJID", place)
        form = self._usubjid.format(study=self._study, subject="[subject]")
        method = f"The subject's identifier as collected, in the form {form}."
        described = self._describe(outline, facts, (carried,), {}, None, EMPTY)
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
            if name in self._names(outline, "variables"):
                self._reader.report(
                    place, f"{name} is a variable of {outline.name} already", "keep one of the two"
                )
            keys = (*OF_VARIABLE, "evaluator")
            by_source = set(first_rule(entry)) <= set(keys) and any(
                name in source.variables for source in sources
            )
            spec = self._variable(outline, name, entry, place, scope, keys, by_source)
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
            if name in {*self._names(outline, "variables"), *self._names(outline, "supplemental")}:
                self._reader.report(
                    place, f"{name} is a variable of {outline.name} already", "keep one of the two"
                )
            by_source = not entry.content and any(name in source.variables for source in sources)
            spec = self._variable(outline, name, entry, place, scope, rules_elsewhere=by_source)
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
        names = self._test_names(outline.domain, codes)
        if not names:
            return
        place = codes[0].place
        scope = dataclasses.replace(EMPTY, variables=frozenset({code}))
        named = self._variable(outline, name, rule_node("assign", code, place), place, scope)
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
        for name in self._catalog.expected(outline.standard, outline.name):
            if name not in stated:
                facts = self._facts(outline, name, {}, outline.node.place)
                codelist = self._codelists.of_standard(facts.codelists)
                metadata = without_values(facts, codelist)
                variables[name] = VariableSpec(name, (), codelist, metadata, outline.node.place)

    def _check_required(
        self,
        outline: Outline,
        sources: tuple[SourceSpec, ...],
        variables: Mapping[str, VariableSpec],
    ) -> None:
        common = set.intersection(*(set(source.variables) for source in sources))
        for name in self._catalog.required(outline.standard, self._structure(outline)):
            if not _has_variable(name, {*variables, *common}):
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

    def _report_class(self, outline: Outline) -> None:
        known = self._catalog.dataset_names(outline.standard)
        title, name = self._catalog.title(outline.standard), self._structure(outline)
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
    ) -> DatasetSpec:
        text = self._reader.text
        facts = self._catalog.dataset(outline.standard, self._structure(outline))
        label = text(outline.fields.get("label"), "label", facts.label if facts else "")
        structure = text(
            outline.fields.get("structure"), "structure", facts.structure if facts else ""
        )
        for key, said in (("label", label), ("structure", structure)):
            if not said and key not in outline.fields:
                remedy = f"add `{key}: ...`"
                self._reader.report(outline.node.place, f"{outline.name} has no {key}", remedy)
        label_place = outline.fields.get("label", outline.node).place
        self._reader.check_text(label, f"label of {outline.name}", label_place, 40)
        if facts is None and "class" in outline.fields:
            self._report_class(outline)
        described = {name: spec.metadata for name, spec in variables.items() if spec.in_dataset}
        for name in dict.fromkeys(name for source in sources for name in source.variables):
            if name not in variables or variables[name].in_dataset:
                described[name] = _merge_descriptions(name, sources, variables.get(name))
        order = self._catalog.order(outline.standard, self._structure(outline), list(described))
        metadata = DatasetMetadata(
            name=outline.name,
            label=label,
            variables=tuple(described[name] for name in order),
            keys=outline.keys,
            domain=outline.domain,
            class_=facts.class_ if facts else "ADAM OTHER",
            structure=structure,
            standard=outline.standard,
            subject_level=outline.by_subject,
            repeating=not set(outline.keys) <= set(SUBJECT_KEYS),
            comment=text(outline.fields.get("comment"), "comment"),
        )
        return DatasetSpec(
            outline.name,
            outline.standard,
            sources,
            variables,
            metadata,
            self._catalog.supplemental(outline.name) if "DOMAIN" in outline.variables else None,
            outline.node.place,
        )


def _has_variable(name: str, known: Collection[str]) -> bool:
    """Find a variable; of ADaM's names, TRTxxP stands for TRT01P and --TERM for AETERM."""
    pattern = re.compile(name.replace("xx", r"\d\d").replace("--", "[A-Z]{2}"))
    return any(pattern.fullmatch(one) for one in known)


def _merge_descriptions(
    name: str, sources: tuple[SourceSpec, ...], shared: VariableSpec | None
) -> VariableMetadata:
    """Describe a variable that single sources or tests state on their own."""
    stated: dict[str, VariableMetadata] = {}
    for source in sources:
        spec = source.variables.get(name, shared)
        if spec:
            stated[source.test or source.name] = spec.metadata
    first = next(iter(stated.values()))
    origins = {m.origin.type: m.origin for m in reversed(stated.values()) if m.origin}
    by_method: dict[str, list[str]] = {}
    for source_name, metadata in stated.items():
        if metadata.method:
            by_method.setdefault(metadata.method, []).append(source_name)
    method = next(iter(by_method), "")
    if len(by_method) > 1 or (method and len(by_method[method]) < len(stated)):
        method = " ".join(f"{', '.join(names)}: {text}" for text, names in by_method.items())
    chosen = next((origins[kind] for kind in ORIGIN_ORDER if kind in origins), first.origin)
    codelists = [metadata.codelist for metadata in stated.values() if metadata.codelist]
    limited = len(codelists) == len(stated)
    return dataclasses.replace(
        first,
        origin=chosen,
        method=method,
        codelist=pool_codelists(codelists) if limited else None,
    )
