"""Build the subjects of some records once more, and follow their values back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sdtmconv.conditions import Condition, parse_condition
from sdtmconv.engine.evaluate import Run
from sdtmconv.engine.forms import Chunk, read_forms, split_chunks
from sdtmconv.engine.lineage import Lineage
from sdtmconv.engine.plan import Step as PlanStep
from sdtmconv.engine.plan import plan_steps, refuse_unmapped
from sdtmconv.engine.rejections import merge_rejections
from sdtmconv.engine.repeats import keep_distinct
from sdtmconv.engine.spool import Spool
from sdtmconv.engine.steps import Explanation
from sdtmconv.errors import DataError, Fault, SpecError, raise_faults, suggest
from sdtmconv.explain.built import find_subjects
from sdtmconv.explain.inputs import find_inputs
from sdtmconv.mapping.values import rank, sort_order
from sdtmconv.spec import StudySpec, load_study

CHUNK = 100


def explain(
    path: Path,
    dataset: str,
    where: str = "",
    *,
    variables: Sequence[str] = (),
    raw: Path | None = None,
    sdtm: Path | None = None,
    most: int = 10,
) -> list[Explanation]:
    """Explain the values of some records of a dataset.

    Args:
        path: A build's folder, or a study's with study.yaml.
        dataset: The dataset's name.
        where: Condition on its records; empty for all.
        variables: Variables to explain; empty for all that have a value.
        raw: Folder of the raw files; None takes those of the build, or the folder that study.yaml
            names.
        sdtm: Folder of finished SDTM datasets, as in `build`.
        most: Records to explain at most.

    Returns:
        Each record, and the steps of its values.

    Raises:
        SpecError: The specs are not sound, or there is no such dataset or variable.
        DataError: The raw records cannot be built from, are not those of the build, or no record is
            selected.
    """
    inputs = find_inputs(path, sdtm or raw)
    spec = load_study(inputs.study, sdtm)
    _check_names(spec, dataset, variables)
    condition = parse_condition(where, "--where") if where else None
    _check_condition(spec, dataset, condition)
    refuse_unmapped(spec, [dataset])
    steps = plan_steps(spec, [dataset], with_keys=True)
    subjects = find_subjects(inputs.build, spec.datasets[dataset].metadata, condition, most)
    found: list[Explanation] = []
    with Spool() as spool:
        folder = inputs.raw or spec.raw_folder
        forms = read_forms(spec, [dataset], folder, spool, subjects=subjects)
        inputs.check(forms.files)
        for chunk in split_chunks(spec, forms, CHUNK, spool):
            run = run_chunk(spec, chunk, steps)
            lineage = Lineage(spec, run)
            for row in select_rows(spec, run, dataset, condition):
                found.append(lineage.explain_record(dataset, row, variables))
                if len(found) == most:
                    return found
    if not found:
        problem = f"no record of {dataset} has {where}" if where else f"{dataset} has no record"
        raise DataError(Fault("--where", problem, "ask for another"))
    return found


def run_chunk(spec: StudySpec, chunk: Chunk, steps: Sequence[PlanStep]) -> Run:
    """Build a chunk of subjects, and keep what explains it."""
    distinct = keep_distinct(spec.forms, chunk.forms)
    raise_faults(DataError, merge_rejections(distinct.rejections))
    run = Run(spec, distinct.forms, chunk.subjects, explained=True)
    run.execute(steps)
    raise_faults(DataError, [*run.faults, *merge_rejections(run.rejections)])
    return run


def select_rows(
    spec: StudySpec, run: Run, dataset: str, condition: Condition | None
) -> Iterator[int]:
    """Give the rows of the records asked for, in the order of the finished dataset."""
    table = run.tables[dataset]
    keys = spec.datasets[dataset].metadata.keys
    order = sort_order([rank(table.columns[key]) for key in keys])
    if condition is None:
        yield from order.tolist()
        return
    columns = {name: table.columns[name] for name in condition.names}
    index = next(iter(columns.values())).index
    mask = condition.mask(columns, index).to_numpy(dtype=bool)
    yield from order[mask[order]].tolist()


def _check_names(spec: StudySpec, dataset: str, variables: Sequence[str]) -> None:
    if dataset not in spec.datasets:
        raise SpecError(_unknown_dataset(spec, dataset))
    known = spec.datasets[dataset].variable_names
    raise_faults(SpecError, _unknown(dataset, variables, known))


def _unknown_dataset(spec: StudySpec, dataset: str) -> Fault:
    parent = spec.datasets.get(dataset.removeprefix("SUPP"))
    if parent is None:
        remedy = suggest(dataset, spec.datasets, f"name one of {', '.join(spec.datasets)}")
        return Fault(dataset, "the study has no such dataset", remedy)
    qualifiers = [name for name, variable in parent.variables.items() if variable.supplemental]
    known = f": {', '.join(qualifiers)}" if qualifiers else ""
    remedy = f"ask for {parent.name}, with the QNAM as one of its --variables{known}"
    return Fault(dataset, "holds what is explained as variables of its parent", remedy)


def _check_condition(spec: StudySpec, dataset: str, condition: Condition | None) -> None:
    known = spec.datasets[dataset].variable_names
    raise_faults(SpecError, _unknown(dataset, condition.names if condition else (), known))


def _unknown(dataset: str, names: Sequence[str], known: Sequence[str]) -> Iterator[Fault]:
    for name in names:
        if name not in known:
            remedy = suggest(name, known, f"it has {', '.join(known[:12])}, ...")
            yield Fault(f"{dataset}.{name}", "is no variable of the dataset", remedy)
