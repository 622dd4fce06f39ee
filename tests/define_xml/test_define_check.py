"""Checking any define.xml: each blind spot of the XSD, broken files, hostile files."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sdtmconv.define_xml import DefineError, check_define, read_define

EVERY_ELEMENT = Path(__file__).with_name("every_element.xml")
EXAMPLES = Path(__file__).parents[2] / ".." / "shared" / "data" / "define"


def broken(path: Path, old: str, new: str) -> Path:
    """Replace the first text that the pattern `old` matches."""
    text, count = re.subn(old, new, path.read_text("utf-8"), count=1)
    assert count == 1, f"{old} is not in the file"
    path.write_text(text, "utf-8")
    return path


def copy_of(path: Path, folder: Path) -> Path:
    return Path(shutil.copy(path, folder / "define.xml"))


def words(path: Path) -> list[tuple[str, str]]:
    """Find faults as (element, problem)."""
    faults = check_define(path)
    assert all(re.fullmatch(rf"{path}(:\d+( \S.*)?)?", fault.place) for fault in faults)
    assert all(fault.remedy for fault in faults)
    return [(fault.place.partition(" ")[2], fault.problem) for fault in faults]


DANGLING = [
    ("ItemRef", "ItemOID", "ItemDef", "ItemRef nope"),
    ("ItemRef", "MethodOID", "MethodDef", "ItemRef IT.AE.AESTDY"),
    ("CodeListRef", "CodeListOID", "CodeList", "CodeListRef of ItemDef IT.AE.AEDECOD"),
    ("ItemGroupDef", "def:StandardOID", "def:Standard", "ItemGroupDef IG.AE"),
    ("ItemGroupDef", "def:ArchiveLocationID", "def:leaf", "ItemGroupDef IG.AE"),
    ("ItemGroupDef", "def:CommentOID", "def:CommentDef", "ItemGroupDef IG.AE"),
    ("def:ValueListRef", "ValueListOID", "def:ValueListDef",
     "def:ValueListRef of ItemDef IT.SUPPAE.QVAL"),
    ("def:WhereClauseRef", "WhereClauseOID", "def:WhereClauseDef",
     "def:WhereClauseRef of ItemRef IT.SUPPAE.QVAL.QNAM.AEDLT"),
    ("RangeCheck", "def:ItemOID", "ItemDef",
     "RangeCheck of def:WhereClauseDef WC.SUPPAE.QNAM.AEDLT"),
    ("def:DocumentRef", "leafID", "def:leaf", "def:DocumentRef of def:AnnotatedCRF of "
     "MetaDataVersion MDV.BIO-1.SDTMIG.3.4"),
]  # fmt: skip


@pytest.mark.parametrize(("element", "attribute", "target", "place"), DANGLING)
def test_a_dangling_reference_is_found(
    element: str, attribute: str, target: str, place: str, sdtm_define: Path
) -> None:
    """Every kind of reference has to resolve, which the XSD does not ask."""
    path = broken(sdtm_define, rf'(<{element} [^>]*?{attribute}=)"[^"]*"', r'\1"nope"')
    assert (place, f"{attribute} 'nope': there is no such {target}") in words(path)


GAPS = [
    (' Length="200"', "", "ItemDef IT.AE.AETERM", "no Length"),
    ('DataType="text" Length="200"', 'DataType="string"', "ItemDef IT.AE.AETERM",
     "DataType is none of Define-XML's"),
    (' SignificantDigits="2"', "", "ItemDef IT.VS.VSSTRESN",
     "no SignificantDigits for a float"),
    ('<def:Origin Type="Protocol" Source="Sponsor"/>', "", "ItemDef IT.AE.STUDYID", "no origin"),
    ('(Type="Protocol") Source="Sponsor"', r"\1", "def:Origin of ItemDef IT.AE.STUDYID",
     "no Source"),
    ('Type="Protocol"', 'Type="Predecessor"', "def:Origin of ItemDef IT.AE.STUDYID",
     "no word on what was copied"),
    ('PageRefs="7 12" ', "",
     "def:PDFPageRef of def:DocumentRef of def:Origin of ItemDef IT.AE.AETERM", "no page"),
    ('Purpose="Tabulation"', 'Purpose="Data"', "ItemGroupDef IG.AE",
     "Purpose is missing or unknown"),
    (' Domain="AE"', "", "ItemGroupDef IG.AE", "no Domain for a tabulation dataset"),
    (r' def:StandardOID="STD.SDTMIG.3.4"', "", "ItemGroupDef IG.AE",
     "neither def:StandardOID nor def:IsNonStandard"),
    ('<def:Class Name="EVENTS"/>', "", "ItemGroupDef IG.AE", "no class"),
    (r"(?s)(<ItemGroupDef[^>]*>)\s*<Description>.*?</Description>", r"\1", "ItemGroupDef IG.AE",
     "no label"),
    (r"(?s)(<ItemDef[^>]*>)\s*<Description>.*?</Description>", r"\1", "ItemDef IT.AE.STUDYID",
     "no label"),
    (' def:ArchiveLocationID="LF.TS"', "", "ItemGroupDef IG.TS", "no file"),
    (r"(?s)(IG.TS.*?) KeySequence=\"1\"(.*?) KeySequence=\"2\"", r"\1\2", "ItemGroupDef IG.TS",
     "no key"),
    (r'<def:WhereClauseRef WhereClauseOID="WC.VS.VSTESTCD.TEMP"/>', "",
     "ItemRef IT.VS.VSORRES.VSTESTCD.TEMP", "no condition says where it holds"),
    (' Comparator="EQ"', "", "RangeCheck of def:WhereClauseDef WC.SUPPAE.QNAM.AEDLT",
     "no Comparator"),
    ('Comparator="IN"', 'Comparator="EQ"',
     "RangeCheck of def:WhereClauseDef WC.VS.VSTESTCD.VSPOS.6a34f6f1329b",
     "several values for a comparator that takes one"),
    (r'(CL.UNIT" Name[^>]*) def:StandardOID="[^"]*"', r"\1", "CodeList CL.UNIT",
     "neither def:StandardOID nor def:IsNonStandard"),
    (' Version="27.1"', "", "ExternalCodeList of CodeList CL.MEDDRA",
     "Dictionary or Version is missing"),
    ('Dictionary="MedDRA"', 'Dictionary="MEDDRA"', "ExternalCodeList of CodeList CL.MEDDRA",
     "Dictionary 'MEDDRA' is none that CDISC names"),
    ('Dictionary="MedDRA"', 'Dictionary="House List"', "ExternalCodeList of CodeList CL.MEDDRA",
     "Dictionary 'House List' is none that CDISC names"),
    ('(IG.AE"[^>]*def:StandardOID="[^"]*")', r'\1 def:IsNonStandard="Yes"', "ItemGroupDef IG.AE",
     "both def:StandardOID and def:IsNonStandard"),
    ('<def:Class Name="EVENTS"/>', '<def:Class Name="BASIC DATA STRUCTURE"/>',
     "def:Class BASIC DATA STRUCTURE", "a class of analysis datasets in a tabulation dataset"),
    ('<Alias Context="nci:ExtCodeID" Name="C28253"/>', "", "EnumeratedItem mg",
     "a term of CDISC's codelist without its NCI code"),
    ('KeySequence="4"', 'KeySequence="6"', "ItemGroupDef IG.AE",
     "its keys are numbered 1, 2, 3, 6"),
    ('Name="SUPPAE"', 'Name="AE"', "ItemGroupDef IG.SUPPAE", "another dataset is AE too"),
    ('Name="AEENDY"', 'Name="AESTDY"', "ItemRef IT.AE.AEENDY",
     "another variable of the dataset is AESTDY too"),
    ('(CL.UNIT" Name="Unit" DataType=)"text"', r'\1"integer"', "ItemDef IT.VS.VSORRESU",
     "is of data type text, and its codelist of integer"),
    (' Type="Computation"', "", "MethodDef MT.AE.AESTDY", "no Type"),
    (' MethodOID="MT.VS.VSSTRESN"', "", "ItemRef IT.VS.VSSTRESN", "derived without a method"),
    (' PublishingSet="SDTM"', "", "def:Standard STD.SDTM-CT.2022-09-30",
     "no PublishingSet for controlled terminology"),
    (r"(?s)<def:Standards>.*</def:Standards>", "", "MetaDataVersion MDV.BIO-1.SDTMIG.3.4",
     "no standard is named"),
    (r"(?s)<ItemGroupDef.*</ItemGroupDef>", "", "MetaDataVersion MDV.BIO-1.SDTMIG.3.4",
     "no dataset"),
    ('OID="STD.SDTMIG.3.4"', 'OID="IG.AE"', "def:Standard IG.AE",
     "its OID is another definition's too"),
    ('Length="200"', f'Length="{"9" * 5000}"', "ItemDef IT.AE.AETERM",
     "Length has more than 9 digits"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "problem"), GAPS)
def test_what_the_xsd_lets_pass_is_found(
    old: str, new: str, place: str, problem: str, sdtm_define: Path
) -> None:
    """Each thing that Define-XML asks for beyond its XSD has a check of its own."""
    assert (place, problem) in words(broken(sdtm_define, old, new))


def test_a_value_outside_the_codelist_is_no_condition(tmp_path: Path) -> None:
    """A where clause that no value of the codelist meets describes nothing."""
    assert (
        "RangeCheck of def:WhereClauseDef WC.BOR",
        "'BORR' is no term of codelist CL.PARAMCD",
    ) in (words(broken(copy_of(EVERY_ELEMENT, tmp_path), "<CheckValue>BOR<", "<CheckValue>BORR<")))


def test_an_analysed_variable_is_of_its_dataset(tmp_path: Path) -> None:
    """A result that names a value level, or another dataset's variable, is found."""
    path = copy_of(EVERY_ELEMENT, tmp_path)
    old, new = (
        'AnalysisVariable ItemOID="IT.ADRS.AVALC"',
        'AnalysisVariable ItemOID="IT.ADRS.AVALC.BOR"',
    )
    assert ("arm:AnalysisVariable IT.ADRS.AVALC.BOR", "is not a variable of ADRS") in (
        words(broken(path, old, new))
    )


