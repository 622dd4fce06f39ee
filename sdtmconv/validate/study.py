"""All checks of a study, in memory, as a whole or in parts that hold whole subjects."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sdtmconv.distinct import number_rows, tell_apart
from sdtmconv.metadata import StudyMetadata
from sdtmconv.validate.data import Data
from sdtmconv.validate.dictionaries import find_dictionaries
from sdtmconv.validate.findings import (
    FindingGroup,
    Findings,
    merge_findings,
    write_values,
)
from sdtmconv.validate.pairs import RECORDS
from sdtmconv.validate.presence import find_presence
from sdtmconv.validate.rule import RULES, Rule
from sdtmconv.validate.schema import check_columns
from sdtmconv.validate.tables import Table

Extracts = dict[tuple[str, str], pd.DataFrame]


@dataclass(frozen=True, eq=False)
class Part:
    """What the check of some subjects gave.

    Args:
        findings: What was found in their records.
        extracts: By rule and dataset: the distinct values that a rule needs of all subjects.
    """

    findings: Findings
    extracts: Extracts

    def with_groups(self, groups: Iterable[FindingGroup]) -> Part:
        """Add what was found elsewhere about the same subjects."""
        found = Findings([*self.findings.groups, *groups], self.findings.records)
        return replace(self, findings=found)


def validate_part(
    study: StudyMetadata, frames: Mapping[str, pd.DataFrame], *, encoding: str = "utf-8"
) -> Part:
    """Check the records of some subjects; the arguments are those of `validate_study`."""
    tell_apart(frame[name] for frame in frames.values() for name in _name_texts(frame))
    data = Data(study, frames)
    report_columns(data, list(data.tables.values()), encoding)
    data.run(rule for rule in RULES.values() if not rule.whole)
    groups = [*find_presence(study, frames), *data.groups]
    records = {name: len(frame) for name, frame in frames.items()}
    return Part(Findings(groups, records), extract(data))


def _name_texts(frame: pd.DataFrame) -> list[str]:
    return frame.select_dtypes("str").columns.tolist()


def report_columns(data: Data, tables: Iterable[Table], encoding: str) -> None:
    """Report what is wrong with single columns; one of the wrong type is not looked at again."""
    for table in tables:
        for rule, breach in check_columns(table.metadata, table.frame, encoding):
            data.report(RULES[rule], table, breach)
            if rule == "variable-type":
                data.drop(table, breach.variable)


def extract(data: Data, only: Collection[str] | None = None) -> Extracts:
    """Take the distinct values that rules over all subjects need, from all or some datasets."""
    extracts: Extracts = {}
    for rule in [rule for rule in RULES.values() if rule.whole]:
        for name, table in data.tables.items():
            names = [n for n in map(table.variable, rule.whole) if n in table.frame]
            if names and rule.concerns(table.kinds) and (only is None or name in only):
                extracts[rule.id, name] = _count(table.frame[names])
    return extracts


def _count(frame: pd.DataFrame, records: pd.Series | None = None) -> pd.DataFrame:
    """Add up the records of equal rows, one each unless stated, in the order they first come."""
    numbers, firsts = number_rows([frame[name] for name in frame])
    counts = np.bincount(numbers, records).astype(np.int64)
    return frame.iloc[firsts].reset_index(drop=True).assign(**{RECORDS: counts})


def _join(pieces: list[pd.DataFrame]) -> pd.DataFrame:
    """Add up the rows of several parts; those of one part are distinct already."""
    if len(pieces) == 1:
        return pieces[0]
    rows = pd.concat(pieces, ignore_index=True)
    return _count(rows.drop(columns=RECORDS), rows[RECORDS])


def check_whole(
    study: StudyMetadata,
    rule: Rule,
    extracts: Mapping[str, pd.DataFrame],
    found: Iterable[FindingGroup],
    only: Collection[str] | None = None,
) -> list[FindingGroup]:
    """Ask a rule about the values of all subjects.

    Args:
        study: The study and its datasets.
        rule: The rule.
        extracts: By dataset: the distinct values that it needs.
        found: What other rules of this kind found; these values are unknown to it.
        only: The datasets to ask about; None for all.

    Returns:
        What it finds.
    """
    frames = dict(extracts)
    for group in found:
        if group.variable in frames.get(group.dataset, ()):
            column = frames[group.dataset][group.variable]
            wrong = write_values(column).isin(group.values[group.values != ""]).to_numpy()
            known = {group.variable: column.mask(wrong)}
            frames[group.dataset] = frames[group.dataset].assign(**known)
    data = Data(study, frames)
    data.run([rule], only)
    return data.groups


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
        for (asks, dataset), extract in part.extracts.items():
            collected.setdefault(asks, {}).setdefault(dataset, []).append(extract)
    groups: list[FindingGroup] = []
    for rule in [rule for rule in RULES.values() if rule.id in collected]:
        extracts = {name: _join(pieces) for name, pieces in collected[rule.id].items()}
        groups += check_whole(study, rule, extracts, groups)
    found = merge_findings(part.findings for part in parts)
    order = [dataset.name for dataset in study.datasets]
    # A part may lack datasets that others have, such as SUPP--.
    records = {name: found.records[name] for name in order if name in found.records}
    groups += find_dictionaries(study)
    return Findings([*found.groups, *groups], {**records, **found.records})


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
