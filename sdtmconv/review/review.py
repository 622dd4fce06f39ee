"""Findings with what people have said of them, and with what has changed since the last run.

A run that finds the same as the one before it repeats that one's comparison, so that doing a thing
twice gives the same bytes: the report tells what changed when something last changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sdtmconv.metadata import StudyMetadata
from sdtmconv.review.explanations import Explanation, choose_explanations
from sdtmconv.review.last_run import Gone, LastRun
from sdtmconv.review.states import State
from sdtmconv.validate import SEVERITIES, FindingGroup, Findings, Severity
from sdtmconv.validate.identity import identify_findings


@dataclass(frozen=True, eq=False)
class Problem:
    """All findings with the same rule, dataset, variable and message.

    Args:
        group: The findings.
        ids: The identity of each.
        states: The state of each.
        explained_by: For each, the number of the entry about it, -1 for none.
    """

    group: FindingGroup
    ids: Sequence[str]
    states: npt.NDArray[np.str_]
    explained_by: npt.NDArray[np.int64]

    def count(self, *states: State) -> int:
        """Count the findings in some states; in all where none is named."""
        return int(np.isin(self.states, states).sum()) if states else len(self.ids)

    @property
    def unexplained(self) -> int:
        """The number of findings that are still to be mended or explained."""
        return self.count() - self.count("explained")

    def is_as_grave_as(self, fail_on: str) -> bool:
        """Tell whether its severity is at least another; never as grave as "never"."""
        grave = SEVERITIES[: SEVERITIES.index(fail_on) + 1] if fail_on in SEVERITIES else ()
        return self.group.details.severity in grave


@dataclass(frozen=True, eq=False)
class Review:
    """A validation as people read it.

    Args:
        study: What was checked.
        findings: What was found.
        problems: The same in reading order: what is explained as a whole comes last.
        explanations: All entries of findings.yaml.
        unmatched: Those of them that are about nothing any more.
        gone: What the last run found and this one did not.
        resolved: Identities of all findings that were there once and are gone.
        skipped: Rules that were not checked, with the reason.
        compared: There was a last run to compare with.
        part: Only some of the study's datasets were checked.
        described_by: What says how the datasets have to be: specs, or define.xml files.
    """

    study: StudyMetadata
    findings: Findings
    problems: tuple[Problem, ...]
    explanations: tuple[Explanation, ...] = ()
    unmatched: tuple[Explanation, ...] = ()
    gone: tuple[Gone, ...] = ()
    resolved: frozenset[str] = frozenset()
    skipped: Mapping[str, str] = field(default_factory=dict)
    compared: bool = False
    part: bool = False
    described_by: tuple[str, ...] = ()

    def count(self, *states: State, severity: Severity | None = None) -> int:
        """Count the findings in some states (all where none is named), of one severity or all."""
        return sum(
            problem.count(*states)
            for problem in self.problems
            if severity in (None, problem.group.details.severity)
        )

    def fails(self, fail_on: str) -> bool:
        """Tell whether a finding that nobody has explained is at least as severe as this.

        Args:
            fail_on: A severity, or "never".
        """
        return any(p.unexplained for p in self.problems if p.is_as_grave_as(fail_on))


def review_findings(
    study: StudyMetadata,
    findings: Findings,
    explanations: Sequence[Explanation] = (),
    last: LastRun | None = None,
    *,
    skipped: Mapping[str, str] | None = None,
    part: bool = False,
    described_by: Sequence[str] = (),
) -> Review:
    """Put together what was found, what was said of it, and what was there before.

    Args:
        study: What was checked.
        findings: What was found.
        explanations: The entries of findings.yaml.
        last: The run before; None where there was none.
        skipped: Rules that were not checked, with the reason.
        part: Only some of the study's datasets were checked, so that nothing can be said of what
            is new or gone.
        described_by: What says, beside the standards, how the datasets have to be.

    Returns:
        The review.
    """
    skipped = dict(skipped or {})
    chosen = [choose_explanations(group, explanations) for group in findings.groups]
    identities = [identify_findings(group) for group in findings.groups]
    accepted = np.array([*(entry.accepted for entry in explanations), False])
    explained: dict[str, bool] = {}
    for ids, numbers in zip(identities, chosen, strict=True):
        for id_, is_accepted in zip(ids, accepted[numbers].tolist(), strict=True):
            explained[id_] = explained.get(id_, True) and is_accepted
    comparison = _compare(explained, None if part else last, skipped)
    problems = [
        Problem(group, ids, comparison.find_states(group.rule, ids, accepted[numbers]), numbers)
        for group, ids, numbers in zip(findings.groups, identities, chosen, strict=True)
    ]
    used = {int(number) for numbers in chosen for number in np.unique(numbers)}
    return Review(
        study=study,
        findings=findings,
        problems=tuple(sorted(problems, key=lambda problem: not problem.unexplained)),
        explanations=tuple(explanations),
        unmatched=() if part else tuple(_find_unmatched(explanations, used, skipped)),
        gone=comparison.gone,
        resolved=comparison.resolved,
        skipped=skipped,
        compared=comparison.last is not None,
        part=part,
        described_by=tuple(described_by),
    )


def _find_unmatched(
    explanations: Sequence[Explanation], used: set[int], skipped: Mapping[str, str]
) -> Iterator[Explanation]:
    for number, entry in enumerate(explanations):
        if number not in used and entry.rule not in skipped:
            yield entry


@dataclass(frozen=True)
class _Comparison:
    """What changed: `last` is the run compared with, `repeated` the states if nothing did."""

    last: LastRun | None
    gone: tuple[Gone, ...] = ()
    resolved: frozenset[str] = frozenset()
    repeated: Mapping[str, State] | None = None

    def find_states(
        self, rule: str, ids: Sequence[str], accepted: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.str_]:
        states: list[State] = [
            "explained" if explained else self._find_state(rule, id_)
            for id_, explained in zip(ids, accepted, strict=True)
        ]
        return np.array(states)

    def _find_state(self, rule: str, id_: str) -> State:
        if self.repeated is not None:
            return self.repeated[id_]
        if self.last is None or rule in self.last.skipped:
            return "open"
        if self.last.states.get(id_) == "explained" or id_ in self.last.resolved:
            return "reopened"
        return "open" if id_ in self.last.states else "new"


def _compare(
    explained: Mapping[str, bool], last: LastRun | None, skipped: Mapping[str, str]
) -> _Comparison:
    if last is None or last.part:
        return _Comparison(None)
    before = {id_: state == "explained" for id_, state in last.states.items()}
    if before == explained and last.skipped == skipped.keys():
        compared = last if last.compared else None
        return _Comparison(compared, last.gone, last.resolved, last.states)
    gone = tuple(_find_gone(last, explained, skipped))
    resolved = last.resolved.union(id_ for problem in gone for id_ in problem.ids)
    return _Comparison(last, gone, resolved - explained.keys())


def _find_gone(
    last: LastRun, explained: Mapping[str, bool], skipped: Mapping[str, str]
) -> Iterator[Gone]:
    for problem in last.problems:
        kept = [at for at, id_ in enumerate(problem.ids) if id_ not in explained]
        if kept and problem.rule not in skipped:
            records = tuple(problem.records[at] for at in kept) if problem.records else ()
            yield Gone(
                problem.rule,
                problem.severity,
                problem.dataset,
                problem.variable,
                problem.message,
                problem.columns,
                records,
                tuple(problem.ids[at] for at in kept),
            )
