"""What would make an agency turn a package away, found before it does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from sdtmconv.define_xml import model
from sdtmconv.errors import TransportError
from sdtmconv.iso8601 import is_iso8601
from sdtmconv.metadata import StudyMetadata
from sdtmconv.package.agencies import Agency
from sdtmconv.package.contents import Contents, read_records
from sdtmconv.package.layout import AREAS, SDTM, find_tag
from sdtmconv.review import Explanation, Review, review_findings
from sdtmconv.transport import iterate_xpt
from sdtmconv.transport.files import PARTS
from sdtmconv.validate import FindingGroup, Findings

NAME = re.compile(r"[a-z][a-z0-9]{0,7}\.xpt")
PAIRS = (("(", ")"), ("[", "]"), ("{", "}"), ("（", "）"), ("“", "”"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")
TRIAL_SUMMARY, START = "TS", "SSTDTC"

Finder = Callable[[Contents], Iterator[FindingGroup]]


def precheck(
    folder: Path, agency: Agency, study: str, explanations: Sequence[Explanation] = ()
) -> Review:
    """Check a package against what an agency turns packages away for.

    Args:
        folder: The package.
        agency: For whom it is.
        study: STUDYID.
        explanations: What people have said of findings, of other rules too.

    Returns:
        The findings, by the rules that the agency's profile names.
    """
    contents = Contents(folder, agency, study)
    groups = [group for rule in agency.checks for group in FINDERS[rule](contents)]
    headers = (header for found in contents.headers.values() for header in found.values())
    findings = Findings(groups, {each.metadata.name: each.record_count for each in headers})
    said = [entry for entry in explanations if entry.rule in {g.rule for g in groups}]
    return review_findings(StudyMetadata(study, "", study), findings, said)


def find_start_date_faults(contents: Contents) -> Iterator[FindingGroup]:
    """Find what is wrong with TS and the study's start date."""
    path = contents.folder / contents.root / SDTM.folder / "ts.xpt"
    if not path.is_file():
        yield FindingGroup("trc-1734", TRIAL_SUMMARY, "", f"there is no {contents.shorten(path)}")
        return
    needed = ("STUDYID", "TSPARMCD", "TSVAL")
    ts = read_records(path, contents.agency.encoding, *needed)
    missing = [name for name in needed if name not in ts]
    if missing:
        message = f"has no {', '.join(missing)}, or cannot be read"
        yield FindingGroup("trc-1734", TRIAL_SUMMARY, missing[0], message)
        return
    dates = ts.loc[ts["TSPARMCD"] == START, "TSVAL"].dropna()
    if dates.empty:
        message = f"has no value of TSPARMCD {START}, the study's start date"
        yield FindingGroup("trc-1734", TRIAL_SUMMARY, "TSVAL", message)
    for text in dates[[not _is_whole_date(text) for text in dates]]:
        message = f"the study's start date is {text!r}, no whole ISO 8601 date"
        yield FindingGroup("trc-1734", TRIAL_SUMMARY, "TSVAL", message)
    for message in _name_other_studies(ts, contents.study):
        yield FindingGroup("trc-1734", TRIAL_SUMMARY, "STUDYID", message)


def _name_other_studies(records: pd.DataFrame, study: str) -> Iterator[str]:
    for other in sorted(set(records["STUDYID"].fillna("")) - {study}):
        yield f"STUDYID is {other!r}, and the study's id {study!r}"


def _is_whole_date(text: str) -> bool:
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return "/" not in text and bool(is_iso8601(pd.Series([text], dtype="str")).all())


def find_misplaced_files(contents: Contents) -> Iterator[FindingGroup]:
    """Find files that no file tag fits where they lie."""
    for name in contents.names:
        below = name.is_relative_to(contents.root)
        if not below or not find_tag(name.relative_to(contents.root)):
            yield FindingGroup("trc-1735", "", "", f"{name} has no file tag where it lies")


def find_missing_core(contents: Contents) -> Iterator[FindingGroup]:
    """Find areas without the dataset or the define.xml that they are nothing without."""
    present = set(contents.areas)
    for area in AREAS:
        if area in present or area is SDTM:
            folder = contents.root / area.folder
            for dataset, name in ((area.core, f"{area.core.lower()}.xpt"), ("", "define.xml")):
                if folder / name not in contents.names:
                    yield FindingGroup("trc-1736", dataset, "", f"there is no {folder / name}")


def find_other_studies(contents: Contents) -> Iterator[FindingGroup]:
    """Find datasets and define.xml that name another study; for TS, another rule says so."""
    for area, found in contents.headers.items():
        for path, header in found.items():
            records = read_records(path, contents.agency.encoding, "STUDYID")
            if "STUDYID" in records and header.metadata.name != TRIAL_SUMMARY:
                for message in _name_other_studies(records, contents.study):
                    yield FindingGroup("package-study", header.metadata.name, "STUDYID", message)
        for path, define in contents.defines.get(area, {}).items():
            names = define.study.global_variables or model.GlobalVariables()
            if names.study_name != contents.study:
                message = f"{contents.shorten(path)} is of the study {names.study_name!r}"
                yield FindingGroup("package-study", "", "", message)


