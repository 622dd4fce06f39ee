"""The packaged standards against the facts they were written from, where those are at hand."""

import csv
from pathlib import Path

import pytest

from sdtmconv.standards import load_adamig, load_sdtmig, load_terminology

FACTS = Path(__file__).parents[2] / ".." / "shared" / "facts"

pytestmark = pytest.mark.skipif(not FACTS.is_dir(), reason="../shared/facts is not there")

# The guide's label is longer than a transport file can hold.
SHORTENED = {"PBCHGCyN"}
# CDISC's submission values for these codelists differ from the names that the facts give them.
RENAMED = {"C116107": "DTHDX", "C116108": "DTHDXCD"}


def read_facts(name):
    with (FACTS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def split(cell):
    return tuple(filter(None, cell.split(";")))


@pytest.mark.parametrize("version", ["3.3", "3.4"])
def test_sdtmig_variables(version):
    """Every variable of SDTMIG is there, in order, with its type, role, core and codelists."""
    facts = read_facts(f"sdtmig{version.replace('.', '')}_variables.csv")
    expected = [
        (
            *(fact[key] for key in ("domain", "variable", "label", "type", "role", "core")),
            split(fact["codelists"]),
            split(fact["value_list"]),
        )
        for fact in facts
    ]
    packaged = [
        (d.name, v.name, v.label, v.type, v.role, v.core, v.codelists, v.values)
        for d in load_sdtmig(version).datasets
        for v in d.variables
    ]
    assert packaged == expected


@pytest.mark.parametrize("version", ["3.3", "3.4"])
def test_sdtmig_datasets(version):
    """Every dataset of SDTMIG is there, with its label and class."""
    facts = read_facts(f"sdtmig{version.replace('.', '')}_datasets.csv")
    guide = load_sdtmig(version)
    assert list(guide.dataset_names) == [fact["domain"] for fact in facts]
    for fact in facts:
        dataset = guide.dataset(fact["domain"])
        assert dataset.class_ == fact["class"].upper().replace("-", " ")
        assert dataset.label == fact["label"].removesuffix(" for [domain name]")


def test_sdtm_model_variables():
    """Every variable of the model's observation classes can be had under any domain's prefix."""
    guide = load_sdtmig("3.4")
    for fact in read_facts("sdtm20_model_variables_reconstructed.csv"):
        if fact["class"] in {"General Observations", "Associated Persons"}:
            continue
        dataset = guide.custom_dataset("XX", "Own", fact["class"].upper())
        variable = guide.variable(dataset, fact["variable"].replace("--", "XX"))
        assert variable.type == fact["type"]
        assert fact["role"].startswith(variable.role)


@pytest.mark.parametrize(
    ("file", "structures"),
    [
        ("adamig13_variables.csv", {"ADSL": "ADSL", "BDS": "BDS"}),
        ("adam_tte10_variables.csv", {"BDS for TTE": "BDS-TTE"}),
        ("adam_occds11_variables.csv", {"OCCDS": "OCCDS", "AE": "OCCDS-AE"}),
    ],
)
def test_adam_variables(file, structures):
    """Every variable of the ADaM guides is there, with its type, core and codelists."""
    guide = load_adamig("1.3")
    for fact in read_facts(file):
        if fact["variable"].startswith("*") or fact["core"].lower() == "not used":
            continue
        structure = guide.dataset(structures[fact["structure"]])
        found = [v for v in structure.variables if v.name == fact["variable"]]
        if not found or "Original" in fact["variable_set"] or "WHO" in fact["variable_set"]:
            continue
        (variable,) = found
        assert (variable.type, variable.core) == (fact["type"], fact["core"])
        assert variable.codelists == split(fact["codelists"])
        assert variable.values == split(fact["value_list"])
        if variable.label and variable.name not in SHORTENED:
            assert variable.label == fact["label"].rstrip("*")


@pytest.mark.parametrize(
    ("package", "version"),
    [("SDTM", "2022-09-30"), ("ADaM", "2026-03-27"), ("DEFINE-XML", "2026-03-27")],
)
def test_terminology(package, version):
    """Every codelist and term is there, with its code, submission value and extensibility."""
    terminology = load_terminology(package, version)
    facts = read_facts(f"ct_{package.lower()}-{version}.csv")
    lists = read_facts(f"codelists_{package.lower()}-{version}.csv")
    assert len(terminology) == len(lists)
    for fact in lists:
        codelist = terminology.codelist(fact["code"])
        assert (codelist.label, str(codelist.extensible)) == (fact["name"], fact["extensible"])
        if fact["submission_value"]:
            assert codelist.name == RENAMED.get(fact["code"], fact["submission_value"])
    packaged = [
        (codelist.code, term.value, term.code)
        for codelist in map(terminology.codelist, terminology)
        for term in codelist.terms
    ]
    without_code = {
        (f["codelist_code"], f["submission_value"]) for f in facts if not f["term_code"]
    }
    assert all(code.startswith("C") for _, _, code in packaged)
    assert [row for row in packaged if row[:2] not in without_code] == [
        (fact["codelist_code"], fact["submission_value"], fact["term_code"])
        for fact in facts
        if fact["term_code"]
    ]
