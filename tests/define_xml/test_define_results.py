"""Analysis results, documents and formal expressions in a written define.xml."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from sdtmconv.analyses import AnalysedDataset, AnalysisResult, DocumentPages, ResultDisplay
from sdtmconv.define_xml import check_define, read_define, read_model, write_define
from sdtmconv.define_xml.model import MetaDataVersion
from sdtmconv.metadata import Document, FormalExpression, StudyMetadata

CREATED = datetime(2025, 3, 1)
RESULT = AnalysisResult(
    name="age",
    description="Stages",
    reason="SPECIFIED IN SAP",
    purpose="PRIMARY OUTCOME MEASURE",
    datasets=(AnalysedDataset("ADSL", (("STAGE", "EQ", ("1",)),), ("STAGEN",)),),
    join="None needed",
    documentation="Counts",
    documents=(DocumentPages("sap", (3, 4)),),
    code_context="R 4.4",
    code="table(adsl$STAGEN)",
)
DISPLAYS = (ResultDisplay("Table 1", "Stages of the Study", (RESULT,), (DocumentPages("sap"),)),)
DOCUMENTS = (
    Document("csdrg", "Reviewer's Guide", "csdrg.docx", "SDTMIG"),
    Document("sap", "Plan", "sap.pdf"),
)


@pytest.fixture
def full_study(define_study: StudyMetadata) -> StudyMetadata:
    return replace(define_study, documents=DOCUMENTS, displays=DISPLAYS)


def written(study: StudyMetadata, standard: str, folder: Path) -> MetaDataVersion:
    path = folder / "define.xml"
    write_define(path, study, standard, created=CREATED)
    assert check_define(path) == []
    return read_model(path).metadata


def test_results_are_written_with_what_they_refer_to(
    full_study: StudyMetadata, tmp_path: Path
) -> None:
    """A result refers to its dataset, variables, records, join and documents."""
    version = written(full_study, "ADAMIG", tmp_path)
    assert version.result_displays
    (display,) = version.result_displays.displays
    (result,) = display.results
    assert (display.oid, display.name, str(display.description)) == (
        "RD.Table-1",
        "Table 1",
        "Stages of the Study",
    )
    assert result.datasets
    (dataset,) = result.datasets.datasets
    assert dataset.item_group_oid == "IG.ADSL"
    assert dataset.where_clause
    assert dataset.where_clause.where_clause_oid == "WC.ADSL.STAGE.1"
    assert [variable.item_oid for variable in dataset.variables] == ["IT.ADSL.STAGEN"]
    assert result.datasets.comment_oid == "COM.Table-1.age"
    assert result.documentation
    assert result.documentation.documents[0].pages[0].page_refs == "3 4"
    assert result.programming_code
    assert result.programming_code.code == "table(adsl$STAGEN)"


def test_results_of_tabulations_are_none(full_study: StudyMetadata, tmp_path: Path) -> None:
    """The define.xml of SDTM has no results, and of documents only its own."""
    version = written(full_study, "SDTMIG", tmp_path)
    assert version.result_displays is None
    assert [leaf.id for leaf in version.leaves] == ["LF.acrf", "LF.csdrg", "LF.sap"]
    assert version.supplemental_doc
    assert [d.leaf_id for d in version.supplemental_doc.documents] == ["LF.csdrg", "LF.sap"]


def test_results_of_datasets_that_were_not_built_are_left_out(
    full_study: StudyMetadata, tmp_path: Path
) -> None:
    """A build of a part of the datasets tells of no others."""
    other = replace(RESULT, datasets=(AnalysedDataset("ADAE"),))
    displays = (replace(DISPLAYS[0], results=(other,)),)
    version = written(replace(full_study, displays=displays), "ADAMIG", tmp_path)
    assert version.result_displays is None


def test_a_formal_expression_makes_a_method_of_its_own(
    define_study: StudyMetadata, tmp_path: Path
) -> None:
    """The same sentence with an expression for machines is another method, and is read back."""
    ae = define_study.datasets[0]
    formal = FormalExpression("SAS 9.4", "AESTDY = AESTDT - RFSTDT + 1;")
    variables = [replace(v, expression=formal) if v.name == "AESTDY" else v for v in ae.variables]
    study = replace(define_study, datasets=(replace(ae, variables=tuple(variables)),))
    version = written(study, "SDTMIG", tmp_path)
    assert [method.oid for method in version.methods] == ["MT.AE.AESTDY", "MT.AE.AEENDY"]
    read = read_define(tmp_path / "define.xml").datasets[0]
    assert read.variable("AESTDY").expression == formal


def test_a_subclass_stands_in_its_class(define_study: StudyMetadata, tmp_path: Path) -> None:
    """A time-to-event dataset says more than that it is a BDS."""
    adsl = replace(
        define_study.datasets[-1], class_="BASIC DATA STRUCTURE", subclass="TIME-TO-EVENT"
    )
    version = written(replace(define_study, datasets=(adsl,)), "ADAMIG", tmp_path)
    assert version.item_groups[0].class_
    assert version.item_groups[0].class_.sub_classes[0].name == "TIME-TO-EVENT"


def test_texts_are_marked_with_the_language_of_the_metadata(
    define_study: StudyMetadata, tmp_path: Path
) -> None:
    """A study in Chinese says so of every text."""
    version = written(replace(define_study, language="zh"), "SDTMIG", tmp_path)
    marked = {text.language for item in version.items for text in item.description.translations}
    assert marked == {"zh"}
