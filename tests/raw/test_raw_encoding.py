"""Which encoding a text file is read in, and what is said when it is not the right one."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from any_blocks import read_raw

from sdtmconv.errors import DataError
from sdtmconv.raw import RawSource, RawTable, read_columns

TEXT = "SITE,AETERM\n01,皮疹 café\n"


def read_bytes(folder: Path, data: bytes, encoding: str = "") -> RawTable:
    path = folder / "ae.csv"
    path.write_bytes(data)
    return read_raw(RawSource("ae", path, encoding=encoding, place="study.yaml:4"))


@pytest.mark.parametrize(
    ("mark", "written", "reported"),
    [
        (b"", "utf-8", "utf-8"),
        (codecs.BOM_UTF8, "utf-8", "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32-le"),
    ],
)
def test_unicode_is_detected(tmp_path: Path, mark: bytes, written: str, reported: str) -> None:
    """By its byte order mark, or because it is valid UTF-8; the mark is no part of a name."""
    table = read_bytes(tmp_path, mark + TEXT.encode(written))
    assert table.frame.to_dict("list") == {"SITE": ["01"], "AETERM": ["皮疹 café"]}
    assert table.encoding == reported
    assert read_columns(RawSource("ae", tmp_path / "ae.csv")) == ["SITE", "AETERM"]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "UTF-16LE", "utf8"])
def test_a_stated_encoding_is_followed(tmp_path: Path, encoding: str) -> None:
    """Under any of its names, and with a byte order mark that agrees."""
    table = read_bytes(tmp_path, TEXT.encode(encoding), encoding)
    assert table.frame["AETERM"].tolist() == ["皮疹 café"]


@pytest.mark.parametrize(
    ("data", "encoding", "expected"),
    [
        (
            "A,B\n1,ok\n2,café\n".encode("cp1252"),
            "",
            "ae.csv line 3: byte 0xE9 (offset 14) is not utf-8; state `encoding: cp1252` if it "
            "should read '2,café'",
        ),
        (
            "A,B\n1,皮疹\n".encode("gb18030"),
            "",
            "ae.csv line 2: byte 0xD5 (offset 8) is not utf-8; state `encoding: cp1252` if it "
            "should read '1,Æ¤Õî', or `encoding: gb18030` if it should read '1,皮疹'",
        ),
        (
            b"A,B\n1,\x81\n",
            "cp1252",
            "ae.csv line 2: byte 0x81 (offset 6) is not cp1252; state the encoding in which it "
            "was written, as `encoding: cp1252`",
        ),
        (
            codecs.BOM_UTF8 + b"A,B\n1,\xff\n",
            "",
            "ae.csv line 2: byte 0xFF (offset 9) is not utf-8; state `encoding: cp1252` if it "
            "should read '1,ÿ'",
        ),
        (
            codecs.BOM_UTF8 + b"A,B\n",
            "cp1252",
            "ae.csv: is stated to be cp1252 but begins with the byte order mark of utf-8; state "
            "`encoding: utf-8`, or none",
        ),
        (
            b"A,B\n",
            "klingon",
            "study.yaml:4: unknown encoding 'klingon'; use a name such as utf-8, cp1252, gb18030 "
            "or utf-16",
        ),
        (
            b"A,B\n",
            "rot13",
            "study.yaml:4: unknown encoding 'rot13'; use a name such as utf-8, cp1252, gb18030 "
            "or utf-16",
        ),
    ],
)
def test_a_wrong_encoding_names_the_byte(
    tmp_path: Path, data: bytes, encoding: str, expected: str
) -> None:
    """Nothing is guessed: the fault shows how the line would read in likely encodings."""
    with pytest.raises(DataError) as caught:
        read_bytes(tmp_path, data, encoding)
    assert str(caught.value).replace(f"{tmp_path}/", "") == expected
