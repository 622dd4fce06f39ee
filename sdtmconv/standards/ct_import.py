"""Import a release of controlled terminology, as published, into a study's own folder."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from sdtmconv.errors import Fault, StandardsError, raise_faults
from sdtmconv.standards.ct_formats import DOWNLOAD_AGAIN, Release, read_release
from sdtmconv.standards.terminology import (
    PACKAGES,
    PublishedCodelist,
    Terminology,
    canonical_package,
    write_terminology,
)
from sdtmconv.standards.variables import unknown

_PACKAGE = re.compile(r"(?<![a-z])(sdtm|adam|define-xml|cdash|send|protocol)", re.IGNORECASE)
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}")
_NCI_CODE = re.compile(r"C\d+")
_FAULTS_SHOWN = 20


def _find_problems(codelists: tuple[PublishedCodelist, ...]) -> Iterator[str]:
    seen: set[str] = set()
    for code, short_name, label, _, entries in codelists:
        name = label or short_name or code
        if not _NCI_CODE.fullmatch(code):
            yield f"codelist {name!r} has no NCI code"
        if code in seen:
            yield f"codelist {name!r} stands there twice"
        seen.add(code)
        if not entries:
            yield f"codelist {name!r} has no term"
        for entry in entries:
            if not entry.value or not _NCI_CODE.fullmatch(entry.code):
                yield f"codelist {name!r} has term {entry.value!r} with NCI code {entry.code!r}"


def _find_faults(source: Path, codelists: tuple[PublishedCodelist, ...]) -> Iterator[Fault]:
    problems = _find_problems(codelists) if codelists else iter(["it holds no codelist"])
    for problem in itertools.islice(problems, _FAULTS_SHOWN):
        yield Fault(str(source), problem, DOWNLOAD_AGAIN)


def _search(pattern: re.Pattern[str], titles: Iterable[str]) -> str:
    found = (pattern.search(title) for title in titles)
    return next((match[0] for match in found if match), "")


def _identify(release: Release, source: Path, package: str, version: str) -> tuple[str, str]:
    titles = (*release.titles, source.stem)
    package = canonical_package(package or _search(_PACKAGE, titles))
    version = version or _search(_VERSION, titles)
    if package and package not in PACKAGES:
        raise unknown("CDISC terminology", "package", package, PACKAGES)
    faults = []
    if not package:
        problem = "neither the file nor its name tells the package"
        faults.append(Fault(str(source), problem, f"say --package {' or '.join(PACKAGES)}"))
    if not _VERSION.fullmatch(version):
        problem = "neither the file nor its name tells the version"
        faults.append(Fault(str(source), problem, "say --version with its date, as 2022-09-30"))
    raise_faults(StandardsError, faults)
    return package, version


def import_terminology(source: Path, to: Path, package: str = "", version: str = "") -> Terminology:
    """Import a release of controlled terminology, from then on found by `load_terminology`.

    Args:
        source: NCI EVS's text, Excel or ODM-XML, or CDISC Library's JSON.
        to: The folder to write to, such as a study's `terminology`.
        package: SDTM, ADaM, ...; found in the file or in its name if empty.
        version: Date of the release; found in the file or in its name if empty.

    Raises:
        StandardsError: The file is no such release or damaged, or does not say what it is; then
            nothing is written.
    """
    release = read_release(source)
    raise_faults(StandardsError, _find_faults(source, release.codelists))
    package, version = _identify(release, source, package, version)
    return write_terminology(to, package, version, release.codelists)
