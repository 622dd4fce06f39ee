"""The last run, read from its JSON report."""

from __future__ import annotations

import json
from pathlib import Path

from sdtmconv.report.document import FORMAT, Document
from sdtmconv.review import Gone, LastRun, State


def read_last_run(path: Path) -> LastRun | None:
    """Read what a run found from its validation.json.

    Args:
        path: The report.

    Returns:
        The run; None where there is no such report, or one of another release or hand.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        return None
    try:
        return _read_run(document)
    except (AttributeError, KeyError, TypeError, ValueError):  # somebody has edited the report
        return None


def _read_run(document: Document) -> LastRun:
    return LastRun(
        states=_read_states(document),
        problems=tuple(map(_read_problem, document["problems"])),
        gone=tuple(map(_read_problem, document["gone"])),
        resolved=frozenset(document["resolved"]),
        skipped=frozenset(id_ for id_, rule in document["rules"].items() if rule["skipped"]),
        compared=document["compared"],
        part=document["part"],
    )


def _read_states(document: Document) -> dict[str, State]:
    """Take the state of each identity; of records that share one, any that is not explained."""
    states: dict[str, State] = {}
    for problem in document["problems"]:
        for id_, state in zip(problem["ids"], problem["states"], strict=True):
            if state != "explained" or id_ not in states:
                states[id_] = state
    return states


def _read_problem(problem: Document) -> Gone:
    names = ("rule", "severity", "dataset", "variable", "message")
    records = tuple(map(tuple, problem["records"]))
    ids = tuple(problem["ids"])
    if len(ids) != max(1, len(records)):
        raise ValueError("a record has no identity")
    texts = {name: problem[name] for name in names}
    return Gone(**texts, columns=tuple(problem["columns"]), records=records, ids=ids)
