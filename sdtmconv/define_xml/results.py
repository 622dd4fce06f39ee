"""Results of analysis datasets to Analysis Results Metadata 1.0."""

from __future__ import annotations

from sdtmconv import oids
from sdtmconv.analyses import AnalysedDataset, AnalysisResult, DocumentPages, ResultDisplay
from sdtmconv.define_xml import model
from sdtmconv.define_xml.definitions import Definitions


def refer_to(reference: DocumentPages) -> model.DocumentRef:
    """Refer to a document, and to its pages where they are known."""
    listed = " ".join(map(str, reference.pages))
    pages = (model.PDFPageRef(type="PhysicalRef", page_refs=listed),) if listed else ()
    return model.DocumentRef(leaf_id=oids.leaf_id(reference.document), pages=pages)


def _analysed(dataset: AnalysedDataset) -> model.AnalysisDataset:
    clause = oids.where_oid(dataset.name, dataset.where) if dataset.where else ""
    variables = (name.rpartition(".") for name in dataset.variables)
    return model.AnalysisDataset(
        item_group_oid=oids.dataset_oid(dataset.name),
        where_clause=model.WhereClauseRef(where_clause_oid=clause) if clause else None,
        variables=tuple(
            model.AnalysisVariable(item_oid=oids.item_oid(other or dataset.name, name))
            for other, _, name in variables
        ),
    )


def _parameter_oid(result: AnalysisResult) -> str:
    """Refer to the variable that tells the parameter, where the result is about parameters."""
    for dataset in result.datasets:
        if any(variable == "PARAMCD" for variable, _, _ in dataset.where):
            return oids.item_oid(dataset.name, "PARAMCD")
    return ""


def _documentation(result: AnalysisResult, definitions: Definitions) -> model.Documentation | None:
    if not (result.documentation or result.documents):
        return None
    text = result.documentation or result.description
    return model.Documentation(
        description=definitions.texts(text), documents=tuple(map(refer_to, result.documents))
    )


def _code(result: AnalysisResult) -> model.ProgrammingCode | None:
    if not (result.code or result.programs):
        return None
    return model.ProgrammingCode(
        context=result.code_context,
        code=result.code or None,
        documents=tuple(refer_to(DocumentPages(program)) for program in result.programs),
    )


def _result(display: str, result: AnalysisResult, definitions: Definitions) -> model.AnalysisResult:
    return model.AnalysisResult(
        oid=f"{oids.rename(oids.display_oid(display), 'AR')}.{result.name}",
        parameter_oid=_parameter_oid(result),
        reason=result.reason,
        purpose=result.purpose,
        description=definitions.texts(result.description),
        datasets=model.AnalysisDatasets(
            comment_oid=definitions.comments.get(result.join, ""),
            datasets=tuple(map(_analysed, result.datasets)),
        ),
        documentation=_documentation(result, definitions),
        programming_code=_code(result),
    )


def _display(display: ResultDisplay, definitions: Definitions) -> model.ResultDisplay:
    return model.ResultDisplay(
        oid=oids.display_oid(display.name),
        name=display.name,
        description=definitions.texts(display.title),
        documents=tuple(map(refer_to, display.documents)),
        results=tuple(_result(display.name, each, definitions) for each in display.results),
    )


def build_displays(definitions: Definitions) -> model.AnalysisResultDisplays | None:
    """Make the model of all displays; None where there are none."""
    displays = tuple(_display(display, definitions) for display in definitions.displays)
    return model.AnalysisResultDisplays(displays=displays) if displays else None
