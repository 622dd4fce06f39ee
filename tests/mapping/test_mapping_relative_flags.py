"""Flags on records up to, or from, the first that fulfils a condition; occurrence flags."""

import numpy as np
import pandas as pd
import pytest
from small_columns import listed, number, text

from sdtmconv.mapping.flags import compute_first_of, compute_from, compute_last_of, compute_until
from sdtmconv.mapping.registry import RejectedValuesError
from sdtmconv.mapping.values import rank

# Two subjects with a progression, the records not in order; one without.
SUBJECT = np.array([0, 0, 0, 0, 1, 1, 2])
VISIT = number(3, 1, 2, 4, 1, 2, 1).rename("AVISITN")
PROGRESSED = np.array([True, False, False, True, True, False, False])
CODE = text(*["OVR"] * 7)
GIVEN = (PROGRESSED, [CODE], [VISIT], SUBJECT, np.arange(7))


def test_records_count_up_to_the_first_that_fulfils_the_condition() -> None:
    """A subject for whom it never does has all records flagged."""
    assert listed(compute_until(*GIVEN)) == ["Y", "Y", "Y", None, "Y", None, "Y"]
    without = compute_until(*GIVEN, inclusive="no")
    assert listed(without) == [None, "Y", "Y", None, None, None, "Y"]


def test_records_count_from_the_first_that_fulfils_the_condition_on() -> None:
    """A subject for whom it never does has none."""
    assert listed(compute_from(*GIVEN)) == ["Y", None, None, "Y", "Y", "Y", None]
    without = compute_from(*GIVEN, inclusive="no")
    assert listed(without) == [None, None, None, "Y", None, "Y", None]


def test_groups_are_judged_apart() -> None:
    """What one evaluator saw does not end the other's records."""
    evaluators, one = text("A", "B", "A", "B"), np.zeros(4, dtype=int)
    holds, visits = np.array([True, False, False, False]), number(1, 1, 2, 2)
    found = compute_until(holds, [evaluators], [visits], one, np.arange(4))
    assert listed(found) == ["Y", "Y", None, "Y"]


def test_a_tie_with_the_deciding_record_is_refused() -> None:
    """Whether the other one came before is not known; elsewhere ties are no matter."""
    one, code = np.zeros(4, dtype=int), text(*["OVR"] * 4)
    visits = pd.Series([1.0, 1.0, 2.0, 2.0], name="ADT")
    late, ordinal = np.array([False, False, True, False]), np.arange(4)
    with pytest.raises(RejectedValuesError, match="same ADT") as refused:
        compute_until(late, [code], [visits], one, ordinal)
    assert refused.value.rows.tolist() == [2]
    settled = compute_until(late, [code], [visits], one, ordinal, ties="first")
    assert listed(settled) == ["Y", "Y", "Y", None]
    apart = pd.Series([1.0, 1.0, 2.0, 3.0])
    assert listed(compute_until(late, [code], [apart], one, ordinal)) == ["Y", "Y", "Y", None]


def test_no_records_have_no_relative_flags() -> None:
    """A dataset may be empty."""
    nobody, none = np.empty(0, dtype=int), np.empty(0, dtype=bool)
    for compute in (compute_until, compute_from):
        assert listed(compute(none, [text()], [number()], nobody, nobody)) == []


TERM = text("NAUSEA", "NAUSEA", "RASH", "RASH")
ASTDT, AESEQ, ASEVN = number(10, 12, 12, 12), number(1, 2, 3, 4), number(1, 3, 3, 2)
EVENTS = (np.zeros(4, dtype=int), np.arange(4))


def test_the_occurrence_flags_of_occds_are_first_records() -> None:
    """AOCCFL of the subject, AOCCPFL of the term, AOCCIFL by descending intensity."""
    everybody = text(*["S1"] * 4)
    assert listed(compute_first_of([everybody], [ASTDT, AESEQ], *EVENTS)) == ["Y", None, None, None]
    assert listed(compute_first_of([TERM], [ASTDT, AESEQ], *EVENTS)) == ["Y", None, "Y", None]
    descending = pd.Series(-rank(ASEVN))
    worst = compute_first_of([everybody], [descending, ASTDT, AESEQ], *EVENTS)
    assert listed(worst) == [None, "Y", None, None]


def test_the_analysis_flag_of_a_visit_is_the_last_reading() -> None:
    """ANL01FL per parameter and visit; ABLFL is the same among records up to the first dose."""
    visit = text("WEEK 1", "WEEK 1", "WEEK 2", "WEEK 2")
    found = compute_last_of([TERM, visit], [AESEQ], *EVENTS)
    assert listed(found) == [None, "Y", None, "Y"]
