"""The unit of work is the subject: chunks of subjects run anywhere, and their results are joined.

Every record depends on one subject's records only, so the result is the same whichever executor
ran the chunks and however many subjects each one held.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass
from typing import TypeVar

import pandas as pd

from sdtmconv.engine.evaluate import Run
from sdtmconv.engine.finish import finish_dataset
from sdtmconv.engine.forms import Chunk
from sdtmconv.engine.plan import Step
from sdtmconv.engine.rejections import Rejection
from sdtmconv.engine.repeats import Repeats, keep_distinct
from sdtmconv.errors import DataError, Fault
from sdtmconv.mapping.study import load_functions
from sdtmconv.spec.model import StudySpec

Result = TypeVar("Result")


@dataclass(frozen=True, eq=False)
class ChunkResult:
    """What one chunk gave: datasets by name, or what is wrong."""

    frames: dict[str, pd.DataFrame]
    faults: tuple[Fault, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    repeats: tuple[Repeats, ...] = ()


def run_chunk(
    study: StudySpec, steps: Sequence[Step], wanted: Collection[str], chunk: Chunk
) -> ChunkResult:
    """Build the wanted datasets for one chunk of subjects; runs in a worker process as well."""
    load_functions(study.functions)
    distinct = keep_distinct(study.forms, chunk.forms)
    run = Run(study, distinct.forms, chunk.subjects)
    run.execute(steps)
    rejections = (*distinct.rejections, *run.rejections)
    if run.faults or rejections:
        return ChunkResult({}, tuple(run.faults), rejections)
    frames: dict[str, pd.DataFrame] = {}
    for name in wanted:
        if chunk.first or run.tables[name].by_subject:
            frames |= finish_dataset(study.datasets[name], run.tables[name])
    return ChunkResult(frames, repeats=distinct.repeats)


def run_chunks(
    work: Callable[[Chunk], Result],
    chunks: Iterator[Chunk],
    executor: Executor | None = None,
    window: int = 1,
    progress: Callable[[int], None] = lambda subjects: None,
) -> Iterator[Result]:
    """Run chunks here or on any executor; results come in the order of the chunks.

    Args:
        work: What is done with a chunk; picklable, for an executor of other processes.
        chunks: The raw records.
        executor: Any `concurrent.futures.Executor`; None runs in this process.
        window: How many chunks may be on their way at once.
        progress: Called with the number of subjects done.
    """
    if executor is None:
        for chunk in chunks:
            yield work(chunk)
            progress(chunk.subjects)
            del chunk  # before the next one is made
        return
    waiting: deque[tuple[Future[Result], int]] = deque()
    for chunk in chunks:
        waiting.append((executor.submit(work, chunk), chunk.subjects))
        del chunk
        if len(waiting) >= window:
            yield _wait(waiting[0][0])
            progress(waiting.popleft()[1])
    for future, subjects in waiting:
        yield _wait(future)
        progress(subjects)


def _wait(future: Future[Result]) -> Result:
    try:
        return future.result()
    except BrokenExecutor:
        problem = "a worker process was ended from outside, perhaps for want of memory"
        remedy = "take fewer --jobs, or fewer subjects at once with --chunk"
        raise DataError(Fault("--jobs", problem, remedy)) from None
