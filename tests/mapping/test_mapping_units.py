"""Results in the units of each laboratory become results in the study's units."""

import pandas as pd
import pytest

from sdtmconv.mapping.registry import RejectedValuesError
from sdtmconv.mapping.units import UNITS, compute_unit_conversion, find_conversion


def text(*values: str | None) -> pd.Series:
    return pd.Series(values, dtype="str")


@pytest.mark.parametrize(
    ("value", "unit", "to", "test", "expected"),
    [
        ("14.2", "g/dL", "g/L", "HGB", "142"),
        ("0.90", "mg/dL", "umol/L", "CREAT", "79.562"),
        ("1.00", "mg/dL", "umol/L", "BILI", "17.104"),
        ("99", "mg/dL", "mmol/L", "GLUC", "5.495"),
        ("4.1", "mEq/L", "mmol/L", "K", "4.1"),
        ("5.0", "mEq/L", "mmol/L", "CA", "2.5"),
        ("40", "IU/L", "U/L", "ALT", "40"),
        ("98.6", "F", "C", "TEMP", "37"),
        ("70", "in", "cm", "HEIGHT", "177.8"),
    ],
)
def test_a_result_is_converted(value: str, unit: str, to: str, test: str, expected: str) -> None:
    """Powers of ten, molar masses, charges and temperatures."""
    found = compute_unit_conversion(text(value), text(unit), text(to), text(test))
    assert found.tolist() == [expected]


def test_a_result_in_the_wanted_unit_is_not_rounded() -> None:
    """Digits are for conversions only."""
    found = compute_unit_conversion(text("0.00012"), text("g/L"), text("g/L"))
    assert found.tolist() == ["0.00012"]


def test_a_limit_is_converted_and_stays_a_limit() -> None:
    """`<0.5` in another unit is below another number."""
    found = compute_unit_conversion(text("<0.5", ">10"), text("mg/dL", "g/dL"), text("mg/L", "g/L"))
    assert found.tolist() == ["<5", ">100"]


def test_units_of_different_things_are_refused() -> None:
    """Mass becomes amount only for a substance whose molar mass is known; each pair is told."""
    with pytest.raises(RejectedValuesError) as caught:
        compute_unit_conversion(
            text("1", "2", None, "3"),
            text("mg/dL", "mg/dL", "mg/dL", None),
            text("umol/L", "umol/L", "umol/L", "g/L"),
            text("CREAT", "ALB", "ALB", "HGB"),
        )
    assert caught.value.rows.tolist() == [1, 3]
    assert caught.value.values is not None
    assert caught.value.values.tolist() == ["mg/dL to umol/L of ALB", "no unit to g/L of HGB"]


def test_text_that_is_no_number_is_refused() -> None:
    """A decimal comma is not passed over in silence."""
    with pytest.raises(RejectedValuesError, match="neither a number nor a limit"):
        compute_unit_conversion(text("12,5"), text("g/L"), text("g/L"))


def test_every_conversion_can_be_undone() -> None:
    """There and back again gives the same value."""
    for unit in UNITS:
        for to in UNITS:
            there, back = find_conversion(unit, to, "CA"), find_conversion(to, unit, "CA")
            assert (there is None) == (back is None)
            if there and back:
                converted = (37.0 + there[0]) * there[1]
                assert (converted + back[0]) * back[1] == pytest.approx(37.0)
