"""Findings for a terminal: place, problem, remedy."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sdtmconv.report.values import count_values
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


def _make_printable(text: str) -> str:
    """Keep what a file says, its variables' names among it, from driving the terminal."""
    return "".join(character if character.isprintable() else "?" for character in text)


def _name_place(group: FindingGroup) -> str:
    return _make_printable(group.place)


def _describe_problem(group: FindingGroup) -> str:
    values = [repr(value) for value, _ in count_values(group, 3)]
    return _make_printable(f"{group.message}: {', '.join(values)}" if values else group.message)


def _measure(group: FindingGroup) -> str:
    return pluralize(len(group), "record") if len(group.values) else "as a whole"


def _write_lines(groups: Sequence[FindingGroup]) -> str:
    return "".join(
        f"{_name_place(group)}: {group.details.severity} {group.rule}, "
        f"{_measure(group)}: {_describe_problem(group)}; {group.details.remedy}\n"
        for group in groups
    )


def _write_table(groups: Sequence[FindingGroup]) -> str:
    table = Table("Severity", "Place", "Count", "Problem", "Remedy", box=None, pad_edge=False)
    table.columns[2].justify = "right"
    for group in groups:
        severity = Text(group.details.severity, _STYLES[group.details.severity])
        problem = Text(_describe_problem(group))
        remedy = Text(group.details.remedy)
        table.add_row(severity, Text(_name_place(group)), f"{len(group):,}", problem, remedy)
    console = Console(file=io.StringIO(), force_terminal=True)
    with console.capture() as captured:
        console.print(table)
    return captured.get()


def findings_as_text(findings: Findings, terminal: bool | None = None) -> str:
    """Write findings for a terminal, one row per problem, at most 40 of them.

    Args:
        findings: What was found.
        terminal: True for a table with colours, False for one line per problem that other
            programs can search; None looks whether standard output is a terminal.

    Returns:
        The text; its last line counts the findings.
    """
    terminal = sys.stdout.isatty() if terminal is None else terminal
    shown = findings.groups[:MOST_PROBLEMS]
    text = _write_table(shown) if terminal and shown else _write_lines(shown)
    hidden = len(findings.groups) - len(shown)
    if hidden:
        text += f"... and {pluralize(hidden, 'more problem')}, see the report\n"
    return text + summarize(findings)
