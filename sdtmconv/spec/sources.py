"""From a dataset's YAML to the streams of records that it stacks."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from graphlib import CycleError

from sdtmconv.errors import suggest
from sdtmconv.mapping.registry import REGISTRY
from sdtmconv.spec.context import Context
from sdtmconv.spec.model import (
    Descending,
    Join,
    Repeat,
    Selection,
    SourceSpec,
    VariableSpec,
    order_deciding,
)
from sdtmconv.spec.outlines import NAME, NAME_REMEDY, Outline, literal_columns
from sdtmconv.spec.rules import Scope
from sdtmconv.spec.stated import stated_elsewhere
from sdtmconv.spec.variables import VariableCompiler
from sdtmconv.spec.yaml_nodes import Node, Reader

SOURCE_FIELDS = (
    "from",
    "where",
    "join",
    "repeat",
    "kept_by",
    "keep_first",
    "keep_last",
    "tests",
    "variables",
)
SELECTION_FIELDS = ("by", "order", "ties")
REPEAT_FIELDS = ("from", "to", "every")


class SourceCompiler:
    """Compiles sources, their joins and their tests."""

    def __init__(self, context: Context, variables: VariableCompiler) -> None:
        self._context, self._variables, self._reader = context, variables, context.reader

    def compile(self, outline: Outline) -> Iterator[SourceSpec]:
        """Compile the streams of records that a dataset stacks: a source, or each of its tests."""
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
            yield from self._several(outline, fields["sources"])

    def _several(self, outline: Outline, sources: Node) -> Iterator[SourceSpec]:
        beside = [key for key in ("tests", "kept_by") if key in outline.fields]
        for key in beside:
            self._reader.report(
                outline.fields[key].place,
                f"{outline.name} has several sources and {key} beside them",
                f"put `{key}:` into the source that it is about",
            )
        if sources.content == {}:
            self._reader.report(sources.place, f"{outline.name} has no source", "name at least one")
        for name, node in self._reader.mapping(sources, "sources").items():
            if not beside:
                yield from self._source(outline, name, node, {})

    def _literal(self, node: Node) -> SourceSpec:
        """Take the records that stand in the spec."""
        if not node.content or not isinstance(node.content, tuple):
            kind = node.kind if node.content else "empty"
            self._reader.report(node.place, f"records is {kind}", "write `- {VARIABLE: value}`")
        records = node.content if isinstance(node.content, tuple) else ()
        columns = literal_columns(node, self._reader)
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
        if table not in self._context.tables:
            known = [name for name in self._context.tables if name != outline.name]
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
        scope = Scope(
            self._visible(outline, table, entries), (table,), joined, self._context.tables
        )
        selecting = Scope(frozenset(), (table,), joined, self._context.tables)
        where = self._context.rules.bind_condition(entries.get("where"), what, selecting)
        stated = self._reader.mapping(entries.get("variables"), f"{what}: variables")
        variables = {
            variable: self._variable_of_part(
                outline, variable, rule, entries["variables"].place_of(variable), scope
            )
            for variable, rule in stated.items()
        }
        kept_by = self._kept_by(outline, entries.get("kept_by", shared.get("kept_by")))
        source = SourceSpec(
            name,
            table,
            where,
            joins,
            variables=variables,
            kept_by=kept_by,
            place=node.place,
            selection=self.selection(entries, what, scope),
            repeat=self._repeat(entries.get("repeat"), what, table),
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

    def _visible(self, outline: Outline, table: str, entries: Mapping[str, Node]) -> frozenset[str]:
        """Name the variables of the dataset that rules of a source mean by their names.

        One that only other sources state has no value here, and so leaves its name to the source.
        """
        columns = self._context.tables[table].columns
        if columns is None:
            return outline.variables
        own = self._reader.mapping(entries.get("variables"), "variables")
        return outline.variables - (stated_elsewhere(outline) & columns - set(own))

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

    def selection(self, fields: Mapping[str, Node], what: str, scope: Scope) -> Selection | None:
        """Read which one of several records is kept."""
        stated = [key for key in ("keep_first", "keep_last") if key in fields]
        if len(stated) == 2:
            self._reader.report(
                fields[stated[1]].place, f"{what}: keeps the first and the last", "keep one of them"
            )
        if not stated:
            return None
        key, node = stated[0], fields[stated[0]]
        last = key == "keep_last"
        inner = self._reader.fields(node, f"{what}: {key}", SELECTION_FIELDS)
        if "order" not in inner:
            self._reader.report(node.place, f"{what}: {key} has no order", "add `order: ...`")
        by = inner.get("by")
        bound = self._context.rules.bind_keys(by, f"{what}: {key}: by", scope) if by else ()
        order = inner.get("order")
        settled = "last" if last else "first"
        return Selection(
            tuple(item for item in bound if not isinstance(item, Descending)),
            self._context.rules.bind_keys(order, f"{what}: {key}: order", scope) if order else (),
            last,
            self._reader.choice(inner.get("ties"), f"{what}: ties", ("error", settled), "error"),
            node.place,
        )

    def _repeat(self, node: Node | None, what: str, table: str) -> Repeat | None:
        """Read which columns of the source tell the doses of an interval."""
        if node is None:
            return None
        entries = self._reader.fields(node, f"{what}: repeat", REPEAT_FIELDS)
        known = self._context.tables[table].columns
        names = []
        for key in REPEAT_FIELDS:
            name = self._reader.text(entries.get(key), f"{what}: repeat: {key}")
            names.append(name.removeprefix(f"{table}."))
            if key not in entries:
                self._reader.report(
                    node.place, f"{what}: repeat has no `{key}`", f"add `{key}:` and a column"
                )
            elif known is not None and names[-1] not in known:
                self._reader.report(
                    entries[key].place,
                    f"{what}: repeat: {table} has no variable {name!r}",
                    suggest(names[-1], known, "name a column of the source"),
                )
        return Repeat(names[0], names[1], names[2], node.place)

    def check_kept_by(
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
            order_deciding(source, variables)
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
            if form not in self._context.forms:
                self._reader.report(
                    node.place_of(form),
                    f"{what}: no form {form!r} to join",
                    suggest(form, self._context.forms, "list it in study.yaml under `raw: forms:`"),
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
            known = self._context.tables[table].columns
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
        where = self._context.rules.bind_condition(own_where, f"test {test}", inner) or source.where
        variables = dict(source.variables)
        code = self._variables.constant(outline, f"{domain}TESTCD", test, place)
        variables |= {code.name: code, f"{domain}TEST": code}
        if f"{domain}TEST" not in entries:
            decode = self._test_name(domain, test, code)
            if decode:
                variables[f"{domain}TEST"] = self._variables.constant(
                    outline, f"{domain}TEST", decode, place
                )
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
        names = self._context.catalog.test_codes(domain)
        names |= {t.value: t.decode for t in codelist.terms if t.extended} if codelist else {}
        if test not in names and codelist is None:
            self._reader.report(
                code.place,
                f"test {test} has no name",
                f"give the test its own `{domain}TEST: {{constant: ...}}`",
            )
        return names.get(test, "")

    def name_tests(self, domain: str, codes: list[VariableSpec]) -> dict[str, str]:
        """Name test codes by the standard, and the study's own ones by their decodes."""
        names = self._context.catalog.test_codes(domain)
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

    def _variable_of_part(
        self, outline: Outline, name: str, node: Node, place: str, scope: Scope
    ) -> VariableSpec:
        """Compile a variable of one source or test, whose rules see only its own records."""
        self._variables.check_automatic(outline, name, place)
        spec = self._variables.compile(outline, name, node, place, scope)
        for rule in spec.rules:
            if REGISTRY[rule.keyword].groupwise:
                self._reader.report(
                    rule.place,
                    f"{name}: {rule.keyword} looks at all records of the dataset",
                    "move it to the dataset's own `variables:`",
                )
        return spec


def _literal_text(node: Node | None, reader: Reader) -> str:
    """Give a value of a literal record; empty where the record leaves it out."""
    if node is None or node.content == "":
        return ""
    text = reader.text(node, "a value")
    reader.check_text(text, "a value", node.place, 200)
    return text
