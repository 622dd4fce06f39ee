"""From a define.xml's model to the metadata of a study, with what could not be taken over."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sdtmconv.define_xml import model, model_to_study
from sdtmconv.errors import Fault, SpecError
from sdtmconv.exchange.references import drop_dangling
from sdtmconv.exchange.results import ResultTaker, take_documents
from sdtmconv.metadata import (
    DatasetMetadata,
    Origin,
    OriginType,
    Standard,
    StudyMetadata,
    ValueLevel,
    VariableMetadata,
)

_ORIGINS = typing.get_args(OriginType)
_SOURCES = ("", "Investigator", "Sponsor", "Subject", "Vendor")
_COMPARATORS = {"EQ": 1, "NE": 1, "LT": 1, "LE": 1, "GT": 1, "GE": 1, "IN": 0, "NOTIN": 0}


@dataclass(frozen=True)
class Taken:
    """What a source says of a study.

    Args:
        study: Its metadata.
        notes: What could not be taken over as it stands.
    """

    study: StudyMetadata
    notes: tuple[Fault, ...]


def take_define(define: model.Define) -> Taken:
    """Take what a study's specs can hold from a define.xml; faults in it are noted."""
    notes: list[Fault] = []
    sound = drop_dangling(define, notes)
    study = model_to_study(sound)
    standards = {dataset.standard for dataset in study.datasets}
    standard: Standard = "ADAMIG" if standards == {"ADAMIG"} else "SDTMIG"
    documents = take_documents(sound.metadata, standard, notes)
    taker = ResultTaker(sound.metadata, [document.name for document in documents], notes)
    datasets = tuple(_sound_dataset(dataset, notes) for dataset in study.datasets)
    taken = replace(
        study,
        data_cut=_date(define.creation_date_time),
        datasets=datasets,
        documents=documents,
        displays=tuple(taker.displays()),
    )
    return Taken(taken, tuple(dict.fromkeys(notes)))


def _date(text: str) -> str:
    found = re.match(r"\d{4}-\d\d-\d\d", text)
    return found[0] if found else "1970-01-01"


def _sound_dataset(dataset: DatasetMetadata, notes: list[Fault]) -> DatasetMetadata:
    variables = {variable.name: variable for variable in reversed(dataset.variables)}
    if len(variables) < len(dataset.variables):
        remedy = "the first description of each is taken"
        notes.append(Fault(dataset.name, "describes a variable twice", remedy))
    kept = dict.fromkeys(variable.name for variable in dataset.variables)
    sound = (_sound_variable(variables[name], dataset.name, notes) for name in kept)
    return replace(dataset, variables=tuple(sound))


def _sound_variable(
    variable: VariableMetadata, dataset: str, notes: list[Fault]
) -> VariableMetadata:
    place = f"{dataset}.{variable.name}"
    levels = tuple(
        replace(level, variable=_sound_variable(level.variable, dataset, notes))
        for level in variable.values
        if _is_sound(level, place, notes)
    )
    origin = variable.origin and _sound_origin(variable.origin, place, notes)
    return replace(variable, origin=origin, values=levels)


def _is_sound(level: ValueLevel, place: str, notes: list[Fault]) -> bool:
    for name, comparator, values in level.where:
        wanted = _COMPARATORS.get(comparator)
        if wanted is None or not values or (wanted and len(values) != wanted) or "`" in name:
            problem = f"has values where {name} {comparator} {', '.join(values)}, no condition"
            notes.append(Fault(place, problem, "correct it in the source; it is left out"))
            return False
    return bool(level.where)


def _sound_origin(origin: Origin, place: str, notes: list[Fault]) -> Origin | None:
    remedy = "correct it in the source; it is left out"
    if origin.type not in _ORIGINS:
        notes.append(Fault(place, f"has the origin {origin.type!r}", remedy))
        return None
    if origin.source not in _SOURCES:
        notes.append(Fault(place, f"has the source {origin.source!r} of its origin", remedy))
        return replace(origin, source="")
    return origin


def join_studies(taken: Iterable[Taken]) -> Taken:
    """Put the SDTM and the ADaM of one study together.

    Raises:
        SpecError: They are of different studies, or describe a dataset twice.
    """
    first, *others = taken
    joined, notes = first.study, list(first.notes)
    for other in others:
        study = other.study
        if study.name != joined.name:
            problem = f"is of study {study.name!r}, and the first of {joined.name!r}"
            raise SpecError(Fault("--from", problem, "begin each study in a folder of its own"))
        names = {dataset.name for dataset in joined.datasets}
        twice = [dataset.name for dataset in study.datasets if dataset.name in names]
        if twice:
            problem = f"describes {', '.join(twice)} more than once"
            raise SpecError(Fault("--from", problem, "name one source for each dataset"))
        known = {document.name for document in joined.documents}
        joined = replace(
            joined,
            versions={**study.versions, **joined.versions},
            datasets=(*joined.datasets, *study.datasets),
            documents=(
                *joined.documents,
                *(each for each in study.documents if each.name not in known),
            ),
            displays=(*joined.displays, *study.displays),
        )
        notes += other.notes
    return Taken(joined, tuple(notes))
