"""Chance, RECIST arithmetic and collected text, on small tables."""

import numpy as np
import pytest

from sdtmconv.simulate.dice import Dice
from sdtmconv.simulate.tumours import (
    CR,
    NE,
    NON_CR_NON_PD,
    NOT_APPLICABLE,
    PD,
    PR,
    SD,
    compute_overall,
)
from sdtmconv.simulate.untidy import decimal, scientific


def test_topics_and_groups_have_streams_of_their_own() -> None:
    """Another topic, group or seed is another stream; the same is the same."""
    streams = [(1, "a", 1), (1, "b", 1), (1, "a", 2), (2, "a", 1)]
    thrown = [tuple(Dice(*stream).below(8, 1000).tolist()) for stream in streams]
    assert len(set(thrown)) == 4
    assert thrown[0] == tuple(Dice(1, "a", 1).below(8, 1000).tolist())


def test_chances_are_kept() -> None:
    """Weights, chances and quantiles come out about as often as they say."""
    dice = Dice(1, "check", 1)
    assert dice.chance(100_000, 250).mean() == pytest.approx(0.25, abs=0.01)
    assert (dice.pick(100_000, (1, 3)) == 1).mean() == pytest.approx(0.75, abs=0.01)
    thrown = dice.quantiles(100_000, (0, 10, 1000))
    assert (thrown < 10).mean() == pytest.approx(0.5, abs=0.01)
    assert thrown.min() == 0
    assert thrown.max() < 1000


@pytest.mark.parametrize(
    ("target", "non_target", "new", "overall"),
    [
        (CR, CR, 0, CR),
        (CR, NOT_APPLICABLE, 0, CR),
        (CR, NON_CR_NON_PD, 0, PR),
        (CR, NE, 0, PR),
        (PR, NON_CR_NON_PD, 0, PR),
        (SD, NE, 0, SD),
        (NE, NON_CR_NON_PD, 0, NE),
        (NE, PD, 0, PD),
        (PD, CR, 0, PD),
        (CR, CR, 2, PD),
        (CR, CR, 1, CR),
    ],
)
def test_overall_response_is_that_of_recist(target, non_target, new, overall) -> None:
    """RECIST 1.1, table 1; an equivocal new lesion (1) changes nothing."""
    found = compute_overall(np.array([target]), np.array([non_target]), np.array([new]))
    assert found.tolist() == [overall]


def test_numbers_are_written_without_floating_point() -> None:
    """Decimals and powers of ten are exact text."""
    assert decimal(np.array([5, 1234]), 2).to_pylist() == ["0.05", "12.34"]
    known = np.array([True, True, True])
    amounts = np.array([50_000_000, 325_000_000, 10_000_000_000])
    assert scientific(amounts, known).to_pylist() == ["5.0E+07", "3.25E+08", "1.0E+10"]
