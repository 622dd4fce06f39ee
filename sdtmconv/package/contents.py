"""What lies in a package, read once for all checks of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

import pandas as pd

from sdtmconv.define_xml import DefineError, check_define, model, read_model
from sdtmconv.errors import TransportError
from sdtmconv.folders import PACKAGE, list_files
from sdtmconv.package.agencies import Agency
from sdtmconv.package.layout import AREAS, Area, place_study
from sdtmconv.transport import XptHeader, iterate_xpt, read_xpt_header
from sdtmconv.transport.files import PARTS
from sdtmconv.validate import FindingGroup
from sdtmconv.validate.define import DEFINE, check_defines


@dataclass(frozen=True)
class Contents:
    """What lies in a package's folder.

    Args:
        folder: The package.
        agency: For whom it is.
        study: STUDYID.
    """

    folder: Path
    agency: Agency
    study: str

    @property
    def root(self) -> PurePosixPath:
        """The study's folder, below the package."""
        return place_study(self.study)

    @cached_property
    def names(self) -> tuple[PurePosixPath, ...]:
        """The paths of all files, below the package."""
        found = list_files(self.folder)
        return tuple(PurePosixPath(name) for name in found if name != PACKAGE.marker)

    def files(self, area: Area, *folders: str) -> Iterator[Path]:
        """Give the transport files of an area, or of a folder in it."""
        parent = self.root.joinpath(area.folder, *folders)
        names = (name for name in self.names if name.parent == parent)
        return (self.folder / name for name in names if name.suffix.lower() == ".xpt")

    @cached_property
    def headers(self) -> Mapping[Area, Mapping[Path, XptHeader]]:
        """What the readable transport files of each area say of themselves."""
        found: dict[Area, dict[Path, XptHeader]] = {}
        for area in AREAS:
            for path in (*self.files(area), *self.files(area, PARTS)):
                header = _read_header(path, self.agency.encoding)
                if header:
                    found.setdefault(area, {})[path] = header
        return found

    @cached_property
    def defines(self) -> Mapping[Area, Mapping[Path, model.Define]]:
        """The readable define.xml of each area, one for each language."""
        found: dict[Area, dict[Path, model.Define]] = {}
        for area in AREAS:
            for language in self.agency.languages:
                name = self.agency.name_file("define", ".xml", language)
                path = self.folder / self.root / area.folder / name
                try:
                    found.setdefault(area, {})[path] = read_model(path)
                except DefineError:
                    continue
        return found

    @cached_property
    def described(self) -> tuple[FindingGroup, ...]:
        """What is wrong with each define.xml, by itself and against the files' headers."""
        files = [
            (path, header.metadata, pd.DataFrame())
            for found in self.headers.values()
            for path, header in found.items()
            if path.parent.name != PARTS
        ]
        found = check_defines(self.folder, files, (), self.agency.encoding)
        others = (path for defines in self.defines.values() for path in defines)
        for path in (path for path in others if path.name != DEFINE):
            for fault in check_define(path):
                place = fault.place.removeprefix(str(path))
                message = f"{self.shorten(path)}{place}: {fault.problem}"
                found.append(FindingGroup("define-sound", "", path.name, message))
        return tuple(found)

    @property
    def areas(self) -> Iterator[Area]:
        """Give the areas that hold any file."""
        for area in AREAS:
            if any(name.is_relative_to(self.root / area.folder) for name in self.names):
                yield area

    def shorten(self, path: Path) -> str:
        """Name a file in a message: below the package."""
        return path.relative_to(self.folder).as_posix()


def _read_header(path: Path, encoding: str) -> XptHeader | None:
    try:
        return read_xpt_header(path, encoding=encoding)
    except TransportError:
        return None


def read_records(path: Path, encoding: str, *names: str) -> pd.DataFrame:
    """Read the distinct values of some variables, as text; none where the file cannot be read."""
    try:
        blocks = iterate_xpt(path, encoding=encoding, variables=names)
        distinct = [block.drop_duplicates() for block in blocks]
    except TransportError:
        return pd.DataFrame()
    return pd.concat(distinct, ignore_index=True).drop_duplicates().astype("str")
