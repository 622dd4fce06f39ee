"""What a compiled study says: plain, frozen and picklable, so that workers can run it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from sdtmconv.analyses import ResultDisplay
from sdtmconv.conditions import Condition
from sdtmconv.errors import Fault
from sdtmconv.expressions import Expression
from sdtmconv.metadata import (
    Codelist,
    DatasetMetadata,
    Document,
    Standard,
    StudyMetadata,
    VariableMetadata,
)


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
class Descending:
    """A column of an order, by which the largest value comes first."""

    reference: Reference


@dataclass(frozen=True)
class Match:
    """A column that a record and the other records that count for it have in common."""

    own: Reference
    other: Other


@dataclass(frozen=True)
class Rule:
    """One way to give a variable its value.

    Args:
        keyword: The derivation.
        arguments: By parameter: a Reference, a tuple of them, a BoundCondition, a
            BoundExpression or a plain value.
        where: Records that the rule is for.
        among: For a rule about other records: those that count.
        text: The rule as the spec writes it, for methods and explanations.
        place: file:line.
        match: For a rule about other records: what they have in common with the record.
        related: For a rule about other records: what holds of the record and of each of them.
    """

    keyword: str
    arguments: Mapping[str, Any]
    where: BoundCondition | None
    among: BoundCondition | None
    text: str
    place: str
    match: tuple[Match, ...] = ()
    related: BoundCondition | None = None

    def references(self) -> Iterator[Reference]:
        """Give every column that the rule reads."""
        for argument in self.arguments.values():
            for item in argument if isinstance(argument, tuple) else (argument,):
                if isinstance(item, Own | Source | Other):
                    yield item
                elif isinstance(item, Descending):
                    yield item.reference
                elif isinstance(item, BoundCondition | BoundExpression):
                    yield from item.columns.values()
        for match in self.match:
            yield from (match.own, match.other)
        for condition in (self.where, self.among, self.related):
            if condition:
                yield from condition.columns.values()


@dataclass(frozen=True)
class BoundCondition:
    """A condition and what its names refer to."""

    condition: Condition
    columns: Mapping[str, Reference]


@dataclass(frozen=True)
class BoundExpression:
    """An arithmetic expression and what its names refer to."""

    expression: Expression
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
    """Where one variable's values come from: the first rule that gives a value decides.

    One that is unmapped is described, and the study does not know yet where its values come from.
    """

    name: str
    rules: tuple[Rule, ...]
    codelist: StudyCodelist | None
    metadata: VariableMetadata
    place: str
    supplemental: Supplemental | None = None
    intermediate: bool = False
    unmapped: bool = False

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
class Selection:
    """Which one record is kept of a subject, or of each group of a subject's records.

    Args:
        by: Columns that tell the groups apart; empty for one record per subject.
        order: Columns that put a group's records in order.
        last: True to keep the last one, rather than the first.
        ties: "error", or "first" to settle a tie by the order of the source.
        place: file:line.
    """

    by: tuple[Reference, ...]
    order: tuple[Reference | Descending, ...]
    last: bool
    ties: str
    place: str

    def references(self) -> Iterator[Reference]:
        for item in (*self.by, *self.order):
            yield item.reference if isinstance(item, Descending) else item

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables of the dataset that it takes."""
        return tuple(r.variable for r in self.references() if isinstance(r, Own))


@dataclass(frozen=True)
class Repeat:
    """Which columns of a source tell the doses that each of its records stands for.

    Args:
        start: First dose of the interval.
        end: End of the interval.
        frequency: How often a dose is given.
        place: file:line.
    """

    start: str
    end: str
    frequency: str
    place: str

    def references(self) -> Iterator[Source]:
        yield from map(Source, (self.start, self.end, self.frequency))


