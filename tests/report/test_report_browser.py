"""The HTML report in a browser."""

import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from small_findings import REVIEW, make_group, review_groups

from sdtmconv.report import write_reports

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=5000",
    "--dump-dom",
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]


def open_page(page: Path, profile: Path, fragment: str = "") -> str:
    """Give a page as the browser has it after its scripts have run."""
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", f"{page.as_uri()}{fragment}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


def status_of(dom: str) -> str:
    return re.search(r'<output id="status"[^>]*>([^<]*)</output>', dom)[1]


def visible_problems(dom: str) -> list[str]:
    articles = re.findall(r'<article class="problem[^>]*id="(problem-\d+)"([^>]*)>', dom)
    return [name for name, rest in articles if "hidden" not in rest]


@pytest.mark.parametrize(
    ("fragment", "status", "visible"),
    [
        ("", "3 problems, 11 findings", ["problem-1", "problem-2", "problem-3"]),
        ("#q=AESEV", "2 problems, 10 findings", ["problem-1", "problem-2"]),
        ("#q=terrible", "1 problem, 2 findings", ["problem-1"]),
        ("#q=S1-1+codelist", "2 problems, 2 findings", ["problem-1", "problem-2"]),
        ("#severity=warning&dataset=AE", "1 problem, 7 findings", ["problem-2"]),
        ("#q=nowhere", "Nothing matches the filter", []),
        ("#rule-codelist", "3 problems, 11 findings", ["problem-1", "problem-2", "problem-3"]),
    ],
)
def test_page_is_filtered_by_its_address(
    tmp_path: Path, fragment: str, status: str, visible: list[str]
) -> None:
    """A filter in the address shows the problems and records that match all of its words."""
    write_reports(tmp_path, REVIEW)
    dom = open_page(tmp_path / "validation.html", tmp_path / "profile", fragment)
    assert status_of(dom) == status
    assert visible_problems(dom) == visible
    assert "<title>S1: validation</title>" in dom


def test_hundred_thousand_findings_open_and_filter(tmp_path: Path) -> None:
    """The page of 100,000 findings finds one record among them within seconds."""
    groups = [
        make_group([f"V{number}" for number in range(20_000)], variable=f"AEVAR{group}")
        for group in range(5)
    ]
    write_reports(tmp_path, review_groups(*groups))
    start = time.perf_counter()
    dom = open_page(tmp_path / "validation.html", tmp_path / "profile", "#q=aevar3+V19999")
    assert time.perf_counter() - start < 10
    assert status_of(dom) == "1 problem, 1 finding"
    assert "<td>S1-19999</td><td>V19999</td>" in dom
