"""Which subjects is an explanation about? The build knows, or else the condition says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sdtmconv.conditions import Condition
from sdtmconv.folders import FOLDERS
from sdtmconv.metadata import DatasetMetadata
from sdtmconv.transport import read_xpt

SUBJECT = "USUBJID"


def find_subjects(
    build: Path | None, dataset: DatasetMetadata, condition: Condition | None, most: int
) -> frozenset[str]:
    """Name the subjects of the records to explain; none where any subject may have them.

    Args:
        build: The build, if there is one.
        dataset: The dataset.
        condition: What holds of its records.
        most: Records at most.
    """
    built = _look_up(build, dataset, condition, most) if build else frozenset()
    return built or frozenset(_stated(condition))


def _look_up(
    build: Path, dataset: DatasetMetadata, condition: Condition | None, most: int
) -> frozenset[str]:
    """Find the records in the build; nothing where its file has not all that is asked."""
    path = build / FOLDERS[dataset.standard] / f"{dataset.name.lower()}.xpt"
    asked = {SUBJECT, *(condition.names if condition else ())}
    if not path.is_file() or not asked <= {variable.name for variable in dataset.variables}:
        return frozenset()
    frame = read_xpt(path, encoding="utf-8", variables=asked).frame
    if condition:
        frame = frame[condition.mask(frame, frame.index)]
    return frozenset(frame[SUBJECT].head(most))


def _stated(condition: Condition | None) -> Iterator[str]:
    """Give the subjects that a condition names, where it is about no others."""
    for name, comparator, values in (condition and condition.range_checks()) or ():
        if name == SUBJECT and comparator in ("EQ", "IN"):
            yield from values
