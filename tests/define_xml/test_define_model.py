"""The model of a define.xml: everything in a file, faults included, read and written again."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from sdtmconv.define_xml import check_define, read_define, read_model, write_model
from sdtmconv.define_xml import model as elements
from sdtmconv.define_xml.model import Define, Node
from sdtmconv.define_xml.model.node import parts_of

EVERY_ELEMENT = Path(__file__).with_name("every_element.xml")
OLD_VERSION = Path(__file__).with_name("old_version.xml")
EXAMPLES = Path(__file__).parents[2] / ".." / "shared" / "data" / "define"


def tree(element: etree._Element) -> tuple[str, dict[Any, Any], str, list[Any]]:
    """Give what an element says, without the blanks between elements."""
    inner = [tree(each) for each in element.iterchildren("*")]
    text = element.text or ""
    return str(element.tag), dict(element.attrib), "" if inner else text, inner


def canonical(path: Path) -> object:
    return tree(etree.parse(str(path)).getroot())


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for field in dataclasses.fields(node):
        value = getattr(node, field.name)
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, Node):
                yield from nodes(inner)


def edited(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    """Copy the file with every element, with texts in it replaced."""
    text = EVERY_ELEMENT.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "edited.xml"
    path.write_text(text, "utf-8")
    return path


def test_the_example_has_every_element_and_attribute_of_the_model() -> None:
    """Every class of the model, and each of its fields, is used in the hand-made define.xml."""
    used: dict[type[Node], set[str]] = {}
    for node in nodes(read_model(EVERY_ELEMENT)):
        filled = {
            name for name in parts_of(type(node)) if getattr(node, name) not in ("", None, ())
        }
        used.setdefault(type(node), set()).update(filled)
    classes = {kind for kind in vars(elements).values() if isinstance(kind, type)} - {Node}
    assert used == {kind: set(parts_of(kind)) for kind in classes}


def test_everything_that_is_read_is_written_again(tmp_path: Path) -> None:
    """Reading and writing changes nothing that a define.xml says."""
    path = tmp_path / "define.xml"
    define = read_model(EVERY_ELEMENT)
    write_model(path, define)
    assert canonical(path) == canonical(EVERY_ELEMENT)
    assert read_model(path) == define


@pytest.mark.skipif(not EXAMPLES.exists(), reason="the shared examples are not beside the project")
@pytest.mark.parametrize("name", ["defineV21-SDTM.xml", "define-adam-arm.xml"])
def test_the_public_examples_say_the_same_when_written_again(name: str, tmp_path: Path) -> None:
    """CDISC's examples keep every element, and the faults in them are reported as before."""
    path = tmp_path / "define.xml"
    write_model(path, read_model(EXAMPLES / name))
    assert canonical(path) == canonical(EXAMPLES / name)
    before, after = check_define(EXAMPLES / name), check_define(path)
    assert [fault.problem for fault in after] == [fault.problem for fault in before]


FAULTS = {
    "a number that is none": ('Length="20"', 'Length="twenty"'),
    "a number in another form": ('Length="20"', 'Length="020"'),
    "an attribute without a value": ('Rank="1.5"', 'Rank=""'),
    "a vendor's attribute": ('Name="USUBJID"', 'Name="USUBJID" xmlns:v="urn:v" v:Colour="red"'),
    "a vendor's element": ("</ItemDef>", '<v:Note xmlns:v="urn:v">see <v:b/></v:Note></ItemDef>'),
    "an attribute that is not there": (' DataType="text"', ""),
    "an unknown type": ('Type="Computation"', 'Type="Guess"'),
    "a reference that dangles": ('MethodOID="MT.BOR"', 'MethodOID="MT.NONE"'),
    "a study without names": ("<ProtocolName>P-1</ProtocolName>", ""),
    "an empty text": ("<ProtocolName>P-1</ProtocolName>", "<ProtocolName/>"),
    "an attribute on a plain text": ("<CheckValue>BOR<", '<CheckValue Unit="x">BOR<'),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_and_extensions_are_kept(fault: str, tmp_path: Path) -> None:
    """What is wrong in a file, or a vendor's own, is neither lost nor mended by writing it."""
    source, path = edited(tmp_path, FAULTS[fault]), tmp_path / "define.xml"
    write_model(path, read_model(source))
    assert canonical(path) == canonical(source)
    before, after = check_define(source), check_define(path)
    assert [fault.problem for fault in after] == [fault.problem for fault in before]


def test_an_element_that_stands_twice_is_kept_twice(tmp_path: Path) -> None:
    """A second Description, which the XSD forbids, is still there after writing."""
    again = "<Description><TranslatedText>Again</TranslatedText></Description>"
    source = edited(tmp_path, ("<Question>", f"{again}<Question>"))
    path = tmp_path / "define.xml"
    write_model(path, read_model(source))
    assert "Again" in path.read_text("utf-8")
    assert check_define(source)
    assert check_define(path)


def test_elements_know_their_line() -> None:
    """Each node says where it stood, for whoever finds a fault in it."""
    lines = EVERY_ELEMENT.read_text("utf-8").splitlines()
    define = read_model(EVERY_ELEMENT)
    assert '<MethodDef OID="MT.BOR"' in lines[define.metadata.methods[0].line - 1]


def test_a_text_is_given_in_its_first_language() -> None:
    """A description in several languages reads as its first translation."""
    (usubjid, *_) = read_model(EVERY_ELEMENT).metadata.items
    assert str(usubjid.description) == "Unique Subject Identifier"


def test_define_xml_2_0_becomes_2_1(tmp_path: Path) -> None:
    """The standard, the class and the sources of origins are where 2.1 has them."""
    define: Define = read_model(OLD_VERSION)
    version = define.metadata
    assert version.define_version == "2.1.0"
    assert version.standards is not None
    assert [(s.name, s.type, s.version) for s in version.standards.standards] == [
        ("SDTMIG", "IG", "3.1.2")
    ]
    dataset = version.item_groups[0]
    assert dataset.class_ is not None
    assert (dataset.class_.name, dataset.standard_oid) == ("SPECIAL PURPOSE", "STD.1")
    origins = [(item.origins[0].type, item.origins[0].source) for item in version.items]
    assert origins == [("Collected", "Investigator"), ("Collected", "Vendor")]
    assert read_define(OLD_VERSION).versions == {"SDTMIG": "3.1.2"}
    path = tmp_path / "define.xml"
    write_model(path, define)
    assert check_define(path) == []


def test_the_check_of_an_old_version_says_that_it_is_old() -> None:
    """A define.xml of version 2.0 is checked as 2.1, and named as what it is."""
    assert [fault.problem for fault in check_define(OLD_VERSION)] == [
        "is Define-XML 2.0, checked here as 2.1 would have it"
    ]
