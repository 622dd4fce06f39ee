"""All datasets of a study as rules see them, and what is found in them.

A wrong value is one finding and not one per rule that looks at it: once a rule has found it, later
rules see a missing value there, and say nothing of the record where they would need it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sdtmconv.distinct import Mask, factorize
from sdtmconv.mapping.values import take_rows
from sdtmconv.metadata import StudyMetadata
from sdtmconv.validate.findings import FindingGroup, select_records
from sdtmconv.validate.rule import Breach, Rule
from sdtmconv.validate.tables import Table


class Data:
    """The datasets that are checked.

    Args:
        study: The study and its datasets.
        frames: Name to records; those without a description are left out.

    `groups` collects what is found.
    """

    def __init__(self, study: StudyMetadata, frames: Mapping[str, pd.DataFrame]) -> None:
        self.study = study
        self.groups: list[FindingGroup] = []
        self._frames = {name: _number_rows(frame) for name, frame in frames.items()}
        self.tables = {
            dataset.name: Table(dataset, self._frames[dataset.name])
            for dataset in study.datasets
            if dataset.name in self._frames
        }
        self._parts: dict[str, list[str]] = {}
        for name, table in self.tables.items():
            for kind in table.kinds:
                self._parts.setdefault(kind, []).append(name)
        self._rows: dict[tuple[str, str], npt.NDArray[np.intp]] = {}
        self._remembered: dict[object, Any] = {}

    def remember(self, key: object, compute: Callable[[], Any]) -> Any:
        """Give what was computed under a key before, or compute it."""
        if key not in self._remembered:
            self._remembered[key] = compute()
        return self._remembered[key]

    def of_domain(self, domain: str) -> Iterator[Table]:
        """Give the parts of a domain: one dataset, or several where it is split."""
        return (self.tables[name] for name in self._parts.get(domain, ()))

    def run(self, rules: Iterable[Rule], only: Collection[str] | None = None) -> None:
        """Run rules on the datasets that they apply to, or on some of these.

        Each rule sees the datasets as they stood before it.
        """
        for rule in rules:
            found = [
                (table, breach)
                for name, table in self.tables.items()
                if rule.check and (only is None or name in only)
                if rule.concerns(table.kinds) and table.has(*rule.needs)
                for breach in rule.check(table, self)
            ]
            for table, breach in found:
                self.report(rule, table, breach)

    def report(self, rule: Rule, table: Table, breach: Breach) -> None:
        """Make findings of a breach, but for records where a value was known to be wrong."""
        table = self.tables[breach.dataset or table.name]
        if breach.mask is None:
            group = FindingGroup(rule.id, table.name, breach.variable, breach.message)
            self.groups.append(group)
            return
        own = [name for name in (breach.variable, *rule.needs, *breach.reads) if "." not in name]
        mask = breach.mask & ~self.is_unknown(table, [breach.variable, *rule.needs, *breach.reads])
        variable = breach.variable
        spoilt = mask if breach.doubtful is None else breach.doubtful
        if mask.any():
            metadata = replace(table.metadata, keys=breach.keys or table.metadata.keys)
            frame, message = self._frames[table.name], breach.message
            self.groups += select_records(rule.id, metadata, frame, mask, message, variable)
        if spoilt.any():
            names = own if variable else [n for n in map(str, table.frame) if n != "USUBJID"]
            self.tables[table.name] = table.without(names, spoilt)

    def drop(self, table: Table, variable: str) -> None:
        """Take a variable out of what the following rules see."""
        current = self.tables[table.name]
        frame = current.frame.drop(columns=variable)
        self.tables[table.name] = replace(current, frame=frame)

    def is_unknown(self, table: Table, names: Iterable[str]) -> Mask:
        """Tell where a variable of the record, or of its subject (DM.RFSTDTC), is unknown."""
        unknown = np.zeros(len(table), dtype=bool)
        for name in dict.fromkeys(names):
            if "." not in name:
                unknown |= table.unknown.get(table.variable(name), False)
                continue
            unknown |= table.unknown.get("USUBJID", False)
            other, _, variable = name.partition(".")
            for part in self.of_domain(other):
                wrong = part.unknown.get(part.variable(variable))
                if wrong is not None and wrong.any() and variable == "USUBJID":
                    unknown[:] = True  # nobody knows whose records these are
                elif wrong is not None and wrong.any() and "USUBJID" in table.frame:
                    subjects = self._frames[part.name]["USUBJID"][wrong]
                    unknown |= self._frames[table.name]["USUBJID"].isin(subjects).to_numpy()
        return unknown

    def has(self, reference: str) -> bool:
        """Tell whether a dataset with one record per subject has a variable, as DM.RFSTDTC."""
        name, _, variable = reference.partition(".")
        return name in self.tables and self.tables[name].has("USUBJID", variable)

    def of_subject(self, table: Table, reference: str) -> pd.Series:
        """Give each record the value that its subject has in DM or ADSL, as DM.RFSTDTC.

        Missing where there is no such dataset, variable or subject, or where it has several
        records.
        """
        name, _, variable = reference.partition(".")
        if not self.has(reference) or not table.has("USUBJID"):
            return pd.Series(np.nan, index=table.frame.index, dtype="str")
        values = self.tables[name][variable]
        rows = self._find_rows(table, name)
        return take_rows(values, rows).set_axis(table.frame.index)

    def _find_rows(self, table: Table, name: str) -> npt.NDArray[np.intp]:
        """Find the row of each record's subject in DM or ADSL; -1 where there is none."""
        pair = table.name, name
        if pair not in self._rows:
            subjects = self._frames[name]["USUBJID"].drop_duplicates(keep=False).dropna()
            rows = np.append(subjects.index.to_numpy(), -1)
            codes, distinct = factorize(self._frames[table.name]["USUBJID"])
            self._rows[pair] = rows[pd.Index(subjects).get_indexer(distinct.to_pandas())][codes]
        return self._rows[pair]


def _number_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Label the rows from 0; a frame that has these labels is taken as it is."""
    return frame if frame.index.equals(pd.RangeIndex(len(frame))) else frame.reset_index(drop=True)
