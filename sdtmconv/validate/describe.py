"""What the standards say about a dataset that came from elsewhere, without its own description."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sdtmconv.metadata import Codelist, DatasetMetadata, Standard, VariableMetadata
from sdtmconv.spec.catalog import SUPPLEMENTAL_KEYS, Catalog, VariableFacts

_KEYS = {
    "DM": ("STUDYID", "USUBJID"),
    "ADSL": ("STUDYID", "USUBJID"),
    "TA": ("STUDYID", "ARMCD", "TAETORD"),
    "TE": ("STUDYID", "ETCD"),
    "TS": ("STUDYID", "TSPARMCD", "TSSEQ"),
}


def choose_standard(name: str) -> Standard:
    """Tell an analysis dataset by its name (ADaMIG 2.3).

    >>> choose_standard("ADSL"), choose_standard("AE")
    ('ADAMIG', 'SDTMIG')
    """
    return "ADAMIG" if name.startswith("AD") and len(name) > 2 else "SDTMIG"


def _choose_structure(name: str, variables: set[str]) -> str:
    """Tell the ADaM structure by the variables that only it has; empty for none of them."""
    if name == "ADSL":
        return "ADSL"
    if "PARAMCD" in variables:
        return "BDS-TTE" if "CNSR" in variables else "BDS"
    if name == "ADAE":
        return "OCCDS-AE"
    return "OCCDS" if any(variable.endswith("DECOD") for variable in variables) else ""


def _choose_table(name: str, claimed: str, variables: set[str], catalog: Catalog) -> str:
    """Name the table of the standard that describes a dataset; empty where there may be none."""
    if choose_standard(name) == "ADAMIG":
        return _choose_structure(name, variables)
    return name if catalog.dataset("SDTMIG", name) else claimed


def choose_keys(name: str, domain: str, variables: set[str]) -> tuple[str, ...]:
    """Name the variables that identify a record by the standard; empty where it says of none.

    >>> choose_keys("AE", "AE", {"STUDYID", "USUBJID", "AESEQ", "AETERM"})
    ('STUDYID', 'USUBJID', 'AESEQ')
    """
    if name.startswith("SUPP"):
        return SUPPLEMENTAL_KEYS
    numbered = ("STUDYID", "USUBJID", f"{domain}SEQ")
    return _KEYS.get(name, numbered if variables.issuperset(numbered) else ())


def _merge_codelists(codelists: Iterable[Codelist | None]) -> Codelist | None:
    """Make one codelist of those a variable may choose from, such as units."""
    known = [codelist for codelist in codelists if codelist]
    if len(known) < 2:
        return known[0] if known else None
    return Codelist(
        name=" or ".join(codelist.name for codelist in known),
        label=" or ".join(codelist.label for codelist in known),
        terms=tuple(term for codelist in known for term in codelist.terms),
        extensible=any(codelist.extensible for codelist in known),
    )


def _complete(
    found: VariableMetadata | None, facts: VariableFacts, catalog: Catalog
) -> VariableMetadata:
    return VariableMetadata(
        name=facts.name,
        label=facts.label,
        type=facts.type,
        length=found.length if found else 8,
        data_type=facts.data_type,
        role=facts.role,
        core=facts.core,
        codelist=_merge_codelists(catalog.codelist(code) for code in facts.codelists)
        or catalog.dictionary(facts.value_domain),
    )


def _list_required(standard: Standard, table: str, catalog: Catalog) -> list[str]:
    """Name what has to be there: for ADaM, where a structure says so for every dataset of it."""
    if standard == "SDTMIG":
        return catalog.required(standard, table) + catalog.expected(standard, table)
    if table in ("ADSL", "BDS", "BDS-TTE"):
        return [name.replace("xx", "01") for name in catalog.required(standard, table)]
    return ["STUDYID", "USUBJID"]


def _describe_variables(
    found: DatasetMetadata, standard: Standard, table: str, catalog: Catalog
) -> Iterator[VariableMetadata]:
    in_file = {variable.name: variable for variable in found.variables}
    for name in dict.fromkeys([*in_file, *_list_required(standard, table, catalog)]):
        facts = catalog.variable(standard, table, name)
        if facts:
            yield _complete(in_file.get(name), facts, catalog)
        elif standard == "ADAMIG":
            yield in_file[name]


def describe_dataset(found: DatasetMetadata, claimed: str, catalog: Catalog) -> DatasetMetadata:
    """Complete what a file says about itself with what the standards say.

    Args:
        found: Name, label and variables as the file has them.
        claimed: The domain that its records name, for a dataset whose name the standard does not
            know; may be empty.
        catalog: The standards.

    Returns:
        The dataset with the variables that the standard knows, in the file or required there; in
        ADaM, with the sponsor's own as well. What the standard does not know at all is as found.
    """
    names = {variable.name for variable in found.variables}
    standard = choose_standard(found.name)
    table = _choose_table(found.name, claimed, names, catalog)
    guide = catalog.dataset(standard, table)
    domain = guide.domain if guide and standard == "SDTMIG" else claimed or found.name
    known = replace(
        found,
        keys=choose_keys(found.name, domain, names),
        domain=domain,
        standard=standard,
        subject_level="USUBJID" in names,
        repeating=found.name not in ("DM", "ADSL"),
    )
    if guide is None:
        return known
    described = {v.name: v for v in _describe_variables(found, standard, table, catalog)}
    ordered = catalog.order(standard, table, described) if standard == "SDTMIG" else described
    variables = tuple(described[name] for name in ordered)
    return replace(known, variables=variables, class_=guide.class_, structure=guide.structure)
