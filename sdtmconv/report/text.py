"""Findings for a terminal: place, problem, remedy."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sdtmconv.report.values import count_values
from sdtmconv.review import Explanation, Problem, Review
from sdtmconv.validate import SEVERITIES, FindingGroup, Findings

MOST_PROBLEMS = 40
_STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan"}


def pluralize(number: int, noun: str) -> str:
    """Word a number of things.

    >>> pluralize(1, "error"), pluralize(1200, "error")
    ('1 error', '1,200 errors')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def summarize(findings: Findings) -> str:
    """Say in one line what was found.

    >>> summarize(Findings([], {"DM": 3}))
    'No findings in 1 dataset with 3 records.'
    """
    datasets = pluralize(len(findings.records), "dataset")
    where = f"in {datasets} with {pluralize(sum(findings.records.values()), 'record')}."
    if not len(findings):
        return f"No findings {where}"
    counts = [(severity, findings.count(severity)) for severity in SEVERITIES]
    found = ", ".join(pluralize(count, severity) for severity, count in counts if count)
    return f"{found} {where}"


def describe_changes(review: Review) -> str:
    """Say what is explained, and what has changed since the last run; empty where nothing is."""
    parts = []
    explained = review.count("explained")
    if explained:
        verb = "is" if explained == 1 else "are"
        parts.append(f"{pluralize(explained, 'finding')} {verb} explained in findings.yaml.")
    if review.compared:
        gone = sum(len(problem.ids) for problem in review.gone)
        counts = {"new": review.count("new"), "reopened": review.count("reopened"), "gone": gone}
        changed = ", ".join(f"{count:,} {state}" for state, count in counts.items() if count)
        if changed:
            parts.append(f"Since the last change: {changed}.")
    return " ".join(parts)


def describe_entry(entry: Explanation) -> str:
    """Say which findings an entry of findings.yaml is about."""
    place = ".".join(filter(None, (entry.dataset, entry.variable)))
    asked = [f"{name} {value}" for name, value in entry.key]
    asked += [repr(text) for text in (entry.value, entry.message) if text]
    return " ".join(filter(None, (entry.rule, place, ", ".join(asked))))


def make_printable(text: str) -> str:
    """Keep what a file says, its variables' names among it, from driving the terminal."""
    return "".join(character if character.isprintable() else "?" for character in text)


def _name_place(group: FindingGroup) -> str:
    return make_printable(group.place)


def _describe_problem(group: FindingGroup) -> str:
    values = [repr(value) for value, _ in count_values(group)[:3]]
    return make_printable(f"{group.message}: {', '.join(values)}" if values else group.message)


def _measure(problem: Problem) -> str:
    if not len(problem.group.values):
        return "as a whole"
    return pluralize(problem.unexplained, "record")


def _write_lines(problems: Sequence[Problem]) -> str:
    return "".join(
        f"{_name_place(group)}: {group.details.severity} {group.rule}, "
        f"{_measure(problem)}: {_describe_problem(group)}; {group.details.remedy}\n"
        for problem in problems
        for group in (problem.group,)
    )


def _write_table(problems: Sequence[Problem]) -> str:
    table = Table("Severity", "Place", "Count", "Problem", "Remedy", box=None, pad_edge=False)
    table.columns[2].justify = "right"
    for problem in problems:
        group = problem.group
        severity = Text(group.details.severity, _STYLES[group.details.severity])
        count = f"{problem.unexplained:,}"
        text = Text(_describe_problem(group))
        table.add_row(severity, Text(_name_place(group)), count, text, Text(group.details.remedy))
    console = Console(file=io.StringIO(), force_terminal=True)
    with console.capture() as captured:
        console.print(table)
    return captured.get()


def review_as_text(review: Review, terminal: bool | None = None) -> str:
    """Write what is left to be done for a terminal, one row per problem, at most 40 of them.

    Args:
        review: What was checked and found.
        terminal: True for a table with colours, False for one line per problem that other
            programs can search; None looks whether standard output is a terminal.

    Returns:
        The text; it ends with the number of findings, and what is explained or has changed.
    """
    terminal = sys.stdout.isatty() if terminal is None else terminal
    left = [problem for problem in review.problems if problem.unexplained]
    shown = left[:MOST_PROBLEMS]
    text = _write_table(shown) if terminal and shown else _write_lines(shown)
    hidden = len(left) - len(shown)
    if hidden:
        text += f"... and {pluralize(hidden, 'more problem')}, see the report\n"
    for entry in review.unmatched:
        text += f"{entry.place}: {describe_entry(entry)}: explains nothing any more; take it out\n"
    return "\n".join(filter(None, (text + summarize(review.findings), describe_changes(review))))
