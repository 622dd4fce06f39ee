"""CDISC's own files, as the package defineutils ships them: the XSDs and the stylesheet."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from lxml import etree

STYLESHEET_NAME = "define2-1.xsl"


def _locate(path: str) -> Path:
    spec = find_spec("defineutils")  # not imported: that would load a second XML Schema engine
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("defineutils is not installed; run: pip install defineutils")
    return Path(spec.submodule_search_locations[0]) / path


@lru_cache(maxsize=1)
def load_schema() -> etree.XMLSchema:
    """Load the XSD of Define-XML 2.1 with Analysis Results Metadata 1.0, which it permits."""
    path = _locate("validate/schema/cdisc-arm-1.0/arm1-0-0.xsd")
    return etree.XMLSchema(etree.parse(str(path)))


def read_stylesheet() -> bytes:
    """Read the stylesheet with which a browser shows a define.xml."""
    return _locate(f"definehtml/{STYLESHEET_NAME}").read_bytes()
