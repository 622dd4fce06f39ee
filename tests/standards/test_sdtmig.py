"""SDTMIG: datasets, variables of the guide and of the model, order."""

import pytest

from sdtmconv.errors import StandardsError
from sdtmconv.standards import dataset_order, load_sdtmig


@pytest.fixture(scope="module")
def guide():
    return load_sdtmig("3.4")


def test_variable_of_the_guide(guide):
    """A variable is described as the guide's table for the domain has it."""
    variable = guide.variable("AE", "AESTDTC")
    assert (variable.label, variable.type, variable.role, variable.core) == (
        "Start Date/Time of Adverse Event",
        "Char",
        "Timing",
        "Exp",
    )
    assert variable.value_domain == "ISO 8601 datetime or interval"
    assert variable.source == "guide"
    assert guide.variable("DS", "DSDECOD").codelists == ("C66727", "C114118", "C150811")
    assert guide.variable("AE", "DOMAIN").values == ("AE",)


def test_variable_of_the_model(guide):
    """A variable that the domain's table lacks comes from the class's variables in the model."""
    variable = guide.variable("AE", "AESTRF")
    assert (variable.label, variable.role, variable.core, variable.source) == (
        "Start Relative to Reference Period",
        "Timing",
        "",
        "model",
    )
    assert variable.codelists == ("C66728",)


@pytest.mark.parametrize("name", ["EXTRT", "AETRT", "AESTRESC", "TSPARMCD"])
def test_variable_of_another_class(guide, name):
    """A variable of another domain or class is refused."""
    with pytest.raises(StandardsError, match=f"SDTMIG 3.4 AE: no variable '{name}'"):
        guide.variable("AE", name)


def test_no_model_outside_the_observation_classes(guide):
    """A special purpose dataset has the variables of the guide, and no others."""
    with pytest.raises(StandardsError):
        guide.variable("DM", "DMGRPID")
    assert guide.variable_names("DM")[:4] == ("STUDYID", "DOMAIN", "USUBJID", "SUBJID")


def test_supplemental_qualifiers(guide):
    """SUPP-- has the variables of SUPPQUAL, and a label that names its parent."""
    supplemental = guide.dataset("SUPPAE")
    assert supplemental.label == "Supplemental Qualifiers for AE"
    assert (supplemental.class_, supplemental.domain) == ("RELATIONSHIP", "AE")
    assert guide.variable_names(supplemental) == (
        *("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL"),
        *("QNAM", "QLABEL", "QVAL", "QORIG", "QEVAL"),
    )


def test_part_of_a_split_dataset(guide):
    """A part of a split dataset has its domain's variables under its own name."""
    part = guide.dataset("QSCG")
    assert (part.name, part.domain, part.class_) == ("QSCG", "QS", "FINDINGS")
    assert guide.variable(part, "QSTESTCD").core == "Req"


def test_custom_domain(guide):
    """A sponsor's domain has the variables of its class under its own prefix."""
    dataset = guide.custom_dataset("XB", "Biomarker Images", "FINDINGS")
    required = [variable.name for variable in dataset.variables]
    assert required == ["STUDYID", "DOMAIN", "USUBJID", "XBSEQ", "XBTESTCD", "XBTEST"]
    assert {variable.core for variable in dataset.variables} == {"Req"}
    assert guide.variable(dataset, "XBORRESU").codelists == ("C71620",)
    with pytest.raises(StandardsError, match="no general observation class 'FINDING'"):
        guide.custom_dataset("XB", "Biomarker Images", "FINDING")


def test_findings_about_has_its_object(guide):
    """--OBJ belongs to Findings About alone, after --TEST."""
    dataset = guide.custom_dataset("XF", "Findings About Images", "FINDINGS ABOUT")
    names = guide.variable_names(dataset)
    assert names.index("XFOBJ") == names.index("XFTEST") + 1
    assert "VSOBJ" not in guide.variable_names("VS")


def test_order_of_variables(guide):
    """Variables follow the guide; one of the model alone follows its predecessor in the model."""
    given = ["ZZNEW", "AESTRF", "AEENDTC", "AELNKID", "AESTDTC", "AETERM", "AESPID", "STUDYID"]
    assert guide.sort_variables("AE", given) == [
        *("STUDYID", "AESPID", "AELNKID", "AETERM"),
        *("AESTDTC", "AEENDTC", "AESTRF", "ZZNEW"),
    ]


def test_order_keeps_the_guide(guide):
    """The guide's own order survives the merge with the model in every dataset."""
    for dataset in guide.datasets:
        listed = [variable.name for variable in dataset.variables]
        names = guide.variable_names(dataset)
        assert [name for name in names if name in set(listed)] == listed


def test_order_of_datasets():
    """Datasets follow the classes as define.xml lists them, and their names within a class."""
    datasets = [
        ("RELATIONSHIP", "SUPPAE"),
        ("FINDINGS", "VS"),
        ("EVENTS", "AE"),
        ("FINDINGS", "LB"),
        ("SPECIAL PURPOSE", "DM"),
        ("TRIAL DESIGN", "TS"),
    ]
    ordered = sorted(datasets, key=lambda dataset: dataset_order(*dataset))
    assert [name for _, name in ordered] == ["TS", "DM", "AE", "LB", "VS", "SUPPAE"]


def test_versions_differ():
    """SDTMIG 3.3 lacks what 3.4 brought, and says ISO 8601 in the same words."""
    older = load_sdtmig("3.3")
    assert "GF" not in older.dataset_names
    assert older.dataset("DA").label == "Drug Accountability"
    assert older.variable("AE", "AEDUR").value_domain == "ISO 8601 duration"
    with pytest.raises(StandardsError, match=r"no version '3\.5'; did you mean '3\.4'"):
        load_sdtmig("3.5")


@pytest.mark.parametrize("name", ["XX", "SUPP", "SUPPX", "SUPPABCDE", "DMX", "", "ae"])
def test_unknown_dataset(guide, name):
    """An unknown dataset is an error that names near ones."""
    with pytest.raises(StandardsError, match=f"SDTMIG 3.4: no dataset '{name}'; "):
        guide.dataset(name)
