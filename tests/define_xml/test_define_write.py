"""Writing define.xml, read back with plain XPath as any other tool would."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from benchmarks.define import large_study
from sdtmconv import __version__
from sdtmconv.define_xml import DefineError, check_define, write_define
from sdtmconv.define_xml.cdisc_files import load_schema
from sdtmconv.metadata import (
    Codelist,
    Origin,
    StudyMetadata,
    Term,
    ValueLevel,
)

CREATED = datetime(2025, 3, 1, 12)
NAMESPACES = {
    "odm": "http://www.cdisc.org/ns/odm/v1.3",
    "def": "http://www.cdisc.org/ns/def/v2.1",
    "xlink": "http://www.w3.org/1999/xlink",
}


def select(path: Path, xpath: str) -> list[str]:
    return etree.parse(str(path)).xpath(xpath, namespaces=NAMESPACES)


def text_of(path: Path, xpath: str) -> list[str]:
    return select(path, f"{xpath}/odm:Description/odm:TranslatedText/text()")


def with_variable(study: StudyMetadata, **changes: object) -> StudyMetadata:
    """Change the first variable of AE."""
    ae = study.datasets[0]
    variable = replace(ae.variables[0], **changes)
    return replace(study, datasets=(replace(ae, variables=(variable, *ae.variables[1:])),))


@pytest.mark.parametrize("define", ["sdtm_define", "adam_define"])
def test_a_written_define_is_valid_and_sound(define: str, request: pytest.FixtureRequest) -> None:
    """What is written passes CDISC's XSD and every check of our own."""
    path = request.getfixturevalue(define)
    load_schema().assertValid(etree.parse(str(path)))
    assert check_define(path) == []


def test_the_header_says_who_what_and_when(tmp_path: Path, define_study: StudyMetadata) -> None:
    """ODM's attributes come from the caller and the study, none from the clock."""
    path = tmp_path / "define.xml"
    write_define(
        path,
        define_study,
        "SDTMIG",
        created=datetime(2025, 3, 1, 12, tzinfo=UTC),
        context="Submission",
        originator="Bio Sponsor",
    )
    root = etree.parse(str(path)).getroot()
    assert dict(root.attrib) == {
        "FileType": "Snapshot",
        "ODMVersion": "1.3.2",
        "SourceSystem": "sdtmconv",
        "SourceSystemVersion": __version__,
        "FileOID": "BIO-1.SDTMIG.3.4.define",
        "CreationDateTime": "2025-03-01T12:00:00+00:00",
        "Originator": "Bio Sponsor",
        "{http://www.cdisc.org/ns/def/v2.1}Context": "Submission",
    }
    assert select(path, "//odm:StudyDescription/text()") == ["A study of one & another"]
    assert select(path, "//odm:MetaDataVersion/@def:DefineVersion") == ["2.1.0"]


def test_the_same_metadata_give_the_same_bytes(
    sdtm_define: Path, tmp_path: Path, define_study: StudyMetadata
) -> None:
    """A define.xml is UTF-8 with LF and depends on nothing but its input."""
    again = tmp_path / "again.xml"
    write_define(again, define_study, "SDTMIG", created=CREATED)
    content = again.read_bytes()
    assert content == sdtm_define.read_bytes()
    assert content.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<?xml-stylesheet ")
    assert b"\r" not in content


def test_each_standard_has_its_own_define(sdtm_define: Path, adam_define: Path) -> None:
    """SDTM and ADaM datasets never share a define.xml; each names its guide and terminology."""
    described = "//odm:ItemGroupDef/@*[name()='Name' or name()='Purpose']"
    assert select(sdtm_define, described) == [
        *("AE", "Tabulation", "SUPPAE", "Tabulation", "VS", "Tabulation", "TS", "Tabulation")
    ]
    assert select(adam_define, described) == ["ADSL", "Analysis"]
    named = "//def:Standard/@*[name()='Name' or name()='PublishingSet' or name()='Version']"
    assert select(sdtm_define, named) == ["SDTMIG", "3.4", "CDISC/NCI", "SDTM", "2022-09-30"]
    assert select(adam_define, named) == ["ADaMIG", "1.3", "CDISC/NCI", "ADaM", "2022-06-24"]


