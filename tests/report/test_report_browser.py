"""The HTML report in a browser."""

import base64
import dataclasses
import io
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pypdf
import pytest
from browser import Page, needs_browser, open_browser
from small_findings import ACCEPTED, GROUPS, HOSTILE, REVIEW, make_group, review_groups

from sdtmconv.report import write_reports
from sdtmconv.review import Explanation, LastRun, Review, read_explanations
from sdtmconv.validate import FindingGroup

pytestmark = [pytest.mark.browser, needs_browser]

WATCH = """
window.pauses = [];
const keep = (list) => window.pauses.push(...list.getEntries().map((entry) => entry.duration));
new PerformanceObserver(keep).observe({ type: "longtask", buffered: true });
"""
LONGEST_PAUSE = 1000  # milliseconds
SECOND = dataclasses.replace(ACCEPTED, key=(("USUBJID", "S1-3"),), decision="query")
IDLE = Explanation("iso8601", "because", "QC", "accept", place="findings.yaml:20")


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """Give one browser to all tests."""
    with open_browser() as page:
        yield page


@pytest.fixture
def small(page: Page, tmp_path: Path) -> Page:
    """Open the small report."""
    write_reports(tmp_path, REVIEW)
    page.open(tmp_path / "validation.html")
    return page


def status(page: Page) -> str:
    return page.run("document.getElementById('status').textContent")


def places(page: Page) -> list[str]:
    """Give what the list of problems shows, row by row."""
    return page.run("[...document.querySelectorAll('tr.problem code')].map((at) => at.innerText)")


def focused(page: Page) -> str:
    return page.run("document.activeElement.innerText || document.activeElement.id")


@pytest.mark.parametrize(
    ("fragment", "expected", "listed"),
    [
        ("", "3 problems, 11 findings", ["AE.AESEV", "AE.AEDOSU", "XX.XXYY"]),
        ("#q=AESEV", "2 problems, 10 findings", ["AE.AESEV", "AE.AEDOSU"]),
        ("#q=terrible", "1 problem, 2 findings", ["AE.AESEV"]),
        ("#q=S1-1+codelist", "2 problems, 2 findings", ["AE.AESEV", "AE.AEDOSU"]),
        ("#severity=warning&dataset=AE", "1 problem, 7 findings", ["AE.AEDOSU"]),
        ("#rule=variable-known&state=left", "1 problem, 1 finding", ["XX.XXYY"]),
        ("#state=explained", "Nothing matches the filter", []),
        ("#q=nowhere", "Nothing matches the filter", []),
        ("#rule-codelist", "3 problems, 11 findings", ["AE.AESEV", "AE.AEDOSU", "XX.XXYY"]),
    ],
)
def test_page_is_filtered_by_its_address(
    page: Page, tmp_path: Path, fragment: str, expected: str, listed: list[str]
) -> None:
    """A filter in the address shows the problems and records that match all of its words."""
    write_reports(tmp_path, REVIEW)
    page.open(tmp_path / "validation.html", fragment)
    assert status(page) == expected
    assert places(page) == listed


def test_a_problem_opens_to_rule_remedy_and_records(small: Page) -> None:
    """What has to hold, where that is said, what to do, and which records, sorted as wanted."""
    small.run("document.querySelector('.toggle').click()")
    opened = small.run("document.querySelector('.details').innerText")
    for words in ("SDTMIG 3.4 section 4.3", "codelists.yaml", "TERRIBLE × 2", "3 records", "S1-2"):
        assert words in opened
    small.run("document.querySelector('.records [data-by=\"0\"]').click()")
    small.run("document.querySelector('.records [data-by=\"0\"]').click()")
    first = small.run("document.querySelector('.records tbody td').innerText")
    assert first == "S1-2"
    assert small.run("document.querySelector('.records th').ariaSort") == "descending"


