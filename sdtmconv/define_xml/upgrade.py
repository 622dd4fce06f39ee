"""Define-XML 2.0 taken up to 2.1, element by element and in place, so that lines stay known.

What 2.0 does not say is left open for the checks to report: the version of controlled terminology,
and which codelists belong to it.
"""

from __future__ import annotations

from lxml import etree

from sdtmconv.define_xml import names

DEF_2_0 = "http://www.cdisc.org/ns/def/v2.0"

_GUIDES = {"SDTM-IG": "SDTMIG", "ADAM-IG": "ADaMIG", "SEND-IG": "SENDIG"}
_ORIGINS = {  # 2.0's type to 2.1's type and source
    "CRF": ("Collected", "Investigator"),
    "eDT": ("Collected", "Vendor"),
    "Derived": ("Derived", "Sponsor"),
    "Assigned": ("Assigned", "Sponsor"),
    "Protocol": ("Protocol", "Sponsor"),
}
_STANDARD_OID = "STD.1"


def _take(element: etree._Element, name: str) -> str:
    return str(element.attrib.pop(names.attribute(name), ""))


def _rename(root: etree._Element) -> None:
    """Move elements and attributes of the extension's namespace to 2.1's."""
    old, new = f"{{{DEF_2_0}}}", f"{{{names.DEF}}}"
    for element in root.iter("*"):
        element.tag = str(element.tag).replace(old, new)
        for name, value in list(element.attrib.items()):
            if str(name).startswith(old):
                del element.attrib[name]
                element.set(str(name).replace(old, new), value)


def _add_standards(version: etree._Element) -> None:
    name, number = _take(version, "def:StandardName"), _take(version, "def:StandardVersion")
    if not name:
        return
    standards = etree.Element(names.element("def:Standards"))
    attributes = {
        "OID": _STANDARD_OID,
        "Name": _GUIDES.get(name.upper(), name),
        "Type": "IG",
        "Version": number,
        "Status": "Final",
    }
    etree.SubElement(standards, names.element("def:Standard"), attributes)
    version.insert(0, standards)
    for dataset in version.iterchildren(names.element("ItemGroupDef")):
        dataset.set(names.attribute("def:StandardOID"), _STANDARD_OID)


def _add_class(dataset: etree._Element) -> None:
    name = _take(dataset, "def:Class")
    if not name:
        return
    element = etree.Element(names.element("def:Class"), {"Name": name})
    leaf = dataset.find(names.element("def:leaf"))
    if leaf is None:
        dataset.append(element)
    else:
        leaf.addprevious(element)


def _word_origin(origin: etree._Element) -> None:
    kind, source = _ORIGINS.get(origin.get("Type", ""), ("", ""))
    if kind:
        origin.set("Type", kind)
        origin.set("Source", source)


def is_define_2_0(version: etree._Element) -> bool:
    """Tell whether a MetaDataVersion is one of Define-XML 2.0."""
    return f"{{{DEF_2_0}}}DefineVersion" in version.attrib


def upgrade(root: etree._Element, version: etree._Element) -> None:
    """Take a document of Define-XML 2.0 up to 2.1, in place.

    Args:
        root: Its ODM element.
        version: Its MetaDataVersion.
    """
    _rename(root)
    root.set(names.attribute("def:Context"), "Other")
    version.set(names.attribute("def:DefineVersion"), "2.1.0")
    _add_standards(version)
    for dataset in version.iterchildren(names.element("ItemGroupDef")):
        _add_class(dataset)
    for origin in version.iter(names.element("def:Origin")):
        _word_origin(origin)
