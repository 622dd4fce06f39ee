"""What is compared with what: files and folders, keys, tolerances, and what cannot be compared."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from small_datasets import RECORDS, Content, list_differences, make_ae, make_dm, write
from tiny_study import WriteStudy

import sdtmconv.compare.dataset
from sdtmconv.build import build
from sdtmconv.compare import Settings, compare
from sdtmconv.convert import convert
from sdtmconv.errors import DataError, SpecError
from sdtmconv.transport import read_xpt, write_xpt

UTF8 = Settings(encoding="utf-8")


def test_equal_folders_are_equal(tmp_path: Path) -> None:
    """The same datasets twice: nothing differs, and the keys are the standard's."""
    a = write(tmp_path / "a", make_ae(), make_dm())
    b = write(tmp_path / "b", make_ae(), make_dm())
    comparison = compare(a, b, UTF8)
    assert comparison.equal
    assert [(d.name, d.keys, d.paired) for d in comparison.datasets] == [
        ("AE", ("STUDYID", "USUBJID", "AESEQ"), 6),
        ("DM", ("STUDYID", "USUBJID"), 3),
    ]


def test_a_dataset_on_one_side_only(tmp_path: Path) -> None:
    """It is a difference, and names itself by its label."""
    a = write(tmp_path / "a", make_ae(), make_dm())
    b = write(tmp_path / "b", make_dm())
    assert list_differences(compare(a, b, UTF8)) == ["AE dataset: Adverse Events | "]


def test_a_file_beside_a_folder_asks_for_its_own_dataset_only(tmp_path: Path) -> None:
    """DM of the folder is not missing from a file that holds AE."""
    a = write(tmp_path / "a", make_ae(), make_dm())
    b = write(tmp_path / "b", make_ae().with_values("AESER", {0: "Y"}))
    assert list_differences(compare(a, b / "ae.xpt", UTF8)) == ["AE.AESER text: N | Y"]
    assert list_differences(compare(b / "ae.xpt", a, UTF8)) == ["AE.AESER text: Y | N"]


def test_double_programming_under_another_name(tmp_path: Path) -> None:
    """Two files are compared whatever their datasets are called; the name is what differs."""
    ae = make_ae()
    other = Content(replace(ae.metadata, name="QC_AE"), ae.frame)
    a, b = write(tmp_path / "a", ae), write(tmp_path / "b", other)
    found = list_differences(compare(a / "ae.xpt", b / "qc_ae.xpt", UTF8))
    assert found == ["AE name: AE | QC_AE"]


def test_tolerances(tmp_path: Path) -> None:
    """Numbers within either tolerance are equal; texts are compared exactly."""
    a = write(tmp_path / "a", make_ae())
    changed = make_ae().with_values("AEDOSE", {0: 0.31, 5: 250.1}).with_values("AEORRES", {0: "5"})
    b = write(tmp_path / "b", changed)
    text = ["AE.AEORRES number-format: 5.0 | 5"]
    assert list_differences(compare(a, b, replace(UTF8, absolute=0.11))) == text
    relative = list_differences(compare(a, b, replace(UTF8, relative=0.001)))
    assert relative == [*text, "AE.AEDOSE rounding: 0.3 | 0.31"]


def test_what_need_not_be_compared(tmp_path: Path) -> None:
    """Attributes, variables and datasets can be left out."""
    a = write(tmp_path / "a", make_ae(), make_dm())
    changed = make_ae().with_values("AESER", {0: "Y"}).with_attribute("AETERM", length=60)
    b = write(tmp_path / "b", changed, make_dm())
    assert compare(a, b, replace(UTF8, ignore=("length",), without=("AESER",))).equal
    assert [d.name for d in compare(a, b, replace(UTF8, only=("DM",))).datasets] == ["DM"]


def test_a_record_whose_key_changed_is_found_again(tmp_path: Path) -> None:
    """All keys but one agree, and nothing else comes into question: the key's value differs."""
    keys = {"AE": ("USUBJID", "AESTDTC", "AETERM", "AEREF")}
    a = write(tmp_path / "a", make_ae())
    b = write(tmp_path / "b", make_ae().with_values("AETERM", {3: "RASHES"}))
    comparison = compare(a, b, replace(UTF8, keys=keys))
    assert list_differences(comparison) == ["AE.AETERM beginning: RASH | RASHES"]


def test_another_test_is_another_record(tmp_path: Path) -> None:
    """What a record is about is never taken for a changed key."""
    keys = {"AE": ("USUBJID", "AESEQ", "AETESTCD")}
    ae = make_ae()
    variables = [
        replace(v, name="AETESTCD") if v.name == "AETERM" else v for v in ae.metadata.variables
    ]
    frame = RECORDS.rename(columns={"AETERM": "AETESTCD"})
    tests = Content(ae.metadata, frame).with_variables(variables)
    a = write(tmp_path / "a", tests)
    b = write(tmp_path / "b", tests.with_values("AETESTCD", {3: "BURN"}))
    found = list_differences(compare(a, b, replace(UTF8, keys=keys)))
    assert found == ["AE only_a: 1", "AE only_b: 1"]


def test_records_with_the_same_key_are_paired_in_their_order(tmp_path: Path) -> None:
    """They are told of, and are no difference of their own."""
    twice = make_ae().with_records(pd.concat([RECORDS, RECORDS.tail(1)]))
    a, b = write(tmp_path / "a", twice), write(tmp_path / "b", twice)
    comparison = compare(a, b, UTF8)
    assert comparison.equal
    assert comparison.datasets[0].repeated_a["AESEQ"].tolist() == ["1", "1"]