def test_hostile_values_are_shown_and_not_run(small: Page) -> None:
    """A value is text, whatever it looks like."""
    small.run("document.querySelector('.toggle').click()")
    cells = small.run("[...document.querySelectorAll('.records td')].map((c) => c.textContent)")
    assert HOSTILE in cells
    assert small.run("document.title") == "S1: validation"


def test_list_is_sorted_by_its_headings(small: Page) -> None:
    """By place, upwards and then downwards."""
    small.run("document.querySelector('[data-by=place]').click()")
    assert places(small) == ["AE.AEDOSU", "AE.AESEV", "XX.XXYY"]
    assert focused(small).startswith("Place")
    small.run("document.querySelector('[data-by=place]').click()")
    assert places(small) == ["XX.XXYY", "AE.AESEV", "AE.AEDOSU"]


def test_page_is_worked_with_by_keys(small: Page) -> None:
    """Find, go from problem to problem, open, and back to the search, without a mouse."""
    small.call("Input.dispatchKeyEvent", type="keyDown", key="k", modifiers=2)
    assert focused(small) == "q"
    small.press("ArrowDown")
    assert "AE.AESEV" in focused(small)
    small.press("ArrowDown")
    assert "AE.AEDOSU" in focused(small)
    small.press("Enter")
    assert small.run("document.activeElement.ariaExpanded") == "true"
    assert small.run("document.querySelectorAll('.details').length") == 1
    small.press("End")
    assert "XX.XXYY" in focused(small)
    small.press("Escape")
    assert focused(small) == "q"
    small.type("pill")
    small.wait("document.getElementById('status').textContent === '1 problem, 7 findings'")
    assert small.run("location.hash") == "#q=pill"
    small.press("Tab")
    assert focused(small) != "q"


def test_an_entry_for_findings_yaml_is_written_to_copy(small: Page) -> None:
    """For a record by its key, and for a problem by its place and message."""
    small.run("document.querySelector('.toggle').click()")
    small.run("document.querySelector('.records tbody button').click()")
    assert small.run("document.getElementById('entry-text').value") == (
        "- rule: codelist\n  dataset: AE\n  variable: AESEV\n  key: {USUBJID: S1-0}\n"
        "  explanation: \n  owner: \n  decision: accept\n"
    )
    small.press("Escape")
    assert small.run("document.getElementById('entry').open") is False
    small.run("document.querySelector('.details > div > .act button').click()")
    assert '  message: "is not a term of Severity (AESEV, C66769)"\n' in small.run(
        "document.getElementById('entry-text').value"
    )


HARD_KEYS = [
    "plain S1-1",
    HOSTILE,
    "a: b, {c} #d",
    "'\"\\",
    " edge ",
    "- x",
    "中文\x85\x1b",
    "null",
    "7",
]


def test_an_entry_that_was_copied_explains_its_record(page: Page, tmp_path: Path) -> None:
    """Whatever the key holds, the entry is read as it was, and is about that record only."""
    keys = pd.DataFrame({"USUBJID": HARD_KEYS}, dtype="str")
    values = pd.Series(["x"] * len(HARD_KEYS), dtype="str")
    group = FindingGroup("codelist", "AE", "AESEV", "is: no term", keys, values)
    write_reports(tmp_path, review_groups(group))
    page.open(tmp_path / "validation.html")
    written = "".join(
        page.run(
            f"(document.querySelectorAll('.records tbody button')[{at}].click(), "
            "document.getElementById('entry-text').value)"
        )
        + page.run("(dialog => (dialog.close(), ''))(document.getElementById('entry'))")
        for at in range(len(HARD_KEYS))
    )
    filled = written.replace("explanation: ", "explanation: x").replace("owner: ", "owner: QC")
    (tmp_path / "findings.yaml").write_text(filled, encoding="utf-8")
    review = review_groups(group, explanations=read_explanations(tmp_path))
    assert review.problems[0].explained_by.tolist() == list(range(len(HARD_KEYS)))


