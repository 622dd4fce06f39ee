"""What a define.xml has to define, each thing once.

Found before any element is written, because value lists and conditions stand before the datasets
that use them, and codelists, methods and comments are shared by their users.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sdtmconv import oids
from sdtmconv.analyses import ResultDisplay
from sdtmconv.define_xml.model import Standard, Texts, texts
from sdtmconv.languages import say
from sdtmconv.metadata import (
    Codelist,
    DatasetMetadata,
    Document,
    FormalExpression,
    StudyMetadata,
    VariableMetadata,
)
from sdtmconv.oids import Where

ANNOTATED_CRF = "acrf"
PUBLISHING_SETS = {name.upper(): name for name in ("SDTM", "ADaM", "CDASH", "SEND", "DEFINE-XML")}


@dataclass(frozen=True)
class Guide:
    """How Define-XML's terminology calls an implementation guide, and what its datasets are for."""

    name: str
    publishing_set: str
    purpose: str


GUIDES = {
    "SDTMIG": Guide("SDTMIG", "SDTM", "Tabulation"),
    "ADAMIG": Guide("ADaMIG", "ADaM", "Analysis"),
}


@dataclass(frozen=True)
class Item:
    """What one ItemDef describes: a variable, or its values where a condition holds."""

    oid: str
    dataset: DatasetMetadata
    variable: VariableMetadata
    where: Where = ()


Method = tuple[str, FormalExpression | None]


def _method_of(variable: VariableMetadata) -> Method:
    return variable.method, variable.expression


def method_oid(users: list[Item]) -> str:
    """Name a method after the item that uses it first."""
    return oids.rename(users[0].oid, "MT")


@dataclass(frozen=True)
class NamedCodelist:
    """A codelist as one data type uses it, under a name that no other codelist here has."""

    oid: str
    label: str
    data_type: str
    codelist: Codelist


def _codelist_key(variable: VariableMetadata) -> tuple[Codelist, str] | None:
    codelist = variable.codelist
    if codelist is None or not (codelist.terms or codelist.version):
        return None
    return codelist, variable.data_type if variable.data_type in ("integer", "float") else "text"


@dataclass(frozen=True)
class Definitions:
    """Everything that one define.xml defines, in the order in which it is first used.

    Args:
        study: The study, with datasets of other guides too.
        guide: The guide that this define.xml is for.
        version: The guide's version.
        datasets: The guide's datasets.
        standards: The guide, then the terminology packages.
        items: Each variable, followed by its value-level items.
        codelists: By codelist and data type.
        methods: Method to the items that use it.
        comments: Text to OID.
        conditions: OID to the dataset's name and the condition.
        documents: The files that it refers to.
        displays: The results of its datasets.
    """

    study: StudyMetadata
    guide: Guide
    version: str
    datasets: tuple[DatasetMetadata, ...]
    standards: tuple[Standard, ...]
    items: tuple[Item, ...]
    codelists: dict[tuple[Codelist, str], NamedCodelist]
    methods: dict[Method, list[Item]]
    comments: dict[str, str]
    conditions: dict[str, tuple[str, Where]]
    documents: tuple[Document, ...]
    displays: tuple[ResultDisplay, ...]

    def texts(self, text: str) -> Texts | None:
        """Give a text for readers in the language of the metadata."""
        return texts(text, self.study.language)

    def say(self, english: str) -> str:
        """Give words of our own in the language of the metadata."""
        return say(english, self.study.language)

    def codelist_oid(self, variable: VariableMetadata) -> str:
        """Find the OID of a variable's codelist; empty where there is nothing to list."""
        key = _codelist_key(variable)
        return self.codelists[key].oid if key else ""

    def method_oid(self, variable: VariableMetadata) -> str:
        """Find the OID of a variable's method; empty where it has none."""
        return method_oid(self.methods[_method_of(variable)]) if variable.method else ""


def terminology(standard: str) -> Standard:
    """Describe the terminology package of a codelist.

    >>> terminology("ADAM 2022-09-30").oid
    'STD.ADaM-CT.2022-09-30'
    """
    publisher, _, version = standard.rpartition(" ")
    publisher = PUBLISHING_SETS.get(publisher.upper(), publisher)
    return Standard(
        oid=oids.standard_oid(f"{publisher} CT", version),
        name="CDISC/NCI",
        type="CT",
        publishing_set=publisher,
        version=version,
        status="Final",
    )


def _items(dataset: DatasetMetadata) -> Iterator[Item]:
    for variable in dataset.variables:
        yield Item(oids.item_oid(dataset.name, variable.name), dataset, variable)
        for value in variable.values:
            oid = oids.item_oid(dataset.name, variable.name, value.where)
            yield Item(oid, dataset, value.variable, value.where)


