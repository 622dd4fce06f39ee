"""Flags on the first or last of several records about one thing."""

import numpy as np
import pytest
from small_columns import listed, text

from sdtmconv.mapping.flags import compute_first_of, compute_last_of
from sdtmconv.mapping.registry import RejectedValuesError

LESION = text("N01", "N01", "N02", "N01")
SUBJECT = np.array([0, 0, 0, 1])
ORDINAL = np.arange(4)


def test_each_thing_of_each_subject_has_one_first_and_one_last() -> None:
    """Subjects do not mix; the only record is both."""
    dates = text("2025-03", "2025-01-02", "2025-01-01", "2025-02")
    assert listed(compute_first_of([LESION], [dates], SUBJECT, ORDINAL)) == [None, "Y", "Y", "Y"]
    assert listed(compute_last_of([LESION], [dates], SUBJECT, ORDINAL)) == ["Y", None, "Y", "Y"]


def test_later_keys_decide_what_earlier_ones_leave_open() -> None:
    """Keys count in their order."""
    day, turn = text("1", "1", "1", "1"), text("2", "1", None, None)
    assert listed(compute_first_of([LESION], [day, turn], SUBJECT, ORDINAL))[:2] == [None, "Y"]
    assert listed(compute_last_of([LESION], [day, turn], SUBJECT, ORDINAL))[:2] == ["Y", None]


def test_a_missing_key_comes_first() -> None:
    """As everywhere records are sorted."""
    dates = text("2025-01-01", None, None, None)
    assert listed(compute_first_of([LESION], [dates], SUBJECT, ORDINAL))[:2] == [None, "Y"]


def test_a_tie_is_refused_unless_the_spec_settles_it() -> None:
    """The first, or last, in the raw file counts only where the spec says so."""
    dates = text("2025-01-01", "2025-01-01", None, None).rename("TUDTC")
    for compute in (compute_first_of, compute_last_of):
        with pytest.raises(RejectedValuesError, match="same TUDTC, so that the") as refused:
            compute([LESION], [dates], SUBJECT, ORDINAL)
        assert len(refused.value.rows) == 1
    first = compute_first_of([LESION], [dates], SUBJECT, ORDINAL, ties="first")
    last = compute_last_of([LESION], [dates], SUBJECT, ORDINAL, ties="last")
    assert (listed(first)[:2], listed(last)[:2]) == (["Y", None], [None, "Y"])


def test_a_tie_of_records_between_is_no_matter() -> None:
    """Only the first or last record has to be certain."""
    thing, subject = text("A", "A", "A", "A"), np.zeros(4, dtype=int)
    turn = text("1", "2", "2", "3")
    assert listed(compute_first_of([thing], [turn], subject, ORDINAL)) == ["Y", None, None, None]
    assert listed(compute_last_of([thing], [turn], subject, ORDINAL)) == [None, None, None, "Y"]


def test_no_records_have_no_flags() -> None:
    """A form may be empty."""
    nothing, nobody = text(), np.empty(0, dtype=int)
    assert listed(compute_first_of([nothing], [nothing], nobody, nobody)) == []
