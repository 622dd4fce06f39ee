"""From one variable's YAML to its rules, its codelist and its description."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

from sdtmconv.errors import suggest
from sdtmconv.mapping.registry import REGISTRY
from sdtmconv.metadata import VariableMetadata
from sdtmconv.spec.catalog import DATE_FORMATS, Catalog, VariableFacts
from sdtmconv.spec.codelists import Codelists
from sdtmconv.spec.describe import describe_values, read_expression
from sdtmconv.spec.model import (
    FormSpec,
    Other,
    Rule,
    SourceSpec,
    StudyCodelist,
    VariableSpec,
)
from sdtmconv.spec.outlines import (
    AUTOMATIC,
    NAME,
    NAME_REMEDY,
    SUBJECT_KEYS,
    Outline,
    is_unmapped,
)
from sdtmconv.spec.rules import OF_VARIABLE, RuleCompiler, Scope, Table
from sdtmconv.spec.unmapped import UnmappedCompiler
from sdtmconv.spec.yaml_nodes import Node, Reader

# Keywords whose value is that of the column which they name.
CARRYING = ("assign", "baseline", "earliest", "first", "last", "latest", "next", "running")
EMPTY = Scope(frozenset(), (), frozenset(), {})


class VariableCompiler:
    """Compiles the variables of outlined datasets."""

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
        self._unmapped = UnmappedCompiler(catalog, codelists, reader)
        # Variables whose type is being looked for: a circle of them has no type of its own.
        self._asked: set[tuple[str, str]] = set()
        self._tables = {
            name: Table(None, one_per_subject=(form.finished and name == "DM") or None)
            for name, form in forms.items()
        }
        self._tables |= {name: outline.table for name, outline in outlines.items()}

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
        if is_unmapped(node):
            structure = self._structure(outline)
            default = self._unmapped.default_variable(outline.standard, structure, name)
            metadata = self._unmapped.variable(default, node, what)
            return VariableSpec(name, (), None, metadata, place, unmapped=True)
        named = dataclasses.replace(scope, defining=name)
        rules = () if rules_elsewhere else self._rules.compile_rules(node, name, named, of_variable)
        modifiers = {**self._description(outline, name), **first_rule(node)}
        facts = self._facts(outline, name, modifiers, place)
        codelist = self._codelist_of(facts, modifiers, what)
        self._check_constants(rules, codelist, name)
        if not outline.by_subject:
            self._check_without_subject(outline, name, rules)
        metadata = self._describe(outline, facts, rules, modifiers, codelist, scope)
        coded = codelist and codelist.codelist and codelist.codelist.dictionary
        return VariableSpec(name, rules, None if coded else codelist, metadata, place)

    def _description(self, outline: Outline, name: str) -> Mapping[str, Node]:
        """Find what the dataset says of a variable whose rules stand in its sources."""
        for key in ("supplemental", "variables", "intermediate"):
            entry = self._names(outline, key).get(name)
            if entry and (key == "supplemental" or only_describes(entry)):
                return first_rule(entry)
        return {}

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
        automatic = AUTOMATIC if outline.standard == "SDTMIG" else SUBJECT_KEYS
        if outline.by_subject and name in automatic:
            self._reader.report(
                place,
                f"{name} is made from study.yaml and the dataset's name",
                "leave it out: it is the same everywhere in a study",
            )

    def _facts(
        self, outline: Outline, name: str, modifiers: Mapping[str, Node], place: str
    ) -> VariableFacts:
        """Find a variable in the standard, or make up the sponsor's own from the spec."""
        facts = self._find_facts(outline, name, modifiers)
        label = self._reader.text(modifiers.get("label"), f"{name}: label")
        kind = self._reader.choice(
            modifiers.get("type"),
            f"{name}: type",
            ("Char", "Num"),
            facts.type if facts else self._type_of_rule(outline, name, modifiers),
        )
        if name in self._names(outline, "intermediate"):
            facts = facts or VariableFacts(name, name, "Char")
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

    def _find_facts(
        self, outline: Outline, name: str, modifiers: Mapping[str, Node]
    ) -> VariableFacts | None:
        """Find what the standard says of a variable, or what is said of its predecessor.

        A variable that is carried over under its own name keeps its attributes (ADaMIG 3.1.1).
        """
        facts = self._catalog.variable(outline.standard, self._structure(outline), name)
        if facts is None and name in SUBJECT_KEYS:
            return self._catalog.variable("ADAMIG", "ADSL", name)
        if outline.standard == "SDTMIG":
            return facts
        for table in _predecessors(outline, name, modifiers):
            known = self._facts_of(table, name)
            if known and known.label:
                return dataclasses.replace(known, role="", core=facts.core if facts else "")
        return facts

    def _facts_of(self, table: str, name: str) -> VariableFacts | None:
        """Find what is known of another dataset's variable."""
        outline = self._outlines.get(table)
        if outline is None:
            return self._catalog.variable("SDTMIG", table, name)
        entry = stated_rule(outline, name)
        facts = self._find_facts(outline, name, entry)
        label = Reader([]).text(entry.get("label"), "label")
        kind = self._type_of(table, name)
        if facts is None and not label:
            return None
        found = facts or VariableFacts(name, label, "Char")
        return dataclasses.replace(
            found, label=label or found.label, type="Num" if kind == "Num" else "Char"
        )

    def _type_of(self, table: str, name: str) -> str:
        """Tell whether a variable of a dataset is Char or Num."""
        outline = self._outlines.get(table)
        if outline is None:
            known = self._catalog.variable("SDTMIG", table, name)
            return known.type if known else "Char"
        entry = stated_rule(outline, name)
        facts = self._find_facts(outline, name, entry)
        default = facts.type if facts else self._type_of_rule(outline, name, entry)
        return Reader([]).text(entry.get("type"), "type", default)

    def _type_of_rule(self, outline: Outline, name: str, entry: Mapping[str, Node]) -> str:
        """Tell by its rule whether a variable of the sponsor's own is a number.

        It is, where the keyword gives numbers, or carries a column over that holds them.
        """
        keyword = next((key for key in entry if key in REGISTRY), "")
        if outline.standard == "SDTMIG" or "codelist" in entry or not keyword:
            return "Char"
        if REGISTRY[keyword].numeric:
            return "Num"
        column = entry[keyword].content
        if (
            keyword not in CARRYING
            or not isinstance(column, str)
            or (outline.name, name) in self._asked
        ):
            return "Char"
        self._asked.add((outline.name, name))
        table, dot, inner = column.partition(".")
        if dot:
            places = [(table, inner)]
        elif column in outline.variables and column != name:
            places = [(outline.name, column)]
        else:
            places = [(source, column) for source in source_tables(outline)]
        kinds = {self._type_of(*place) for place in places}
        self._asked.discard((outline.name, name))
        return "Num" if kinds == {"Num"} else "Char"

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
        forms = [form for form in forms if not form.finished]
        is_analysis = outline.standard == "ADAMIG"
        origin, method = describe_values(
            facts.name, rules, modifiers, forms, is_analysis, scope.sources, self._reader
        )
        text = self._reader.text
        formal = read_expression(modifiers.get("formal_expression"), facts.name, self._reader)
        dictionary = self._catalog.dictionary(facts.value_domain)
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

    def _constant(self, outline: Outline, name: str, value: str, place: str) -> VariableSpec:
        """Make a variable that a spec need not state."""
        return self._variable(outline, name, rule_node("constant", value, place), place, EMPTY)


