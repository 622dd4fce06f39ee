"""Transport files for an agency: labels, encoding, size."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from docx import Document

from sdtmconv.define_xml import read_model
from sdtmconv.define_xml.model.texts import texts
from sdtmconv.errors import DataError
from sdtmconv.package import choose_agency, package, verify
from sdtmconv.package.datasets import write_datasets
from sdtmconv.transport import read_xpt
from sdtmconv.transport.split import join_xpt

CREATED = datetime(2025, 6, 30)


def test_a_large_file_is_there_whole_and_in_parts(built: Path, tmp_path: Path) -> None:
    """The parts, in a folder of their own, have equal lengths and make the whole again."""
    source = built / "tabulations/sdtm"
    limit = (source / "ae.xpt").stat().st_size - 80
    agency = replace(choose_agency("fda"), split_bytes=limit)
    write_datasets(source, tmp_path, agency, read_model(source / "define.xml"), CREATED)
    large = sorted(p.name for p in source.glob("*.xpt") if p.stat().st_size > limit)
    assert "ae.xpt" in large
    assert len(large) < len(list(source.glob("*.xpt")))
    for name in large:
        assert (tmp_path / name).read_bytes() == (source / name).read_bytes()
        parts = sorted((tmp_path / "split").glob(f"{name[:2]}[0-9]*.xpt"))
        assert len(parts) > 1
        lengths = {
            tuple((v.name, v.length) for v in read_xpt(part).header.metadata.variables)
            for part in parts
        }
        assert len(lengths) == 1
        join_xpt(parts, tmp_path / "joined.xpt")
        assert (tmp_path / "joined.xpt").read_bytes() == (source / name).read_bytes()


def test_a_package_with_parts_tells_of_them(
    study: Path, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the guide; the pre-check takes them, and a new build gives the same ones."""
    limit = (built / "tabulations/sdtm/ae.xpt").stat().st_size - 80
    small = replace(choose_agency("fda"), split_bytes=limit)
    monkeypatch.setattr("sdtmconv.package.agencies.load_agencies", lambda: {"fda": small})
    made = package(built, tmp_path / "package")
    folder = made.folder / "m5/datasets/tiny/tabulations/sdtm"
    parts = sorted(path.stem.upper() for path in (folder / "split").iterdir())
    text = " ".join(paragraph.text for paragraph in Document(folder / "csdrg.docx").paragraphs)
    assert f"as the whole: {', '.join(parts)}." in text
    found = verify(made.folder, study=study)
    assert found.rebuilt
    assert [group.rule for group in found.review.findings.groups] == []


def test_a_study_that_is_not_said_in_the_agencys_language(built: Path, tmp_path: Path) -> None:
    """It is told, with the file to write."""
    with pytest.raises(DataError, match=r"not said in zh; write languages/zh\.yaml"):
        package(built, tmp_path / "package", agency="nmpa")
    assert not (tmp_path / "package").exists()


def test_all_labels_that_do_not_fit_are_told_at_once(built: Path, tmp_path: Path) -> None:
    """In bytes of the agency's encoding, by dataset and variable."""
    source = built / "tabulations/sdtm"
    define = read_model(source / "define.xml")
    long = "严重" * 7
    items = tuple(
        replace(item, description=texts(long, "zh")) if item.name in ("AETERM", "EXTRT") else item
        for item in define.metadata.items
    )
    version = replace(define.metadata, items=items)
    define = replace(define, study=replace(define.study, metadata_version=version))
    with pytest.raises(DataError) as caught:
        write_datasets(source, tmp_path, choose_agency("nmpa"), define, CREATED)
    assert [(fault.place, fault.problem) for fault in caught.value.faults] == [
        ("AE.AETERM", f"label {long!r} is 42 bytes long"),
        ("EX.EXTRT", f"label {long!r} is 42 bytes long"),
    ]
