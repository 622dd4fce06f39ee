"""Which results are made from analysis datasets, from which of their records, and why.

What Analysis Results Metadata 1.0 tells of a table or figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sdtmconv.oids import Where

AnalysisReason = Literal[
    "DATA DRIVEN", "REQUESTED BY REGULATORY AGENCY", "SPECIFIED IN PROTOCOL", "SPECIFIED IN SAP"
]
AnalysisPurpose = Literal[
    "EXPLORATORY OUTCOME MEASURE", "PRIMARY OUTCOME MEASURE", "SECONDARY OUTCOME MEASURE"
]


@dataclass(frozen=True)
class DocumentPages:
    """A document that says more, and the pages where it does; none for the whole of it."""

    document: str
    pages: tuple[int, ...] = ()


@dataclass(frozen=True)
class AnalysedDataset:
    """The records of a dataset that were analysed, and the variables that were looked at."""

    name: str
    where: Where = ()
    variables: tuple[str, ...] = ()


@dataclass(frozen=True)
class AnalysisResult:
    """One result of a display.

    Args:
        name: Short name, unique in the display.
        description: What it says, in a sentence.
        reason: Why it was made.
        purpose: What it is for in the study.
        datasets: What was analysed.
        join: How several datasets were joined.
        documentation: How the result was made.
        documents: Where more is said about that.
        code_context: The language of `code`, such as SAS 9.4 or R 4.4.
        code: The statements that made the result.
        programs: Documents that hold the code.
    """

    name: str
    description: str
    reason: AnalysisReason
    purpose: AnalysisPurpose
    datasets: tuple[AnalysedDataset, ...]
    join: str = ""
    documentation: str = ""
    documents: tuple[DocumentPages, ...] = ()
    code_context: str = ""
    code: str = ""
    programs: tuple[str, ...] = ()


@dataclass(frozen=True)
class ResultDisplay:
    """A table, listing or figure.

    Args:
        name: Its number or short name, such as Table 14.2.1.
        title: What it shows.
        results: What was computed for it.
        documents: Where it stands in the report.
    """

    name: str
    title: str
    results: tuple[AnalysisResult, ...]
    documents: tuple[DocumentPages, ...] = ()
