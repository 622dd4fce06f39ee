"""The folder that is handed in: what lies where, and when there is none."""

import json
from pathlib import Path

import pytest
from submitted_study import SUBMITTED_STUDY, write_files

from sdtmconv.build import build
from sdtmconv.errors import DataError, SpecError
from sdtmconv.folders import list_files
from sdtmconv.package import package

SDTM = "m5/datasets/tiny/tabulations/sdtm"
ADAM = "m5/datasets/tiny/analysis/adam"


def read_folder(folder: Path) -> dict[str, bytes]:
    return {name: path.read_bytes() for name, path in list_files(folder).items()}


def test_every_file_has_its_place(made: Path) -> None:
    """The eCTD's folders and names; notes are for the study's people and stay out."""
    assert list(list_files(made)) == [
        f"{ADAM}/datasets/adrg.docx",
        f"{ADAM}/datasets/adsl.xpt",
        f"{ADAM}/datasets/define.html",
        f"{ADAM}/datasets/define.xml",
        f"{ADAM}/datasets/define2-1.xsl",
        f"{ADAM}/programs/adam-adsl.txt",
        f"{ADAM}/programs/codelists.txt",
        f"{ADAM}/programs/sdtm-ae.txt",
        f"{ADAM}/programs/sdtm-dm.txt",
        f"{ADAM}/programs/sdtm-ex.txt",
        f"{ADAM}/programs/sdtm-ts.txt",
        f"{ADAM}/programs/study.txt",
        f"{SDTM}/ae.xpt",
        f"{SDTM}/csdrg.docx",
        f"{SDTM}/define.html",
        f"{SDTM}/define.xml",
        f"{SDTM}/define2-1.xsl",
        f"{SDTM}/dm.xpt",
        f"{SDTM}/ex.xpt",
        f"{SDTM}/ts.xpt",
        "manifest.json",
    ]


def test_the_manifest_tells_where_everything_came_from(made: Path, built: Path) -> None:
    """Tool, standards, agency, digests of specs and raw files, and a file tag for every file."""
    manifest = json.loads((made / "manifest.json").read_text(encoding="utf-8"))
    marker = json.loads((built / "build.json").read_text(encoding="utf-8"))
    assert manifest["study"] == "TINY"
    assert (manifest["agency"], manifest["encoding"]) == ("fda", "ascii")
    assert manifest["created"] == "2025-06-30T00:00:00"
    assert manifest["standards"]["SDTMIG"] == "3.4"
    assert manifest["datasets"] == {"TS": 19, "DM": 2, "EX": 3, "AE": 3, "ADSL": 2}
    assert manifest["specs"] == marker["specs"]
    assert list(manifest["raw"]) == ["ae.csv", "dm.csv", "ex.csv"]
    assert manifest["file_tags"].keys() == manifest["files"].keys()
    tags = {name.rpartition("/")[2]: tag for name, tag in manifest["file_tags"].items()}
    assert tags["ts.xpt"] == "data-tabulation-dataset-sdtm"
    assert tags["csdrg.docx"] == "data-tabulation-data-definition"
    assert tags["adsl.xpt"] == "analysis-dataset-adam"
    assert tags["adrg.docx"] == "analysis-data-definition"
    assert tags["study.txt"] == "analysis-program"


def test_datasets_for_an_agency_that_takes_ascii_are_the_builds(made: Path, built: Path) -> None:
    """Byte for byte."""
    for path in built.rglob("*.xpt"):
        assert (made / "m5/datasets/tiny" / path.relative_to(built)).read_bytes() == (
            path.read_bytes()
        )


def test_define_is_for_a_submission(made: Path) -> None:
    """A build's define.xml has the context Other, a package's the context Submission."""
    assert b'Context="Submission"' in (made / SDTM / "define.xml").read_bytes()


def test_finished_documents_take_the_place_of_skeletons(built: Path, tmp_path: Path) -> None:
    """The annotated CRF and a finished guide are in the package; the other guide is a skeleton."""
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "acrf.pdf").write_bytes(b"%PDF-1.7")
    (documents / "csdrg.pdf").write_bytes(b"%PDF-1.7")
    made = package(built, tmp_path / "package", documents=documents)
    assert f"{SDTM}/acrf.pdf" in made.files
    assert f"{SDTM}/csdrg.pdf" in made.files
    assert f"{SDTM}/csdrg.docx" not in made.files
    assert f"{ADAM}/datasets/adrg.docx" in made.files
    manifest = json.loads((made.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["documents"] == ["acrf.pdf", "csdrg.pdf"]
    assert manifest["file_tags"][f"{SDTM}/acrf.pdf"] == "annotated-crf"


def test_documents_that_the_study_names(tmp_path: Path) -> None:
    """What define.xml links to is asked for, and has its place beside it."""
    files = dict(SUBMITTED_STUDY)
    files["study.yaml"] += (
        "documents: {sap: {title: Statistical Analysis Plan, file: sap.pdf, for: analysis}}\n"
    )
    out = build(write_files(tmp_path / "tiny", files), out=tmp_path / "out").out
    (found,) = package(out, tmp_path / "package").review.findings.groups
    assert found.rule == "package-link"
    assert found.message == f"{ADAM}/datasets/define.xml links to 'sap.pdf'"
    write_files(tmp_path / "documents", {"sap.pdf": "%PDF-1.7"})
    made = package(out, tmp_path / "package", documents=tmp_path / "documents")
    assert f"{ADAM}/datasets/sap.pdf" in made.files
    assert not len(made.review.findings)


@pytest.mark.parametrize("name", ["plan.pdf", "CSDRG.pdf", "deep/csdrg.pdf", "csdrg"])
def test_a_document_without_a_place(built: Path, tmp_path: Path, name: str) -> None:
    """It is told, and nothing is written."""
    path = tmp_path / "documents" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    with pytest.raises(DataError, match="is no document that has a place in a package"):
        package(built, tmp_path / "package", documents=tmp_path / "documents")
    assert not (tmp_path / "package").exists()


def test_an_agency_that_is_not_known(built: Path, tmp_path: Path) -> None:
    """The near one is named."""
    with pytest.raises(SpecError, match="did you mean 'fda'"):
        package(built, tmp_path / "package", agency="fdaa")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("tabulations/sdtm/dm.xpt", "is not the file that build.json lists"),
        ("specs/study.yaml", "is not the file that build.json lists"),
        ("tabulations/sdtm/define.xml", "is not the file that build.json lists"),
        ("reports/validation.json", "is not the file that build.json lists"),
        ("build.json", "is not a build of this release"),
    ],
)
def test_a_build_that_somebody_changed(
    study: Path, tmp_path: Path, change: str, problem: str
) -> None:
    """It is refused, by the file."""
    out = build(study, out=tmp_path / "out").out
    (out / change).write_bytes(b"changed")
    with pytest.raises(DataError, match=problem):
        package(out, tmp_path / "package")
    assert not (tmp_path / "package").exists()


