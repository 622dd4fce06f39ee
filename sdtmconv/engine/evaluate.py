"""Run a plan over one set of subjects: records first, then variable by variable."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sdtmconv.engine.groups import Groups, evaluate_condition, find_groups
from sdtmconv.engine.plan import RECORDS, Step
from sdtmconv.engine.rejections import Rejection, describe_records, make_rejection
from sdtmconv.engine.tables import DatasetTable, Part, RawRecords, Records, concat
from sdtmconv.engine.terminology import apply_codelist
from sdtmconv.errors import DataError, Fault
from sdtmconv.mapping.flags import compute_first_of, compute_last_of
from sdtmconv.mapping.registry import REGISTRY, Kind, Parameter, RejectedValuesError, SubjectRecords
from sdtmconv.mapping.values import missing_text, rank, take_rows, to_number, to_text
from sdtmconv.spec.describe import name_of
from sdtmconv.spec.model import (
    BoundCondition,
    BoundExpression,
    DatasetSpec,
    Descending,
    Join,
    Other,
    Own,
    Reference,
    Rule,
    Selection,
    Source,
    SourceSpec,
    StudySpec,
    VariableSpec,
    order_deciding,
)


class View:
    """The records that a rule is computed on: a whole dataset, one part, or some rows of either."""

    def __init__(self, run: Run, table: DatasetTable, part: Part | None, rows: np.ndarray) -> None:
        self._run, self.table, self._part = run, table, part
        self.rows = rows
        self.whole = len(rows) == len(table)

    @property
    def subject(self) -> np.ndarray:
        subject: np.ndarray = self.table.subject[self.rows]
        return subject

    def narrow(self, mask: np.ndarray) -> View:
        return View(self._run, self.table, self._part, self.rows[mask])

    def column(self, reference: Reference) -> pd.Series:
        """Give a column's values on these records, numbered from 0."""
        match reference:
            case Own(name):
                values = self._select(self.table.column(name))
            case Source(name) if self._part:
                values = self._part.column(name).iloc[self.rows - self._part.start]
            case Source(name):
                values = self._select(self.table.source_column(name))
            case Other(table, name):
                values = self._run.single_values(table, name, self.subject)
        return values.reset_index(drop=True).rename(name_of(reference))

    def key(self, item: Reference | Descending) -> pd.Series:
        """Give a column of an order; a descending one as the ranks from its largest value on."""
        if isinstance(item, Descending):
            return _reverse(self.column(item.reference)).rename(name_of(item))
        return self.column(item)

    def mask(self, condition: BoundCondition) -> np.ndarray:
        return evaluate_condition(condition, self.column, len(self.rows))

    def compute(self, bound: BoundExpression) -> pd.Series:
        """Compute an arithmetic expression; text is read as numbers."""
        columns = {name: to_number(self.column(r)) for name, r in bound.columns.items()}
        return bound.expression.compute(columns, len(self.rows))

    def _select(self, values: pd.Series) -> pd.Series:
        return values if self.whole else values.iloc[self.rows]


