"""Lesions and responses of the reference study: TU, TR, RS and RELREC against the truth."""

import csv
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest

from sdtmconv.build import build

STUDY = Path(__file__).parents[2] / "specs" / "biottt001"
TUMOURS = ("TU", "TR", "RS", "RELREC")
GROUPS = {"T": "TARGET", "NT": "NON-TARGET", "N": "NEW"}
TESTS = {"TARGET": "TRGRESP", "NONTARGET": "NTRGRESP", "OVERALL": "OVRLRESP"}

# One subject's lesions, each record for a rule; the years lie before and after all doses.
LESIONS = {
    "tl": """\
VISIT,TLDAT,TLNO,TLORG,TLLOC,TLNODE,TLMETH,TLDONE,TLSTATE,TLDIAM,TLUNIT,TLREAD,TLREAS
Screening,18-MAR-2019,T01,Liver,Segment II,No,MRI,Yes,Measured,2.0,cm,Initial,
Screening,18-MAR-2019,T01,Liver,Segment II,No,MRI,Yes,Measured,2.4,cm,Re-assessment,
Screening,18-MAR-2019,T04,Lymph node,Portacaval,Yes,MRI,Yes,Measured,17,mm,Initial,
Tumour Assessment 1,,T01,Liver,Segment II,No,MRI,No,,,,,Assessment missed
Tumour Assessment 2,19-MAY-2030,T01,Liver,Segment II,No,MRI,Yes,Too small to measure,,,Initial,
Tumour Assessment 3,18-JUN-2030,T01,Liver,Segment II,No,MRI,Yes,Not evaluable,,,Initial,Artefact
Tumour Assessment 4,18-JUL-2030,T01,Liver,Segment II,No,MRI,Yes,Absent,0,mm,Initial,
""",
    "ntl": """\
VISIT,NTLDAT,NTLNO,NTLORG,NTLLOC,NTLMETH,NTLDONE,NTLSTAT,NTLREAS
Screening,18-MAR-2019,NT01,Bone,Sacrum,MRI,Yes,Present,
Tumour Assessment 1,,NT01,Bone,Sacrum,MRI,No,,Assessment missed
Tumour Assessment 2,19-MAY-2030,NT01,Bone,Sacrum,MRI,Yes,Not evaluable,
Tumour Assessment 3,18-JUN-2030,NT01,Bone,Sacrum,MRI,Yes,Unequivocal progression,
""",
    "nl": """\
VISIT,NLDAT,NLNO,NLORG,NLMETH,NLSTAT
Tumour Assessment 10,18-JUN-2031,N01,Lung,MRI,Unequivocal
Tumour Assessment 9,19-MAY-2031,N01,Lung,MRI,Equivocal
""",
    "rsp": """\
VISIT,RSDONE,RSDAT,RSCRIT,RSTRG,RSNTRG,RSNEW,RSOVR,RSREAS
Tumour Assessment 1,No,,RECIST 1.1,,,,,Assessment missed
Tumour Assessment 2,Yes,19-MAY-2030,RECIST 1.1,Not Evaluable (NE),Not applicable,Equivocal,\
Not Evaluable (NE),
""",
}


