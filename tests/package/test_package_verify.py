"""A package against its manifest, and against a new build."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from breaking import SDTM, Break, add, remove, rename, substitute
from submitted_study import SUBMITTED_STUDY, write_files

from sdtmconv.build import build
from sdtmconv.errors import DataError, Fault
from sdtmconv.folders import hash_file, list_files
from sdtmconv.package import package, verify

CHANGED = "is not the file that was packaged"
MISSING = "is in the manifest, and not in the package"
EXTRA = "is not in the manifest"
TAG = "has the file tag"


def link(name: str) -> Break:
    """Put a link in the place of a file, to the same content elsewhere."""

    def act(folder: Path) -> None:
        elsewhere = folder.parent / "elsewhere"
        shutil.move(folder / name, elsewhere)
        (folder / name).symlink_to(elsewhere)

    return act


def change_manifest(**changes: Any) -> Break:
    """Change what the manifest says."""

    def act(folder: Path) -> None:
        path = folder / "manifest.json"
        manifest = json.loads(path.read_text(encoding="utf-8"))
        for key, value in changes.items():
            manifest[key] = {**manifest[key], **value} if isinstance(value, dict) else value
        path.write_text(json.dumps(manifest), encoding="utf-8")

    return act


BROKEN: dict[str, tuple[Break, list[tuple[str, str]]]] = {
    "a dataset less": (remove(f"{SDTM}/ae.xpt"), [(f"{SDTM}/ae.xpt", MISSING)]),
    "a define.xml less": (remove(f"{SDTM}/define.xml"), [(f"{SDTM}/define.xml", MISSING)]),
    "a stylesheet less": (
        remove(f"{SDTM}/define2-1.xsl"),
        [(f"{SDTM}/define2-1.xsl", MISSING)],
    ),
    "programs less": (
        remove("m5/datasets/tiny/analysis/adam/programs"),
        [
            (f"m5/datasets/tiny/analysis/adam/programs/{name}.txt", MISSING)
            for name in ("adam-adsl", "codelists", "sdtm-ae", "sdtm-dm", "sdtm-ex", "sdtm-ts")
        ]
        + [("m5/datasets/tiny/analysis/adam/programs/study.txt", MISSING)],
    ),
    "a dataset changed": (add(f"{SDTM}/ae.xpt"), [(f"{SDTM}/ae.xpt", CHANGED)]),
    "one letter changed": (
        substitute(f"{SDTM}/define.xml", "Adverse Events", "Adverse events"),
        [(f"{SDTM}/define.xml", CHANGED)],
    ),
    "a file emptied": (add(f"{SDTM}/ae.xpt", b""), [(f"{SDTM}/ae.xpt", CHANGED)]),
    "a file more": (add(f"{SDTM}/zz.xpt"), [(f"{SDTM}/zz.xpt", EXTRA)]),
    "a file at the top": (add("readme.txt"), [("readme.txt", EXTRA)]),
    "a hidden file": (add(f"{SDTM}/.DS_Store"), [(f"{SDTM}/.DS_Store", EXTRA)]),
    "a file under another name": (
        rename(f"{SDTM}/ae.xpt", f"{SDTM}/AE.xpt"),
        [(f"{SDTM}/AE.xpt", EXTRA), (f"{SDTM}/ae.xpt", MISSING)],
    ),
    "a file elsewhere": (
        rename(f"{SDTM}/ae.xpt", "m5/ae.xpt"),
        [("m5/ae.xpt", EXTRA), (f"{SDTM}/ae.xpt", MISSING)],
    ),
    "two files exchanged": (
        lambda folder: [
            rename(f"{SDTM}/ae.xpt", "x")(folder),
            rename(f"{SDTM}/ex.xpt", f"{SDTM}/ae.xpt")(folder),
            rename("x", f"{SDTM}/ex.xpt")(folder),
        ][0],
        [(f"{SDTM}/ae.xpt", CHANGED), (f"{SDTM}/ex.xpt", CHANGED)],
    ),
    "a link in the place of a file": (
        link(f"{SDTM}/ae.xpt"),
        [(f"{SDTM}/ae.xpt", "is a link or no file")],
    ),
    "a folder in the place of a file": (
        lambda folder: [remove(f"{SDTM}/ae.xpt")(folder), add(f"{SDTM}/ae.xpt/x")(folder)][0],
        [(f"{SDTM}/ae.xpt", MISSING), (f"{SDTM}/ae.xpt/x", EXTRA)],
    ),
    "a guide that somebody completed in place": (
        add(f"{SDTM}/csdrg.docx", b"PK"),
        [(f"{SDTM}/csdrg.docx", CHANGED)],
    ),
    "several faults at once": (
        lambda folder: [
            remove(f"{SDTM}/ae.xpt")(folder),
            add(f"{SDTM}/dm.xpt")(folder),
            add("more.txt")(folder),
        ][0],
        [(f"{SDTM}/ae.xpt", MISSING), (f"{SDTM}/dm.xpt", CHANGED), ("more.txt", EXTRA)],
    ),
    "a manifest with another digest": (
        change_manifest(files={f"{SDTM}/ae.xpt": "0" * 64}),
        [(f"{SDTM}/ae.xpt", CHANGED)],
    ),
    "a manifest with a file of somewhere else": (
        change_manifest(files={"../../etc/passwd": "0" * 64}),
        [("../../etc/passwd", MISSING)],
    ),
    "a manifest with another file tag": (
        change_manifest(file_tags={f"{SDTM}/ae.xpt": "annotated-crf"}),
        [(f"{SDTM}/ae.xpt", TAG)],
    ),
    "a manifest of another study": (
        change_manifest(study="HUGE"),
        [(f"{SDTM}/ae.xpt", TAG)],
    ),
}
NO_MANIFEST: dict[str, Break] = {
    "none": remove("manifest.json"),
    "empty": add("manifest.json", b""),
    "no JSON": add("manifest.json", b"{"),
    "no object": add("manifest.json", b"[]"),
    "another program's": add("manifest.json", b'{"name": "app", "files": {}}'),
    "without files": change_manifest(files=3),
    "with a study that is no text": change_manifest(study=3),
    "with a time that is none": change_manifest(created="soon"),
    "deep": add("manifest.json", b"[" * 5000),
}


def faults_of(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(DataError) as caught:
        verify(folder)
    return caught.value.faults


def test_a_package_as_it_was_made(made: Path) -> None:
    """Its files are counted, the manifest's own digest is told, and the pre-check finds nothing."""
    found = verify(made)
    assert (found.study, found.agency) == ("TINY", "fda")
    assert found.files == len(list_files(made)) - 1
    assert found.digest == hash_file(made / "manifest.json")
    assert not len(found.review.findings)
    assert not found.rebuilt


