"""SAS formats: text to parts and back."""

import pytest

from sdtmconv.transport.sas_formats import SasFormat, parse_sas_format


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ("", 0, 0)),
        ("DATE9.", ("DATE", 9, 0)),
        ("8.2", ("", 8, 2)),
        ("8.", ("", 8, 0)),
        ("$20.", ("$", 20, 0)),
        ("$CHAR8.", ("$CHAR", 8, 0)),
        ("E8601DT19.2", ("E8601DT", 19, 2)),
        ("E8601DA.", ("E8601DA", 0, 0)),
        ("BEST12.", ("BEST", 12, 0)),
        ("$.", ("$", 0, 0)),
        ("$NY_.", ("$NY_", 0, 0)),
    ],
)
def test_a_format_is_taken_apart_and_put_together(text, parts):
    """A format has a name, a width and decimals, and its text can be made of them again."""
    assert parse_sas_format(text) == SasFormat(*parts)
    assert str(SasFormat(*parts)) == text


def test_formats_are_upper_case():
    """SAS does not tell cases apart; a file has upper case."""
    assert parse_sas_format("date9.") == SasFormat("DATE", 9)


@pytest.mark.parametrize(
    "text", ["DATE9", "82", ".", ".2", "DATE.2", "9DATE.", "A B.", "8.x", "٣."]
)
def test_what_is_no_format_is_told(text):
    """Text without a point, or with other signs, is not a format."""
    assert parse_sas_format(text) is None
