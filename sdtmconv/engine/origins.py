"""Where a record comes from: its source, why it was taken, and of which records it was kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from sdtmconv.engine.evaluate import Run
from sdtmconv.engine.steps import Step, name_record, write_moment, write_value
from sdtmconv.engine.tables import DatasetTable, Part
from sdtmconv.engine.view import View
from sdtmconv.mapping.values import to_text
from sdtmconv.spec.describe import name_of
from sdtmconv.spec.model import DatasetSpec, Reference, Selection, StudySpec

MOST_CANDIDATES = 12


class Explaining(Protocol):
    """What explains the values that decided on a record."""

    def explain_reference(
        self, spec: DatasetSpec, part: Part, row: int, reference: Reference
    ) -> Step | None: ...


def describe_records_of(
    lineage: Explaining, study: StudySpec, run: Run, table: str, row: int
) -> Step:
    """Describe where a record comes from, back to the raw one.

    Args:
        lineage: Explains values.
        study: The compiled study.
        run: The finished run.
        table: A dataset or a raw form.
        row: The record's position.
    """
    records = run.records(table)
    name = name_record(study, table, records, row)
    if not isinstance(records, DatasetTable):
        return Step(table, name, name, "record", "As it stands in the raw file.")
    spec = study.datasets[table]
    part = next(part for part in records.parts if part.start <= row < part.stop)
    if part.spec.literal:
        return Step(table, name, name, "record", "Stands in the spec itself.", part.spec.place)
    inputs = [
        *_describe_condition(lineage, spec, part, row),
        *_describe_candidates(study, run, spec, records, row),
        *_describe_sources(lineage, study, run, part, row),
    ]
    return Step(table, name, name, "record", _word(spec, part), part.spec.place, tuple(inputs))


def _word(spec: DatasetSpec, part: Part) -> str:
    source = part.spec
    named = f", as {source.name} says" if source.name != source.table else ""
    where = f", where {source.where.condition.describe()}" if source.where else ""
    made = f"; made where one of {', '.join(source.kept_by)} has a value" if source.kept_by else ""
    chosen = [_word_selection(one) for one in (source.selection, spec.selection) if one]
    return f"One record per record of {source.table}{named}{where}{made}{''.join(chosen)}."


def _word_selection(selection: Selection) -> str:
    which = "last" if selection.last else "first"
    order = ", ".join(name_of(item) for item in selection.order)
    of_each = ", ".join(name_of(item) for item in selection.by)
    return (
        f"; kept: the {which} by {order}{f' of each {of_each}' if of_each else ' of the subject'}"
    )


def _describe_condition(
    lineage: Explaining, spec: DatasetSpec, part: Part, row: int
) -> Iterator[Step]:
    references = part.spec.where.columns.values() if part.spec.where else ()
    for reference in dict.fromkeys(references):
        step = lineage.explain_reference(spec, part, row, reference)
        if step:
            yield step


def _describe_sources(
    lineage: Explaining, study: StudySpec, run: Run, part: Part, row: int
) -> Iterator[Step]:
    index = row - part.start
    yield describe_records_of(lineage, study, run, part.spec.table, int(part.rows[index]))
    for form, (_, rows) in part.joined.items():
        if rows[index] >= 0:
            yield describe_records_of(lineage, study, run, form, int(rows[index]))


def _describe_candidates(
    study: StudySpec, run: Run, spec: DatasetSpec, table: DatasetTable, row: int
) -> Iterator[Step]:
    """Give the records of which this one was kept, itself among them."""
    candidates = (run.candidates or {}).get(spec.name)
    if candidates is None or spec.selection is None:
        return
    rows = _find_rivals(run, spec.selection, candidates, table, row)
    for other in rows[:MOST_CANDIDATES] if len(rows) > 1 else ():
        part = next(part for part in candidates.parts if part.start <= other < part.stop)
        shown = [
            f"{name} {_show(study, spec.name, name, candidates, other)}"
            for name in spec.selection.variables
        ]
        source = int(part.rows[other - part.start])
        record = name_record(study, part.spec.table, part.records, source)
        rule = f"Of {len(rows)} that came into question, from {part.spec.table}."
        value = f"{part.spec.name}: {', '.join(shown)}"
        yield Step(f"{spec.name} candidate", value, record, "record", rule, part.spec.place)


def _find_rivals(
    run: Run, selection: Selection, candidates: DatasetTable, table: DatasetTable, row: int
) -> list[int]:
    view = View(run, candidates, None, np.arange(len(candidates)))
    own = View(run, table, None, np.arange(len(table)))
    same = candidates.subject == table.subject[row]
    for reference in selection.by:
        asked = to_text(own.column(reference)).fillna("").iloc[row]
        same &= (to_text(view.column(reference)).fillna("") == asked).to_numpy(dtype=bool)
    return [int(other) for other in np.flatnonzero(same)]


def _show(study: StudySpec, name: str, column: str, table: DatasetTable, row: int) -> str:
    values = table.column(column)
    return write_moment(study, name, column, values, row) or write_value(values, row) or "(missing)"
