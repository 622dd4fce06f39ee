"""The `where` language: what it selects, how it is written again, what it says of mistakes."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdtmconv.conditions import Condition, parse_condition
from sdtmconv.errors import DataError, SpecError

PLACE = "specs/x/sdtm/ae.yaml:7"


def make_records() -> pd.DataFrame:
    """Five records of text as a raw reader gives it, one numeric column, an index of its own."""
    columns = {
        "AESER": ["Y", "N", None, "Y", "y"],
        "IT.GRADE": ["1", "5", None, "10", "ND"],
        "Dose (mg)": ["80", "80.0", "0", None, " 40 "],
        "VISIT": ["UNSCHEDULED 1", "DAY 1", None, "UNSCHEDULED 2", "Unscheduled"],
        "ARM": ["A", "B", None, None, "A"],
        "ACTARM": ["A", "A", None, "A", None],
    }
    frame = pd.DataFrame({name: pd.Series(v, dtype="str") for name, v in columns.items()})
    frame["AGE"] = [17.0, 18.0, np.nan, 70.5, 18.0]
    return frame.set_axis([10, 20, 30, 40, 50])


def select(text: str) -> list[int]:
    """Number the records, from 1, for which a condition holds."""
    records = make_records()
    mask = parse_condition(text, PLACE).mask(records, records.index)
    assert mask.index.equals(records.index)
    assert mask.dtype == bool
    return [int(label) // 10 for label in mask.index[mask]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('AESER EQ "Y"', [1, 4]),
        ('AESER NE "Y"', [2, 3, 5]),
        ("AESER eq 'Y'", [1, 4]),
        ('AESER IN ("Y", "y")', [1, 4, 5]),
        ('AESER NOTIN ("Y", "y")', [2, 3]),
        ("AESER is missing", [3]),
        ("AESER Is  Not Missing", [1, 2, 4, 5]),
        ("AGE LT 18", [1]),
        ("AGE LE 18", [1, 2, 5]),
        ("AGE GT 18", [4]),
        ("AGE GE 18", [2, 4, 5]),
        ("AGE EQ 70.5", [4]),
        ("AGE NE 18", [1, 3, 4]),
        ("AGE IN (17, 70.5)", [1, 4]),
        ('AESER GT "N"', [1, 4, 5]),
        ('VISIT STARTS "UNSCHEDULED"', [1, 4]),
        ('VISIT CONTAINS "AY "', [2]),
        ('VISIT CONTAINS "."', []),
        ("`Dose (mg)` EQ 80", [1, 2]),
        ("`Dose (mg)` GT 0", [1, 2, 5]),
        ("`Dose (mg)` NE 80", [3, 4, 5]),
    ],
)
def test_comparators(text: str, expected: list[int]) -> None:
    """EQ, NE, IN and NOTIN know missing as a value; an order is false beside a missing value."""
    assert select(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ARM EQ ACTARM", [1, 3]),
        ("ARM NE ACTARM", [2, 4, 5]),
        ("ARM GT ACTARM", [2]),
        ("`Dose (mg)` GE AGE", [1, 2, 5]),
    ],
)
def test_column_against_column(text: str, expected: list[int]) -> None:
    """Two missing values are EQ; a Char column beside a Num column is read as numbers."""
    assert select(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('AESER EQ "Y" and AGE GT 18', [4]),
        ('AESER EQ "N" or AESER is missing and AGE is missing', [2, 3]),
        ('(AESER EQ "N" or AESER is missing) and AGE is missing', [3]),
        ('not AESER EQ "Y"', [2, 3, 5]),
        ('not AESER EQ "Y" and AGE is not missing', [2, 5]),
        ('not (AESER EQ "N" or AESER is missing)', [1, 4, 5]),
        ('NOT not AESER EQ "Y"', [1, 4]),
    ],
)
def test_junctions(text: str, expected: list[int]) -> None:
    """`not` binds before `and`, `and` before `or`; parentheses decide otherwise."""
    assert select(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('IT.GRADE NE "ND" and IT.GRADE GE 5', [2, 4]),
        ('IT.GRADE EQ "ND" or IT.GRADE GE 5', [2, 4, 5]),
        ('IT.GRADE NE "ND" and not (IT.GRADE LT 5)', [2, 3, 4]),
        ("IT.GRADE GT 3 and IT.GRADE LT 20", None),
    ],
)
def test_text_read_as_numbers(text: str, expected: list[int] | None) -> None:
    """A text that is no number is a fault only where the answer still depends on it."""
    if expected is None:
        with pytest.raises(DataError, match='is compared as a number and holds "ND"'):
            select(text)
    else:
        assert select(text) == expected


def test_every_fault_of_the_data_is_reported_at_once() -> None:
    """One error carries place, problem and remedy of each fault."""
    with pytest.raises(DataError) as caught:
        select('IT.GRADE GT 3 or AGE EQ "18" or VISTI EQ "Y"')
    faults = caught.value.faults
    assert [fault.place for fault in faults] == [PLACE] * 3
    assert [fault.remedy for fault in faults] == [
        'keep them out first, as in IT.GRADE NOTIN ("ND") and ...',
        "compare it with a number, without quotes",
        "did you mean 'VISIT'?",
    ]


def test_columns_may_come_from_a_function() -> None:
    """A function that gives a column for its name serves as well as a frame."""
    records = make_records()
    mask = parse_condition("AGE GT 18", PLACE).mask(lambda name: records[name], records.index)
    assert mask.tolist() == [False, False, False, True, False]


def test_no_records() -> None:
    """A dataset without records gives a mask without records."""
    records = make_records().iloc[:0]
    text = 'AESER NE "Y" and IT.GRADE GT 3 or VISIT STARTS "U"'
    assert parse_condition(text, PLACE).mask(records, records.index).tolist() == []


@pytest.mark.parametrize(
    ("text", "canonical", "english"),
    [
        ("aeser  eq  'Y'", 'aeser EQ "Y"', 'aeser is "Y"'),
        ("A in ('x',\"y\")", 'A IN ("x", "y")', 'A is one of "x", "y"'),
        ("A notin (1,2.50)", "A NOTIN (1, 2.50)", "A is none of 1, 2.50"),
        ("A ne 'say \"no\"'", 'A NE "say ""no"""', 'A is not "say ""no"""'),
        ("A eq 'it''s'", 'A EQ "it\'s"', 'A is "it\'s"'),
        ("`Dose (mg)` GT -1.5e3", "`Dose (mg)` GT -1.5e3", "Dose (mg) is greater than -1.5e3"),
        ("`IN` ge B", "`IN` GE B", "IN is at least B"),
        ("剂量 lt 5", "剂量 LT 5", "剂量 is less than 5"),
        ("A starts 'x' or a CONTAINS 'y'", 'A STARTS "x" or a CONTAINS "y"',
         'A starts with "x" or a contains "y"'),
        ("(A le 1 and (B le 2)) and C IS MISSING", "A LE 1 and B LE 2 and C is missing",
         "A is at most 1 and B is at most 2 and C is missing"),
        ("A le 1 and (B le 2 or C le 3)", "A LE 1 and (B LE 2 or C LE 3)",
         "A is at most 1 and (B is at most 2 or C is at most 3)"),
        ("not A le 1", "not (A LE 1)", "not (A is at most 1)"),
        ("ANDROID eq ORAL", "ANDROID EQ ORAL", "ANDROID is ORAL"),
    ],
)  # fmt: skip
def test_writing(text: str, canonical: str, english: str) -> None:
    """A condition is written again in one way, and in English."""
    condition = parse_condition(text, PLACE)
    assert str(condition) == canonical
    assert condition.describe() == english
    assert parse_condition(canonical, "elsewhere") == condition


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('VSTESTCD EQ "SYSBP"', (("VSTESTCD", "EQ", ("SYSBP",)),)),
        (
            'LBCAT NOTIN ("URINALYSIS") and LBSTRESN GE 0.50',
            (("LBCAT", "NOTIN", ("URINALYSIS",)), ("LBSTRESN", "GE", ("0.50",))),
        ),
        ("A EQ B", None),
        ("A is missing", None),
        ('A STARTS "X"', None),
        ('A EQ "X" or A EQ "Y"', None),
        ('not A EQ "X"', None),
        ('A EQ "X" and (B EQ 1 or C EQ 1)', None),
    ],
)
def test_range_checks(text: str, expected: object) -> None:
    """Comparisons with literals joined by `and` are range checks of define.xml, others are not."""
    assert parse_condition(text, PLACE).range_checks() == expected


