"""Controlled terminology: codelists, decodes, pairs, near values, stored files."""

import pickle

import pytest

from sdtmconv.errors import StandardsError
from sdtmconv.metadata import Codelist, Term
from sdtmconv.standards import load_sdtmig, load_terminology
from sdtmconv.standards.terminology import (
    Entry,
    PublishedCodelist,
    terminology_path,
    write_terminology,
)

NY = PublishedCodelist(
    "C66742",
    "NY",
    "No Yes Response",
    False,
    (Entry("C49487", "N", "No", ("No",)), Entry("C49488", "Y", "Yes", ("Yes", "yes"))),
)


@pytest.fixture(scope="module")
def sdtm():
    return load_terminology("SDTM", "2022-09-30")


def test_codelist_by_name_or_code(sdtm):
    """A codelist is found by submission value or NCI code, its codes decoded."""
    assert sdtm.codelist("NY") is sdtm.codelist("C66742")
    assert sdtm.codelist("NY") == Codelist(
        name="NY",
        label="No Yes Response",
        terms=(
            Term("N", "No", "C49487"),
            Term("NA", "Not Applicable", "C48660"),
            Term("U", "Unknown", "C17998"),
            Term("Y", "Yes", "C49488"),
        ),
        code="C66742",
        extensible=False,
        standard="SDTM 2022-09-30",
    )


def test_values_that_say_it_already_have_no_decode(sdtm):
    """A codelist of plain words has no decodes."""
    assert {term.decode for term in sdtm.codelist("AESEV").terms} == {""}
    assert sdtm.codelist("RACE").extensible is False
    assert sdtm.codelist("UNIT").extensible is True


def test_test_codes_are_decoded_by_test_names(sdtm):
    """A test code is paired with the test name that has its NCI code."""
    decodes = {term.value: term.decode for term in sdtm.codelist("VSTESTCD").terms}
    assert decodes["SYSBP"] == "Systolic Blood Pressure"
    assert sdtm.paired_names("VSTESTCD") == decodes
    assert sdtm.paired_names("PKPARMCD")["CMAX"] == "Max Conc"
    assert sdtm.paired_names("VSTEST") == {}
    assert sdtm.paired_names("NY") == {}


def test_every_codelist_of_codes_has_its_pair(sdtm):
    """Each term of each codelist of test or parameter codes has a name."""
    codes = [name for name in sdtm if sdtm.codelist(name).label.endswith(" Code")]
    assert len(codes) == 364
    assert all(len(sdtm.paired_names(c)) == len(sdtm.codelist(c).terms) for c in codes)


@pytest.mark.parametrize(
    ("codelist", "text", "values"),
    [
        ("SEX", "female", ("F",)),
        ("NY", "Yes", ("Y",)),
        ("NY", " y ", ("Y",)),
        ("VSTESTCD", "systolic  blood pressure", ("SYSBP",)),
        ("LBTESTCD", "SGPT", ("ALT",)),
        ("SEX", "woman?", ()),
        ("SEX", "", ()),
    ],
)
def test_candidates(sdtm, codelist, text, values):
    """A collected text finds the values it may stand for by value, name, synonym or NCI's term."""
    assert sdtm.candidates(codelist, text) == values


def test_unknown_codelist(sdtm):
    """An unknown codelist is an error that names near ones."""
    with pytest.raises(StandardsError, match="SDTM CT 2022-09-30: no codelist 'YN'; did you mean"):
        sdtm.codelist("YN")
    assert "YN" not in sdtm
    assert "NY" in sdtm
    assert "C66742" in sdtm


@pytest.mark.parametrize("version", ["3.3", "3.4"])
def test_every_codelist_of_the_guide_is_packaged_and_named(sdtm, version):
    """Each codelist that an SDTMIG variable uses is packaged, with its submission value."""
    guide = load_sdtmig(version)
    names = [name for dataset in guide.datasets for name in guide.variable_names(dataset)]
    assert names
    for dataset in guide.datasets:
        for name in guide.variable_names(dataset):
            for code in guide.variable(dataset, name).codelists:
                assert sdtm.codelist(code).name != code, (name, code)


def test_other_packages():
    """ADaM and Define-XML terminology are packaged; case does not matter in their names."""
    adam = load_terminology("adam", "2026-03-27")
    define = load_terminology("Define-XML", "2026-03-27")
    assert (adam.package, len(adam)) == ("ADaM", 25)
    assert (define.package, len(define)) == ("DEFINE-XML", 15)
    assert [term.value for term in adam.codelist("DATEFL").terms] == ["D", "M", "Y"]
    assert "FINDINGS ABOUT" in {term.value for term in define.codelist("GNRLOBSC").terms}


def test_unknown_release(tmp_path):
    """A release that is not there is an error that says what is, and how to import it."""
    with pytest.raises(StandardsError) as caught:
        load_terminology("SDTM", "2022-09-31", [tmp_path])
    assert str(caught.value) == (
        "controlled terminology SDTM 2022-09-31: neither packaged nor imported; "
        "import it with `sdtmconv ct import FILE`, or did you mean 'SDTM 2022-09-30'?"
    )


def test_folders_come_first(tmp_path):
    """A release in a study's folder is taken before the packaged one."""
    write_terminology(tmp_path, "SDTM", "2022-09-30", [NY])
    assert list(load_terminology("SDTM", "2022-09-30", [tmp_path / "none", tmp_path])) == ["NY"]


def test_written_release_is_read_back_the_same(tmp_path):
    """What is written is read back; the same release gives the same bytes, whole or not at all."""
    written = write_terminology(tmp_path / "a", "SDTM", "2030-01-01", [NY])
    again = write_terminology(tmp_path / "b", "SDTM", "2030-01-01", [NY])
    path = terminology_path(tmp_path / "a", "SDTM", "2030-01-01")
    assert (
        path.read_bytes() == terminology_path(tmp_path / "b", *("SDTM", "2030-01-01")).read_bytes()
    )
    assert list(path.parent.iterdir()) == [path]
    assert written.codelist("NY") == again.codelist("NY")
    assert written.candidates("NY", "YES") == ("Y",)


def test_terminology_travels_to_other_processes(sdtm):
    """A terminology can be pickled, as the executors need."""
    assert pickle.loads(pickle.dumps(sdtm)).codelist("NY") == sdtm.codelist("NY")  # noqa: S301


def test_unusable_file(tmp_path):
    """A file that is none of ours is an error that names it."""
    path = terminology_path(tmp_path, "SDTM", "2030-01-01")
    path.write_bytes(b"no terminology")
    with pytest.raises(StandardsError, match=r"sdtm-ct-2030-01-01\.tsv\.gz: cannot be read"):
        load_terminology("SDTM", "2030-01-01", [tmp_path])


def test_unwritable_folder(tmp_path):
    """A folder that cannot be written to is an error that names the file."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StandardsError, match="cannot be written"):
        write_terminology(tmp_path / "file", "SDTM", "2030-01-01", [NY])