@pytest.mark.parametrize("name", BROKEN)
def test_what_differs_from_the_manifest(broken: Path, name: str) -> None:
    """Each file is told by its name, with what to do, all of them at once."""
    break_it, expected = BROKEN[name]
    break_it(broken)
    faults = faults_of(broken)
    told = {fault.place: fault.problem for fault in faults}
    for place, problem in expected:
        assert told[place].startswith(problem)
    assert len(faults) == len(expected) or name == "a manifest of another study"
    assert all(fault.remedy for fault in faults)


@pytest.mark.parametrize("name", NO_MANIFEST)
def test_a_folder_without_a_manifest_is_no_package(broken: Path, name: str) -> None:
    """It is told, with what to name instead."""
    NO_MANIFEST[name](broken)
    (fault,) = faults_of(broken)
    assert fault.problem == "is not a package"
    assert fault.remedy.startswith("name a folder that `sdtmconv package` made")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """It is told."""
    (fault,) = faults_of(tmp_path / "nowhere")
    assert fault.problem == "is not a folder"


def test_an_unsound_package_that_is_as_it_was_made(tmp_path: Path) -> None:
    """What the pre-check finds is told of a package that is as its manifest says."""
    files = {name: text for name, text in SUBMITTED_STUDY.items() if name != "sdtm/ts.yaml"}
    out = build(write_files(tmp_path / "tiny", files), out=tmp_path / "out").out
    folder = package(out, tmp_path / "package", allow_findings=True).folder
    assert [group.rule for group in verify(folder).review.findings.groups] == ["trc-1734"]


def test_a_package_built_again(study: Path, made: Path) -> None:
    """The same specs and raw files give the same bytes."""
    assert verify(made, study=study).rebuilt


def test_a_package_with_documents_built_again(study: Path, built: Path, tmp_path: Path) -> None:
    """Documents that people gave are taken from the package; the time stamp is the package's."""
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "adrg.pdf").write_bytes(b"%PDF")
    folder = package(built, tmp_path / "package", documents=documents).folder
    assert verify(folder, study=study).rebuilt


def test_the_time_stamp_is_the_packages(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever builds it again need not know SOURCE_DATE_EPOCH."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1750000000")
    out = build(study, out=tmp_path / "out").out
    folder = package(out, tmp_path / "package").folder
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert verify(folder, study=study).rebuilt


def test_specs_and_raw_files_that_have_changed_since(made: Path, tmp_path: Path) -> None:
    """Each is told by its name, those that are gone or new too, and nothing is compared."""
    files = dict(SUBMITTED_STUDY)
    files["raw/ae.csv"] = files["raw/ae.csv"].replace("Nausea", "Vomiting")
    files["sdtm/ae.yaml"] = files["sdtm/ae.yaml"].replace("upcase: TERM", "assign: TERM", 1)
    del files["notes.md"]
    files["findings.yaml"] = "[]\n"
    other = write_files(tmp_path / "tiny", files)
    with pytest.raises(DataError) as caught:
        verify(made, study=other)
    assert [(fault.place, fault.problem) for fault in caught.value.faults] == [
        (name, "is other than when it was packaged")
        for name in ("findings.yaml", "notes.md", "sdtm/ae.yaml", "ae.csv")
    ]


def test_a_package_that_another_release_made(
    study: Path, broken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes out otherwise is told by its name."""
    monkeypatch.setattr("sdtmconv.package.guides.__version__", "0.0.1")
    with pytest.raises(DataError, match=r"csdrg\.docx: comes out otherwise .* use the release"):
        verify(broken, study=study)
