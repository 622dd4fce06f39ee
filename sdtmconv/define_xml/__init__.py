"""Define-XML 2.1: metadata to define.xml, and any define.xml checked or read back."""

from sdtmconv.define_xml.check import check_define
from sdtmconv.define_xml.document import DefineError
from sdtmconv.define_xml.read import read_define
from sdtmconv.define_xml.write import write_define

__all__ = ["DefineError", "check_define", "read_define", "write_define"]
