"""One record several times: for each line of a list, and for each dose of an interval."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sdtmconv.errors import DataError, SpecError
from sdtmconv.spec import load_study

Built = Callable[..., dict[str, pd.DataFrame]]

ADSL = """
dataset: ADSL
source: DM
keys: [STUDYID, USUBJID]
carried:
  DM: [SUBJID, SITEID, RFSTDTC, AGE, AGEU, SEX, RACE, ARM]
variables:
  TRT01P: {assign: ARM}
"""
VISITS = """
dataset: ADX
class: BDS
label: Planned Visits
structure: One record per subject, parameter and visit
keys: [STUDYID, USUBJID, PARAMCD, AVISITN]
source:
  from: ADSL
  each:
    - {AVISIT: Day 1, AVISITN: 1}
    - {AVISIT: Day 8, AVISITN: 8, where: 'SUBJID EQ "002"'}
parameters:
  ONE: {PARAM: The One}
  TWO: {PARAM: The Two}
variables:
  AVISIT:  {}
  AVISITN: {}
"""
DOSES = """
dataset: ADX
class: BDS
label: Doses
structure: One record per dose
keys: [STUDYID, USUBJID, PARAMCD, ASTDT]
source:
  from: ADEXD
  where: EXDOSE GT 50
  repeat: {from: ASTDT, to: AENDT, every: FREQ}
carried:
  ADEXD: [EXSEQ]
variables:
  PARAMCD: {constant: DOSE}
  PARAM:   {constant: Dose (mg)}
  ASTDT:   {assign: ASTDT}
  AENDT:   {assign: ADEXD.AENDT}
  AVAL:    {assign: ADEXD.EXDOSE}
  ASEQ:    {sequence_by: ASTDT, by: EXSEQ}
"""
INTERVALS = """
dataset: ADEXD
submitted: no
source: EX
keys: [STUDYID, USUBJID, EXSEQ]
carried: {EX: [EXSEQ, EXDOSE]}
variables:
  ASTDT: {date: EXSTDTC}
  AENDT: {shift_date: ASTDT, days: 2}
  FREQ:  {constant: QD}
"""


def adam(text: str, **others: str) -> dict[str, str]:
    return {"adam/adsl.yaml": ADSL, "adam/adx.yaml": text} | {
        f"adam/{name}.yaml": other for name, other in others.items()
    }


def test_a_source_is_taken_once_per_line(built: Built) -> None:
    """With that line's values, and only the records that its condition takes."""
    adx = built(adam(VISITS))["ADX"]
    found = adx[["USUBJID", "PARAMCD", "AVISIT", "AVISITN"]].values.tolist()
    assert found == [
        ["TINY-001", "ONE", "Day 1", 1],
        ["TINY-001", "TWO", "Day 1", 1],
        ["TINY-002", "ONE", "Day 1", 1],
        ["TINY-002", "ONE", "Day 8", 8],
        ["TINY-002", "TWO", "Day 1", 1],
        ["TINY-002", "TWO", "Day 8", 8],
    ]


@pytest.mark.parametrize("lines", ["{}", "[]", "Day 1"])
def test_lines_are_a_list(write_study: Callable[..., Path], lines: str) -> None:
    source = f"source: {{from: ADSL, each: {lines}}}\n"
    wrong = VISITS[: VISITS.index("source:")] + source + VISITS[VISITS.index("parameters:") :]
    with pytest.raises(SpecError, match="each is "):
        load_study(write_study(adam(wrong)))


def test_an_interval_becomes_its_doses(built: Built) -> None:
    """Start and end are the dose's own; the other columns are those of the interval."""
    adx = built(adam(DOSES, adexd=INTERVALS))["ADX"]
    first = adx[adx["EXSEQ"] == 1]
    assert (first["ASTDT"] - first["ASTDT"].iloc[0]).tolist() == [0, 1, 2]
    assert adx["ASTDT"].tolist() == adx["AENDT"].tolist()
    assert adx["ASEQ"].tolist() == [1, 2, 3, 1, 2, 3]
    assert set(adx["USUBJID"]) == {"TINY-001"}


def test_of_the_doses_one_may_be_kept(built: Built) -> None:
    """Records are chosen among the doses, not the intervals."""
    last = DOSES.replace(
        "every: FREQ}\n", "every: FREQ}\n  keep_last: {by: ADEXD.EXSEQ, order: ADEXD.ASTDT}\n"
    )
    kept, doses = built(adam(last, adexd=INTERVALS))["ADX"], [3, 6]
    assert (kept["ASTDT"] - kept["ASTDT"].iloc[0]).tolist() == [0, 14]
    assert len(kept) == len(doses)


def test_a_frequency_that_tells_no_moment_stops_the_build(built: Built) -> None:
    """The message names the record and the value."""
    with pytest.raises(DataError, match=r"FREQ 'PRN' \(2 records\) does not tell when doses"):
        built(adam(DOSES, adexd=INTERVALS.replace("QD", "PRN")))


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ("{from: ASTDT, to: AENDT}", "repeat has no `every`"),
        ("{from: ASTDT, to: AENDX, every: FREQ}", "ADEXD has no variable 'AENDX'"),
        ("{from: ASTDT, to: AENDT, every: FREQ, by: FREQ}", "has no 'by'"),
    ],
)
def test_faults_of_repeat_are_found_before_data(
    write_study: Callable[..., Path], wrong: str, problem: str
) -> None:
    text = DOSES.replace("{from: ASTDT, to: AENDT, every: FREQ}", wrong)
    with pytest.raises(SpecError, match=problem):
        load_study(write_study(adam(text, adexd=INTERVALS)))


def test_an_entry_without_a_rule_describes_what_sources_state(built: Built) -> None:
    """A sponsor's own variable has its label, type and codelist in one place."""
    text = VISITS.replace("{PARAM: The One}", "{PARAM: The One, WEIGHT: 3}").replace(
        "  AVISIT:  {}\n", "  WEIGHT: {label: Weight of the Parameter, type: Num}\n"
    )
    weights = built(adam(text))["ADX"]["WEIGHT"]
    assert weights.dtype == "float64"
    assert set(weights.dropna()) == {3.0}
