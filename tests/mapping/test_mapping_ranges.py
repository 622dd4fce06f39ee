"""Results against their normal range."""

import pandas as pd
import pytest

from sdtmconv.mapping.ranges import compute_range_indicator


@pytest.mark.parametrize(
    ("value", "low", "high", "expected"),
    [
        ("3.4", "3.5", "9.5", "LOW"),
        ("3.5", "3.5", "9.5", "NORMAL"),
        ("9.5", "3.5", "9.5", "NORMAL"),
        ("9.6", "3.5", "9.5", "HIGH"),
        ("9.6", None, "9.5", "HIGH"),
        ("0.1", None, "9.5", "NORMAL"),
        ("99", "3.5", None, "NORMAL"),
        ("5", None, None, None),
        (None, "3.5", "9.5", None),
        ("<0.5", None, "5.0", "NORMAL"),
        ("<0.5", "0.5", "5.0", "LOW"),
        ("<0.5", "0.1", "5.0", None),
        ("<9", None, "5.0", None),
        (">9.5", "3.5", "9.5", "HIGH"),
        (">=9.5", "3.5", "9.5", None),
        (">9", "3.5", "9.5", None),
        (">9", "3.5", None, "NORMAL"),
    ],
)
def test_a_result_is_low_normal_or_high(
    value: str | None, low: str | None, high: str | None, expected: str | None
) -> None:
    """Limits belong to the range; a result that is a limit is judged only where it is certain."""
    columns = [pd.Series([one], dtype="str") for one in (value, low, high)]
    found = compute_range_indicator(*columns)
    assert found.astype("object").where(found.notna(), None).tolist() == [expected]
