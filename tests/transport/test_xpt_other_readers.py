"""Other programs read what we write, and we read what they write."""

import io
import shutil
import subprocess
from datetime import date, datetime

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from sdtmconv.metadata import DatasetMetadata, VariableMetadata
from sdtmconv.transport import read_xpt, special_missing, write_xpt

RSCRIPT = shutil.which("Rscript")
XPORT = shutil.which("xport")


def text(*values):
    return pd.Series(values, dtype="str")


METADATA = DatasetMetadata(
    "LB",
    "Laboratory Test Results",
    (
        VariableMetadata("USUBJID", "Unique Subject Identifier", "Char", 11),
        VariableMetadata("LBORRES", "Result or Finding in Original Units", "Char", 200),
        VariableMetadata("LBSTRESN", "Numeric Result", "Num", 8, display_format="8.3"),
        VariableMetadata("ADT", "Analysis Date", "Num", 8, display_format="DATE9."),
    ),
    ("USUBJID",),
    "LB",
    "FINDINGS",
    "One record per test",
)
FRAME = pd.DataFrame(
    {
        "USUBJID": text("01-001", "01-002", None, "01-004", "01-005"),
        "LBORRES": text("<5", "x" * 200, "  1.5", None, "0"),
        "LBSTRESN": [0.1, -1e75, 1e-78, np.nan, 0.0],
        "ADT": [23807.0, 0.0, -1.0, np.nan, 1.0],
    }
)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "lb.xpt"
    write_xpt(path, METADATA, [FRAME], created=datetime(2025, 3, 7))
    return path


def assert_same(frame):
    """Compare with FRAME; other readers give empty text for missing."""
    assert list(frame.columns) == list(FRAME.columns)
    for name in ("USUBJID", "LBORRES"):
        assert frame[name].fillna("").tolist() == FRAME[name].fillna("").tolist()
    for name in ("LBSTRESN", "ADT"):
        np.testing.assert_array_equal(frame[name].to_numpy(dtype=float), FRAME[name].to_numpy())


def test_pyreadstat_reads_it(path):
    """ReadStat sees the same values, labels, formats and names."""
    frame, metadata = pyreadstat.read_xport(str(path), disable_datetime_conversion=True)
    assert_same(frame)
    assert metadata.column_labels == [variable.label for variable in METADATA.variables]
    assert metadata.file_label == "Laboratory Test Results"
    assert metadata.original_variable_types["LBSTRESN"] == "8.3"
    assert metadata.original_variable_types["ADT"] == "DATE9"


def test_pyreadstat_sees_dates(path):
    """A number with a date format is a date to ReadStat."""
    frame, _ = pyreadstat.read_xport(str(path))
    assert frame["ADT"].tolist()[:2] == [date(2025, 3, 7), date(1960, 1, 1)]


def test_pyreadstat_sees_special_missing_values(tmp_path):
    """ReadStat sees the letters of special missing values."""
    path = tmp_path / "x.xpt"
    metadata = DatasetMetadata("X", "", (VariableMetadata("A", "", "Num", 8),), (), "X", "", "")
    values = [special_missing("A"), np.nan, special_missing("Z"), 2.0]
    write_xpt(path, metadata, [pd.DataFrame({"A": values})], created=datetime(2025, 3, 7))
    frame, _ = pyreadstat.read_xport(str(path))
    assert np.isnan(frame["A"].to_numpy(dtype=float)).tolist() == [True, True, True, False]


def test_pandas_reads_it(path):
    """pandas.read_sas sees the same, but for the numbers that it is known to read wrongly."""
    frame = pd.read_sas(path, format="xport", encoding="ascii")
    numbers = FRAME["LBSTRESN"].replace(0.0, np.nan)
    read = frame["LBSTRESN"].where(FRAME["LBSTRESN"] != 0)
    np.testing.assert_allclose(read, numbers, rtol=1e-15)
    assert_same(frame.assign(LBSTRESN=FRAME["LBSTRESN"], ADT=FRAME["ADT"]))


@pytest.mark.skipif(not XPORT, reason="the xport program (PyPI: xport) is not on the PATH")
def test_xport_reads_it(path):
    """The Python package xport sees the same, through its own program."""
    done = subprocess.run([XPORT, str(path)], check=True, capture_output=True)
    assert_same(pd.read_csv(io.BytesIO(done.stdout), dtype={"LBORRES": "str"}))


@pytest.mark.skipif(not RSCRIPT, reason="R (with the package haven) is not on the PATH")
def test_haven_reads_it(path):
    """R's haven sees the same."""
    script = (
        "if (!requireNamespace('haven', quietly = TRUE)) quit(status = 77);"
        "frame <- haven::read_xpt(commandArgs(TRUE)[1]);"
        "for (name in c('LBSTRESN', 'ADT')) frame[[name]] <- sprintf('%.17g', frame[[name]]);"
        "write.csv(frame, row.names = FALSE, na = '')"
    )
    done = subprocess.run([RSCRIPT, "-e", script, str(path)], check=False, capture_output=True)
    if done.returncode == 77:
        pytest.skip("R has no package haven")
    assert done.returncode == 0, done.stderr.decode()
    assert_same(pd.read_csv(io.BytesIO(done.stdout), dtype={"LBORRES": "str"}))


@pytest.mark.parametrize("version", [5, 8])
def test_what_pyreadstat_writes_is_read(tmp_path, version):
    """We see what ReadStat wrote, in both versions."""
    path = tmp_path / "lb.xpt"
    frame = FRAME.replace({"LBSTRESN": -1e75}, 1.0)  # ReadStat clamps it
    pyreadstat.write_xport(
        frame.fillna({"USUBJID": "", "LBORRES": ""}),
        str(path),
        table_name="LB",
        file_format_version=version,
    )
    read = read_xpt(path)
    assert (read.header.version, read.header.metadata.name) == (version, "LB")
    np.testing.assert_allclose(read.frame["LBSTRESN"], frame["LBSTRESN"], rtol=1e-15)
    assert_same(read.frame.assign(LBSTRESN=FRAME["LBSTRESN"]))
