"""Explain values: the way of a record back to raw files, by building its subject once more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from sdtmconv.conditions import Condition, parse_condition
from sdtmconv.engine.evaluate import Run
from sdtmconv.engine.forms import Chunk, read_forms, split_chunks
from sdtmconv.engine.lineage import Lineage, Step
from sdtmconv.engine.plan import plan_steps, refuse_unmapped
from sdtmconv.engine.rejections import merge_rejections
from sdtmconv.engine.repeats import keep_distinct
from sdtmconv.engine.spool import Spool
from sdtmconv.errors import DataError, Fault, SpecError, raise_faults, suggest
from sdtmconv.spec import StudySpec, load_study

CHUNK = 100


def explain(
    study: Path,
    dataset: str,
    where: str = "",
    *,
    variables: Sequence[str] = (),
    raw: Path | None = None,
    sdtm: Path | None = None,
    most: int = 10,
) -> list[tuple[Step, ...]]:
    """Explain the values of some records of a dataset.

    Args:
        study: Study folder, with study.yaml.
        dataset: The dataset's name.
        where: Condition on its records; empty for all.
        variables: Variables to explain; empty for all that have a value.
        raw: Folder of the raw files; None takes the one that study.yaml names.
        sdtm: Folder of finished SDTM datasets, as in `build`.
        most: Records to explain at most.

    Returns:
        For each record the steps of its values.

    Raises:
        SpecError: The specs are not sound, or there is no such dataset or variable.
        DataError: The raw records cannot be built from, or no record is selected.
    """
    spec = load_study(study, sdtm)
    _check_names(spec, dataset, variables)
    condition = parse_condition(where, "--where") if where else None
    _check_condition(spec, dataset, condition)
    wanted = [dataset]
    refuse_unmapped(spec, wanted)
    steps = plan_steps(spec, wanted)
    found: list[tuple[Step, ...]] = []
    with Spool() as spool:
        forms = read_forms(spec, wanted, raw or spec.raw_folder, spool)
        for chunk in split_chunks(spec, forms, CHUNK, spool):
            run = _run(spec, chunk)
            run.execute(steps)
            raise_faults(DataError, [*run.faults, *merge_rejections(run.rejections)])
            lineage = Lineage(spec, run)
            for row in _select(run, dataset, condition):
                found.append(lineage.explain_record(dataset, int(row), variables))
                if len(found) == most:
                    return found
    if not found:
        raise DataError(Fault("--where", f"no record of {dataset} has {where}", "ask for another"))
    return found


def _run(spec: StudySpec, chunk: Chunk) -> Run:
    distinct = keep_distinct(spec.forms, chunk.forms)
    raise_faults(DataError, merge_rejections(distinct.rejections))
    return Run(spec, distinct.forms, chunk.subjects)


def _select(run: Run, dataset: str, condition: Condition | None) -> np.ndarray:
    table = run.tables[dataset]
    if condition is None:
        return np.arange(len(table))
    columns = {name: table.columns[name] for name in condition.names}
    index = next(iter(columns.values())).index
    return np.flatnonzero(condition.mask(columns, index).to_numpy(dtype=bool))


def _check_names(spec: StudySpec, dataset: str, variables: Sequence[str]) -> None:
    if dataset not in spec.datasets:
        remedy = suggest(dataset, spec.datasets, f"name one of {', '.join(spec.datasets)}")
        raise SpecError(Fault(dataset, "the study has no such dataset", remedy))
    known = spec.datasets[dataset].variable_names
    raise_faults(SpecError, _unknown(dataset, variables, known))


def _check_condition(spec: StudySpec, dataset: str, condition: Condition | None) -> None:
    known = spec.datasets[dataset].variable_names
    raise_faults(SpecError, _unknown(dataset, condition.names if condition else (), known))


def _unknown(dataset: str, names: Sequence[str], known: Sequence[str]) -> Iterator[Fault]:
    for name in names:
        if name not in known:
            remedy = suggest(name, known, f"it has {', '.join(known[:12])}, ...")
            yield Fault(f"{dataset}.{name}", "is no variable of the dataset", remedy)
