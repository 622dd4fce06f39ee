"""What a compiled study says: plain, frozen and picklable, so that workers can run it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from sdtmconv.conditions import Condition
from sdtmconv.metadata import Codelist, DatasetMetadata, Standard, VariableMetadata


@dataclass(frozen=True)
class Own:
    """A variable of the dataset that is being built."""

    variable: str


@dataclass(frozen=True)
class Source:
    """A column of the record that a source or a joined form delivers."""

    column: str


@dataclass(frozen=True)
class Other:
    """A column of another dataset or raw form, found by subject."""

    table: str
    column: str


Reference = Own | Source | Other


@dataclass(frozen=True)
class Rule:
    """One way to give a variable its value.

    Args:
        keyword: The derivation.
        arguments: By parameter: a Reference, a tuple of them, a BoundCondition or a plain value.
        where: Records that the rule is for.
        among: For a rule about other records: those that count.
        text: The rule as the spec writes it, for methods and explanations.
        place: file:line.
    """

    keyword: str
    arguments: Mapping[str, Any]
    where: BoundCondition | None
    among: BoundCondition | None
    text: str
    place: str

    def references(self) -> Iterator[Reference]:
        """Give every column that the rule reads."""
        for argument in self.arguments.values():
            for item in argument if isinstance(argument, tuple) else (argument,):
                if isinstance(item, Own | Source | Other):
                    yield item
                elif isinstance(item, BoundCondition):
                    yield from item.columns.values()
        for condition in (self.where, self.among):
            if condition:
                yield from condition.columns.values()


@dataclass(frozen=True)
class BoundCondition:
    """A condition and what its names refer to."""

    condition: Condition
    columns: Mapping[str, Reference]


@dataclass(frozen=True)
class StudyCodelist:
    """How collected values become submission values.

    Args:
        name: Name in specs.
        codelist: The values allowed in the data; None where any value is.
        collected: Collected value to submission value, as the study says it.
        keeps_numbers: True where a measured result (5.7, <0.5) is itself.
        keeps_ascii: True where a value without a submission value is itself, if it is plain ASCII.
        place: file:line, or empty for a standard codelist that the study adds nothing to.
    """

    name: str
    codelist: Codelist | None
    collected: Mapping[str, str]
    place: str = ""
    keeps_ascii: bool = False
    keeps_numbers: bool = False


@dataclass(frozen=True)
class Supplemental:
    """What a variable needs to stand in SUPP-- rather than in its domain."""

    evaluator: str = ""
    origin: str = "CRF"


@dataclass(frozen=True)
class VariableSpec:
    """Where one variable's values come from: the first rule that gives a value decides."""

    name: str
    rules: tuple[Rule, ...]
    codelist: StudyCodelist | None
    metadata: VariableMetadata
    place: str
    supplemental: Supplemental | None = None
    intermediate: bool = False

    @property
    def in_dataset(self) -> bool:
        """False for what stands in SUPP--, and for what only other rules use."""
        return self.supplemental is None and not self.intermediate

    def references(self) -> Iterator[Reference]:
        for rule in self.rules:
            yield from rule.references()


@dataclass(frozen=True)
class Join:
    """A second form whose columns stand beside a source's, matched on shared key columns."""

    form: str
    keys: tuple[tuple[str, str], ...]
    place: str


@dataclass(frozen=True)
class SourceSpec:
    """One stream of records that a dataset stacks.

    Args:
        name: Name in the spec; the table's own where there is only one.
        table: Raw form or dataset that delivers the records.
        where: The records taken.
        joins: Forms whose columns are added.
        test: --TESTCD, for a findings record made of some columns of a wide record.
        variables: Rules that hold for this stream only.
        kept_by: Variables of which one must have a value for a record to be made.
        literal: Column to values, for records that stand in the spec itself.
        place: file:line.
    """

    name: str
    table: str
    where: BoundCondition | None = None
    joins: tuple[Join, ...] = ()
    test: str = ""
    variables: Mapping[str, VariableSpec] = field(default_factory=dict)
    kept_by: tuple[str, ...] = ()
    literal: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    place: str = ""


def order_kept_by(source: SourceSpec, shared: Mapping[str, VariableSpec]) -> tuple[str, ...]:
    """Order the variables that say which records of a source are made.

    Args:
        source: The source.
        shared: The dataset's own variables.

    Returns:
        `kept_by` and the variables that it is made from, each after those it needs.

    Raises:
        CycleError: They are made from each other.
    """
    graph: dict[str, list[str]] = {}
    open_names = list(source.kept_by)
    while open_names:
        name = open_names.pop()
        if name not in graph:
            statement = source.variables.get(name) or shared.get(name)
            references = statement.references() if statement else ()
            graph[name] = [r.variable for r in references if isinstance(r, Own)]
            open_names += graph[name]
    return tuple(TopologicalSorter(graph).static_order())


@dataclass(frozen=True)
class DatasetSpec:
    """One dataset: its records, its variables, and its description without the data's lengths.

    `supplemental` describes SUPP--; whether there is one depends on the spec and the data.
    """

    name: str
    standard: Standard
    sources: tuple[SourceSpec, ...]
    variables: Mapping[str, VariableSpec]
    metadata: DatasetMetadata
    supplemental: DatasetMetadata | None
    place: str

    def rules_of(self, variable: str) -> Iterator[VariableSpec]:
        """Give every statement about a variable: the dataset's and those of single sources."""
        if variable in self.variables:
            yield self.variables[variable]
        for source in self.sources:
            if variable in source.variables:
                yield source.variables[variable]

    def described(self, variable: str) -> VariableSpec:
        """Give the statement that describes a variable: the dataset's, or else the first one."""
        return next(self.rules_of(variable))

    @property
    def variable_names(self) -> tuple[str, ...]:
        names = dict.fromkeys(self.variables)
        for source in self.sources:
            names.update(dict.fromkeys(source.variables))
        return tuple(names)


@dataclass(frozen=True)
class FormSpec:
    """One raw file: where it is and which column tells the subject.

    Args:
        name: Name in specs.
        file: Path below the raw folder.
        subject: Column with the subject's identifier.
        collected_by: Origin source for define.xml: Investigator, Subject, Sponsor or Vendor.
        format, encoding, delimiter, sheet, header_row: As the readers take them; empty: detected.
        not_submitted: Column to the reason why no dataset holds it.
        unique_by: Columns by which a subject's records are known; of equal ones the first counts.
        place: file:line.
    """

    name: str
    file: str
    subject: str
    collected_by: str = "Investigator"
    format: str = ""
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header_row: int = 1
    not_submitted: Mapping[str, str] = field(default_factory=dict)
    unique_by: tuple[str, ...] = ()
    place: str = ""


@dataclass(frozen=True)
class StudySpec:
    """A whole study, compiled.

    Args:
        folder: Where the specs are.
        name: STUDYID.
        description, protocol: For define.xml.
        versions: Standard to version.
        data_cut: ISO 8601 date; the time stamp of all outputs.
        raw_folder: Where the raw files are, unless a build says otherwise.
        usubjid: Template of USUBJID with {study} and {subject}.
        forms: Raw files by name.
        datasets: By name, in the order of the outputs.
        functions: The study's derivations.py, if it has one.
    """

    folder: Path
    name: str
    description: str
    protocol: str
    versions: Mapping[str, str]
    data_cut: str
    raw_folder: Path
    usubjid: str
    forms: Mapping[str, FormSpec]
    datasets: Mapping[str, DatasetSpec]
    functions: Path | None = None
