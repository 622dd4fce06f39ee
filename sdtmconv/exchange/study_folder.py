"""The folder of a study that is described and not mapped yet, from its metadata."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sdtmconv.errors import Fault, StandardsError
from sdtmconv.exchange.describe_codelists import (
    describe_codelists,
    find_dictionaries,
    name_codelists,
)
from sdtmconv.exchange.describe_datasets import describe_dataset
from sdtmconv.exchange.describe_results import describe_displays, describe_documents
from sdtmconv.exchange.yaml_text import Content, write_yaml
from sdtmconv.metadata import Codelist, Standard, StudyMetadata
from sdtmconv.spec.catalog import DEFAULT_VERSIONS, Catalog
from sdtmconv.spec.codelists import Codelists
from sdtmconv.spec.outlines import NAME
from sdtmconv.spec.unmapped import UnmappedCompiler
from sdtmconv.spec.yaml_nodes import Reader, read_yaml
from sdtmconv.standards import load_adamig, load_sdtmig, load_terminology

FOLDERS: dict[Standard, str] = {"SDTMIG": "sdtm", "ADAMIG": "adam"}
_DATASET_HEAD = """\
# Nothing here is mapped yet. To map {name}, name its source, as in `source: {form}`, and say for
# each variable where its value comes from: `assign: COLUMN` or another keyword in place of
# `unmapped: ...`.
"""
_QUALIFIERS_HEAD = """\
# How {name} was described. Once {domain} is mapped, each of QVAL's values becomes an entry of
# `supplemental:` in {file}, and this file goes.
"""


@dataclass(frozen=True)
class Versions:
    """The versions of the standards that a study can follow, and what had to be changed for it."""

    at_hand: Mapping[str, str]
    notes: tuple[Fault, ...]


def choose_versions(stated: Mapping[str, str], place: str) -> Versions:
    """Take the versions that a source names, or those at hand in their place."""
    named = {name.upper(): version for name, version in stated.items()}
    chosen, notes = dict(DEFAULT_VERSIONS), []
    for name, default in DEFAULT_VERSIONS.items():
        wanted = named.get(name, default)
        if _is_at_hand(name, wanted):
            chosen[name] = wanted
            continue
        remedy = (
            "import it with `sdtmconv ct import`, and name it in study.yaml"
            if name.endswith("CT")
            else "look over the variables that it has and the source has not"
        )
        notes.append(
            Fault(
                place,
                f"follows {name} {wanted}, which is not at hand; study.yaml says {default}",
                remedy,
            )
        )
    return Versions(chosen, tuple(notes))


def _is_at_hand(name: str, version: str) -> bool:
    try:
        if name == "SDTMIG":
            load_sdtmig(version)
        elif name == "ADAMIG":
            load_adamig(version)
        else:
            load_terminology({"SDTM CT": "SDTM", "ADAM CT": "ADaM"}[name], version, [])
    except StandardsError:
        return False
    return True


def write_study(
    folder: Path, study: StudyMetadata, versions: Versions, origin: str
) -> tuple[Fault, ...]:
    """Write the files of a study.

    Args:
        folder: An empty folder.
        study: What is known of the study.
        versions: What its specs follow.
        origin: What it was begun from, for a reader.

    Returns:
        What could not be taken over.
    """
    names = name_codelists(study)
    dictionaries = find_dictionaries(names)
    catalog = Catalog(versions.at_hand, dictionaries, folder / "terminology")
    _write(folder / "study.yaml", "".join(_study_lines(study, versions, dictionaries, origin)))
    described = describe_codelists(names, dictionaries, catalog)
    codelists = Codelists(catalog, Reader([]))
    if described:
        path = folder / "codelists.yaml"
        _write(path, write_yaml(described))
        codelists.read(read_yaml(path, path.name, []))
    if study.displays:
        _write(folder / "analyses.yaml", write_yaml(describe_displays(study.displays)))
    compiler = UnmappedCompiler(catalog, codelists, Reader([]))
    return tuple(_write_datasets(folder, study, catalog, compiler, names))


def _write_datasets(
    folder: Path,
    study: StudyMetadata,
    catalog: Catalog,
    compiler: UnmappedCompiler,
    names: Mapping[Codelist, str],
) -> Iterator[Fault]:
    for dataset in study.datasets:
        if not NAME.fullmatch(dataset.name) or not dataset.variables:
            problem = "has no variables" if dataset.variables == () else "is no dataset name"
            yield Fault(dataset.name, problem, "describe it in a file of its own")
            continue
        directory = FOLDERS[dataset.standard]
        file = f"{directory}/{dataset.name.lower()}.yaml"
        content = describe_dataset(dataset, catalog, compiler, names)
        if dataset.name.startswith("SUPP"):
            other = f"{directory}/{dataset.domain.lower()}.yaml"
            head = _QUALIFIERS_HEAD.format(name=dataset.name, domain=dataset.domain, file=other)
        else:
            form = "DM" if dataset.standard == "ADAMIG" else dataset.name.lower()
            head = _DATASET_HEAD.format(name=dataset.name, form=form)
        _write(folder / file, head + write_yaml(content))


def _study_lines(
    study: StudyMetadata, versions: Versions, dictionaries: Mapping[str, str], origin: str
) -> Iterator[str]:
    yield f"# Begun from {origin}.\n"
    facts: dict[str, Content] = {"study": study.name}
    for key, text in (("description", study.description), ("protocol", study.protocol)):
        if text and text != study.name:
            facts[key] = text
    facts["data_cut"] = study.data_cut
    yield write_yaml(facts).removesuffix("\n")
    yield "  # the day that the source was made: put the data cut\n"
    yield write_yaml({"standards": dict(versions.at_hand)})
    if dictionaries:
        yield write_yaml({"dictionaries": dict(dictionaries)})
    if study.documents:
        yield write_yaml({"documents": describe_documents(study.documents)})
    if all(dataset.standard == "ADAMIG" for dataset in study.datasets):
        yield "# Where the SDTM datasets are, as XPT files; goes where the study builds them.\n"
        yield write_yaml({"sdtm": {"folder": "sdtm"}})
        return
    yield "# The raw files, and the column that names the subject in them.\n"
    yield "raw:\n  folder: raw\n  subject: SUBJID\n  forms: {}  # such as `dm: dm.csv`\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
