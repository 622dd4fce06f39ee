"""Which datasets there are, and which there should be."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from sdtmconv.metadata import StudyMetadata
from sdtmconv.validate.findings import FindingGroup

SUBJECTS = {"SDTMIG": "DM", "ADAMIG": "ADSL"}
"""The dataset that lists the subjects, by standard."""


def find_presence(study: StudyMetadata, frames: Mapping[str, pd.DataFrame]) -> list[FindingGroup]:
    """Find datasets without a description, descriptions without a dataset, and subjects unlisted.

    Where DM or ADSL is not there, subjects are not checked and that is the one finding; ADSL
    without DM may have been handed over alone.

    Args:
        study: The study and its datasets.
        frames: Name to records.

    Returns:
        One group per dataset.
    """
    described = {dataset.name for dataset in study.datasets}
    lists = {
        SUBJECTS[dataset.standard]
        for dataset in study.datasets
        if dataset.subject_level and "USUBJID" in frames.get(dataset.name, ())
        if dataset.name != "ADSL"
    }
    unlisted = {name for name in lists if "USUBJID" not in frames.get(name, ())} - described
    found = (
        ("dataset-present", described - frames.keys(), "is described and not there"),
        ("dataset-known", frames.keys() - described, "is not described"),
        ("subject-dataset", unlisted, "is not there: subjects are not checked"),
    )
    return [
        FindingGroup(rule, name, "", message)
        for rule, names, message in found
        for name in sorted(names)
    ]
