"""Problems as the page of a validation embeds them: each text once, records as numbers of texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sdtmconv.report.pages import limit_records
from sdtmconv.report.values import count_values
from sdtmconv.review import STATES, Problem, Review
from sdtmconv.validate import FindingGroup

MOST_VALUES = 6
MOST_SUBJECTS = 3
_CONSTANT = ("STUDYID",)
_SUBJECT = "USUBJID"


def embed_problems(review: Review) -> dict[str, Any]:
    """Describe a review's problems for the page's script.

    Args:
        review: What was checked and found.

    Returns:
        `texts`, and `problems`, whose `records` hold for each column the numbers of its texts,
        whose `states` has the number of each record's state and whose `explained_by` the number of
        its entry in findings.yaml.
    """
    numbers: dict[str, int] = {}
    limit = limit_records([problem.count() for problem in review.problems])
    problems = [_embed_problem(problem, limit, numbers) for problem in review.problems]
    return {"texts": list(numbers), "problems": problems}


def _embed_problem(problem: Problem, limit: int, numbers: dict[str, int]) -> dict[str, Any]:
    group = problem.group
    columns = [name for name in group.keys.columns if name not in _CONSTANT]
    shown = [*(group.keys[name] for name in columns), group.values]
    counted = count_values(group)
    return {
        "rule": group.rule,
        "severity": group.details.severity,
        "dataset": group.dataset,
        "variable": group.variable,
        "place": group.place,
        "message": group.message,
        "count": len(group),
        "frequent": counted[:MOST_VALUES],
        "others": max(0, len(counted) - MOST_VALUES),
        "subjects": _count_subjects(group),
        "columns": [*columns, group.variable or "value"] if len(group.values) else [],
        "records": [_number(column.head(limit).tolist(), numbers) for column in shown]
        if len(group.values)
        else [],
        "states": [STATES.index(state) for state in problem.states[:limit].tolist()],
        "explained_by": problem.explained_by[:limit].tolist()
        if (problem.explained_by >= 0).any()
        else [],
    }


def _number(texts: Sequence[str], numbers: dict[str, int]) -> list[int]:
    return [numbers.setdefault(text, len(numbers)) for text in texts]


def _count_subjects(group: FindingGroup) -> dict[str, Any]:
    """Say how many subjects are concerned, and which where they are few."""
    if _SUBJECT not in group.keys:
        return {"count": 0, "names": []}
    names = group.keys[_SUBJECT].unique().tolist()
    return {"count": len(names), "names": sorted(names) if len(names) <= MOST_SUBJECTS else []}
