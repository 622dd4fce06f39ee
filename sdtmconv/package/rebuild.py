"""Build and package a study again, and compare with a package byte by byte."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from sdtmconv.build import build
from sdtmconv.errors import DataError, Fault, raise_faults
from sdtmconv.folders import PACKAGE, copy_files, read_marker
from sdtmconv.package.make import package

OTHER_INPUTS = "give the specs and raw files that the package was made from"
OTHER_RELEASE = "use the release of sdtmconv that the manifest names"


def rebuild(
    folder: Path, manifest: Mapping[str, Any], study: Path, raw: Path | None, jobs: int
) -> None:
    """Make a package again, elsewhere, and compare; documents are taken from the package itself.

    Args:
        folder: The package.
        manifest: What its manifest says.
        study: The study's folder.
        raw: Folder of the raw files; None takes the one that study.yaml names.
        jobs: Processes.

    Raises:
        DataError: Specs or raw files are others, or files come out otherwise; all of either.
    """
    with tempfile.TemporaryDirectory() as name:
        built, again = Path(name, "build"), Path(name, "package")
        created = datetime.fromisoformat(manifest["created"])
        build(study, raw=raw, out=built, jobs=jobs, created=created)
        inputs = read_marker(built)
        faults: list[Fault] = []
        faults = [
            fault
            for kind in ("specs", "raw")
            for fault in _compare(
                manifest[kind], inputs[kind], "is other than when it was packaged", OTHER_INPUTS
            )
        ]
        raise_faults(DataError, faults)
        documents = Path(name, "documents")
        copy_files(dict(_find_documents(folder, manifest)), documents)
        package(
            built,
            again,
            agency=manifest["agency"],
            documents=documents if documents.is_dir() else None,
            allow_findings=True,
        )
        outputs = read_marker(again, PACKAGE)["files"]
        problem = "comes out otherwise from the same specs and raw files"
        raise_faults(DataError, _compare(manifest["files"], outputs, problem, OTHER_RELEASE))


def _find_documents(folder: Path, manifest: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    """Give what people had given to the package, by name."""
    for name in manifest["files"]:
        if PurePosixPath(name).name in manifest["documents"]:
            yield PurePosixPath(name).name, folder / name


def _compare(
    packaged: Mapping[str, str], found: Mapping[str, str], problem: str, remedy: str
) -> Iterator[Fault]:
    for name in sorted(packaged.keys() | found.keys()):
        if packaged.get(name) != found.get(name):
            yield Fault(name, problem, remedy)
