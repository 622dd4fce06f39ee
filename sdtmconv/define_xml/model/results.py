"""Analysis Results Metadata 1.0: which results were made, from what and why."""

from __future__ import annotations

from dataclasses import dataclass

from sdtmconv.define_xml.model.items import WhereClauseRef
from sdtmconv.define_xml.model.node import Node, attribute, child, children, text_child
from sdtmconv.define_xml.model.texts import DocumentRef, Texts


@dataclass(frozen=True, kw_only=True)
class AnalysisVariable(Node):
    """A variable that was analysed."""

    item_oid: str = attribute("ItemOID")


@dataclass(frozen=True, kw_only=True)
class AnalysisDataset(Node):
    """The records of a dataset that were analysed."""

    item_group_oid: str = attribute("ItemGroupOID")
    where_clause: WhereClauseRef | None = child("def:WhereClauseRef", WhereClauseRef)
    variables: tuple[AnalysisVariable, ...] = children("arm:AnalysisVariable", AnalysisVariable)


@dataclass(frozen=True, kw_only=True)
class AnalysisDatasets(Node):
    """The datasets of a result; a comment says how they are joined."""

    comment_oid: str = attribute("def:CommentOID")
    datasets: tuple[AnalysisDataset, ...] = children("arm:AnalysisDataset", AnalysisDataset)


@dataclass(frozen=True, kw_only=True)
class Documentation(Node):
    """How a result was made."""

    description: Texts | None = child("Description", Texts)
    documents: tuple[DocumentRef, ...] = children("def:DocumentRef", DocumentRef)


@dataclass(frozen=True, kw_only=True)
class ProgrammingCode(Node):
    """The code that made a result, in the language that `context` names."""

    context: str = attribute("Context")
    code: str | None = text_child("arm:Code")
    documents: tuple[DocumentRef, ...] = children("def:DocumentRef", DocumentRef)


@dataclass(frozen=True, kw_only=True)
class AnalysisResult(Node):
    """One result of a display."""

    oid: str = attribute("OID")
    parameter_oid: str = attribute("ParameterOID")
    reason: str = attribute("AnalysisReason")
    purpose: str = attribute("AnalysisPurpose")
    description: Texts | None = child("Description", Texts)
    datasets: AnalysisDatasets | None = child("arm:AnalysisDatasets", AnalysisDatasets)
    documentation: Documentation | None = child("arm:Documentation", Documentation)
    programming_code: ProgrammingCode | None = child("arm:ProgrammingCode", ProgrammingCode)


@dataclass(frozen=True, kw_only=True)
class ResultDisplay(Node):
    """A table, listing or figure."""

    oid: str = attribute("OID")
    name: str = attribute("Name")
    description: Texts | None = child("Description", Texts)
    documents: tuple[DocumentRef, ...] = children("def:DocumentRef", DocumentRef)
    results: tuple[AnalysisResult, ...] = children("arm:AnalysisResult", AnalysisResult)


@dataclass(frozen=True, kw_only=True)
class AnalysisResultDisplays(Node):
    """All displays."""

    displays: tuple[ResultDisplay, ...] = children("arm:ResultDisplay", ResultDisplay)
