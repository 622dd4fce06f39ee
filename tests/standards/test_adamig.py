"""ADaMIG: structures, and the variables that names with numbers stand for."""

import pytest

from sdtmconv.errors import StandardsError
from sdtmconv.standards import load_adamig


@pytest.fixture(scope="module")
def guide():
    return load_adamig("1.3")


@pytest.mark.parametrize(
    ("structure", "name", "label"),
    [
        ("ADSL", "TRTSDT", "Date of First Exposure to Treatment"),
        ("ADSL", "TRT01A", "Actual Treatment for Period 01"),
        ("ADSL", "TRT12PN", "Planned Treatment for Period 12 (N)"),
        ("ADSL", "TR02AG1N", "Actual Pooled Trt 1 for Period 02 (N)"),
        ("ADSL", "AGEGR1", "Pooled Age Group 1"),
        ("ADSL", "SITEGR2N", "Pooled Site Group 2 (N)"),
        ("ADSL", "APHASE1", "Description of Phase 1"),
        ("ADSL", "P01S2SDT", "Period 01 Subperiod 2 Start Date"),
        ("BDS", "PARCAT1", "Parameter Category 1"),
        ("BDS", "ANL01FL", "Analysis Flag 01"),
        ("BDS", "CRIT10FL", "Criterion 10 Evaluation Result Flag"),
        ("BDS", "A1LO", "Analysis Range 1 Lower Limit"),
        ("BDS", "R2A1LO", "Ratio to Analysis Range 1 Lower Limit"),
        ("BDS", "R2BASE", "Ratio to Baseline"),
        ("BDS-TTE", "CNSR", "Censor"),
        ("OCCDS", "CQ01NAM", "Customized Query 01 Name"),
        ("OCCDS", "AT1CORG2", "ATC Level 1 Code in Orig Dictionary 2"),
        ("OCCDS-AE", "TRTEMFL", "Treatment Emergent Analysis Flag"),
        ("OCCDS-AE", "TREM02FL", "Treatment Emergent Period 02 Flag"),
        ("OCCDS-AE", "AEDECOD", "Dictionary-Derived Term"),
        ("OCCDS-AE", "DECDORG1", "PT in Original Dictionary 1"),
    ],
)
def test_label_of_a_variable(guide, structure, name, label):
    """A name finds its variable, and the label has the name's numbers."""
    variable = guide.variable(structure, name)
    assert (variable.name, variable.label, variable.dataset) == (name, label, structure)
    assert variable.core in {"Req", "Cond", "Perm"}


@pytest.mark.parametrize(
    ("structure", "name", "source"),
    [
        ("BDS", "TRT01A", "ADSL"),
        ("BDS-TTE", "PARCAT1", "BDS"),
        ("BDS-TTE", "SAFFL", "ADSL"),
        ("OCCDS-AE", "ASTTM", "OCCDS-AE"),
        ("OCCDS-AE", "TRTA", "BDS"),
        ("OCCDS-AE", "AGE", "ADSL"),
    ],
)
def test_variable_of_another_structure(guide, structure, name, source):
    """A dataset may carry the variables of the structures it builds on; none is required."""
    variable = guide.variable(structure, name)
    assert variable.dataset == source
    assert structure == source or variable.core == ""


def test_user_defined_timing_variable(guide):
    """A suffix for user-defined timing gives type and codelist, and leaves the label open."""
    date = guide.variable("ADSL", "PROGDT")
    flag = guide.variable("ADSL", "PROGDTF")
    assert (date.type, date.label, date.codelists) == ("Num", "", ())
    assert (flag.type, flag.label, flag.codelists) == ("Char", "", ("C81223",))


@pytest.mark.parametrize(
    "name",
    ["TRT1A", "TRT00A", "TRTxxA", "ANL1FL", "AGEGR01", "AVAL", "", "7", "A²", "A1B2C3D4E5F6G7H8I9"],
)
def test_name_that_fits_no_pattern(guide, name):
    """A number of the wrong form, or a variable of another structure, is refused."""
    with pytest.raises(StandardsError, match=f"ADAMIG 1.3 ADSL: no variable '{name}'; "):
        guide.variable("ADSL", name)


def test_every_pattern_is_found_by_its_names(guide):
    """No pattern hides another: each is found by a name made from it, its label filled in."""
    numbers = {"xx": "01", "zz": "02", "y": "3", "w": "4"}
    for structure in guide.dataset_names:
        for variable in guide.dataset(structure).variables:
            name = variable.name.replace("--", "ZZ")
            for placeholder, number in numbers.items():
                name = name.replace(placeholder, number)
            found = guide.variable(structure, name)
            assert (found.type, found.core) == (variable.type, variable.core), name
            assert len(found.label) <= 40
            assert not {*numbers} & {*found.label.split()}, found.label


def test_classes(guide):
    """Structures have the class and subclass that define.xml needs."""
    assert [(s.class_, s.subclass) for s in map(guide.dataset, guide.dataset_names)] == [
        ("SUBJECT LEVEL ANALYSIS DATASET", ""),
        ("BASIC DATA STRUCTURE", ""),
        ("BASIC DATA STRUCTURE", "TIME-TO-EVENT"),
        ("OCCURRENCE DATA STRUCTURE", ""),
        ("OCCURRENCE DATA STRUCTURE", "ADVERSE EVENT"),
    ]


def test_unknown_structure_and_version(guide):
    """An unknown structure or version is an error that names near ones."""
    with pytest.raises(StandardsError, match=r"no structure 'BSD'; did you mean 'BDS'"):
        guide.dataset("BSD")
    with pytest.raises(StandardsError, match=r"no version '1\.2'; did you mean '1\.3'"):
        load_adamig("1.2")
