"""define.html: what it shows, that it stands alone, and that its links lead somewhere."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

import pytest
from browser import needs_browser, open_browser

from sdtmconv.define_xml import read_model, write_define
from sdtmconv.define_xml.html import render_define
from sdtmconv.languages import translate_study
from sdtmconv.metadata import StudyMetadata

EVERY_ELEMENT = Path(__file__).with_name("every_element.xml")
EXAMPLES = Path(__file__).parents[2] / ".." / "shared" / "data" / "define"
CREATED = datetime(2025, 3, 1)


def links_of(page: str) -> tuple[set[str], list[str]]:
    """Give where the links of a page lead, and all places there are, in their order."""
    targets = {unquote(target) for target in re.findall(r'href="#([^"]*)"', page)}
    return targets, re.findall(r' id="([^"]*)"', page)


def test_everything_that_is_defined_has_a_place(sdtm_define: Path, adam_define: Path) -> None:
    """Datasets, value lists, codelists, methods and comments are on the page, each once."""
    for path in (sdtm_define, adam_define, EVERY_ELEMENT):
        version = read_model(path).metadata
        targets, places = links_of(render_define(read_model(path)))
        assert targets <= set(places)
        assert len(places) == len(set(places))
        defined = (
            version.item_groups,
            version.value_lists,
            version.code_lists,
            version.methods,
            version.comments,
        )
        assert {each.oid for kind in defined for each in kind} <= set(places)


def test_the_page_lies_beside_the_define(sdtm_define: Path) -> None:
    """Writing a define.xml writes its page, and the same bytes each time."""
    page = sdtm_define.with_suffix(".html").read_text("utf-8")
    assert page == render_define(read_model(sdtm_define))
    assert "<title>BIO-1: Data definitions</title>" in page


def test_the_page_needs_nothing_but_itself(sdtm_define: Path) -> None:
    """No script, and no address that a browser would load."""
    page = sdtm_define.with_suffix(".html").read_text("utf-8")
    assert "<script" not in page
    assert not re.search(r'src="|@import|url\(|<link', page)


def test_what_is_said_is_shown(adam_define: Path) -> None:
    """A variable stands with its label, type, format, codelist, origin and method."""
    page = adam_define.with_suffix(".html").read_text("utf-8")
    row = re.search(r'<tr id="IG.ADSL/IT.ADSL.TRTSDT">.*?</tr>', page, re.S)
    assert row
    cells = [" ".join(re.sub(r"<[^>]+>", "", c).split()) for c in row[0].split("</td>")]
    assert cells[:3] == ["TRTSDT Date of First Exposure", "integer", "8 DATE9."]
    assert cells[6] == "Derived · Sponsor"
    assert cells[7].startswith("Method: First EX.EXSTDTC; a missing day is imputed")


def test_results_are_shown_with_their_records() -> None:
    """A display shows its results, datasets, conditions and code."""
    page = render_define(read_model(EVERY_ELEMENT))
    assert '<h3 id="RD.1">Table 1: Response</h3>' in page
    assert "AVALC ∈ {CR, PR}" in page
    assert "proc freq data=adrs; run;" in page


def test_pages_of_documents_are_links() -> None:
    """An origin leads to each page of the annotated CRF."""
    page = render_define(read_model(EVERY_ELEMENT))
    assert '<a href="acrf.pdf#page=7">Annotated CRF 7</a>' in page


def test_what_a_file_says_is_escaped(tmp_path: Path) -> None:
    """Markup and addresses in a define.xml from elsewhere do nothing on the page."""
    text = EVERY_ELEMENT.read_text("utf-8")
    text = text.replace("Response Analysis", "&lt;script&gt;alert(1)&lt;/script&gt;")
    text = text.replace('xlink:href="acrf.pdf"', 'xlink:href="javascript:alert(1)"')
    path = tmp_path / "define.xml"
    path.write_text(text, "utf-8")
    page = render_define(read_model(path))
    assert "<script" not in page
    assert "javascript:" not in page


def test_a_define_without_names_or_targets_is_shown(tmp_path: Path) -> None:
    """What a faulty file lacks is left blank, and what it refers to in vain leads nowhere."""
    text = EVERY_ELEMENT.read_text("utf-8")
    text = re.sub(r"(?s)<GlobalVariables>.*?</GlobalVariables>", "", text)
    text = re.sub(r'(OID="(CL|MT|WC|COM|IT|STD)\.)', r"\1X.", text, count=40)
    path = tmp_path / "define.xml"
    path.write_text(text, "utf-8")
    targets, places = links_of(render_define(read_model(path)))
    assert targets <= set(places)


def test_the_page_speaks_the_language_of_the_labels(
    define_study: StudyMetadata, tmp_path: Path
) -> None:
    """A define.xml in Chinese has a page in Chinese."""
    path = tmp_path / "define.xml"
    write_define(path, translate_study(define_study, "zh"), "SDTMIG", created=CREATED)
    page = path.with_suffix(".html").read_text("utf-8")
    assert '<html lang="zh">' in page
    assert "<title>BIO-1: 数据定义</title>" in page
    assert "AE: 不良事件" in page


@pytest.mark.browser
@needs_browser
@pytest.mark.parametrize("standard", ["SDTMIG", "ADAMIG"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_link_leads_somewhere_in_a_browser(
    standard: str, language: str, define_study: StudyMetadata, tmp_path: Path
) -> None:
    """Chromium finds the target of every link on the page, in both languages."""
    study = translate_study(define_study, "zh") if language == "zh" else define_study
    write_define(tmp_path / "define.xml", study, standard, created=CREATED)
    with open_browser() as page:
        page.open(tmp_path / "define.html")
        seen, broken = page.follow_links()
    assert seen > 10
    assert broken == []


@pytest.mark.browser
@pytest.mark.slow
@needs_browser
@pytest.mark.skipif(not EXAMPLES.exists(), reason="the shared examples are not beside the project")
@pytest.mark.parametrize("name", ["defineV21-SDTM.xml", "define-adam-arm.xml"])
def test_every_link_of_the_public_examples_leads_somewhere(name: str, tmp_path: Path) -> None:
    """A define.xml from elsewhere has no dead links on its page."""
    path = tmp_path / "define.html"
    path.write_text(render_define(read_model(EXAMPLES / name)), "utf-8")
    with open_browser() as page:
        page.open(path)
        seen, broken = page.follow_links()
    assert seen > 100
    assert broken == []
