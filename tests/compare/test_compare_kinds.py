"""Each injected difference is found, named for what it is, and nothing else is reported."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_datasets import (
    RECORDS,
    Change,
    describe_variable,
    list_differences,
    make_ae,
    make_dm,
    write,
)

from sdtmconv.compare import KINDS, Settings, compare
from sdtmconv.transport import special_missing

# Records of the small AE are paired by their number, and so named in the expected lines.
KEYS = Settings(keys={"AE": ("STUDYID", "USUBJID", "AESEQ")}, encoding="utf-8")

# variable, record from 0, value in B, and what is to be found.
VALUES = [
    ("AETERM", 0, None, "missing-in-b: HEADACHE | "),
    ("AESER", 2, "Y", "missing-in-a:  | Y"),
    ("AESER", 2, ".", "missing-as-text:  | ."),
    ("AESER", 2, "n/a", "missing-as-text:  | n/a"),
    ("AETERM", 0, "Headache", "case: HEADACHE | Headache"),
    ("AETERM", 4, "café-au-lait spot", "case: CAFÉ-AU-LAIT SPOT | café-au-lait spot"),
    ("AETERM", 1, "DRY  MOUTH", "whitespace: DRY MOUTH | DRY  MOUTH"),
    ("AETERM", 1, "DRYMOUTH", "whitespace: DRY MOUTH | DRYMOUTH"),
    ("AETERM", 1, "DRY\u00a0MOUTH", "whitespace: DRY MOUTH | DRY\u00a0MOUTH"),
    ("AETERM", 1, " DRY MOUTH", "whitespace: DRY MOUTH |  DRY MOUTH"),
    ("AETERM", 1, "Dry  mouth", "case-and-whitespace: DRY MOUTH | Dry  mouth"),
    ("AETERM", 4, "CAFE-AU-LAIT SPOT", "characters: CAFÉ-AU-LAIT SPOT | CAFE-AU-LAIT SPOT"),
    ("AETERM", 4, "CAFÃ‰-AU-LAIT SPOT", "characters: CAFÉ-AU-LAIT SPOT | CAFÃ‰-AU-LAIT SPOT"),
    ("AETERM", 4, "CAFÉ–AU–LAIT SPOT", "characters: CAFÉ-AU-LAIT SPOT | CAFÉ–AU–LAIT SPOT"),
    ("AETERM", 2, "ＩＴＣＨ", "characters: ITCH | ＩＴＣＨ"),
    ("AETERM", 1, "DRY-MOUTH", "punctuation: DRY MOUTH | DRY-MOUTH"),
    ("AETERM", 2, "ITCH.", "punctuation: ITCH | ITCH."),
    ("AETERM", 1, "MOUTH, DRY", "word-order: DRY MOUTH | MOUTH, DRY"),
    ("AETERM", 0, "HEAD", "beginning: HEADACHE | HEAD"),
    ("AETERM", 2, "ITCHING", "beginning: ITCH | ITCHING"),
    ("AETERM", 3, "BURN", "text: RASH | BURN"),
    ("AESER", 0, "Y", "text: N | Y"),
    ("AESTDTC", 0, "2025-03", "date-precision: 2025-03-02 | 2025-03"),
    ("AESTDTC", 0, "2025", "date-precision: 2025-03-02 | 2025"),
    ("AESTDTC", 0, "2025-03-02T08:00", "date-precision: 2025-03-02 | 2025-03-02T08:00"),
    ("AESTDTC", 1, "2025-03-02T10:30:15", "date-precision: 2025-03-02T10:30 | 2025-03-02T10:30:15"),
    ("AESTDTC", 2, "2025-03-15", "date-precision: 2025-03 | 2025-03-15"),
    ("AESTDTC", 3, "2025-11", "date-precision: 2025 | 2025-11"),
    ("AESTDTC", 1, "2025-03-02T10:31", "time: 2025-03-02T10:30 | 2025-03-02T10:31"),
    ("AESTDTC", 0, "2025-03-03", "date: 2025-03-02 | 2025-03-03"),
    ("AESTDTC", 0, "2024-03-02", "date: 2025-03-02 | 2024-03-02"),
    ("AESTDTC", 2, "2025-04", "date: 2025-03 | 2025-04"),
    ("AESTDTC", 1, "2025-03-03T10:30", "date: 2025-03-02T10:30 | 2025-03-03T10:30"),
    ("AESTDTC", 3, "2024", "date: 2025 | 2024"),
    ("AESTDTC", 4, "2025-03-03", "missing-in-a:  | 2025-03-03"),
    ("AESTDTC", 0, "02MAR2025", "text: 2025-03-02 | 02MAR2025"),
    ("AEORRES", 0, "5", "number-format: 5.0 | 5"),
    ("AEORRES", 3, "7", "number-format: 007 | 7"),
    ("AEORRES", 1, "1.2E1", "number-format: 12 | 1.2E1"),
    ("AEORRES", 2, "3.14", "rounding: 3.14159 | 3.14"),
    ("AEORRES", 1, "120", "scale: 12 | 120"),
    ("AEORRES", 1, "-12", "sign: 12 | -12"),
    ("AEORRES", 1, "13", "number: 12 | 13"),
    ("AEORRES", 5, "<0.50", "beginning: <0.5 | <0.50"),
    ("AEORRES", 5, ">0.5", "punctuation: <0.5 | >0.5"),
    ("AEDOSE", 0, 0.1 + 0.2, "floating-point: 0.3 | 0.30000000000000004"),
    ("AEDOSE", 1, 3.14, "rounding: 3.14159 | 3.14"),
    ("AEDOSE", 1, 3.0, "rounding: 3.14159 | 3"),
    ("AEDOSE", 1, 3.1416, "rounding: 3.14159 | 3.1416"),
    ("AEDOSE", 1, 3.1415, "digits-cut: 3.14159 | 3.1415"),
    ("AEDOSE", 3, 5.75, "digits-cut: 5 | 5.75"),
    ("AEDOSE", 2, 1200.0, "scale: 12 | 1200"),
    ("AEDOSE", 2, 0.012, "scale: 12 | 0.012"),
    ("AEDOSE", 3, -5.0, "sign: 5 | -5"),
    ("AEDOSE", 5, 251.0, "number: 250 | 251"),
    ("AEDOSE", 5, np.nan, "missing-in-b: 250 | "),
    ("AEDOSE", 4, 1.0, "missing-in-a:  | 1"),
    ("AEDOSE", 4, special_missing("A"), "special-missing:  | .A"),
    ("AEADT", 0, 23803.0, "date: 2025-03-02 | 2025-03-03"),
    ("AEADT", 2, 23803.0, "missing-in-a:  | 2025-03-03"),
    ("AEADTM", 0, 2056492860.0, "time: 2025-03-02T00:00:00 | 2025-03-02T00:01:00"),
    ("AEADTM", 0, 2056579200.0, "date: 2025-03-02T00:00:00 | 2025-03-03T00:00:00"),
    ("AETM", 0, 30660.0, "time: 08:30:00 | 08:31:00"),
]


@pytest.mark.parametrize(("variable", "row", "value", "found"), VALUES)
def test_a_value_that_differs(
    tmp_path: Path, variable: str, row: int, value: object, found: str
) -> None:
    """One value is changed: one difference of the right kind, with both values."""
    a = write(tmp_path / "a", make_ae(), make_dm())
    b = write(tmp_path / "b", make_ae().with_values(variable, {row: value}), make_dm())
    comparison = compare(a, b, KEYS)
    assert list_differences(comparison) == [f"AE.{variable} {found}"]
    assert comparison.datasets[0].differing == 1


SWAPPED = (0, 1, 2, 4, 3, *range(5, 12))


def move_last_to_front(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([frame.tail(1), frame.head(-1)])


def as_text(variable: str) -> Change:
    """Make a Num variable Char, with the same values."""

    def change(content):
        frame = content.frame.assign(**{variable: content.frame[variable].map("{:g}".format)})
        changed = content.with_attribute(variable, type="Char", length=8, display_format="")
        return changed.with_records(frame.astype({variable: "str"}))

    return change


CHANGES: dict[str, tuple[Change, list[str]]] = {
    "a record less": (
        lambda ae: ae.with_records(RECORDS.drop(index=2)),
        ["AE only_a: 1"],
    ),
    "two records more": (
        lambda ae: ae.with_records(
            pd.concat([RECORDS, RECORDS.tail(2).assign(AESEQ=[8.0, 9.0], AEREF=["A7", "A8"])])
        ),
        ["AE only_b: 2"],
    ),
    "a record twice": (
        lambda ae: ae.with_records(pd.concat([RECORDS, RECORDS.tail(1)])),
        ["AE only_b: 1", "AE repeated_b: 2"],
    ),
    "no records": (lambda ae: ae.with_records(RECORDS.head(0)), ["AE only_a: 6"]),
    "records in another order": (
        lambda ae: ae.with_records(move_last_to_front(RECORDS)),
        ["AE sort:  | the records stand in another order than in A"],
    ),
    "the key of a record changed": (
        lambda ae: ae.with_values("AESEQ", {5: 4.0}),
        ["AE.AESEQ number: 1 | 4"],
    ),
    "another study": (
        lambda ae: ae.with_records(RECORDS.assign(STUDYID="s1").astype({"STUDYID": "str"})),
        ["AE.STUDYID case: " + ", ".join(["S1 | s1"] * 6)],
    ),
    "a label": (
        lambda ae: ae.with_attribute("AESER", label="Serious"),
        ["AE.AESER label: Label of AESER | Serious"],
    ),
    "a length": (
        lambda ae: ae.with_attribute("AETERM", length=40),
        ["AE.AETERM length: 30 | 40"],
    ),
    "a format": (
        lambda ae: ae.with_attribute("AEADT", display_format="E8601DA10."),
        ["AE.AEADT format: DATE9. | E8601DA10."],
    ),
    "a format less": (
        lambda ae: ae.with_attribute("AEDOSE", display_format=""),
        ["AE.AEDOSE format: 8.3 | "],
    ),
    "a type": (as_text("AESEQ"), ["AE.AESEQ type: Num | Char"]),
    "the dataset's label": (
        lambda ae: type(ae)(replace(ae.metadata, label="Events"), ae.frame),
        ["AE label: Adverse Events | Events"],
    ),
    "a variable less": (
        lambda ae: ae.with_variables([v for v in ae.metadata.variables if v.name != "AEREF"]),
        ["AE.AEREF variable: Char 30, Label of AEREF | "],
    ),
    "a variable more": (
        lambda ae: type(ae)(
            replace(ae.metadata, variables=(*ae.metadata.variables, describe_variable("AEXX"))),
            ae.frame.assign(AEXX=1.0),
        ),
        ["AE.AEXX variable:  | Num 8, Label of AEXX"],
    ),
    "a variable moved": (
        lambda ae: ae.with_variables([*ae.metadata.variables[1:], ae.metadata.variables[0]]),
        ["AE.STUDYID order: first | after AETM"],
    ),
    "two variables swapped": (
        lambda ae: ae.with_variables([ae.metadata.variables[n] for n in SWAPPED]),
        ["AE.AESER order: after AETERM | after AESEQ"],
    ),
    "two kinds in one variable": (
        lambda ae: ae.with_values("AETERM", {0: "Headache", 2: "Itch", 3: "BURN"}),
        ["AE.AETERM case: HEADACHE | Headache, ITCH | Itch", "AE.AETERM text: RASH | BURN"],
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_records_and_attributes_that_differ(tmp_path: Path, case: str) -> None:
    """One thing is changed in B, and that is all that is found."""
    change, found = CHANGES[case]
    a = write(tmp_path / "a", make_ae(), make_dm())
    b = write(tmp_path / "b", change(make_ae()), make_dm())
    assert list_differences(compare(a, b, KEYS)) == found


def test_at_least_sixty_cases_and_every_kind() -> None:
    """The tables above leave no kind out but decode, which needs a define.xml."""
    assert len(VALUES) + len(CHANGES) >= 60
    kinds = {found.partition(":")[0] for *_, found in VALUES}
    assert set(KINDS) - kinds == {"decode"}
