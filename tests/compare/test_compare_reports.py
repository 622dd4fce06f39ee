"""A comparison as text, JSON, workbook and page."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from small_datasets import make_ae, make_dm, write

from sdtmconv.cli import main
from sdtmconv.compare import Comparison, Settings, compare
from sdtmconv.report.comparison_document import comparison_as_json
from sdtmconv.report.comparison_page import comparison_as_html, write_comparison_page
from sdtmconv.report.comparison_text import comparison_as_text
from sdtmconv.report.comparison_workbook import write_comparison_workbook

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture
def comparison(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Comparison:
    """Two values, one attribute and one record of AE differ; one text looks like a formula."""
    monkeypatch.chdir(tmp_path)
    ae = make_ae()
    changed = ae.with_values("AETERM", {0: "Headache", 3: "=1+1 <b>"})
    changed = changed.with_attribute("AESER", label="Serious")
    write(tmp_path / "a", ae, make_dm())
    write(tmp_path / "b", changed.with_records(changed.frame.head(5)), make_dm())
    return compare(Path("a"), Path("b"), Settings(encoding="utf-8"))


def test_the_text_shows_each_difference(comparison: Comparison) -> None:
    """Dataset, keys, attributes, records and values, and the verdict in the last line."""
    assert (
        comparison_as_text(comparison)
        == """\
A: a
B: b
AE: 6 records in A, 5 in B; 5 paired, 2 of them differ
  keys: STUDYID, USUBJID, AESEQ (the standard)
  AE.AESER label is 'Label of AESER' in A and 'Serious' in B
  1 record only in A
    USUBJID S1-3, AESEQ 1
  AE.AETERM: 1 value, case. The same text in upper and lower case.
    USUBJID S1-1, AESEQ 1: HEADACHE -> Headache
  AE.AETERM: 1 value, text. Another text.
    USUBJID S1-2, AESEQ 1: RASH -> =1+1 <b>
DM: equal, 3 records
Different: 1 of 2 datasets; 1 attribute, 1 record in A only, 2 values."""
    )


def test_the_text_shows_the_first_records_only(comparison: Comparison) -> None:
    """What is left out is counted."""
    lines = comparison_as_text(comparison, most=0).splitlines()
    assert "    ... and 1 more" in lines


def test_json_holds_everything(comparison: Comparison) -> None:
    """Verdict, counts by kind, and every record."""
    document = json.loads(comparison_as_json(comparison))
    assert (document["format"], document["equal"]) == ("sdtmconv-comparison-1", False)
    assert {kind: one["count"] for kind, one in document["kinds"].items()} == {"case": 1, "text": 1}
    ae, dm = document["datasets"]
    assert dm["equal"]
    assert ae["only_a"] == {
        "columns": ["STUDYID", "USUBJID", "AESEQ"],
        "rows": [["S1", "S1-3", "1"]],
    }
    assert ae["values"][0]["rows"] == [["S1", "S1-1", "1", "HEADACHE", "Headache"]]


def test_the_workbook_is_read_by_others(comparison: Comparison, tmp_path: Path) -> None:
    """Numbers are numbers, and a text that looks like a formula is text."""
    write_comparison_workbook(tmp_path / "differences.xlsx", comparison)
    book = openpyxl.load_workbook(tmp_path / "differences.xlsx")
    overview = list(book["Overview"].iter_rows(min_row=2, max_row=2, values_only=True))
    assert overview[0][:10] == ("AE", "different", 6, 5, 5, 2, 1, 0, 1, 2)
    last = list(book["Values"].iter_rows())[-1]
    assert [cell.value for cell in last] == [
        "AE",
        "AETERM",
        "text",
        "USUBJID S1-2, AESEQ 1",
        "RASH",
        "=1+1 <b>",
    ]
    assert last[-1].data_type == "s"


def test_the_page_escapes_what_data_hold(comparison: Comparison) -> None:
    """Nothing in the data becomes HTML, in the tables or in the embedded JSON."""
    page = comparison_as_html(comparison)
    assert "=1+1 &lt;b&gt;" in page
    assert "=1+1 <b>" not in page
    assert "://" not in page


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
@pytest.mark.parametrize(
    ("fragment", "status"),
    [
        ("", "4 differences, 4 records"),
        ("#kind=case", "1 difference, 1 record"),
        ("#dataset=AE&q=rash", "1 difference, 1 record"),
        ("#q=S1-3", "1 difference, 1 record"),
        ("#q=nowhere", "Nothing matches the filter"),
    ],
)
def test_the_page_is_filtered_by_its_address(
    comparison: Comparison, tmp_path: Path, fragment: str, status: str
) -> None:
    """A filter in the address shows the differences that match it, without network."""
    page = tmp_path / "differences.html"
    write_comparison_page(page, comparison)
    flags = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--virtual-time-budget=3000",
        "--dump-dom",
    ]
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    done = subprocess.run(
        [str(CHROMIUM), *flags, profile, f"{page.as_uri()}{fragment}"],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert re.search(r'<output id="status"[^>]*>([^<]*)</output>', done.stdout)[1] == status


def test_the_command_tells_by_its_exit_code(comparison: Comparison, tmp_path: Path) -> None:
    """0 where equal, 1 where different, 2 for wrong usage, 3 where nothing can be compared."""

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["compare", *words, "--encoding", "utf-8"])
        return done.exit_code, done.output

    assert run("a", "a") == (
        0,
        "A: a\nB: a\nAE: equal, 6 records\nDM: equal, 3 records\nEqual: 2 datasets, 9 records.\n",
    )
    assert run("a", "b", "--html", "d.html", "--excel", "d.xlsx")[0] == 1
    assert Path("d.html").is_file()
    assert Path("d.xlsx").is_file()
    code, output = run("a", "b", "--only", "AE", "--ignore", "label", "--json")
    assert (code, json.loads(output)["datasets"][0]["attributes"]) == (1, [])
    assert run("a", "b", "--ignore", "labels")[0] == 2
    assert run("a", "b", "--keys", "AE=")[0] == 2
    assert run("a", "nowhere")[0] == 3
