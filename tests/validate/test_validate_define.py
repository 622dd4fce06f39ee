"""define.xml against data: one broken define.xml per thing that may be wrong, each found."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from small_study import make_frame

from sdtmconv.define_xml import write_define
from sdtmconv.metadata import (
    Codelist,
    DatasetMetadata,
    Origin,
    StudyMetadata,
    Term,
    ValueLevel,
    VariableMetadata,
)
from sdtmconv.transport import write_xpt
from sdtmconv.validate import RULES, FindingGroup
from sdtmconv.validate.define import check_defines

CREATED = datetime(2025, 3, 1)
ASSIGNED = Origin("Assigned")
PARAMS = Codelist("P", "Parameter Code", (Term("AGE", "Age"), Term("SEX", "Sex")))
SEXES = Codelist("S", "Sex", (Term("F", "Female"), Term("M", "Male")))
LEVELS = (
    ValueLevel(
        (("PARAMCD", "EQ", ("AGE",)),),
        VariableMetadata("AVALC", "Age", "Char", 4, "integer", origin=ASSIGNED),
    ),
    ValueLevel(
        (("PARAMCD", "IN", ("SEX",)),),
        VariableMetadata("AVALC", "Sex", "Char", 4, codelist=SEXES, origin=ASSIGNED),
    ),
)
ADX = DatasetMetadata(
    name="ADX",
    label="Example",
    variables=(
        VariableMetadata("USUBJID", "Subject", "Char", 3, origin=ASSIGNED, core="Req"),
        VariableMetadata("PARAMCD", "Parameter Code", "Char", 3, codelist=PARAMS, origin=ASSIGNED),
        VariableMetadata("AVALC", "Value", "Char", 4, values=LEVELS, origin=ASSIGNED),
        VariableMetadata(
            "ADT", "Date", "Num", 8, "integer", display_format="DATE9.", origin=ASSIGNED
        ),
        VariableMetadata(
            "AVAL", "Number", "Num", 8, "float", significant_digits=1, origin=ASSIGNED
        ),
    ),
    keys=("USUBJID", "PARAMCD"),
    domain="ADX",
    class_="BASIC DATA STRUCTURE",
    structure="One record per subject and parameter",
    standard="ADAMIG",
)
STUDY = StudyMetadata("S1", "Study", "S1", {"ADAMIG": "1.3"}, datasets=(ADX,))
RECORDS: dict[str, list[object]] = {
    "USUBJID": ["001", "001", "002"],
    "PARAMCD": ["AGE", "SEX", "AGE"],
    "AVALC": ["61", "F", "58"],
    "ADT": [1.0, 2.0, None],
    "AVAL": [6.1, None, 5.8],
}

Check = Callable[..., list[FindingGroup]]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Write the datasets with their define.xml, edit the latter, and check both."""

    def edit_and_check(
        old: str = "", new: str = "", known: tuple[FindingGroup, ...] = (), **columns: list[object]
    ) -> list[FindingGroup]:
        path = tmp_path / "define.xml"
        frame = make_frame({**RECORDS, **columns})
        write_xpt(tmp_path / "adx.xpt", ADX, [frame], created=CREATED)
        write_define(path, STUDY, "ADAMIG", created=CREATED)
        text, count = re.subn(old, new, path.read_text("utf-8"), count=1)
        assert count, f"{old} is not in the file"
        path.write_text(text, "utf-8")
        return check_defines(tmp_path, [(tmp_path / "adx.xpt", ADX, frame)], known, "utf-8")

    return edit_and_check


def test_what_a_build_writes_agrees_with_its_data(check: Check) -> None:
    """A sound define.xml beside the datasets it was written with gives no finding."""
    assert check() == []


SWAPPED = r'(ItemOID="IT.ADX.ADT" OrderNumber=)"4"(.*\n.*ItemOID="IT.ADX.AVAL" OrderNumber=)"5"'
IN_DEFINE = [
    (' Purpose="Analysis"', "", "define-sound", "ItemGroupDef IG.ADX", 1),
    ('href="adx.xpt"', 'href="ady.xpt"', "define-dataset", "", 2),
    ('ItemDef OID="IT.ADX.ADT" Name="ADT"', 'ItemDef OID="IT.ADX.ADT" Name="ADTX"',
     "define-variable", "ADT", 1),
    (SWAPPED, r'\1"5"\2"4"', "define-order", "AVAL", 1),
    (">Example<", ">Other<", "define-label", "", 1),
    (">Date<", ">Day<", "define-label", "ADT", 1),
    ('Name="ADT" DataType="integer" Length="8"', 'Name="ADT" DataType="text" Length="8"',
     "define-type", "ADT", 1),
    ('Name="PARAMCD" DataType="text" Length="3"', 'Name="PARAMCD" DataType="text" Length="8"',
     "define-length", "PARAMCD", 1),
    ('def:DisplayFormat="DATE9."', 'def:DisplayFormat="DATE11."', "define-format", "ADT", 1),
    (' KeySequence="2"', "", "define-keys", "", 2),
    ('CodedValue="SEX"', 'CodedValue="RACE"', "define-term", "PARAMCD", 1),
    ('CodedValue="F"', 'CodedValue="U"', "define-term", "AVALC", 1),
    ('SignificantDigits="1"', 'SignificantDigits="0"', "define-value", "AVAL", 2),
    ('(ItemOID="IT.ADX.ADT"[^>]*Mandatory=)"No"', r'\1"Yes"', "define-mandatory", "ADT", 1),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "rule", "variable", "count"), IN_DEFINE)
