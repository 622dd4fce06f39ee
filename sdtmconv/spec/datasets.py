"""From one dataset's YAML to its spec.

Compiling takes two passes: outlines first (names and variables of every dataset, so that rules can
refer to each other), then the rules.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError

from sdtmconv.errors import suggest
from sdtmconv.mapping.registry import REGISTRY
from sdtmconv.metadata import DatasetMetadata, Origin, Standard, VariableMetadata
from sdtmconv.spec.catalog import Catalog, VariableFacts, without_values
from sdtmconv.spec.codelists import Codelists, pool_codelists
from sdtmconv.spec.describe import describe_values
from sdtmconv.spec.model import (
    DatasetSpec,
    FormSpec,
    Join,
    Other,
    Rule,
    Source,
    SourceSpec,
    StudyCodelist,
    Supplemental,
    VariableSpec,
    order_kept_by,
)
from sdtmconv.spec.rules import OF_VARIABLE, RuleCompiler, Scope, Table
from sdtmconv.spec.yaml_nodes import Node, Reader

FIELDS = (
    "domain",
    "dataset",
    "class",
    "label",
    "structure",
    "comment",
    "keys",
    "source",
    "sources",
    "records",
    "kept_by",
    "tests",
    "variables",
    "intermediate",
    "supplemental",
)
SOURCE_FIELDS = ("from", "where", "join", "kept_by", "tests", "variables")
SUBJECT_KEYS = ("STUDYID", "USUBJID")
AUTOMATIC = ("STUDYID", "DOMAIN", "USUBJID")
NAME = re.compile("[A-Z][A-Z0-9]{0,7}")
NAME_REMEDY = "write up to 8 capital letters and digits, beginning with a letter"
ORIGIN_ORDER = ("Derived", "Collected", "Predecessor", "Assigned")
QORIG = {"Collected": "CRF", "Derived": "DERIVED", "Assigned": "ASSIGNED", "Protocol": "PROTOCOL"}


@dataclass(frozen=True)
class Outline:
    """What other datasets need to know of a dataset before its rules are compiled."""

    name: str
    domain: str
    standard: Standard
    node: Node
    fields: Mapping[str, Node]
    keys: tuple[str, ...]
    variables: frozenset[str]

    @property
    def by_subject(self) -> bool:
        """False for a dataset whose records stand in the spec itself, such as trial design."""
        return "records" not in self.fields

    @property
    def table(self) -> Table:
        one = self.by_subject and set(self.keys) <= set(SUBJECT_KEYS)
        return Table(self.variables, one_per_subject=one, by_subject=self.by_subject)


def read_outline(
    node: Node, standard: Standard, catalog: Catalog, reader: Reader
) -> Outline | None:
    """Read a dataset's name, keys and variable names."""
    key = "domain" if standard == "SDTMIG" else "dataset"
    fields = reader.fields(node, "a dataset's spec", FIELDS)
    if key not in fields:
        reader.report(node.place, f"the spec names no {key}", f"begin with `{key}: ...`")
        return None
    name = reader.text(fields[key], key)
    if not NAME.fullmatch(name):
        reader.report(fields[key].place, f"{key} {name!r} is no dataset name", NAME_REMEDY)
        return None
    if standard == "SDTMIG" and not _is_domain(name, fields, catalog, reader):
        return None
    keys = reader.texts(fields.get("keys"), "keys")
    first_keys = SUBJECT_KEYS if "records" not in fields else SUBJECT_KEYS[:1]
    if "keys" not in fields:
        reader.report(
            node.place,
            f"{name} has no keys",
            "add `keys: [STUDYID, USUBJID, ...]` that identify a record",
        )
    elif keys and keys[: len(first_keys)] != first_keys:
        reader.report(
            fields["keys"].place,
            f"the keys of {name} do not begin with {', '.join(first_keys)}",
            "put these first: datasets are built and sorted by subject",
        )
    variables = set(_variable_names(fields, reader)) | set(catalog.expected(standard, name))
    variables |= set(first_keys)
    if catalog.variable(standard, name, "DOMAIN"):
        variables.add("DOMAIN")
    known = catalog.dataset(standard, name)
    domain = known.domain if known and standard == "SDTMIG" else name
    if _has_tests(fields, reader) or f"{domain}TESTCD" in variables:
        variables |= {f"{domain}TESTCD", f"{domain}TEST"}
    return Outline(name, domain, standard, node, fields, keys or first_keys, frozenset(variables))