def test_a_dataset_states_its_structure(sdtm_define: Path) -> None:
    """SUPPAE belongs to domain AE, TS has no subjects and so does not repeat."""
    rows = {
        element.get("Name"): [
            *(element.get(key) for key in ("Domain", "Repeating", "IsReferenceData")),
            element.xpath("string(def:Class/@Name)", namespaces=NAMESPACES),
            element.xpath("string(def:leaf/@xlink:href)", namespaces=NAMESPACES),
            element.xpath("string(odm:Alias/@Name)", namespaces=NAMESPACES),
        ]
        for element in select(sdtm_define, "//odm:ItemGroupDef")
    }
    assert rows == {
        "AE": ["AE", "Yes", "No", "EVENTS", "ae.xpt", ""],
        "SUPPAE": ["AE", "Yes", "No", "RELATIONSHIP", "suppae.xpt", "Adverse Events"],
        "VS": ["VS", "Yes", "No", "FINDINGS", "vs.xpt", ""],
        "TS": ["TS", "No", "Yes", "TRIAL DESIGN", "ts.xpt", ""],
    }


def test_a_dataset_without_a_class_is_non_standard(
    tmp_path: Path, define_study: StudyMetadata
) -> None:
    """A dataset that belongs to no class of a guide says so, instead of naming the guide."""
    own = replace(define_study.datasets[3], name="XX", domain="XX", class_="")
    path = tmp_path / "define.xml"
    write_define(path, replace(define_study, datasets=(own,)), "SDTMIG", created=CREATED)
    assert select(path, "//odm:ItemGroupDef/@def:IsNonStandard") == ["Yes"]
    assert select(path, "//odm:ItemGroupDef/@def:StandardOID") == []


def test_keys_are_numbered_in_their_own_order(tmp_path: Path, define_study: StudyMetadata) -> None:
    """KeySequence follows the keys, OrderNumber the variables."""
    vs = replace(define_study.datasets[2], keys=("VSTESTCD", "USUBJID"))
    path = tmp_path / "define.xml"
    write_define(path, replace(define_study, datasets=(vs,)), "SDTMIG", created=CREATED)
    references = "//odm:ItemGroupDef/odm:ItemRef[@KeySequence]"
    assert select(path, f"{references}/@KeySequence") == ["2", "1"]
    assert select(path, f"{references}/@OrderNumber") == ["1", "2"]


def test_a_variable_states_its_type_and_size(sdtm_define: Path) -> None:
    """Length stands for text and numbers only, digits for floats only."""
    keys = ("DataType", "Length", "SignificantDigits")
    rows = {
        element.get("OID"): [element.get(key) for key in keys]
        for element in select(sdtm_define, "//odm:ItemDef")
    }
    assert rows["IT.AE.AETERM"] == ["text", "200", None]
    assert rows["IT.AE.AESTDTC"] == ["partialDatetime", None, None]
    assert rows["IT.AE.AESTDY"] == ["integer", "8", None]
    assert rows["IT.VS.VSSTRESN"] == ["float", "8", "2"]
    assert select(sdtm_define, "//odm:ItemDef/@def:DisplayFormat") == ["8.2"]


def test_an_origin_points_at_its_pages(sdtm_define: Path, adam_define: Path) -> None:
    """A collected variable names CRF pages; the annotated CRF is a file only where pages are."""
    document = "//odm:ItemDef[@OID='IT.AE.AETERM']/def:Origin/def:DocumentRef"
    assert select(sdtm_define, f"{document}/@leafID") == ["LF.acrf"]
    assert select(sdtm_define, f"{document}/def:PDFPageRef/@*") == ["7 12", "PhysicalRef"]
    acrf = "//def:AnnotatedCRF/def:DocumentRef/@leafID | //def:leaf[@ID='LF.acrf']/@xlink:href"
    assert select(sdtm_define, acrf) == ["LF.acrf", "acrf.pdf"]
    assert select(adam_define, acrf) == []


def test_a_predecessor_names_the_variable_copied(adam_define: Path) -> None:
    """An origin Predecessor says DM.USUBJID, and no source where none is given."""
    origin = "//odm:ItemDef[@Name='USUBJID']/def:Origin"
    assert select(adam_define, f"{origin}/@Type") == ["Predecessor"]
    assert select(adam_define, f"{origin}/@Source") == []
    assert text_of(adam_define, origin) == ["DM.USUBJID"]