@dataclass(frozen=True)
class SourceSpec:
    """One stream of records that a dataset stacks.

    Args:
        name: Name in the spec; the table's own where there is only one.
        table: Raw form or dataset that delivers the records.
        where: The records taken.
        joins: Forms whose columns are added.
        test: --TESTCD or PARAMCD, where the stream is that of one test or parameter.
        variables: Rules that hold for this stream only.
        kept_by: Variables of which one must have a value for a record to be made.
        selection: The one record that is kept of several.
        repeat: Makes one record per dose of an interval.
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
    selection: Selection | None = None
    repeat: Repeat | None = None


def _order_by_need(
    names: Iterable[str], statements: Callable[[str], Iterable[VariableSpec]]
) -> tuple[str, ...]:
    graph: dict[str, list[str]] = {}
    open_names = list(names)
    while open_names:
        name = open_names.pop()
        if name not in graph:
            references = [r for statement in statements(name) for r in statement.references()]
            graph[name] = [r.variable for r in references if isinstance(r, Own)]
            open_names += graph[name]
    return tuple(TopologicalSorter(graph).static_order())


def order_deciding(source: SourceSpec, shared: Mapping[str, VariableSpec]) -> tuple[str, ...]:
    """Order the variables that decide which records of a source are made.

    Args:
        source: The source.
        shared: The dataset's own variables.

    Returns:
        What `kept_by` and `selection` name and the variables that this is made from, each after
        those it needs.

    Raises:
        CycleError: They are made from each other.
    """

    def statements(name: str) -> Iterator[VariableSpec]:
        statement = source.variables.get(name) or shared.get(name)
        if statement:
            yield statement

    chosen = source.selection.variables if source.selection else ()
    return _order_by_need((*source.kept_by, *chosen), statements)


@dataclass(frozen=True)
class DatasetSpec:
    """One dataset: its records, its variables, and its description without the data's lengths.

    `supplemental` describes SUPP--; whether there is one depends on the spec and the data.
    `selection` keeps one of several records of all sources. A dataset that is not submitted is
    there for other datasets to be made from.
    """

    name: str
    standard: Standard
    sources: tuple[SourceSpec, ...]
    variables: Mapping[str, VariableSpec]
    metadata: DatasetMetadata
    supplemental: DatasetMetadata | None
    place: str
    selection: Selection | None = None
    submitted: bool = True

    def rules_of(self, variable: str) -> Iterator[VariableSpec]:
        """Give every statement about a variable: the dataset's and those of single sources."""
        if variable in self.variables:
            yield self.variables[variable]
        for source in self.sources:
            if variable in source.variables:
                yield source.variables[variable]

    @property
    def deciding(self) -> tuple[str, ...]:
        """The variables that `selection` is made from, each after those it needs.

        Raises:
            CycleError: They are made from each other.
        """
        names = self.selection.variables if self.selection else ()
        return _order_by_need(names, self.rules_of)

    def described(self, variable: str) -> VariableSpec:
        """Give the statement that describes a variable: the dataset's, or else the first one."""
        return next(self.rules_of(variable))

    @property
    def unmapped(self) -> tuple[str, ...]:
        """The variables that are described and not mapped."""
        return tuple(
            name
            for name in self.variable_names
            if any(statement.unmapped for statement in self.rules_of(name))
        )

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
        finished: True for an SDTM dataset that was built elsewhere: it knows USUBJID and types, and
            its supplemental qualifiers are columns beside its own.
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
    finished: bool = False


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
        documents: Files that define.xml refers to.
        displays: Results that are made from the analysis datasets.
        translations: Other language to the study's texts in it, by the English ones.
        warnings: What a build does without, and a submission does not.
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
    documents: tuple[Document, ...] = ()
    displays: tuple[ResultDisplay, ...] = ()
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    warnings: tuple[Fault, ...] = ()

    def make_usubjid(self, subject: str) -> str:
        """Give the USUBJID of a subject, as raw files name them."""
        return self.usubjid.format(study=self.name, subject=subject)

    def find_subject(self, usubjid: str) -> str:
        """Give the subject of a USUBJID, as raw files name them."""
        before, after = self.make_usubjid("\0").split("\0")
        return usubjid.removeprefix(before).removesuffix(after)


def describe_study(study: StudySpec, datasets: tuple[DatasetMetadata, ...]) -> StudyMetadata:
    """Put what all outputs share beside the datasets' descriptions."""
    return StudyMetadata(
        name=study.name,
        description=study.description,
        protocol=study.protocol,
        versions=dict(study.versions),
        data_cut=study.data_cut,
        datasets=datasets,
        documents=study.documents,
        displays=study.displays,
        translations=study.translations,
    )
