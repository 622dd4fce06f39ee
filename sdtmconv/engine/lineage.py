"""The way of a value back to the raw records: which rule gave it, from which other values.

A value is explained by running its subject's build again and asking, at each step, which of the
variable's rules gave it. A normal build is not slowed by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sdtmconv.engine.deciding import find_decision, find_record_of_group, main_columns
from sdtmconv.engine.evaluate import Run
from sdtmconv.engine.origins import describe_records_of
from sdtmconv.engine.steps import Explanation, Step, name_record, write_moment, write_value
from sdtmconv.engine.tables import DatasetTable, Part
from sdtmconv.engine.view import View
from sdtmconv.errors import SdtmconvError
from sdtmconv.mapping.registry import REGISTRY, RejectedValuesError
from sdtmconv.mapping.values import to_text
from sdtmconv.spec.describe import describe_rule, describe_rules
from sdtmconv.spec.model import (
    DatasetSpec,
    Other,
    Own,
    Reference,
    Rule,
    Source,
    StudySpec,
    VariableSpec,
)

SUBJECT = "USUBJID"


@dataclass(frozen=True, eq=False)
class _Found:
    """The rule that gave a value.

    Args:
        part: The source of the record.
        view: The records that the rule was applied to.
        position: The record's position among them.
        row: Its position in the dataset.
        rule: The rule.
        given: What it gave, before a codelist.
    """

    part: Part
    view: View
    position: int
    row: int
    rule: Rule
    given: str


class Lineage:
    """Explains the values of one finished run.

    Args:
        study: The compiled study.
        run: The run, whose plan has been executed.
    """

    def __init__(self, study: StudySpec, run: Run) -> None:
        self._study, self._run = study, run
        self._known: dict[tuple[str, str, int], Step] = {}
        self._given: dict[tuple[str, int], pd.Series] = {}
        self._names: dict[tuple[str, int], str] = {}

    def explain_record(self, dataset: str, row: int, variables: Sequence[str] = ()) -> Explanation:
        """Explain a record and its values: those of some variables, or of all that have one.

        Args:
            dataset: The dataset's name.
            row: The record's position in the run.
            variables: Names of variables; empty for all.
        """
        spec = self._study.datasets[dataset]
        names = variables or [v.name for v in spec.metadata.variables]
        steps = (self.explain(dataset, name, row) for name in names)
        values = tuple(step for step in steps if step.value or variables)
        return Explanation(describe_records_of(self, self._study, self._run, dataset, row), values)

    def explain(self, table: str, column: str, row: int) -> Step:
        """Explain one value; a value that is met again is explained once."""
        key = (table, column, row)
        if key not in self._known:
            records = self._run.records(table)
            values = records.column(column)
            value = write_value(values, row)
            moment = write_moment(self._study, table, column, values, row)
            step = Step(
                f"{table}.{column}",
                moment or value,
                self._name(table, row),
                number=value if moment else "",
            )
            if isinstance(records, DatasetTable):
                self._known[key] = step  # should a value depend on itself in another record
                step = self._trace(step, self._study.datasets[table], column, row)
            else:
                step = self._explain_collected(step, table, column)
            self._known[key] = step
        return self._known[key]

    def _name(self, table: str, row: int) -> str:
        """Name a record, once for all of its values."""
        key = (table, row)
        if key not in self._names:
            self._names[key] = name_record(self._study, table, self._run.records(table), row)
        return self._names[key]

    def explain_source(self, part: Part, column: str, row: int) -> Step:
        """Explain a value of the source of a record."""
        index = row - part.start
        if part.spec.literal:
            values = part.records.column(column)
            value = write_value(values, int(part.rows[index]))
            return Step(column, value, "the spec", "constant", "As the spec says.", part.spec.place)
        form, dot, inner = column.partition(".")
        if dot and form in part.joined:
            joined = int(part.joined[form][1][index])
            if joined < 0:
                return Step(column, "", "no record of it belongs to this one", "missing")
            return self.explain(form, inner, joined)
        return self.explain(part.spec.table, column, int(part.rows[index]))

    def _explain_collected(self, step: Step, table: str, column: str) -> Step:
        form = self._study.forms[table]
        if column != SUBJECT or form.finished:
            said = "" if step.value else "Nothing was collected."
            return replace(step, kind="collected" if step.value else "missing", rule=said)
        subject = self._study.find_subject(step.value)
        inner = Step(f"{table}.{form.subject}", subject, step.record, "collected")
        template = self._study.usubjid.format(study=self._study.name, subject=f"[{form.subject}]")
        return replace(step, rule=f"{template}.", place=form.place, inputs=(inner,))

    def _trace(self, step: Step, spec: DatasetSpec, variable: str, row: int) -> Step:
        table = self._run.tables[spec.name]
        part = next(part for part in table.parts if part.start <= row < part.stop)
        statement = part.spec.variables.get(variable) or spec.variables.get(variable)
        if statement is None:
            return replace(step, kind="missing", rule="No rule is stated for this record.")
        whole = not any(variable in p.spec.variables for p in table.parts)
        rows = np.arange(len(table)) if whole else np.arange(part.start, part.stop)
        view = View(self._run, table, None if whole else part, rows)
        position = row if whole else row - part.start
        key = f"{spec.name}.{variable}.{'' if whole else part.spec.name}"
        for number, rule in enumerate(statement.rules):
            given = self._apply(key, number, view, rule)
            if pd.notna(given.iloc[position]):
                found = _Found(part, view, position, row, rule, write_value(given, position))
                return self._describe(step, spec, statement, number, found)
        return self._describe_missing(step, spec, statement, part, row)

    def _describe(
        self, step: Step, spec: DatasetSpec, statement: VariableSpec, number: int, found: _Found
    ) -> Step:
        rule = found.rule
        inputs = list(self._group_inputs(spec, found))
        inputs = inputs or list(self._simple_inputs(spec, found.part, found.row, rule))
        remarks = []
        if len(statement.rules) > 1:
            remarks.append(f"rule {number + 1} of {len(statement.rules)}")
        others, remark = self._other_inputs(found, inputs)
        remarks += [remark, _describe_term(statement, found.given, step)]
        is_constant = not inputs and not others
        said = describe_rule(rule)
        return replace(
            step,
            kind="constant" if is_constant else "derived",
            rule=f"Constant: {said}" if rule.keyword == "constant" else said,
            place=rule.place,
            inputs=(*inputs, *others),
            remark="; ".join(filter(None, remarks)),
        )

    def _describe_missing(
        self, step: Step, spec: DatasetSpec, statement: VariableSpec, part: Part, row: int
    ) -> Step:
        """Say which rules gave no value, and what they looked at."""
        inputs: dict[str, Step] = {}
        for rule in statement.rules:
            for inner in self._simple_inputs(spec, part, row, rule):
                inputs.setdefault(inner.name, inner)
        said = describe_rules(statement.rules)
        rule_text = f"No rule gives a value. {said}" if said else "It is left without values."
        return replace(
            step,
            kind="missing",
            rule=rule_text,
            place=statement.place,
            inputs=tuple(inputs.values()),
        )

    def _apply(self, key: str, number: int, view: View, rule: Rule) -> pd.Series:
        if (key, number) not in self._given:
            try:
                given = self._run.apply(view, rule)
            except (RejectedValuesError, SdtmconvError):
                given = pd.Series([None] * len(view.rows), dtype="object")
            self._given[key, number] = given
        return self._given[key, number]

    def _simple_inputs(self, spec: DatasetSpec, part: Part, row: int, rule: Rule) -> Iterator[Step]:
        """Explain what a rule used of the record itself and of its source, each column once."""
        for reference in dict.fromkeys(rule.references()):
            step = self.explain_reference(spec, part, row, reference)
            if step:
                yield step

    def _group_inputs(self, spec: DatasetSpec, found: _Found) -> Iterator[Step]:
        """Explain what a rule took over from another record of the dataset."""
        row = find_record_of_group(found.view, found.position, found.rule, found.given)
        if row is None:
            return
        parts = self._run.tables[spec.name].parts
        part = next(part for part in parts if part.start <= row < part.stop)
        for step in self._simple_inputs(spec, part, row, found.rule):
            if step.value:
                yield step

    def explain_reference(
        self, spec: DatasetSpec, part: Part, row: int, reference: Reference
    ) -> Step | None:
        """Explain a column of the record or its source; None for one of another table."""
        match reference:
            case Own(name):
                return self.explain(spec.name, name, row)
            case Source(name):
                return self.explain_source(part, name, row)
            case _:
                return None

    def _other_inputs(self, found: _Found, inputs: Sequence[Step]) -> tuple[list[Step], str]:
        """Explain what a rule used of other records, and say which of them decided."""
        rule = found.rule
        others = [r for r in dict.fromkeys(rule.references()) if isinstance(r, Other)]
        if not others:
            return [], ""
        if REGISTRY[rule.keyword].per_subject:
            if not main_columns(rule):
                return [], ""
            decision = find_decision(self._run, found.view, found.position, rule, found.given)
            return [self.explain(*record) for record in decision.records], decision.remark
        known = {found.given, *(step.number or step.value for step in inputs)}
        steps = []
        for other in others:
            columns = [r.column for r in others if r.table == other.table]
            row = self._nearest(found, other.table, columns, known)
            if row is not None:
                steps.append(self.explain(other.table, other.column, row))
        return steps, ""

    def _nearest(
        self, found: _Found, table: str, columns: Sequence[str], known: set[str]
    ) -> int | None:
        """Find the subject's record that has most in common with what is known of the value."""
        records = self._run.records(table)
        rows = np.arange(len(records.subject))
        if records.by_subject:
            rows = rows[records.subject == found.view.subject[found.position]]
        if not len(rows):
            return None
        texts = [to_text(records.column(name)).iloc[rows] for name in dict.fromkeys(columns)]
        common = np.sum([text.isin(known).to_numpy() for text in texts], axis=0)
        return int(rows[np.argmax(common)])


def _describe_term(statement: VariableSpec, given: str, step: Step) -> str:
    """Say which term of a codelist a collected value became."""
    codelist = statement.codelist
    if codelist is None or given == step.value:
        return ""
    return f"{given!r} is {step.value} in codelist {codelist.name}"
