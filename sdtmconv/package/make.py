"""A build to a submission package: m5/datasets/<study>, with a manifest of all of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from sdtmconv.define_xml import write_model
from sdtmconv.errors import DataError, Fault
from sdtmconv.folders import PACKAGE, SPECS, list_files, refuse_strangers, replace_folder
from sdtmconv.package.agencies import Agency, choose_agency
from sdtmconv.package.datasets import write_datasets
from sdtmconv.package.documents import find_documents, place_documents
from sdtmconv.package.guides import write_guide
from sdtmconv.package.layout import ADAM, AREAS, PROGRAMS, Area, find_tag, place_study
from sdtmconv.package.precheck import precheck
from sdtmconv.package.programs import write_programs
from sdtmconv.package.source import BuiltStudy, read_build
from sdtmconv.review import Review, read_explanations

DEFAULT_AGENCY = "fda"
ALLOW = "mend them or explain them in findings.yaml and build again, or ask with --allow-findings"


@dataclass(frozen=True, eq=False)
class Package:
    """A finished package.

    Args:
        folder: Where it is.
        study: STUDYID.
        agency: For whom it is.
        files: The names of all its files.
        review: What the pre-check found.
    """

    folder: Path
    study: str
    agency: Agency
    files: tuple[str, ...]
    review: Review


def package(
    build: Path,
    to: Path,
    *,
    agency: str = DEFAULT_AGENCY,
    documents: Path | None = None,
    allow_findings: bool = False,
) -> Package:
    """Write a submission package of a build, whole or not at all.

    Args:
        build: The output folder of `build`.
        to: The package's folder; an earlier package there is replaced.
        agency: For whom: fda, nmpa, pmda.
        documents: Folder of finished documents, which take the place of skeletons: acrf.pdf,
            csdrg.*, adrg.*.
        allow_findings: Package a build with errors that nobody has explained, or one that the
            pre-check finds errors in.

    Returns:
        The package.

    Raises:
        SpecError: There is no such agency.
        DataError: The build cannot be packaged, or must not be; what was at `to` is whole.
    """
    profile = choose_agency(agency)
    built = read_build(build, profile.languages)
    _refuse_nesting(build, to)
    refuse_strangers(to, PACKAGE)
    if built.unexplained_errors and not allow_findings:
        problem = f"has {built.unexplained_errors} errors that nobody has explained"
        raise DataError(Fault(str(build), problem, ALLOW))
    given = find_documents(documents, built)
    with _replaced(to, built, profile, sorted(given)) as folder:
        _write_package(folder, built, profile, given)
        review = precheck(folder, profile, built.name, read_explanations(build / SPECS))
        if review.fails("error") and not allow_findings:
            raise DataError(*_word_errors(review))
    return Package(to, built.name, profile, tuple(list_files(to)), review)


def _refuse_nesting(build: Path, to: Path) -> None:
    target, source = to.resolve(), build.resolve()
    if target == source or source in target.parents or target in source.parents:
        problem = f"and the build {build} lie in each other"
        raise DataError(Fault(str(to), problem, "name another folder with --to"))


@contextmanager
def _replaced(to: Path, built: BuiltStudy, agency: Agency, documents: list[str]) -> Iterator[Path]:
    """Give a folder that becomes the package, with a manifest, when the block ends well."""
    manifest: dict[str, object] = {
        "study": built.name,
        "agency": agency.id,
        "encoding": agency.encoding,
        "created": built.marker["created"],
        "standards": built.standards,
        "datasets": built.records,
        "specs": built.marker["specs"],
        "raw": built.marker["raw"],
        "documents": documents,
        "file_tags": {},
    }
    root = place_study(built.name)
    with replace_folder(to, manifest, PACKAGE) as folder:
        yield folder
        below = [PurePosixPath(name).relative_to(root) for name in list_files(folder)]
        manifest["file_tags"] = {str(root / path): find_tag(path) for path in below}


def _write_package(
    folder: Path, built: BuiltStudy, agency: Agency, documents: dict[str, Path]
) -> None:
    root = folder / place_study(built.name)
    for area in AREAS:
        if area.standard in built.defines:
            target = root / area.folder
            target.mkdir(parents=True)
            _write_area(target, area, built, agency, documents)
    if ADAM.standard in built.defines:
        write_programs(built.folder / SPECS, built.marker["specs"], root / PROGRAMS, agency)


def _write_area(
    target: Path, area: Area, built: BuiltStudy, agency: Agency, documents: dict[str, Path]
) -> None:
    described = built.defines[area.standard]
    defines = {lang: replace(described[lang], context="Submission") for lang in agency.languages}
    source = built.folder / area.folder
    write_datasets(source, target, agency, defines[agency.language], built.created)
    for language, define in defines.items():
        write_model(target / agency.name_file("define", ".xml", language), define)
    placed = place_documents(documents, area, built, target)
    if not any(name.startswith(area.guide) for name in placed):
        for language, define in defines.items():
            name = agency.name_file(area.guide, ".docx", language)
            write_guide(target / name, area, built, agency, define, language)


def _word_errors(review: Review) -> Iterator[Fault]:
    for group in (problem.group for problem in review.problems if problem.unexplained):
        if group.details.severity == "error":
            yield Fault(f"{group.place} ({group.rule})", group.message, group.details.remedy)
