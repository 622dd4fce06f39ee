"""The main job: a study's specs and raw records in, datasets with define.xml and report out."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from sdtmconv import __version__
from sdtmconv.define_xml import write_define
from sdtmconv.engine.chunks import DEFAULT_CHUNK, run_chunks, split_chunks
from sdtmconv.engine.complete import complete_metadata, restrict_codelists
from sdtmconv.engine.forms import ReadForms, read_forms
from sdtmconv.engine.plan import plan_steps
from sdtmconv.engine.rejections import Rejection, merge_rejections
from sdtmconv.errors import DataError, Fault, SpecError, raise_faults, suggest
from sdtmconv.folders import replace_folder
from sdtmconv.metadata import DatasetMetadata, Standard, StudyMetadata
from sdtmconv.report import write_reports
from sdtmconv.spec import StudySpec, load_study
from sdtmconv.transport import write_xpt
from sdtmconv.validate import FindingGroup, Findings, validate_study

FOLDERS: dict[Standard, Path] = {
    "SDTMIG": Path("tabulations/sdtm"),
    "ADAMIG": Path("analysis/adam/datasets"),
}
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False)
class Build:
    """A finished build.

    Args:
        out: Its folder.
        study: What was built.
        records: Number of records by dataset.
        findings: What validation found.
        sources: What was read, one line per raw form: file, encoding, records.
    """

    out: Path
    study: StudyMetadata
    records: Mapping[str, int]
    findings: Findings
    sources: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Datasets:
    """Datasets before they are written: their descriptions and their records."""

    metadata: tuple[DatasetMetadata, ...]
    frames: Mapping[str, pd.DataFrame]


def build(
    study: Path,
    *,
    raw: Path | None = None,
    out: Path | None = None,
    only: Collection[str] = (),
    jobs: int = 1,
    chunk_size: int = DEFAULT_CHUNK,
    progress: Progress = lambda step, done, total: None,
) -> Build:
    """Build a study's datasets, XPT files, define.xml and validation report.

    Args:
        study: Study folder, with study.yaml.
        raw: Folder of the raw files; None takes the one that study.yaml names.
        out: Output folder; None takes build/<study folder's name>, with "-only" for a part.
        only: Datasets to build; empty for all.
        jobs: Processes.
        chunk_size: Subjects that are worked on at once; the result does not depend on it.
        progress: Called with a step's name, how much is done, and how much there is.

    Returns:
        The build; its folder holds tabulations/, analysis/ and reports/.

    Raises:
        SpecError: The specs are not sound; no data has been read.
        DataError: The raw records cannot be built from; the previous output is whole.
    """
    spec = load_study(study)
    wanted = choose_datasets(spec, only)
    target = out or Path("build") / (study.resolve().name + ("-only" if only else ""))
    forms = read_forms(spec, wanted, raw or spec.raw_folder)
    datasets = build_datasets(spec, wanted, forms, jobs, chunk_size, progress)
    metadata = describe_study(spec, datasets.metadata)
    records = {name: len(frame) for name, frame in datasets.frames.items()}
    marker = {"sdtmconv": __version__, "study": spec.name, "datasets": records}
    with replace_folder(target, marker) as folder:
        _write_datasets(folder, metadata, datasets.frames, progress)
        progress("validate", 0, 1)
        found = validate_study(metadata, datasets.frames)
        unused = [] if only else list(_report_unused(spec, forms))
        findings = Findings([*found.groups, *unused], found.records)
        write_reports(folder / "reports", metadata, findings)
    return Build(target, metadata, records, findings, forms.sources)


def choose_datasets(study: StudySpec, only: Collection[str]) -> tuple[str, ...]:
    """Name the datasets to build, in the order of the outputs."""
    faults = [
        Fault(
            f"--only {name}",
            f"the study has no dataset {name!r}",
            suggest(name, study.datasets, f"name some of {', '.join(study.datasets)}"),
        )
        for name in only
        if name not in study.datasets
    ]
    raise_faults(SpecError, faults)
    return tuple(name for name in study.datasets if not only or name in only)


def build_datasets(
    study: StudySpec,
    wanted: Collection[str],
    forms: ReadForms,
    jobs: int = 1,
    chunk_size: int = DEFAULT_CHUNK,
    progress: Progress = lambda step, done, total: None,
) -> Datasets:
    """Compute datasets, subjects in chunks, and describe them."""
    steps = plan_steps(study, wanted)
    total = len(forms.subjects)
    done = 0

    def advance(subjects: int) -> None:
        nonlocal done
        done += subjects
        progress("build", done, total)

    chunks = split_chunks(forms.records, total, chunk_size)
    pieces: dict[str, list[pd.DataFrame]] = {}
    faults: list[Fault] = []
    rejections: list[Rejection] = []
    with _executor(jobs) as executor:
        for result in run_chunks(study, steps, wanted, chunks, executor, advance):
            faults.extend(result.faults)
            rejections.extend(result.rejections)
            for name, frame in result.frames.items():
                pieces.setdefault(name, []).append(frame)
    raise_faults(DataError, [*faults, *merge_rejections(rejections)])
    frames = {name: pd.concat(parts, ignore_index=True) for name, parts in pieces.items()}
    described = [
        complete_metadata(metadata, frames[metadata.name])
        for name in wanted
        for metadata in (study.datasets[name].metadata, study.datasets[name].supplemental)
        if metadata and metadata.name in frames
    ]
    return Datasets(tuple(described), frames)


def describe_study(study: StudySpec, datasets: tuple[DatasetMetadata, ...]) -> StudyMetadata:
    """Put what all outputs share beside the datasets' descriptions."""
    return StudyMetadata(
        name=study.name,
        description=study.description,
        protocol=study.protocol,
        versions=dict(study.versions),
        data_cut=study.data_cut,
        datasets=datasets,
    )


def _report_unused(study: StudySpec, forms: ReadForms) -> Iterator[FindingGroup]:
    """Report collected columns that the study says nothing of."""
    for name, column in forms.unused:
        file = study.forms[name].file
        message = f"no dataset uses this column of {file}" if column else f"no dataset uses {file}"
        yield FindingGroup("raw-column-unused", name, column, message)


def time_stamp(study: StudyMetadata) -> datetime:
    """Give the time that outputs carry: SOURCE_DATE_EPOCH, or else the data cut."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdecimal():
        return datetime.fromtimestamp(int(epoch), UTC).replace(tzinfo=None)
    return datetime.fromisoformat(study.data_cut)


@contextmanager
def _executor(jobs: int) -> Iterator[Executor | None]:
    if jobs <= 1:
        yield None
        return
    with ProcessPoolExecutor(jobs) as executor:
        yield executor


def _write_datasets(
    folder: Path, study: StudyMetadata, frames: Mapping[str, pd.DataFrame], progress: Progress
) -> None:
    created = time_stamp(study)
    faults: list[Fault] = []
    for number, metadata in enumerate(study.datasets):
        progress("write", number, len(study.datasets))
        path = folder / FOLDERS[metadata.standard] / f"{metadata.name.lower()}.xpt"
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            write_xpt(path, metadata, [frames[metadata.name]], created=created)
        except DataError as error:
            faults.extend(error.faults)
    raise_faults(DataError, faults)
    restricted = [restrict_codelists(m, frames[m.name]) for m in study.datasets]
    defined = dataclasses.replace(study, datasets=tuple(restricted))
    for standard, place in FOLDERS.items():
        if any(metadata.standard == standard for metadata in study.datasets):
            write_define(folder / place / "define.xml", defined, standard, created=created)
