"""Where a file lies in a package, and which file tag it has in the eCTD's study tagging file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from sdtmconv.metadata import Standard
from sdtmconv.transport.files import PARTS

DATASETS = PurePosixPath("m5/datasets")


@dataclass(frozen=True)
class Area:
    """A folder of a package for the datasets of one standard, and what describes them.

    Args:
        standard: Whose datasets.
        folder: Below the study's folder, and below a build's too.
        guide: The stem of the reviewer's guide's name.
        core: The dataset without which there is no submission.
        dataset_tag, define_tag: File tags of datasets, and of what describes them.
    """

    standard: Standard
    folder: PurePosixPath
    guide: str
    core: str
    dataset_tag: str
    define_tag: str


SDTM = Area(
    standard="SDTMIG",
    folder=PurePosixPath("tabulations/sdtm"),
    guide="csdrg",
    core="DM",
    dataset_tag="data-tabulation-dataset-sdtm",
    define_tag="data-tabulation-data-definition",
)
ADAM = Area(
    standard="ADAMIG",
    folder=PurePosixPath("analysis/adam/datasets"),
    guide="adrg",
    core="ADSL",
    dataset_tag="analysis-dataset-adam",
    define_tag="analysis-data-definition",
)
AREAS = (SDTM, ADAM)
PROGRAMS = PurePosixPath("analysis/adam/programs")
PROGRAM_TAG = "analysis-program"
ANNOTATED_CRF, CRF_TAG = "acrf.pdf", "annotated-crf"


def name_folder(text: str) -> str:
    """Make a folder's or file's name as the eCTD has them: small letters, digits and hyphens.

    >>> name_folder("ABC-123/4 ../x")
    'abc-123-4-x'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "study"


def place_study(study: str) -> PurePosixPath:
    """Name the folder of a study.

    >>> str(place_study("BIOTTT001"))
    'm5/datasets/biottt001'
    """
    return DATASETS / name_folder(study)


def find_tag(path: PurePosixPath) -> str:
    """Find the file tag of a file by its path below the study's folder; empty where it has none.

    >>> find_tag(PurePosixPath("tabulations/sdtm/split/lb1.xpt"))
    'data-tabulation-dataset-sdtm'
    >>> find_tag(PurePosixPath("analysis/adam/programs/adsl.txt"))
    'analysis-program'
    """
    if path.parent == PROGRAMS:
        return PROGRAM_TAG
    for area in AREAS:
        if path.suffix == ".xpt" and path.parent in (area.folder, area.folder / PARTS):
            return area.dataset_tag
        if path.suffix != ".xpt" and path.parent == area.folder:
            return CRF_TAG if path.name == ANNOTATED_CRF else area.define_tag
    return ""
