"""Which value must stand before which: the order of a build, variable by variable.

Datasets need each other both ways (DM.RFSTDTC needs EX.EXSTDTC, EX.EXSTDY needs DM.RFSTDTC), so
the graph is one of variables. Each dataset also has a node for its records as such.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from graphlib import CycleError, TopologicalSorter

from sdtmconv.errors import Fault, SpecError, raise_faults
from sdtmconv.spec.model import (
    DatasetSpec,
    Other,
    Own,
    Reference,
    Source,
    SourceSpec,
    StudySpec,
    order_deciding,
)

Step = tuple[str, str]
RECORDS = ""


def plan_steps(
    study: StudySpec, wanted: Collection[str], *, with_keys: bool = False
) -> tuple[Step, ...]:
    """Order the steps that the wanted datasets need.

    Args:
        study: The compiled study.
        wanted: Names of datasets; those they need are planned as far as they are needed.
        with_keys: Whether to plan the keys of those they need as well, which name their records.

    Returns:
        (dataset, variable) pairs; the variable is "" where the records themselves are made.

    Raises:
        SpecError: Values depend on each other in a circle.
    """
    graph: dict[Step, set[Step]] = {}
    open_steps: list[Step] = [
        (name, variable) for name in wanted for variable in study.datasets[name].variable_names
    ]
    open_steps += [(name, RECORDS) for name in wanted]
    while open_steps:
        step = open_steps.pop()
        if step not in graph:
            graph[step] = set(_needs(study, step))
            open_steps.extend(graph[step])
            if with_keys:
                open_steps.extend(_keys_of(study.datasets[step[0]]))
    try:
        return tuple(TopologicalSorter(_sorted(graph)).static_order())
    except CycleError as error:
        raise SpecError(_describe_circle(study, error.args[1])) from None


def refuse_unmapped(study: StudySpec, wanted: Collection[str]) -> None:
    """Make sure that all that the wanted datasets need is mapped.

    Raises:
        SpecError: It is not; a dataset of which nothing is mapped is one fault.
    """
    missing: dict[str, list[str]] = {}
    for name, variable in plan_steps(study, wanted):
        if variable in study.datasets[name].unmapped:
            missing.setdefault(name, []).append(variable)
    faults: list[Fault] = []
    for name, variables in missing.items():
        dataset = study.datasets[name]
        if dataset.sources:
            faults += [
                Fault(
                    dataset.variables[variable].place,
                    f"{name}.{variable} is not mapped yet",
                    "say where its value comes from: `assign: ...` in place of `unmapped: ...`",
                )
                for variable in variables
            ]
        else:
            number = len(dataset.variables)
            problem = f"{name} is not mapped yet, neither its records nor its {number} variables"
            remedy = "name its source and map its variables, or build others with --only"
            faults.append(Fault(dataset.place, problem, remedy))
    raise_faults(SpecError, sorted(faults))


def _keys_of(dataset: DatasetSpec) -> Iterator[Step]:
    known = dataset.variable_names
    return ((dataset.name, key) for key in dataset.metadata.keys if key in known)


def _sorted(graph: dict[Step, set[Step]]) -> dict[Step, list[Step]]:
    """Order nodes and edges by name, so that the plan is the same in every process."""
    return {step: sorted(graph[step]) for step in sorted(graph)}


def _needs(study: StudySpec, step: Step) -> Iterator[Step]:
    dataset = study.datasets[step[0]]
    if step[1] == RECORDS:
        for source in dataset.sources:
            yield from _needs_of_records(study, dataset, source)
        return
    yield (dataset.name, RECORDS)
    for source in dataset.sources:
        spec = source.variables.get(step[1]) or dataset.variables.get(step[1])
        for reference in spec.references() if spec else ():
            yield from _resolve(study, dataset, source, reference)


def _needs_of_records(study: StudySpec, dataset: DatasetSpec, source: SourceSpec) -> Iterator[Step]:
    if source.table in study.datasets:
        yield (source.table, RECORDS)
        for join in source.joins:
            yield from ((source.table, own) for own, _ in join.keys)
    references: list[Reference] = [*source.where.columns.values()] if source.where else []
    for chosen in (source.repeat, source.selection, dataset.selection):
        references += chosen.references() if chosen else ()
    for name in (*order_deciding(source, dataset.variables), *dataset.deciding):
        statement = source.variables.get(name) or dataset.variables.get(name)
        references += statement.references() if statement else ()
    for reference in references:
        yield from _resolve(study, None, source, reference)


def _resolve(
    study: StudySpec,
    dataset: DatasetSpec | None,
    source: SourceSpec,
    reference: Reference,
) -> Iterator[Step]:
    match reference:
        case Own(variable) if dataset:
            yield (dataset.name, variable)
        case Other(table, column) if table in study.datasets:
            yield (table, RECORDS)
            yield (table, column)
        case Source(column):
            joined = column.partition(".")[0] in {join.form for join in source.joins}
            if source.table in study.datasets and not joined:
                yield (source.table, column)


def _describe_circle(study: StudySpec, circle: list[Step]) -> Fault:
    names = [
        f"{name}.{variable}" if variable else f"the records of {name}"
        for name, variable in reversed(circle)
    ]
    dataset = study.datasets[circle[0][0]]
    return Fault(
        dataset.place,
        f"values depend on each other in a circle: {' needs '.join(names)}",
        "take one of them from a collected column instead",
    )
