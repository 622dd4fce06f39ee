"""What every report of a validation says, as plain data.

The JSON report is this document:

    format: "sdtmconv validation 2"
    study: name, description, protocol, data_cut
    standards: standard to version
    described_by: what says, beside the standards, how the datasets have to be: specs, define.xml
    part: true where only some of the study's datasets were checked
    compared: true where there was a last run to compare with
    totals: severity to number of findings
    states: state (new, reopened, open, explained) to severity to number of findings
    datasets: one object each: name, label, class, standard, records, and the number of its findings
        by severity; a dataset without a description has empty texts
    rules: rule id to title, severity, source, remedy, number of findings, 0 included, and skipped:
        why it was not checked, empty where it was
    explanations: the entries of findings.yaml: place, rule, dataset, variable, message, value, key,
        explanation, owner, decision, and matched: false for one that is about nothing any more
    problems: one object for all findings with the same rule, dataset, variable and message, errors
        first: rule, severity, dataset, variable, message, count; `columns`, the names of the key
        variables with "value" last; and `records`, one array of texts in that order per finding,
        none where the dataset or the variable as a whole is meant. For each finding, in the same
        order, `ids` has its identity, `states` its state, and `explained_by` the number of the
        entry of `explanations` about it, -1 for none
    gone: what the last run found and this one did not, as `problems` but for states
    resolved: the identities of all findings that were there once and are gone

Keys are sorted and there is no time or path in it: the same data, explanations and last report give
the same bytes.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from typing import Any

from sdtmconv.review import STATES, Gone, Problem, Review
from sdtmconv.validate import RULES, SEVERITIES, FindingGroup

FORMAT = "sdtmconv validation 2"

Document = dict[str, Any]


def _describe_datasets(review: Review) -> list[Document]:
    findings = review.findings
    described = {dataset.name: dataset for dataset in review.study.datasets}
    undescribed = {group.dataset for group in findings.groups} | findings.records.keys()
    names = [*described, *sorted(undescribed - described.keys() - {""})]
    return [
        {
            "name": name,
            "label": described[name].label if name in described else "",
            "class": described[name].class_ if name in described else "",
            "standard": described[name].standard if name in described else "",
            "records": findings.records.get(name, 0),
            **{severity: findings.count(severity, name) for severity in SEVERITIES},
        }
        for name in names
    ]


def _describe_rules(review: Review) -> Document:
    counts: Counter[str] = Counter()
    for group in review.findings.groups:
        counts[group.rule] += len(group)
    return {
        rule.id: {
            "title": rule.title,
            "severity": rule.severity,
            "source": rule.source,
            "remedy": rule.remedy,
            "count": counts[rule.id],
            "skipped": review.skipped.get(rule.id, ""),
        }
        for rule in RULES.values()
    }


def _list_records(group: FindingGroup) -> tuple[list[str], list[list[str]]]:
    """Give the columns (key variables, then "value"), and for each record their texts."""
    if not len(group.values):
        return [], []
    names = list(group.keys.columns)
    columns = [*(group.keys[name].tolist() for name in names), group.values.tolist()]
    return [*names, "value"], [list(record) for record in zip(*columns, strict=True)]


def _describe_problem(problem: Problem) -> Document:
    group = problem.group
    columns, records = _list_records(group)
    return {
        "rule": group.rule,
        "severity": group.details.severity,
        "dataset": group.dataset,
        "variable": group.variable,
        "message": group.message,
        "count": len(group),
        "columns": columns,
        "records": records,
        "ids": list(problem.ids),
        "states": problem.states.tolist(),
        "explained_by": problem.explained_by.tolist(),
    }


def _describe_gone(gone: Gone) -> Document:
    return {**asdict(gone), "count": len(gone.ids)}


def _describe_explanations(review: Review) -> list[Document]:
    return [
        {**asdict(entry), "key": dict(entry.key), "matched": entry not in review.unmatched}
        for entry in review.explanations
    ]


def describe_overview(review: Review) -> Document:
    """Describe a validation but for its problems.

    Args:
        review: What was checked and found.

    Returns:
        The document's parts besides `problems`, `gone` and `resolved`.
    """
    study = review.study
    return {
        "format": FORMAT,
        "study": {
            "name": study.name,
            "description": study.description,
            "protocol": study.protocol,
            "data_cut": study.data_cut,
        },
        "standards": dict(study.versions),
        "described_by": list(review.described_by),
        "part": review.part,
        "compared": review.compared,
        "totals": {severity: review.findings.count(severity) for severity in SEVERITIES},
        "states": {
            state: {severity: review.count(state, severity=severity) for severity in SEVERITIES}
            for state in STATES
        },
        "datasets": _describe_datasets(review),
        "rules": _describe_rules(review),
        "explanations": _describe_explanations(review),
    }


def review_as_json(review: Review) -> str:
    """Write a validation as JSON, as this module's docstring describes it.

    Args:
        review: What was checked and found.

    Returns:
        One line of JSON.
    """
    document = describe_overview(review)
    document["problems"] = [_describe_problem(problem) for problem in review.problems]
    document["gone"] = [_describe_gone(gone) for gone in review.gone]
    document["resolved"] = sorted(review.resolved)
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
