"""A validation as an Excel workbook, with the sheets that readers of Pinnacle 21 reports know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sdtmconv.report.document import Document, describe_overview
from sdtmconv.report.text import describe_changes, summarize
from sdtmconv.review import STATES, Problem, Review
from sdtmconv.workbook import MOST_CHARACTERS, MOST_ROWS, Cell, Column, Sheet, write_workbook

Row = Sequence[Cell]

_MOST_DETAILS = MOST_ROWS - 2
_PROBLEM = (Column("Rule", 22), Column("Severity", 10), Column("Dataset", 10))


def write_review_workbook(path: Path, review: Review) -> None:
    """Write the workbook: Dataset Summary, Issue Summary, Details, Explanations, Rules, Study.

    Args:
        path: The file, .xlsx.
        review: What was checked and found.

    Raises:
        DataError: The file cannot be written.
    """
    overview = describe_overview(review)
    sheets = [
        Sheet("Dataset Summary", _DATASETS, _list_datasets(overview)),
        Sheet("Issue Summary", _ISSUES, map(_summarize_issue, review.problems)),
        Sheet("Details", _DETAILS, _cut(_list_details(review))),
        Sheet("Gone", _GONE, _cut(_list_gone(review))),
        Sheet("Explanations", _EXPLANATIONS, _list_explanations(overview)),
        Sheet("Rules", _RULES, _list_rules(overview)),
        Sheet("Study", (Column("About", 24), Column("", 90)), _list_facts(review, overview)),
    ]
    write_workbook(path, sheets)


_DATASETS = (
    Column("Dataset", 10),
    Column("Label", 40),
    Column("Class", 24),
    Column("Standard", 10),
    Column("Records", 10),
    Column("Errors", 10),
    Column("Warnings", 10),
    Column("Notes", 10),
)


def _list_datasets(overview: Document) -> Iterator[Row]:
    names = ("name", "label", "class", "standard", "records", "error", "warning", "note")
    for dataset in overview["datasets"]:
        yield [dataset[name] for name in names]


_ISSUES = (
    *_PROBLEM,
    Column("Variable", 12),
    Column("Message", 60),
    Column("Found", 10),
    Column("New", 8),
    Column("Reopened", 10),
    Column("Open", 8),
    Column("Explained", 10),
    Column("Source", 40),
    Column("What to do", 60),
)


def _name_problem(problem: Problem) -> list[Cell]:
    group = problem.group
    return [group.rule, group.details.severity, group.dataset, group.variable, group.message]


def _summarize_issue(problem: Problem) -> Row:
    counts = [problem.count(state) for state in STATES]
    rule = problem.group.details
    return [*_name_problem(problem), problem.count(), *counts, rule.source, rule.remedy]


_DETAILS = (
    *_PROBLEM,
    Column("Variable", 12),
    Column("Message", 50),
    Column("Key", 50),
    Column("Value", 24),
    Column("State", 10),
    Column("Explanation", 50),
    Column("Owner", 16),
    Column("Decision", 10),
    Column("Identity", 18),
)


def _list_details(review: Review) -> Iterator[Row]:
    for problem in review.problems:
        named = _name_problem(problem)
        numbers = problem.explained_by.tolist()
        records = _list_keys(problem)
        for (key, value), state, number, id_ in zip(
            records, problem.states.tolist(), numbers, problem.ids, strict=True
        ):
            said: list[Cell] = [None, None, None]
            if number >= 0:
                entry = review.explanations[number]
                said = [_shorten(entry.explanation), entry.owner, entry.decision]
            yield [*named, _shorten(key), _shorten(value), state, *said, id_]


def _list_keys(problem: Problem) -> list[tuple[str, str]]:
    """Give key and value of each finding."""
    group = problem.group
    if not len(group.values):
        return [("", "")]
    names = list(map(str, group.keys.columns))
    columns = [group.keys[name].tolist() for name in names]
    keys = [_join_key(names, row) for row in zip(*columns, strict=True)] or [""] * len(group)
    return list(zip(keys, group.values.tolist(), strict=True))


def _join_key(names: Sequence[str], texts: Sequence[str]) -> str:
    pairs = zip(names, texts, strict=True)
    return ", ".join(f"{name} {text}" for name, text in pairs if text and name != "STUDYID")


_GONE = (
    *_PROBLEM,
    Column("Variable", 12),
    Column("Message", 50),
    Column("Key", 50),
    Column("Value"),
)


def _list_gone(review: Review) -> Iterator[Row]:
    for gone in review.gone:
        for record in gone.records or [()]:
            key = _join_key(gone.columns[:-1], record[:-1])
            value = record[-1] if record else ""
            place = [gone.rule, gone.severity, gone.dataset, gone.variable, gone.message]
            yield [*place, _shorten(key), _shorten(value)]


_EXPLANATIONS = (
    Column("Place", 18),
    Column("Rule", 22),
    Column("Dataset", 10),
    Column("Variable", 12),
    Column("Message", 40),
    Column("Value", 20),
    Column("Key", 40),
    Column("Explanation", 70),
    Column("Owner", 20),
    Column("Decision", 10),
    Column("Matches", 10),
)


def _list_explanations(overview: Document) -> Iterator[Row]:
    for entry in overview["explanations"]:
        asked = [entry[name] for name in ("place", "rule", "dataset", "variable")]
        key = ", ".join(f"{name} {value}" for name, value in entry["key"].items())
        matches = "yes" if entry["matched"] else "nothing any more"
        said = [_shorten(entry["explanation"]), entry["owner"], entry["decision"], matches]
        yield [*asked, entry["message"], entry["value"], key, *said]


_RULES = (
    Column("Rule", 22),
    Column("Severity", 10),
    Column("What has to hold", 60),
    Column("Source", 50),
    Column("What to do", 70),
    Column("Found", 10),
    Column("Not checked", 40),
)


def _list_rules(overview: Document) -> Iterator[Row]:
    for id_, rule in overview["rules"].items():
        facts = [rule[name] for name in ("severity", "title", "source", "remedy", "count")]
        yield [id_, *facts, rule["skipped"]]


def _list_facts(review: Review, overview: Document) -> Iterator[Row]:
    for name, text in overview["study"].items():
        yield [name.replace("_", " ").capitalize(), text]
    yield from ([name, version] for name, version in sorted(overview["standards"].items()))
    yield ["Described by", ", ".join(overview["described_by"])]
    yield ["Result", summarize(review.findings)]
    yield ["Changes", describe_changes(review)]


def _shorten(text: str) -> str:
    """Keep a text within what a cell holds; the JSON report has all of it."""
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 3] + "..."


def _cut(rows: Iterable[Row]) -> Iterator[Row]:
    """Keep to what a sheet holds, and say so in its last row."""
    for number, row in enumerate(rows):
        if number == _MOST_DETAILS:
            yield ["Excel holds no more rows; validation.json has all."] + [None] * (len(row) - 1)
            return
        yield row
