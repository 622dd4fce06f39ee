"""findings.yaml: reading, faults, and which entry is about which finding."""

from pathlib import Path

import pandas as pd
import pytest

from sdtmconv.errors import SpecError
from sdtmconv.review import Explanation, load_reviewed_study, read_explanations
from sdtmconv.review.explanations import choose_explanations
from sdtmconv.validate import FindingGroup

GROUP = FindingGroup(
    "codelist",
    "AE",
    "AESEV",
    "is not a term",
    pd.DataFrame({"USUBJID": ["S1-1", "S1-1", "S1-2"], "AESEQ": ["1", "2", "1"]}, dtype="str"),
    pd.Series(["BAD", "WORSE", ""], dtype="str"),
)


def entry(rule: str = "codelist", **fields: object) -> Explanation:
    return Explanation(rule, "because", "QC", "accept", **fields)


def write(folder: Path, text: str) -> Path:
    path = folder / "findings.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_entries_are_read_with_their_place(tmp_path: Path) -> None:
    """An entry says what it is about, and why, who and what next."""
    write(
        tmp_path,
        """\
# remark
- rule: codelist
  dataset: AE
  variable: AESEV
  message: is not a term
  value: BAD
  key: {USUBJID: S1-1, AESEQ: 2}
  explanation: the site wrote it so
  owner: QC
  decision: query
""",
    )
    assert read_explanations(tmp_path) == (
        Explanation(
            rule="codelist",
            explanation="the site wrote it so",
            owner="QC",
            decision="query",
            dataset="AE",
            variable="AESEV",
            message="is not a term",
            value="BAD",
            key=(("USUBJID", "S1-1"), ("AESEQ", "2")),
            place="findings.yaml:2",
        ),
    )


def test_a_study_without_the_file_has_no_entries(tmp_path: Path) -> None:
    """The file is not needed."""
    assert read_explanations(tmp_path) == ()


FAULTS = """\
- rule: codlist
  explanation: x
  owner: QC
  decision: accepted
- rule: codelist
  reason: x
- text
- rule: codelist
  dataset: AE
  explanation: x
  owner: QC
  decision: accept
  key: AE
- {rule: codelist, dataset: AE, explanation: y, owner: QC, decision: mend}
"""


def test_all_faults_are_told_with_their_lines(tmp_path: Path) -> None:
    """As in specs: file, line, problem and remedy, all at once."""
    path = write(tmp_path, FAULTS)
    with pytest.raises(SpecError) as raised:
        read_explanations(tmp_path)
    assert [str(fault).removeprefix(f"{path}:") for fault in raised.value.faults] == [
        "1: no rule 'codlist'; did you mean 'codelist'?",
        "4: decision cannot be 'accepted'; write one of accept, query, mend",
        "6: an entry has no 'reason'; did you mean 'decision'?",
        "5: an entry has no explanation; add `explanation: ...`",
        "5: an entry has no owner; add `owner: ...`",
        "5: an entry has no decision; add `decision: ...`",
        "7: an entry is text; write `name: value` lines below it",
        "13: key is text; write `name: value` lines below it",
        f"14: is about the same findings as {path}:8; keep one of the two",
    ]


@pytest.mark.parametrize("text", ["rule: codelist\n", "text\n"])
def test_a_file_that_is_no_list(tmp_path: Path, text: str) -> None:
    """It is told how entries begin."""
    write(tmp_path, text)
    with pytest.raises(SpecError, match=r"not a list; begin each entry with `- rule: \.\.\.`"):
        read_explanations(tmp_path)


def test_faults_of_specs_and_explanations_come_together(write_study) -> None:
    """One run of `check` tells of all files."""
    folder = write_study({"sdtm/ex.yaml": "domain: EX\n", "findings.yaml": "- rule: none\n"})
    with pytest.raises(SpecError) as raised:
        load_reviewed_study(folder)
    places = {fault.place.partition(":")[0] for fault in raised.value.faults}
    assert {Path(place).name for place in places} >= {"ex.yaml", "findings.yaml"}


@pytest.mark.parametrize(
    ("fields", "covered"),
    [
        ({}, [True, True, True]),
        ({"rule": "iso8601"}, [False, False, False]),
        ({"dataset": "CM"}, [False, False, False]),
        ({"dataset": "AE", "variable": "AESEV"}, [True, True, True]),
        ({"message": "is another"}, [False, False, False]),
        ({"value": "BAD"}, [True, False, False]),
        ({"key": (("USUBJID", "S1-1"),)}, [True, True, False]),
        ({"key": (("AESEQ", "1"), ("USUBJID", "S1-2"))}, [False, False, True]),
        ({"key": (("CMSEQ", "1"),)}, [False, False, False]),
    ],
)
def test_an_entry_is_about_what_it_names(fields: dict[str, object], covered: list[bool]) -> None:
    """What it does not name may be anything."""
    chosen = choose_explanations(GROUP, [entry(**fields)])
    assert (chosen == 0).tolist() == covered


def test_a_whole_variable_is_covered_by_place_and_not_by_key() -> None:
    """A finding without a record has neither key nor value."""
    group = FindingGroup("variable-known", "AE", "AEXX", "is not described")
    entries = [
        entry("variable-known", key=(("USUBJID", "S1-1"),)),
        entry("variable-known", value="x"),
        entry("variable-known", variable="AEXX"),
    ]
    assert choose_explanations(group, entries).tolist() == [2]


def test_the_narrowest_entry_counts() -> None:
    """A rule can be explained in general, and one of its records otherwise."""
    entries = [entry(), entry(key=(("AESEQ", "1"),)), entry(value="BAD", dataset="AE"), entry()]
    assert choose_explanations(GROUP, entries).tolist() == [2, 0, 1]
