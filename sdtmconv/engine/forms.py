"""Read the raw forms that a build needs, in blocks, and hand them out by subject.

Blocks are read once and wait in a spool; when all subjects are known, they are cut into the
chunks' pieces. At no time is more than a block, a chunk and the spool's memory held.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from sdtmconv.engine.finished import read_finished
from sdtmconv.engine.needs import needed_columns
from sdtmconv.engine.spool import Key, Spool
from sdtmconv.engine.tables import RawRecords
from sdtmconv.errors import DataError, Fault, TransportError, raise_faults
from sdtmconv.mapping.values import map_unique
from sdtmconv.raw import RawSource, RawTable, SubjectFilter, iterate_raw
from sdtmconv.spec.model import FormSpec, StudySpec

SUBJECT = "USUBJID"
NUMBER = " record"
RECORDS_A_CHUNK = 400_000
LEAST_RECORDS = 50_000


@dataclass(frozen=True, eq=False)
class ReadForms:
    """The raw records of a study, waiting in a spool.

    Args:
        blocks: How many blocks there are of each form.
        subjects: USUBJID of every subject, sorted.
        sources: What was read, one line per form.
        unused: (form, column) of what was read and no dataset uses; an empty column means that
            no dataset uses the form.
        left_out: (form, column, reason) of what was read and is not submitted.
        files: What was read: the file's name in the specs to its path.
        records: How many records all forms have.
    """

    blocks: Mapping[str, int]
    subjects: np.ndarray
    sources: tuple[str, ...]
    unused: tuple[tuple[str, str], ...]
    left_out: tuple[tuple[str, str, str], ...] = ()
    files: Mapping[str, Path] = field(default_factory=dict)
    records: int = 0


@dataclass(frozen=True, eq=False)
class _FormRead:
    """What is known of one form when it has been read; all of its blocks have these columns."""

    blocks: int
    records: int
    columns: tuple[str, ...]
    subjects: frozenset[str]
    source: str


@dataclass(frozen=True, eq=False)
class Chunk:
    """Raw records of some subjects; the first chunk also gives what belongs to no subject."""

    forms: Mapping[str, RawRecords]
    subjects: int
    first: bool


def read_forms(
    study: StudySpec,
    wanted: Collection[str],
    folder: Path,
    spool: Spool,
    *,
    subjects: Collection[str] = (),
) -> ReadForms:
    """Read every form that the wanted datasets need.

    Args:
        study: The compiled study.
        wanted: Names of datasets.
        folder: Folder of the raw files.
        spool: Where the records wait.
        subjects: USUBJID of those whose records are kept; empty for all.

    Raises:
        DataError: All faults of all files.
    """
    needed = needed_columns(study, wanted)
    faults: list[Fault] = []
    known: set[str] = set()
    blocks: dict[str, int] = {}
    records = 0
    sources: list[str] = []
    unused: list[tuple[str, str]] = []
    left_out: list[tuple[str, str, str]] = []
    files: dict[str, Path] = {}
    for name, form in study.forms.items():
        if name not in needed:
            unused += [] if form.finished else [(name, "")]
            continue
        try:
            read = _read_form(study, form, needed[name], folder, spool, subjects)
        except (DataError, TransportError) as error:
            faults.extend(error.faults)
            continue
        blocks[name] = read.blocks
        records += read.records
        known |= read.subjects
        sources.append(read.source)
        files[Path(form.file).name if form.finished else form.file] = folder / form.file
        reasons = form.not_submitted
        left_out += [
            (name, column, reasons[column]) for column in read.columns if column in reasons
        ]
        used = {*needed[name], form.subject, *form.not_submitted}
        if not form.finished:
            unused += [(name, column) for column in read.columns if column not in used]
    raise_faults(DataError, faults)
    names = np.array(sorted(known), object)
    return ReadForms(blocks, names, tuple(sources), tuple(unused), tuple(left_out), files, records)


def choose_chunk(forms: ReadForms, workers: int) -> int:
    """Choose how many subjects to work on at once: a number of records that memory holds well.

    Every chunk costs some time of its own, so that there are no more of them than that, and than
    there are workers.
    """
    chunks = max(
        math.ceil(forms.records / RECORDS_A_CHUNK),
        min(workers, forms.records // LEAST_RECORDS),
        1,
    )
    return max(1, math.ceil(len(forms.subjects) / chunks))


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
    pieces = {
        name: _cut_form(spool, name, blocks, forms.subjects, firsts)
        for name, blocks in forms.blocks.items()
    }
    for chunk, first in enumerate(firsts):
        records = {
            name: _gather(spool, study.forms[name].file, keys[chunk], forms.subjects[first:])
            for name, keys in pieces.items()
        }
        yield Chunk(records, min(size, total - first), first == 0)
        del records  # before those of the next chunk are gathered


def _read_form(
    study: StudySpec,
    form: FormSpec,
    columns: Collection[str],
    folder: Path,
    spool: Spool,
    subjects: Collection[str],
) -> _FormRead:
    blocks = records = nameless = 0
    known: set[str] = set()
    first_nameless = ""
    wanted = _make_filter(study, form, subjects) if subjects else None
    for table in _read_blocks(form, folder, sorted({*columns, form.subject}), wanted):
        block = table.frame[sorted(columns)].copy()
        block[SUBJECT] = _usubjids(study, form, table.frame[form.subject])
        block[NUMBER] = table.records
        kept = block[block[SUBJECT].isin(subjects)] if subjects else block
        spool.put((form.name, blocks), kept)
        blocks += 1
        records += len(block)
        known.update(kept[SUBJECT].dropna().unique())
        without = np.flatnonzero(block[SUBJECT].isna())
        if len(without) and not nameless:
            first_nameless = table.place(int(without[0]))
        nameless += len(without)
    if nameless:
        raise DataError(_nameless_fault(form, first_nameless, nameless))
    names = tuple(map(str, table.frame))
    return _FormRead(blocks, records, names, frozenset(known), _describe(table, records))


def _cut_form(
    spool: Spool, name: str, blocks: int, subjects: np.ndarray, firsts: range
) -> list[list[Key]]:
    """Put a form's records back as pieces, and give their keys by chunk: at least one each."""
    keys: list[list[Key]] = [[] for _ in firsts]
    for number in range(blocks):
        block = spool.take((name, number))
        position = _find_positions(subjects, block[SUBJECT])
        order = np.argsort(position, kind="stable")
        edges = np.searchsorted(position[order], [*firsts, len(subjects)])
        for chunk, (start, stop) in enumerate(pairwise(edges)):
            if start < stop or number == 0:
                keys[chunk].append((name, number, chunk))
                spool.put((name, number, chunk), block.iloc[order[start:stop]])
    return keys


