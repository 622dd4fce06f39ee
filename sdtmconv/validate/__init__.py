"""Checks of datasets against what is known about them: findings as data."""

from sdtmconv.validate.findings import Finding, FindingGroup, Findings, merge_findings
from sdtmconv.validate.folder import validate_folder
from sdtmconv.validate.rules import RULES, SEVERITIES, Rule, Severity
from sdtmconv.validate.schema import build_schema
from sdtmconv.validate.study import validate_study

__all__ = [
    "RULES",
    "SEVERITIES",
    "Finding",
    "FindingGroup",
    "Findings",
    "Rule",
    "Severity",
    "build_schema",
    "merge_findings",
    "validate_folder",
    "validate_study",
]
