"""What every report of a validation says, as plain data.

The JSON report is this document:

    format: "sdtmconv validation 1"
    study: name, description, protocol, data_cut
    standards: standard to version
    totals: severity to number of findings
    datasets: one object each: name, label, standard, records, and the number of its findings by
        severity; a dataset without a description has an empty label and standard
    rules: rule id to title, severity, source, remedy and number of findings, 0 included
    problems: one object for all findings with the same rule, dataset, variable and message, errors
        first: rule, severity, dataset, variable, message, count; `columns`, the names of the key
        variables with "value" last; and `records`, one array of texts in that order per finding,
        none where the dataset or the variable as a whole is meant

Keys are sorted and there is no time or path in it: the same data give the same bytes.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection
from typing import Any

from sdtmconv.metadata import StudyMetadata
from sdtmconv.validate import RULES, SEVERITIES, FindingGroup, Findings

FORMAT = "sdtmconv validation 1"

Document = dict[str, Any]


def _describe_datasets(study: StudyMetadata, findings: Findings) -> list[Document]:
    described = {dataset.name: dataset for dataset in study.datasets}
    undescribed = {group.dataset for group in findings.groups} | findings.records.keys()
    names = [*described, *sorted(undescribed - described.keys() - {""})]
    return [
        {
            "name": name,
            "label": described[name].label if name in described else "",
            "standard": described[name].standard if name in described else "",
            "records": findings.records.get(name, 0),
            **{severity: findings.count(severity, name) for severity in SEVERITIES},
        }
        for name in names
    ]


def _describe_rules(findings: Findings) -> Document:
    counts: Counter[str] = Counter()
    for group in findings.groups:
        counts[group.rule] += len(group)
    return {
        rule.id: {
            "title": rule.title,
            "severity": rule.severity,
            "source": rule.source,
            "remedy": rule.remedy,
            "count": counts[rule.id],
        }
        for rule in RULES.values()
    }


def list_records(
    group: FindingGroup, *, without: Collection[str] = (), most: int | None = None
) -> tuple[list[str], list[list[str]]]:
    """List the records of a problem.

    Args:
        group: The problem.
        without: Key variables to leave out.
        most: How many records to list; None lists all.

    Returns:
        The columns (key variables, then "value"), and for each record their texts.
    """
    if not len(group.values):
        return [], []
    names = [name for name in group.keys.columns if name not in without]
    table = group.keys[names].assign(value=group.values.to_numpy()).head(most or len(group))
    return [*names, "value"], table.to_numpy().tolist()


def _describe_problem(group: FindingGroup) -> Document:
    columns, records = list_records(group)
    return {
        "rule": group.rule,
        "severity": group.details.severity,
        "dataset": group.dataset,
        "variable": group.variable,
        "message": group.message,
        "count": len(group),
        "columns": columns,
        "records": records,
    }


def describe_overview(study: StudyMetadata, findings: Findings) -> Document:
    """Describe a validation but for its problems.

    Args:
        study: What was checked.
        findings: What was found.

    Returns:
        The document's parts besides `problems`.
    """
    return {
        "format": FORMAT,
        "study": {
            "name": study.name,
            "description": study.description,
            "protocol": study.protocol,
            "data_cut": study.data_cut,
        },
        "standards": dict(study.versions),
        "totals": {severity: findings.count(severity) for severity in SEVERITIES},
        "datasets": _describe_datasets(study, findings),
        "rules": _describe_rules(findings),
    }


def findings_as_json(study: StudyMetadata, findings: Findings) -> str:
    """Write a validation as JSON, as this module's docstring describes it.

    Args:
        study: What was checked.
        findings: What was found.

    Returns:
        One line of JSON.
    """
    document = describe_overview(study, findings)
    document["problems"] = [_describe_problem(group) for group in findings.groups]
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
