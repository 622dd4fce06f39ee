"""The catalogue of rules, on the terminal and as a page."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from sdtmconv.cli import main
from sdtmconv.errors import SpecError
from sdtmconv.report.catalogue import render_catalogue, rules_as_text
from sdtmconv.validate import RULES

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def test_the_page_is_that_of_the_rules() -> None:
    """`make docs` was run after a rule changed."""
    assert PAGE.read_text(encoding="utf-8") == render_catalogue()


def test_every_rule_is_listed_and_described() -> None:
    """Without an id all are listed, with one it is told why and what to do."""
    listed = CliRunner().invoke(main, ["rules"]).output
    assert all(rule in listed for rule in RULES)
    told = CliRunner().invoke(main, ["rules", "study-day"]).output
    assert told.splitlines() == [
        "study-day: Study days count from the reference date, itself day 1",
        "  Severity: error",
        "  Applies:  SDTM",
        "  Source:   SDTMIG 3.4 section 4.4.4",
        "  Remedy:   Derive the day with study_day, from DM.RFSTDTC",
    ]


def test_an_unknown_rule_has_near_matches() -> None:
    """A mistyped id is a fault with a remedy."""
    with pytest.raises(SpecError, match="did you mean 'study-day'"):
        rules_as_text(["studyday"])
