"""Make a dataset's records: sources stacked, each with the records that it takes and keeps."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import pandas as pd

from sdtmconv.adam.doses import repeat_doses, to_moments
from sdtmconv.engine.rejections import describe_records
from sdtmconv.engine.tables import DatasetTable, Part, RawRecords, Records
from sdtmconv.engine.view import View
from sdtmconv.errors import DataError, Fault
from sdtmconv.mapping.flags import compute_first_of, compute_last_of
from sdtmconv.mapping.registry import RejectedValuesError
from sdtmconv.mapping.values import to_text
from sdtmconv.spec.model import (
    BoundCondition,
    DatasetSpec,
    Join,
    Repeat,
    Selection,
    SourceSpec,
    order_deciding,
)


class Computing(Protocol):
    """The run that the records are made for."""

    tables: dict[str, DatasetTable]
    candidates: dict[str, DatasetTable] | None
    faults: list[Fault]

    def records(self, table: str) -> Records: ...

    def single_values(self, table: str, column: str, subject: np.ndarray) -> pd.Series: ...

    def compute(self, spec: DatasetSpec, variable: str) -> pd.Series: ...

    def compute_part(
        self, view: View, spec: DatasetSpec, source: SourceSpec, variable: str
    ) -> pd.Series: ...

    def report(self, view: View, place: str, what: str, rejected: RejectedValuesError) -> None: ...


class RecordMaker:
    """Makes the records of datasets.

    Args:
        run: What computes the values that decide which records are made.
    """

    def __init__(self, run: Computing) -> None:
        self._run = run

    def make(self, spec: DatasetSpec) -> None:
        """Make the records of a dataset; its table then waits for its columns."""
        parts: list[Part] = []
        for source in spec.sources:
            part = self._take_source(source)
            if source.where:
                part = self._select_records(part, source.where)
            if source.repeat:
                part = self._repeat_records(part, source.repeat)
            parts.append(self._keep_records(spec, part))
        self._run.tables[spec.name] = table = DatasetTable.stack(parts)
        if spec.selection:
            for name in spec.deciding:
                table.columns[name] = self._run.compute(spec, name)
            if self._run.candidates is not None:
                self._run.candidates[spec.name] = table
            view = View(self._run, table, None, np.arange(len(table)))
            self._run.tables[spec.name] = table.narrow(
                self._choose(view, spec.selection, spec.name)
            )

    def _take_source(self, source: SourceSpec) -> Part:
        records = _literal_records(source) if source.literal else self._run.records(source.table)
        rows = np.arange(len(records.subject))
        joined: dict[str, tuple[Records, np.ndarray]] = {
            join.form: (self._run.records(join.form), self._match(records, rows, join))
            for join in source.joins
        }
        return Part(source, records, rows, joined)

    def _match(self, records: Records, rows: np.ndarray, join: Join) -> np.ndarray:
        """Find for each row the row of the joined form with the same subject and keys."""
        form = self._run.records(join.form)
        left = pd.DataFrame({"subject": records.subject[rows]})
        right = pd.DataFrame({"subject": form.subject, "row": np.arange(len(form.subject))})
        for number, (own, other) in enumerate(join.keys):
            left[number] = to_text(records.column(own)).to_numpy(dtype=object)[rows]
            right[number] = to_text(form.column(other)).to_numpy(dtype=object)
        keys: list[Any] = ["subject", *range(len(join.keys))]
        repeated = right.duplicated(keys, keep=False).to_numpy()
        if repeated.any():
            shown = describe_records(form, np.flatnonzero(repeated))
            self._run.faults.append(
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
        view = View(self._run, table, table.parts[0], np.arange(len(table)))
        for name in order_deciding(source, spec.variables):
            table.columns[name] = self._run.compute_part(view, spec, source, name)
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
            self._run.report(view, selection.place, what, rejected)
            return np.ones(len(view.rows), dtype=bool)
        return flags.notna().to_numpy()

    def _repeat_records(self, part: Part, repeat: Repeat) -> Part:
        """Make one record per dose; the interval's start and end become the dose's moment."""
        columns = [part.column(r.column).rename(r.column) for r in repeat.references()]
        try:
            rows, doses = repeat_doses(*columns)
        except RejectedValuesError as rejected:
            table = DatasetTable.stack([part])
            view = View(self._run, table, table.parts[0], np.arange(len(table)))
            self._run.report(view, repeat.place, f"source {part.spec.name}: repeat", rejected)
            return part
        replaced = {name: to_moments(doses, name) for name in (repeat.start, repeat.end)}
        return dataclasses.replace(part.take(rows), replaced=replaced)

    def _select_records(self, part: Part, where: BoundCondition) -> Part:
        table = DatasetTable.stack([part])
        view = View(self._run, table, table.parts[0], np.arange(len(table)))
        try:
            return part.narrow(view.mask(where))
        except RejectedValuesError as rejected:
            self._run.report(view, part.spec.place, f"source {part.spec.name}", rejected)
        except DataError as error:
            self._run.faults.extend(error.faults)
        return part


def _literal_records(source: SourceSpec) -> RawRecords:
    """Make records of what stands in the spec itself; they belong to no subject."""
    frame = pd.DataFrame({name: pd.Series(v, dtype="str") for name, v in source.literal.items()})
    frame = frame.replace("", np.nan)
    nobody = np.zeros(len(frame), dtype="int64")
    return RawRecords(source.place, frame, nobody, np.arange(1, len(frame) + 1), by_subject=False)
