"""The files of a new study that begins with nothing: small, commented, and built at once."""

from __future__ import annotations

STUDY = """\
# What all datasets share. docs/spec-language.md explains every key.
study: {name}
description: One sentence about the study
protocol: {name}
data_cut: 2025-01-31  # the date of the data cut: all outputs carry it as their time stamp
raw:
  folder: raw      # where the raw files are, unless `build --raw` says otherwise
  subject: SUBJID  # the column that names the subject
  forms:
    dm: dm.csv     # a short name for each raw file: CSV, SAS, XPT, Excel, Parquet or ODM-XML
"""

CODELISTS = """\
# Collected value: submission value. CDISC's own terms need no line, in whatever case they come.
SEX:
  terms: {Female: F, Male: M}
# A term that CDISC's extensible codelist lacks:
# UNIT:
#   extend: {VP: Viral particles}
"""

DM = """\
# Demographics: one record per subject. STUDYID, DOMAIN and USUBJID are made by themselves.
domain: DM
source: dm  # the form that delivers the records
keys: [STUDYID, USUBJID]
variables:
  SUBJID:   {assign: SUBJID}
  SITEID:   {assign: SITE}
  RFICDTC:  {iso_datetime: CONSENTDT, format: DD-MON-YYYY}
  AGE:      {assign: AGE}
  AGEU:     {constant: YEARS}
  SEX:      {assign: SEX}
  ARMCD:    {assign: ARM, codelist: none}
  ARM:      {assign: ARM, codelist: none}
  ACTARMCD: {assign: ARM, codelist: none}
  ACTARM:   {assign: ARM, codelist: none}
  COUNTRY:  {constant: USA}
# A variable that you know of and cannot map yet; build refuses until it is mapped:
#   RACE:  {unmapped: Collected}
# A qualifier that the standard has no variable for goes to SUPPDM:
# supplemental:
#   RACEOTH: {assign: RACEOTH, label: Other Race}
"""

RAW_DM = """\
SUBJID,SITE,CONSENTDT,AGE,SEX,ARM
001,01,03-JAN-2025,54,Female,DRUG A
002,01,07-JAN-2025,61,Male,PLACEBO
"""


def blank_files(name: str) -> dict[str, str]:
    """Give the files of a new study, each by its path.

    Args:
        name: STUDYID.
    """
    return {
        "study.yaml": STUDY.format(name=name),
        "codelists.yaml": CODELISTS,
        "sdtm/dm.yaml": DM,
        "raw/dm.csv": RAW_DM,
    }
