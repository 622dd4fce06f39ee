"""findings.yaml: what a study's people say of its findings, by rule, by group or by record.

A list of entries. Each says which findings it is about, as narrowly as it wants: `rule` alone, or
with `dataset`, `variable`, `message`, `value` and `key`, variables with values that the record's
key has. And it says `explanation`, `owner` and `decision`.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from sdtmconv.errors import Fault, SpecError, gather_faults, raise_faults, suggest
from sdtmconv.spec import StudySpec, load_study
from sdtmconv.spec.yaml_nodes import Node, Reader, read_yaml
from sdtmconv.validate import RULES, FindingGroup

FILE = "findings.yaml"
Decision = Literal["accept", "query", "mend"]
DECISIONS: tuple[Decision, ...] = typing.get_args(Decision)
REQUIRED = ("rule", "explanation", "owner", "decision")
FIELDS = (*REQUIRED, "dataset", "variable", "message", "value", "key")


@dataclass(frozen=True)
class Explanation:
    """What somebody says of some findings.

    Args:
        rule: Id of the rule they break.
        explanation: Why they are there, for reviewers.
        owner: Who answers for it.
        decision: accept (it stands), query (the site or vendor was asked) or mend (it will be
            corrected); only what is accepted counts as explained.
        dataset: Name of their dataset; empty for any.
        variable: Name of their variable; empty for any.
        message: Their message; empty for any.
        value: The value found; empty for any.
        key: (variable, value) pairs that a record's key has to have; empty for any record.
        place: Where it was written, such as findings.yaml:12.
    """

    rule: str
    explanation: str
    owner: str
    decision: Decision
    dataset: str = ""
    variable: str = ""
    message: str = ""
    value: str = ""
    key: tuple[tuple[str, str], ...] = ()
    place: str = ""

    @property
    def accepted(self) -> bool:
        """True where the findings stand, and no longer count as open."""
        return self.decision == "accept"

    @property
    def narrowness(self) -> int:
        """How many things it asks for: of two that cover a finding, the narrower one counts."""
        stated = (self.dataset, self.variable, self.message, self.value)
        return sum(map(bool, stated)) + len(self.key)

    def covers(self, group: FindingGroup) -> npt.NDArray[np.bool_]:
        """Tell which findings of a group it is about."""
        asked = {"dataset": self.dataset, "variable": self.variable, "message": self.message}
        fits = all(not text or getattr(group, name) == text for name, text in asked.items())
        known = set(group.keys.columns)
        covered = np.full(len(group), fits and known.issuperset(name for name, _ in self.key))
        if covered.any():
            for name, value in self.key:
                covered &= (group.keys[name] == value).to_numpy(bool)
            if self.value:
                covered &= len(group.values) > 0 and (group.values == self.value).to_numpy(bool)
        return covered


def read_explanations(folder: Path) -> tuple[Explanation, ...]:
    """Read a study's findings.yaml.

    Args:
        folder: The study's folder.

    Returns:
        Its entries; none where there is no such file.

    Raises:
        SpecError: All faults of the file.
    """
    path = folder / FILE
    if not path.is_file():
        return ()
    faults: list[Fault] = []
    node = read_yaml(path, str(path), faults)
    entries = tuple(_read_entries(node, Reader(faults))) if node else ()
    raise_faults(SpecError, faults)
    return entries


def load_reviewed_study(
    folder: Path, sdtm: Path | None = None
) -> tuple[StudySpec, tuple[Explanation, ...]]:
    """Compile a study's specs and read its findings.yaml; the faults of both are told together.

    Raises:
        SpecError: All faults of all files.
    """
    faults: list[Fault] = []
    explanations: tuple[Explanation, ...] = ()
    with gather_faults(SpecError, faults):
        study = load_study(folder, sdtm)
    with gather_faults(SpecError, faults):
        explanations = read_explanations(folder)
    raise_faults(SpecError, faults)
    return study, explanations


def _read_entries(node: Node, reader: Reader) -> Iterator[Explanation]:
    if not isinstance(node.content, tuple):
        remedy = "begin each entry with `- rule: ...`"
        reader.report(node.place, f"{FILE} is {node.kind}, not a list", remedy)
        return
    places: dict[object, str] = {}
    for entry in node.content:
        explanation = _read_entry(entry, reader)
        if explanation:
            first = places.setdefault(_subject(explanation), entry.place)
            if first != entry.place:
                problem = f"is about the same findings as {first}"
                reader.report(entry.place, problem, "keep one of the two")
            yield explanation


def _subject(entry: Explanation) -> object:
    asked = (entry.rule, entry.dataset, entry.variable, entry.message, entry.value)
    return asked, frozenset(entry.key)


def _read_entry(node: Node, reader: Reader) -> Explanation | None:
    fields = reader.fields(node, "an entry", FIELDS)
    missing = [name for name in REQUIRED if name not in fields]
    if isinstance(node.content, dict):
        for name in missing:
            reader.report(node.place, f"an entry has no {name}", f"add `{name}: ...`")
    texts = {name: reader.text(fields.get(name), name) for name in FIELDS if name != "key"}
    rule = texts["rule"]
    if rule.strip() and rule not in RULES:
        remedy = suggest(rule, RULES, "`sdtmconv rules` lists them")
        reader.report(node.place_of("rule"), f"no rule {rule!r}", remedy)
    texts["decision"] = reader.choice(fields.get("decision"), "decision", DECISIONS, "mend")
    key = reader.mapping(fields.get("key"), "key")
    pairs = tuple((name, reader.text(value, f"key: {name}")) for name, value in key.items())
    if missing:
        return None
    place = f"{FILE}:{node.line}"
    return Explanation(**texts, key=pairs, place=place)  # type: ignore[arg-type]


def choose_explanations(
    group: FindingGroup, explanations: Sequence[Explanation]
) -> npt.NDArray[np.int64]:
    """Find for each finding of a group the narrowest entry about it.

    Args:
        group: The findings.
        explanations: All entries.

    Returns:
        The entry's number among `explanations`, the first of several as narrow; -1 for none.
    """
    chosen = np.full(len(group), -1)
    about = [n for n, entry in enumerate(explanations) if entry.rule == group.rule]
    for number in sorted(about, key=lambda n: -explanations[n].narrowness):
        if not (chosen < 0).any():
            break
        covered = explanations[number].covers(group)
        chosen[covered & (chosen < 0)] = number
    return chosen
