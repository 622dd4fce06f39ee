"""Sheets Analysis Displays and Analysis Results of a specification."""

from __future__ import annotations

import typing
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sdtmconv import oids
from sdtmconv.analyses import AnalysisPurpose, AnalysisReason
from sdtmconv.conditions import parse_condition
from sdtmconv.define_xml import model
from sdtmconv.errors import SpecError, suggest
from sdtmconv.exchange.p21_parts import make_where_clause, refer_to_documents
from sdtmconv.exchange.p21_sheets import Row
from sdtmconv.exchange.p21_values import split_values
from sdtmconv.oids import Where

_REASONS = typing.get_args(AnalysisReason)
_PURPOSES = typing.get_args(AnalysisPurpose)
Variables = Mapping[str, Mapping[str, Row]]


@dataclass(frozen=True)
class Displays:
    """Results metadata, and the conditions that they use."""

    displays: model.AnalysisResultDisplays | None
    where_clauses: tuple[model.WhereClauseDef, ...]


def read_displays(
    displays: list[Row],
    results: list[Row],
    variables: Variables,
    comments: Collection[str],
    documents: Collection[str],
    language: str,
) -> Displays:
    """Read both sheets.

    Args:
        displays, results: Their rows.
        variables: By dataset: its variables.
        comments, documents: IDs of the other sheets.
        language: Language of texts.
    """
    reader = _ResultReader(variables, comments, documents, language)
    named: dict[str, Row] = {}
    for row in displays:
        if row["ID"] in named:
            row.report(f"display {row['ID']!r} is there already", "keep one of the two")
        named.setdefault(row["ID"], row)
    by_display: dict[str, list[model.AnalysisResult]] = {name: [] for name in named}
    for row in results:
        display = row.refer("Display", named, "Analysis Displays")
        if display:
            by_display[display].append(reader.result(row, display))
    made = tuple(
        model.ResultDisplay(
            oid=oids.display_oid(name),
            name=name,
            description=model.texts(row["Title"], language),
            documents=refer_to_documents(row, "Document", documents),
            results=tuple(by_display[name]),
        )
        for name, row in named.items()
    )
    found = model.AnalysisResultDisplays(displays=made) if made else None
    return Displays(found, tuple(reader.where_clauses.values()))


@dataclass
class _ResultReader:
    variables: Variables
    comments: Collection[str]
    documents: Collection[str]
    language: str
    where_clauses: dict[str, model.WhereClauseDef] = field(default_factory=dict)

    def result(self, row: Row, display: str) -> model.AnalysisResult:
        """Make one result."""
        wheres = dict(self._criteria(row))
        analysed: dict[str, list[str]] = {dataset: [] for dataset in wheres}
        for text in split_values(row["Variables"]) if row["Variables"] else ():
            dataset, _, name = text.partition(".")
            if self._knows(row, dataset, name):
                analysed.setdefault(dataset, []).append(name)
        about_parameters = [
            name for name, where in wheres.items() if any(v == "PARAMCD" for v, _, _ in where)
        ]
        comment = row.refer("Join Comment", self.comments, "Comments")
        return model.AnalysisResult(
            oid=f"{oids.rename(oids.display_oid(display), 'AR')}.{row['ID']}",
            parameter_oid=oids.item_oid(about_parameters[0], "PARAMCD") if about_parameters else "",
            reason=row.choice("Reason", _REASONS, _REASONS[0]),
            purpose=row.choice("Purpose", _PURPOSES, _PURPOSES[0]),
            description=model.texts(row["Description"], self.language),
            datasets=model.AnalysisDatasets(
                comment_oid=f"COM.{comment}" if comment else "",
                datasets=tuple(
                    self._analysed(dataset, wheres.get(dataset, ()), names)
                    for dataset, names in analysed.items()
                ),
            ),
            documentation=self._documentation(row),
            programming_code=self._code(row),
        )

    def _criteria(self, row: Row) -> list[tuple[str, Where]]:
        """Read `ADAE: SAFFL EQ "Y"`, one dataset a line."""
        criteria: list[tuple[str, Where]] = []
        for line in filter(None, map(str.strip, row["Selection Criteria"].splitlines())):
            dataset, _, text = (part.strip() for part in line.partition(":"))
            if not self._knows(row, dataset):
                continue
            try:
                checks = parse_condition(text, row.place).range_checks() if text else ()
            except SpecError as error:
                row.faults.extend(error.faults)
                continue
            if checks is None:
                remedy = "compare variables with values, and join the comparisons with `and`"
                row.report(f"Selection Criteria {text!r} is more than define.xml says", remedy)
                continue
            if all(self._knows(row, dataset, name) for name, _, _ in checks):
                criteria.append((dataset, checks))
        return criteria

    def _knows(self, row: Row, dataset: str, name: str = "") -> bool:
        known = self.variables.get(dataset)
        if known is None:
            remedy = suggest(dataset, self.variables, "write DATASET: condition, or DATASET.NAME")
            row.report(f"no dataset {dataset!r}", remedy)
            return False
        if name and name not in known:
            remedy = suggest(name, known, "add it to sheet 'Variables'")
            row.report(f"{dataset} has no variable {name!r}", remedy)
            return False
        return True

    def _analysed(self, dataset: str, where: Where, names: list[str]) -> model.AnalysisDataset:
        clause = None
        if where:
            oid = oids.where_oid(dataset, where)
            self.where_clauses.setdefault(oid, make_where_clause(oid, dataset, where))
            clause = model.WhereClauseRef(where_clause_oid=oid)
        return model.AnalysisDataset(
            item_group_oid=oids.dataset_oid(dataset),
            where_clause=clause,
            variables=tuple(
                model.AnalysisVariable(item_oid=oids.item_oid(dataset, name)) for name in names
            ),
        )

    def _documentation(self, row: Row) -> model.Documentation | None:
        documents = refer_to_documents(row, "Documentation Refs", self.documents)
        if not (row["Documentation"] or documents):
            return None
        text = model.texts(row["Documentation"], self.language)
        return model.Documentation(description=text, documents=documents)

    def _code(self, row: Row) -> model.ProgrammingCode | None:
        documents = refer_to_documents(row, "Programming Document", self.documents)
        if not (row["Programming Code"] or documents):
            return None
        return model.ProgrammingCode(
            context=row["Programming Context"],
            code=row["Programming Code"] or None,
            documents=documents,
        )
