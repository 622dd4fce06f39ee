"""The main job: a study's specs and raw records in, datasets with define.xml and report out."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from sdtmconv.define_xml import write_define
from sdtmconv.engine.chunks import ChunkResult, run_chunk, run_chunks
from sdtmconv.engine.forms import Chunk, ReadForms, choose_chunk, read_forms, split_chunks
from sdtmconv.engine.plan import Step, plan_steps, refuse_unmapped
from sdtmconv.engine.profile import (
    Profile,
    add_profiles,
    complete_metadata,
    profile_dataset,
    restrict_codelists,
)
from sdtmconv.engine.rejections import Rejection, merge_rejections
from sdtmconv.engine.spool import Key, Spool
from sdtmconv.errors import (
    DataError,
    Fault,
    SpecError,
    TransportError,
    raise_faults,
    suggest,
)
from sdtmconv.folders import (
    FOLDERS,
    SPECS,
    copy_files,
    hash_file,
    refuse_strangers,
    replace_folder,
)
from sdtmconv.languages import translate_study
from sdtmconv.metadata import DatasetMetadata, StudyMetadata
from sdtmconv.report import REPORT, read_last_run, write_reports
from sdtmconv.review import Review, load_reviewed_study, review_findings
from sdtmconv.spec import StudySpec
from sdtmconv.spec.files import list_spec_files
from sdtmconv.spec.model import describe_study
from sdtmconv.transport import write_xpt
from sdtmconv.validate import (
    FindingGroup,
    Findings,
    Part,
    explain_skipped,
    join_parts,
    validate_part,
)

REPORTS = "reports"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False)
class Build:
    """A finished build.

    Args:
        out: Its folder.
        study: What was built.
        records: Number of records by dataset.
        review: What validation found, with what was said of it and what has changed.
        sources: What was read, one line per raw form: file, encoding, records.
    """

    out: Path
    study: StudyMetadata
    records: Mapping[str, int]
    review: Review
    sources: tuple[str, ...]

    @property
    def findings(self) -> Findings:
        """What validation found."""
        return self.review.findings


@dataclass(frozen=True, eq=False)
class ChunkOutcome:
    """What one chunk gave: its datasets, what they show and what validation found."""

    result: ChunkResult
    profiles: Mapping[str, Profile]
    checked: Part


def build(
    study: Path,
    *,
    raw: Path | None = None,
    sdtm: Path | None = None,
    out: Path | None = None,
    only: Collection[str] = (),
    jobs: int = 1,
    scheduler: str = "",
    chunk_size: int = 0,
    created: datetime | None = None,
    fail_on: str = "error",
    progress: Progress = lambda step, done, total: None,
) -> Build:
    """Build a study's datasets, XPT files, define.xml and validation report.

    Args:
        study: Study folder, with study.yaml.
        raw: Folder of the raw files; None takes the one that study.yaml names.
        sdtm: Folder of finished SDTM datasets as XPT: only analysis datasets are built, from these.
        out: Output folder; None takes build/<study folder's name>, with "-only" for a part.
        only: Datasets to build; empty for all.
        jobs: Processes.
        scheduler: Address of a Dask scheduler, whose workers then do the work of `jobs`; needs the
            extra `sdtmconv[dask]`.
        chunk_size: Subjects that are worked on at once; 0 lets the number of records decide. The
            result does not depend on it.
        created: The time stamp of all outputs; None takes SOURCE_DATE_EPOCH or the data cut.
        fail_on: The severity from which a finding that nobody has explained fails in JUnit's
            report; "never" for none.
        progress: Called with a step's name, how much is done, and how much there is.

    Returns:
        The build; its folder holds tabulations/, analysis/, reports/ and specs/, a copy of the
        specs it was made from.

    Raises:
        SpecError: The specs are not sound; no data has been read.
        DataError: The raw records cannot be built from; the previous output is whole.
    """
    spec, explanations = load_reviewed_study(study, sdtm)
    wanted = choose_datasets(spec, only)
    refuse_unmapped(spec, wanted)
    target = out or Path("build") / (study.resolve().name + ("-only" if only else ""))
    refuse_strangers(target)
    with Spool() as spool:
        forms = read_forms(spec, wanted, raw or spec.raw_folder, spool)
        datasets = build_datasets(spec, wanted, forms, spool, jobs, scheduler, chunk_size, progress)
        records = datasets.findings.records
        unread = {"raw-column-unused": "only a part of the study was built"} if only else {}
        skipped = explain_skipped(datasets.study, unread)
        unused = [] if only else list(_report_unused(spec, forms))
        findings = Findings([*datasets.findings.groups, *unused], records)
        created = created or time_stamp(datasets.study)
        specs = list_spec_files(study)
        marker = _describe(spec, only, forms, specs, created) | {"datasets": records}
        with replace_folder(target, marker) as folder:
            _write_datasets(folder, datasets, spool, created, progress)
            last = read_last_run(target / REPORTS / REPORT)
            review = review_findings(
                datasets.study,
                findings,
                explanations,
                last,
                skipped=skipped,
                part=bool(only),
                described_by=["specs"],
            )
            write_reports(folder / REPORTS, review, fail_on)
            copy_files(specs, folder / SPECS)
    return Build(target, datasets.study, records, review, forms.sources)


def _describe(
    spec: StudySpec,
    only: Collection[str],
    forms: ReadForms,
    specs: Mapping[str, Path],
    created: datetime,
) -> dict[str, object]:
    """Say what was built from which files, and what of it is not submitted."""
    kept = [name for name, dataset in spec.datasets.items() if not dataset.submitted]
    columns = [{"form": f, "column": c, "reason": reason} for f, c, reason in forms.left_out]
    return {
        "study": spec.name,
        "created": created.isoformat(timespec="seconds"),
        "only": sorted(only),
        "specs": {name: hash_file(path) for name, path in specs.items()},
        "raw": {name: hash_file(path) for name, path in sorted(forms.files.items())},
        "not_submitted": {"datasets": kept, "columns": columns},
    }


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
    return tuple(
        name
        for name, spec in study.datasets.items()
        if spec.submitted and (not only or name in only)
    )


@dataclass(frozen=True, eq=False)
class Datasets:
    """Finished datasets, waiting in a spool to be written.

    Args:
        study: Their descriptions.
        profiles: What their data show.
        findings: What validation found.
        pieces: By dataset: the keys of its frames in the spool, in order.
    """

    study: StudyMetadata
    profiles: Mapping[str, Profile]
    findings: Findings
    pieces: Mapping[str, Sequence[Key]]


def build_datasets(
    study: StudySpec,
    wanted: Collection[str],
    forms: ReadForms,
    spool: Spool,
    jobs: int = 1,
    scheduler: str = "",
    chunk_size: int = 0,
    progress: Progress = lambda step, done, total: None,
) -> Datasets:
    """Compute, describe and check datasets, subjects in chunks."""
    steps = plan_steps(study, wanted)
    done = 0

    def advance(subjects: int) -> None:
        nonlocal done
        done += subjects
        progress("build", done, len(forms.subjects))

    work = partial(_build_chunk, study, steps, wanted)
    pieces: dict[str, list[Key]] = {}
    profiles: dict[str, Profile] = {}
    checked: list[Part] = []
    faults: list[Fault] = []
    rejections: list[Rejection] = []

    def keep(outcome: ChunkOutcome) -> None:
        number = len(checked)
        faults.extend(outcome.result.faults)
        rejections.extend(outcome.result.rejections)
        checked.append(outcome.checked)
        for name, frame in outcome.result.frames.items():
            profile = outcome.profiles[name]
            profiles[name] = add_profiles(profiles[name], profile) if name in profiles else profile
            pieces.setdefault(name, []).append((name, number))
            spool.put((name, number), frame)

    with _executor(jobs, scheduler) as (executor, workers):
        size = chunk_size or choose_chunk(forms, workers)
        chunks = split_chunks(study, forms, size, spool)
        for outcome in run_chunks(work, chunks, executor, 2 * workers, advance):
            keep(outcome)
            del outcome  # before the next chunk is built
    raise_faults(DataError, [*faults, *merge_rejections(rejections)])
    described = _complete(_described(study, wanted, profiles), profiles)
    complete = describe_study(study, described)
    return Datasets(complete, profiles, join_parts(complete, checked), pieces)


def _build_chunk(
    study: StudySpec, steps: Sequence[Step], wanted: Collection[str], chunk: Chunk
) -> ChunkOutcome:
    """Build, describe and check the datasets of one chunk; runs in a worker process as well."""
    result = run_chunk(study, steps, wanted, chunk)
    described = list(_described(study, wanted, result.frames))
    profiles = {m.name: profile_dataset(m, result.frames[m.name]) for m in described}
    complete = _complete(described, profiles)
    checked = validate_part(describe_study(study, complete), result.frames)
    checked = checked.with_groups(_report_repeats(result))
    return ChunkOutcome(result, profiles, checked)


def _complete(
    described: Iterable[DatasetMetadata], profiles: Mapping[str, Profile]
) -> tuple[DatasetMetadata, ...]:
    """Complete descriptions with what the data show; raise what is wrong with all of them."""
    complete: list[DatasetMetadata] = []
    faults: list[Fault] = []
    for metadata in described:
        try:
            complete.append(complete_metadata(metadata, profiles[metadata.name]))
        except DataError as error:
            faults.extend(error.faults)
    raise_faults(DataError, faults)
    return tuple(complete)


def _described(
    study: StudySpec, wanted: Collection[str], built: Collection[str]
) -> Iterator[DatasetMetadata]:
    """Give the descriptions of the datasets that were built, SUPP-- after its domain."""
    for name in wanted:
        for metadata in (study.datasets[name].metadata, study.datasets[name].supplemental):
            if metadata and metadata.name in built:
                yield metadata


def _report_unused(study: StudySpec, forms: ReadForms) -> Iterator[FindingGroup]:
    """Report collected columns that the study says nothing of."""
    for name, column in forms.unused:
        file = study.forms[name].file
        message = f"no dataset uses this column of {file}" if column else f"no dataset uses {file}"
        yield FindingGroup("raw-column-unused", name, column, message)


def _report_repeats(result: ChunkResult) -> Iterator[FindingGroup]:
    """Report raw records that were left out because they say nothing new."""
    for repeats in result.repeats:
        message = f"repeats a record with the same {', '.join(repeats.keys)}, and is left out"
        keys = pd.DataFrame(repeats.records, columns=["file", "record"]).astype("str")
        values = pd.Series([""] * len(keys), dtype="str")
        yield FindingGroup("raw-record-repeated", repeats.form, "", message, keys, values)


def time_stamp(study: StudyMetadata) -> datetime:
    """Give the time that outputs carry: SOURCE_DATE_EPOCH, or else the data cut."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return datetime.fromisoformat(study.data_cut)
    try:
        return datetime.fromtimestamp(int(epoch), UTC).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError):
        remedy = "give it in seconds since 1970, or unset it"
        raise DataError(Fault("SOURCE_DATE_EPOCH", f"is {epoch!r}, no time", remedy)) from None


