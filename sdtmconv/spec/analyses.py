"""analyses.yaml: which results the study's tables and figures show, and from which records."""

from __future__ import annotations

import re
import typing
from collections.abc import Collection, Iterator, Mapping
from typing import cast

from sdtmconv.analyses import (
    AnalysedDataset,
    AnalysisPurpose,
    AnalysisReason,
    AnalysisResult,
    DocumentPages,
    ResultDisplay,
)
from sdtmconv.conditions import parse_condition
from sdtmconv.errors import SpecError, suggest
from sdtmconv.oids import Where
from sdtmconv.spec.documents import read_references
from sdtmconv.spec.yaml_nodes import Node, Reader

_DISPLAY = ("title", "documents", "results")
_RESULT = (
    *("description", "reason", "purpose", "datasets", "join", "documentation", "documents"),
    "code",
)
_REQUIRED = ("description", "reason", "purpose", "datasets")
_DATASET = ("where", "variables")
_CODE = ("context", "text", "documents")
_REASONS: tuple[AnalysisReason, ...] = typing.get_args(AnalysisReason)
_PURPOSES: tuple[AnalysisPurpose, ...] = typing.get_args(AnalysisPurpose)


class AnalysisCompiler:
    """Compiles analyses.yaml.

    Args:
        datasets: The analysis datasets that are submitted, each with its variables.
        documents: Names of the study's documents.
        reader: Collects faults.
    """

    def __init__(
        self,
        datasets: Mapping[str, Collection[str]],
        documents: Collection[str],
        reader: Reader,
    ) -> None:
        self._datasets, self._documents, self._reader = datasets, documents, reader

    def compile(self, node: Node) -> tuple[ResultDisplay, ...]:
        """Read the displays of a study."""
        fields = self._reader.fields(node, "analyses.yaml", ("displays",))
        displays = fields.get("displays")
        if displays is None:
            self._reader.report(node.place, "analyses.yaml has no displays", "add `displays:`")
        return tuple(
            self._display(name, entry)
            for name, entry in self._reader.mapping(displays, "displays").items()
        )

    def _display(self, name: str, node: Node) -> ResultDisplay:
        fields = self._reader.fields(node, name, _DISPLAY)
        self._require(fields, ("title", "results"), name, node)
        results = self._reader.mapping(fields.get("results"), f"{name}: results")
        return ResultDisplay(
            name=name,
            title=self._reader.text(fields.get("title"), f"{name}: title"),
            results=tuple(self._result(name, key, entry) for key, entry in results.items()),
            documents=self._references(fields.get("documents"), f"{name}: documents"),
        )

    def _result(self, display: str, name: str, node: Node) -> AnalysisResult:
        what = f"{display}: {name}"
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            remedy = "write it with small letters, digits and _"
            self._reader.report(node.place, f"result name {name!r} is not valid", remedy)
        fields = self._reader.fields(node, what, _RESULT)
        self._require(fields, _REQUIRED, what, node)
        text, choice = self._reader.text, self._reader.choice
        datasets = tuple(self._read_datasets(fields.get("datasets"), what))
        join = text(fields.get("join"), f"{what}: join")
        if len(datasets) > 1 and not join:
            remedy = "add `join: ...`, which says how their records are put together"
            self._reader.report(node.place, f"{what} has several datasets and no join", remedy)
        reason = choice(fields.get("reason"), f"{what}: reason", _REASONS, _REASONS[0])
        purpose = choice(fields.get("purpose"), f"{what}: purpose", _PURPOSES, _PURPOSES[0])
        code = (
            self._reader.fields(fields["code"], f"{what}: code", _CODE) if "code" in fields else {}
        )
        programs = self._references(code.get("documents"), f"{what}: code")
        return AnalysisResult(
            name=name,
            description=text(fields.get("description"), f"{what}: description"),
            reason=cast("AnalysisReason", reason),
            purpose=cast("AnalysisPurpose", purpose),
            datasets=datasets,
            join=join,
            documentation=text(fields.get("documentation"), f"{what}: documentation"),
            documents=self._references(fields.get("documents"), f"{what}: documents"),
            code_context=text(code.get("context"), f"{what}: code: context"),
            code=text(code.get("text"), f"{what}: code: text"),
            programs=tuple(program.document for program in programs),
        )

    def _require(
        self, fields: Mapping[str, Node], keys: tuple[str, ...], what: str, node: Node
    ) -> None:
        for key in keys:
            if key not in fields:
                self._reader.report(node.place, f"{what} has no {key}", f"add `{key}: ...`")

    def _references(self, node: Node | None, what: str) -> tuple[DocumentPages, ...]:
        return read_references(node, what, self._documents, self._reader)

    def _read_datasets(self, node: Node | None, what: str) -> Iterator[AnalysedDataset]:
        for name, entry in self._reader.mapping(node, f"{what}: datasets").items():
            assert node
            place = node.place_of(name)
            if name not in self._datasets:
                remedy = suggest(name, self._datasets, "name a submitted analysis dataset")
                self._reader.report(place, f"{what}: no analysis dataset {name!r}", remedy)
                continue
            fields = self._reader.fields(entry, f"{what}: {name}", _DATASET)
            variables = self._reader.texts(fields.get("variables"), f"{what}: {name}: variables")
            self._check_variables(variables, name, what, place)
            yield AnalysedDataset(name, self._where(fields.get("where"), name, what), variables)

    def _check_variables(
        self, variables: Collection[str], dataset: str, what: str, place: str
    ) -> None:
        for variable in variables:
            table, _, name = variable.rpartition(".")
            known = self._datasets.get(table or dataset, ())
            if name not in known:
                problem = f"{what}: {table or dataset} has no variable {name!r}"
                self._reader.report(place, problem, suggest(name, known, "name one of its own"))

    def _where(self, node: Node | None, dataset: str, what: str) -> Where:
        """Read which records were analysed, as define.xml can say it."""
        text = self._reader.text(node, f"{what}: where")
        if node is None or not text.strip():
            return ()
        try:
            condition = parse_condition(text, node.place)
        except SpecError as error:
            self._reader.faults.extend(error.faults)
            return ()
        self._check_variables(condition.names, dataset, what, node.place)
        checks = condition.range_checks()
        if checks is None:
            remedy = "compare variables with values, and join the comparisons with `and`"
            self._reader.report(node.place, f"{what}: define.xml cannot say {text!r}", remedy)
        return checks or ()
