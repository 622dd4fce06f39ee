"""The HTML report as text."""

import dataclasses
import json
from pathlib import Path

import pytest
from lxml import html
from small_findings import (
    ACCEPTED,
    CLEAN,
    GROUPS,
    HOSTILE,
    REVIEW,
    STUDY,
    make_group,
    review_groups,
)

import sdtmconv.report.pages
from sdtmconv.errors import TransportError
from sdtmconv.report import review_as_html, write_reports
from sdtmconv.review import Gone, LastRun, Review, review_findings
from sdtmconv.validate import RULES, Findings


def parse(review: Review) -> html.HtmlElement:
    return html.document_fromstring(review_as_html(review))


def text_of(element: html.HtmlElement) -> str:
    return " ".join(" ".join(element.itertext()).split())


def data_of(review: Review) -> dict[str, object]:
    return json.loads(parse(review).get_element_by_id("data").text)


def test_page_says_the_essentials_without_javascript() -> None:
    """Study, standards, datasets with records, each problem, and each rule with what to do."""
    page = text_of(parse(REVIEW).find("body"))
    for words in (
        "SDTM CT 2022-09-30",
        "3 errors, 8 warnings in 2 datasets with 1,202 records.",
        "AE Adverse Events SDTMIG 1,200 3 7 0",
        "Error AE.AESEV is not a term of Severity (AESEV, C66769) codelist 3 0",
        RULES["codelist"].source,
        RULES["codelist"].remedy,
    ):
        assert words in page


def test_clean_page_says_so() -> None:
    """A study without findings gets a sentence, and the rules that hold."""
    page = parse(CLEAN)
    assert "No findings in 2 datasets with 1,202 records." in text_of(page)
    assert f"All {len(RULES)} rules that were checked hold." in text_of(page)
    assert page.get_element_by_id("data", None) is None


def test_page_says_what_was_not_checked() -> None:
    """A rule that was skipped is no rule that holds; the reason stands with it."""
    skipped = {"study-day": "there is no DM"}
    review = review_findings(STUDY, Findings(), skipped=skipped)
    page = text_of(parse(review))
    assert f"All {len(RULES) - 1} rules that were checked hold." in page
    assert "Not checked: there is no DM" in page


def test_page_tells_what_has_changed() -> None:
    """What is gone has a table, idle entries have one, and states have their numbers."""
    gone = Gone(
        "codelist",
        "error",
        "CM",
        "CMDOSU",
        "is no term",
        ("USUBJID", "value"),
        (("S1-9", "x"),),
        ("1",),
    )
    last = LastRun({"1": "open"}, problems=(gone,))
    idle = dataclasses.replace(ACCEPTED, rule="iso8601")
    page = text_of(parse(review_groups(*GROUPS, explanations=[ACCEPTED, idle], last=last)))
    assert "4 new 0 reopened 1 gone 7 explained" in page
    assert "Error CM.CMDOSU is no term codelist 1 S1-9 x" in page
    assert "findings.yaml:3 iso8601 AE Sites count pills; <no> term fits DM lead accept" in page


def test_values_cannot_become_markup() -> None:
    """What the data hold is never part of the page's markup."""
    text = review_as_html(REVIEW)
    assert HOSTILE not in text
    assert "<brackets>" not in text
    assert len(html.document_fromstring(text).findall(".//script")) == 2
    assert HOSTILE in data_of(REVIEW)["texts"]


def test_records_are_embedded() -> None:
    """Each text once, and without the study's identifier, which is the same in all records."""
    data = data_of(REVIEW)
    first = data["problems"][0]
    assert [problem["count"] for problem in data["problems"]] == [3, 7, 1]
    assert first["columns"] == ["USUBJID", "AESEV"]
    shown = [[data["texts"][at] for at in column] for column in first["records"]]
    assert shown == [["S1-0", "S1-1", "S1-2"], ["TERRIBLE", HOSTILE, "TERRIBLE"]]
    assert first["frequent"] == [["TERRIBLE", 2], [HOSTILE, 1]]
    assert first["subjects"] == {"count": 3, "names": ["S1-0", "S1-1", "S1-2"]}


def test_page_needs_nothing_from_elsewhere() -> None:
    """No address, no file: the page opens without a network, now and in ten years."""
    page = parse(REVIEW)
    assert page.xpath("//@src | //link") == []
    assert all(address.startswith("#") for address in page.xpath("//@href"))
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy[0].startswith("default-src 'none'")


def test_tables_are_accessible() -> None:
    """Every table has a caption and scoped headings; severity is a word, not a colour alone."""
    for table in parse(REVIEW).findall(".//table"):
        assert table.find("caption") is not None
        assert all(cell.get("scope") for cell in table.findall(".//th"))


def test_page_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond what a browser holds, each problem keeps its share."""
    monkeypatch.setattr(sdtmconv.report.pages, "MOST_RECORDS", 500)
    groups = [make_group(["x"] * 1000), make_group(["y"] * 8, variable="AESER")]
    problems = data_of(review_groups(*groups))["problems"]
    assert [(p["count"], len(p["states"])) for p in problems] == [(8, 8), (1000, 250)]


def test_report_files_are_written(tmp_path: Path) -> None:
    """All files stand in the folder, and the same findings give the same bytes."""
    folders = [tmp_path / "a" / "reports", tmp_path / "b"]
    for folder in folders:
        write_reports(folder, REVIEW)
    names = [f"validation.{ending}" for ending in ("html", "json", "junit.xml", "xlsx")]
    assert sorted(path.name for path in folders[0].iterdir()) == names
    for name in names:
        first, second = ((folder / name).read_bytes() for folder in folders)
        assert first == second


def test_unwritable_folder_is_a_fault(tmp_path: Path) -> None:
    """A folder that cannot be written is reported with a remedy."""
    (tmp_path / "file").write_text("")
    with pytest.raises(TransportError, match="cannot be written"):
        write_reports(tmp_path / "file", CLEAN)
