"""Turn the raw records of a clinical trial into SDTM and ADaM: XPT files and define.xml."""

__version__ = "0.1.0"