def test_a_build_with_a_file_less(study: Path, tmp_path: Path) -> None:
    """It is refused, by the file."""
    out = build(study, out=tmp_path / "out").out
    (out / "tabulations/sdtm/ae.xpt").unlink()
    with pytest.raises(DataError, match=r"ae\.xpt: is in build\.json, and not there"):
        package(out, tmp_path / "package")


def test_a_build_of_a_part(study: Path, tmp_path: Path) -> None:
    """A part of a study is no submission."""
    out = build(study, out=tmp_path / "out", only=["DM"]).out
    with pytest.raises(DataError, match=r"a part of the study \(DM\); build all of it"):
        package(out, tmp_path / "package")


@pytest.mark.parametrize("name", ["nowhere", "tiny"])
def test_a_folder_that_is_no_build(study: Path, tmp_path: Path, name: str) -> None:
    """It is told, with what to name instead."""
    with pytest.raises(DataError, match="name a folder that `sdtmconv build` made"):
        package(study.parent / name, tmp_path / "package")


@pytest.mark.parametrize("name", [".", "package", ".."])
def test_a_package_and_its_build_do_not_lie_in_each_other(
    study: Path, tmp_path: Path, name: str
) -> None:
    """Neither is written into the other."""
    out = build(study, out=tmp_path / "builds" / "out").out
    before = read_folder(tmp_path)
    with pytest.raises(DataError, match="lie in each other; name another folder with --to"):
        package(out, out / name)
    assert read_folder(tmp_path) == before


def test_somebody_elses_folder(built: Path, tmp_path: Path) -> None:
    """A folder with other files is left alone; an earlier package is replaced as a whole."""
    to = tmp_path / "package"
    package(built, to)
    (to / "thesis.docx").write_text("mine", encoding="utf-8")
    with pytest.raises(DataError, match=r"thesis\.docx; name another folder with --to"):
        package(built, to)
    (to / "thesis.docx").unlink()
    before = read_folder(to)
    package(built, to)
    assert read_folder(to) == before


def test_errors_that_nobody_has_explained(tmp_path: Path) -> None:
    """They stop a package, unless one asks for it or they are explained in findings.yaml."""
    files = dict(SUBMITTED_STUDY)
    files["sdtm/ae.yaml"] = files["sdtm/ae.yaml"].replace(
        "{iso_datetime: START, format: DD-MON-YYYY}",
        '{constant: "2025-03-01"}\n          AEENDTC: {constant: "2025-02-01"}',
    )
    folder = write_files(tmp_path / "tiny", files)
    out = build(folder, out=tmp_path / "out").out
    with pytest.raises(DataError, match="has 3 errors that nobody has explained; mend them"):
        package(out, tmp_path / "package")
    assert package(out, tmp_path / "package", allow_findings=True).files
    entry = "- {rule: dates-in-order, explanation: As collected, owner: QC, decision: accept}\n"
    write_files(folder, {"findings.yaml": entry})
    build(folder, out=out)
    assert package(out, tmp_path / "package").files


def test_a_study_that_an_agency_would_turn_away(tmp_path: Path) -> None:
    """What the pre-check finds stops the package, with the rule's name; an earlier one stays."""
    files = {**SUBMITTED_STUDY}
    out = build(write_files(tmp_path / "tiny", files), out=tmp_path / "out").out
    to = package(out, tmp_path / "package").folder
    before = read_folder(to)
    (tmp_path / "tiny/sdtm/ts.yaml").unlink()
    build(tmp_path / "tiny", out=out)
    with pytest.raises(DataError, match=r"TS \(trc-1734\): there is no m5/.*/ts\.xpt; Give TS"):
        package(out, to)
    assert read_folder(to) == before
    assert package(out, to, allow_findings=True).review.findings.errors == 1


def test_the_study_folder_never_leaves_the_package(tmp_path: Path) -> None:
    """A STUDYID that looks like a path becomes a plain name."""
    files = {**SUBMITTED_STUDY}
    files["study.yaml"] = files["study.yaml"].replace("study: TINY", "study: ../../A/B 1")
    out = build(write_files(tmp_path / "tiny", files), out=tmp_path / "out").out
    made = package(out, tmp_path / "package")
    assert {name.split("/")[2] for name in made.files if "/" in name} == {"a-b-1"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "package", "tiny"]
