"""Define-XML 2.1: metadata to a model and to define.xml; any define.xml checked or read back."""

from sdtmconv.define_xml.check import check_define
from sdtmconv.define_xml.document import DefineError
from sdtmconv.define_xml.read import model_to_study, read_define, read_model
from sdtmconv.define_xml.write import make_model, write_define, write_model

__all__ = [
    "DefineError",
    "check_define",
    "make_model",
    "model_to_study",
    "read_define",
    "read_model",
    "write_define",
    "write_model",
]
