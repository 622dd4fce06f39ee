"""Run a plan over one set of subjects: records first, then variable by variable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sdtmconv.engine.groups import Groups, find_groups
from sdtmconv.engine.plan import RECORDS, Step
from sdtmconv.engine.records import RecordMaker
from sdtmconv.engine.rejections import Rejection, describe_records, make_rejection
from sdtmconv.engine.tables import DatasetTable, RawRecords, Records, concat
from sdtmconv.engine.terminology import apply_codelist
from sdtmconv.engine.view import View, reverse
from sdtmconv.errors import DataError, Fault
from sdtmconv.mapping.registry import REGISTRY, Kind, Parameter, RejectedValuesError, SubjectRecords
from sdtmconv.mapping.values import missing_text, take_rows, to_number, to_text
from sdtmconv.spec.describe import name_of
from sdtmconv.spec.model import (
    DatasetSpec,
    Descending,
    Other,
    Reference,
    Rule,
    SourceSpec,
    StudySpec,
    VariableSpec,
)


class Run:
    """One execution of a plan.

    Args:
        study: The compiled study.
        forms: Raw records of this run's subjects.
        subjects: How many subjects there are.
        explained: Whether to keep what explanations need: the records of which one is kept.
    """

    def __init__(
        self,
        study: StudySpec,
        forms: Mapping[str, RawRecords],
        subjects: int,
        *,
        explained: bool = False,
    ) -> None:
        self._study, self._forms, self._subjects = study, forms, subjects
        self.tables: dict[str, DatasetTable] = {}
        self.candidates: dict[str, DatasetTable] | None = {} if explained else None
        self.faults: list[Fault] = []
        self.rejections: list[Rejection] = []
        self._maker = RecordMaker(self)

    def execute(self, steps: Sequence[Step]) -> None:
        """Take the steps in their order; what is wrong is added to `rejections` and `faults`."""
        for dataset, variable in steps:
            spec = self._study.datasets[dataset]
            if variable == RECORDS:
                self._maker.make(spec)
            elif variable not in self.tables[dataset].columns:
                self.tables[dataset].columns[variable] = self.compute(spec, variable)

    def single_values(self, table: str, column: str, subject: np.ndarray) -> pd.Series:
        """Give each record the value of its subject's only record in another table."""
        records = self.records(table)
        known = np.flatnonzero(records.column(column).notna().to_numpy())
        counts = np.bincount(records.subject[known], minlength=self._subjects)
        if (counts > 1).any():
            several = known[counts[records.subject[known]] > 1]
            raise RejectedValuesError(
                np.empty(0, dtype="int64"),
                f"{table}.{column} has several values per subject, as in "
                f"{describe_records(records, several)}",
                "say which record: first, last, earliest, latest or exists",
            )
        position = np.full(self._subjects, -1)
        position[records.subject[known]] = known
        return take_rows(records.column(column), position[subject])

    def records(self, table: str) -> Records:
        """Give the records of a raw form or a dataset."""
        return self._forms[table] if table in self._forms else self.tables[table]

    # Variables

    def compute(self, spec: DatasetSpec, variable: str) -> pd.Series:
        """Compute a variable on all records, source by source where sources differ in it."""
        table = self.tables[spec.name]
        if not any(variable in part.spec.variables for part in table.parts):
            view = View(self, table, None, np.arange(len(table)))
            return self._conform(view, spec, spec.variables[variable])
        pieces = []
        for part in table.parts:
            view = View(self, table, part, np.arange(part.start, part.stop))
            pieces.append(self.compute_part(view, spec, part.spec, variable))
        return concat(pieces)

    def compute_part(
        self, view: View, spec: DatasetSpec, source: SourceSpec, variable: str
    ) -> pd.Series:
        """Compute a variable on records of one source."""
        statement = source.variables.get(variable) or spec.variables.get(variable)
        if statement is None:
            return _empty(spec.described(variable), len(view.rows))
        return self._conform(view, spec, statement)

    def _conform(self, view: View, spec: DatasetSpec, statement: VariableSpec) -> pd.Series:
        """Compute a variable and give it its type and its submission values."""
        values = self._evaluate(view, statement)
        try:
            if statement.codelist:
                values = apply_codelist(to_text(values), statement.codelist)
            is_number = statement.metadata.type == "Num"
            return to_number(values) if is_number else to_text(values)
        except RejectedValuesError as rejected:
            self.report(view, statement.place, f"{spec.name}.{statement.name}", rejected)
            return _empty(statement, len(view.rows))

    def _evaluate(self, view: View, statement: VariableSpec) -> pd.Series:
        """Take the first rule that gives a value, record by record."""
        values: pd.Series | None = None
        for rule in statement.rules:
            try:
                found = self.apply(view, rule)
            except RejectedValuesError as rejected:
                self.report(view, rule.place, statement.name, rejected)
                found = _empty(statement, len(view.rows))
            except DataError as error:
                self.faults.extend(error.faults)
                found = _empty(statement, len(view.rows))
            values = found if values is None else _fill(values, found)
        return _empty(statement, len(view.rows)) if values is None else values

    def apply(self, view: View, rule: Rule) -> pd.Series:
        """Compute one rule on a view's records; missing where its `where` does not hold."""
        compute = self._apply_per_subject if REGISTRY[rule.keyword].per_subject else self._call
        if rule.where is None:
            return compute(view, rule)
        mask = view.mask(rule.where)
        if mask.all():
            return compute(view, rule)
        rows = np.flatnonzero(mask)
        try:
            values = compute(view.narrow(mask), rule)
        except RejectedValuesError as rejected:
            rejected.rows = rows[rejected.rows]
            raise
        position = np.full(len(mask), -1)
        position[rows] = np.arange(len(rows))
        return take_rows(values, position)

    def _call(self, view: View, rule: Rule) -> pd.Series:
        derivation = REGISTRY[rule.keyword]
        given = {
            parameter.name: self._argument(view, rule, parameter)
            for parameter in derivation.parameters
            if parameter.kind in (Kind.SUBJECT, Kind.ORDINAL) or parameter.name in rule.arguments
        }
        values = derivation.function(**given)
        _check_length(rule, values, len(view.rows))
        return values

    def _argument(self, view: View, rule: Rule, parameter: Parameter) -> Any:
        match parameter.kind:
            case Kind.SUBJECT:
                return view.subject
            case Kind.ORDINAL:
                return view.rows
            case Kind.COLUMN:
                return view.column(rule.arguments[parameter.name])
            case Kind.COLUMNS:
                return [view.column(item) for item in rule.arguments[parameter.name]]
            case Kind.MASK:
                return view.mask(rule.arguments[parameter.name])
            case Kind.FORMULA:
                return view.compute(rule.arguments[parameter.name])
            case Kind.KEYS:
                return [view.key(item) for item in rule.arguments[parameter.name]]
            case Kind.RECORDS:
                groups = Groups(view.subject, self._subjects, self.records, rule)
                return list(self._other_records(rule, rule.arguments[parameter.name], groups))
            case _:
                return rule.arguments[parameter.name]

    def _apply_per_subject(self, view: View, rule: Rule) -> pd.Series:
        """Compute a value per subject, or per group of records that have the same others."""
        derivation = REGISTRY[rule.keyword]
        groups = self.group(view, rule)
        given: dict[str, Any] = {}
        for parameter in derivation.parameters:
            value = rule.arguments.get(parameter.name)
            if parameter.kind is Kind.RECORDS:
                given[parameter.name] = list(self._other_records(rule, value or (), groups))
            elif parameter.kind is Kind.ORDER and value:
                given[parameter.name] = [name_of(reference) for reference in value]
            elif value is not None:
                given[parameter.name] = value
        try:
            per_group = derivation.function(**given)
            _check_length(rule, per_group, groups.count)
        except RejectedValuesError as rejected:
            self._report_others(rule, groups, rejected)
            return missing_text(len(view.rows))
        return take_rows(per_group, groups.own)

    def group(self, view: View, rule: Rule) -> Groups:
        """Group records by which records of another table count for them."""
        return find_groups(view, rule, self.records, self._subjects)

    def _other_records(
        self, rule: Rule, references: Sequence[Other], groups: Groups
    ) -> Iterator[SubjectRecords]:
        order = [
            reference
            for parameter in REGISTRY[rule.keyword].parameters
            if parameter.kind is Kind.ORDER
            for reference in rule.arguments.get(parameter.name, ())
        ]
        for reference in references:
            records = self.records(reference.table)
            rows, group = groups.others(reference.table)
            yield SubjectRecords(
                take_rows(records.column(reference.column), rows),
                group,
                tuple(_order_column(records, item, rows) for item in order),
                groups.count,
                records.by_subject,
            )

    # Faults

    def report(self, view: View, place: str, what: str, rejected: RejectedValuesError) -> None:
        """Note values that cannot be used; the build goes on to find the others."""
        rows = view.rows[rejected.rows]
        self.rejections.append(make_rejection(f"{place} {what}", view.table, rows, rejected))

    def _report_others(self, rule: Rule, groups: Groups, rejected: RejectedValuesError) -> None:
        reference = list(rule.references())[rejected.of]
        assert isinstance(reference, Other)
        records = self.records(reference.table)
        rows = np.unique(groups.others(reference.table)[0][rejected.rows])
        place = f"{rule.place} {reference.table}.{reference.column}"
        self.rejections.append(make_rejection(place, records, rows, rejected))


def _check_length(rule: Rule, values: pd.Series, expected: int) -> None:
    """Refuse what a study's own function gives for other records than it was asked for."""
    if len(values) != expected:
        raise RejectedValuesError(
            np.empty(0, dtype="int64"),
            f"{rule.keyword} gives {len(values)} values for {expected}",
            "mend the function: it gives one value per record, or per subject where it takes "
            "Records",
        )


def _order_column(records: Records, item: Reference | Descending, rows: np.ndarray) -> pd.Series:
    """Give a column of the order of other records."""
    inner = item.reference if isinstance(item, Descending) else item
    assert isinstance(inner, Other)
    values = take_rows(records.column(inner.column), rows)
    return reverse(values) if isinstance(item, Descending) else values


def _fill(values: pd.Series, other: pd.Series) -> pd.Series:
    if values.dtype != other.dtype:
        values, other = to_text(values), to_text(other)
    return values.fillna(other)


def _empty(statement: VariableSpec, length: int) -> pd.Series:
    if statement.metadata.type == "Num":
        return pd.Series(np.nan, index=range(length), dtype="float64")
    return missing_text(length)