def test_without_keys_the_order_counts(tmp_path: Path) -> None:
    """A dataset that no standard knows is compared record by record."""
    ae = make_ae()
    other = Content(replace(ae.metadata, name="LISTING"), ae.frame)
    a = write(tmp_path / "a", other.with_variables([*ae.metadata.variables[3:]]))
    shorter = other.with_records(RECORDS.head(5)).with_values("AETERM", {1: "DRY NOSE"})
    b = write(tmp_path / "b", shorter.with_variables([*ae.metadata.variables[3:]]))
    (dataset,) = compare(a, b, UTF8).datasets
    assert dataset.keys == ()
    assert "state some with --keys" in dataset.key_source
    assert dataset.only_a.to_dict("list") == {"record": ["6"]}
    assert dataset.values[0].keys.to_dict("list") == {"record": ["2"]}


def test_variables_are_read_in_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files larger than memory should hold give the same result."""
    a = write(tmp_path / "a", make_ae())
    changed = make_ae().with_values("AETERM", {0: "x"}).with_values("AETM", {0: 1.0})
    b = write(tmp_path / "b", changed)
    at_once = list_differences(compare(a, b, UTF8))
    monkeypatch.setattr(sdtmconv.compare.dataset, "GROUP_BYTES", 600)
    assert list_differences(compare(a, b, UTF8)) == at_once
    assert len(at_once) == 2


ADSL = """
dataset: ADSL
source: DM
keys: [STUDYID, USUBJID]
carried:
  DM: [SUBJID, SITEID, AGE, AGEU, SEX, RACE, ARM]
variables:
  TRT01P:  {assign: ARM}
  TRTSDT:  {date: RFXSTDTC}
"""


def test_a_build_names_the_rule_behind_a_variable(write_study: WriteStudy, tmp_path: Path) -> None:
    """Keys, rules and what codes mean come from the define.xml beside the datasets."""
    study = write_study({"adam/adsl.yaml": ADSL})
    build(study, out=tmp_path / "a")
    build(study, out=tmp_path / "b")
    path = tmp_path / "b" / "tabulations" / "sdtm" / "dm.xpt"
    read = read_xpt(path)
    frame = read.frame.assign(RFSTDTC="2025-03-01").astype({"RFSTDTC": "str"})
    frame["SEX"] = frame["SEX"].map({"M": "Male", "F": "Female"})
    dm = Content(read.header.metadata, frame).with_attribute("SEX", length=6)
    write_xpt(path, dm.metadata, [dm.frame], created=read.header.created)
    comparison = compare(tmp_path / "a", tmp_path / "b", Settings(ignore=("length",)))
    (dm,) = [dataset for dataset in comparison.datasets if not dataset.equal]
    assert (dm.keys, dm.key_source) == (("STUDYID", "USUBJID"), "define.xml of A")
    assert [values.kind for values in dm.values if values.variable == "SEX"] == ["decode"]
    assert dm.rules["RFSTDTC"][0] == "Derived: Earliest of EX.EXSTDTC of the subject."


def test_a_broken_define_is_told_of_and_stops_nothing(tmp_path: Path) -> None:
    """The data are compared all the same, with the standard's keys."""
    a = write(tmp_path / "a", make_ae())
    b = write(tmp_path / "b", make_ae())
    (a / "define.xml").write_text("<ODM", encoding="utf-8")
    comparison = compare(a, b, UTF8)
    assert comparison.equal
    assert "define.xml is of no use here" in comparison.notes[0]


def test_what_cannot_be_compared_is_said(tmp_path: Path) -> None:
    """Each with place, problem and remedy, for both sides at once."""
    a = write(tmp_path / "a", make_ae())
    (tmp_path / "empty").mkdir()
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "ae.xpt").write_text("no transport file", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        compare(tmp_path / "nowhere", tmp_path / "empty")
    assert [fault.problem for fault in caught.value.faults] == ["is not there", "holds no dataset"]
    with pytest.raises(DataError, match=r"ae\.xpt"):
        compare(a, tmp_path / "text", UTF8)
    with pytest.raises(DataError, match="did you mean 'AETERM'"):
        compare(a, a, replace(UTF8, keys={"AE": ("USUBJID", "AETRM")}))
    with pytest.raises(DataError, match="--only XX: is on neither side"):
        compare(a, a, replace(UTF8, only=("XX",)))
    with pytest.raises(SpecError, match="did you mean 'label'"):
        Settings(ignore=("labels",))
    with pytest.raises(SpecError, match="is no tolerance"):
        Settings(absolute=-1)


@pytest.mark.parametrize("form", ["ndjson", "json", "parquet"])
def test_other_formats_are_compared_alike(tmp_path: Path, form: str) -> None:
    """Dataset-JSON and Parquet stand against the transport files that they were made from."""
    a = write(tmp_path / "a", make_ae())
    b = tmp_path / "b"
    write(b, make_ae().with_values("AESER", {0: "Y"}))
    convert(b, to=form, out=tmp_path / "c", encoding="utf-8")
    settings = replace(UTF8, ignore=("length",))
    assert list_differences(compare(a, tmp_path / "c", settings)) == ["AE.AESER text: N | Y"]
