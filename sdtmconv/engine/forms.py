"""Read the raw forms that a build needs, in blocks, and hand them out by subject.

Blocks are read once and wait in a spool; when all subjects are known, they are cut into the
chunks' pieces. At no time is more than a block, a chunk and the spool's memory held.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sdtmconv.engine.finished import read_finished
from sdtmconv.engine.needs import needed_columns
from sdtmconv.engine.spool import Spool
from sdtmconv.engine.tables import RawRecords
from sdtmconv.errors import DataError, Fault, TransportError, raise_faults
from sdtmconv.mapping.values import map_unique
from sdtmconv.raw import RawSource, RawTable, read_raw
from sdtmconv.spec.model import FormSpec, StudySpec

SUBJECT = "USUBJID"
NUMBER = " record"


@dataclass(frozen=True, eq=False)
class ReadForms:
    """The raw records of a study, waiting in a spool.

    Args:
        blocks: How many blocks there are of each form.
        subjects: USUBJID of every subject, sorted.
        sources: What was read, one line per form.
        unused: (form, column) of what was read and no dataset uses; an empty column means that
            no dataset uses the form.
    """

    blocks: Mapping[str, int]
    subjects: np.ndarray
    sources: tuple[str, ...]
    unused: tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class Chunk:
    """Raw records of some subjects; the first chunk also gives what belongs to no subject."""

    forms: Mapping[str, RawRecords]
    subjects: int
    first: bool


def read_forms(study: StudySpec, wanted: Collection[str], folder: Path, spool: Spool) -> ReadForms:
    """Read every form that the wanted datasets need.

    Args:
        study: The compiled study.
        wanted: Names of datasets.
        folder: Folder of the raw files.
        spool: Where the records wait.

    Raises:
        DataError: All faults of all files.
    """
    needed = needed_columns(study, wanted)
    faults: list[Fault] = []
    subjects: set[str] = set()
    blocks: dict[str, int] = {}
    sources: list[str] = []
    unused: list[tuple[str, str]] = []
    for name, form in study.forms.items():
        if name not in needed:
            unused += [] if form.finished else [(name, "")]
            continue
        required = sorted({*needed[name], form.subject})
        records, number = 0, -1
        try:
            for number, table in enumerate(_read_blocks(form, folder, required)):
                usubjid = _usubjids(study, form, table, faults)
                subjects.update(usubjid.dropna().unique())
                block = table.frame[sorted(needed[name])].copy()
                block[SUBJECT] = usubjid
                block[NUMBER] = table.records
                spool.put((name, number), block)
                records += len(block)
        except (DataError, TransportError) as error:
            faults.extend(error.faults)
            continue
        blocks[name] = number + 1
        sources.append(_describe(table, records))
        used = {*required, *form.not_submitted}
        if not form.finished:
            unused += [(name, column) for column in map(str, table.frame) if column not in used]
    raise_faults(DataError, faults)
    return ReadForms(blocks, np.array(sorted(subjects), object), tuple(sources), tuple(unused))


def split_chunks(study: StudySpec, forms: ReadForms, size: int, spool: Spool) -> Iterator[Chunk]:
    """Cut all forms by subject; within a subject, records keep the order of their file.

    Args:
        study: The compiled study.
        forms: What was read.
        size: Subjects per chunk.
        spool: Where the records wait.

    Yields:
        Chunks in the order of the subjects, at least one, whose subjects count from 0.
    """
    total = len(forms.subjects)
    firsts = range(0, max(total, 1), size)
    for name, blocks in forms.blocks.items():
        for number in range(blocks):
            _cut_block(spool, name, number, forms.subjects, size, len(firsts))
    for chunk, first in enumerate(firsts):
        records = {
            name: _gather(
                spool, study.forms[name].file, name, chunk, blocks, forms.subjects[first:]
            )
            for name, blocks in forms.blocks.items()
        }
        yield Chunk(records, min(size, total - first), first == 0)


def _cut_block(
    spool: Spool, name: str, number: int, subjects: np.ndarray, size: int, chunks: int
) -> None:
    """Put a block's records back as one piece per chunk."""
    block = spool.take((name, number))
    position = np.searchsorted(subjects, block[SUBJECT].to_numpy(dtype=object))
    order = np.argsort(position, kind="stable")
    edges = np.searchsorted(position[order], np.arange(chunks + 1) * size)
    for chunk in range(chunks):
        rows = order[edges[chunk] : edges[chunk + 1]]
        spool.put((name, number, chunk), block.iloc[rows])


def _gather(
    spool: Spool, file: str, name: str, chunk: int, blocks: int, subjects: np.ndarray
) -> RawRecords:
    pieces = [spool.take((name, number, chunk)) for number in range(blocks)]
    frame = pd.concat(pieces, ignore_index=True)
    subject = np.searchsorted(subjects, frame[SUBJECT].to_numpy(dtype=object))
    numbers = frame.pop(NUMBER).to_numpy()
    return RawRecords(file, frame, subject, numbers)


def _read_blocks(form: FormSpec, folder: Path, required: Collection[str]) -> Iterator[RawTable]:
    if form.finished:
        yield read_finished(form, folder / form.file, required)
    else:
        yield read_raw(_raw_source(form, folder), required)


def _raw_source(form: FormSpec, folder: Path) -> RawSource:
    return RawSource(
        name=form.name,
        path=folder / form.file,
        format=form.format,
        encoding=form.encoding,
        delimiter=form.delimiter,
        sheet=form.sheet,
        header_row=form.header_row,
        place=form.place,
    )


def _describe(table: RawTable, records: int) -> str:
    details = [f"{records} records", table.encoding, table.delimiter and repr(table.delimiter)]
    return f"{table.path}: {', '.join(detail for detail in details if detail)}"


def _usubjids(study: StudySpec, form: FormSpec, table: RawTable, faults: list[Fault]) -> pd.Series:
    subject = table.frame[form.subject]
    nameless = np.flatnonzero(subject.isna().to_numpy())
    if len(nameless):
        others = f", nor have {len(nameless) - 1} others" if len(nameless) > 1 else ""
        faults.append(
            Fault(
                table.place(int(nameless[0])),
                f"the record has no subject in {form.subject}{others}",
                "correct the file: every record belongs to a subject",
            )
        )
    if form.finished:
        return subject
    return map_unique(subject, lambda text: study.usubjid.format(study=study.name, subject=text))
