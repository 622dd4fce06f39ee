"""A model to define.xml, and metadata to define.xml, checked before it replaces anything."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from lxml import etree

from sdtmconv.define_xml import names
from sdtmconv.define_xml.build import build_model
from sdtmconv.define_xml.cdisc_files import STYLESHEET_NAME, read_stylesheet
from sdtmconv.define_xml.definitions import collect_definitions
from sdtmconv.define_xml.document import DefineError, parse
from sdtmconv.define_xml.html import render_define
from sdtmconv.define_xml.model import Define, to_element
from sdtmconv.define_xml.structure import find_structure_faults
from sdtmconv.errors import Fault, raise_faults
from sdtmconv.metadata import DatasetMetadata, StudyMetadata


def _unknown_keys(datasets: tuple[DatasetMetadata, ...]) -> Iterator[Fault]:
    for dataset in datasets:
        variables = {variable.name for variable in dataset.variables}
        for key in dataset.keys:
            if key not in variables:
                problem = f"key {key} is not one of its variables"
                yield Fault(dataset.name, problem, "correct the keys, or add the variable")


def _serialize(define: Define) -> bytes:
    prefixes = ["def", "xlink", *(["arm"] if define.metadata.result_displays else [])]
    namespaces: Any = {None: names.ODM, **{prefix: names.PREFIXES[prefix] for prefix in prefixes}}
    root = to_element(define, etree.Element(names.element("ODM"), nsmap=namespaces))
    root.addprevious(
        etree.ProcessingInstruction("xml-stylesheet", f'type="text/xsl" href="{STYLESHEET_NAME}"')
    )
    return etree.tostring(
        root.getroottree(), encoding="UTF-8", xml_declaration=True, pretty_print=True
    )


def _refuse_invalid(content: bytes, name: str) -> None:
    remedy = "correct the metadata; where they are right, report this as a defect of sdtmconv"
    faults = find_structure_faults(parse(content, name))
    raise_faults(DefineError, (replace(fault, remedy=remedy) for fault in faults))


def _put(path: Path, content: bytes, define: Define) -> None:
    """Put a define.xml, its stylesheet and its page in place, each as a whole."""
    files = {
        path.with_name(STYLESHEET_NAME): read_stylesheet(),
        path.with_suffix(".html"): render_define(define).encode("utf-8", "xmlcharrefreplace"),
        path: content,
    }
    for target, bytes_ in files.items():
        temporary = target.with_name(f".{target.name}.part")
        try:
            temporary.write_bytes(bytes_)
            os.replace(temporary, target)
        except OSError as error:
            problem = f"cannot be written: {error.strerror}"
            remedy = "check the folder, its permissions and the disk's free space"
            raise DefineError(Fault(str(path), problem, remedy)) from None
        finally:
            temporary.unlink(missing_ok=True)


def write_model(path: Path, define: Define) -> None:
    """Write a define.xml as the model has it, faults included, with its stylesheet and HTML page.

    Args:
        path: The file to write; one that is there is replaced.
        define: What to write.

    Raises:
        DefineError: A text holds a character that XML cannot, or the file cannot be written.
    """
    _put(path, _serialize(define), define)


def make_model(
    study: StudyMetadata,
    standard: Literal["SDTMIG", "ADAMIG"],
    *,
    created: datetime,
    context: Literal["Other", "Submission"] = "Other",
    originator: str = "sdtmconv",
) -> Define:
    """Describe one standard's datasets as a define.xml would; see `write_define`."""
    definitions = collect_definitions(study, standard)
    raise_faults(DefineError, _unknown_keys(definitions.datasets))
    return build_model(definitions, created=created, context=context, originator=originator)


def write_define(
    path: Path,
    study: StudyMetadata,
    standard: Literal["SDTMIG", "ADAMIG"],
    *,
    created: datetime,
    context: Literal["Other", "Submission"] = "Other",
    originator: str = "sdtmconv",
) -> None:
    """Write the define.xml of one standard's datasets, with CDISC's stylesheet and an HTML page.

    Args:
        path: The file to write, in the folder of the datasets; one that is there is replaced.
        study: The study; datasets of the other standard are left out.
        standard: Which datasets to describe.
        created: The time stamp, from the data cut or SOURCE_DATE_EPOCH.
        context: Submission for a regulator's eyes.
        originator: The organisation that answers for the content.

    Raises:
        DefineError: The metadata make no valid define.xml, or the file cannot be written; a file
            that was there is left as it was.
    """
    define = make_model(study, standard, created=created, context=context, originator=originator)
    content = _serialize(define)
    _refuse_invalid(content, path.name)
    _put(path, content, define)
