"""How define.xml looks to a reader: through CDISC's stylesheet."""

from __future__ import annotations

from pathlib import Path

from lxml import etree, html

from sdtmconv.metadata import StudyMetadata


def render(path: Path) -> html.HtmlElement:
    """Apply the stylesheet that define.xml names, with no way out to files or the network."""
    tree = etree.parse(str(path))
    (instruction,) = tree.xpath("/processing-instruction('xml-stylesheet')")
    stylesheet = etree.parse(str(path.with_name(instruction.get("href"))))
    locked = etree.XSLTAccessControl.DENY_ALL
    return html.fromstring(bytes(etree.XSLT(stylesheet, access_control=locked)(tree)))


def read(page: html.HtmlElement) -> str:
    return " ".join(page.text_content().split())


def test_every_dataset_variable_and_codelist_shows(
    sdtm_define: Path, adam_define: Path, define_study: StudyMetadata
) -> None:
    """A reader finds all that was described, in the page that the stylesheet makes."""
    pages = [render(sdtm_define), render(adam_define)]
    text = " ".join(map(read, pages))
    for dataset in define_study.datasets:
        assert f"{dataset.name} ({dataset.label}" in text
        for variable in dataset.variables:
            assert variable.label in text
            assert variable.codelist is None or variable.codelist.label in text
            assert variable.method in text
    assert not any(page.find_class("unresolved") for page in pages)


def test_conditions_and_extended_terms_show(sdtm_define: Path) -> None:
    """Value-level metadata stand under their condition; the sponsor's terms are marked."""
    text = read(render(sdtm_define))
    assert 'VSTESTCD = "TEMP"' in text
    assert 'QNAM = "AEDLT"' in text
    assert "viral particles" in text
    assert "Extended Value" in text