def test_a_tabulation_class_is_not_of_analysis(adam_define: Path) -> None:
    """A define.xml of ADaM names ADaM's structures."""
    path = broken(adam_define, 'Name="SUBJECT LEVEL ANALYSIS DATASET"', 'Name="EVENTS"')
    problem = "a class of tabulation datasets in an analysis dataset"
    assert ("def:Class EVENTS", problem) in words(path)


def test_an_origin_at_every_value_is_enough(sdtm_define: Path) -> None:
    """QVAL itself has no origin, since each of its values has one; without one it has none."""
    assert words(sdtm_define) == []
    pattern = r'(?s)(<ItemDef OID="IT.SUPPAE.QVAL.QNAM.AEDLT".*?)<def:Origin.*?</def:Origin>'
    assert words(broken(sdtm_define, pattern, r"\1")) == [("ItemDef IT.SUPPAE.QVAL", "no origin")]


@pytest.mark.parametrize(
    ("tag", "attribute"),
    [
        ("ItemDef", "ItemOID"),
        ("CodeList", "CodeListOID"),
        ("MethodDef", "MethodOID"),
        ("def:ValueListDef", "ValueListOID"),
        ("def:WhereClauseDef", "WhereClauseOID"),
        ("def:CommentDef", "def:CommentOID"),
    ],
)
def test_a_definition_that_nothing_refers_to_is_found(
    tag: str, attribute: str, sdtm_define: Path
) -> None:
    """What is defined and not used misleads the reader."""
    path = broken(sdtm_define, rf'(<{tag} [^>]*?OID=)"[^"]*"', r'\1"OTHER"')
    assert (f"{tag} OTHER", "nothing refers to it") in words(path)


