"""From one variable's YAML to its rules: which derivation, with which columns and values."""

from __future__ import annotations

import dataclasses
import math
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sdtmconv.conditions import parse_condition
from sdtmconv.errors import SpecError, suggest
from sdtmconv.expressions import parse_expression
from sdtmconv.iso8601 import parse_formats
from sdtmconv.mapping.dates import split_alternatives
from sdtmconv.mapping.registry import REGISTRY, Derivation, Kind, Parameter
from sdtmconv.spec.describe import name_of
from sdtmconv.spec.model import (
    BoundCondition,
    BoundExpression,
    Descending,
    Match,
    Other,
    Own,
    Reference,
    Rule,
    Source,
)
from sdtmconv.spec.yaml_nodes import Node, Reader

OF_RULE = ("where",)
DESCENDING = "descending "
OF_VARIABLE = (
    "codelist",
    "label",
    "type",
    "length",
    "display_format",
    "origin",
    "pages",
    "method",
    "formal_expression",
    "comment",
)


@dataclass(frozen=True)
class Table:
    """A raw form or dataset that rules can refer to.

    Args:
        columns: Names of a dataset's variables; None for a raw form, whose header is read later.
        one_per_subject: True where a subject has at most one record for sure; None if unknown.
        by_subject: False for a dataset whose records belong to no subject.
    """

    columns: frozenset[str] | None
    one_per_subject: bool | None = None
    by_subject: bool = True


@dataclass(frozen=True)
class Scope:
    """The names that a rule may use.

    Args:
        variables: Variables of the dataset being built.
        sources: Tables whose records the rule works on.
        joined: Forms joined to them.
        tables: All raw forms and datasets of the study.
        defining: The variable being defined; its own name means the source's column.
        raw_only: True where names are columns of the source alone.
        paired: A table whose records are each set beside the record; its columns are one value.
    """

    variables: frozenset[str]
    sources: tuple[str, ...]
    joined: frozenset[str]
    tables: Mapping[str, Table]
    defining: str = ""
    raw_only: bool = False
    paired: str = ""

    def is_one_of_several(self, table: str) -> bool:
        """True for one of several sources where each record still finds its own record."""
        known = self.tables.get(table)
        return len(set(self.sources)) > 1 and known is not None and known.one_per_subject is True


