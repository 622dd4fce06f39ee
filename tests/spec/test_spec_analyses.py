"""analyses.yaml and `documents:`: what they compile to, and every fault with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from sdtmconv.analyses import AnalysedDataset, AnalysisResult, DocumentPages
from sdtmconv.errors import Fault
from sdtmconv.metadata import Document
from sdtmconv.spec.analyses import AnalysisCompiler
from sdtmconv.spec.documents import read_documents
from sdtmconv.spec.yaml_nodes import Node, Reader, read_yaml

DATASETS = {"ADSL": ("USUBJID", "SAFFL"), "ADTTE": ("USUBJID", "PARAMCD", "AVAL", "CNSR")}
SOUND = """\
displays:
  Figure 1:
    title: Survival
    documents: [csr]
    results:
      os:
        description: Overall survival
        reason: SPECIFIED IN SAP
        purpose: PRIMARY OUTCOME MEASURE
        datasets:
          ADTTE: {where: PARAMCD EQ "OS" and ADSL.SAFFL EQ "Y", variables: [AVAL, CNSR]}
          ADSL: {}
        join: by USUBJID
        documentation: Kaplan-Meier
        documents: {sap: [3, 4]}
        code: {context: R 4.4, text: survfit(), documents: [csr]}
"""


def read(tmp_path: Path, text: str, faults: list[Fault]) -> Node:
    path = tmp_path / "x.yaml"
    path.write_text(text, "utf-8")
    node = read_yaml(path, "x.yaml", faults)
    assert node
    return node


def test_a_result_is_compiled(tmp_path: Path) -> None:
    """Conditions become comparisons, names are resolved, nothing is lost."""
    faults: list[Fault] = []
    compiler = AnalysisCompiler(DATASETS, ("sap", "csr"), Reader(faults))
    (display,) = compiler.compile(read(tmp_path, SOUND, faults))
    assert faults == []
    assert (display.name, display.title) == ("Figure 1", "Survival")
    assert display.documents == (DocumentPages("csr"),)
    assert display.results == (
        AnalysisResult(
            name="os",
            description="Overall survival",
            reason="SPECIFIED IN SAP",
            purpose="PRIMARY OUTCOME MEASURE",
            datasets=(
                AnalysedDataset(
                    "ADTTE",
                    (("PARAMCD", "EQ", ("OS",)), ("ADSL.SAFFL", "EQ", ("Y",))),
                    ("AVAL", "CNSR"),
                ),
                AnalysedDataset("ADSL"),
            ),
            join="by USUBJID",
            documentation="Kaplan-Meier",
            documents=(DocumentPages("sap", (3, 4)),),
            code_context="R 4.4",
            code="survfit()",
            programs=("csr",),
        ),
    )


FAULTS = [
    ("displays:", "display:", 1, "analyses.yaml has no 'display'"),
    ("    title: Survival\n", "", 3, "Figure 1 has no title"),
    ("      os:", "      O S:", 7, "result name 'O S' is not valid"),
    ("        reason: SPECIFIED IN SAP\n", "", 7, "Figure 1: os has no reason"),
    ("SPECIFIED IN SAP", "WHY NOT", 8, "Figure 1: os: reason cannot be 'WHY NOT'"),
    ("PRIMARY OUTCOME MEASURE", "PRIMARY", 9, "Figure 1: os: purpose cannot be 'PRIMARY'"),
    ("          ADSL: {}", "          ADAE: {}", 12, "no analysis dataset 'ADAE'"),
    ("variables: [AVAL", "variables: [AVL", 11, "ADTTE has no variable 'AVL'"),
    ("ADSL.SAFFL", "ADSL.SAFL", 11, "ADSL has no variable 'SAFL'"),
    ("PARAMCD EQ", "PARAMCD =", 11, "where PARAMCD ="),
    ("and ADSL", "or ADSL", 11, "define.xml cannot say"),
    ("        join: by USUBJID\n", "", 7, "has several datasets and no join"),
    ("[csr]\n    results", "[crs]\n    results", 4, "Figure 1: documents: no document 'crs'"),
    ("{sap: [3, 4]}", "{sap: [3, x]}", 15, "pages are not numbers"),
    ("text: survfit()", "txt: survfit()", 16, "code has no 'txt'"),
]


@pytest.mark.parametrize(("old", "new", "line", "problem"), FAULTS)
def test_a_fault_is_found_with_its_line(
    old: str, new: str, line: int, problem: str, tmp_path: Path
) -> None:
    """Whatever analyses.yaml says that cannot be, is told with the line and what to do."""
    assert old in SOUND
    faults: list[Fault] = []
    node = read(tmp_path, SOUND.replace(old, new, 1), faults)
    AnalysisCompiler(DATASETS, ("sap", "csr"), Reader(faults)).compile(node)
    found = {fault.place for fault in faults if problem in fault.problem}
    assert found == {f"x.yaml:{line}"}, faults
    assert all(fault.remedy for fault in faults)


def test_documents_are_read(tmp_path: Path) -> None:
    """A document is for one kind of datasets, or for all."""
    text = "acrf: {title: CRF, file: acrf.pdf}\nsap: {title: Plan, file: s.pdf, for: analysis}\n"
    faults: list[Fault] = []
    assert list(read_documents(read(tmp_path, text, faults), Reader(faults))) == [
        Document("acrf", "CRF", "acrf.pdf"),
        Document("sap", "Plan", "s.pdf", "ADAMIG"),
    ]
    assert faults == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a b: {title: A, file: a.pdf}", "document name 'a b' is not valid"),
        ("sap: {title: A}", "document sap has no file"),
        ("sap: {title: A, file: /etc/passwd}", "document sap: file is '/etc/passwd'"),
        ("sap: {title: A, file: 'javascript:x'}", "document sap: file is 'javascript:x'"),
        ("sap: {title: A, file: a.pdf, for: sdtm}", "document sap: for cannot be 'sdtm'"),
    ],
)
def test_a_document_that_cannot_be_is_a_fault(text: str, problem: str, tmp_path: Path) -> None:
    """Names, titles and paths of documents are checked before anything is built."""
    faults: list[Fault] = []
    list(read_documents(read(tmp_path, text, faults), Reader(faults)))
    assert [fault.problem for fault in faults] == [problem]
