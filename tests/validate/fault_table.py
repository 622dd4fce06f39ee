"""Faults as a table of small changes to a clean study, and the findings they make.

A line of a table says which value of which record becomes what, and which rule finds it:

    AE.AESEV | AESER EQ "Y" | TERRIBLE | codelist

The record is the first one that the condition holds for; `all:` before it takes all such records.
Instead of a value, a change may be

    (missing)            no value
    (days 3)             a date or a number 3 higher
    (delete) (repeat)    of a dataset: the record is taken out, or is there twice
    (drop) (rename X)    of a variable: it is taken out, or has another name
    (first)              of a variable: it stands first
    (text) (number)      of a variable: it has the other type

After the rule, `x2` says that it finds two records, and a place where that is another one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sdtmconv.conditions import parse_condition
from sdtmconv.metadata import StudyMetadata
from sdtmconv.validate import FindingGroup, Findings, validate_study
from sdtmconv.validate.data import Data
from sdtmconv.validate.rule import RULES, Rule
from sdtmconv.validate.study import check_whole, extract, report_columns
from sdtmconv.validate.tables import Table

Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class FaultLine:
    """One line of a table; `found` is rule, place and number of records."""

    text: str
    dataset: str
    variable: str
    where: str
    change: str
    found: tuple[str, str, int]


def read_faults(path: Path) -> list[FaultLine]:
    """Read a table; lines that start with # are headings."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_read_line(line) for line in lines if line and not line.startswith("#")]


def _read_line(line: str) -> FaultLine:
    place, where, change, expected = (part.strip() for part in line.split("|"))
    dataset, _, variable = place.partition(".")
    rule, *rest = expected.split()
    count = next((int(word[1:]) for word in rest if re.fullmatch(r"x\d+", word)), 1)
    found = next((word for word in rest if not re.fullmatch(r"x\d+", word)), place)
    return FaultLine(line, dataset, variable, where, change, (rule, found, count))


def break_frames(fault: FaultLine, frames: Frames) -> Frames:
    """Give the study's datasets with the fault in one of them."""
    frame = frames[fault.dataset]
    rows = _select(fault, frame)
    word, _, argument = fault.change.strip("()").partition(" ")
    if fault.change.startswith("(") and word in CHANGES:
        broken = CHANGES[word](frame, fault.variable, rows, argument)
    else:
        broken = _set(frame, fault.variable, rows, fault.change)
    assert not broken.equals(frame), f"{fault.text}: nothing changes"
    return {**frames, fault.dataset: broken.reset_index(drop=True)}


def _select(fault: FaultLine, frame: pd.DataFrame) -> np.ndarray:
    if not fault.where:
        return np.array([0])
    every = fault.where.startswith("all:")
    condition = parse_condition(fault.where.removeprefix("all:").strip(), fault.text)
    rows = np.flatnonzero(condition.mask(frame, frame.index))
    assert len(rows), f"{fault.text}: no such record"
    return rows if every else rows[:1]


def _set(frame: pd.DataFrame, variable: str, rows: np.ndarray, value: object) -> pd.DataFrame:
    numeric = pd.api.types.is_numeric_dtype(frame[variable])
    column = frame[variable].copy()
    column.iloc[rows] = float(str(value)) if numeric else value
    return frame.assign(**{variable: column})


def _blank(frame: pd.DataFrame, variable: str, rows: np.ndarray, _: str) -> pd.DataFrame:
    column = frame[variable].copy()
    column.iloc[rows] = np.nan
    return frame.assign(**{variable: column})


def _shift(frame: pd.DataFrame, variable: str, rows: np.ndarray, days: str) -> pd.DataFrame:
    column = frame[variable].copy()
    for row in rows:
        value = column.iloc[row]
        if isinstance(value, str):
            moved = np.datetime64(value[:10]) + np.timedelta64(int(days), "D")
            column.iloc[row] = str(moved) + value[10:]
        else:
            column.iloc[row] = value + float(days)
    return frame.assign(**{variable: column})


def _delete(frame: pd.DataFrame, _: str, rows: np.ndarray, __: str) -> pd.DataFrame:
    return frame.drop(index=frame.index[rows])


def _repeat(frame: pd.DataFrame, _: str, rows: np.ndarray, __: str) -> pd.DataFrame:
    return pd.concat([frame, frame.iloc[rows]])


