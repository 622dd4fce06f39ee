"""All checks of a folder of transport files, a build's or one from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from sdtmconv.errors import DataError, Fault, TransportError, raise_faults
from sdtmconv.metadata import DatasetMetadata, StudyMetadata
from sdtmconv.spec.catalog import DEFAULT_VERSIONS, Catalog
from sdtmconv.transport import find_xpt_files, read_xpt
from sdtmconv.validate.declared import read_declared, with_declared
from sdtmconv.validate.define import check_defines
from sdtmconv.validate.describe import choose_standard, describe_dataset
from sdtmconv.validate.findings import FindingGroup, Findings
from sdtmconv.validate.study import validate_study

Datasets = dict[str, tuple[DatasetMetadata, pd.DataFrame]]


def _read_files(
    files: Sequence[Path], encoding: str
) -> tuple[list[tuple[Path, DatasetMetadata, pd.DataFrame]], list[FindingGroup]]:
    read, unreadable = [], []
    for path in files:
        try:
            dataset = read_xpt(path, encoding=encoding)
        except TransportError as error:
            messages = [f"{fault.problem}; {fault.remedy}" for fault in error.faults]
            name = path.stem.upper()
            unreadable += [FindingGroup("file-readable", name, "", text) for text in messages]
        else:
            read.append((path, dataset.header.metadata, dataset.frame))
    return read, unreadable


def _collect(read: Sequence[tuple[Path, DatasetMetadata, pd.DataFrame]]) -> Datasets:
    datasets: Datasets = {}
    files: dict[str, Path] = {}
    faults = []
    for path, found, frame in read:
        first = files.setdefault(found.name, path)
        if first != path:
            problem = f"holds {found.name}, which {first} holds as well"
            faults.append(Fault(str(path), problem, "validate the folders one by one"))
        datasets[found.name] = found, frame
    raise_faults(DataError, faults)
    return datasets


def _first_text(frame: pd.DataFrame, variable: str) -> str:
    values = frame[variable].dropna().head(1).tolist() if variable in frame else []
    return str(values[0]) if values else ""


def _find_study(datasets: Datasets) -> str:
    """Take the study's name from DM, or else from the first dataset that has one."""
    ordered = sorted(datasets, key=lambda name: name != "DM")
    return next(filter(None, (_first_text(datasets[name][1], "STUDYID") for name in ordered)), "")


def _find_unknown(datasets: Datasets, catalog: Catalog, version: str) -> list[FindingGroup]:
    message = f"is not a dataset of SDTMIG {version}"
    return [
        FindingGroup("dataset-known", name, "", message)
        for name in datasets
        if choose_standard(name) == "SDTMIG" and catalog.dataset("SDTMIG", name) is None
    ]


def validate_folder(
    path: Path, *, versions: Mapping[str, str] | None = None, encoding: str = "ascii"
) -> tuple[StudyMetadata, Findings]:
    """Check the transport files in a folder and its subfolders against the standards.

    Args:
        path: A build's output, or a folder of XPT files from elsewhere. Terminology that
            `sdtmconv ct import` wrote to a folder `terminology` in it is used before the packaged;
            terms that a define.xml in it marks as extensions are declared, and so are the
            dictionaries that it names.
        versions: Standard to version, where they are not the packaged ones.
        encoding: Of the files.

    Returns:
        What the files and the standards say about the datasets, and the findings. A file that
        cannot be read is a finding.

    Raises:
        DataError: There is no such folder, no XPT file in it, or a dataset is there twice.
        StandardsError: A version is not at hand.
    """
    versions = {**DEFAULT_VERSIONS, **(versions or {})}
    catalog = Catalog(versions, {}, path / "terminology")
    read, groups = _read_files(find_xpt_files(path), encoding)
    datasets = _collect(read)
    declared = read_declared(path)
    described = [
        with_declared(describe_dataset(found, _first_text(frame, "DOMAIN"), catalog), declared)
        for found, frame in datasets.values()
    ]
    study = StudyMetadata(
        name=_find_study(datasets),
        description="",
        protocol="",
        versions=versions,
        datasets=tuple(sorted(described, key=catalog.sort_key)),
    )
    frames = {name: frame for name, (_, frame) in datasets.items()}
    groups += _find_unknown(datasets, catalog, versions["SDTMIG"])
    found = validate_study(study, frames, encoding=encoding)
    groups += found.groups
    groups += check_defines(path, read, groups, encoding)
    return study, Findings(groups, found.records)
