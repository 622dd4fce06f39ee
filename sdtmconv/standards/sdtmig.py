"""SDTMIG: what a dataset is called, which variables it may have, and in which order.

A dataset of a general observation class may have any variable of its class in the SDTM model,
besides those that the implementation guide lists for it (SDTMIG 2.1 and 2.5).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache, cached_property

from sdtmconv.errors import StandardsError
from sdtmconv.standards.storage import PACKAGED, SUFFIX, Table
from sdtmconv.standards.variables import (
    StandardDataset,
    StandardVariable,
    parse_dataset,
    read_datasets,
    unknown,
)

VERSIONS = ("3.3", "3.4")

_SUPPLEMENTAL = re.compile("SUPP[A-Z][A-Z0-9]{1,3}")
_ALWAYS_REQUIRED = ("STUDYID", "DOMAIN", "USUBJID", "--SEQ", "--TEST")


def _fill_prefix(variable: StandardVariable, domain: str) -> StandardVariable:
    name = variable.name.replace("--", domain)
    return replace(variable, name=name, source="model")


def _merge(
    listed: Iterable[StandardVariable], model: Iterable[StandardVariable]
) -> dict[str, StandardVariable]:
    merged = {variable.name: variable for variable in listed}
    order = list(merged)
    place = 0
    for variable in model:
        if variable.name in merged:
            place = order.index(variable.name) + 1
        else:
            merged[variable.name] = variable
            order.insert(place, variable.name)
            place += 1
    return {name: merged[name] for name in order}


class SdtmGuide:
    """One version of SDTMIG, together with the SDTM model.

    Args:
        version: The guide's version, such as 3.4.
        tables: Its datasets by name.
        model: The variables of the SDTM model by class, the identifiers and timing variables of
            all classes under IDENTIFIERS and TIMING; names begin with `--` for the domain code.
    """

    name = "SDTMIG"

    def __init__(self, version: str, tables: dict[str, Table], model: dict[str, StandardDataset]):
        self.version = version
        self._tables = tables
        self._model = model
        self._datasets: dict[str, StandardDataset] = {}
        self._allowed: dict[tuple[str, str], dict[str, StandardVariable]] = {}

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    @property
    def dataset_names(self) -> tuple[str, ...]:
        """The datasets that the guide describes, in its order."""
        return tuple(self._tables)

    @cached_property
    def datasets(self) -> tuple[StandardDataset, ...]:
        """All datasets that the guide describes, in its order."""
        return tuple(self._listed(name) for name in self._tables)

    @property
    def _observation_classes(self) -> list[str]:
        return [name for name in self._model if name not in {"IDENTIFIERS", "TIMING"}]

    def _listed(self, name: str) -> StandardDataset:
        if name not in self._datasets:
            self._datasets[name] = replace(parse_dataset(self._tables[name]), domain=name)
        return self._datasets[name]

    def _supplemental(self, name: str) -> StandardDataset:
        parent = name.removeprefix("SUPP")
        label = f"Supplemental Qualifiers for {parent}"
        return replace(self._listed("SUPPQUAL"), name=name, label=label, domain=parent)

    def _is_observation(self, domain: str) -> bool:
        return domain in self._tables and self._listed(domain).class_ in self._observation_classes

    def dataset(self, name: str) -> StandardDataset:
        """Find a dataset: a domain, the supplemental qualifiers of one, or a part of a split one.

        Args:
            name: Such as AE, SUPPAE, or QSCG (a part of QS, SDTMIG 4.1.7).

        Raises:
            StandardsError: The guide has no such dataset; `custom_dataset` makes one.
        """
        if name in self._tables:
            return self._listed(name)
        if _SUPPLEMENTAL.fullmatch(name):
            return self._supplemental(name)
        if name != "SUPP" and 3 <= len(name) <= 4 and self._is_observation(name[:2]):
            return replace(self._listed(name[:2]), name=name)
        raise unknown(str(self), "dataset", name, self._tables)

    def _model_variables(self, class_: str) -> list[StandardVariable]:
        if class_ not in self._observation_classes:
            return []
        parts = ("IDENTIFIERS", class_, "TIMING")
        return [variable for part in parts for variable in self._model[part].variables]

    def custom_dataset(self, name: str, label: str, class_: str) -> StandardDataset:
        """Describe a sponsor's own domain, with the variables that its class requires (2.6).

        Args:
            name: Two-letter domain code.
            label: Dataset label.
            class_: General observation class: INTERVENTIONS, EVENTS, FINDINGS, FINDINGS ABOUT.

        Raises:
            StandardsError: There is no such general observation class.
        """
        if class_ not in self._observation_classes:
            raise unknown(str(self), "general observation class", class_, self._observation_classes)
        required = tuple(
            replace(_fill_prefix(variable, name), dataset=name, core="Req")
            for variable in self._model_variables(class_)
            if variable.name in _ALWAYS_REQUIRED or variable.role == "Topic"
        )
        structure = self._model[class_].structure
        return StandardDataset(name, label, class_, structure, required, domain=name)

    def _allowed_variables(self, dataset: StandardDataset | str) -> dict[str, StandardVariable]:
        found = self.dataset(dataset) if isinstance(dataset, str) else dataset
        key = found.domain, found.class_
        if key not in self._allowed:
            model = [_fill_prefix(v, found.domain) for v in self._model_variables(found.class_)]
            self._allowed[key] = _merge(found.variables, model)
        return self._allowed[key]

    def find_variable(self, dataset: str, name: str) -> StandardVariable | None:
        """Find a variable that a dataset may have; None where there is none, or no dataset."""
        try:
            return self._allowed_variables(dataset).get(name)
        except StandardsError:
            return None

    def variable(self, dataset: StandardDataset | str, name: str) -> StandardVariable:
        """Find a variable that a dataset may have, in the guide or else in the SDTM model.

        Raises:
            StandardsError: The standard allows no such dataset, or no such variable in it.
        """
        allowed = self._allowed_variables(dataset)
        if name not in allowed:
            place = dataset if isinstance(dataset, str) else dataset.name
            raise unknown(f"{self} {place}", "variable", name, allowed)
        return allowed[name]

    def variable_names(self, dataset: StandardDataset | str) -> tuple[str, ...]:
        """Name every variable that a dataset may have, in the order it has them.

        That is the guide's order, with a variable of the model alone after the one that it
        follows in the model (identifiers, topic, qualifiers, timing).
        """
        return tuple(self._allowed_variables(dataset))

    def sort_variables(self, dataset: StandardDataset | str, names: Iterable[str]) -> list[str]:
        """Sort variables as the standard orders them; unknown ones stay last, as given."""
        order = {name: rank for rank, name in enumerate(self._allowed_variables(dataset))}
        return sorted(names, key=lambda name: order.get(name, len(order)))


@cache
def load_sdtmig(version: str = "3.4") -> SdtmGuide:
    """Load a packaged version of SDTMIG, with SDTM model 2.0.

    Raises:
        StandardsError: The version is not packaged.
    """
    if version not in VERSIONS:
        raise unknown("SDTMIG", "version", version, VERSIONS)
    model = map(parse_dataset, read_datasets(PACKAGED / f"sdtm-2.0{SUFFIX}").values())
    tables = read_datasets(PACKAGED / f"sdtmig-{version}{SUFFIX}")
    return SdtmGuide(version, tables, {part.name: part for part in model})
