"""Checks of datasets against what is known about them: findings as data."""

from sdtmconv.validate.core import add_core, merge_core, read_core_report
from sdtmconv.validate.findings import Finding, FindingGroup, Findings, merge_findings
from sdtmconv.validate.folder import validate_folder
from sdtmconv.validate.rule import RULES, SEVERITIES, Rule, Severity
from sdtmconv.validate.rules import FAMILIES
from sdtmconv.validate.rules.submission import OF_PACKAGES
from sdtmconv.validate.schema import build_schema
from sdtmconv.validate.skipped import WITHOUT_RAW, explain_skipped
from sdtmconv.validate.study import Part, join_parts, validate_part, validate_study

__all__ = [
    "FAMILIES",
    "OF_PACKAGES",
    "RULES",
    "SEVERITIES",
    "WITHOUT_RAW",
    "Finding",
    "FindingGroup",
    "Findings",
    "Part",
    "Rule",
    "Severity",
    "add_core",
    "build_schema",
    "explain_skipped",
    "join_parts",
    "merge_core",
    "merge_findings",
    "read_core_report",
    "validate_folder",
    "validate_part",
    "validate_study",
]
