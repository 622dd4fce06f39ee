"""All checks of a study, in memory."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from sdtmconv.metadata import StudyMetadata
from sdtmconv.validate.analysis import check_analysis
from sdtmconv.validate.consistency import check_consistency
from sdtmconv.validate.datasets import check_presence, check_sequences, check_subjects
from sdtmconv.validate.findings import FindingGroup, Findings
from sdtmconv.validate.records import check_identity, check_uniqueness
from sdtmconv.validate.schema import check_columns


def check_study(
    study: StudyMetadata, frames: Mapping[str, pd.DataFrame], encoding: str
) -> list[FindingGroup]:
    """Run all checks; the arguments are those of `validate_study`."""
    frames = {name: frame.reset_index(drop=True) for name, frame in frames.items()}
    groups = [
        *check_presence(study, frames),
        *check_subjects(study, frames),
        *check_sequences(study, frames),
        *check_consistency(study, frames),
        *check_analysis(study, frames),
    ]
    for dataset in study.datasets:
        if dataset.name in frames:
            frame = frames[dataset.name]
            groups += check_columns(dataset, frame, encoding)
            groups += check_identity(study.name, dataset, frame)
            groups += check_uniqueness(dataset, frame)
    return groups


def validate_study(
    study: StudyMetadata, frames: Mapping[str, pd.DataFrame], *, encoding: str = "utf-8"
) -> Findings:
    """Check datasets against what is known about them.

    Args:
        study: The study and its datasets.
        frames: Name to records, with `str` columns for Char and float columns for Num.
        encoding: Of the transport files, in whose bytes lengths are counted.

    Returns:
        The findings; none for a clean study.
    """
    records = {name: len(frame) for name, frame in frames.items()}
    return Findings(check_study(study, frames, encoding), records)
