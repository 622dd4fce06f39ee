"""Rules of Define-XML 2.1 that one element breaks by itself and the XSD lets pass, as data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sdtmconv.define_xml import names
from sdtmconv.define_xml.document import Document
from sdtmconv.errors import Fault


@dataclass(frozen=True)
class Rule:
    """A rule that an element breaks by itself.

    Args:
        breach: XPath of the elements that break it.
        problem: What is wrong with them.
        remedy: What to do about it.
    """

    breach: str
    problem: str
    remedy: str


def _one_of(attribute: str, values: tuple[str, ...]) -> str:
    return "(" + " or ".join(f"@{attribute}='{value}'" for value in values) + ")"


DATA_TYPES = (
    *("text", "integer", "float", "date", "time", "datetime"),
    *("partialDate", "partialTime", "partialDatetime", "incompleteDatetime"),
    *("durationDatetime", "intervalDatetime"),
)
SIZED_TYPES = ("text", "integer", "float")
ANALYSIS_CLASSES = (
    *("SUBJECT LEVEL ANALYSIS DATASET", "OCCURRENCE DATA STRUCTURE", "BASIC DATA STRUCTURE"),
    *("ADAM OTHER", "REFERENCE DATA STRUCTURE", "DEVICE LEVEL ANALYSIS DATASET"),
    *("MEDICAL DEVICE BASIC DATA STRUCTURE", "MEDICAL DEVICE OCCURRENCE DATA STRUCTURE"),
)
PURPOSES = ("Tabulation", "Analysis")
SOURCED_ORIGINS = ("Assigned", "Collected", "Derived", "Protocol")

_OF_ANALYSIS = _one_of("Name", ANALYSIS_CLASSES)
_CODED = "odm:Alias[@Context='nci:ExtCodeID']"

RULES = (
    Rule("odm:MetaDataVersion[not(def:Standards)]", "no standard is named", "add def:Standards"),
    Rule("odm:MetaDataVersion[not(odm:ItemGroupDef)]", "no dataset", "add an ItemGroupDef"),
    Rule(
        "def:Standard[@Type='CT'][not(@PublishingSet)]",
        "no PublishingSet for controlled terminology",
        "add PublishingSet, such as SDTM or ADaM",
    ),
    Rule(
        "def:Standard[@OID = //odm:MetaDataVersion/*/@OID]",
        "its OID is another definition's too",
        "make it unique",
    ),
    Rule(
        f"odm:ItemGroupDef[not({_one_of('Purpose', PURPOSES)})]",
        "Purpose is missing or unknown",
        f"give {' or '.join(PURPOSES)}",
    ),
    Rule(
        "odm:ItemGroupDef[@Purpose='Tabulation'][not(@Domain)]",
        "no Domain for a tabulation dataset",
        "add the domain's code",
    ),
    Rule(
        "odm:ItemGroupDef[not(@def:StandardOID or @def:IsNonStandard)]",
        "neither def:StandardOID nor def:IsNonStandard",
        "name the guide it follows, or say def:IsNonStandard='Yes'",
    ),
    Rule(
        "*[self::odm:ItemGroupDef or self::odm:CodeList][@def:StandardOID][@def:IsNonStandard]",
        "both def:StandardOID and def:IsNonStandard",
        "keep the one that holds",
    ),
    Rule("odm:ItemGroupDef[not(def:Class)]", "no class", "add def:Class"),
    Rule(
        f"odm:ItemGroupDef[@Purpose='Tabulation']/def:Class[{_OF_ANALYSIS}]",
        "a class of analysis datasets in a tabulation dataset",
        "give the class of the domain, or Purpose Analysis",
    ),
    Rule(
        f"odm:ItemGroupDef[@Purpose='Analysis']/def:Class[not({_OF_ANALYSIS})]",
        "a class of tabulation datasets in an analysis dataset",
        "give the dataset's structure, such as BASIC DATA STRUCTURE",
    ),
    Rule("odm:ItemGroupDef[not(odm:Description)]", "no label", "add Description"),
    Rule("odm:ItemGroupDef[not(odm:ItemRef)]", "no variable", "add an ItemRef"),
    Rule(
        "odm:ItemGroupDef[odm:ItemRef][not(odm:ItemRef/@KeySequence)]",
        "no key",
        "add KeySequence to the variables that identify a record",
    ),
    Rule(
        "odm:ItemGroupDef[not(@def:HasNoData)][not(def:leaf and @def:ArchiveLocationID)]",
        "no file",
        "add def:leaf and def:ArchiveLocationID",
    ),
    Rule(
        "def:ValueListDef/odm:ItemRef[not(def:WhereClauseRef)]",
        "no condition says where it holds",
        "add def:WhereClauseRef",
    ),
    Rule(
        f"odm:ItemDef[not({_one_of('DataType', DATA_TYPES)})]",
        "DataType is none of Define-XML's",
        f"give one of {', '.join(DATA_TYPES)}",
    ),
    Rule(
        f"odm:ItemDef[{_one_of('DataType', SIZED_TYPES)}][not(@Length)]",
        "no Length",
        "add the longest value's length",
    ),
    Rule(
        "odm:ItemDef[@DataType='float'][not(@SignificantDigits)]",
        "no SignificantDigits for a float",
        "add the number of digits after the decimal point",
    ),
    Rule(
        f"def:Origin[{_one_of('Type', SOURCED_ORIGINS)}][not(@Source)]",
        "no Source",
        "give Investigator, Sponsor, Subject or Vendor",
    ),
    Rule(
        "def:Origin[@Type='Predecessor'][not(odm:Description)]",
        "no word on what was copied",
        "add a Description such as DM.SEX",
    ),
    Rule(
        "def:PDFPageRef[not(@PageRefs or (@FirstPage and @LastPage))]",
        "no page",
        "add PageRefs, or FirstPage and LastPage",
    ),
    Rule("odm:RangeCheck[not(@Comparator)]", "no Comparator", "add EQ, IN or another"),
    Rule(
        "odm:RangeCheck[not(@Comparator='IN' or @Comparator='NOTIN')][count(odm:CheckValue) > 1]",
        "several values for a comparator that takes one",
        "use IN or NOTIN",
    ),
    Rule(
        "odm:CodeList[not(@def:StandardOID or @def:IsNonStandard or odm:ExternalCodeList)]",
        "neither def:StandardOID nor def:IsNonStandard",
        "name the terminology it belongs to, or say def:IsNonStandard='Yes'",
    ),
    Rule(
        f"odm:CodeList[@def:StandardOID][{_CODED}]"
        f"/*[self::odm:CodeListItem or self::odm:EnumeratedItem]"
        f"[not({_CODED})][not(@def:ExtendedValue)]",
        "a term of CDISC's codelist without its NCI code",
        "add the Alias nci:ExtCodeID, or say def:ExtendedValue='Yes'",
    ),
    Rule(
        "odm:ExternalCodeList[not(@Dictionary and @Version)]",
        "Dictionary or Version is missing",
        "add both",
    ),
    Rule("odm:MethodDef[not(@Type)]", "no Type", "give Computation or Imputation"),
)


def find_broken_rules(document: Document) -> Iterator[Fault]:
    """List the elements that break one of `RULES`."""
    namespaces = {"odm": names.ODM, **names.PREFIXES}
    for rule in RULES:
        broken: Any = document.root.xpath(f"//{rule.breach}", namespaces=namespaces)
        for element in broken:
            yield document.fault(element, rule.problem, rule.remedy)
