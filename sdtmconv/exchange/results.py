"""Documents and results metadata of a define.xml's model, as the study's specs can say them."""

from __future__ import annotations

import re
import typing
from collections.abc import Collection, Iterator
from typing import cast

from sdtmconv import analyses
from sdtmconv.define_xml import model
from sdtmconv.define_xml.definitions import ANNOTATED_CRF
from sdtmconv.errors import Fault, suggest
from sdtmconv.metadata import Document, Standard
from sdtmconv.oids import Where

_REASONS = typing.get_args(analyses.AnalysisReason)
_PURPOSES = typing.get_args(analyses.AnalysisPurpose)
_OUTSIDE = re.compile(r"^[/\\~]|^\w+:|\\")
NO_JOIN = "How the datasets were joined is not stated."


def name_leaves(version: model.MetaDataVersion) -> dict[str, str]:
    """Name each document as specs do: small letters, digits and _; acrf for the annotated CRF.

    >>> leaf = model.Leaf(id="LF.Complex-Algorithms")
    >>> name_leaves(model.MetaDataVersion(leaves=(leaf,)))
    {'LF.Complex-Algorithms': 'complex_algorithms'}
    """
    crfs = version.annotated_crf.documents if version.annotated_crf else ()
    names: dict[str, str] = {}
    for leaf in version.leaves:
        plain = re.sub(r"\W", "_", leaf.id.removeprefix("LF.").lower(), flags=re.ASCII)
        is_crf = any(reference.leaf_id == leaf.id for reference in crfs)
        base = ANNOTATED_CRF if is_crf else plain if re.match("[a-z]", plain) else f"doc_{plain}"
        candidates = (base, *(f"{base}_{n}" for n in range(2, 9999)))
        names[leaf.id] = next(name for name in candidates if name not in names.values())
    return names


def take_documents(
    version: model.MetaDataVersion, standard: Standard, notes: list[Fault]
) -> tuple[Document, ...]:
    """Take the files that a define.xml refers to, apart from the datasets' own."""
    names, documents = name_leaves(version), []
    for leaf in version.leaves:
        if not leaf.href or _OUTSIDE.search(leaf.href):
            remedy = "name it in `documents:` of study.yaml by its path seen from define.xml"
            notes.append(Fault(f"leaf {leaf.id}", f"is at {leaf.href!r}, and left out", remedy))
            continue
        title = (leaf.title or "").strip() or leaf.href
        documents.append(Document(names[leaf.id], title, leaf.href, standard))
    return tuple(documents)


class ResultTaker:
    """Takes results metadata.

    Args:
        version: The model.
        documents: Names of the documents that were taken.
        notes: Takes what cannot be taken over.
    """

    def __init__(
        self, version: model.MetaDataVersion, documents: Collection[str], notes: list[Fault]
    ) -> None:
        self._version, self._documents, self._notes = version, documents, notes
        self._leaves = name_leaves(version)
        self._items = {item.oid: item.name for item in version.items}
        self._datasets = {dataset.oid: dataset for dataset in version.item_groups}
        self._wheres = {clause.oid: clause for clause in version.where_clauses}
        self._comments = {comment.oid: comment for comment in version.comments}

    def displays(self) -> Iterator[analyses.ResultDisplay]:
        """Take all displays."""
        found = self._version.result_displays
        for display in found.displays if found else ():
            named = self._name_results(display)
            results = [self._result(name, result) for name, result in named.items()]
            taken = tuple(result for result in results if result)
            if taken:
                documents = tuple(self._refer(display.documents))
                title = str(display.description or "") or display.name
                yield analyses.ResultDisplay(display.name, title, taken, documents)

    def _name_results(self, display: model.ResultDisplay) -> dict[str, model.AnalysisResult]:
        named: dict[str, model.AnalysisResult] = {}
        for number, result in enumerate(display.results, start=1):
            end = result.oid.rpartition(".")[2].lower()
            is_name = re.fullmatch("[a-z][a-z0-9_]*", end) and end not in named
            named[end if is_name else f"result_{number}"] = result
        return named

    def _result(self, name: str, result: model.AnalysisResult) -> analyses.AnalysisResult | None:
        for text, known in ((result.reason, _REASONS), (result.purpose, _PURPOSES)):
            if text not in known:
                remedy = suggest(text, known, f"write one of {', '.join(known)}")
                problem = f"has {text!r} for its reason or purpose, and is left out"
                self._notes.append(Fault(f"result {result.oid}", problem, remedy))
                return None
        datasets = result.datasets or model.AnalysisDatasets()
        analysed = tuple(self._analysed(each) for each in datasets.datasets)
        comment = self._comments.get(datasets.comment_oid)
        join = str(comment.description or "") if comment else ""
        documentation = result.documentation or model.Documentation()
        code = result.programming_code or model.ProgrammingCode()
        return analyses.AnalysisResult(
            name=name,
            description=str(result.description or "") or name,
            reason=cast("analyses.AnalysisReason", result.reason),
            purpose=cast("analyses.AnalysisPurpose", result.purpose),
            datasets=analysed,
            join=join or (NO_JOIN if len(analysed) > 1 else ""),
            documentation=str(documentation.description or ""),
            documents=tuple(self._refer(documentation.documents)),
            code_context=code.context,
            code=code.code or "",
            programs=tuple(pages.document for pages in self._refer(code.documents)),
        )

    def _analysed(self, analysed: model.AnalysisDataset) -> analyses.AnalysedDataset:
        dataset = self._datasets[analysed.item_group_oid]
        clause = analysed.where_clause
        where = self._where(clause.where_clause_oid, dataset) if clause else ()
        variables = (self._name(each.item_oid, dataset) for each in analysed.variables)
        return analyses.AnalysedDataset(dataset.name, where, tuple(variables))

    def _where(self, oid: str, dataset: model.ItemGroupDef) -> Where:
        return tuple(
            (self._name(check.item_oid, dataset), check.comparator or "EQ", check.check_values)
            for check in self._wheres[oid].range_checks
        )

    def _name(self, oid: str, dataset: model.ItemGroupDef) -> str:
        """Name a variable; one of another dataset as ADSL.TRTSDT."""
        for holder in (dataset, *self._datasets.values()):
            if any(reference.item_oid == oid for reference in holder.item_refs):
                own = holder is dataset
                return self._items[oid] if own else f"{holder.name}.{self._items[oid]}"
        return self._items[oid]

    def _refer(self, references: tuple[model.DocumentRef, ...]) -> Iterator[analyses.DocumentPages]:
        for reference in references:
            name = self._leaves.get(reference.leaf_id, "")
            if name in self._documents:
                yield analyses.DocumentPages(name, read_page_numbers(reference))


def read_page_numbers(reference: model.DocumentRef) -> tuple[int, ...]:
    """Take the page numbers of a reference to a document."""
    texts = (page.page_refs for page in reference.pages)
    return tuple(int(n) for text in texts for n in re.findall(r"\b\d{1,6}\b", text))