def test_names_and_renaming() -> None:
    """The columns come in order of mention, both sides counted, and can be renamed."""
    condition = parse_condition('ae.B GT ae.A and ae.B IN ("x") or not C is missing', PLACE)
    assert condition.names == ("ae.B", "ae.A", "C")
    renamed = condition.renamed({"ae.B": "Term (en)", "C": "D"})
    assert str(renamed) == '(`Term (en)` GT ae.A and `Term (en)` IN ("x")) or not (D is missing)'
    assert renamed.text == str(renamed)
    assert renamed.place == PLACE


def test_conditions_travel_to_other_processes() -> None:
    """A condition survives pickling, place and text with it."""
    condition = parse_condition('not (A EQ "Y" and B IN (1, 2))', PLACE)
    copy = pickle.loads(pickle.dumps(condition))  # noqa: S301
    assert (copy, copy.text, copy.place) == (condition, condition.text, condition.place)


@pytest.mark.parametrize(
    ("text", "problem", "remedy"),
    [
        ('AESER = "Y"', "'= \"Y\"' at character 7 is not understood", "write EQ instead of ="),
        ("AGE ^= 5", "'^= 5' at character 5 is not understood", "write NE instead of ^="),
        ("AGE>=5", "'>=5' at character 4 is not understood", "write GE instead of >="),
        ("A EQ 1 & B", "'& B' at character 8 is not understood", "write and instead of &"),
        ("A NOT IN (1)", "'NOT IN (1)' at character 3 is not understood",
         "compare by EQ NE LT LE GT GE, IN NOTIN, CONTAINS STARTS, is missing or is not missing"),
        ('A EQ "Y', "'\"Y' at character 6 is not understood", 'close the quotation "'),
        ("`A EQ 1", "'`A EQ 1' at character 1 is not understood", "close the quotation `"),
        ("A EQ", "it ends too soon", "write a text in quotes or a number here"),
        ("", "it ends too soon", "write a column here, in back-quotes if its name has blanks"),
        ("1 EQ A", "'1 EQ A' at character 1 is not understood",
         "write a column here, in back-quotes if its name has blanks"),
        ("A EQ 5mg", "'5mg' at character 6 is not understood",
         "write a text in quotes or a number here"),
        ("A STARTS 5", "'5' at character 10 is not understood", "write a text in quotes here"),
        ('A IN "Y"', "'\"Y\"' at character 6 is not understood",
         "write the values in parentheses, with commas between them"),
        ("A GT 5 LT 7", "'LT 7' at character 8 is not understood",
         "join comparisons with and, or"),
        ("(A EQ 1", "it ends too soon", "close the parenthesis"),
        ("A EQ 1)", "')' at character 7 is not understood", "leave it out"),
        ('A EQ ""', "a text in quotes is empty", "write A is missing"),
        ('A NOTIN ("Y", " ")', "a text in quotes is empty", "write A is not missing"),
        ('A IN ("1", 2)', 'A IN ("1", 2) mixes texts and numbers',
         "put all of them in quotes or none"),
    ],
)  # fmt: skip
def test_faults_of_the_text(text: str, problem: str, remedy: str) -> None:
    """A text that is no condition says where it fails and what to write."""
    with pytest.raises(SpecError) as caught:
        parse_condition(text, PLACE)
    (fault,) = caught.value.faults
    assert (fault.place, fault.problem, fault.remedy) == (PLACE, f"where {text}: {problem}", remedy)


