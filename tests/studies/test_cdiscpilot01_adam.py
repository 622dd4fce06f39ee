"""ADSL and ADAE of the pilot from its published SDTM, beside the published analysis datasets."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sdtmconv.build import build
from sdtmconv.transport import read_xpt

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data" / "pharmaverse"
STUDY = ROOT / "specs" / "cdiscpilot01"
KEYS = {"ADSL": ["USUBJID"], "ADAE": ["USUBJID", "AESEQ"]}
# Each has its reason in specs/cdiscpilot01/notes.md.
DIFFERENT = {
    "ADSL": {"LSTALVDT": 223},
    "ADAE": {"LSTALVDT": 824, "LDOSEDTM": 892, "DOSEON": 901, "DOSEU": 901},
}
NOT_MADE = {"ADSL": {"BRTHDTC"}, "ADAE": {"AESPID"}}

pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the published pilot data are not at ../shared"
)


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    out = tmp_path_factory.mktemp("pilot_adam")
    result = build(STUDY, sdtm=SHARED / "sdtm", out=out)
    assert not result.findings.groups
    files = (out / "analysis/adam/datasets").glob("*.xpt")
    return {path.stem.upper(): read_xpt(path).frame for path in files}


@pytest.mark.parametrize("name", KEYS)
def test_columns_equal_the_published_ones(name: str, frames: dict[str, pd.DataFrame]) -> None:
    """On every record, but for the columns whose difference is explained."""
    ours = frames[name].set_index(KEYS[name]).sort_index()
    published = read_xpt(SHARED / "adam" / f"{name.lower()}.xpt").frame
    published = published.set_index(KEYS[name]).sort_index()
    assert ours.index.equals(published.index)
    assert set(published) - set(ours) == NOT_MADE[name]
    assert set(ours) <= set(published)
    equal = {
        column: int(((ours[column] == published[column]) | both_missing).sum())
        for column in ours
        for both_missing in [ours[column].isna() & published[column].isna()]
    }
    different = {column: count for column, count in equal.items() if count < len(ours)}
    print(f"{name}: {len(equal) - len(different)} of {len(equal)} columns equal")
    assert different == DIFFERENT[name]


def test_last_doses_equal_without_the_records_left_out(
    frames: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    """What explains LDOSEDTM and DOSEON: the published ones know no dose of 81 mg."""
    ours = frames["ADAE"].set_index(KEYS["ADAE"]).sort_index()
    published = read_xpt(SHARED / "adam/adae.xpt").frame.set_index(KEYS["ADAE"]).sort_index()
    other = ours["DOSEON"] != 81
    pd.testing.assert_series_equal(ours["DOSEON"][other], published["DOSEON"][other])
    assert published["DOSEON"][~other].isna().all()


def test_every_treated_subject_has_a_time_to_each_event(frames: dict[str, pd.DataFrame]) -> None:
    """An event, or a censoring with its description."""
    adtte, adsl = frames["ADTTE"], frames["ADSL"]
    treated = set(adsl.loc[adsl["SAFFL"] == "Y", "USUBJID"])
    dated = adsl[adsl["EOSDT"].notna() | adsl["DTHDT"].notna()]
    for code, records in adtte.groupby("PARAMCD"):
        assert set(records["USUBJID"]) <= treated, code
        assert set(records["USUBJID"]) >= treated & set(dated["USUBJID"]), code
        assert not records["USUBJID"].duplicated().any()
    assert (adtte["EVNTDESC"].notna() | adtte["CNSDTDSC"].notna()).all()
    assert (adtte["AVAL"] == adtte["ADT"] - adtte["STARTDT"] + 1).all()
