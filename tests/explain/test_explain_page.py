"""The page of an explanation in a browser."""

from pathlib import Path

import pytest
from browser import needs_browser, open_browser
from tiny_study import WriteStudy

from sdtmconv.explain import explain
from sdtmconv.report.explanation_page import write_explanation

pytestmark = [pytest.mark.browser, needs_browser]


def test_steps_open_and_close(write_study: WriteStudy, tmp_path: Path) -> None:
    """A value shows its rule and inputs; deeper steps open by a click, and all of them at once."""
    records = explain(write_study(), "AE", variables=["AESTDY"], most=1)
    write_explanation(tmp_path / "way.html", "AE", records)
    with open_browser() as page:
        page.open(tmp_path / "way.html")
        count = "document.querySelectorAll('details[open]').length"
        assert page.run(count) == 2
        page.run("document.querySelector('li li summary').click()")
        assert page.run(count) == 3
        page.run("document.getElementById('open').click()")
        assert page.run(f"{count} === document.querySelectorAll('details').length")
        assert "ex.csv record 1" in page.run("document.body.innerText")
        page.run("document.getElementById('close').click()")
        assert page.run(count) == 0
