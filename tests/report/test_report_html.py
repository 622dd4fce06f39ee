"""The HTML report as text."""

import json
from pathlib import Path

import pytest
from lxml import html
from small_findings import CLEAN, HOSTILE, REVIEW, make_group, review_groups

import sdtmconv.report.pages
from sdtmconv.errors import TransportError
from sdtmconv.report import review_as_html, write_reports
from sdtmconv.review import Review
from sdtmconv.validate import RULES


def parse(review: Review) -> html.HtmlElement:
    return html.document_fromstring(review_as_html(review))


def text_of(element: html.HtmlElement) -> str:
    return " ".join(" ".join(element.itertext()).split())


def test_page_says_the_essentials_without_javascript() -> None:
    """Study, standards, datasets with records, and each problem with reason and remedy."""
    page = text_of(parse(REVIEW).find("body"))
    for words in (
        "SDTM CT 2022-09-30",
        "3 errors, 8 warnings in 2 datasets with 1,202 records.",
        "AE Adverse Events SDTMIG 1,200 3 7 0",
        "is not a term of Severity (AESEV, C66769)",
        "TERRIBLE × 2",
        "First 5 of 7 records",
        RULES["codelist"].source,
        RULES["codelist"].remedy,
    ):
        assert words in page


def test_clean_page_says_so() -> None:
    """A study without findings gets a sentence, and the rules that hold."""
    page = parse(CLEAN)
    assert "No findings in 2 datasets with 1,202 records." in text_of(page)
    assert f"All {len(RULES)} rules hold." in text_of(page)
    assert page.get_element_by_id("data", None) is None


def test_values_cannot_become_markup() -> None:
    """What the data hold is shown, never run."""
    text = review_as_html(REVIEW)
    assert HOSTILE not in text
    assert "<brackets>" not in text
    page = html.document_fromstring(text)
    assert len(page.findall(".//script")) == 2
    assert HOSTILE in [cell.text_content() for cell in page.findall(".//td")]


def test_records_are_embedded() -> None:
    """The page carries all records, without the study's identifier, which is the same in all."""
    embedded = json.loads(parse(REVIEW).get_element_by_id("data").text)
    assert [problem["count"] for problem in embedded] == [3, 7, 1]
    assert embedded[0]["records"][1] == ["S1-1", HOSTILE]


def test_page_needs_nothing_from_elsewhere() -> None:
    """No address, no file: the page opens without a network, now and in ten years."""
    page = parse(REVIEW)
    assert page.xpath("//@src | //link") == []
    assert all(address.startswith("#") for address in page.xpath("//@href"))
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy[0].startswith("default-src 'none'")


def test_tables_are_accessible() -> None:
    """Every table has a caption and scoped headings; severity is a word, not a colour alone."""
    page = parse(REVIEW)
    for table in page.findall(".//table"):
        assert table.find("caption") is not None
        assert all(cell.get("scope") for cell in table.findall(".//th"))
    assert all(text_of(title).split()[1] in ("Error", "Warning") for title in page.findall(".//h3"))


def test_page_stays_small_and_says_what_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond what a browser holds, each problem keeps its share and names the JSON report."""
    monkeypatch.setattr(sdtmconv.report.pages, "MOST_RECORDS", 64)
    groups = [make_group(["x"] * 100), make_group(["y"] * 8, variable="AESER")]
    page = parse(review_groups(*groups))
    embedded = json.loads(page.get_element_by_id("data").text)
    assert [(p["count"], len(p["records"])) for p in embedded] == [(8, 8), (100, 32)]
    assert "This page holds the first 32 of them; validation.json has all." in text_of(page)


def test_report_files_are_written(tmp_path: Path) -> None:
    """Both files stand in the folder, and the same findings give the same bytes."""
    folders = [tmp_path / "a" / "reports", tmp_path / "b"]
    for folder in folders:
        write_reports(folder, REVIEW)
    for name in ("validation.json", "validation.html"):
        first, second = ((folder / name).read_bytes() for folder in folders)
        assert first == second
    assert sorted(path.name for path in folders[0].iterdir()) == [
        "validation.html",
        "validation.json",
    ]


def test_unwritable_folder_is_a_fault(tmp_path: Path) -> None:
    """A folder that cannot be written is reported with a remedy."""
    (tmp_path / "file").write_text("")
    with pytest.raises(TransportError, match="cannot be written"):
        write_reports(tmp_path / "file", CLEAN)