DUPLICATES = [
    ('ItemDef OID="IT.AE.USUBJID"', 'ItemDef OID="IT.AE.STUDYID"', "ItemDef IT.AE.STUDYID"),
    ('ItemOID="IT.AE.USUBJID"', 'ItemOID="IT.AE.STUDYID"', "ItemRef IT.AE.STUDYID"),
    ('OrderNumber="2" Mandatory="Yes"', 'OrderNumber="1" Mandatory="Yes"', "ItemRef IT.AE.USUBJID"),
    ('KeySequence="2"', 'KeySequence="1"', "ItemRef IT.AE.USUBJID"),
    ('CodedValue="N"', 'CodedValue="Y"', "CodeListItem Y"),
]


@pytest.mark.parametrize(("old", "new", "place"), DUPLICATES)
def test_a_duplicate_is_told_once(old: str, new: str, place: str, sdtm_define: Path) -> None:
    """OIDs, orders, keys and terms are unique; a duplicate is one fault, in plain words."""
    value = new.split('"')[1]
    found = words(broken(sdtm_define, old, new))
    assert found.count((place, f"'{value}' is given twice")) == 1


def test_a_fault_names_file_line_element_and_remedy(sdtm_define: Path) -> None:
    """A fault says where, what and what to do."""
    path = broken(sdtm_define, ' Mandatory="Yes"', ' Mandatory="Maybe"')
    lines = path.read_text("utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, start=1) if "Maybe" in text)
    assert [str(fault) for fault in check_define(path)] == [
        f"{path}:{line} ItemRef IT.AE.STUDYID: attribute 'Mandatory': The value 'Maybe' is not "
        "an element of the set {'Yes', 'No'}; use one of the values listed"
    ]


ODM = b'<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3"'
NOT_DEFINE = [
    (b"", "is not well-formed XML: Document is empty"),
    (b"\x00\xff\xfe", "is not well-formed XML"),
    (b"<a>" * 1000, "is not well-formed XML"),
    (b'<?xml version="1.0" encoding="latin-x"?><a/>', "is not well-formed XML"),
    (b"<a/>", "is not Define-XML 2.1"),
    (ODM + b"/>", "is not Define-XML 2.1"),
    (ODM + b' xmlns:def="http://www.cdisc.org/ns/def/v1.0"><Study><MetaDataVersion '
     b'def:DefineVersion="1.0.0"/></Study></ODM>', "is not Define-XML 2.1"),
    (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
     "has a document type declaration"),
    (b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12)
    ) + b"]><a b='&m;'/>", "is not well-formed XML"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "problem"), NOT_DEFINE)
