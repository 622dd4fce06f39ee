"""What can be said of one dataset's records: constants and what makes a record unique."""

from __future__ import annotations

import pandas as pd

from sdtmconv.metadata import DatasetMetadata
from sdtmconv.validate.findings import FindingGroup, select_records

_CONSTANTS = {"STUDYID", "DOMAIN"}


def _check_constant(
    rule: str, dataset: DatasetMetadata, frame: pd.DataFrame, variable: str, expected: str
) -> list[FindingGroup]:
    if variable not in frame:
        return []
    wrong = (frame[variable].notna() & (frame[variable] != expected)).to_numpy(dtype=bool)
    return select_records(rule, dataset, frame, wrong, f"is not {expected!r}", variable)


def check_identity(study: str, dataset: DatasetMetadata, frame: pd.DataFrame) -> list[FindingGroup]:
    """Find records that claim another study or domain (SDTM 2.0 section 3.1.4; SDTMIG 4.2.2, 8.4).

    Args:
        study: The study's STUDYID.
        dataset: What is known about the dataset.
        frame: Its records.

    Returns:
        One group per variable that is wrong.
    """
    groups = _check_constant("studyid", dataset, frame, "STUDYID", study)
    if dataset.standard == "SDTMIG":
        domain = "RDOMAIN" if dataset.name.startswith("SUPP") else "DOMAIN"
        groups += _check_constant("domain", dataset, frame, domain, dataset.domain)
    return groups


def _has_one_record_per_subject(dataset: DatasetMetadata) -> bool:
    return dataset.subject_level and not dataset.repeating


def _is_checked_elsewhere(dataset: DatasetMetadata) -> bool:
    """Tell whether another rule looks at the same: USUBJID alone (one-record) or with --SEQ."""
    telling = set(dataset.keys) - _CONSTANTS
    if _has_one_record_per_subject(dataset):
        return telling >= {"USUBJID"}
    return telling == {"USUBJID", f"{dataset.domain}SEQ"}


def _check_unique(
    rule: str, dataset: DatasetMetadata, frame: pd.DataFrame, keys: tuple[str, ...], message: str
) -> list[FindingGroup]:
    if not keys or not set(keys) <= set(frame.columns):
        return []
    duplicated = frame.duplicated(list(keys), keep=False).to_numpy()
    return select_records(rule, dataset, frame, duplicated, message)


def check_uniqueness(dataset: DatasetMetadata, frame: pd.DataFrame) -> list[FindingGroup]:
    """Find subjects and keys that have several records (SDTMIG 3.2.1.1 and 5.2; ADaMIG 2.3.1).

    Every one of the records is a finding. A dataset whose keys are not all there is not checked:
    the missing variable is a finding already.

    Args:
        dataset: What is known about the dataset.
        frame: Its records.

    Returns:
        One group per rule that is broken.
    """
    groups = []
    if _has_one_record_per_subject(dataset):
        message = "subject has several records"
        groups += _check_unique("one-record", dataset, frame, ("USUBJID",), message)
    if not _is_checked_elsewhere(dataset):
        message = f"several records have the same {', '.join(dataset.keys)}"
        groups += _check_unique("key", dataset, frame, dataset.keys, message)
    return groups