class Run:
    """One execution of a plan.

    Args:
        study: The compiled study.
        forms: Raw records of this run's subjects.
        subjects: How many subjects there are.
    """

    def __init__(self, study: StudySpec, forms: Mapping[str, RawRecords], subjects: int) -> None:
        self._study, self._forms, self._subjects = study, forms, subjects
        self.tables: dict[str, DatasetTable] = {}
        self.faults: list[Fault] = []
        self.rejections: list[Rejection] = []

    def execute(self, steps: Sequence[Step]) -> None:
        """Take the steps in their order; what is wrong is added to `rejections` and `faults`."""
        for dataset, variable in steps:
            spec = self._study.datasets[dataset]
            if variable == RECORDS:
                self._make_records(spec)
            elif variable not in self.tables[dataset].columns:
                self.tables[dataset].columns[variable] = self._compute(spec, variable)

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

    # Records

    def _make_records(self, spec: DatasetSpec) -> None:
        parts: list[Part] = []
        for source in spec.sources:
            part = self._take_source(source)
            if source.where:
                part = self._select_records(part, source.where)
            parts.append(self._keep_records(spec, part))
        self.tables[spec.name] = table = DatasetTable.stack(parts)
        if spec.selection:
            for name in spec.deciding:
                table.columns[name] = self._compute(spec, name)
            view = View(self, table, None, np.arange(len(table)))
            self.tables[spec.name] = table.narrow(self._choose(view, spec.selection, spec.name))

    def _take_source(self, source: SourceSpec) -> Part:
        records = _literal_records(source) if source.literal else self.records(source.table)
        rows = np.arange(len(records.subject))
        joined: dict[str, tuple[Records, np.ndarray]] = {
            join.form: (self._forms[join.form], self._match(records, rows, join))
            for join in source.joins
        }
        return Part(source, records, rows, joined)

    def _match(self, records: Records, rows: np.ndarray, join: Join) -> np.ndarray:
        """Find for each row the row of the joined form with the same subject and keys."""
        form = self._forms[join.form]
        left = pd.DataFrame({"subject": records.subject[rows]})
        right = pd.DataFrame({"subject": form.subject, "row": np.arange(len(form.subject))})
        for number, (own, other) in enumerate(join.keys):
            left[number] = to_text(records.column(own)).to_numpy(dtype=object)[rows]
            right[number] = to_text(form.column(other)).to_numpy(dtype=object)
        keys: list[Any] = ["subject", *range(len(join.keys))]
        repeated = right.duplicated(keys, keep=False).to_numpy()
        if repeated.any():
            shown = describe_records(form, np.flatnonzero(repeated))
            self.faults.append(
                Fault(
                    join.place,
                    f"{join.form} has several records with the same keys, as in {shown}",
                    "join on more columns, so that one record at most belongs to each",
                )
            )
            right = right.drop_duplicates(keys)
        found = left.merge(right, how="left", on=keys)["row"]
        return found.fillna(-1).to_numpy(dtype="int64")

    def _keep_records(self, spec: DatasetSpec, part: Part) -> Part:
        """Keep the records that have a value which a record is made for, and of several the one."""
        source = part.spec
        if not (source.kept_by or source.selection):
            return part
        table = DatasetTable.stack([part])
        view = View(self, table, table.parts[0], np.arange(len(table)))
        for name in order_deciding(source, spec.variables):
            table.columns[name] = self._compute_part(view, spec, source, name)
        kept = np.ones(len(table), dtype=bool)
        if source.kept_by:
            found = [table.columns[name].notna().to_numpy() for name in source.kept_by]
            kept = np.logical_or.reduce(found)
        if source.selection:
            chosen = self._choose(view.narrow(kept), source.selection, f"source {source.name}")
            kept[np.flatnonzero(kept)] = chosen
        return part.narrow(kept)

    def _choose(self, view: View, selection: Selection, what: str) -> np.ndarray:
        """Mark the one record that is kept of each group."""
        flag: Callable[..., pd.Series] = compute_last_of if selection.last else compute_first_of
        by = [view.column(reference) for reference in selection.by]
        order = [view.key(item) for item in selection.order]
        try:
            flags = flag(by, order, view.subject, view.rows, ties=selection.ties)
        except RejectedValuesError as rejected:
            self._report(view, selection.place, what, rejected)
            return np.ones(len(view.rows), dtype=bool)
        return flags.notna().to_numpy()

    def _select_records(self, part: Part, where: BoundCondition) -> Part:
        table = DatasetTable.stack([part])
        view = View(self, table, table.parts[0], np.arange(len(table)))
        try:
            return part.narrow(view.mask(where))
        except RejectedValuesError as rejected:
            self._report(view, part.spec.place, f"source {part.spec.name}", rejected)
        except DataError as error:
            self.faults.extend(error.faults)
        return part

    def records(self, table: str) -> Records:
        """Give the records of a raw form or a dataset."""
        return self._forms[table] if table in self._forms else self.tables[table]

    # Variables

    def _compute(self, spec: DatasetSpec, variable: str) -> pd.Series:
        table = self.tables[spec.name]
        if not any(variable in part.spec.variables for part in table.parts):
            view = View(self, table, None, np.arange(len(table)))
            return self._conform(view, spec, spec.variables[variable])
        pieces = []
        for part in table.parts:
            view = View(self, table, part, np.arange(part.start, part.stop))
            pieces.append(self._compute_part(view, spec, part.spec, variable))
        return concat(pieces)

    def _compute_part(
        self, view: View, spec: DatasetSpec, source: SourceSpec, variable: str
    ) -> pd.Series:
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
            self._report(view, statement.place, f"{spec.name}.{statement.name}", rejected)
            return _empty(statement, len(view.rows))

    def _evaluate(self, view: View, statement: VariableSpec) -> pd.Series:
        """Take the first rule that gives a value, record by record."""
        values: pd.Series | None = None
        for rule in statement.rules:
            try:
                found = self.apply(view, rule)
            except RejectedValuesError as rejected:
                self._report(view, rule.place, statement.name, rejected)
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

    def _report(self, view: View, place: str, what: str, rejected: RejectedValuesError) -> None:
        rows = view.rows[rejected.rows]
        self.rejections.append(make_rejection(f"{place} {what}", view.table, rows, rejected))

    def _report_others(self, rule: Rule, groups: Groups, rejected: RejectedValuesError) -> None:
        reference = next(iter(rule.references()))
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


def _reverse(values: pd.Series) -> pd.Series:
    return pd.Series(-rank(values))


def _order_column(records: Records, item: Reference | Descending, rows: np.ndarray) -> pd.Series:
    """Give a column of the order of other records."""
    inner = item.reference if isinstance(item, Descending) else item
    assert isinstance(inner, Other)
    values = take_rows(records.column(inner.column), rows)
    return _reverse(values) if isinstance(item, Descending) else values


def _literal_records(source: SourceSpec) -> RawRecords:
    """Make records of what stands in the spec itself; they belong to no subject."""
    frame = pd.DataFrame({name: pd.Series(v, dtype="str") for name, v in source.literal.items()})
    frame = frame.replace("", np.nan)
    nobody = np.zeros(len(frame), dtype="int64")
    return RawRecords(source.place, frame, nobody, np.arange(1, len(frame) + 1), by_subject=False)


def _fill(values: pd.Series, other: pd.Series) -> pd.Series:
    if values.dtype != other.dtype:
        values, other = to_text(values), to_text(other)
    return values.fillna(other)


def _empty(statement: VariableSpec, length: int) -> pd.Series:
    if statement.metadata.type == "Num":
        return pd.Series(np.nan, index=range(length), dtype="float64")
    return missing_text(length)
