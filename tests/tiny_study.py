"""A small study that tests bend: file name to text."""

from collections.abc import Callable
from pathlib import Path

SMALL_STUDY = {
    "study.yaml": """
        study: TINY
        data_cut: 2025-06-30
        raw:
          subject: SUBJ
          forms:
            dm: dm.csv
            ae: ae.csv
            ex: ex.csv
        """,
    "codelists.yaml": """
        SEX:
          terms: {Female: F, Male: M}
        NY:
          terms: {"Yes": Y, "No": N}
        """,
    "sdtm/dm.yaml": """
        domain: DM
        source: dm
        keys: [STUDYID, USUBJID]
        variables:
          SUBJID:   {assign: SUBJ}
          RFSTDTC:  {earliest: EX.EXSTDTC}
          RFXSTDTC: {earliest: EX.EXSTDTC}
          RFXENDTC: {latest: EX.EXENDTC}
          SITEID:   {constant: "01"}
          SEX:      {assign: SEX}
          ARMCD:    {constant: A}
          ARM:      {constant: Drug A}
          COUNTRY:  {constant: CHN}
        """,
    "sdtm/ae.yaml": """
        domain: AE
        source: ae
        keys: [STUDYID, USUBJID, AESEQ]
        variables:
          AESEQ:   {sequence_by: [AESTDTC, AETERM]}
          AETERM:  {upcase: TERM}
          AEDECOD: {upcase: TERM}
          AESER:   {assign: SERIOUS}
          AESTDTC: {iso_datetime: START, format: DD-MON-YYYY}
          AESTDY:  {study_day: AESTDTC}
        """,
    "sdtm/ex.yaml": """
        domain: EX
        source: ex
        keys: [STUDYID, USUBJID, EXSEQ]
        variables:
          EXSEQ:   {sequence_by: [EXSTDTC]}
          EXTRT:   {constant: DRUG A}
          EXDOSE:  {assign: DOSE}
          EXDOSU:  {constant: mg}
          EXSTDTC: {iso_datetime: START, format: DD-MON-YYYY}
          EXENDTC: {iso_datetime: START, format: DD-MON-YYYY}
          EXSTDY:  {study_day: EXSTDTC}
        """,
    "raw/dm.csv": """
        SUBJ,SEX
        001,Female
        002,Male
        """,
    "raw/ae.csv": """
        SUBJ,TERM,SERIOUS,START
        001,Nausea,No,03-MAR-2025
        001,Headache,Yes,01-MAR-2025
        002,Fatigue,No,UN-MAR-2025
        """,
    "raw/ex.csv": """
        SUBJ,DOSE,START
        001,80,02-MAR-2025
        001,80,16-MAR-2025
        002,40.5,05-MAR-2025
        """,
}

WriteStudy = Callable[..., Path]
