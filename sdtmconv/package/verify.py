"""A package against its manifest, the agency's criteria and, when asked, a new build."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from sdtmconv.errors import DataError, Fault, raise_faults
from sdtmconv.folders import PACKAGE, hash_file
from sdtmconv.package.agencies import choose_agency
from sdtmconv.package.layout import find_tag, place_study
from sdtmconv.package.markers import read_fields
from sdtmconv.package.precheck import precheck
from sdtmconv.package.rebuild import rebuild
from sdtmconv.review import Review

MANIFEST_FIELDS: dict[str, type] = {
    "study": str,
    "agency": str,
    "created": str,
    "specs": dict,
    "raw": dict,
    "documents": list,
    "file_tags": dict,
}
PACKAGE_AGAIN = "package the build again, or find out who changed it"


@dataclass(frozen=True, eq=False)
class Verified:
    """A package that is as its manifest says.

    Args:
        study: STUDYID.
        agency: Id of the agency it is for.
        files: How many files it has beside the manifest.
        digest: SHA-256 of the manifest, to be kept elsewhere.
        review: What the pre-check found.
        rebuilt: True where a new build gave the same bytes.
    """

    study: str
    agency: str
    files: int
    digest: str
    review: Review
    rebuilt: bool


def verify(
    folder: Path, *, study: Path | None = None, raw: Path | None = None, jobs: int = 1
) -> Verified:
    """Check that a package is complete and unchanged, and that an agency would take it.

    Args:
        folder: The package.
        study: The study's folder, to build and package it again and compare every byte; this runs
            the study's own functions, if it has any.
        raw: Folder of the raw files, for that.
        jobs: Processes, for that.

    Returns:
        What the package is, with the findings of the pre-check.

    Raises:
        DataError: It is no package; files are missing, changed or too many; or a new build gives
            other bytes. All such faults at once.
    """
    remedy = "name a folder that `sdtmconv package` made, with its manifest.json"
    manifest = read_fields(folder, PACKAGE, MANIFEST_FIELDS, "a package", remedy)
    raise_faults(DataError, [*_find_differences(folder, manifest["files"]), *_find_tags(manifest)])
    if study:
        rebuild(folder, manifest, study, raw, jobs)
    return Verified(
        study=manifest["study"],
        agency=manifest["agency"],
        files=len(manifest["files"]),
        digest=hash_file(folder / PACKAGE.marker),
        review=precheck(folder, choose_agency(manifest["agency"]), manifest["study"]),
        rebuilt=study is not None,
    )


def _find_differences(folder: Path, files: Mapping[str, str]) -> Iterator[Fault]:
    """Find files that are missing, changed or too many, hidden ones and links among them."""
    found = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_symlink() or not path.is_dir()
    }
    for name in sorted(files.keys() - found.keys()):
        yield Fault(name, "is in the manifest, and not in the package", PACKAGE_AGAIN)
    for name in sorted(found.keys() - files.keys() - {PACKAGE.marker}):
        yield Fault(name, "is not in the manifest", "take it out, or package the build again")
    for name in sorted(files.keys() & found.keys()):
        if found[name].is_symlink() or not found[name].is_file():
            yield Fault(name, "is a link or no file", PACKAGE_AGAIN)
        elif hash_file(found[name]) != files[name]:
            yield Fault(name, "is not the file that was packaged", PACKAGE_AGAIN)


def _find_tags(manifest: Mapping[str, Any]) -> Iterator[Fault]:
    """Find files whose file tag in the manifest is not that of their place."""
    root = place_study(manifest["study"])
    for path in map(PurePosixPath, manifest["files"]):
        expected = find_tag(path.relative_to(root)) if path.is_relative_to(root) else ""
        tag = manifest["file_tags"].get(str(path), "")
        if tag != expected:
            problem = f"has the file tag {tag!r} in the manifest, not {expected!r}"
            yield Fault(str(path), problem, PACKAGE_AGAIN)