def _date_format(outline: Outline, facts: VariableFacts) -> str:
    """Give the SAS format of an analysis date or time, whose name tells what it is (3.1.3)."""
    if outline.standard == "SDTMIG" or facts.type == "Char":
        return ""
    ending = next((e for e in DATE_FORMATS if facts.name.endswith(e)), "")
    return DATE_FORMATS.get(ending, "")


def stated_rule(outline: Outline, name: str) -> Mapping[str, Node]:
    """Give the rule that describes a variable of a dataset, wherever its spec has it."""
    quiet = Reader([])
    for table, names in quiet.mapping(outline.fields.get("carried"), "carried").items():
        if name in quiet.texts(names, "carried"):
            return first_rule(rule_node("assign", f"{table}.{name}", names.place))
    places = [outline.fields.get(key) for key in ("variables", "supplemental", "intermediate")]
    sources = quiet.mapping(outline.fields.get("sources"), "sources").values()
    places += [quiet.mapping(source, "source").get("variables") for source in sources]
    for place in places:
        stated = quiet.mapping(place, "variables")
        if name in stated and stated[name].content:
            return first_rule(stated[name])
    return {}


def _predecessors(outline: Outline, name: str, modifiers: Mapping[str, Node]) -> Iterator[str]:
    """Name the tables from which a variable may be carried over under its own name."""
    text = Reader([]).text(modifiers.get("assign"), "assign")
    table, dot, column = text.partition(".")
    if dot and column == name:
        yield table
    elif text == name:
        yield from source_tables(outline)


def stated_elsewhere(outline: Outline) -> frozenset[str]:
    """Name the variables that sources alone state: the dataset itself has no rule for them."""
    quiet = Reader([])
    stated: set[str] = set()
    for source in quiet.mapping(outline.fields.get("sources"), "sources").values():
        stated |= set(quiet.mapping(quiet.mapping(source, "").get("variables"), "variables"))
    for names in quiet.mapping(outline.fields.get("carried"), "carried").values():
        stated -= set(quiet.texts(names, "carried"))
    for key in ("variables", "supplemental", "intermediate"):
        shared = quiet.mapping(outline.fields.get(key), key)
        stated -= {name for name, entry in shared.items() if not only_describes(entry)}
    return frozenset(stated)


def source_tables(outline: Outline) -> Iterator[str]:
    """Name the tables that a dataset's records come from."""
    quiet = Reader([])
    source = outline.fields.get("source")
    nodes = [source] if source else quiet.mapping(outline.fields.get("sources"), "").values()
    for node in nodes:
        inner = node.content if isinstance(node.content, dict) else {"from": node}
        yield quiet.text(inner.get("from"), "from")


def first_rule(node: Node) -> Mapping[str, Node]:
    """Give the rule that describes the variable: the only one, or the first of a list."""
    first = node.content[0] if isinstance(node.content, tuple) and node.content else node
    return first.content if isinstance(first.content, dict) else {}


def only_describes(entry: Node, keys: Sequence[str] = OF_VARIABLE) -> bool:
    """Tell an entry such as `{label: Lesions}` or `{}`: a place and words, and no rule."""
    return entry.content in ("", None) or (
        isinstance(entry.content, dict) and set(entry.content) <= set(keys)
    )


def rule_node(keyword: str, value: str, place: str) -> Node:
    file, _, line = place.rpartition(":")
    return Node({keyword: Node(value, file, int(line))}, file, int(line))
