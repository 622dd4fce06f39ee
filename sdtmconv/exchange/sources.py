"""Whatever describes a study, as the model of a define.xml: file, workbook, study, build."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sdtmconv.define_xml import check_define, make_model, model, read_model
from sdtmconv.errors import DataError, Fault, SpecError, raise_faults
from sdtmconv.exchange.p21_read import read_specification
from sdtmconv.folders import FOLDERS, MARKER
from sdtmconv.metadata import DatasetMetadata, Standard
from sdtmconv.spec import load_study
from sdtmconv.spec.model import StudySpec, describe_study

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
SIZED = ("text", "integer", "float")


@dataclass(frozen=True)
class Source:
    """One standard's part of what describes a study.

    Args:
        standard: The implementation guide.
        define: What is described.
        faults: What is wrong with it; it is taken nevertheless.
    """

    standard: Standard
    define: model.Define
    faults: tuple[Fault, ...] = ()


def read_source(path: Path) -> list[Source]:
    """Read a define.xml, a specification, the define.xml files of a build, or a study's specs.

    Raises:
        SdtmconvError: It cannot be read, or is none of these.
    """
    if path.is_dir():
        found = list(_read_folder(path))
    elif path.suffix.lower() == ".xml":
        found = [_read_define(path)]
    elif path.suffix.lower() in WORKBOOKS:
        define = read_specification(path)
        found = [Source(_standard_of(define), define)]
    else:
        problem = "is no define.xml, workbook or folder" if path.exists() else "is not there"
        remedy = "name a define.xml, a specification (.xlsx), a study folder or a build folder"
        raise DataError(Fault(str(path), problem, remedy))
    return found


def _read_define(path: Path) -> Source:
    define = read_model(path)
    return Source(_standard_of(define), define, tuple(check_define(path)))


def _standard_of(define: model.Define) -> Standard:
    purposes = {dataset.purpose for dataset in define.metadata.item_groups}
    return "ADAMIG" if purposes == {"Analysis"} else "SDTMIG"


def _read_folder(path: Path) -> Iterator[Source]:
    if (path / "study.yaml").is_file():
        yield from _describe_specs(load_study(path))
        return
    files = [path / place / "define.xml" for place in FOLDERS.values()]
    found = [file for file in files if file.is_file()]
    if not found:
        problem = f"has neither study.yaml nor {MARKER} with a define.xml"
        raise DataError(Fault(str(path), problem, "name a study folder or a build folder"))
    yield from map(_read_define, found)


def _describe_specs(spec: StudySpec) -> Iterator[Source]:
    """Describe what the specs alone tell; lengths are known only of what is not mapped yet."""
    datasets = tuple(_described(spec))
    study = describe_study(spec, datasets)
    created = datetime.fromisoformat(spec.data_cut)
    for standard in FOLDERS:
        if any(dataset.standard == standard for dataset in datasets):
            yield Source(standard, make_model(study, standard, created=created))


def _described(spec: StudySpec) -> Iterator[DatasetMetadata]:
    for dataset in spec.datasets.values():
        if dataset.submitted:
            yield dataset.metadata
            has_qualifiers = any(v.supplemental for v in dataset.variables.values())
            if dataset.supplemental and has_qualifiers:
                yield dataset.supplemental


def refuse_without_lengths(source: Source, place: str) -> None:
    """Make sure that a define.xml can be written: each text and number has its length.

    Raises:
        SpecError: Some have none, because they are mapped and not built.
    """
    without = {item.oid for item in source.define.metadata.items if not _has_length(item)}
    faults = []
    for dataset in source.define.metadata.item_groups:
        number = sum(reference.item_oid in without for reference in dataset.item_refs)
        if number:
            problem = f"{dataset.name} has {number} variables whose length only the data tell"
            remedy = "build the study, and export the build"
            faults.append(Fault(place, problem, remedy))
    raise_faults(SpecError, faults)


def _has_length(item: model.ItemDef) -> bool:
    return item.data_type not in SIZED or bool(item.length)