def test_what_a_define_states_wrongly_is_found(
    old: str, new: str, rule: str, variable: str, count: int, check: Check
) -> None:
    """Each statement about the data that does not hold is found, at its dataset and variable."""
    found = [group for group in check(old, new) if group.rule == rule]
    assert variable in {group.variable for group in found}
    assert sum(map(len, found)) >= count


IN_DATA = [
    ("PARAMCD", ["AGE", "SEX", "BMI"], "define-term", 1),
    ("AVALC", ["61", "F", "old"], "define-value", 1),
    ("AVALC", ["61", "X", "58"], "define-term", 1),
    ("AVAL", [6.15, None, 5.8], "define-value", 1),
    ("ADT", [1.5, 2.0, None], "define-value", 1),
    ("USUBJID", ["001", "001", None], "define-mandatory", 1),
]


@pytest.mark.parametrize(("variable", "values", "rule", "count"), IN_DATA)
def test_values_that_a_define_does_not_allow_are_found(
    variable: str, values: list[object], rule: str, count: int, check: Check
) -> None:
    """Terms, types and digits are checked, where a condition asks for it only there."""
    found = check(**{variable: values})
    assert [(g.rule, g.dataset, g.variable, len(g)) for g in found] == [
        (rule, "ADX", variable, count)
    ]


def test_a_value_that_another_rule_found_is_not_told_again(check: Check) -> None:
    """One wrong value is one finding, whatever else disagrees with it."""
    bad = pd.Series(["X"], dtype="str")
    known = FindingGroup("codelist", "ADX", "AVALC", "is no term", pd.DataFrame({"K": ["1"]}), bad)
    assert check(known=(known,), AVALC=["61", "X", "58"]) == []


def test_a_define_that_refers_to_nothing_is_not_compared(check: Check) -> None:
    """A dangling reference is told, and nothing is said of the data."""
    found = check('ItemOID="IT.ADX.ADT"', 'ItemOID="IT.ADX.NONE"')
    assert {group.rule for group in found} == {"define-sound"}
    assert any("there is no such ItemDef" in group.message for group in found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<CheckValue>AGE</CheckValue>", '<CheckValue>" or ``</CheckValue>'),
        ('def:ItemOID="IT.ADX.PARAMCD"', 'def:ItemOID="IT.ADX.AVAL"'),
        ('SignificantDigits="1"', 'SignificantDigits="99999999"'),
        (r'(ItemDef OID="IT.ADX.ADT" Name=)"ADT"', r'\1"ADT" Colour="red"'),
        ("<CodeListRef CodeListOID", "<Nothing/><CodeListRef CodeListOID"),
    ],
)
def test_a_define_that_makes_no_sense_is_told_and_never_fails(
    old: str, new: str, check: Check
) -> None:
    """What comes from elsewhere may be anything; where it cannot be compared it is passed over."""
    assert {group.rule for group in check(old, new)} <= {"define-sound"}


def test_a_variable_that_is_described_twice_is_told_as_such(check: Check) -> None:
    """It is a fault of define.xml; the other variables are compared all the same."""
    found = check('(ItemDef OID="IT.ADX.AVAL" Name=)"AVAL"', r'\1"ADT"')
    told = [(group.rule, group.variable) for group in found]
    assert told[:2] == [("define-sound", "ItemRef IT.ADX.AVAL"), ("define-variable", "AVAL")]


def test_a_dataset_without_a_description_is_found(check: Check, tmp_path: Path) -> None:
    """A file beside define.xml that it says nothing of is a finding."""
    check()
    frame = make_frame(RECORDS)
    files = [(tmp_path / name, ADX, frame) for name in ("adx.xpt", "other.xpt")]
    found = check_defines(tmp_path, files, (), "utf-8")
    assert [(g.rule, g.message) for g in found] == [
        ("define-dataset", "is not described in define.xml")
    ]


def test_every_rule_about_define_xml_is_tested_here() -> None:
    """No rule is without a fault that breaks it."""
    tested = {rule for _, _, rule, *_ in IN_DEFINE} | {rule for _, _, rule, _ in IN_DATA}
    tested.add("define-dictionary")  # of builds too: test_validate_dictionaries
    assert tested == {rule for rule in RULES if rule.startswith("define-")}
