"""The public pilot study: our datasets, made from its raw records, against the published ones."""

import re
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from sdtmconv.build import build

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data" / "pharmaverse"
STUDY = ROOT / "specs" / "cdiscpilot01"

pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the pilot's public records are not at ../shared/data/pharmaverse"
)

RECORDS = {"DM": 306, "AE": 1191, "DS": 850, "EX": 591}
VITAL_SIGNS = 29_635

# Collected values tell a record apart, so that a wrong derived value shows as a difference.
MATCHED_BY = {
    "DM": ["USUBJID"],
    "AE": ["USUBJID", "AETERM", "AELLT", "AEDTC", "AEENDTC", "AESER", "AESEV"],
    "DS": ["USUBJID", "DSTERM", "DSDTC"],
    "EX": ["USUBJID", "EXTRT", "EXENDTC", "EXDOSE", "VISIT"],
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("pilot") / "build"
    build(STUDY, raw=SHARED / "raw", out=out)
    return out / "tabulations" / "sdtm"


def read_matched(path: Path, keys: list[str]) -> pd.DataFrame:
    frame, _ = pyreadstat.read_xport(path)
    text = frame.astype("object").where(frame.notna(), "").astype("str")
    occurrence = text.groupby(keys).cumcount()
    return text.assign(occurrence=occurrence).set_index([*keys, "occurrence"]).sort_index()


def compare(name: str, built: Path) -> pd.Series:
    """Give the share of equal values for every column of the published dataset."""
    keys = MATCHED_BY[name]
    ours = read_matched(built / f"{name.lower()}.xpt", keys)
    published = read_matched(SHARED / "sdtm" / f"{name.lower()}.xpt", keys)
    assert ours.index.equals(published.index), "the records themselves differ"
    return pd.Series(
        {
            column: float((published[column] == ours[column]).mean()) if column in ours else 0.0
            for column in published.columns
        }
    )


def explained_columns() -> set[str]:
    notes = (STUDY / "notes.md").read_text(encoding="utf-8").partition("## Analysis datasets")[0]
    return set(re.findall(r"^\| ([A-Z]+\.[A-Z0-9]+) \|", notes, flags=re.MULTILINE))


@pytest.mark.parametrize("name", RECORDS)
def test_every_record_of_the_raw_files_arrives(name: str, built: Path) -> None:
    """As many records as the published dataset has."""
    _, meta = pyreadstat.read_xport(built / f"{name.lower()}.xpt")
    assert meta.number_rows == RECORDS[name]


def test_every_vital_sign_result_arrives(built: Path) -> None:
    """Each non-missing result of the wide form is one record."""
    frame, _ = pyreadstat.read_xport(built / "vs.xpt")
    assert len(frame) == VITAL_SIGNS
    assert (frame["VSORRES"] != "").all()


def test_columns_equal_the_published_ones_or_are_explained(
    built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A column differs only where the study's notes say what the raw records do not hold."""
    differing = set()
    with capsys.disabled():
        for name in RECORDS:
            shares = compare(name, built)
            differing |= {f"{name}.{column}" for column in shares.index[shares < 1]}
            print(f"\n{name}: {(shares == 1).sum()} of {len(shares)} columns equal", end="")
            for column in shares.index[shares < 1]:
                print(f"\n  {name}.{column}: {shares[column]:.2%} equal", end="")
        print()
    assert differing == explained_columns()
