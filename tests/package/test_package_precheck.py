"""What makes agencies turn a package away: one fault in, one finding out."""

from dataclasses import replace
from pathlib import Path

import pytest
from breaking import ADAM, SDTM, Break, add, change, drop, remove, rename, rewrite, substitute

from sdtmconv.package import choose_agency, load_agencies, precheck
from sdtmconv.validate import RULES

FDA = choose_agency("fda")
TS, DM, DEFINE = f"{SDTM}/ts.xpt", f"{SDTM}/dm.xpt", f"{SDTM}/define.xml"

# The fault, and the findings: rule, place, message.
FAULTS: dict[str, tuple[Break, list[tuple[str, str, str]]]] = {
    "no TS": (
        remove(TS),
        [
            ("trc-1734", "TS", f"there is no {TS}"),
        ],
    ),
    "TS without a start date": (
        rewrite(TS, lambda ts: ts.assign(TSPARMCD="SENDTC")),
        [("trc-1734", "TS.TSVAL", "has no value of TSPARMCD SSTDTC, the study's start date")],
    ),
    "an empty start date": (
        rewrite(TS, lambda ts: ts.assign(TSVAL=None)),
        [("trc-1734", "TS.TSVAL", "has no value of TSPARMCD SSTDTC, the study's start date")],
    ),
    "a start date that is partial": (
        rewrite(TS, lambda ts: ts.assign(TSVAL="2025-01")),
        [
            (
                "trc-1734",
                "TS.TSVAL",
                "the study's start date is '2025-01', no whole ISO 8601 date",
            )
        ],
    ),
    "a start date that is no date": (
        rewrite(TS, lambda ts: ts.assign(TSVAL="2025-02-30")),
        [
            (
                "trc-1734",
                "TS.TSVAL",
                "the study's start date is '2025-02-30', no whole ISO 8601 date",
            )
        ],
    ),
    "TS of another study": (
        rewrite(TS, lambda ts: ts.assign(STUDYID="TIMY")),
        [("trc-1734", "TS.STUDYID", "STUDYID is 'TIMY', and the study's id 'TINY'")],
    ),
    "a start date that is a number": (
        rewrite(
            TS,
            lambda ts: ts.assign(TSVAL=20250115.0),
            change("TSVAL", type="Num", length=8, data_type="float"),
        ),
        [
            ("define-type", "TS.TSVAL", "is Num, and its DataType text is of text"),
            ("trc-1734", "TS.TSVAL", "the study's start date is '20250115.0'"),
        ],
    ),
    "TS without TSVAL": (
        rewrite(TS, lambda ts: ts.drop(columns="TSVAL"), drop("TSVAL")),
        [
            ("define-variable", "TS.TSVAL", "is described in define.xml and not there"),
            ("trc-1734", "TS.TSVAL", "has no TSVAL, or cannot be read"),
        ],
    ),
    "no DM": (
        remove(DM),
        [
            ("trc-1736", "DM", f"there is no {DM}"),
        ],
    ),
    "no define.xml of SDTM": (
        remove(DEFINE),
        [("trc-1736", "study", f"there is no {DEFINE}")],
    ),
    "no define.xml of ADaM": (
        remove(f"{ADAM}/define.xml"),
        [("trc-1736", "study", f"there is no {ADAM}/define.xml")],
    ),
    "no ADSL": (
        remove(f"{ADAM}/adsl.xpt"),
        [
            ("trc-1736", "ADSL", f"there is no {ADAM}/adsl.xpt"),
        ],
    ),
    "no SDTM at all": (
        remove(f"{SDTM}"),
        [
            ("trc-1734", "TS", f"there is no {TS}"),
            ("trc-1736", "DM", f"there is no {DM}"),
            ("trc-1736", "study", f"there is no {DEFINE}"),
        ],
    ),
    "a define.xml that is no XML": (
        add(DEFINE, b"<ODM"),
        [("define-sound", "define.xml", f"{DEFINE}, line 1: is not well-formed XML")],
    ),
    "a define.xml that refers to nothing": (
        substitute(DEFINE, 'CodeListOID="CL.NY"', 'CodeListOID="CL.NX"'),
        [
            ("define-sound", "CodeList CL.NY", "nothing refers to it"),
            ("define-sound", "CodeListRef of ItemDef IT.AE.AESER", "CL.NX"),
        ],
    ),
    "a define.xml of another study": (
        substitute(DEFINE, "<StudyName>TINY", "<StudyName>HUGE"),
        [("package-study", "study", f"{DEFINE} is of the study 'HUGE'")],
    ),
    "a dataset of another study": (
        rewrite(f"{SDTM}/ae.xpt", lambda ae: ae.assign(STUDYID=["TINY", "T", "TINY"])),
        [("package-study", "AE.STUDYID", "STUDYID is 'T', and the study's id 'TINY'")],
    ),
    "a dataset without STUDYID on a record": (
        rewrite(f"{SDTM}/ae.xpt", lambda ae: ae.assign(STUDYID=["TINY", None, "TINY"])),
        [("package-study", "AE.STUDYID", "STUDYID is '', and the study's id 'TINY'")],
    ),
    "a file with a large letter": (
        rename(f"{SDTM}/ae.xpt", f"{SDTM}/AE.xpt"),
        [
            ("package-name", "study", f"{SDTM}/AE.xpt is no name of a file for an agency"),
        ],
    ),
    "a file with another dataset's name": (
        rename(f"{SDTM}/ae.xpt", f"{SDTM}/ce.xpt"),
        [
            ("package-name", "AE", f"{SDTM}/ce.xpt holds AE"),
        ],
    ),
    "a file with a name that is too long": (
        rename(f"{SDTM}/ae.xpt", f"{SDTM}/adverseevents.xpt"),
        [
            ("package-name", "AE", f"{SDTM}/adverseevents.xpt holds AE"),
            ("package-name", "study", f"{SDTM}/adverseevents.xpt is no name of a file"),
        ],
    ),
    "a dataset in the wrong folder": (
        rename(f"{SDTM}/ae.xpt", f"{ADAM}/ae.xpt"),
        [
            ("define-dataset", "AE", "ae.xpt is not there"),
            ("define-dataset", "AE", "is not described in define.xml"),
        ],
    ),
    "a file outside of the study": (
        add("m5/readme.txt"),
        [("trc-1735", "study", "m5/readme.txt has no file tag where it lies")],
    ),
    "a folder that the eCTD does not know": (
        add("m5/datasets/tiny/tabulations/other/ae.xpt"),
        [("trc-1735", "study", "tabulations/other/ae.xpt has no file tag where it lies")],
    ),
    "a file that is no transport file": (
        add(f"{SDTM}/ae.xpt", b"not a transport file"),
        [
            ("define-dataset", "AE", "ae.xpt is not there"),
            ("package-encoding", "AE", "is not a SAS transport file"),
        ],
    ),
    "text that the agency's encoding lacks": (
        rewrite(f"{SDTM}/ae.xpt", lambda ae: ae.assign(AETERM="Ödem"), encoding="cp1252"),
        [("package-encoding", "AE", "is not text in ascii")],
    ),
    "a label with half a bracket": (
        rewrite(f"{SDTM}/ae.xpt", describe=change("AETERM", label="Reported Term (as collected")),
        [
            ("define-label", "AE.AETERM", "in define.xml 'Reported Term for the Adverse Event'"),
            ("package-label", "AE.AETERM", "label 'Reported Term (as collected'"),
        ],
    ),
    "a label with a sign of markup": (
        rewrite(f"{SDTM}/ae.xpt", describe=change("AETERM", label="Term <50")),
        [
            ("define-label", "AE.AETERM", "in define.xml 'Reported Term for the Adverse Event'"),
            ("package-label", "AE.AETERM", "label 'Term <50'"),
        ],
    ),
    "no label": (
        rewrite(f"{SDTM}/ae.xpt", describe=change("AETERM", label="")),
        [
            ("define-label", "AE.AETERM", "in define.xml 'Reported Term for the Adverse Event'"),
            ("package-label", "AE.AETERM", "has no label"),
        ],
    ),
    "a document that is not there": (
        substitute(
            DEFINE,
            "</MetaDataVersion>",
            '<def:leaf ID="LF.SAP" xlink:href="sap.pdf"><def:title>SAP</def:title></def:leaf>'
            "</MetaDataVersion>",
        ),
        [
            ("define-sound", "def:leaf LF.SAP", "nothing refers to it"),
            ("package-link", "study", f"{DEFINE} links to 'sap.pdf'"),
        ],
    ),
    "a dataset that define.xml looks for elsewhere": (
        substitute(DEFINE, 'href="ae.xpt"', 'href="../../ae.xpt"'),
        [
            ("define-dataset", "AE", "../../ae.xpt is not there"),
            ("define-dataset", "AE", "is not described in define.xml"),
        ],
    ),
    "a length that define.xml does not have": (
        rewrite(f"{SDTM}/ae.xpt", describe=change("AETERM", length=200)),
        [("define-length", "AE.AETERM", "has the length 200, in define.xml")],
    ),
    "a variable that define.xml does not describe": (
        substitute(DEFINE, 'Name="AESER"', 'Name="AESEV"'),
        [
            ("define-variable", "AE.AESER", "is not described in define.xml"),
            ("define-variable", "AE.AESEV", "is described in define.xml and not there"),
        ],
    ),
}