def _standards(
    study: StudyMetadata, guide: Guide, version: str, codelists: Iterable[NamedCodelist]
) -> tuple[Standard, ...]:
    own = f"{guide.publishing_set} CT".upper()
    stated = [f"{name[:-3]} {date}" for name, date in study.versions.items() if name.upper() == own]
    used = [named.codelist.standard for named in codelists if named.codelist.standard]
    oid = oids.standard_oid(guide.name, version)
    guide_itself = Standard(oid=oid, name=guide.name, type="IG", version=version, status="Final")
    return (guide_itself, *dict.fromkeys(map(terminology, stated + used)))


def _name_codelists(items: Iterable[Item]) -> dict[tuple[Codelist, str], NamedCodelist]:
    """Name a codelist that has several forms (restrictions, data types) after their first users."""
    users: dict[tuple[Codelist, str], Item] = {}
    for item in items:
        if key := _codelist_key(item.variable):
            users.setdefault(key, item)
    forms = Counter(codelist.name for codelist, _ in users)
    named = {}
    for (codelist, data_type), user in users.items():
        oid, label = f"CL.{codelist.name}", codelist.label or codelist.name
        if forms[codelist.name] > 1:
            first_use = user.oid.removeprefix("IT.")
            oid, label = f"{oid}.{first_use}", f"{label} ({first_use})"
        named[codelist, data_type] = NamedCodelist(oid, label, data_type, codelist)
    return named


def _methods(items: Iterable[Item]) -> dict[Method, list[Item]]:
    methods: dict[Method, list[Item]] = {}
    for item in items:
        if item.variable.method:
            methods.setdefault(_method_of(item.variable), []).append(item)
    return methods


def _comments(
    datasets: Iterable[DatasetMetadata],
    items: Iterable[Item],
    displays: Iterable[ResultDisplay],
) -> dict[str, str]:
    described = [(dataset.comment, oids.dataset_oid(dataset.name)) for dataset in datasets]
    described += [(item.variable.comment, item.oid) for item in items]
    for display in displays:
        oid = oids.display_oid(display.name)
        described += [(result.join, f"{oid}.{result.name}") for result in display.results]
    comments: dict[str, str] = {}
    for text, oid in described:
        if text:
            comments.setdefault(text, oids.rename(oid, "COM"))
    return comments


def _displays(study: StudyMetadata, datasets: Iterable[DatasetMetadata]) -> Iterator[ResultDisplay]:
    """Give the results whose datasets are all there."""
    built = {dataset.name for dataset in datasets}
    for display in study.displays:
        results = [r for r in display.results if {each.name for each in r.datasets} <= built]
        if results:
            yield replace(display, results=tuple(results))


def _documents(study: StudyMetadata, standard: str, items: Iterable[Item]) -> tuple[Document, ...]:
    """Give the files to refer to; where pages are given there is an annotated CRF to look in."""
    named = [each for each in study.documents if each.standard in (None, standard)]
    origins = (item.variable.origin for item in items)
    if any(o.pages for o in origins if o) and all(d.name != ANNOTATED_CRF for d in named):
        title = say("Annotated CRF", study.language)
        named.insert(0, Document(ANNOTATED_CRF, title, "acrf.pdf"))
    return tuple(named)


def _conditions(
    items: Iterable[Item], displays: Iterable[ResultDisplay]
) -> dict[str, tuple[str, Where]]:
    found = [(item.dataset.name, item.where) for item in items]
    for display in displays:
        found += [(each.name, each.where) for r in display.results for each in r.datasets]
    return {oids.where_oid(name, where): (name, where) for name, where in found if where}


def collect_definitions(study: StudyMetadata, standard: str) -> Definitions:
    """Collect what the define.xml of one standard (SDTMIG or ADAMIG) has to define."""
    guide, version = GUIDES[standard], study.versions.get(standard, "")
    datasets = tuple(dataset for dataset in study.datasets if dataset.standard == standard)
    items = tuple(item for dataset in datasets for item in _items(dataset))
    codelists = _name_codelists(items)
    displays = tuple(_displays(study, datasets))
    return Definitions(
        study=study,
        guide=guide,
        version=version,
        datasets=datasets,
        standards=_standards(study, guide, version, codelists.values()),
        items=items,
        codelists=codelists,
        methods=_methods(items),
        comments=_comments(datasets, items, displays),
        conditions=_conditions(items, displays),
        documents=_documents(study, standard, items),
        displays=displays,
    )
