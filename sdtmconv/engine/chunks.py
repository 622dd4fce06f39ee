"""The unit of work is the subject: split the raw records by subject, run each chunk, join.

Every record depends on one subject's records only, so the result is the same whichever executor
ran the chunks and however many subjects each one held.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sdtmconv.engine.evaluate import Run
from sdtmconv.engine.finish import finish_dataset
from sdtmconv.engine.plan import Step
from sdtmconv.engine.rejections import Rejection
from sdtmconv.engine.tables import RawRecords
from sdtmconv.errors import Fault
from sdtmconv.mapping.study import load_functions
from sdtmconv.spec.model import StudySpec

DEFAULT_CHUNK = 1000


@dataclass(frozen=True, eq=False)
class Chunk:
    """Raw records of some subjects; the first chunk also gives what belongs to no subject."""

    forms: Mapping[str, RawRecords]
    subjects: int
    first: bool


@dataclass(frozen=True, eq=False)
class ChunkResult:
    """What one chunk gave: datasets by name, or what is wrong."""

    frames: dict[str, pd.DataFrame]
    faults: tuple[Fault, ...] = ()
    rejections: tuple[Rejection, ...] = ()


def split_chunks(forms: Mapping[str, RawRecords], subjects: int, size: int) -> Iterator[Chunk]:
    """Cut all forms by subject; within a subject, records keep the order of their file.

    Args:
        forms: Raw records whose `subject` counts over all subjects of the study.
        subjects: How many subjects there are.
        size: Subjects per chunk.

    Yields:
        Chunks in the order of the subjects, at least one, numbered anew from 0.
    """
    orders = {name: np.argsort(form.subject, kind="stable") for name, form in forms.items()}
    ordered = {name: form.subject[orders[name]] for name, form in forms.items()}
    for first in range(0, max(subjects, 1), size):
        after = min(first + size, subjects)
        cut = {}
        for name, form in forms.items():
            low, high = np.searchsorted(ordered[name], [first, after])
            cut[name] = _take_rows(form, orders[name][low:high], first)
        yield Chunk(cut, after - first, first == 0)


def _take_rows(form: RawRecords, rows: np.ndarray, first: int) -> RawRecords:
    frame = form.frame.iloc[rows].reset_index(drop=True)
    return RawRecords(form.file, frame, form.subject[rows] - first, form.numbers[rows])


def run_chunk(
    study: StudySpec, steps: Sequence[Step], wanted: Collection[str], chunk: Chunk
) -> ChunkResult:
    """Build the wanted datasets for one chunk of subjects; runs in a worker process as well."""
    load_functions(study.functions)
    run = Run(study, chunk.forms, chunk.subjects)
    run.execute(steps)
    if run.faults or run.rejections:
        return ChunkResult({}, tuple(run.faults), tuple(run.rejections))
    frames: dict[str, pd.DataFrame] = {}
    for name in wanted:
        if chunk.first or run.tables[name].by_subject:
            frames |= finish_dataset(study.datasets[name], run.tables[name])
    return ChunkResult(frames)


def run_chunks(
    study: StudySpec,
    steps: Sequence[Step],
    wanted: Collection[str],
    chunks: Iterator[Chunk],
    executor: Executor | None = None,
    progress: Callable[[int], None] = lambda subjects: None,
) -> Iterator[ChunkResult]:
    """Run chunks here or on any executor; results come in the order of the chunks.

    Args:
        study, steps, wanted: What to build.
        chunks: The raw records.
        executor: Any `concurrent.futures.Executor`; None runs in this process.
        progress: Called with the number of subjects done.
    """
    if executor is None:
        for chunk in chunks:
            yield run_chunk(study, steps, wanted, chunk)
            progress(chunk.subjects)
        return
    waiting: list[tuple[Future[ChunkResult], int]] = []
    for chunk in chunks:
        waiting.append((executor.submit(run_chunk, study, steps, wanted, chunk), chunk.subjects))
    for future, subjects in waiting:
        yield future.result()
        progress(subjects)