def test_forms_of_one_codelist_stay_apart(sdtm_define: Path) -> None:
    """A codelist is written once for all its users, and a restriction of it beside it."""
    used = select(sdtm_define, "//odm:CodeListRef/@CodeListOID")
    assert used == [
        *("CL.MEDDRA", "CL.NY.AE.AESER", "CL.NY.AE.AESDTH", "CL.NY.AE.AESER"),
        *("CL.NY.AE.AESER", "CL.UNIT"),
    ]
    assert select(sdtm_define, "//odm:CodeList/@OID") == list(dict.fromkeys(used))
    assert select(sdtm_define, "//odm:CodeList[starts-with(@OID, 'CL.NY')]/@Name") == [
        "No Yes Response (AE.AESER)",
        "No Yes Response (AE.AESDTH)",
    ]


def test_a_codelist_takes_the_data_type_of_its_users(adam_define: Path) -> None:
    """STAGE and STAGEN share terms, and Define-XML wants a list for text and one for numbers."""
    assert select(adam_define, "//odm:CodeList/@DataType") == ["integer", "text"]
    assert select(adam_define, "//odm:CodeList/@def:IsNonStandard") == ["Yes", "Yes"]


def test_terms_carry_decodes_codes_and_extensions(sdtm_define: Path) -> None:
    """Terms have decodes where any has one; the sponsor's own are marked, CDISC's have a code."""
    codelist = "//odm:CodeList[@OID='CL.NY.AE.AESER']"
    assert select(sdtm_define, f"{codelist}/odm:Alias/@Name") == ["C66742"]
    assert select(sdtm_define, f"{codelist}/odm:CodeListItem/odm:Alias/@Name") == [
        "C49487",
        "C49488",
    ]
    decodes = f"{codelist}/odm:CodeListItem/odm:Decode/odm:TranslatedText"
    assert select(sdtm_define, f"{decodes}/text()") == ["No", "Yes"]
    assert select(sdtm_define, f"{decodes}/@xml:lang") == ["en", "en"]
    units = "//odm:CodeList[@OID='CL.UNIT']/odm:EnumeratedItem"
    assert select(sdtm_define, f"{units}/@CodedValue") == ["mg", "viral particles"]
    assert select(sdtm_define, f"{units}[@def:ExtendedValue='Yes']/@CodedValue") == [
        "viral particles"
    ]
    assert select(sdtm_define, f"{units}/odm:Alias/@Name") == ["C28253"]


def test_a_dictionary_is_an_external_codelist(sdtm_define: Path) -> None:
    """MedDRA is named with its version and not listed."""
    assert select(sdtm_define, "//odm:ExternalCodeList/@*") == ["MedDRA", "27.1"]


def test_a_codelist_without_terms_is_left_out(tmp_path: Path, define_study: StudyMetadata) -> None:
    """A list that permits no value describes nothing, and Define-XML has no way to write it."""
    path = tmp_path / "define.xml"
    study = with_variable(define_study, codelist=Codelist("EMPTY", "Empty"))
    write_define(path, study, "SDTMIG", created=CREATED)
    assert select(path, "//odm:CodeList[@OID='CL.EMPTY']") == []


def test_one_sentence_is_one_method(sdtm_define: Path) -> None:
    """Variables derived alike share a method; a comment is shared the same way."""
    assert select(sdtm_define, "//odm:ItemRef/@MethodOID") == [
        *("MT.AE.AESTDY", "MT.AE.AESTDY", "MT.VS.VSSTRESN")
    ]
    assert select(sdtm_define, "//odm:MethodDef/@Name") == [
        "Algorithm to derive AESTDY and others",
        "Algorithm to derive VSSTRESN",
    ]
    assert select(sdtm_define, "//@def:CommentOID") == ["COM.AE", "COM.AE"]
    assert text_of(sdtm_define, "//def:CommentDef") == ["By a coder"]


def test_a_method_that_imputes_says_so(adam_define: Path) -> None:
    """A method's type is Imputation where its sentence speaks of imputing."""
    assert select(adam_define, "//odm:MethodDef/@Type") == ["Imputation"]


def test_value_level_metadata_stand_under_their_condition(sdtm_define: Path) -> None:
    """Each value-level item is referred to with the condition under which it holds."""
    assert select(sdtm_define, "//def:ValueListDef/@OID") == ["VL.SUPPAE.QVAL", "VL.VS.VSORRES"]
    clauses = select(sdtm_define, "//def:ValueListDef[@OID='VL.VS.VSORRES']//@WhereClauseOID")
    checks = f"//def:WhereClauseDef[@OID='{clauses[1]}']/odm:RangeCheck"
    assert clauses[0] == "WC.VS.VSTESTCD.TEMP"
    assert select(sdtm_define, f"{checks}/@Comparator") == ["IN", "NE"]
    assert select(sdtm_define, f"{checks}/@def:ItemOID") == ["IT.VS.VSTESTCD", "IT.VS.VSPOS"]
    assert select(sdtm_define, f"{checks}/odm:CheckValue/text()") == [
        *("SYSBP", "DIABP", "LEFT SIDE")
    ]
    assert select(sdtm_define, "//odm:RangeCheck/@SoftHard") == ["Soft"] * 4