NAMES = st.text("AB._ (é1", min_size=1, max_size=6)
TEXTS = st.text("aZ\"' é`", min_size=1, max_size=4).filter(str.strip)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False).map(repr) | st.integers().map(str)
QUOTED = TEXTS.map(lambda value: "'" + value.replace("'", "''") + "'")


@st.composite
def comparisons(draw: st.DrawFn) -> str:
    """Write a comparison of any kind."""
    name = f"`{draw(NAMES)}`"
    rest = draw(
        st.one_of(
            st.just("is missing"),
            st.just("is not missing"),
            st.tuples(st.sampled_from(["EQ", "ne", "LT", "ge"]), QUOTED | NUMBERS).map(" ".join),
            st.lists(QUOTED, min_size=1).map(lambda values: f"in ({','.join(values)})"),
            st.lists(NUMBERS, min_size=1).map(lambda values: f"NOTIN({','.join(values)})"),
            QUOTED.map("contains {}".format),
        )
    )
    return f"{name} {rest}"


CONDITIONS = st.recursive(
    comparisons(),
    lambda inner: st.one_of(
        inner.map("not {}".format),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' and '.join(parts)})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' or '.join(parts)})"),
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(CONDITIONS)
def test_writing_loses_nothing(text: str) -> None:
    """What is written of any condition reads as the same condition."""
    condition = parse_condition(text, PLACE)
    again = parse_condition(str(condition), PLACE)
    assert again == condition
    assert str(again) == str(condition)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(['A', 'EQ', '"x"', "1", "(", ")", "and", "not", "or", ",", "IN",
                                 "is missing", "=", '"', "`", "1.", "@", "\n"])).map(" ".join)
       | st.text(max_size=20))  # fmt: skip
def test_any_text_is_a_condition_or_a_spec_error(text: str) -> None:
    """No text ends in an error of another kind."""
    try:
        condition = parse_condition(text, PLACE)
    except SpecError:
        return
    assert isinstance(condition, Condition)
