"""The way of a value back to the raw records: which rule gave it, from which other values.

A value is explained by running its subject's build again and asking, at each step, which of the
variable's rules gave it. A normal build is not slowed by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sdtmconv.engine.evaluate import Run
from sdtmconv.engine.tables import DatasetTable, Part, RawRecords, Records
from sdtmconv.engine.view import View
from sdtmconv.errors import SdtmconvError
from sdtmconv.mapping.registry import REGISTRY, RejectedValuesError
from sdtmconv.mapping.values import is_text, to_text
from sdtmconv.sas_dates import from_sas_date, from_sas_datetime
from sdtmconv.spec.describe import describe_rule
from sdtmconv.spec.model import DatasetSpec, Other, Own, Rule, Source, StudySpec

MOST_RECORDS = 3
FORMATS = {"DATETIME": from_sas_datetime, "DATE": from_sas_date}


@dataclass(frozen=True)
class Step:
    """One value and where it comes from.

    Args:
        name: The column with its table: ADTTE.ADT, ae.AESTDAT.
        value: The value as text; empty where it is missing.
        record: Which record it stands in: keys of a dataset, file and number of a raw record.
        rule: The rule that gave it, as a sentence; empty for raw values.
        place: file:line of the rule.
        inputs: The values that the rule used.
        remark: How many records counted, where the rule looked at several.
    """

    name: str
    value: str
    record: str
    rule: str = ""
    place: str = ""
    inputs: tuple[Step, ...] = ()
    remark: str = ""


class Lineage:
    """Explains the values of one finished run.

    Args:
        study: The compiled study.
        run: The run, whose plan has been executed.
    """

    def __init__(self, study: StudySpec, run: Run) -> None:
        self._study, self._run = study, run
        self._known: dict[tuple[str, str, int], Step] = {}
        self._rules: dict[tuple[str, int], pd.Series] = {}

    def explain_record(
        self, dataset: str, row: int, variables: Sequence[str] = ()
    ) -> tuple[Step, ...]:
        """Explain a record's values: those of some variables, or of all that have one.

        Args:
            dataset: The dataset's name.
            row: The record's position in the run.
            variables: Names of variables; empty for all.
        """
        spec = self._study.datasets[dataset]
        names = variables or [v.name for v in spec.metadata.variables]
        steps = (self._explain(dataset, name, row) for name in names)
        return tuple(step for step in steps if step.value or variables)

    def _explain(self, table: str, column: str, row: int) -> Step:
        """Explain one value; a value that is met again is explained once."""
        key = (table, column, row)
        if key not in self._known:
            records = self._run.records(table)
            value = self._show(table, column, row)
            step = Step(f"{table}.{column}", value, self._name_record(table, row))
            self._known[key] = step
            if isinstance(records, DatasetTable):
                self._known[key] = self._trace(step, self._study.datasets[table], column, row)
        return self._known[key]

    def _trace(self, step: Step, spec: DatasetSpec, variable: str, row: int) -> Step:
        table = self._run.tables[spec.name]
        part = next(part for part in table.parts if part.start <= row < part.stop)
        statement = part.spec.variables.get(variable) or spec.variables.get(variable)
        own = variable in part.spec.variables
        whole = not any(variable in p.spec.variables for p in table.parts)
        rows = np.arange(len(table)) if whole else np.arange(part.start, part.stop)
        view = View(self._run, table, None if whole else part, rows)
        position = row if whole else row - part.start
        for number, rule in enumerate(statement.rules if statement else ()):
            key = (f"{spec.name}.{variable}.{part.spec.name if own or not whole else ''}", number)
            if key not in self._rules:
                self._rules[key] = self._apply(view, rule)
            if pd.notna(self._rules[key].iloc[position]):
                inputs = tuple(self._inputs(spec, part, view, position, row, rule, step.value))
                remark = self._count(view, position, rule)
                return Step(
                    step.name,
                    step.value,
                    step.record,
                    describe_rule(rule),
                    rule.place,
                    inputs,
                    remark,
                )
        return step

    def _apply(self, view: View, rule: Rule) -> pd.Series:
        try:
            return self._run.apply(view, rule)
        except (RejectedValuesError, SdtmconvError):
            return pd.Series([None] * len(view.rows), dtype="object")

    def _inputs(
        self,
        spec: DatasetSpec,
        part: Part,
        view: View,
        position: int,
        row: int,
        rule: Rule,
        value: str,
    ) -> Iterator[Step]:
        """Explain what a rule used, each column once."""
        per_subject = REGISTRY[rule.keyword].per_subject
        known = {value.partition(" (")[0]}
        references = dict.fromkeys(rule.references())
        for reference in references:
            match reference:
                case Own(name):
                    step = self._explain(spec.name, name, row)
                case Source(name) if not part.spec.literal:
                    step = self._explain_source(part, name, row)
                case _:
                    continue
            known.add(step.value)
            yield step
        for reference in references:
            match reference:
                case Other(table, name) if per_subject and reference in _main(rule):
                    for other in self._deciding(view, position, rule, reference, value):
                        yield self._explain(table, name, other)
                case Other(table, name) if not per_subject:
                    others = [r for r in references if isinstance(r, Other)]
                    columns = [r.column for r in others if r.table == table]
                    for other in self._of_subject(view, position, table, columns, known):
                        yield self._explain(table, name, other)

    def _explain_source(self, part: Part, column: str, row: int) -> Step:
        index = row - part.start
        form, dot, inner = column.partition(".")
        if dot and form in part.joined:
            joined = int(part.joined[form][1][index])
            if joined < 0:
                return Step(f"{form}.{inner}", "", "no record is joined")
            return self._explain(form, inner, joined)
        return self._explain(part.spec.table, column, int(part.rows[index]))

    def _deciding(
        self, view: View, position: int, rule: Rule, reference: Other, value: str
    ) -> list[int]:
        """Find the other records that gave a value: those with it, or else the first few."""
        rows = self._counted(view, position, rule, reference.table)
        texts = to_text(self._run.records(reference.table).column(reference.column)).iloc[rows]
        equal = rows[(texts == value.partition(" (")[0]).to_numpy(dtype=bool, na_value=False)]
        some = rows[texts.notna().to_numpy()]
        return [int(row) for row in (equal[:1] if len(equal) else some[:MOST_RECORDS])]

    def _counted(self, view: View, position: int, rule: Rule, table: str) -> np.ndarray:
        mask = view.mask(rule.where) if rule.where else np.ones(len(view.rows), dtype=bool)
        narrowed = view.narrow(mask)
        groups = self._run.group(narrowed, rule)
        group = groups.own[np.count_nonzero(mask[:position])]
        rows, of_group = groups.others(table)
        counted: np.ndarray = rows[of_group == group]
        return counted

    def _count(self, view: View, position: int, rule: Rule) -> str:
        main = _main(rule)
        if not REGISTRY[rule.keyword].per_subject or not main:
            return ""
        tables = sorted({reference.table for reference in main})
        counted = [len(self._counted(view, position, rule, table)) for table in tables]
        return f"{sum(counted)} records of {', '.join(tables)} counted"

    def _of_subject(
        self, view: View, position: int, table: str, columns: Sequence[str], known: set[str]
    ) -> list[int]:
        """Find the subject's record that has most in common with what is known of the value."""
        records = self._run.records(table)
        rows = np.arange(len(records.subject))
        if records.by_subject:
            rows = rows[records.subject == view.subject[position]]
        if not len(rows):
            return []
        texts = [to_text(records.column(name)).iloc[rows] for name in dict.fromkeys(columns)]
        common = np.sum([text.isin(known).to_numpy() for text in texts], axis=0)
        return [int(rows[np.argmax(common)])]

    def _show(self, table: str, column: str, row: int) -> str:
        """Give a value as text, an analysis date beside its number."""
        values = self._run.records(table).column(column)
        text = _text(values, row)
        spec = self._study.datasets.get(table)
        formats = {v.name: v.display_format for v in spec.metadata.variables} if spec else {}
        read = next((r for f, r in FORMATS.items() if formats.get(column, "").startswith(f)), None)
        if not (text and read) or is_text(values):
            return text
        return f"{text} ({read(values.iloc[[row]]).astype('str').iloc[0]})"

    def _name_record(self, table: str, row: int) -> str:
        records = self._run.records(table)
        if isinstance(records, RawRecords):
            return _place(records, row)
        assert isinstance(records, DatasetTable)
        keys = self._study.datasets[table].metadata.keys
        known = {
            key: _text(records.columns[key], row) for key in keys[1:] if key in records.columns
        }
        named = ", ".join(f"{key} {value}" for key, value in known.items() if value)
        return named or _place(records, row)


def _main(rule: Rule) -> tuple[Other, ...]:
    """Give the columns of other records that a rule brings down to one value."""
    value = rule.arguments.get(REGISTRY[rule.keyword].main.name)
    items = value if isinstance(value, tuple) else (value,)
    return tuple(item for item in items if isinstance(item, Other))


def _text(values: pd.Series, row: int) -> str:
    text = to_text(values.iloc[[row]]).iloc[0]
    return "" if pd.isna(text) else str(text)


def _place(records: Records, row: int) -> str:
    file, number = records.locate(np.array([row]))[0]
    return f"{file} record {number}"
