"""What can be said of datasets together: which there are, whose subjects, numbered how."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from sdtmconv.metadata import DatasetMetadata, StudyMetadata
from sdtmconv.validate.findings import FindingGroup, select_records

Frames = Mapping[str, pd.DataFrame]

_SUBJECTS = {"SDTMIG": "DM", "ADAMIG": "ADSL"}


def check_presence(study: StudyMetadata, frames: Frames) -> list[FindingGroup]:
    """Find datasets without a description, and descriptions without a dataset.

    Args:
        study: The study and its datasets.
        frames: Name to records.

    Returns:
        One group per dataset.
    """
    described = {dataset.name for dataset in study.datasets}
    absent = [
        FindingGroup("dataset-present", name, "", "is described and not there")
        for name in sorted(described - frames.keys())
    ]
    unknown = [
        FindingGroup("dataset-known", name, "", "is not described")
        for name in sorted(frames.keys() - described)
    ]
    return absent + unknown


def _check_subjects_of(
    dataset: DatasetMetadata, frame: pd.DataFrame, reference: str, subjects: pd.Series
) -> list[FindingGroup]:
    ids = frame["USUBJID"]
    stranger = ids.notna() & ~ids.isin(subjects) & ~ids.duplicated()
    by_subject = replace(dataset, keys=("STUDYID", "USUBJID"))
    message = f"subject is not in {reference}"
    return select_records("subject", by_subject, frame, stranger.to_numpy(bool), message, "USUBJID")


def _with_subjects(study: StudyMetadata, frames: Frames) -> Iterator[tuple[DatasetMetadata, str]]:
    """Pair the datasets that hold subjects with the one that lists all of them."""
    for dataset in study.datasets:
        if dataset.subject_level and "USUBJID" in frames.get(dataset.name, ()):
            reference = "DM" if dataset.name == "ADSL" else _SUBJECTS[dataset.standard]
            if dataset.name != reference:
                yield dataset, reference


def check_subjects(study: StudyMetadata, frames: Frames) -> list[FindingGroup]:
    """Find subjects that DM (for SDTM and ADSL) or ADSL (for ADaM) does not have.

    A subject is one finding per dataset, whatever the number of its records. Where DM or ADSL
    itself is not there, that is the one finding; ADSL without DM may have been handed over alone.

    Args:
        study: The study and its datasets.
        frames: Name to records.

    Returns:
        One group per dataset with strangers.
    """
    groups = []
    unlisted = set()
    for dataset, reference in _with_subjects(study, frames):
        if "USUBJID" in frames.get(reference, ()):
            subjects = frames[reference]["USUBJID"]
            groups += _check_subjects_of(dataset, frames[dataset.name], reference, subjects)
        elif dataset.name != "ADSL":
            unlisted.add(reference)
    unlisted -= {dataset.name for dataset in study.datasets}
    message = "is not there: subjects are not checked"
    return groups + [
        FindingGroup("subject-dataset", name, "", message) for name in sorted(unlisted)
    ]


def _group_by_domain(study: StudyMetadata, frames: Frames) -> dict[str, list[DatasetMetadata]]:
    """Collect the datasets whose records one --SEQ numbers: the parts of a split domain."""
    domains = defaultdict(list)
    for dataset in study.datasets:
        columns = frames.get(dataset.name, ())
        numbered = dataset.standard == "SDTMIG" and f"{dataset.domain}SEQ" in columns
        if numbered and "USUBJID" in columns:
            domains[dataset.domain].append(dataset)
    return domains


def check_sequences(study: StudyMetadata, frames: Frames) -> list[FindingGroup]:
    """Find --SEQ that a subject has more than once in a domain, over all parts of a split one.

    Args:
        study: The study and its datasets.
        frames: Name to records.

    Returns:
        One group per dataset with such records.
    """
    groups = []
    for domain, datasets in _group_by_domain(study, frames).items():
        variable = f"{domain}SEQ"
        parts = [frames[dataset.name][["USUBJID", variable]] for dataset in datasets]
        together = pd.concat(parts)
        repeated = (together.duplicated(keep=False) & together[variable].notna()).to_numpy()
        masks = np.split(repeated, np.cumsum([len(part) for part in parts[:-1]]))
        message = "subject has this number more than once"
        for dataset, mask in zip(datasets, masks, strict=True):
            frame = frames[dataset.name]
            groups += select_records("sequence", dataset, frame, mask, message, variable)
    return groups
