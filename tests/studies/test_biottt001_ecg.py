"""ECG of the reference study: EG against the raw form."""

from typing import Any

import pandas as pd
import pytest

CODES = {
    "Heart rate": "EGHRMN",
    "PR interval": "PRAG",
    "QRS duration": "QRSAG",
    "QT interval": "QTAG",
    "QTcF interval": "QTCFAG",
    "Interpretation": "INTP",
}


@pytest.fixture(scope="module")
def matched(biottt001: Any) -> Any:
    """Put each record beside the one it was made from."""
    raw = pd.read_csv(biottt001.raw / "eg.csv", dtype="str", keep_default_na=False)
    date = pd.to_datetime(raw["EGDAT"], format="%d-%b-%Y").dt.strftime("%Y-%m-%d")
    raw = raw.assign(
        USUBJID="BIOTTT001-" + raw["SUBJID"],
        EGTESTCD=raw["EGTEST"].map(CODES),
        EGDTC=date + ("T" + raw["EGTIM"]).where(raw["EGTIM"] != "", ""),
    )
    found = biottt001.frames["EG"]
    keys = ["USUBJID", "EGTESTCD", "EGDTC"]
    both = found.merge(raw, on=keys, suffixes=("", "_RAW"), validate="one_to_one")
    assert len(both) == len(found) == len(raw)
    return both


def test_every_measurement_is_the_collected_one(matched: pd.DataFrame) -> None:
    """Intervals in ms, which is CDISC's name for msec, and heart rate in beats/min."""
    measured = matched[matched["EGTESTCD"] != "INTP"]
    assert (measured["EGSTRESN"] == measured["EGORRES_RAW"].astype("float64")).all()
    assert (measured["EGSTRESC"] == measured["EGORRES_RAW"]).all()
    units = measured.groupby("EGTESTCD")["EGSTRESU"].agg(set).to_dict()
    assert units.pop("EGHRMN") == {"beats/min"}
    assert all(names == {"ms"} for names in units.values())


def test_an_interpretation_is_normal_or_abnormal(matched: pd.DataFrame) -> None:
    """Whether an abnormal one is clinically significant is EGCLSIG."""
    interpreted = matched[matched["EGTESTCD"] == "INTP"]
    said = interpreted.groupby("EGORRES_RAW")[["EGSTRESC", "EGCLSIG"]].agg(set).T.to_dict()
    assert said == {
        "Normal": {"EGSTRESC": {"NORMAL"}, "EGCLSIG": {""}},
        "Abnormal, not clinically significant": {"EGSTRESC": {"ABNORMAL"}, "EGCLSIG": {"N"}},
        "Abnormal, clinically significant": {"EGSTRESC": {"ABNORMAL"}, "EGCLSIG": {"Y"}},
    }


def test_each_test_has_one_baseline(matched: pd.DataFrame) -> None:
    """The last measurement before the first dose, that of the same morning included."""
    flagged = matched[matched["EGLOBXFL"] == "Y"]
    assert not flagged.duplicated(["USUBJID", "EGTESTCD"]).any()
    assert set(flagged["VISIT"]) <= {"SCREENING", "MONO D1"}
    assert (flagged["EGDY"] <= 1).all()
