"""A build as a package needs it: what was built from what, and what validation found."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sdtmconv.define_xml import model, read_model
from sdtmconv.errors import DataError, Fault, raise_faults
from sdtmconv.folders import BUILD, MARKER, hash_file
from sdtmconv.metadata import Standard
from sdtmconv.package.layout import AREAS
from sdtmconv.package.markers import read_fields
from sdtmconv.report.document import FORMAT

REPORT = "reports/validation.json"

DEFINE, ENGLISH = "define.xml", "en"
MARKER_FIELDS: dict[str, type] = {
    "study": str,
    "created": str,
    "only": list,
    "specs": dict,
    "raw": dict,
    "not_submitted": dict,
    "datasets": dict,
}
BUILD_AGAIN = "build the study again, with `sdtmconv build`"


@dataclass(frozen=True, eq=False)
class BuiltStudy:
    """A whole build that nobody has changed.

    Args:
        folder: Where it is.
        marker: What build.json says.
        defines: What define.xml says, by standard and language.
        report: What validation found, as `report.document` describes it.
    """

    folder: Path
    marker: Mapping[str, Any]
    defines: Mapping[Standard, Mapping[str, model.Define]]
    report: Mapping[str, Any]

    @property
    def name(self) -> str:
        """STUDYID."""
        return str(self.marker["study"])

    @property
    def created(self) -> datetime:
        """The time stamp of all outputs."""
        return datetime.fromisoformat(self.marker["created"])

    @property
    def records(self) -> Mapping[str, int]:
        """Number of records by dataset."""
        return self.marker["datasets"]  # type: ignore[no-any-return]

    @property
    def standards(self) -> dict[str, str]:
        """Versions of the standards and dictionaries, by name."""
        return dict(self.report["standards"])

    @property
    def unexplained_errors(self) -> int:
        """Number of errors that nobody has accepted in findings.yaml."""
        problems = (p for p in self.report["problems"] if p["severity"] == "error")
        return sum(state != "explained" for problem in problems for state in problem["states"])


def read_build(folder: Path, languages: Sequence[str] = (ENGLISH,)) -> BuiltStudy:
    """Read a build, and make sure that it is whole and as it was built.

    Args:
        folder: The output folder of `build`.
        languages: In which the study is described.

    Raises:
        DataError: It is no build, a part of one, not as it was built, or not in a language.
        DefineError: Its define.xml cannot be read.
    """
    remedy = "name a folder that `sdtmconv build` made"
    marker = read_fields(folder, BUILD, MARKER_FIELDS, "a build of this release", remedy)
    if marker["only"]:
        problem = f"holds a part of the study ({', '.join(marker['only'])})"
        raise DataError(Fault(str(folder), problem, "build all of it, without --only"))
    raise_faults(DataError, _find_changes(folder, marker["files"]))
    defines = {
        area.standard: _read_defines(folder / area.folder, languages)
        for area in AREAS
        if (folder / area.folder / DEFINE).is_file()
    }
    report = json.loads((folder / REPORT).read_text(encoding="utf-8"))
    if report["format"] != FORMAT:
        raise DataError(Fault(str(folder / REPORT), "is of another release", BUILD_AGAIN))
    return BuiltStudy(folder, marker, defines, report)


def _read_defines(folder: Path, languages: Sequence[str]) -> dict[str, model.Define]:
    names = {lang: DEFINE if lang == ENGLISH else f"define-{lang}.xml" for lang in languages}
    raise_faults(
        DataError,
        [
            Fault(
                str(folder / name),
                f"is not there: the study is not said in {language}",
                f"write languages/{language}.yaml in the study, and build again",
            )
            for language, name in names.items()
            if not (folder / name).is_file()
        ],
    )
    return {language: read_model(folder / name) for language, name in names.items()}


def _find_changes(folder: Path, files: Mapping[str, str]) -> Iterator[Fault]:
    for name, digest in files.items():
        path = folder / name
        if not path.is_file():
            yield Fault(str(path), f"is in {MARKER}, and not there", BUILD_AGAIN)
        elif hash_file(path) != digest:
            yield Fault(str(path), f"is not the file that {MARKER} lists", BUILD_AGAIN)