def test_a_file_that_is_no_define_is_one_fault(
    content: bytes, problem: str, tmp_path: Path
) -> None:
    """Broken, foreign and hostile files are refused in one sentence, unread."""
    path = tmp_path / "define.xml"
    path.write_bytes(content)
    (fault,) = check_define(path)
    assert fault.problem.startswith(problem)
    with pytest.raises(DefineError):
        read_define(path)


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    """A path without a file, and a folder, are named."""
    assert [fault.problem for fault in check_define(tmp_path / "define.xml")] == [
        "cannot be read: No such file or directory"
    ]
    assert [fault.problem for fault in check_define(tmp_path)] == ["cannot be read: Is a directory"]


FRAGMENTS = st.sampled_from(
    [b"", b'"', b"<", b"&", b"\x00", b"\xff", b"def:", b"<q:a/>", b"<!--", b"]]>", b"99999999999",
     b"IT.AE.AETERM", b'xmlns:q="urn:q"', b"</ItemDef>", b"<ItemDef/>", b' OID=""'],
)  # fmt: skip


@given(data=st.data())
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_mutated_bytes_never_raise(data: st.DataObject, sdtm_define: Path) -> None:
    """Whatever is done to its bytes, a file is either sound or named as faulty."""
    content = bytearray(sdtm_define.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        width = data.draw(st.sampled_from([0, 1, 2, 30]))
        content[start : start + width] = data.draw(FRAGMENTS)
    path = sdtm_define.with_name("mutated.xml")
    path.write_bytes(content)
    assert all(map(str, check_define(path)))
    try:
        read_define(path)
    except DefineError as error:
        assert error.faults  # noqa: PT017  # a file need not be refused


@pytest.mark.skipif(not EXAMPLES.exists(), reason="the shared examples are not beside the project")
def test_the_public_examples_are_sound_but_for_three_things() -> None:
    """CDISC's SDTM example and the ADaM example with results metadata pass.

    The SDTM example has a name of its own for ISO 3166, and calls ECDOSE and ECDOSU derived and
    gives no method for them.
    """
    assert check_define(EXAMPLES / "define-adam-arm.xml") == []
    found = check_define(EXAMPLES / "defineV21-SDTM.xml")
    assert [(fault.place.split(":")[-1], fault.problem) for fault in found] == [
        (
            "2965 ExternalCodeList of CodeList CL.ISO.COUNTRY",
            "Dictionary 'ISO-3166 (Country Codes)' is none that CDISC names",
        ),
        ("555 ItemRef IT.EC.EXDOSE", "derived without a method"),
        ("556 ItemRef IT.EC.EXDOSU", "derived without a method"),
    ]
