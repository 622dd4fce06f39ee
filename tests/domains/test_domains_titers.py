"""Titres as numbers."""

import pandas as pd
import pytest

from sdtmconv.domains.titers import compute_titer
from sdtmconv.mapping.registry import RejectedValuesError


def test_a_titer_is_the_reciprocal_of_its_dilution() -> None:
    """Signs of limits stay; blanks do not matter."""
    titers = pd.Series(["1:40", "1 : 10240", "<1:10", ">1:10240", None], dtype="str")
    assert compute_titer(titers).tolist()[:4] == ["40", "10240", "<10", ">10240"]
    assert compute_titer(titers).isna().tolist()[4]


def test_other_text_is_refused() -> None:
    """40 alone may be a titer or its reciprocal: the study has to say so."""
    with pytest.raises(RejectedValuesError, match="no titer") as caught:
        compute_titer(pd.Series(["1:40", "40", "Negative"], dtype="str"))
    assert caught.value.rows.tolist() == [1, 2]
