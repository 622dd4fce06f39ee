"""Load a study folder: study.yaml, codelists.yaml, sdtm/*.yaml, adam/*.yaml, derivations.py."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

import sdtmconv.adam
import sdtmconv.domains
import sdtmconv.mapping  # noqa: F401  (all register keywords)
from sdtmconv.analyses import ResultDisplay
from sdtmconv.errors import Fault, SpecError, StandardsError, raise_faults, suggest
from sdtmconv.mapping.study import load_functions
from sdtmconv.metadata import DatasetMetadata, Document, Standard, find_unversioned
from sdtmconv.spec.analyses import AnalysisCompiler
from sdtmconv.spec.catalog import DEFAULT_VERSIONS, DICTIONARIES, Catalog
from sdtmconv.spec.codelists import Codelists
from sdtmconv.spec.context import Context
from sdtmconv.spec.datasets import DatasetCompiler
from sdtmconv.spec.documents import read_documents
from sdtmconv.spec.languages import read_translations
from sdtmconv.spec.model import DatasetSpec, FormSpec, StudySpec, describe_study
from sdtmconv.spec.outlines import Outline, read_outline
from sdtmconv.spec.yaml_nodes import Node, Reader, read_yaml

STUDY_FIELDS = (
    "study",
    "description",
    "protocol",
    "data_cut",
    "standards",
    "dictionaries",
    "documents",
    "usubjid",
    "raw",
    "sdtm",
)
RAW_FIELDS = ("folder", "subject", "not_submitted", "forms")
SDTM_FIELDS = ("folder", "files", "encoding")
FORM_FIELDS = (
    "file",
    "subject",
    "collected_by",
    "format",
    "encoding",
    "delimiter",
    "sheet",
    "header_row",
    "not_submitted",
    "unique_by",
)
USUBJID = "{study}-{subject}"
COLLECTORS = ("Investigator", "Sponsor", "Subject", "Vendor")
FOLDERS: tuple[tuple[str, Standard], ...] = (
    ("sdtm", "SDTMIG"),
    ("adam", "ADAMIG"),
)


def load_study(folder: Path, sdtm: Path | None = None) -> StudySpec:
    """Compile a study's specs.

    Args:
        folder: The study folder, with study.yaml in it.
        sdtm: Folder of finished SDTM datasets, which then take the place of the study's own.

    Returns:
        The compiled study; no data has been read.

    Raises:
        SpecError: All faults of all files.
    """
    faults: list[Fault] = []
    if not (folder / "study.yaml").is_file():
        raise SpecError(_no_study(folder))
    functions = folder / "derivations.py"
    load_functions(functions.resolve() if functions.is_file() else None)
    study = _StudyCompiler(folder, sdtm, faults).compile()
    raise_faults(SpecError, faults)
    assert study
    return study


def _no_study(folder: Path) -> Fault:
    if not folder.is_dir():
        siblings = [p.name for p in folder.parent.iterdir()] if folder.parent.is_dir() else []
        remedy = suggest(folder.name, siblings, "name a study folder such as specs/biottt001")
        return Fault(str(folder), "is no folder", remedy)
    remedy = "name a study folder, one with a study.yaml; docs/tutorial.md shows how to begin one"
    return Fault(str(folder), "has no study.yaml", remedy)


class _StudyCompiler:
    def __init__(self, folder: Path, sdtm: Path | None, faults: list[Fault]) -> None:
        self._folder, self._sdtm, self._reader = folder, sdtm, Reader(faults)

    def compile(self) -> StudySpec | None:
        reader = self._reader
        node = self._read("study.yaml")
        if node is None:
            return None
        fields = reader.fields(node, "study.yaml", STUDY_FIELDS)
        finished = self._sdtm is not None or "sdtm" in fields
        for key in ("study", "data_cut", *([] if finished else ["raw"])):
            if key not in fields:
                reader.report(node.place, f"study.yaml has no {key}", f"add `{key}: ...`")
        name = reader.text(fields.get("study"), "study")
        reader.check_text(name, "study", node.place_of("study"), 200)
        name = name.strip() or "STUDY"
        versions = self._versions(fields.get("standards"))
        catalog = self._catalog(versions, fields.get("dictionaries"), node.place_of("standards"))
        if catalog is None:
            return None
        raw = reader.fields(fields["raw"], "raw", RAW_FIELDS) if "raw" in fields else {}
        usubjid = self._usubjid(fields.get("usubjid"))
        given = self._finished(fields.get("sdtm"), catalog) if finished else self._forms(raw)
        forms = {form.name: form for form in given}
        codelists = Codelists(catalog, reader)
        if (self._folder / "codelists.yaml").is_file():
            codelists.read(self._read("codelists.yaml"))
        outlines = self._outlines(catalog, FOLDERS[1:] if finished else FOLDERS)
        context = Context(name, usubjid, forms, outlines, catalog, codelists, reader)
        compiler = DatasetCompiler(context)
        datasets = [compiler.compile(outline) for outline in outlines.values()]
        functions = self._folder / "derivations.py"
        documents = tuple(read_documents(fields.get("documents"), reader))
        study = StudySpec(
            folder=self._folder,
            name=name,
            description=reader.text(fields.get("description"), "description", name),
            protocol=reader.text(fields.get("protocol"), "protocol", name),
            versions=versions,
            data_cut=self._data_cut(fields.get("data_cut")),
            raw_folder=self._folder / reader.text(raw.get("folder"), "raw: folder", "raw"),
            usubjid=usubjid,
            forms=forms,
            datasets=_ordered(datasets, catalog),
            functions=functions.resolve() if functions.is_file() else None,
            documents=documents,
            displays=self._displays(datasets, documents),
        )
        submitted = [spec for spec in study.datasets.values() if spec.submitted]
        described = [m for spec in submitted for m in (spec.metadata, spec.supplemental) if m]
        metadata = describe_study(study, tuple(described))
        place = node.place_of("dictionaries")
        return dataclasses.replace(
            study,
            translations=read_translations(self._folder, metadata, submitted, self._reader),
            warnings=tuple(_warn_of_dictionaries(described, codelists, place)),
        )

    def _displays(
        self, datasets: Iterable[DatasetSpec], documents: Iterable[Document]
    ) -> tuple[ResultDisplay, ...]:
        node = self._read("analyses.yaml") if (self._folder / "analyses.yaml").is_file() else None
        if node is None:
            return ()
        analysed = {
            spec.name: tuple(variable.name for variable in spec.metadata.variables)
            for spec in datasets
            if spec.standard == "ADAMIG" and spec.submitted
        }
        names = [document.name for document in documents]
        return AnalysisCompiler(analysed, names, self._reader).compile(node)

    def _read(self, name: str) -> Node | None:
        path = self._folder / name
        return read_yaml(path, str(path), self._reader.faults)

    def _versions(self, node: Node | None) -> dict[str, str]:
        stated = {
            key: self._reader.text(value, f"standards: {key}")
            for key, value in self._reader.mapping(node, "standards").items()
        }
        for key in stated:
            if key not in DEFAULT_VERSIONS:
                assert node
                remedy = suggest(
                    key, DEFAULT_VERSIONS, f"name one of {', '.join(DEFAULT_VERSIONS)}"
                )
                self._reader.report(node.place_of(key), f"no standard {key!r}", remedy)
        return DEFAULT_VERSIONS | stated

    def _catalog(
        self, versions: Mapping[str, str], dictionaries: Node | None, place: str
    ) -> Catalog | None:
        named = {
            key: self._reader.text(value, f"dictionaries: {key}")
            for key, value in self._reader.mapping(dictionaries, "dictionaries").items()
        }
        for key in named:
            if key not in DICTIONARIES:
                assert dictionaries
                remedy = suggest(key, DICTIONARIES, f"name one of {', '.join(DICTIONARIES)}")
                self._reader.report(dictionaries.place_of(key), f"no dictionary {key!r}", remedy)
        try:
            return Catalog(versions, named, self._folder / "terminology")
        except StandardsError as error:
            for fault in error.faults:
                self._reader.report(place, f"{fault.place}: {fault.problem}", fault.remedy)
            return None

    def _usubjid(self, node: Node | None) -> str:
        template = self._reader.text(node, "usubjid", USUBJID)
        if not template.strip():
            return USUBJID
        names = set(re.findall(r"{(\w*)}", template))
        rest = re.sub(r"{(study|subject)}", "", template)
        if "subject" not in names or "{" in rest or "}" in rest:
            assert node
            self._reader.report(
                node.place,
                f"usubjid is {template!r}",
                "write a text with {subject}, and {study} where wanted, as '{study}-{subject}'",
            )
            return USUBJID
        return template

    def _data_cut(self, node: Node | None) -> str:
        text = self._reader.text(node, "data_cut", "1970-01-01")
        if text.strip() and not _is_date(text):
            assert node
            self._reader.report(node.place, f"data_cut is {text!r}", "write a date as 2025-03-31")
        return text

    def _forms(self, raw: Mapping[str, Node]) -> Iterator[FormSpec]:
        reader = self._reader
        default = reader.text(raw.get("subject"), "raw: subject")
        everywhere = self._reasons(raw.get("not_submitted"), "raw: not_submitted")
        for name, node in reader.mapping(raw.get("forms"), "raw: forms").items():
            place = raw["forms"].place_of(name)
            what = f"form {name}"
            if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
                reader.report(
                    place,
                    f"form name {name!r} is not valid",
                    "write it with small letters, digits and _, so that it differs from a dataset",
                )
            plain = isinstance(node.content, str)
            fields = {"file": node} if plain else reader.fields(node, what, FORM_FIELDS)
            if "file" not in fields:
                reader.report(place, f"{what} names no file", "add `file: ...`")
            if not default and "subject" not in fields:
                reader.report(
                    place,
                    f"{what} names no subject column",
                    "add `subject: COLUMN` there, or once under `raw:` for all forms",
                )
            yield FormSpec(
                name=name,
                file=reader.text(fields.get("file"), f"{what}: file"),
                subject=reader.text(fields.get("subject"), f"{what}: subject", default),
                collected_by=reader.choice(
                    fields.get("collected_by"), f"{what}: collected_by", COLLECTORS, "Investigator"
                ),
                format=reader.text(fields.get("format"), f"{what}: format"),
                encoding=reader.text(fields.get("encoding"), f"{what}: encoding"),
                delimiter=reader.text(fields.get("delimiter"), f"{what}: delimiter"),
                sheet=reader.text(fields.get("sheet"), f"{what}: sheet"),
                header_row=reader.integer(
                    fields.get("header_row"), f"{what}: header_row", 1_000_000
                )
                or 1,
                not_submitted=everywhere
                | self._reasons(fields.get("not_submitted"), f"{what}: not_submitted"),
                unique_by=reader.texts(fields.get("unique_by"), f"{what}: unique_by"),
                place=place,
            )

    def _reasons(self, node: Node | None, what: str) -> dict[str, str]:
        """Read columns that are not submitted, each with its reason."""
        return {
            column: self._reader.text(reason, f"{what}: {column}")
            for column, reason in self._reader.mapping(node, what).items()
        }

    def _finished(self, node: Node | None, catalog: Catalog) -> Iterator[FormSpec]:
        """Take the SDTM datasets that a folder may hold; what is needed of them is read later."""
        reader = self._reader
        fields = reader.fields(node, "sdtm", SDTM_FIELDS) if node else {}
        stated = self._folder / reader.text(fields.get("folder"), "sdtm: folder", "sdtm")
        folder = (self._sdtm or stated).resolve()
        files = {
            name: reader.text(file, f"sdtm: files: {name}")
            for name, file in reader.mapping(fields.get("files"), "sdtm: files").items()
        }
        for name in files:
            if name not in catalog.subject_domains:
                place = fields["files"].place_of(name)
                remedy = suggest(name, catalog.subject_domains, "name a domain of the standard")
                reader.report(place, f"sdtm: files: no domain {name!r}", remedy)
        encoding = reader.text(fields.get("encoding"), "sdtm: encoding")
        place = node.place if node else str(folder)
        for name in catalog.subject_domains:
            file = str(folder / files.get(name, f"{name.lower()}.xpt"))
            yield FormSpec(name, file, "USUBJID", encoding=encoding, place=place, finished=True)

    def _outlines(
        self, catalog: Catalog, folders: tuple[tuple[str, Standard], ...]
    ) -> dict[str, Outline]:
        outlines: dict[str, Outline] = {}
        for folder, standard in folders:
            for path in sorted((self._folder / folder).glob("*.y*ml")):
                node = self._read(f"{folder}/{path.name}")
                outline = node and read_outline(node, standard, catalog, self._reader)
                if not outline:
                    continue
                if outline.name in outlines:
                    self._reader.report(
                        outline.node.place,
                        f"{outline.name} is defined twice (first in "
                        f"{outlines[outline.name].node.place})",
                        "keep one of the two files",
                    )
                    continue
                outlines[outline.name] = outline
        self._check_qualifiers(outlines)
        if not outlines:
            self._reader.report(
                str(self._folder),
                "has no dataset specs",
                "write the first one as sdtm/dm.yaml; docs/tutorial.md shows how",
            )
        return outlines

    def _check_qualifiers(self, outlines: Mapping[str, Outline]) -> None:
        """Report a SUPP-- that is described as a dataset and made from its domain as well."""
        for name, outline in outlines.items():
            domain = outlines.get(name.removeprefix("SUPP"))
            if outline.unmapped and domain is not outline and domain and not domain.unmapped:
                self._reader.report(
                    outline.node.place,
                    f"{name} is made from {domain.name}, which is mapped",
                    f"move its qualifiers to `supplemental:` in {domain.node.file}, as "
                    "`{unmapped: ...}` or mapped, and delete this file",
                )


def _warn_of_dictionaries(
    datasets: Iterable[DatasetMetadata], codelists: Codelists, place: str
) -> Iterator[Fault]:
    """Tell of dictionaries that define.xml cannot name, for nobody has stated their version."""
    for codelist, names in find_unversioned(datasets).items():
        problem = f"{codelist.dictionary} codes {', '.join(names)}, and has no version"
        own = codelists.place_of(codelist.name)
        where = "beside `dictionary`" if own else "under `dictionaries`"
        key = "version" if own else codelist.dictionary
        remedy = f"add `{key}: ...` {where}, so that define.xml names the dictionary"
        yield Fault(own or place, problem, remedy)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _ordered(datasets: list[DatasetSpec], catalog: Catalog) -> dict[str, DatasetSpec]:
    """Put datasets in the order in which define.xml lists them."""
    domains = {spec.name: spec.metadata for spec in datasets}

    def place(spec: DatasetSpec) -> tuple[bool, tuple[int, str], bool, str]:
        """SUPP-- that is not mapped stands after its domain, where a build puts it too."""
        beside = domains.get(spec.metadata.domain, spec.metadata)
        own = spec.metadata.domain == spec.name
        return spec.standard != "SDTMIG", catalog.sort_key(beside), not own, spec.name

    ordered = sorted(datasets, key=place)
    return {spec.name: spec for spec in ordered}
