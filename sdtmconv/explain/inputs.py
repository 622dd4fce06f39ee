"""What a value is explained from: the specs and raw files of a study, or those of a build.

A build holds its specs, and build.json has the SHA-256 of every raw file. So raw files are found
beside the build without its telling where they were, and other files than its own are refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sdtmconv.errors import DataError, Fault, raise_faults
from sdtmconv.folders import SPECS, hash_file, read_marker


@dataclass(frozen=True)
class Inputs:
    """Where the specs and the raw files are.

    Args:
        study: Folder of the specs.
        raw: Folder of the raw files; None takes the one that study.yaml names.
        build: The build whose values are explained; None where a study was named.
        digests: SHA-256 of the raw files that the build read, by name.
    """

    study: Path
    raw: Path | None
    build: Path | None = None
    digests: Mapping[str, str] = field(default_factory=dict)

    def check(self, files: Mapping[str, Path]) -> None:
        """Make sure that raw files are those that the build read.

        Args:
            files: What was read, by name.

        Raises:
            DataError: One has other content, or the build did not read it.
        """
        problem = f"is not the file that {self.build} was built from"
        remedy = "name the folder of that time with --raw, or build once more"
        raise_faults(
            DataError,
            (
                Fault(str(path), problem, remedy)
                for name, path in files.items()
                if self.build and hash_file(path) != self.digests.get(name)
            ),
        )


def find_inputs(path: Path, raw: Path | None) -> Inputs:
    """Tell a build from a study, and find what it was made from.

    Args:
        path: A build's folder, or a study's.
        raw: Folder of the raw files, if the user names it.

    Raises:
        DataError: A build's specs were changed, or its raw files are not beside it.
    """
    marker = read_marker(path)
    if not marker:
        return Inputs(path, raw)
    _check_specs(path, marker.get("specs", {}))
    digests = marker.get("raw", {})
    return Inputs(path / SPECS, raw or _find_raw(path, digests), path, digests)


def _check_specs(build: Path, digests: Mapping[str, str]) -> None:
    remedy = "build once more, and leave the copy of the specs as it is"
    raise_faults(
        DataError,
        (
            Fault(str(build / SPECS / name), "is not as the build left it", remedy)
            for name, digest in digests.items()
            if not (build / SPECS / name).is_file() or hash_file(build / SPECS / name) != digest
        ),
    )


def _find_raw(build: Path, digests: Mapping[str, str]) -> Path:
    found = next(_holding(build, digests), None)
    if found is None:
        problem = "its raw files are in no folder beside it"
        raise DataError(Fault(str(build), problem, "name their folder with --raw"))
    return found


def _holding(build: Path, digests: Mapping[str, str]) -> Iterator[Path]:
    """Give the folders beside a build that hold its raw files, by the content of the smallest."""
    beside = sorted(path for path in build.resolve().parent.iterdir() if path.is_dir())
    for folder in (build.parent / path.name for path in beside):
        files = {name: folder / name for name in digests}
        if files and all(file.is_file() for file in files.values()):
            smallest = min(files, key=lambda name: files[name].stat().st_size)
            if hash_file(files[smallest]) == digests[smallest]:
                yield folder
