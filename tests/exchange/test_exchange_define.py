"""A define.xml becomes a study's specs and comes back, and says the same."""

import dataclasses
from pathlib import Path

import pytest
from expanded import differences, expand
from lxml import etree
from public_examples import PUBLIC

from sdtmconv.define_xml import check_define, read_model
from sdtmconv.errors import DataError
from sdtmconv.exchange import begin_study, export
from sdtmconv.exchange.take_define import take_define
from sdtmconv.metadata import DatasetMetadata, VariableMetadata
from sdtmconv.spec import load_study

# What a study's specs do not hold, and how docs/exchange.md words it.
NOT_HELD = (
    # numbers that only repeat an order
    "ItemRef.order_number",
    "CodeListItem.order_number",
    "EnumeratedItem.order_number",
    # the names and kinds of methods; names that repeat a condition
    "MethodDef.name",
    "MethodDef.type",
    "ItemDef.name",
    "ItemDef.sas_field_name",
    # versions of standards that are not at hand; comments on standards, codelists and conditions
    "ItemGroupDef.standard_oid",
    "CodeList.standard_oid",
    "CodeList.comment_oid",
    "WhereClauseDef.comment_oid",
    # documents of methods and comments; a second expression
    "MethodDef.documents",
    "CommentDef.documents",
    "MethodDef.formal_expressions",
    # names of SAS formats, ranks, aliases that are no NCI codes, where a dictionary is
    "CodeList.sas_format_name",
    "EnumeratedItem.rank",
    "Alias.*",
    "CodeListItem.aliases",
    "EnumeratedItem.aliases",
    "CodeList.aliases",
    "ExternalCodeList.href",
    # that there are no data, or no standard
    "ItemGroupDef.has_no_data",
    "ItemGroupDef.is_non_standard",
    "ItemGroupDef.leaf",
    "ItemRef.has_no_data",
    # a language where none is stated
    "TranslatedText.language",
)


def canonical(path: Path) -> bytes:
    """Give the file as canonical XML without comments, blanks between elements and its time."""
    parser = etree.XMLParser(remove_blank_text=True, remove_comments=True, remove_pis=True)
    root = etree.parse(str(path), parser).getroot()
    root.attrib.pop("CreationDateTime")
    return etree.tostring(root, method="c14n2", strip_text=True)


def as_described(dataset: DatasetMetadata) -> DatasetMetadata:
    """Leave out what a define.xml does not tell: what is extensible, and a core but Req."""

    def plain(variable: VariableMetadata) -> VariableMetadata:
        codelist = variable.codelist
        return dataclasses.replace(
            variable,
            core="Req" if variable.mandatory else "",
            codelist=codelist and dataclasses.replace(codelist, extensible=False),
            values=tuple(
                dataclasses.replace(level, variable=plain(level.variable))
                for level in variable.values
            ),
        )

    return dataclasses.replace(dataset, variables=tuple(map(plain, dataset.variables)))


def test_export_of_a_define_xml_gives_the_same_tree(public: Path, tmp_path: Path) -> None:
    """Element by element and attribute by attribute, OIDs and faults included."""
    export(public, tmp_path / "out.xml")
    assert canonical(tmp_path / "out.xml") == canonical(public)
    faults = [fault.problem for fault in check_define(public)]
    assert [fault.problem for fault in check_define(tmp_path / "out.xml")] == faults


def test_the_specs_hold_all_metadata(public: Path, tmp_path: Path) -> None:
    """Each dataset is compiled to exactly what the define.xml says of it."""
    begin_study(tmp_path / "study", [str(public)])
    taken = take_define(read_model(public)).study
    spec = load_study(tmp_path / "study")
    assert (spec.name, spec.description, spec.protocol) == (
        taken.name,
        taken.description,
        taken.protocol,
    )
    assert (spec.documents, spec.displays) == (taken.documents, taken.displays)
    described = {dataset.name: as_described(dataset) for dataset in taken.datasets}
    compiled = {name: as_described(one.metadata) for name, one in spec.datasets.items()}
    assert compiled == described


def test_the_study_folder_is_sound_and_all_is_counted(public: Path, tmp_path: Path) -> None:
    """`check` passes, and every variable waits to be mapped."""
    begun = begin_study(tmp_path / "study", [str(public)])
    assert set(begun.mapped.values()) == {0}
    assert sum(begun.unmapped.values()) == sum(
        len(dataset.variables) for dataset in take_define(read_model(public)).study.datasets
    )


def test_the_way_through_the_specs_says_the_same(public: Path, tmp_path: Path) -> None:
    """With each reference replaced by what it refers to; apart from NOT_HELD, nothing differs."""
    begin_study(tmp_path / "study", [str(public)])
    export(tmp_path / "study", tmp_path / "out.xml")
    before, after = (expand(read_model(path), NOT_HELD) for path in (public, tmp_path / "out.xml"))
    assert differences(before, after) == []


def test_faults_of_the_source_are_told_and_stay(tmp_path: Path) -> None:
    """The public SDTM example has two derived variables without a method."""
    if not PUBLIC.exists():
        pytest.skip(f"{PUBLIC} is not there")
    begun = begin_study(tmp_path / "study", [str(PUBLIC / "defineV21-SDTM.xml")])
    told = [note for note in begun.notes if note.problem == "derived without a method"]
    assert [note.place.rpartition(" ")[2] for note in told] == ["IT.EC.EXDOSE", "IT.EC.EXDOSU"]
    export(tmp_path / "study", tmp_path / "out.xml")
    again = [str(fault).partition(" ")[2] for fault in check_define(tmp_path / "out.xml")]
    assert {
        "ItemRef IT.EC.ECDOSE: derived without a method; add MethodOID",
        "ItemRef IT.EC.ECDOSU: derived without a method; add MethodOID",
    } <= set(again)
    assert len(again) == len([note for note in begun.notes if "not at hand" not in note.problem])


def test_references_that_lead_nowhere_are_left_out_and_told(tmp_path: Path) -> None:
    """A broken define.xml still gives a study, with what can be understood of it."""
    if not PUBLIC.exists():
        pytest.skip(f"{PUBLIC} is not there")
    text = (PUBLIC / "defineV21-SDTM.xml").read_text(encoding="utf-8")
    text = text.replace('CodeListOID="CL.SEX"', 'CodeListOID="CL.GONE"', 1)
    text = text.replace('ItemRef ItemOID="IT.DM.AGE"', 'ItemRef ItemOID="IT.DM.GONE"', 1)
    text = text.replace('def:ItemOID="IT.VS.VSTESTCD"', 'def:ItemOID="IT.VS.GONE"', 1)
    broken = tmp_path / "broken.xml"
    broken.write_text(text, encoding="utf-8")
    begun = begin_study(tmp_path / "study", [str(broken)])
    told = {note.problem for note in begun.notes}
    assert {
        "refers to 'CL.GONE', which is not defined",
        "refers to 'IT.DM.GONE', which is not defined",
        "refers to 'IT.VS.GONE', which is not defined",
    } <= told
    assert begun.unmapped["DM"] == 15
    assert load_study(tmp_path / "study").datasets["DM"].unmapped


def test_what_is_no_define_xml_is_a_fault(tmp_path: Path) -> None:
    """And nothing is written."""
    (tmp_path / "x.xml").write_text("<a/>", encoding="utf-8")
    for name in ("x.xml", "x.csv", "gone.xml"):
        with pytest.raises(DataError if name == "x.csv" else Exception) as caught:
            begin_study(tmp_path / "study", [str(tmp_path / name)])
        assert name in str(caught.value)
    assert not (tmp_path / "study").exists()
