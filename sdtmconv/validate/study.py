"""All checks of a study, in memory, as a whole or in parts that hold whole subjects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from sdtmconv.metadata import StudyMetadata
from sdtmconv.validate.data import Data
from sdtmconv.validate.findings import FindingGroup, Findings, merge_findings
from sdtmconv.validate.presence import find_presence
from sdtmconv.validate.rule import RULES
from sdtmconv.validate.schema import check_columns


@dataclass(frozen=True, eq=False)
class Part:
    """What the check of some subjects gave.

    Args:
        findings: What was found in their records.
        extracts: By rule and dataset: the distinct values that a rule needs of all subjects.
    """

    findings: Findings
    extracts: Mapping[tuple[str, str], pd.DataFrame]

    def with_groups(self, groups: Iterable[FindingGroup]) -> Part:
        """Add what was found elsewhere about the same subjects."""
        found = Findings([*self.findings.groups, *groups], self.findings.records)
        return replace(self, findings=found)


def validate_part(
    study: StudyMetadata, frames: Mapping[str, pd.DataFrame], *, encoding: str = "utf-8"
) -> Part:
    """Check the records of some subjects; the arguments are those of `validate_study`."""
    data = Data(study, frames)
    for table in list(data.tables.values()):
        for rule, breach in check_columns(table.metadata, table.frame, encoding):
            data.report(RULES[rule], table, breach)
            if rule == "variable-type":
                data.drop(table, breach.variable)
    data.run(rule for rule in RULES.values() if not rule.whole)
    groups = [*find_presence(study, frames), *data.groups]
    records = {name: len(frame) for name, frame in frames.items()}
    return Part(Findings(groups, records), _extract(data))


def _extract(data: Data) -> dict[tuple[str, str], pd.DataFrame]:
    """Take the distinct values that rules over all subjects need."""
    extracts = {}
    for rule in RULES.values():
        for table in data.tables.values() if rule.whole else ():
            names = [name for name in map(table.variable, rule.whole) if name in table.frame]
            if names and rule.concerns(table.kinds):
                extracts[rule.id, table.name] = table.frame[names].drop_duplicates()
    return extracts


def join_parts(study: StudyMetadata, parts: Iterable[Part]) -> Findings:
    """Join the checks of all subjects, and check what only shows over all of them.

    Args:
        study: The study and its datasets.
        parts: What the checks of its parts gave, in the order of their records.

    Returns:
        The findings, as if the study had been checked as a whole.
    """
    parts = list(parts)
    collected: dict[str, dict[str, list[pd.DataFrame]]] = {}
    for part in parts:
        for (rule, dataset), extract in part.extracts.items():
            collected.setdefault(rule, {}).setdefault(dataset, []).append(extract)
    groups = []
    for rule, extracts in collected.items():
        frames = {name: pd.concat(pieces).drop_duplicates() for name, pieces in extracts.items()}
        data = Data(study, frames)
        data.run([RULES[rule]])
        groups += data.groups
    found = merge_findings(part.findings for part in parts)
    return Findings([*found.groups, *groups], found.records)


def validate_study(
    study: StudyMetadata, frames: Mapping[str, pd.DataFrame], *, encoding: str = "utf-8"
) -> Findings:
    """Check datasets against what is known about them.

    Args:
        study: The study and its datasets.
        frames: Name to records, with `str` columns for Char and float columns for Num.
        encoding: Of the transport files, in whose bytes lengths are counted.

    Returns:
        The findings; none for a clean study.
    """
    return join_parts(study, [validate_part(study, frames, encoding=encoding)])
