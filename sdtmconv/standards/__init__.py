"""What CDISC says: implementation guides and controlled terminology."""

from sdtmconv.standards.adamig import AdamGuide, load_adamig
from sdtmconv.standards.sdtmig import SdtmGuide, load_sdtmig
from sdtmconv.standards.terminology import Terminology, load_terminology
from sdtmconv.standards.variables import StandardDataset, StandardVariable, dataset_order

__all__ = [
    "AdamGuide",
    "SdtmGuide",
    "StandardDataset",
    "StandardVariable",
    "Terminology",
    "dataset_order",
    "load_adamig",
    "load_sdtmig",
    "load_terminology",
]
