"""Reading the clinical data of ODM-XML."""

from __future__ import annotations

from pathlib import Path

import pytest
from any_blocks import read_raw

from sdtmconv.errors import DataError
from sdtmconv.raw import RawSource, RawTable, iterate_raw, read_columns
from sdtmconv.raw import odm as reader

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "odm" / "odm-data-snapshot.xml"

METADATA = """
<Study OID="ST1"><MetaDataVersion OID="M1" Name="v1">
<FormDef OID="F.VS" Name="VS" Repeating="No">
<ItemGroupRef ItemGroupOID="IG.VS"/><ItemGroupRef ItemGroupOID="IG.NEW"/></FormDef>
<ItemGroupDef OID="IG.VS" Name="VS" Repeating="Yes">
<ItemRef ItemOID="IT.DATE"/><ItemRef ItemOID="IT.NEVER"/><ItemRef ItemOID="IT.SYSBP"/>
</ItemGroupDef>
<ItemGroupDef OID="IG.NEW" Name="NEW" Repeating="No"><ItemRef ItemOID="IT.A"/></ItemGroupDef>
</MetaDataVersion></Study>
"""
UNTYPED = """
<ItemGroupData ItemGroupOID="IG.VS" ItemGroupRepeatKey="1">
<ItemData ItemOID="IT.SYSBP" Value="120">
<MeasurementUnitRef MeasurementUnitOID="MU.mmHg"/></ItemData>
<ItemData ItemOID="IT.DATE" Value=" 2025-03-02 "/><ItemData ItemOID="IT.EXTRA" Value="001"/>
</ItemGroupData>
"""
TYPED = """
<ItemGroupData ItemGroupOID="IG.VS" ItemGroupRepeatKey="2" TransactionType="Insert">
<AuditRecord><UserRef UserOID="U1"/></AuditRecord>
<ItemDataPartialDate ItemOID="IT.DATE">2025-03</ItemDataPartialDate>
<ItemDataInteger ItemOID="IT.SYSBP" MeasurementUnitOID="MU.kPa">16</ItemDataInteger>
<ItemDataString ItemOID="IT.EXTRA" IsNull="Yes"/><!-- no value -->
</ItemGroupData>
"""
OTHER = (
    """<ItemGroupData ItemGroupOID="IG.AE"><ItemData ItemOID="IT.T" Value="x"/></ItemGroupData>"""
)
OTHER_ITEMS = """
<ItemGroupData ItemGroupOID="IG.VS"><ItemData ItemOID="IT.LATER" Value="y"/></ItemGroupData>
"""
TWICE = (
    '<ItemGroupData ItemGroupOID="IG.VS"><ItemData ItemOID="A" Value="1"/>'
    '<ItemData ItemOID="A" Value="2"/></ItemGroupData>'
)


def subject(*groups: str, key: str = "S1") -> str:
    return (
        f'<SubjectData SubjectKey="{key}"><SiteRef LocationOID="L1"/>'
        '<StudyEventData StudyEventOID="SE.1" StudyEventRepeatKey="7">'
        f'<FormData FormOID="F.VS">{"".join(groups)}</FormData></StudyEventData></SubjectData>'
    )


def odm(*subjects: str, metadata: str = METADATA, head: str = "", attributes: str = "") -> str:
    return (
        f'{head}<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" ODMVersion="1.3.2" {attributes}>'
        f'{metadata}<ClinicalData StudyOID="ST1" MetaDataVersionOID="M1">{"".join(subjects)}'
        "</ClinicalData></ODM>"
    )


def read_text(folder: Path, text: str, sheet: str = "IG.VS") -> RawTable:
    path = folder / "odm.xml"
    path.write_text(text, encoding="utf-8")
    return read_raw(RawSource("vs", path, sheet=sheet))


def test_a_record_holds_its_keys_items_and_units(tmp_path: Path) -> None:
    """Items in the order of the metadata, also where no record has them; typed or not."""
    table = read_text(tmp_path, odm(subject(UNTYPED, OTHER, TYPED), subject(UNTYPED, key="S2")))
    assert list(table.frame) == [
        "STUDYOID",
        "SITEOID",
        "SUBJECTKEY",
        "STUDYEVENTOID",
        "STUDYEVENTREPEATKEY",
        "FORMOID",
        "FORMREPEATKEY",
        "ITEMGROUPREPEATKEY",
        "IT.DATE",
        "IT.NEVER",
        "IT.SYSBP",
        "IT.SYSBP.UNIT",
        "IT.EXTRA",
    ]
    assert [" ".join(row) for row in table.frame.fillna("-").to_numpy()] == [
        "ST1 L1 S1 SE.1 7 F.VS - 1 2025-03-02 - 120 MU.mmHg 001",
        "ST1 L1 S1 SE.1 7 F.VS - 2 2025-03 - 16 MU.kPa -",
        "ST1 L1 S2 SE.1 7 F.VS - 1 2025-03-02 - 120 MU.mmHg 001",
    ]
    assert table.place(1) == f"{tmp_path}/odm.xml IG.VS record 2"


def test_a_form_without_records_has_its_columns(tmp_path: Path) -> None:
    """The metadata declare them."""
    table = read_text(tmp_path, odm(), "IG.NEW")
    assert (list(table.frame)[-1], len(table.frame)) == ("IT.A", 0)
    assert read_columns(RawSource("x", tmp_path / "odm.xml", sheet="IG.NEW"))[-1] == "IT.A"


