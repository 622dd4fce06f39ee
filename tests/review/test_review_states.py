"""What is new, reopened, open, explained and gone, from run to run."""

from pathlib import Path

import pandas as pd
import pytest

from sdtmconv.metadata import StudyMetadata
from sdtmconv.report import read_last_run, review_as_json
from sdtmconv.review import Explanation, Review, review_findings
from sdtmconv.validate import FindingGroup, Findings
from sdtmconv.validate.identity import identify_findings

STUDY = StudyMetadata("S1", "", "")
ACCEPT = Explanation("codelist", "because", "QC", "accept")


def make_group(records: dict[str, str], rule: str = "codelist", message: str = "is no term"):
    """Make a problem of records with these keys and values."""
    keys = pd.DataFrame({"USUBJID": list(records)}, dtype="str")
    return FindingGroup(
        rule, "AE", "AESEV", message, keys, pd.Series([*records.values()], dtype="str")
    )


class Runs:
    """One run after the other, each with the report of the one before."""

    def __init__(self, folder: Path) -> None:
        self._report = folder / "validation.json"

    def run(self, *groups: FindingGroup, **options: object) -> Review:
        last = read_last_run(self._report)
        review = review_findings(STUDY, Findings(groups), last=last, **options)
        self._report.write_text(review_as_json(review), encoding="utf-8")
        return review


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(tmp_path)


def states(review: Review) -> dict[str, str]:
    return {
        subject: str(state)
        for problem in review.problems
        for subject, state in zip(problem.group.keys["USUBJID"], problem.states, strict=True)
    }


def gone(review: Review) -> list[str]:
    return [record[0] for problem in review.gone for record in problem.records]


def test_a_first_run_has_nothing_to_compare_with(runs: Runs) -> None:
    """All is open, and nothing is called new."""
    review = runs.run(make_group({"1": "A", "2": "B"}))
    assert states(review) == {"1": "open", "2": "open"}
    assert not review.compared


def test_a_finding_goes_through_its_states(runs: Runs) -> None:
    """New, open, gone, reopened; explained, and reopened when that is taken back."""
    runs.run(make_group({"1": "A"}))
    review = runs.run(make_group({"1": "A", "2": "B"}))
    assert states(review) == {"1": "open", "2": "new"}
    review = runs.run(make_group({"2": "B"}))
    assert (states(review), gone(review)) == ({"2": "open"}, ["1"])
    review = runs.run(make_group({"1": "A", "2": "B"}))
    assert (states(review), gone(review)) == ({"1": "reopened", "2": "open"}, [])
    review = runs.run(make_group({"1": "A", "2": "B"}), explanations=[ACCEPT])
    assert states(review) == {"1": "explained", "2": "explained"}
    review = runs.run(make_group({"1": "A", "2": "B"}))
    assert states(review) == {"1": "reopened", "2": "reopened"}


def test_what_nobody_accepted_stays_open(runs: Runs) -> None:
    """A query or a correction to come is shown with the finding, and explains nothing."""
    query = Explanation("codelist", "asked the site", "QC", "query")
    review = runs.run(make_group({"1": "A"}), explanations=[query])
    assert states(review) == {"1": "open"}
    assert review.problems[0].explained_by.tolist() == [0]
    assert review.fails("error")


def test_a_run_that_finds_the_same_says_the_same(runs: Runs) -> None:
    """Doing it twice gives the same bytes: the comparison is with what was different last."""
    runs.run(make_group({"1": "A"}))
    first = review_as_json(runs.run(make_group({"2": "B"})))
    again = runs.run(make_group({"2": "B"}))
    assert review_as_json(again) == first
    assert (states(again), gone(again)) == ({"2": "new"}, ["1"])


def test_records_with_the_same_key_keep_their_own_states(runs: Runs) -> None:
    """What is said of one of them leaves the other open, run after run."""
    keys = pd.DataFrame({"USUBJID": ["1", "1"]}, dtype="str")
    values = pd.Series(["A", "B"], dtype="str")
    group = FindingGroup("codelist", "AE", "AESEV", "is no term", keys, values)
    only_b = Explanation("codelist", "because", "QC", "accept", value="B")
    reports = [review_as_json(runs.run(group, explanations=[only_b])) for _ in range(3)]
    assert reports[0] == reports[1] == reports[2]
    assert runs.run(group, explanations=[only_b]).problems[0].states.tolist() == [
        "open",
        "explained",
    ]