@pytest.fixture(
    scope="module",
    params=[30, pytest.param(1000, marks=pytest.mark.slow)],
    ids=["30 subjects", "1,000 subjects"],
)
def imaged(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, build_biottt001: Any
) -> Any:
    if request.param == 30:
        return request.getfixturevalue("biottt001")
    return build_biottt001(tmp_path_factory.mktemp("imaged"), request.param, 7, TUMOURS)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, biottt001: Any) -> dict[str, Any]:
    """Build the lesions written above for one treated subject; records by lesion or test, visit."""
    subjects = biottt001.truth("subjects")
    subject = subjects.loc[subjects["STATUS"] == "TREATED", "SUBJID"].iloc[0]
    raw = tmp_path_factory.mktemp("small") / "raw"
    shutil.copytree(biottt001.raw, raw)
    for form, table in LESIONS.items():
        header, *records = csv.reader(table.splitlines())
        rows = [["STUDYID", "SITEID", "SUBJID", *header]]
        rows += [["BIOTTT001", subject[:2], subject, *record] for record in records]
        with (raw / f"{form}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
    build(STUDY, raw=raw, out=raw.parent / "out", only=TUMOURS)
    keys = {"TU": ["TULNKID"], "TR": ["TRLNKID", "VISIT"], "RS": ["RSTESTCD", "VISIT"]}
    built: dict[str, Any] = {}
    for domain, names in keys.items():
        path = raw.parent / f"out/tabulations/sdtm/{domain.lower()}.xpt"
        frame = pyreadstat.read_xport(path)[0].set_index(names)
        assert frame.index.is_unique
        values = frame.astype("object").where(frame.notna(), None)
        short = [
            tuple(name.removeprefix("TUMOUR ASSESSMENT ") for name in key)
            for key in frame.reset_index()[names].itertuples(index=False, name=None)
        ]
        built[domain] = dict(zip(short, values.to_dict("records"), strict=True))
    return built


def pick(record: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(record[name] for name in names)


def with_names(truth: pd.DataFrame) -> pd.DataFrame:
    """Add the names that SDTM has for subject and visit."""
    return truth.assign(
        USUBJID="BIOTTT001-" + truth["SUBJID"], VISIT=truth["VISIT"].str.upper()
    ).fillna("")


def test_every_diameter_is_the_true_one(imaged: Any) -> None:
    """Each target lesion and assessment made is one record, in mm; what was not read has none."""
    results = imaged.frames["TR"]
    made = results[(results["TRGRPID"] == "TARGET") & (results["TRDTC"] != "")]
    truth = with_names(imaged.truth("lesions")).rename(columns={"LESION": "TRLNKID"})
    both = made.merge(truth, on=["USUBJID", "VISIT", "TRLNKID"], validate="one_to_one")
    assert len(both) == len(made) == len(truth)
    assert (both["TRSTRESC"] == both["SUMMED"]).all()
    assert both["TRSTRESN"].equals(pd.to_numeric(both["SUMMED"]).astype("float64"))
    small = both["STATE"] == "Too small to measure"
    assert small.equals(both["TRORRES"] == "TOO SMALL TO MEASURE")
    assert (both["STATE"] == "Not evaluable").equals(both["TRSTAT"] == "NOT DONE")


def test_every_response_is_the_true_one(imaged: Any) -> None:
    """Each assessment made after baseline has the investigator's responses on its date."""
    responses = imaged.frames["RS"]
    truth = with_names(imaged.truth("responses"))
    truth = truth[truth["OVERALL"] != ""]
    for column, test in TESTS.items():
        made = responses[(responses["RSTESTCD"] == test) & (responses["RSSTAT"] == "")]
        both = made.merge(truth, on=["USUBJID", "VISIT"], validate="one_to_one")
        assert len(both) == len(made) == len(truth)
        assert (both["RSSTRESC"] == both[column]).all()
        assert (both["RSDTC"] == both["DATE"]).all()


def test_a_new_lesion_in_rs_is_one_in_tr(imaged: Any) -> None:
    """NEWLIND says what TUMSTATE of the new lesions says at the same assessment."""
    results, responses = imaged.frames["TR"], imaged.frames["RS"]
    new = results[results["TRGRPID"] == "NEW"]
    states = new.groupby(["USUBJID", "TRLNKGRP"])["TRSTRESC"].max()
    indicators = responses[responses["RSTESTCD"] == "NEWLIND"]
    said = indicators[indicators["RSSTRESC"].isin(["Y", "EQUIVOCAL"])]
    said = said.set_index(["USUBJID", "RSLNKGRP"])["RSSTRESC"].replace("Y", "UNEQUIVOCAL")
    assert states.to_dict() == said.to_dict()
    assert set(states) == {"EQUIVOCAL", "UNEQUIVOCAL"}


def test_each_lesion_is_identified_once(imaged: Any) -> None:
    """TU has the lesions of the three forms, with their kind; at baseline all but the new ones."""
    found = imaged.frames["TU"]
    assert not found.duplicated(["USUBJID", "TULNKID"]).any()
    forms = {"tl": "TLNO", "ntl": "NTLNO", "nl": "NLNO"}
    raw = [
        pd.read_csv(imaged.raw / f"{form}.csv", dtype="str")[["SUBJID", column]].to_numpy().tolist()
        for form, column in forms.items()
    ]
    lesions = {(f"BIOTTT001-{subject}", lesion) for table in raw for subject, lesion in table}
    assert lesions == set(zip(found["USUBJID"], found["TULNKID"], strict=True))
    assert (found["TULNKID"].str.rstrip("0123456789").map(GROUPS) == found["TUSTRESC"]).all()
    assert ((found["VISIT"] == "SCREENING") == (found["TUSTRESC"] != "NEW")).all()


def test_identity_is_carried_from_tu_to_tr_to_rs(imaged: Any) -> None:
    """Each assessed lesion is in TU under the same identifier; each response has its lesions."""
    found, results, responses = (imaged.frames[name] for name in ("TU", "TR", "RS"))
    linked = results.merge(
        found, left_on=["USUBJID", "TRLNKID"], right_on=["USUBJID", "TULNKID"], how="left"
    )
    assert (linked["TRGRPID"] == linked["TUSTRESC"]).all()
    assert (linked["TUDTC"] <= linked["TRDTC"].where(linked["TRDTC"] != "", "9999")).all()
    assessed = set(results.groupby(["USUBJID", "TRLNKGRP", "VISIT"]).groups)
    responded = set(responses.groupby(["USUBJID", "RSLNKGRP", "VISIT"]).groups)
    assert {key for key in assessed if key[2] != "SCREENING"} == responded


def test_relrec_relates_whole_datasets(imaged: Any) -> None:
    """No subject and no value is named (SDTMIG 8.3)."""
    related = imaged.frames["RELREC"]
    assert (related[["USUBJID", "IDVARVAL"]] == "").all(axis=None)
    columns = ["RELID", "RDOMAIN", "IDVAR", "RELTYPE"]
    assert related[columns].to_numpy().tolist() == [
        ["TRRS", "RS", "RSLNKGRP", "MANY"],
        ["TRRS", "TR", "TRLNKGRP", "MANY"],
        ["TUTR", "TR", "TRLNKID", "MANY"],
        ["TUTR", "TU", "TULNKID", "ONE"],
    ]


def test_each_lesion_has_one_baseline(imaged: Any) -> None:
    """TRLOBXFL is by lesion: one of each treated subject's lesions seen before treatment."""
    results = imaged.frames["TR"]
    flagged = results[results["TRLOBXFL"] == "Y"]
    assert not flagged.duplicated(["USUBJID", "TRLNKID"]).any()
    assert set(flagged["VISIT"]) == {"SCREENING"}
    before = results[(results["VISIT"] == "SCREENING") & (results["TRDY"] < 0)]
    assert len(flagged) == len(before)


def test_a_reassessment_replaces_the_reading_before_it(small: Any) -> None:
    """One record stands, with the second reading; the first is kept as a qualifier of it."""
    stands = small["TR"]["T01", "SCREENING"]
    assert pick(stands, "TRORRES", "TRORRESU", "TRSTRESC", "TRSTRESN", "TRSTRESU") == (
        *("2.4", "cm", "24", 24.0, "mm"),
    )


def test_replaced_readings_are_qualifiers(imaged: Any) -> None:
    """SUPPTR has the initial reading of each lesion that was read again, in original units."""
    qualifiers = imaged.frames["SUPPTR"]
    raw = pd.read_csv(imaged.raw / "tl.csv", dtype="str", keep_default_na=False)
    again = raw[raw["TLREAD"] == "Re-assessment"]
    first = raw[raw["TLREAD"] == "Initial"]
    pairs = again.merge(first, on=["SUBJID", "VISIT", "TLNO"], validate="one_to_one")
    assert set(qualifiers["QNAM"]) == {"TRREPL"}
    assert sorted(qualifiers["QVAL"]) == sorted(pairs["TLDIAM_y"])


def test_a_node_is_measured_by_its_short_axis(small: Any) -> None:
    """LPERP for lymph nodes, LDIAM for other targets, TUMSTATE for the rest."""
    codes = {lesion: record["TRTESTCD"] for (lesion, _), record in small["TR"].items()}
    assert codes == {"T01": "LDIAM", "T04": "LPERP", "NT01": "TUMSTATE", "N01": "TUMSTATE"}


def test_a_lesion_too_small_to_measure_counts_5_mm(small: Any) -> None:
    """The result stays as collected; the standard one is RECIST 1.1's default."""
    record = small["TR"]["T01", "2"]
    assert pick(record, "TRORRES", "TRORRESU", "TRSTRESC", "TRSTRESN", "TRSTRESU") == (
        *("TOO SMALL TO MEASURE", "", "5", 5.0, "mm"),
    )


def test_a_vanished_lesion_measures_nothing(small: Any) -> None:
    """Its diameter is 0, which is a result."""
    assert pick(small["TR"]["T01", "4"], "TRSTRESC", "TRSTRESN", "TRSTAT") == ("0", 0.0, "")


@pytest.mark.parametrize(
    ("lesion", "visit", "date", "reason"),
    [
        ("T01", "1", "", "ASSESSMENT MISSED"),
        ("T01", "3", "2030-06-18", "NOT EVALUABLE: ARTEFACT"),
        ("NT01", "1", "", "ASSESSMENT MISSED"),
        ("NT01", "2", "2030-05-19", "NOT EVALUABLE"),
    ],
)
def test_what_was_not_assessed_is_not_done(
    small: Any, lesion: str, visit: str, date: str, reason: str
) -> None:
    """No result, no unit and why; a missed assessment has no date either."""
    record = small["TR"][lesion, visit]
    names = ("TRSTAT", "TRREASND", "TRDTC", "TRORRES", "TRSTRESC", "TRSTRESN", "TRSTRESU")
    assert pick(record, *names) == ("NOT DONE", reason, date, "", "", None, "")


def test_a_lesion_is_identified_where_it_is_first_recorded(small: Any) -> None:
    """In the order of dates, not of the file or of visit names; equivocal or not."""
    dates = {lesion: record["TUDTC"] for (lesion,), record in small["TU"].items()}
    assert dates["N01"] == "2031-05-19"
    assert {dates[lesion] for lesion in ("T01", "T04", "NT01")} == {"2019-03-18"}
    states = [small["TR"]["N01", visit]["TRSTRESC"] for visit in ("9", "10")]
    assert states == ["EQUIVOCAL", "UNEQUIVOCAL"]


def test_the_location_is_a_term_of_cdisc(small: Any) -> None:
    """As exact as LOC allows; the place in the organ is a qualifier."""
    places = {lesion: record["TULOC"] for (lesion,), record in small["TU"].items()}
    assert places == {
        "T01": "LIVER",
        "T04": "PORTACAVAL LYMPH NODE",
        "NT01": "SACRUM",
        "N01": "LUNG",
    }


def test_not_evaluable_is_a_response(small: Any) -> None:
    """NE is a result; only a missed assessment is NOT DONE."""
    tests = ("TRGRESP", "NTRGRESP", "NEWLIND", "OVRLRESP")
    made = [pick(small["RS"][test, "2"], "RSSTRESC", "RSSTAT") for test in tests]
    assert made == [("NE", ""), ("NOT APPLICABLE", ""), ("EQUIVOCAL", ""), ("NE", "")]
    missed = [pick(small["RS"][test, "1"], "RSSTRESC", "RSSTAT", "RSREASND") for test in tests]
    assert missed == [("", "NOT DONE", "ASSESSMENT MISSED")] * 4