def make_full_review() -> Review:
    last = LastRun(states={"0": "open"}, compared=True)
    return review_groups(*GROUPS, explanations=[ACCEPTED, SECOND, IDLE], last=last)


def test_explanations_are_shown_and_filtered(page: Page, tmp_path: Path) -> None:
    """What is explained comes last, with who said what; a tile shows only what is new."""
    write_reports(tmp_path, make_full_review())
    page.open(tmp_path / "validation.html", "#state=explained")
    assert status(page) == "1 problem, 6 findings"
    assert "DM lead: accept (findings.yaml:3)" in page.run(
        "document.querySelector('.details').innerText"
    )
    page.run("document.querySelector('a[href=\"#state=new\"]').click()")
    page.wait("document.getElementById('status').textContent === '3 problems, 5 findings'")


@pytest.mark.parametrize(
    ("groups", "records"), [(5, 20_000), (2_000, 50)], ids=["few problems", "many problems"]
)
def test_hundred_thousand_findings_without_a_pause(
    page: Page, tmp_path: Path, groups: int, records: int
) -> None:
    """Opening, filtering, opening a problem and sorting its records never take a second."""
    values = [f"V{number}" for number in range(records)]
    write_reports(
        tmp_path, review_groups(*(make_group(values, variable=f"AE{n}") for n in range(groups)))
    )
    page.open(tmp_path / "validation.html", before=WATCH)
    assert status(page).endswith("100,000 findings")
    page.run("document.getElementById('q').focus()")
    page.type(f"ae{groups - 1} V{records - 1}")
    page.wait("document.getElementById('status').textContent.startsWith('1 problem')")
    assert status(page) == "1 problem, 1 finding"
    page.run("document.getElementById('clear').click()")
    page.run("document.querySelector('.toggle').click()")
    page.run("document.querySelector('.records [data-by=\"1\"]').click()")
    page.run("new Promise((done) => setTimeout(done, 200))")
    assert max(page.run("window.pauses"), default=0) < LONGEST_PAUSE


def test_paper_has_every_problem(page: Page, tmp_path: Path) -> None:
    """Printed, each problem is open, on whatever page of the list it is."""
    groups = [make_group(["x"] * 3, variable=f"AEVAR{number:03}") for number in range(60)]
    write_reports(tmp_path, review_groups(*groups))
    page.open(tmp_path / "validation.html")
    assert len(places(page)) == 50
    printed = base64.b64decode(page.call("Page.printToPDF")["data"])
    text = "".join(sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(printed)).pages)
    assert all(f"AE.AEVAR{number:03}" in text for number in range(60))
    assert text.count("S1-2") >= 60
    page.wait("document.querySelectorAll('tr.problem').length === 50")


@pytest.mark.skipif(find_spec("axe_playwright_python") is None, reason="axe-core is not installed")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("opened", [False, True], ids=["closed", "opened"])
def test_axe_finds_no_violation(page: Page, tmp_path: Path, scheme: str, opened: bool) -> None:
    """axe-core's rules for WCAG and good practice hold, in light and dark colours."""
    folder = find_spec("axe_playwright_python").submodule_search_locations[0]
    media = [{"name": "prefers-color-scheme", "value": scheme}]
    page.call("Emulation.setEmulatedMedia", features=media)
    write_reports(tmp_path, make_full_review())
    page.open(tmp_path / "validation.html")
    if opened:
        page.run("[0, 1, 2, 3].forEach((n) => document.querySelectorAll('.toggle')[n]?.click())")
        page.run("document.querySelector('.records tbody button').click()")
        assert_accessible(page, folder)
        page.press("Escape")
    assert_accessible(page, folder)


def assert_accessible(page: Page, folder: str) -> None:
    page.run((Path(folder) / "axe.min.js").read_text(encoding="utf-8") + "; true")
    checked, found = page.run(
        "axe.run().then(({ passes, violations }) => [passes.length, violations])"
    )
    assert checked > 20
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