def _drop(frame: pd.DataFrame, variable: str, _: np.ndarray, __: str) -> pd.DataFrame:
    return frame.drop(columns=variable)


def _rename(frame: pd.DataFrame, variable: str, _: np.ndarray, name: str) -> pd.DataFrame:
    return frame.rename(columns={variable: name})


def _move_first(frame: pd.DataFrame, variable: str, _: np.ndarray, __: str) -> pd.DataFrame:
    return frame[[variable, *frame.columns.drop(variable)]]


def _as_text(frame: pd.DataFrame, variable: str, _: np.ndarray, __: str) -> pd.DataFrame:
    return frame.assign(**{variable: frame[variable].astype("str")})


def _as_number(frame: pd.DataFrame, variable: str, _: np.ndarray, __: str) -> pd.DataFrame:
    return frame.assign(**{variable: np.arange(len(frame), dtype="float64")})


CHANGES: dict[str, Callable[[pd.DataFrame, str, np.ndarray, str], pd.DataFrame]] = {
    "missing": _blank,
    "days": _shift,
    "delete": _delete,
    "repeat": _repeat,
    "drop": _drop,
    "rename": _rename,
    "first": _move_first,
    "text": _as_text,
    "number": _as_number,
}


class _Tables(dict[str, Table]):
    """Datasets that tell which of them a rule has looked at."""

    seen: set[str]

    def __getitem__(self, name: str) -> Table:
        self.seen.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.seen.add(str(name))
        return super().__contains__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.seen.add(name)
        return super().get(name, default)

    def values(self) -> Any:
        self.seen |= set(self)
        return super().values()


class CleanStudy:
    """A study without findings, which faults are put into one by one.

    For a fault in one dataset, only what looks at that dataset has to be asked again; which rules
    on which datasets do, shows the run on the clean study.
    """

    def __init__(self, study: StudyMetadata, frames: Frames) -> None:
        self.study, self.frames = study, frames
        assert [g.rule for g in validate_study(study, frames).groups] == []
        self._clean = Data(study, frames)
        self._extracts = extract(self._clean)
        self._askers: dict[tuple[str, str], list[str]] = {}
        for rule in RULES.values():
            self._watch(rule, Data(study, self._of_rule(rule)) if rule.whole else self._clean)

    def _of_rule(self, rule: Rule) -> Frames:
        return {name: frame for (id_, name), frame in self._extracts.items() if id_ == rule.id}

    def _watch(self, rule: Rule, data: Data) -> None:
        """Note which datasets a rule looks at, besides the one it is about."""
        plain, tables = data.tables, _Tables(data.tables)
        data.tables = tables
        for name, table in plain.items():
            tables.seen = {name}
            if rule.check and rule.concerns(table.kinds) and table.has(*rule.needs):
                list(rule.check(table, data))
            for seen in tables.seen:
                self._askers.setdefault((rule.id, seen), []).append(name)
        data.tables = plain

    def find(self, fault: FaultLine) -> Findings:
        """Put a fault in, and give what is found."""
        data, name = self._break(fault), fault.dataset
        report_columns(data, [data.tables[name]], "utf-8")
        for rule in RULES.values():
            if not rule.whole:
                data.run([rule], self._list_asked(rule, name))
        whole: list[FindingGroup] = []
        for (id_, _), changed in extract(data, only=[name]).items():
            rule = RULES[id_]
            extracts = {**self._of_rule(rule), name: changed}
            whole += check_whole(self.study, rule, extracts, whole, self._list_asked(rule, name))
        return Findings([*data.groups, *whole])

    def _list_asked(self, rule: Rule, changed: str) -> list[str]:
        return self._askers.get((rule.id, changed), [])

    def _break(self, fault: FaultLine) -> Data:
        """Give the datasets with the fault; what was computed from the others is kept."""
        name, frames = fault.dataset, break_frames(fault, self.frames)
        data, clean = Data(self.study, {name: frames[name]}), self._clean
        data._parts = clean._parts
        data.tables = {**clean.tables, name: data.tables[name]}
        data._frames = {**clean._frames, name: data._frames[name]}
        data._rows = {pair: rows for pair, rows in clean._rows.items() if name not in pair}
        of_days = {key for key in clean._remembered if isinstance(key, tuple)}
        data._remembered = {key: clean._remembered[key] for key in of_days}
        return data