def _is_domain(name: str, fields: Mapping[str, Node], catalog: Catalog, reader: Reader) -> bool:
    """Tell whether the standard has a dataset; report what is wrong with it."""
    if "class" in fields:
        place = fields["class"].place
        reader.report(place, "class is for analysis datasets", "leave it out: a domain has its own")
    place = fields["domain"].place
    if name.startswith("SUPP"):
        remedy = f"write `supplemental:` in the spec of {name.removeprefix('SUPP')}"
        reader.report(place, f"{name} is made from its domain", remedy)
        return False
    if catalog.dataset("SDTMIG", name) is None:
        known = catalog.dataset_names("SDTMIG")
        remedy = suggest(name, known, f"name one of {', '.join(known)}")
        reader.report(place, f"{catalog.title('SDTMIG')} has no domain {name!r}", remedy)
        return False
    return True


def _variable_names(fields: Mapping[str, Node], reader: Reader) -> Iterator[str]:
    quiet = Reader([])
    yield from quiet.mapping(fields.get("variables"), "variables")
    yield from quiet.mapping(fields.get("supplemental"), "supplemental")
    yield from quiet.mapping(fields.get("intermediate"), "intermediate")
    yield from _literal_columns(fields.get("records"), quiet)
    for entry in quiet.mapping(fields.get("tests"), "tests").values():
        yield from (key for key in quiet.mapping(entry, "test") if key != "where")
    for source in quiet.mapping(fields.get("sources"), "sources").values():
        inner = quiet.mapping(source, "source")
        yield from quiet.mapping(inner.get("variables"), "variables")
        for entry in quiet.mapping(inner.get("tests"), "tests").values():
            yield from (key for key in quiet.mapping(entry, "test") if key != "where")


def _literal_columns(node: Node | None, reader: Reader) -> dict[str, None]:
    """Name the columns of records that stand in the spec."""
    records = node.content if node and isinstance(node.content, tuple) else ()
    return dict.fromkeys(key for record in records for key in reader.mapping(record, "a record"))


def _has_tests(fields: Mapping[str, Node], reader: Reader) -> bool:
    quiet = Reader([])
    sources = quiet.mapping(fields.get("sources"), "sources").values()
    return "tests" in fields or any("tests" in quiet.mapping(s, "source") for s in sources)


