"""Documents and results metadata as YAML: `documents:` of study.yaml, and analyses.yaml."""

from __future__ import annotations

from collections.abc import Iterable

from sdtmconv.analyses import AnalysedDataset, AnalysisResult, DocumentPages, ResultDisplay
from sdtmconv.conditions import write_range_checks
from sdtmconv.exchange.yaml_text import Content
from sdtmconv.metadata import Document

_FOR = {"SDTMIG": "tabulations", "ADAMIG": "analysis"}


def describe_documents(documents: Iterable[Document]) -> dict[str, Content]:
    """Write `documents:` of study.yaml."""
    return {
        document.name: {
            "title": document.title,
            "file": document.file,
            **({"for": _FOR[document.standard]} if document.standard else {}),
        }
        for document in documents
    }


def describe_displays(displays: Iterable[ResultDisplay]) -> dict[str, Content]:
    """Write analyses.yaml."""
    return {"displays": {display.name: _display(display) for display in displays}}


def _display(display: ResultDisplay) -> Content:
    entry: dict[str, Content] = {"title": display.title}
    if display.documents:
        entry["documents"] = _refer(display.documents)
    return {**entry, "results": {result.name: _result(result) for result in display.results}}


def _result(result: AnalysisResult) -> Content:
    stated: dict[str, Content] = {
        "description": result.description,
        "reason": result.reason,
        "purpose": result.purpose,
        "datasets": {dataset.name: _analysed(dataset) for dataset in result.datasets},
        "join": result.join,
        "documentation": result.documentation,
        "documents": _refer(result.documents),
        "code": _code(result),
    }
    return {key: value for key, value in stated.items() if value}


def _analysed(dataset: AnalysedDataset) -> Content:
    stated: dict[str, Content] = {
        "where": write_range_checks(dataset.where),
        "variables": list(dataset.variables),
    }
    return {key: value for key, value in stated.items() if value}


def _code(result: AnalysisResult) -> Content:
    stated: dict[str, Content] = {
        "context": result.code_context,
        "text": result.code,
        "documents": list(result.programs),
    }
    return {key: value for key, value in stated.items() if value}


def _refer(references: tuple[DocumentPages, ...]) -> Content:
    if not all(each.pages for each in references):
        return [each.document for each in references]
    return {each.document: [str(page) for page in each.pages] for each in references}