def find_wrong_names(contents: Contents) -> Iterator[FindingGroup]:
    """Find transport files with names that agencies do not take, or not their datasets'."""
    for area in AREAS:
        for path in (*contents.files(area), *contents.files(area, PARTS)):
            if not NAME.fullmatch(path.name):
                message = f"{contents.shorten(path)} is no name of a file for an agency"
                yield FindingGroup("package-name", "", "", message)
        for path, header in contents.headers.get(area, {}).items():
            name = header.metadata.name
            if path.stem.upper() != name:
                message = f"{contents.shorten(path)} holds {name}"
                yield FindingGroup("package-name", name, "", message)


def _list_labels(contents: Contents) -> Iterator[tuple[str, str, str]]:
    for found in contents.headers.values():
        for metadata in (header.metadata for header in found.values()):
            yield metadata.name, "", metadata.label
            yield from ((metadata.name, v.name, v.label) for v in metadata.variables)


def _is_unbalanced(label: str) -> bool:
    odd = label.count('"') % 2 or len(re.findall(r"(?<!\w)'|'(?!\w)", label)) % 2
    return bool(odd) or any(label.count(left) != label.count(right) for left, right in PAIRS)


def find_wrong_labels(contents: Contents) -> Iterator[FindingGroup]:
    """Find labels that are missing, or hold what agencies' tools stumble over."""
    for dataset, variable, label in _list_labels(contents):
        if not label or _is_unbalanced(label) or re.search("[<>]", label):
            problem = f"label {label!r}" if label else "has no label"
            yield FindingGroup("package-label", dataset, variable, problem)


def find_untranslated_labels(contents: Contents) -> Iterator[FindingGroup]:
    """Find labels without a Chinese character."""
    for dataset, variable, label in _list_labels(contents):
        if label and not CHINESE.search(label):
            yield FindingGroup("package-language", dataset, variable, f"label {label!r}")


def find_unreadable_files(contents: Contents) -> Iterator[FindingGroup]:
    """Find transport files that cannot be read in the agency's encoding."""
    for area in AREAS:
        for path in (*contents.files(area), *contents.files(area, PARTS)):
            try:
                for _ in iterate_xpt(path, encoding=contents.agency.encoding):
                    pass
            except TransportError as error:
                for fault in error.faults:
                    yield FindingGroup("package-encoding", path.stem.upper(), "", fault.problem)


def find_large_files(contents: Contents) -> Iterator[FindingGroup]:
    """Find files beyond the agency's size that are not there in parts."""
    for area in AREAS:
        parts = {path.stem.rstrip("0123456789") for path in contents.files(area, PARTS)}
        for path in (*contents.files(area), *contents.files(area, PARTS)):
            size, split = path.stat().st_size, path.parent.name == PARTS
            if size > contents.agency.split_bytes and (split or path.stem not in parts):
                message = f"{contents.shorten(path)} has {size:,} bytes"
                yield FindingGroup("package-size", path.stem.upper(), "", message)


def find_undescribed(contents: Contents) -> Iterator[FindingGroup]:
    """Find what is wrong with define.xml, by itself and against the transport files.

    Where DM, TS or ADSL is missing, or a file has a wrong name, the rules about these say so.
    """
    asked = {TRIAL_SUMMARY, *(area.core for area in AREAS)}
    files = [file for found in contents.headers.values() for file in found.items()]
    missing = asked - {header.metadata.name for _, header in files}
    misnamed = {
        h.metadata.name for path, h in files if path.name != f"{h.metadata.name}.xpt".lower()
    }
    for group in contents.described:
        if group.rule != "define-dataset" or group.dataset not in missing | misnamed:
            yield group


def find_dead_links(contents: Contents) -> Iterator[FindingGroup]:
    """Find documents that define.xml links to and the package does not hold."""
    for area, found in contents.defines.items():
        folder = contents.root / area.folder
        for path, define in found.items():
            for leaf in define.metadata.leaves:
                if folder / leaf.href not in contents.names:
                    message = f"{contents.shorten(path)} links to {leaf.href!r}"
                    yield FindingGroup("package-link", "", "", message)


FINDERS: dict[str, Finder] = {
    "trc-1734": find_start_date_faults,
    "trc-1735": find_misplaced_files,
    "trc-1736": find_missing_core,
    "package-study": find_other_studies,
    "package-name": find_wrong_names,
    "package-label": find_wrong_labels,
    "package-language": find_untranslated_labels,
    "package-encoding": find_unreadable_files,
    "package-size": find_large_files,
    "define-sound": find_undescribed,
    "package-link": find_dead_links,
}
