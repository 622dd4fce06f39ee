"""The small study with what a package needs: trial summary and ADSL."""

from pathlib import Path
from textwrap import dedent

from tiny_study import SMALL_STUDY

TRIAL_SUMMARY = """
    domain: TS
    keys: [STUDYID, TSPARMCD, TSSEQ]
    records:
      - {TSSEQ: 1, TSPARMCD: SSTDTC, TSPARM: Study Start Date, TSVAL: 2025-01-15}
      - {TSSEQ: 1, TSPARMCD: ADDON, TSPARM: Added on to Existing Treatments, TSVAL: "N"}
      - {TSSEQ: 1, TSPARMCD: AGEMAX, TSPARM: Planned Maximum Age of Subjects, TSVALNF: PINF}
      - {TSSEQ: 1, TSPARMCD: AGEMIN, TSPARM: Planned Minimum Age of Subjects, TSVAL: P50Y}
      - {TSSEQ: 1, TSPARMCD: INTMODEL, TSPARM: Intervention Model, TSVAL: PARALLEL}
      - {TSSEQ: 1, TSPARMCD: INTTYPE, TSPARM: Intervention Type, TSVAL: DRUG}
      - {TSSEQ: 1, TSPARMCD: LENGTH, TSPARM: Trial Length, TSVAL: P26W}
      - {TSSEQ: 1, TSPARMCD: PCLAS, TSPARM: Pharmacologic Class, TSVAL: A class}
      - {TSSEQ: 1, TSPARMCD: PLANSUB, TSPARM: Planned Number of Subjects, TSVAL: 300}
      - {TSSEQ: 1, TSPARMCD: RANDOM, TSPARM: Trial is Randomized, TSVAL: "Y"}
      - {TSSEQ: 1, TSPARMCD: SEXPOP, TSPARM: Sex of Participants, TSVAL: BOTH}
      - {TSSEQ: 1, TSPARMCD: STOPRULE, TSPARM: Study Stop Rules, TSVALNF: NI}
      - {TSSEQ: 1, TSPARMCD: STYPE, TSPARM: Study Type, TSVAL: INTERVENTIONAL}
      - {TSSEQ: 1, TSPARMCD: TBLIND, TSPARM: Trial Blinding Schema, TSVAL: DOUBLE BLIND}
      - {TSSEQ: 1, TSPARMCD: TCNTRL, TSPARM: Control Type, TSVAL: PLACEBO}
      - {TSSEQ: 1, TSPARMCD: TINDTP, TSPARM: Trial Intent Type, TSVAL: TREATMENT}
      - {TSSEQ: 1, TSPARMCD: TITLE, TSPARM: Trial Title, TSVAL: Drug A in a few subjects}
      - {TSSEQ: 1, TSPARMCD: TPHASE, TSPARM: Trial Phase Classification, TSVAL: PHASE II TRIAL}
      - {TSSEQ: 1, TSPARMCD: TTYPE, TSPARM: Trial Type, TSVAL: EFFICACY}
    variables:
      TSVALNF:  {assign: TSVALNF}
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
      DM: [SUBJID, SITEID, AGE, AGEU, SEX, RACE, ARM, ARMCD, COUNTRY, RFSTDTC]
    variables:
      TRTSDT: {date: RFSTDTC, label: Date of First Exposure to Treatment}
      TRT01P: {assign: DM.ARM}
    """
DESCRIBED_SUBJECTS = """
          AGE:      {constant: 40}
          AGEU:     {constant: YEARS}
          RACE:     {constant: ASIAN}
          RFENDTC:  {latest: EX.EXENDTC}
          ACTARMCD: {constant: A}
          ACTARM:   {constant: Drug A}
        """
ENDS_OF_DOSES = """
          EXENDY:   {study_day: EXENDTC}
        """
SUBMITTED_STUDY = {
    **SMALL_STUDY,
    "sdtm/dm.yaml": SMALL_STUDY["sdtm/dm.yaml"].rstrip() + DESCRIBED_SUBJECTS,
    "sdtm/ex.yaml": SMALL_STUDY["sdtm/ex.yaml"].rstrip() + ENDS_OF_DOSES,
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