def test_wording_and_value_leave_the_identity() -> None:
    """A release that words a message anew, and a corrected value, do not make a finding new."""
    before, after = make_group({"1": "A"}), make_group({"1": "B"}, message="is not a term")
    assert identify_findings(before) == identify_findings(after)
    assert identify_findings(before) != identify_findings(make_group({"2": "A"}))
    assert identify_findings(before) != identify_findings(make_group({"1": "A"}, rule="iso8601"))


def test_the_order_of_records_and_keys_leaves_the_identity() -> None:
    """Identity comes from what a record says, not from where it stands."""
    keys = pd.DataFrame({"USUBJID": ["1", "2"], "AESEQ": ["3", "4"]}, dtype="str")
    values = pd.Series(["A", "B"], dtype="str")
    turned = keys[["AESEQ", "USUBJID"]].iloc[::-1]
    first = identify_findings(FindingGroup("codelist", "AE", "AESEV", "", keys, values))
    second = identify_findings(FindingGroup("codelist", "AE", "AESEV", "", turned, values))
    assert first == second[::-1]


def test_a_rule_that_was_skipped_makes_nothing_new_or_gone(runs: Runs) -> None:
    """What was not checked is neither there nor not there."""
    runs.run(make_group({"1": "A"}))
    review = runs.run(skipped={"codelist": "no terminology"})
    assert gone(review) == []
    assert states(runs.run(make_group({"1": "A"}))) == {"1": "open"}


def test_a_part_of_a_study_is_not_compared(runs: Runs) -> None:
    """Neither with the whole before it, nor the whole after it with the part."""
    runs.run(make_group({"1": "A"}))
    review = runs.run(make_group({"2": "A"}), part=True, explanations=[ACCEPT, UNUSED])
    assert (states(review), review.compared, review.unmatched) == ({"2": "explained"}, False, ())
    assert not runs.run(make_group({"1": "A"})).compared


UNUSED = Explanation("iso8601", "because", "QC", "accept", place="findings.yaml:9")


def test_an_entry_about_nothing_is_told() -> None:
    """Unless its rule was not checked."""
    findings = Findings([make_group({"1": "A"})])
    review = review_findings(STUDY, findings, [ACCEPT, UNUSED])
    assert review.unmatched == (UNUSED,)
    assert not review_findings(STUDY, findings, [UNUSED], skipped={"iso8601": "x"}).unmatched


@pytest.mark.parametrize(
    ("rule", "fail_on", "fails"),
    [
        ("codelist", "error", True),
        ("codelist", "note", True),
        ("codelist", "never", False),
        ("codelist-extension", "error", False),
        ("codelist-extension", "warning", True),
        ("raw-record-repeated", "warning", False),
        ("raw-record-repeated", "note", True),
    ],
)
def test_what_fails(rule: str, fail_on: str, fails: bool) -> None:
    """A finding at least as severe, which nobody has explained."""
    findings = Findings([make_group({"1": "A"}, rule=rule)])
    assert review_findings(STUDY, findings).fails(fail_on) is fails
    explained = Explanation(rule, "because", "QC", "accept")
    assert not review_findings(STUDY, findings, [explained]).fails(fail_on)


def test_what_is_explained_comes_last() -> None:
    """A reader meets what is left to do first."""
    groups = [make_group({"1": "A"}), make_group({"2": "A"}, rule="raw-record-repeated")]
    review = review_findings(STUDY, Findings(groups), [ACCEPT])
    assert [p.group.rule for p in review.problems] == ["raw-record-repeated", "codelist"]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "[" * 100_000, "{}", '{"format": "sdtmconv validation 2", "problems": 3}'],
)
def test_a_report_of_another_hand_is_no_last_run(tmp_path: Path, text: str) -> None:
    """It is passed over, as if it were not there."""
    path = tmp_path / "validation.json"
    path.write_text(text, encoding="utf-8")
    assert read_last_run(path) is None
