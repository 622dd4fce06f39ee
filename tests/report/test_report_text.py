"""The report in a terminal."""

import dataclasses

from small_findings import ACCEPTED, CLEAN, GROUPS, REVIEW, make_group, review_groups

from sdtmconv.report import review_as_text
from sdtmconv.validate import RULES


def test_plain_text_has_a_line_per_problem() -> None:
    """Without a terminal, a problem is one line that other programs can search."""
    lines = review_as_text(REVIEW, terminal=False).splitlines()
    assert lines[1] == (
        "AE.AEDOSU: warning codelist-extension, 7 records: is not a term of Severity (AESEV, "
        f"C66769): 'PILL'; {RULES['codelist-extension'].remedy}"
    )
    assert lines[2].startswith("XX.XXYY: warning variable-known, as a whole: is not described; ")
    assert lines[-1] == "3 errors, 8 warnings in 2 datasets with 1,202 records."


def test_terminal_gets_a_table() -> None:
    """In a terminal, problems stand in columns, and what the data hold is not taken for markup."""
    text = review_as_text(review_groups(make_group(["[red]x[/red]"])), terminal=True)
    assert "Severity" in text.splitlines()[0]
    assert "[red]x[/red]" in text


def test_control_characters_do_not_reach_the_terminal() -> None:
    """Neither values nor names out of a file can drive the terminal."""
    group = make_group(["\x1b[2J\n"], variable="\x1b[2J")
    for terminal in (True, False):
        text = review_as_text(review_groups(group), terminal=terminal)
        assert "\x1b[2J" not in text


def test_long_lists_are_cut_and_say_so() -> None:
    """The terminal shows the gravest problems and where the others are."""
    groups = [make_group(["x"], variable=f"AE{number:02}") for number in range(45)]
    lines = review_as_text(review_groups(*groups), terminal=False).splitlines()
    assert len(lines) == 42
    assert lines[-2] == "... and 5 more problems, see the report"


def test_clean_study_is_one_sentence() -> None:
    """Nothing found is said, not left out."""
    assert review_as_text(CLEAN) == "No findings in 2 datasets with 1,202 records."


def test_what_is_explained_is_counted_and_not_listed() -> None:
    """The list is what is left to do; an entry about nothing is told with its place."""
    idle = dataclasses.replace(ACCEPTED, rule="iso8601", key=(("USUBJID", "S1-7"),))
    review = review_groups(*GROUPS, explanations=[idle, ACCEPTED])
    lines = review_as_text(review, terminal=False).splitlines()
    assert not any("AEDOSU" in line for line in lines)
    assert lines[-3:] == [
        "findings.yaml:3: iso8601 AE USUBJID S1-7: explains nothing any more; take it out",
        "3 errors, 8 warnings in 2 datasets with 1,202 records.",
        "7 findings are explained in findings.yaml.",
    ]