def test_the_file_is_parsed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where its last block has columns that the first has not."""
    parsed = []
    parse = reader.etree.iterparse
    monkeypatch.setattr(
        reader.etree, "iterparse", lambda *args, **said: parsed.append(1) or parse(*args, **said)
    )
    path = tmp_path / "odm.xml"
    path.write_text(odm(subject(OTHER_ITEMS), subject(UNTYPED, key="S2")), encoding="utf-8")
    blocks = list(iterate_raw(RawSource("vs", path, sheet="IG.VS"), block_bytes=1))
    assert len(parsed) == 1
    assert [len(block.frame) for block in blocks if len(block.frame)] == [1, 1]
    assert {tuple(block.frame)[-3:] for block in blocks} == {
        ("IT.SYSBP.UNIT", "IT.LATER", "IT.EXTRA")
    }


def test_metadata_may_stand_after_the_records(tmp_path: Path) -> None:
    """They put the columns in order all the same."""
    usual = odm(subject(UNTYPED))
    text = odm(subject(UNTYPED), metadata="").replace("</ODM>", f"{METADATA}</ODM>")
    expected = list(read_text(tmp_path, usual).frame)
    assert list(read_text(tmp_path, text).frame) == expected


def test_a_block_is_reckoned_as_xml(tmp_path: Path) -> None:
    """By the records' share of the file, so that other ItemGroups make no smaller blocks."""
    keys = [str(number) for number in range(2_000)]
    path = tmp_path / "odm.xml"
    path.write_text(odm(*(subject(UNTYPED, OTHER, key=key) for key in keys)), encoding="utf-8")
    size = path.stat().st_size // 2
    blocks = list(iterate_raw(RawSource("vs", path, sheet="IG.VS"), block_bytes=size // 4))
    assert 3 <= len(blocks) <= 6
    assert sum(len(block.frame) for block in blocks) == len(keys)


def test_what_other_itemgroups_hold_is_not_read(tmp_path: Path) -> None:
    """A form does not answer for another's faults."""
    other = TWICE.replace("IG.VS", "IG.AE")
    assert len(read_text(tmp_path, odm(subject(UNTYPED, other))).frame) == 1


def test_the_only_itemgroup_needs_no_name(tmp_path: Path) -> None:
    """As with the only sheet of a workbook."""
    assert len(read_text(tmp_path, odm(subject(OTHER), metadata=""), "").frame) == 1


REMOVED = '<ItemGroupData ItemGroupOID="IG.VS" TransactionType="Remove"/>'
ENTITY = '<!DOCTYPE ODM [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
KEY = """
<ItemGroupData ItemGroupOID="IG.VS"><ItemData ItemOID="SITEOID" Value="1"/></ItemGroupData>
"""
BROKEN = {
    "an item called like a key": (
        odm(subject(KEY)),
        "IG.VS",
        "columns 2 and 12 are both 'SITEOID'; rename or delete one of them",
    ),
    "cut": (odm(subject(UNTYPED))[:-30], "IG.VS", "is not well-formed XML .*; export it again"),
    "empty": ("", "IG.VS", "is not well-formed XML .*; export it again"),
    "other XML": ("<ODM/>", "IG.VS", "is not ODM-XML 1.3; export it as ODM-XML 1.3.2"),
    "entities": (odm(head=ENTITY), "IG.VS", "has a document type declaration"),
    "changes": (
        odm(attributes='FileType="Transactional"'),
        "IG.VS",
        "its FileType is Transactional: it holds changes, .*; export a snapshot",
    ),
    "removed": (odm(subject(REMOVED)), "IG.VS", "subject 'S1': TransactionType is Remove"),
    "item twice": (
        odm(subject(TWICE)),
        "IG.VS",
        "subject 'S1' ItemGroup 'IG.VS': item 'A' stands twice in one record",
    ),
    "mistyped group": (
        odm(subject(UNTYPED)),
        "IG.VSS",
        "no ItemGroup 'IG.VSS'; did you mean 'IG.VS'",
    ),
    "a form": (
        odm(subject(UNTYPED)),
        "F.VS",
        "no ItemGroup 'F.VS'; form 'F.VS' has 'IG.VS' or 'IG.NEW'",
    ),
    "no group": (
        odm(subject(UNTYPED)),
        "",
        "2 ItemGroups to choose from; state one as `sheet`; its ItemGroups are 'IG.VS', 'IG.NEW'",
    ),
    "nothing": (odm(metadata=""), "", "0 ItemGroups to choose from"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_names_problem_and_remedy(tmp_path: Path, case: str) -> None:
    """Nothing is resolved, applied or guessed that the records do not say."""
    text, sheet, expected = BROKEN[case]
    with pytest.raises(DataError, match=expected) as caught:
        read_text(tmp_path, text, sheet)
    assert "odm.xml" in caught.value.faults[0].place


def test_expanding_entities_are_refused_at_once(tmp_path: Path) -> None:
    """A small file must not fill the memory."""
    entities = '<!ENTITY a0 "aaaaaaaaaa">' + "".join(
        f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12)
    )
    with pytest.raises(DataError):
        read_text(tmp_path, odm(subject("&a11;"), head=f"<!DOCTYPE ODM [{entities}]>"))


@pytest.mark.skipif(not SHARED.exists(), reason="../shared is not beside the project")
def test_the_public_snapshot_is_read() -> None:
    """All adverse events of its two subjects."""
    table = read_raw(RawSource("ae", SHARED, sheet="IG.AE.AE_ARRAY1"), ["IT.AETERM"])
    assert table.frame["SUBJECTKEY"].value_counts().to_dict() == {"SS_0001": 10, "SS_0002": 10}
    assert table.frame["IT.AETERM"].iloc[:2].tolist() == ["Constipation", "Diarrhea"]