@contextmanager
def _executor(jobs: int, scheduler: str) -> Iterator[tuple[Executor | None, int]]:
    """Give what runs the chunks, and how many it can run at once."""
    if scheduler:
        with _dask_client(scheduler) as client:
            yield client.get_executor(), max(1, len(client.scheduler_info()["workers"]))
    elif jobs <= 1:
        yield None, 1
    else:
        with ProcessPoolExecutor(jobs) as executor:
            yield executor, jobs


def _dask_client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        remedy = "install it with `pip install 'sdtmconv[dask]'`"
        raise DataError(
            Fault("--scheduler", "needs Dask, which is not installed", remedy)
        ) from None
    client: Any = Client
    try:
        return client(address, timeout=10)
    except (OSError, ValueError) as error:
        remedy = "start `dask scheduler`, and give the address it prints, as tcp://host:8786"
        raise DataError(
            Fault(f"--scheduler {address}", f"does not answer ({error})", remedy)
        ) from None


def _write_datasets(
    folder: Path, datasets: Datasets, spool: Spool, created: datetime, progress: Progress
) -> None:
    study = datasets.study
    faults: list[Fault] = []
    for number, metadata in enumerate(study.datasets):
        progress("write", number, len(study.datasets))
        path = folder / FOLDERS[metadata.standard] / f"{metadata.name.lower()}.xpt"
        path.parent.mkdir(parents=True, exist_ok=True)
        frames = (spool.take(key) for key in datasets.pieces[metadata.name])
        try:
            write_xpt(path, metadata, frames, created=created)
        except TransportError as error:
            faults.extend(error.faults)
    raise_faults(DataError, faults)
    restricted = [restrict_codelists(m, datasets.profiles[m.name]) for m in study.datasets]
    defined = dataclasses.replace(study, datasets=tuple(restricted))
    _write_defines(folder, defined, created)


def _write_defines(folder: Path, study: StudyMetadata, created: datetime) -> None:
    """Write a define.xml for each standard, and define-zh.xml where the study is said in zh."""
    said = {"define.xml": study}
    for language in study.translations:
        said[f"define-{language}.xml"] = translate_study(study, language)
    for standard, place in FOLDERS.items():
        if any(dataset.standard == standard for dataset in study.datasets):
            for name, metadata in said.items():
                write_define(folder / place / name, metadata, standard, created=created)
