"""The small study with what a package needs: trial summary and ADSL."""

from pathlib import Path
from textwrap import dedent

from tiny_study import SMALL_STUDY

TRIAL_SUMMARY = """
    domain: TS
    keys: [STUDYID, TSPARMCD, TSSEQ]
    records:
      - {TSSEQ: 1, TSPARMCD: SSTDTC, TSPARM: Study Start Date, TSVAL: 2025-01-15}
    variables:
      TSSEQ:    {assign: TSSEQ}
      TSPARMCD: {assign: TSPARMCD}
      TSPARM:   {assign: TSPARM}
      TSVAL:    {assign: TSVAL}
    """
SUBJECT_LEVEL = """
    dataset: ADSL
    source: DM
    keys: [STUDYID, USUBJID]
    carried:
      DM: [SUBJID, SITEID, SEX, ARM, ARMCD, COUNTRY, RFSTDTC]
    variables:
      TRTSDT: {date: RFSTDTC, label: Date of First Exposure to Treatment}
      TRT01P: {assign: DM.ARM}
      AGE:    {constant: 40}
      AGEU:   {constant: YEARS}
      RACE:   {constant: ASIAN}
    """
SUBMITTED_STUDY = {
    **SMALL_STUDY,
    "study.yaml": dedent(SMALL_STUDY["study.yaml"]) + "dictionaries: {MedDRA: 26.0}\n",
    "sdtm/ts.yaml": TRIAL_SUMMARY,
    "adam/adsl.yaml": SUBJECT_LEVEL,
    "notes.md": "Not for the agency.\n",
}


def write_files(folder: Path, files: dict[str, str]) -> Path:
    """Write a study's files."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return folder
