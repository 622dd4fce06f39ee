"""The reference study's datasets in other formats."""

from pathlib import Path

import pytest

from sdtmconv.transport import read_xpt, write_xpt
from sdtmconv.transport.dataset_json import read_dataset_json, write_dataset_json


@pytest.mark.parametrize("form", ["json", "ndjson", "dsjc"])
def test_every_dataset_comes_back_from_dataset_json_byte_by_byte(biottt001, tmp_path, form):
    """Dates of analysis datasets too, which are numbers in XPT and texts in JSON."""
    between, again = tmp_path / "between", tmp_path / "again"
    different = []
    for path in sorted(Path(biottt001.out).rglob("*.xpt")):
        read = read_xpt(path)
        header, frames = read.header, [read.frame]
        created, count = header.created, header.record_count
        write_dataset_json(
            between, header.metadata, frames, created=created, records=count, form=form
        )
        found = read_dataset_json(between)
        write_xpt(again, found.header.metadata, [found.frame], created=found.header.created)
        if again.read_bytes() != path.read_bytes():
            different.append(path.name)
    assert different == []