def find(folder: Path) -> list[tuple[str, str, str]]:
    groups = precheck(folder, FDA, "TINY").findings.groups
    return sorted((group.rule, group.place, group.message) for group in groups)


def test_a_sound_package_gives_no_finding(made: Path) -> None:
    """And what was looked at is counted."""
    found = precheck(made, FDA, "TINY").findings
    assert not len(found)
    assert found.records == {"AE": 3, "DM": 2, "EX": 3, "TS": 19, "ADSL": 2}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_by_its_rule(broken: Path, name: str) -> None:
    """Each by the rule that it breaks, with the place and the problem."""
    break_it, expected = FAULTS[name]
    break_it(broken)
    found, expected = find(broken), sorted(expected)
    assert [(rule, place) for rule, place, _ in found] == [(r, p) for r, p, _ in expected]
    for (_, _, message), (_, _, part) in zip(found, expected, strict=True):
        assert part in message


def test_a_file_beyond_the_agencys_size(broken: Path) -> None:
    """It is split, whole or in parts of the size allowed."""
    small = replace(FDA, split_bytes=2000)
    found = precheck(broken, small, "TINY").findings.groups
    sizes = {group.dataset for group in found if group.rule == "package-size"}
    assert sizes == {p.stem.upper() for p in broken.rglob("*.xpt") if p.stat().st_size > 2000}


def test_labels_in_the_agencys_language(made: Path) -> None:
    """An agency that reads Chinese is given no English label without a word."""
    found = precheck(made, choose_agency("nmpa"), "TINY").findings.groups
    assert ("package-language", "AE.AETERM") in [(g.rule, g.place) for g in found]


@pytest.mark.parametrize("agency", load_agencies())
def test_every_check_of_a_profile_is_a_rule_with_a_fault(agency: str) -> None:
    """A profile names rules that exist; each rule names the text it stands for, and is tested."""
    elsewhere = {"package-size", "package-language"}
    tested = {rule for _, expected in FAULTS.values() for rule, _, _ in expected} | elsewhere
    for rule in choose_agency(agency).checks:
        assert RULES[rule].source
        assert rule in tested
