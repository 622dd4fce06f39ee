"""Values of other records of the group: the baseline, and what the records so far come to."""

import numpy as np
import pandas as pd
import pytest
from small_columns import listed, number, text

from sdtmconv.mapping.baseline import compute_baseline, compute_running
from sdtmconv.mapping.registry import RejectedValuesError

TESTS = text("HGB", "HGB", "PLAT", "HGB", "HGB")
SUBJECT = np.array([0, 0, 0, 1, 1])
ORDINAL = np.arange(5)
FLAG = text(None, "Y", "Y", "N", None)


def test_a_group_has_the_value_of_its_flagged_record() -> None:
    """Subjects and parameters do not mix; without a flagged record there is no baseline."""
    values = number(120, 118, 210, 99, 98)
    found = compute_baseline(values, FLAG, [TESTS], SUBJECT, ORDINAL)
    assert listed(found) == [118, 118, 210, None, None]


def test_a_baseline_may_be_text() -> None:
    """BNRIND and BTOXGR are carried like BASE, and keep their type where nothing is flagged."""
    ranges = text("LOW", "NORMAL", None, "HIGH", "LOW")
    found = compute_baseline(ranges, FLAG, [TESTS], SUBJECT, ORDINAL)
    assert listed(found) == ["NORMAL", "NORMAL", None, None, None]
    none = compute_baseline(ranges, text(*[None] * 5), [TESTS], SUBJECT, ORDINAL)
    assert listed(none) == [None] * 5
    assert none.dtype == "str"


def test_each_kind_of_baseline_has_its_own() -> None:
    """With BASETYPE among the columns that tell groups apart."""
    kinds = text("RUN-IN", "DOUBLE-BLIND", "RUN-IN", "DOUBLE-BLIND")
    code, one = text(*["HGB"] * 4), np.zeros(4, dtype=int)
    flags, values = text("Y", "Y", None, None), number(1, 2, 3, 4)
    assert listed(compute_baseline(values, flags, [code, kinds], one, ORDINAL[:4])) == [1, 2, 1, 2]


def test_two_baselines_of_a_group_are_refused_unless_they_are_the_same() -> None:
    """One of two different values would be chosen by luck."""
    code, one = text(*["HGB"] * 4), np.zeros(4, dtype=int)
    flags = text("Y", None, "Y", "Y").rename("ABLFL")
    with pytest.raises(RejectedValuesError, match="have ABLFL, with different values") as refused:
        compute_baseline(number(1, 2, 1, 3), flags, [code], one, ORDINAL[:4])
    assert refused.value.rows.tolist() == [0, 2, 3]
    assert listed(compute_baseline(number(1, 2, 1, 1), flags, [code], one, ORDINAL[:4])) == [1] * 4


def test_no_records_have_no_baseline() -> None:
    """A dataset may be empty."""
    nobody = np.empty(0, dtype=int)
    assert listed(compute_baseline(number(), text(), [text()], nobody, nobody)) == []
    found = compute_running(number(), "sum", [text()], [number()], nobody, nobody)
    assert listed(found) == []


@pytest.mark.parametrize(
    ("take", "so_far", "earlier"),
    [
        ("minimum", [60, 80, 80, 60, 5], [80, None, 80, 60, None]),
        ("maximum", [80, 80, 80, 90, 5], [80, None, 80, 80, None]),
        ("sum", [140, 80, 80, 230, 5], [80, None, 80, 140, None]),
        ("last", [60, 80, 80, 90, 5], [80, None, 80, 60, None]),
    ],
)
def test_records_so_far_are_summed_up(
    take: str, so_far: list[float], earlier: list[float | None]
) -> None:
    """By the order and not as they come; a record without a value has what came before."""
    sums, days = number(60, 80, None, 90, 5), number(56, 0, 28, 84, 0)
    code, subject = text(*["SUMDIAM"] * 5), np.array([0, 0, 0, 0, 1])
    given = (sums, take, [code], [days], subject, ORDINAL)
    assert listed(compute_running(*given)) == so_far
    assert listed(compute_running(*given, over="earlier records")) == earlier


def test_the_last_value_may_be_text() -> None:
    """A last observation carried forward keeps its type; numbers are read for the rest."""
    responses, days = text("SD", None, "PR"), number(1, 2, 3)
    code, one = text(*["OVR"] * 3), np.zeros(3, dtype=int)
    found = compute_running(responses, "last", [code], [days], one, ORDINAL[:3])
    assert listed(found) == ["SD", "SD", "PR"]
    with pytest.raises(RejectedValuesError, match="is not a number"):
        compute_running(responses, "sum", [code], [days], one, ORDINAL[:3])


def test_a_tie_leaves_open_what_came_first() -> None:
    """It is refused unless the spec settles it by the order of the source."""
    days = pd.Series([1.0, 1.0], name="ADT")
    code, one = text("DOSE", "DOSE"), np.zeros(2, dtype=int)
    given = (number(10, 20), "sum", [code], [days], one, ORDINAL[:2])
    with pytest.raises(RejectedValuesError, match="same ADT") as refused:
        compute_running(*given)
    assert refused.value.rows.tolist() == [0, 1]
    assert listed(compute_running(*given, ties="first")) == [10, 30]