class DatasetCompiler:
    """Compiles outlined datasets."""

    def __init__(
        self,
        study: str,
        usubjid: str,
        forms: Mapping[str, FormSpec],
        outlines: Mapping[str, Outline],
        catalog: Catalog,
        codelists: Codelists,
        reader: Reader,
    ) -> None:
        self._study, self._usubjid, self._forms = study, usubjid, forms
        self._outlines, self._catalog, self._codelists = outlines, catalog, codelists
        self._reader, self._rules = reader, RuleCompiler(reader)
        self._tables = {name: Table(None) for name in forms}
        self._tables |= {name: outline.table for name, outline in outlines.items()}

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

    # Sources

    def _sources(self, outline: Outline) -> Iterator[SourceSpec]:
        fields, reader = outline.fields, self._reader
        stated = [key for key in ("source", "sources", "records") if key in fields]
        if len(stated) != 1:
            reader.report(
                outline.node.place,
                f"{outline.name} has {' and '.join(stated) or 'no source'}",
                "write `source: form`, or `sources:` with one entry per stream of records, or "
                "`records:` with the records themselves",
            )
        if "records" in fields:
            for key in ("tests", "kept_by", "supplemental"):
                if key in fields:
                    reader.report(
                        fields[key].place,
                        f"{key} does not go with records",
                        "write the records as they are to be",
                    )
            literal = self._literal(fields["records"])
            if literal.literal:
                yield literal
        if "source" in fields:
            node = fields["source"]
            shared = {key: fields[key] for key in ("tests", "kept_by") if key in fields}
            plain = not isinstance(node.content, dict)
            name = reader.text(node, "source") if plain else "source"
            if name.strip():
                yield from self._source(outline, name, node, shared)
        elif "sources" in fields:
            if "tests" in fields:
                reader.report(
                    fields["tests"].place,
                    f"{outline.name} has several sources and tests beside them",
                    "put `tests:` into the source that they are made from",
                )
                return
            if fields["sources"].content == {}:
                reader.report(
                    fields["sources"].place, f"{outline.name} has no source", "name at least one"
                )
            for name, node in reader.mapping(fields["sources"], "sources").items():
                yield from self._source(outline, name, node, {})

    def _literal(self, node: Node) -> SourceSpec:
        """Take the records that stand in the spec."""
        if not node.content or not isinstance(node.content, tuple):
            kind = node.kind if node.content else "empty"
            self._reader.report(node.place, f"records is {kind}", "write `- {VARIABLE: value}`")
        records = node.content if isinstance(node.content, tuple) else ()
        columns = _literal_columns(node, self._reader)
        rows = [self._reader.mapping(record, "a record") for record in records]
        literal = {
            column: tuple(_literal_text(row.get(column), self._reader) for row in rows)
            for column in columns
        }
        return SourceSpec("records", "", literal=literal, place=node.place)

    def _source(
        self, outline: Outline, name: str, node: Node, shared: Mapping[str, Node]
    ) -> Iterator[SourceSpec]:
        what = f"source {name}"
        entries: Mapping[str, Node] = {}
        if isinstance(node.content, str):
            table = node.content
        else:
            entries = self._reader.fields(node, what, SOURCE_FIELDS)
            table = self._reader.text(entries.get("from"), f"{what}: from", name)
        if table not in self._tables:
            known = [name for name in self._tables if name != outline.name]
            self._reader.report(
                node.place,
                f"{what}: no form or dataset {table!r}",
                suggest(table, known, "list it in study.yaml under `raw: forms:`"),
            )
            return
        if table == outline.name:
            self._reader.report(
                node.place, f"{table} is its own source", "name the raw form, or another dataset"
            )
            return
        joins = tuple(self._joins(table, entries.get("join"), what))
        joined = frozenset(join.form for join in joins)
        scope = Scope(outline.variables, (table,), joined, self._tables)
        selecting = Scope(frozenset(), (table,), joined, self._tables)
        where = self._rules.bind_condition(entries.get("where"), what, selecting)
        stated = self._reader.mapping(entries.get("variables"), f"{what}: variables")
        variables = {
            variable: self._variable_of_part(
                outline, variable, rule, entries["variables"].place_of(variable), scope
            )
            for variable, rule in stated.items()
        }
        kept_by = self._kept_by(outline, entries.get("kept_by", shared.get("kept_by")))
        source = SourceSpec(
            name, table, where, joins, variables=variables, kept_by=kept_by, place=node.place
        )
        tests = entries.get("tests", shared.get("tests"))
        if tests is None:
            yield source
            return
        if not tests.content:
            self._reader.report(
                tests.place, f"{outline.name} has no tests", "write one entry per test"
            )
        for test, entry in self._reader.mapping(tests, "tests").items():
            yield self._test(outline, source, scope, test, entry, tests.place_of(test))

    def _kept_by(self, outline: Outline, node: Node | None) -> tuple[str, ...]:
        names = self._reader.texts(node, "kept_by")
        for name in names:
            if name not in outline.variables:
                assert node
                remedy = suggest(name, outline.variables, "name a variable of the dataset")
                self._reader.report(
                    node.place, f"kept_by: {outline.name} has no variable {name!r}", remedy
                )
        return tuple(name for name in names if name in outline.variables)

    def _check_kept_by(
        self, outline: Outline, source: SourceSpec, variables: Mapping[str, VariableSpec]
    ) -> None:
        """Report what cannot say whether a record of a source is made."""
        for name in source.kept_by:
            if name not in source.variables and name not in variables:
                self._reader.report(
                    source.place,
                    f"kept_by: {outline.name}.{name} is no variable of {source.name}",
                    "define it there, or for the whole dataset",
                )
        try:
            order_kept_by(source, variables)
        except CycleError as error:
            circle = " needs ".join(reversed(error.args[1]))
            self._reader.report(
                source.place,
                f"kept_by: values of {outline.name} depend on each other in a circle: {circle}",
                "take one of them from a collected column instead",
            )

    def _joins(self, table: str, node: Node | None, what: str) -> Iterator[Join]:
        for form, keys in self._reader.mapping(node, f"{what}: join").items():
            assert node
            if form == table:
                self._reader.report(
                    node.place_of(form), f"{what} joins {form} to itself", "name another form"
                )
                continue
            if form not in self._forms:
                self._reader.report(
                    node.place_of(form),
                    f"{what}: no form {form!r} to join",
                    suggest(form, self._forms, "list it in study.yaml under `raw: forms:`"),
                )
                continue
            if isinstance(keys.content, dict):
                pairs = tuple(
                    (own, self._reader.text(other, f"{what}: join {form}"))
                    for own, other in keys.content.items()
                )
            else:
                names = self._reader.texts(keys, f"{what}: join {form}")
                pairs = tuple((name, name) for name in names)
            known = self._tables[table].columns
            for own, _ in pairs:
                if known is not None and own not in known:
                    self._reader.report(
                        keys.place,
                        f"{what}: join {form}: {table} has no variable {own!r}",
                        suggest(own, known, "join on variables of both"),
                    )
            yield Join(form, pairs, keys.place)

    def _test(
        self, outline: Outline, source: SourceSpec, scope: Scope, test: str, node: Node, place: str
    ) -> SourceSpec:
        """Make the stream of one test's records from a source of wide records."""
        domain = outline.domain
        entries = dict(self._reader.mapping(node, f"test {test}"))
        own_where = entries.pop("where", None)
        if own_where and source.where:
            self._reader.report(
                own_where.place,
                f"test {test} and its source both have a `where`",
                "join the two conditions with `and` in the test",
            )
        if not NAME.fullmatch(test):
            self._reader.report(place, f"{test!r} is no test code", NAME_REMEDY)
        inner = dataclasses.replace(scope, variables=frozenset())
        where = self._rules.bind_condition(own_where, f"test {test}", inner) or source.where
        variables = dict(source.variables)
        code = self._constant(outline, f"{domain}TESTCD", test, place)
        variables |= {code.name: code, f"{domain}TEST": code}
        if f"{domain}TEST" not in entries:
            decode = self._test_name(domain, test, code)
            if decode:
                variables[f"{domain}TEST"] = self._constant(outline, f"{domain}TEST", decode, place)
        kept_by = tuple(n for n in (f"{domain}ORRES", f"{domain}STAT") if n in entries)
        for name, rule in entries.items():
            names = inner if name in kept_by else scope
            variables[name] = self._variable_of_part(
                outline, name, rule, node.place_of(name), names
            )
        if f"{domain}ORRES" not in entries:
            self._reader.report(
                place, f"test {test} has no {domain}ORRES", "say which column holds the result"
            )
        return dataclasses.replace(
            source,
            name=f"{source.name}.{test}",
            where=where,
            test=test,
            variables=variables,
            kept_by=kept_by,
            place=place,
        )

    def _test_name(self, domain: str, test: str, code: VariableSpec) -> str:
        """Find the name of a test code; a code that its codelist lacks is a fault of its own."""
        codelist = code.codelist.codelist if code.codelist else None
        names = self._catalog.test_codes(domain)
        names |= {t.value: t.decode for t in codelist.terms if t.extended} if codelist else {}
        if test not in names and codelist is None:
            self._reader.report(
                code.place,
                f"test {test} has no name",
                f"give the test its own `{domain}TEST: {{constant: ...}}`",
            )
        return names.get(test, "")

    # Variables

    def _scope(self, outline: Outline, sources: tuple[SourceSpec, ...]) -> Scope:
        tables = tuple(dict.fromkeys(source.table for source in sources))
        joined = [frozenset(join.form for join in source.joins) for source in sources]
        shared = frozenset.intersection(*joined) if joined else frozenset()
        known = self._tables
        if not outline.by_subject:
            known = known | {"": Table(frozenset(sources[0].literal if sources else ()))}
        return Scope(outline.variables, tables, shared, known)

    def _variable(
        self,
        outline: Outline,
        name: str,
        node: Node,
        place: str,
        scope: Scope,
        of_variable: tuple[str, ...] = OF_VARIABLE,
        rules_elsewhere: bool = False,
    ) -> VariableSpec:
        what = f"{outline.name}.{name}"
        named = dataclasses.replace(scope, defining=name)
        rules = () if rules_elsewhere else self._rules.compile_rules(node, name, named, of_variable)
        described = self._names(outline, "supplemental").get(name)
        modifiers = {**(_first_rule(described) if described else {}), **_first_rule(node)}
        facts = self._facts(outline, name, modifiers, place)
        codelist = self._codelist_of(facts, modifiers, what)
        self._check_constants(rules, codelist, name)
        if not outline.by_subject:
            self._check_without_subject(outline, name, rules)
        metadata = self._describe(outline, facts, rules, modifiers, codelist, scope)
        return VariableSpec(name, rules, codelist, metadata, place)

    def _check_without_subject(self, outline: Outline, name: str, rules: tuple[Rule, ...]) -> None:
        """Report what looks for a subject's records where there is no subject."""
        others = {
            r.table: rule for rule in rules for r in rule.references() if isinstance(r, Other)
        }
        for table, rule in others.items():
            if table in self._tables and self._tables[table].by_subject:
                self._reader.report(
                    rule.place,
                    f"{name}: the records of {outline.name} belong to no subject, those of {table} "
                    "do",
                    "state the value in the records",
                )

    def _check_automatic(self, outline: Outline, name: str, place: str) -> None:
        if outline.by_subject and name in AUTOMATIC:
            self._reader.report(
                place,
                f"{name} is made from study.yaml and the dataset's name",
                "leave it out: it is the same everywhere in a study",
            )

    def _variable_of_part(
        self, outline: Outline, name: str, node: Node, place: str, scope: Scope
    ) -> VariableSpec:
        """Compile a variable of one source or test, whose rules see only its own records."""
        self._check_automatic(outline, name, place)
        spec = self._variable(outline, name, node, place, scope)
        for rule in spec.rules:
            if REGISTRY[rule.keyword].groupwise:
                self._reader.report(
                    rule.place,
                    f"{name}: {rule.keyword} looks at all records of the dataset",
                    "move it to the dataset's own `variables:`",
                )
        return spec

    def _facts(
        self, outline: Outline, name: str, modifiers: Mapping[str, Node], place: str
    ) -> VariableFacts:
        """Find a variable in the standard, or make up the sponsor's own from the spec."""
        facts = self._catalog.variable(outline.standard, self._structure(outline), name)
        if facts is None and name in SUBJECT_KEYS:
            facts = self._catalog.variable("ADAMIG", "ADSL", name)
        label = self._reader.text(modifiers.get("label"), f"{name}: label")
        kind = self._reader.choice(
            modifiers.get("type"), f"{name}: type", ("Char", "Num"), facts.type if facts else "Char"
        )
        if facts is None and name in self._names(outline, "intermediate"):
            facts = VariableFacts(name, name, "Char")
        elif facts is None:
            if outline.standard == "SDTMIG" and name not in self._names(outline, "supplemental"):
                known = self._catalog.variable_names("SDTMIG", outline.name)
                self._reader.report(
                    place,
                    f"{outline.name} has no variable {name!r} in the standard",
                    suggest(name, known, "move it to `supplemental:`"),
                )
            elif outline.standard == "ADAMIG" and not NAME.fullmatch(name):
                self._reader.report(place, f"{name!r} is no variable name", NAME_REMEDY)
            elif not label:
                self._reader.report(
                    place, f"{name} is not in the standard and has no label", "add `label: ...`"
                )
            facts = VariableFacts(name, label or name, "Char")
        changed = dataclasses.replace(facts, label=label or facts.label)
        self._reader.check_text(changed.label, f"{name}: label", place, 40)
        return dataclasses.replace(changed, type="Num" if kind == "Num" else "Char")

    def _names(self, outline: Outline, field: str) -> Mapping[str, Node]:
        return Reader([]).mapping(outline.fields.get(field), field)

    def _structure(self, outline: Outline) -> str:
        if outline.standard == "SDTMIG":
            return outline.name
        return Reader([]).text(outline.fields.get("class"), "class", outline.name)

    def _codelist_of(
        self, facts: VariableFacts, modifiers: Mapping[str, Node], what: str
    ) -> StudyCodelist | None:
        if "codelist" in modifiers:
            return self._codelists.named(modifiers["codelist"], f"{what}: codelist")
        standard = self._codelists.of_standard(facts.codelists)
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

    def _describe(
        self,
        outline: Outline,
        facts: VariableFacts,
        rules: tuple[Rule, ...],
        modifiers: Mapping[str, Node],
        codelist: StudyCodelist | None,
        scope: Scope,
    ) -> VariableMetadata:
        forms = [self._forms[table] for table in scope.sources if table in self._forms]
        origin, method = describe_values(
            rules, modifiers, forms, outline.standard == "ADAMIG", scope.sources, self._reader
        )
        text = self._reader.text
        dictionary = self._catalog.dictionary(facts.value_domain)
        return VariableMetadata(
            name=facts.name,
            label=facts.label,
            type=facts.type,
            length=self._reader.integer(modifiers.get("length"), f"{facts.name}: length", 200) or 0,
            data_type=facts.data_type,
            display_format=text(modifiers.get("display_format"), "display_format"),
            role=facts.role,
            core=facts.core,
            codelist=codelist.codelist if codelist else dictionary,
            origin=origin,
            method=method,
            comment=text(modifiers.get("comment"), f"{facts.name}: comment"),
        )

    def _constant(self, outline: Outline, name: str, value: str, place: str) -> VariableSpec:
        """Make a variable that a spec need not state."""
        return self._variable(outline, name, _rule_node("constant", value, place), place, EMPTY)

    def _automatic(
        self, outline: Outline, sources: tuple[SourceSpec, ...], scope: Scope
    ) -> dict[str, VariableSpec]:
        """Make the identifiers that every dataset has, and what its literal records say."""
        place = outline.node.place
        variables = {"STUDYID": self._constant(outline, "STUDYID", self._study, place)}
        if "DOMAIN" in outline.variables:
            variables["DOMAIN"] = self._constant(outline, "DOMAIN", outline.domain, place)
        for name in sources[0].literal if sources else ():
            rule = _rule_node("assign", name, sources[0].place)
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
            by_source = set(_first_rule(entry)) <= set(keys) and any(
                name in source.variables for source in sources
            )
            spec = self._variable(outline, name, entry, place, scope, keys, by_source)
            evaluator = _first_rule(entry).get("evaluator")
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
        named = self._variable(outline, name, _rule_node("assign", code, place), place, scope)
        known = named.codelist.codelist if named.codelist else None
        variables[name] = dataclasses.replace(
            named,
            codelist=StudyCodelist(name, known, names, place),
            metadata=dataclasses.replace(named.metadata, origin=Origin("Assigned"), method=""),
        )

    def _test_names(self, domain: str, codes: list[VariableSpec]) -> dict[str, str]:
        """Name test codes by the standard, and the study's own ones by their decodes."""
        names = self._catalog.test_codes(domain)
        for spec in codes:
            terms = spec.codelist.codelist.terms if spec.codelist and spec.codelist.codelist else ()
            for term in terms:
                if term.decode and not term.code:
                    names[term.value] = term.decode
                elif not term.code:
                    self._reader.report(
                        spec.place,
                        f"test {term.value} has no name",
                        "add it to the `decodes` of its codelist",
                    )
        return names

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

    # Description

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


EMPTY = Scope(frozenset(), (), frozenset(), {})


def _has_variable(name: str, known: Collection[str]) -> bool:
    """Find a variable; of ADaM's names, TRTxxP stands for TRT01P and --TERM for AETERM."""
    pattern = re.compile(name.replace("xx", r"\d\d").replace("--", "[A-Z]{2}"))
    return any(pattern.fullmatch(one) for one in known)


def _literal_text(node: Node | None, reader: Reader) -> str:
    """Give a value of a literal record; empty where the record leaves it out."""
    if node is None or node.content == "":
        return ""
    text = reader.text(node, "a value")
    reader.check_text(text, "a value", node.place, 200)
    return text


def _rule_node(keyword: str, value: str, place: str) -> Node:
    file, _, line = place.rpartition(":")
    return Node({keyword: Node(value, file, int(line))}, file, int(line))


def _first_rule(node: Node) -> Mapping[str, Node]:
    """Give the rule that describes the variable: the only one, or the first of a list."""
    first = node.content[0] if isinstance(node.content, tuple) and node.content else node
    return first.content if isinstance(first.content, dict) else {}


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
