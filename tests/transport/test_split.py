"""A transport file over a limit becomes parts, and the parts the same file again."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from sdtmconv.cli import main
from sdtmconv.errors import TransportError
from sdtmconv.metadata import DatasetMetadata, VariableMetadata
from sdtmconv.transport import read_xpt, read_xpt_header, write_xpt
from sdtmconv.transport.split import join_xpt, split_xpt

CREATED = datetime(2025, 3, 7)
METADATA = DatasetMetadata(
    "LB",
    "Laboratory Test Results",
    (
        VariableMetadata("USUBJID", "Unique Subject Identifier", "Char", 6),
        VariableMetadata("LBSEQ", "Sequence Number", "Num", 8, display_format="8."),
        VariableMetadata("LBORRES", "Result", "Char", 30),
    ),
    ("USUBJID", "LBSEQ"),
    "LB",
    "FINDINGS",
    "One record per test",
)
RECORD_BYTES = 44
HEADER_BYTES = 1200


def make(path: Path, sizes: list[int], metadata: DatasetMetadata = METADATA) -> Path:
    """Write a dataset with so many records of each subject, of no two alike."""
    subjects = [f"01-{number:03d}" for number, size in enumerate(sizes) for _ in range(size)]
    frame = pd.DataFrame({"USUBJID": pd.Series(subjects, dtype="str")})
    frame["LBSEQ"] = frame.groupby("USUBJID").cumcount() + 1.0
    frame["LBORRES"] = pd.Series([f"result {n}" for n in range(len(frame))], dtype="str")
    write_xpt(path, metadata, [frame], created=CREATED)
    return path


def limit_of(records: int) -> int:
    """The bytes of a file with so many records."""
    return HEADER_BYTES + -(-records * RECORD_BYTES // 80) * 80


@pytest.mark.parametrize(
    ("sizes", "records", "expected"),
    [
        ([4, 4, 4], 8, [8, 4]),
        ([4, 4, 4], 9, [8, 4]),
        ([4, 4, 4], 7, [4, 4, 4]),
        ([3, 9, 2], 5, [3, 5, 4, 2]),  # nine records of a subject fit into no part
        ([1] * 7, 3, [3, 3, 1]),
    ],
)
def test_parts_end_where_subjects_do(tmp_path, sizes, records, expected):
    """Where a subject's records fit into a part."""
    path = make(tmp_path / "lb.xpt", sizes)
    parts = split_xpt(path, tmp_path, limit=limit_of(records))
    assert [part.name for part in parts] == [f"lb{n + 1}.xpt" for n in range(len(expected))]
    assert [read_xpt_header(part).record_count for part in parts] == expected
    assert max(part.stat().st_size for part in parts) <= limit_of(records)


def test_parts_differ_in_name_and_records_only(tmp_path):
    """Lengths, labels, types and formats are equal, and all records are there once."""
    path = make(tmp_path / "lb.xpt", [4, 4, 4])
    parts = [read_xpt(part) for part in split_xpt(path, tmp_path, limit=limit_of(4))]
    whole = read_xpt(path)
    assert [part.header.metadata.name for part in parts] == ["LB1", "LB2", "LB3"]
    for part in parts:
        assert replace(part.header.metadata, name="LB", domain="LB") == whole.header.metadata
        assert part.header.created == CREATED
    frames = [part.frame for part in parts]
    pd.testing.assert_frame_equal(pd.concat(frames, ignore_index=True), whole.frame)


@pytest.mark.parametrize("records", [1, 3, 5, 11])
def test_joined_they_are_the_same_file(tmp_path, records):
    """Byte by byte, in whichever order they are named."""
    path, again = make(tmp_path / "lb.xpt", [3, 5, 1, 4]), tmp_path / "again.xpt"
    parts = split_xpt(path, tmp_path, limit=limit_of(records))
    assert join_xpt(parts[::-1], again) == 13
    assert again.read_bytes() == path.read_bytes()