def _gather(spool: Spool, file: str, keys: Sequence[Key], subjects: np.ndarray) -> RawRecords:
    frame = pd.concat([spool.take(key) for key in keys], ignore_index=True)
    numbers = frame.pop(NUMBER).to_numpy()
    return RawRecords(file, frame, _find_positions(subjects, frame[SUBJECT]), numbers)


def _find_positions(subjects: np.ndarray, usubjids: pd.Series) -> np.ndarray:
    codes, distinct = pd.factorize(usubjids)
    positions: np.ndarray = np.searchsorted(subjects, distinct.to_numpy(dtype=object))[codes]
    return positions


def _make_filter(study: StudySpec, form: FormSpec, subjects: Collection[str]) -> SubjectFilter:
    return SubjectFilter(form.subject, lambda subject: study.make_usubjid(subject) in subjects)


def _read_blocks(
    form: FormSpec, folder: Path, required: Collection[str], subjects: SubjectFilter | None
) -> Iterator[RawTable]:
    if form.finished:
        yield read_finished(form, folder / form.file, required)
    else:
        yield from iterate_raw(_raw_source(form, folder, subjects), required)


def _raw_source(form: FormSpec, folder: Path, subjects: SubjectFilter | None) -> RawSource:
    return RawSource(
        name=form.name,
        path=folder / form.file,
        format=form.format,
        encoding=form.encoding,
        delimiter=form.delimiter,
        sheet=form.sheet,
        header_row=form.header_row,
        place=form.place,
        subjects=subjects,
    )


def _describe(table: RawTable, records: int) -> str:
    details = [f"{records} records", table.encoding, table.delimiter and repr(table.delimiter)]
    return f"{table.path}: {', '.join(detail for detail in details if detail)}"


def _usubjids(study: StudySpec, form: FormSpec, subject: pd.Series) -> pd.Series:
    if form.finished:
        return subject
    return map_unique(subject, study.make_usubjid)


def _nameless_fault(form: FormSpec, place: str, count: int) -> Fault:
    others = f", nor have {count - 1} others" if count > 1 else ""
    problem = f"the record has no subject in {form.subject}{others}"
    return Fault(place, problem, "correct the file: every record belongs to a subject")
