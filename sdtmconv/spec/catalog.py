"""The standards of one study: what they say about datasets, variables and terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from sdtmconv.errors import StandardsError
from sdtmconv.metadata import (
    Codelist,
    DatasetMetadata,
    Origin,
    Standard,
    VariableMetadata,
    VariableType,
)
from sdtmconv.spec.model import StudyCodelist
from sdtmconv.standards import (
    AdamGuide,
    SdtmGuide,
    StandardDataset,
    StandardVariable,
    dataset_order,
    load_adamig,
    load_sdtmig,
    load_terminology,
)

DEFAULT_VERSIONS = {
    "SDTMIG": "3.4",
    "ADAMIG": "1.3",
    "SDTM CT": "2022-09-30",
    "ADAM CT": "2026-03-27",
}
DATE_FORMATS = {"DTM": "DATETIME20.", "DT": "DATE9.", "TM": "TIME8."}
CONTINUED = ("COVAL", "TSVAL")
SUPPLEMENTAL_KEYS = ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM")
DICTIONARIES = ("MedDRA", "WHODrug", "LOINC", "SNOMED", "CTCAE")


@dataclass(frozen=True)
class VariableFacts:
    """What a standard says of a variable; or a spec, of the sponsor's own."""

    name: str
    label: str
    type: VariableType
    role: str = ""
    core: str = ""
    codelists: tuple[str, ...] = ()
    value_domain: str = ""

    @property
    def data_type(self) -> str:
        """The Define-XML data type, as far as the standard tells it."""
        if self.value_domain.startswith("ISO 8601 datetime"):
            return "datetime"
        if self.value_domain.startswith("ISO 8601 duration"):
            return "durationDatetime"
        return "text" if self.type == "Char" else "float"


