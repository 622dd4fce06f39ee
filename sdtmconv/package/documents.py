"""Finished documents that people give to a package: annotated CRF, reviewer's guides, SAP."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from sdtmconv.errors import DataError, Fault, raise_faults
from sdtmconv.folders import list_files
from sdtmconv.package.layout import ADAM, ANNOTATED_CRF, AREAS, SDTM, Area
from sdtmconv.package.source import BuiltStudy

KNOWN = f"{ANNOTATED_CRF}, {SDTM.guide}.*, {ADAM.guide}.* and what study.yaml names as documents"
NAME = re.compile(r"[a-z0-9][a-z0-9_-]*\.[a-z0-9]+")


def find_documents(folder: Path | None, built: BuiltStudy) -> dict[str, Path]:
    """Find the documents that a folder holds.

    Args:
        folder: The folder; None for no documents.
        built: The build whose define.xml may refer to them.

    Raises:
        DataError: There is no such folder, or it holds something else.
    """
    if folder is None:
        return {}
    if not folder.is_dir():
        raise DataError(Fault(str(folder), "is not a folder", f"name one that holds {KNOWN}"))
    found = list_files(folder)
    raise_faults(
        DataError,
        [
            Fault(str(path), "is no document that has a place in a package", f"give {KNOWN}")
            for name, path in found.items()
            if not (path.is_file() and any(belongs(name, area, built) for area in AREAS))
        ],
    )
    return found


def place_documents(
    documents: Mapping[str, Path], area: Area, built: BuiltStudy, target: Path
) -> list[str]:
    """Copy the documents of an area to its folder, and name them."""
    names = [name for name in documents if belongs(name, area, built)]
    for name in names:
        shutil.copyfile(documents[name], target / name)
    return names


def belongs(name: str, area: Area, built: BuiltStudy) -> bool:
    """Tell whether a document has its place in an area, by its name."""
    defines = built.defines.get(area.standard, {})
    if not defines or not NAME.fullmatch(name):
        return False
    links = {leaf.href for define in defines.values() for leaf in define.metadata.leaves}
    is_guide = re.split(r"[.-]", name)[0] == area.guide
    is_crf = area is SDTM and name == ANNOTATED_CRF
    return is_guide or is_crf or name in links