def test_a_file_within_the_limit_is_not_split(tmp_path):
    """And nothing is written."""
    path = make(tmp_path / "lb.xpt", [4])
    assert split_xpt(path, tmp_path, limit=path.stat().st_size) == []
    assert list(tmp_path.iterdir()) == [path]


def test_a_dataset_without_subjects_is_split_at_any_record(tmp_path):
    """As trial design datasets may be."""
    metadata = replace(METADATA, variables=METADATA.variables[1:], keys=())
    path = tmp_path / "lb.xpt"
    frame = pd.DataFrame({"LBSEQ": [1.0, 2.0, 3.0], "LBORRES": pd.Series(["x"] * 3, dtype="str")})
    write_xpt(path, metadata, [frame], created=CREATED)
    parts = split_xpt(path, tmp_path, limit=path.stat().st_size - 80)
    assert [read_xpt_header(part).record_count for part in parts] == [2, 1]


def test_a_name_without_room_for_a_number(tmp_path):
    """Names have eight characters."""
    path = make(tmp_path / "x.xpt", [9], replace(METADATA, name="ADLBCPV8"))
    with pytest.raises(TransportError, match="'ADLBCPV81' is not a dataset name"):
        split_xpt(path, tmp_path, limit=limit_of(4))
    assert list(tmp_path.iterdir()) == [path]


def test_a_limit_without_room_for_a_record(tmp_path):
    """Cannot be kept."""
    path = make(tmp_path / "lb.xpt", [9])
    with pytest.raises(TransportError, match="no record that fits into 900 bytes; raise the limit"):
        split_xpt(path, tmp_path, limit=900)


def test_a_blank_record_at_the_end_of_a_part(tmp_path):
    """Would be taken for padding by every reader (TS-140 has no number of records)."""
    metadata = replace(METADATA, variables=METADATA.variables[2:], keys=())
    path = tmp_path / "lb.xpt"
    frame = pd.DataFrame({"LBORRES": pd.Series(["x"] * 7 + [None, "y"], dtype="str")})
    write_xpt(path, metadata, [frame], created=CREATED)
    with pytest.raises(TransportError, match="record 8 is blank, and would be lost at the end"):
        split_xpt(path, tmp_path, limit=path.stat().st_size - 80)
    assert list(tmp_path.iterdir()) == [path]


def test_parts_that_are_not_one_dataset(tmp_path):
    """Each is told, and nothing is written."""
    path, again = make(tmp_path / "lb.xpt", [4, 4, 4]), tmp_path / "again.xpt"
    one, two, three = split_xpt(path, tmp_path, limit=limit_of(4))
    for parts, says in [
        ([one, three], "lb1.xpt, lb3.xpt are not all parts of one dataset; name them all"),
        ([one, two, two, three], "is part 2, as another one is; name each part once"),
        ([path, one], "has no number at the end of its dataset's name; name parts only"),
    ]:
        with pytest.raises(TransportError, match=says):
            join_xpt(parts, again)
    longer = replace(METADATA.variables[2], length=31)
    other = replace(METADATA, name="LB2", variables=(*METADATA.variables[:2], longer))
    make(two, [4], other)
    with pytest.raises(TransportError, match=r"lb2.xpt: has other variables, lengths, labels"):
        join_xpt([one, two, three], again)
    assert not again.exists()


def test_on_the_command_line(tmp_path):
    """Split, and join."""
    path, again = make(tmp_path / "lb.xpt", [4, 4]), tmp_path / "again.xpt"
    parts = [str(tmp_path / f"lb{n}.xpt") for n in (1, 2)]
    arguments = ["xpt", "split", str(path), "--to", str(tmp_path), "--limit", str(limit_of(4))]
    done = CliRunner().invoke(main, arguments)
    assert (done.exit_code, done.stdout.split()) == (0, parts)
    done = CliRunner().invoke(main, ["xpt", "join", *parts, "--to", str(again)])
    assert (done.exit_code, done.stdout) == (0, f"{again}: 8 records\n")
    done = CliRunner().invoke(main, ["xpt", "split", str(path), "--to", str(tmp_path)])
    assert done.stdout == f"{path}: within 5,000,000,000 bytes, not split\n"