class Catalog:
    """Looks things up in the versions of the standards that a study names.

    Args:
        versions: Standard to version.
        dictionaries: External dictionary to version.
        terminology: Folder with imported terminology; searched before what is packaged.

    Raises:
        StandardsError: A version is not at hand.
    """

    def __init__(
        self, versions: Mapping[str, str], dictionaries: Mapping[str, str], terminology: Path
    ) -> None:
        self._dictionaries = dictionaries
        self._sdtmig = load_sdtmig(versions["SDTMIG"])
        self._guides: dict[str, SdtmGuide | AdamGuide] = {
            "SDTMIG": self._sdtmig,
            "ADAMIG": load_adamig(versions["ADAMIG"]),
        }
        folders = [terminology] if terminology.is_dir() else []
        self._terminologies = [
            load_terminology(package, versions[f"{package.upper()} CT"], folders)
            for package in ("SDTM", "ADaM")
        ]

    def dataset(self, standard: Standard, name: str) -> StandardDataset | None:
        """Find a domain, or an ADaM structure."""
        try:
            return self._guides[standard].dataset(name)
        except StandardsError:
            return None

    def title(self, standard: Standard) -> str:
        """Give a standard's name and version for a reader, such as SDTMIG 3.4."""
        return str(self._guides[standard])

    def dataset_names(self, standard: Standard) -> tuple[str, ...]:
        return self._guides[standard].dataset_names

    @cached_property
    def subject_domains(self) -> tuple[str, ...]:
        """The SDTM datasets whose records belong to subjects."""
        names = self.dataset_names("SDTMIG")
        return tuple(
            n for n in names if not n.startswith("SUPP") and self.variable("SDTMIG", n, "USUBJID")
        )

    def variable(self, standard: Standard, dataset: str, name: str) -> VariableFacts | None:
        """Find a variable that a dataset may have."""
        found = self._guides[standard].find_variable(dataset, name)
        return _facts(found) if found else self._continuation(standard, dataset, name)

    def _continuation(self, standard: Standard, dataset: str, name: str) -> VariableFacts | None:
        """Find what COVAL1 or TSVAL1 continues: text over 200 bytes (SDTMIG 4.5.3.2)."""
        base = name.rstrip("0123456789")
        if base not in CONTINUED or base == name:
            return None
        found = self.variable(standard, dataset, base)
        return found and replace(found, name=name, label=f"{found.label} {name[5:]}", core="Perm")

    def variable_names(self, standard: Standard, dataset: str) -> tuple[str, ...]:
        if self.dataset(standard, dataset) is None:
            return ()
        return self._guides[standard].variable_names(dataset)

    def order(self, standard: Standard, dataset: str, names: Iterable[str]) -> list[str]:
        """Sort SDTM variables as the standard does; ADaM variables stay as the spec has them."""
        if standard == "ADAMIG" or self.dataset(standard, dataset) is None:
            return list(names)
        ordered = self._sdtmig.sort_variables(dataset, names)
        continued = [n for n in ordered if n[:5] in CONTINUED and n[5:].isdecimal()]
        for name in sorted(continued, reverse=True):
            ordered.remove(name)
            ordered.insert(ordered.index(name[:5]) + 1 if name[:5] in ordered else 0, name)
        return ordered

    def required(self, standard: Standard, dataset: str) -> list[str]:
        return self._with_core(standard, dataset, "Req")

    def expected(self, standard: Standard, dataset: str) -> list[str]:
        return self._with_core(standard, dataset, "Exp")

    def codelist(self, name: str) -> Codelist | None:
        """Find a standard codelist by its submission value or NCI code."""
        for terminology in self._terminologies:
            if name in terminology:
                return terminology.codelist(name)
        return None

    @cached_property
    def codelist_names(self) -> list[str]:
        return [name for terminology in self._terminologies for name in terminology]

    def test_codes(self, domain: str) -> dict[str, str]:
        """Give the standard test codes of a domain with their names."""
        facts = self.variable("SDTMIG", domain, f"{domain}TESTCD")
        sdtm = self._terminologies[0]
        found: dict[str, str] = {}
        for code in facts.codelists if facts else ():
            found |= sdtm.paired_names(code) if code in sdtm else {}
        return found

    def dictionary(self, value_domain: str) -> Codelist | None:
        """Describe the external dictionary that a variable's values come from."""
        if value_domain not in DICTIONARIES:
            return None
        version = self._dictionaries.get(value_domain, "")
        return Codelist(value_domain, value_domain, dictionary=value_domain, version=version)

    def supplemental(self, domain: str) -> DatasetMetadata:
        """Describe the supplemental qualifiers of a domain."""
        found = self._sdtmig.dataset(f"SUPP{domain}")
        variables = tuple(self._supplemental_variable(variable) for variable in found.variables)
        return DatasetMetadata(
            name=found.name,
            label=found.label,
            variables=variables,
            keys=SUPPLEMENTAL_KEYS,
            domain=self._sdtmig.dataset(domain).domain,
            class_=found.class_,
            structure=found.structure,
        )

    def sort_key(self, metadata: DatasetMetadata) -> tuple[int, str]:
        """Give the key that orders datasets as define.xml lists them."""
        return dataset_order(metadata.class_, metadata.name)

    def _with_core(self, standard: Standard, dataset: str, core: str) -> list[str]:
        found = self.dataset(standard, dataset)
        return [v.name for v in found.variables if v.core == core] if found else []

    def _supplemental_variable(self, variable: StandardVariable) -> VariableMetadata:
        facts = _facts(variable)
        codelists = [self.codelist(code) for code in facts.codelists]
        return VariableMetadata(
            name=facts.name,
            label=facts.label,
            type=facts.type,
            length=0,
            role=facts.role,
            core=facts.core,
            codelist=codelists[0] if codelists and facts.name != "QEVAL" else None,
            origin=Origin("Collected", "Investigator")
            if facts.name == "QVAL"
            else Origin("Assigned"),
        )


def without_values(facts: VariableFacts, codelist: StudyCodelist | None) -> VariableMetadata:
    """Describe an Expected variable that the study did not collect."""
    return VariableMetadata(
        name=facts.name,
        label=facts.label,
        type=facts.type,
        length=0,
        data_type=facts.data_type,
        role=facts.role,
        core=facts.core,
        codelist=codelist.codelist if codelist else None,
        origin=Origin("Not Available"),
        comment="Not collected in this study.",
    )


def _facts(variable: StandardVariable) -> VariableFacts:
    return VariableFacts(
        variable.name,
        variable.label,
        variable.type,
        variable.role,
        variable.core,
        variable.codelists,
        variable.value_domain,
    )