def test_a_condition_may_look_into_another_dataset(
    tmp_path: Path, define_study: StudyMetadata
) -> None:
    """A condition on AE.AESER in VS refers to AE's variable."""
    ae, _, vs, *_ = define_study.datasets
    level = replace(vs.variables[3].values[0], where=(("AE.AESER", "EQ", ("Y",)),))
    variable = replace(vs.variables[3], values=(level,))
    vs = replace(vs, variables=(*vs.variables[:3], variable))
    path = tmp_path / "define.xml"
    write_define(path, replace(define_study, datasets=(ae, vs)), "SDTMIG", created=CREATED)
    assert select(path, "//odm:RangeCheck/@def:ItemOID") == ["IT.AE.AESER"]
    assert check_define(path) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "TOOLONGNAME"}, "ItemDef IT.AE.TOOLONGNAME: attribute 'SASFieldName'"),
        ({"data_type": "varchar"}, "The value 'varchar' is not an element of the set"),
        ({"origin": Origin("Collected", "Lab")}, "The value 'Lab' is not an element of the set"),
        ({"label": "bell \x07"}, r"TranslatedText 'bell \x07': XML cannot hold the char"),
        ({"label": "half \ud800"}, "XML cannot hold the character U+D800"),
        ({"comment": "\uffff"}, "XML cannot hold the character U+FFFF"),
        ({"codelist": Codelist("A", "A", (Term("X"), Term("X")))}, "'X' is given twice"),
        ({"name": "USUBJID"}, "'IT.AE.USUBJID' is given twice"),
    ],
)  # fmt: skip
def test_metadata_that_make_no_valid_define_are_refused(
    changes: dict[str, object], message: str, sdtm_define: Path, define_study: StudyMetadata
) -> None:
    """Bad metadata are named, and the define.xml that was there stays as it was."""
    before = sdtm_define.read_bytes()
    study = with_variable(define_study, **changes)
    study = replace(study, datasets=(replace(study.datasets[0], keys=("USUBJID",)),))
    with pytest.raises(DefineError) as error:
        write_define(sdtm_define, study, "SDTMIG", created=CREATED)
    assert message in str(error.value)
    assert sdtm_define.read_bytes() == before
    assert sorted(path.name for path in sdtm_define.parent.iterdir()) == [
        "define.html",
        "define.xml",
        "define2-1.xsl",
    ]


def test_a_condition_on_an_unknown_variable_is_refused(
    tmp_path: Path, define_study: StudyMetadata
) -> None:
    """A reference that would dangle is a fault before anything is written."""
    level = ValueLevel((("VSCAT", "EQ", ("A",)),), define_study.datasets[2].variables[3])
    study = with_variable(define_study, values=(level,))
    with pytest.raises(DefineError, match=r"def:ItemOID 'IT\.AE\.VSCAT': there is no such ItemDef"):
        write_define(tmp_path / "define.xml", study, "SDTMIG", created=CREATED)


def test_an_unknown_key_is_refused(tmp_path: Path, define_study: StudyMetadata) -> None:
    """A key has to be one of the dataset's variables."""
    study = replace(define_study, datasets=(replace(define_study.datasets[3], keys=("TSSEQ",)),))
    with pytest.raises(DefineError, match="TS: key TSSEQ is not one of its variables"):
        write_define(tmp_path / "define.xml", study, "SDTMIG", created=CREATED)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, define_study: StudyMetadata) -> None:
    """A file that cannot be written is a fault with the path."""
    path = tmp_path / "missing" / "define.xml"
    with pytest.raises(DefineError, match=r"define\.xml: cannot be written: No such file"):
        write_define(path, define_study, "SDTMIG", created=CREATED)


def test_a_large_study_is_written_and_checked_at_once(tmp_path: Path) -> None:
    """40 datasets with 1,920 items and 3,000 terms take well under 3 seconds."""
    study, path = large_study(), tmp_path / "define.xml"
    start = time.process_time()
    write_define(path, study, "SDTMIG", created=CREATED)
    assert check_define(path) == []
    assert time.process_time() - start < 3
    assert len(select(path, "//odm:ItemDef")) == 1920
