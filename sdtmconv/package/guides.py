"""Skeletons of the reviewer's guides, filled with what a build knows; after PHUSE's templates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from sdtmconv import __version__
from sdtmconv.define_xml import model
from sdtmconv.package.agencies import Agency
from sdtmconv.package.layout import ADAM, ANNOTATED_CRF, SDTM, Area
from sdtmconv.package.programs import name_programs
from sdtmconv.package.source import BuiltStudy
from sdtmconv.package.word import Block, Heading, Paragraph, Table, render_word
from sdtmconv.transport.files import PARTS

TRIAL_DESIGN = "TRIAL DESIGN"


@lru_cache(maxsize=1)
def load_texts() -> dict[str, dict[str, Any]]:
    """Read the wording of the guides, by language."""
    text = files("sdtmconv.package").joinpath("guide_texts.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)  # type: ignore[no-any-return]


def write_guide(
    path: Path, area: Area, built: BuiltStudy, agency: Agency, define: model.Define, language: str
) -> None:
    """Write the skeleton of an area's reviewer's guide as a Word document.

    Args:
        path: The file.
        area: Whose datasets it is about.
        built: The build.
        agency: For whom it is.
        define: What define.xml says, in the guide's language.
        language: The guide's.
    """
    parts = tuple(part.stem.upper() for part in sorted((path.parent / PARTS).glob("*.xpt")))
    guide = Guide(area, built, agency, define, language, parts)
    title = f"{guide.say(f'{area.guide}_title')}: {built.name}"
    path.write_bytes(render_word(title, list(guide.blocks()), built.created, language))


@dataclass(frozen=True)
class Guide:
    """What a reviewer's guide says; arguments as in `write_guide`, and the parts of large files."""

    area: Area
    built: BuiltStudy
    agency: Agency
    define: model.Define
    language: str
    parts: tuple[str, ...] = ()

    def say(self, key: str, **values: object) -> str:
        """Give a wording in the guide's language, filled in."""
        text = str(load_texts()[self.language][key])
        return text.format(**values) if values else text

    def blocks(self) -> Iterator[Block]:
        """Give the whole guide."""
        yield Paragraph(self.say("skeleton", version=__version__), marked=True)
        yield from self._introduction()
        yield from self._protocol()
        yield from self._data() if self.area is SDTM else self._analysis()
        yield from self._conformance()
        if self.area is ADAM:
            yield from self._programs()

    def _heading(self, key: str, level: int = 1) -> Heading:
        return Heading(self.say(key), level)

    def _todo(self, key: str) -> Paragraph:
        return Paragraph(self.say("todo", what=self.say(key)), marked=True)

    def _table(self, header: Iterable[str], rows: Iterable[Iterable[object]]) -> Block:
        """Give a table; a sentence where it has no row."""
        texts = tuple(tuple(map(str, row)) for row in rows)
        if not texts:
            return Paragraph(self.say("none"))
        return Table(tuple(map(self.say, header)), texts)

    def _introduction(self) -> Iterator[Block]:
        yield self._heading("introduction")
        yield self._heading("purpose", 2)
        yield Paragraph(self.say(f"purpose_{self.area.guide}", study=self.built.name))
        yield self._heading("standards", 2)
        yield self._table(("standard", "version"), _list_standards(self.define))

    def _protocol(self) -> Iterator[Block]:
        names = self.define.study.global_variables or model.GlobalVariables()
        yield self._heading("protocol")
        yield self._heading("protocol_title", 2)
        yield Paragraph(f"{names.protocol_name or ''}: {names.study_description or ''}")
        yield self._heading("protocol_design", 2)
        yield self._todo("todo_design")
        if self.area is SDTM:
            yield self._heading("trial_design", 2)
            design = [group for group in self._groups if _class(group) == TRIAL_DESIGN]
            yield self._datasets(design) if design else Paragraph(self.say("no_trial_design"))

    def _data(self) -> Iterator[Block]:
        yield self._heading("data")
        yield from self._encoding()
        yield self._heading("acrf", 2)
        linked = any(leaf.href == ANNOTATED_CRF for leaf in self.define.metadata.leaves)
        there = Paragraph(self.say("acrf_there", file=ANNOTATED_CRF))
        yield there if linked else self._todo("todo_acrf")
        yield self._heading("datasets", 2)
        yield self._datasets([g for g in self._groups if _class(g) != TRIAL_DESIGN])
        yield self._heading("not_submitted_columns", 2)
        yield Paragraph(self.say("not_submitted_columns_text"))
        columns = self.built.marker["not_submitted"]["columns"]
        rows = ((each["form"], each["column"], each["reason"]) for each in columns)
        yield self._table(("form", "column", "reason"), rows)

    def _encoding(self) -> Iterator[Block]:
        language = self.say(f"language_{self.agency.language}")
        encoding = self.agency.encoding.upper()
        yield self._heading("encoding", 2)
        yield Paragraph(self.say("encoding_text", encoding=encoding, language=language))
        yield Paragraph(self.say("split", size=f"{self.agency.split_bytes:,}"))
        if self.parts:
            yield Paragraph(self.say("parts", names=", ".join(self.parts)))

    def _analysis(self) -> Iterator[Block]:
        yield self._heading("considerations")
        yield self._todo("todo_considerations")
        yield self._heading("processing")
        yield Paragraph(self.say("processing_text"))
        yield self._todo("todo_processing")
        yield self._heading("not_submitted_datasets", 2)
        names = self.built.marker["not_submitted"]["datasets"]
        yield Paragraph(self.say("not_submitted_datasets_text"))
        yield self._table(("dataset",), ((name,) for name in names))
        yield self._heading("data")
        yield from self._encoding()
        yield self._heading("datasets", 2)
        yield self._datasets(self._groups)

    @property
    def _groups(self) -> tuple[model.ItemGroupDef, ...]:
        return self.define.metadata.item_groups

    def _datasets(self, groups: Iterable[model.ItemGroupDef]) -> Block:
        items = {item.oid: item.name for item in self.define.metadata.items}
        header = ("dataset", "label", "class", "structure", "keys", "records")
        rows = [
            (
                group.name,
                group.description or "",
                _class(group),
                group.structure,
                ", ".join(_list_keys(group, items)),
                f"{self.built.records.get(group.name, 0):,}",
            )
            for group in groups
        ]
        return self._table(header, rows)

    def _conformance(self) -> Iterator[Block]:
        totals = self.built.report["totals"]
        counts = {f"{severity}s": number for severity, number in totals.items()}
        yield self._heading("conformance")
        yield self._heading("inputs", 2)
        yield Paragraph(self.say("inputs_text", version=__version__, **counts))
        yield self._heading("issues", 2)
        issues = list(self._issues())
        header = ("rule", "severity", "place", "count", "problem", "explanation")
        yield self._table(header, issues) if issues else Paragraph(self.say("no_issues"))
        yield self._heading("deviations", 2)
        yield self._heading("extended", 3)
        yield self._table(("codelist", "terms"), _list_extended(self.define))
        yield self._heading("nonstandard", 3)
        beyond = [g for g in self._groups if g.is_non_standard == "Yes"]
        yield self._table(("dataset", "label"), ((g.name, g.description or "") for g in beyond))

    def _issues(self) -> Iterator[tuple[object, ...]]:
        """Give a row for each problem of these datasets, and of the study as a whole."""
        named = {each["name"]: each["standard"] for each in self.built.report["datasets"]}
        explanations = self.built.report["explanations"]
        for problem in self.built.report["problems"]:
            if named.get(problem["dataset"]) not in (None, "", self.area.standard):
                continue
            said = [
                explanations[number]["explanation"] if number >= 0 else self.say("unexplained")
                for number in sorted(set(problem["explained_by"]))
            ]
            place = ".".join(filter(None, (problem["dataset"], problem["variable"])))
            yield (
                problem["rule"],
                problem["severity"],
                place,
                problem["count"],
                problem["message"],
                "\n".join(said),
            )

    def _programs(self) -> Iterator[Block]:
        yield self._heading("programs")
        programs = name_programs(self.built.marker["specs"], self.agency)
        yield self._table(("program", "source"), ((p, spec) for spec, p in programs.items()))


def _class(group: model.ItemGroupDef) -> str:
    return group.class_.name if group.class_ else ""


def _list_keys(group: model.ItemGroupDef, items: dict[str, str]) -> list[str]:
    keys = [ref for ref in group.item_refs if ref.key_sequence is not None]
    return [items[ref.item_oid] for ref in sorted(keys, key=lambda ref: ref.key_sequence or 0)]


def _list_standards(define: model.Define) -> Iterator[tuple[str, str]]:
    """Give the standards and external dictionaries with their versions, each once."""
    version = define.metadata
    standards = version.standards.standards if version.standards else ()
    for standard in standards:
        yield f"{standard.name} {standard.publishing_set}".strip(), standard.version
    external = (codelist.external_code_list for codelist in version.code_lists)
    yield from dict.fromkeys((each.dictionary, each.version) for each in external if each)


def _list_extended(define: model.Define) -> Iterator[tuple[str, str]]:
    """Give the codelists that have terms of the sponsor's, with these."""
    for codelist in define.metadata.code_lists:
        terms = [item.coded_value for item in codelist.items if item.extended_value == "Yes"]
        if terms:
            yield codelist.name, "; ".join(terms)