class RuleCompiler:
    """Compiles rules and reports what is wrong with them."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def compile_rules(
        self, node: Node, what: str, scope: Scope, of_variable: Sequence[str] = OF_VARIABLE
    ) -> tuple[Rule, ...]:
        """Compile a variable's rule, or its list of rules.

        Args:
            node: The rule or rules.
            what: The variable's name.
            scope: The names that rules may use.
            of_variable: Keys that describe the variable; they stand in its first rule.
        """
        nodes = node.content if isinstance(node.content, tuple) else (node,)
        if not nodes:
            self._reader.report(node.place, f"{what} has no rule", "say where its value comes from")
        allowed = (*OF_RULE, *of_variable)
        rules = []
        for item in nodes:
            rules.append(self._compile_rule(item, what, scope, allowed, of_variable))
            allowed = OF_RULE
        return tuple(rule for rule in rules if rule)

    def bind_condition(self, node: Node | None, what: str, scope: Scope) -> BoundCondition | None:
        """Compile a `where` and bind its names."""
        if node is None:
            return None
        text = self._reader.text(node, f"{what}: where")
        if not text.strip():
            return None
        try:
            condition = parse_condition(text, node.place)
        except SpecError as error:
            self._reader.faults.extend(error.faults)
            return None
        columns = {name: self._refer(name, node, what, scope) for name in condition.names}
        return BoundCondition(condition, columns)

    def _bind_expression(self, node: Node, what: str, scope: Scope) -> BoundExpression | None:
        """Compile an arithmetic expression and bind its names."""
        text = self._reader.text(node, what)
        if not text.strip():
            return None
        try:
            expression = parse_expression(text, node.place)
        except SpecError as error:
            self._reader.faults.extend(error.faults)
            return None
        columns = {name: self._refer(name, node, what, scope) for name in expression.names}
        return BoundExpression(expression, columns)

    def _compile_rule(
        self,
        node: Node,
        what: str,
        scope: Scope,
        modifiers: Sequence[str],
        of_variable: Sequence[str],
    ) -> Rule | None:
        entries = self._reader.mapping(node, what)
        keywords = _find_keywords(entries)
        if len(keywords) != 1:
            self._report_keyword(node, what, entries, keywords, (*OF_RULE, *of_variable))
            return None
        derivation = REGISTRY[keywords[0]]
        allowed = [*_parameter_names(derivation), *modifiers]
        for key in entries:
            if key in of_variable and key not in allowed:
                self._reader.report(
                    node.place_of(key),
                    f"{what}: {key!r} is said after the first rule",
                    "move it into the first rule: it describes the variable",
                )
            elif key != derivation.keyword and key not in allowed:
                self._report_parameter(node, what, derivation, key, allowed)
        main_node = entries[derivation.keyword]
        others = self._scope_of_records(derivation, main_node, entries, what, scope)
        faults_before = len(self._reader.faults)
        arguments = {}
        for parameter in (derivation.main, *derivation.named):
            key = derivation.keyword if parameter is derivation.main else parameter.name
            names = others if parameter.kind is Kind.ORDER else scope
            value = self._argument(
                derivation, parameter, entries.get(key), node, f"{what}: {key}", names
            )
            if value is not None:
                arguments[parameter.name] = value
        if len(self._reader.faults) == faults_before:
            self._check_arguments(derivation, arguments, node, what)
        where = self.bind_condition(entries.get("where"), what, scope)
        stated = entries.get("among") if derivation.other_records else None
        among = self._bind_among(stated, what, others)
        text = f"{derivation.keyword}: {_written(main_node)}"
        rule = Rule(derivation.keyword, arguments, where, among, text, node.place)
        if not derivation.per_subject:
            return rule
        match = tuple(self._match(entries.get("match"), what, scope, others))
        related = self._bind_related(entries.get("related"), what, scope, others)
        return dataclasses.replace(rule, match=match, related=related)

    def _check_arguments(
        self, derivation: Derivation, arguments: Mapping[str, Any], node: Node, what: str
    ) -> None:
        """Report arguments that each are sound and do not go together."""
        found = derivation.check(**{name: _plain(v) for name, v in arguments.items()})
        if found:
            self._reader.report(node.place, f"{what}: {found[0]}", found[1])

    def _is_about_one_table(self, node: Node | None, what: str, key: str, others: Scope) -> bool:
        if node is not None and not others.sources:
            self._reader.report(
                node.place,
                f"{what}: {key} is about the records of one table",
                f"name columns of one table, or leave `{key}` out",
            )
        return node is not None and bool(others.sources)

    def _bind_among(self, node: Node | None, what: str, others: Scope) -> BoundCondition | None:
        if not self._is_about_one_table(node, what, "among", others):
            return None
        return self.bind_condition(node, f"{what}: among", others)

    def _bind_related(
        self, node: Node | None, what: str, scope: Scope, others: Scope
    ) -> BoundCondition | None:
        if not self._is_about_one_table(node, what, "related", others):
            return None
        paired = dataclasses.replace(scope, paired=others.sources[0])
        return self.bind_condition(node, f"{what}: related", paired)

    def _match(self, node: Node | None, what: str, scope: Scope, others: Scope) -> Iterator[Match]:
        """Read what records have in common: `[VISITNUM]`, or `{own: other}` where names differ."""
        if node is None or not self._is_about_one_table(node, what, "match", others):
            return
        if isinstance(node.content, dict):
            pairs = {o: self._reader.text(n, f"{what}: match") for o, n in node.content.items()}
        else:
            pairs = {name: name for name in self._reader.texts(node, f"{what}: match")}
        for own, other in pairs.items():
            found = self._refer(other, node, f"{what}: match", others)
            if isinstance(found, Other):
                yield Match(self._refer(own, node, f"{what}: match", scope), found)

    def _report_keyword(
        self,
        node: Node,
        what: str,
        entries: Mapping[str, Node],
        keywords: list[str],
        modifiers: Sequence[str],
    ) -> None:
        if keywords:
            self._reader.report(
                node.place_of(keywords[1]),
                f"{what} has two keywords, {' and '.join(keywords)}",
                "keep one, or write a list of rules of which the first that gives a value decides",
            )
            return
        unknown = [key for key in entries if key not in modifiers]
        if unknown:
            self._reader.report(
                node.place_of(unknown[0]),
                f"{what} has no keyword {unknown[0]!r}",
                suggest(unknown[0], REGISTRY, "see the keywords in docs/spec-language.md"),
            )
        elif isinstance(node.content, dict):
            self._reader.report(
                node.place, f"{what} has no keyword", "say where its value comes from: assign, ..."
            )

    def _report_parameter(
        self, node: Node, what: str, derivation: Derivation, key: str, allowed: Sequence[str]
    ) -> None:
        if key in REGISTRY:
            remedy = "write a list of rules of which the first that gives a value decides"
        elif not key.isidentifier():
            remedy = "put quotes around the text that it belongs to: in braces a comma ends a text"
        else:
            remedy = suggest(key, allowed, f"it takes {', '.join(allowed)}")
        self._reader.report(
            node.place_of(key), f"{what}: {derivation.keyword} does not take {key!r}", remedy
        )

    def _scope_of_records(
        self,
        derivation: Derivation,
        node: Node,
        entries: Mapping[str, Node],
        what: str,
        scope: Scope,
    ) -> Scope:
        """The names of `order` and `among` are columns of the other records' table."""
        names = [
            name
            for parameter in derivation.other_records
            for name in Reader([]).texts(
                node if parameter is derivation.main else entries.get(parameter.name), what
            )
        ]
        tables = {name.partition(".")[0] for name in names}
        if len(tables) != 1 or not tables <= scope.tables.keys():
            return Scope(frozenset(), (), frozenset(), scope.tables)
        return Scope(frozenset(), tuple(tables), frozenset(), scope.tables, raw_only=True)

    def _argument(
        self,
        derivation: Derivation,
        parameter: Parameter,
        node: Node | None,
        rule: Node,
        what: str,
        scope: Scope,
    ) -> Any:
        if node is None:
            if parameter.required:
                self._reader.report(
                    rule.place, f"{what} is not given", f"add `{parameter.name}: ...`"
                )
            return self._default(parameter, rule, what, scope)
        match parameter.kind:
            case Kind.COLUMN:
                name = self._reader.text(node, what)
                return self._refer(name, node, what, scope) if name.strip() else None
            case Kind.COLUMNS:
                names = self._reader.texts(node, what)
                return tuple(self._refer(name, node, what, scope) for name in names)
            case Kind.RECORDS:
                names = self._reader.texts(node, what)
                others = tuple(self._refer_to_records(name, node, what, scope) for name in names)
                tables = {other.table for other in others if derivation.per_subject}
                for table in sorted(tables & scope.tables.keys()):
                    if not scope.tables[table].by_subject:
                        self._report_no_subject(table, node, what)
                return others
            case Kind.KEYS:
                return self.bind_keys(node, what, scope)
            case Kind.ORDER:
                return self.bind_keys(node, what, scope) if scope.sources else ()
            case Kind.FORMATS:
                return self._formats(node, what)
            case Kind.MASK:
                return self.bind_condition(node, what, scope)
            case Kind.FORMULA:
                return self._bind_expression(node, what, scope)
            case _:
                return self._literal(parameter, node, what)

    def _default(self, parameter: Parameter, rule: Node, what: str, scope: Scope) -> Any:
        if parameter.kind is Kind.COLUMN and isinstance(parameter.default, str):
            table = parameter.default.partition(".")[0]
            if table not in scope.tables:
                self._reader.report(
                    rule.place,
                    f"{what} is {parameter.default}, and the study has no {table}",
                    f"write the spec of {table}, or name another column with `{parameter.name}:`",
                )
                return None
            return self._refer(parameter.default, rule, what, scope)
        if parameter.kind is Kind.RECORDS and isinstance(parameter.default, tuple):
            return tuple(
                self._refer_to_records(name, rule, what, scope) for name in parameter.default
            )
        return None

    def _refer(self, name: str, node: Node, what: str, scope: Scope) -> Reference:
        table, dot, column = name.partition(".")
        if dot and table == scope.paired:
            return self._refer_to_records(name, node, what, scope)
        if dot and table in scope.sources and not scope.is_one_of_several(table):
            return self._refer_to_source(column, node, what, scope)
        if dot and table in scope.joined:
            return Source(name)
        if dot and table in scope.tables and scope.raw_only:
            own = scope.sources[0]
            self._reader.report(
                node.place, f"{what}: {name} is no column of {own}", f"name columns of {own}"
            )
            return Other(table, column)
        if dot and table in scope.tables:
            return self._refer_by_subject(table, column, node, what, scope)
        if name in scope.variables and name != scope.defining:
            return Own(name)
        return self._refer_to_source(name, node, what, scope)

    def _refer_to_source(self, column: str, node: Node, what: str, scope: Scope) -> Reference:
        for table in scope.sources:
            known = scope.tables[table].columns if table in scope.tables else None
            if known is not None and column not in known:
                has_no = f"{table or 'the records'} has no variable"
                self._report_column(column, node, what, has_no, known)
                break
        if scope.raw_only:
            return Other(scope.sources[0], column)
        return Source(column)

    def _refer_by_subject(
        self, table: str, column: str, node: Node, what: str, scope: Scope
    ) -> Reference:
        target = scope.tables[table]
        if target.columns is not None and column not in target.columns:
            self._report_column(column, node, what, f"{table} has no variable", target.columns)
        elif not target.by_subject:
            self._report_no_subject(table, node, what)
        elif target.one_per_subject is False and not scope.raw_only:
            self._reader.report(
                node.place,
                f"{what}: {table} can have several records per subject, so {table}.{column} is "
                "not one value",
                "say which record: first, last, earliest, latest or exists",
            )
        return Other(table, column)

    def _report_no_subject(self, table: str, node: Node, what: str) -> None:
        self._reader.report(
            node.place,
            f"{what}: the records of {table} belong to no subject",
            "find the one that is meant by its keys: lookup",
        )

    def _refer_to_records(self, name: str, node: Node, what: str, scope: Scope) -> Other:
        table, dot, column = name.partition(".")
        if not dot or table not in scope.tables:
            self._reader.report(
                node.place,
                f"{what}: {name!r} names no column of another table",
                suggest(
                    table if dot else name,
                    scope.tables,
                    "write the table before it, as in EX.EXSTDTC or ds.DEATHDT",
                ),
            )
            return Other(table, column)
        known = scope.tables[table].columns
        if known is not None and column not in known:
            self._report_column(column, node, what, f"{table} has no variable", known)
        return Other(table, column)

    def bind_keys(self, node: Node, what: str, scope: Scope) -> tuple[Reference | Descending, ...]:
        """Bind the columns of an order, of which each may be `descending`."""
        keys: list[Reference | Descending] = []
        for text in self._reader.texts(node, what):
            name = text.removeprefix(DESCENDING).strip()
            found = self._refer(name, node, what, scope)
            keys.append(Descending(found) if text.startswith(DESCENDING) else found)
        return tuple(keys)

    def _formats(self, node: Node, what: str) -> list[str]:
        texts = self._reader.texts(node, what)
        for text in texts:
            try:
                parse_formats(split_alternatives(text), f"{node.place} {what}")
            except SpecError as error:
                self._reader.faults.extend(error.faults)
        return list(texts)

    def _report_column(
        self, column: str, node: Node, what: str, problem: str, known: Iterable[str]
    ) -> None:
        remedy = suggest(column, known, "define it in that dataset's spec first")
        self._reader.report(node.place, f"{what}: {problem} {column!r}", remedy)

    def _literal(self, parameter: Parameter, node: Node, what: str) -> Any:
        if typing.get_origin(parameter.type) is Literal:
            choices = tuple(str(choice) for choice in typing.get_args(parameter.type))
            return self._reader.choice(node, what, choices, str(parameter.default))
        if parameter.type == list[str]:
            return list(self._reader.texts(node, what))
        if parameter.type is str and isinstance(node.content, str) and node.content:
            return node.content
        text = self._reader.text(node, what)
        if not text.strip():
            return None
        if parameter.type is str:
            return text
        number = _read_number(text, parameter.type)
        if number is None:
            kind = {int: "a whole number", float: "a number"}[parameter.type]
            self._reader.report(node.place, f"{what} is {text!r}", f"write {kind}")
        return number


def _find_keywords(entries: Mapping[str, Node]) -> list[str]:
    """Find a rule's keyword; a parameter may have the name of another keyword."""
    keywords = [key for key in entries if key in REGISTRY]
    for keyword in keywords:
        if set(keywords) <= {keyword, *_parameter_names(REGISTRY[keyword])}:
            return [keyword]
    return keywords


def _read_number(text: str, kind: type[int] | type[float]) -> int | float | None:
    try:
        number = kind(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _plain(value: Any) -> Any:
    """Give an argument as the spec writes it: references by their names."""
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return name_of(value) if isinstance(value, Own | Source | Other | Descending) else value


def _parameter_names(derivation: Derivation) -> list[str]:
    names = [parameter.name for parameter in derivation.named]
    names += ["among"] if derivation.other_records else []
    return [*names, "match", "related"] if derivation.per_subject else names


def _written(node: Node) -> str:
    if isinstance(node.content, tuple):
        return f"[{', '.join(_written(item) for item in node.content)}]"
    return node.content if isinstance(node.content, str) else "{...}"
