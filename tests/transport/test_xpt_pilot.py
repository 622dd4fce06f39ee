"""The published files of the CDISC pilot study: read as pyreadstat does, written back unchanged."""

from pathlib import Path

import numpy as np
import pyreadstat
import pytest

from sdtmconv.transport import read_xpt, write_xpt

PILOT = Path(__file__).parents[2].parent / "shared" / "data" / "pharmaverse"
FILES = sorted(PILOT.glob("*/*.xpt"))

pytestmark = pytest.mark.skipif(not FILES, reason="the pilot's files are not in ../shared")


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def pilot(request):
    """A file and its encoding."""
    return request.param, "cp1252" if request.param.stem == "ts" else "ascii"


def test_pyreadstat_reads_the_same(pilot):
    """Names, labels and all values are those that ReadStat reads."""
    path, encoding = pilot
    read = read_xpt(path, encoding=encoding)
    frame, metadata = pyreadstat.read_xport(
        str(path), encoding=encoding, disable_datetime_conversion=True
    )
    assert list(read.frame.columns) == metadata.column_names
    assert [v.label for v in read.header.metadata.variables] == [
        label or "" for label in metadata.column_labels
    ]
    for variable in read.header.metadata.variables:
        ours, theirs = read.frame[variable.name], frame[variable.name]
        if variable.type == "Char":
            assert ours.fillna("").tolist() == theirs.fillna("").tolist()
        else:
            np.testing.assert_array_equal(ours.to_numpy(), theirs.to_numpy(dtype=float))


def test_the_data_are_written_back_as_they_were(pilot, tmp_path):
    """Reading and writing gives the same bytes of data."""
    path, encoding = pilot
    read = read_xpt(path, encoding=encoding)
    header, again = read.header, tmp_path / "again.xpt"
    count = write_xpt(
        again, header.metadata, [read.frame], created=header.created, encoding=encoding
    )
    size = -(-count * header.record_length // 80) * 80
    assert again.read_bytes()[-size:] == path.read_bytes()[-size:]
