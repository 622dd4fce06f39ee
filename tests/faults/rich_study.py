"""A small study that says something in every way that the spec language has."""

STUDY = {
    "study.yaml": """
        study: RICH
        description: A study
        data_cut: 2025-06-30
        standards: {SDTMIG: 3.4, SDTM CT: 2022-09-30}
        dictionaries: {MedDRA: 26.0}
        usubjid: "{study}-{subject}"
        raw:
          folder: raw
          subject: SUBJ
          forms:
            dm: dm.csv
            ae: {file: ae.csv, delimiter: ",", encoding: utf-8}
            ex: ex.csv
            vs: {file: vs.csv, collected_by: Subject, header_row: 1}
            lb:
              file: lb.csv
              unique_by: [SUBJ, TEST, DATE]
              not_submitted: {LAB: the same on every record}
        """,
    "codelists.yaml": """
        SEX:
          terms: {Female: F, Male: M}
        NY:
          terms: {"Yes": Y, "No": N}
        VISITNUM:
          terms: {Day 1: "1", Day 8: "2"}
          decodes: {"1": First, "2": Second}
        UNIT:
          extend: {PUFF2: Two puffs}
        """,
    "sdtm/dm.yaml": """
        domain: DM
        source: dm
        keys: [STUDYID, USUBJID]
        variables:
          SUBJID:   {part: SUBJ, separator: "-", number: 1}
          RFSTDTC:  {earliest: EX.EXSTDTC}
          RFXSTDTC: {first: EX.EXSTDTC, order: [EXSTDTC, EXSEQ], among: EXDOSE GT 0}
          RFXENDTC: {latest: [EX.EXENDTC, EX.EXSTDTC]}
          DTHFL:    {exists: AE.AETERM, among: 'AETERM EQ "DEATH"'}
          SITEID:   {constant: "01"}
          SEX:      {assign: SEX}
          ARMCD:    {constant: A}
          ARM:      {concat: [ARMCD, SITEID], separator: " "}
          COUNTRY:  {constant: CHN}
        """,
    "sdtm/ae.yaml": """
        domain: AE
        label: Adverse Events
        sources:
          own:
            from: ae
            where: TERM is not missing and not (TERM EQ "None")
            join: {dm: SUBJ}
            variables:
              AETERM:  {upcase: TERM}
          doses:
            from: ex
            where: DOSE GT 80 or START is missing
            join: {dm: {SUBJ: SUBJ}}
            variables:
              AETERM:  {constant: OVERDOSE}
        keys: [STUDYID, USUBJID, AESEQ]
        variables:
          AESEQ:   {sequence_by: [AESTDTC, AETERM], ties: first}
          AEDECOD: {assign: AETERM, comment: As collected.}
          AESER:
            - {constant: Y, where: AETERM EQ "OVERDOSE", origin: Assigned}
            - {constant: N}
          AESTDTC: {iso_datetime: START, format: DD-MON-YYYY or YYYY}
          AESTDY:  {study_day: AESTDTC}
          AEENDY:  {study_day: AESTDTC, reference: DM.RFXSTDTC, pages: [7, 8], length: 8}
        supplemental:
          AEFIRST: {constant: "Y", where: AESEQ EQ 1, label: First Event, evaluator: SPONSOR}
          AESEX:   {assign: dm.SEX, label: Sex, codelist: SEX}
        """,
    "sdtm/ex.yaml": """
        domain: EX
        source: ex
        keys: [STUDYID, USUBJID, EXSEQ]
        variables:
          EXSEQ:   {sequence_by: [EXSTDTC], ties: first}
          EXTRT:   {constant: DRUG A}
          EXDOSE:  {calculate: DOSE * 1.5}
          EXDOSU:  {constant: mg}
          EXSTDTC: {iso_datetime: [START, AT], format: [DD-MON-YYYY, "HH:MM"]}
          EXENDTC: {iso_datetime: START, format: DD-MON-YYYY}
          EXSTDY:  {study_day: EXSTDTC}
        """,
    "sdtm/vs.yaml": """
        domain: VS
        source: vs
        keys: [STUDYID, USUBJID, VSTESTCD, VISITNUM]
        tests:
          SYSBP:
            VSORRES:  {assign: SYS}
            VSORRESU: {constant: mmHg}
            VSSTRESN: {number_part: VSORRES}
            VSSTRESU: {constant: mmHg}
          TEMP:
            where: TEMP NOTIN ("ND", "NK")
            VSORRES:  {assign: TEMP}
            VSORRESU: {constant: F}
            VSSTRESN: {convert_unit: VSORRES, unit: VSORRESU, to: VSSTRESU, digits: 1}
            VSSTRESU: {constant: C}
        variables:
          VSSEQ:    {sequence_by: [VSTESTCD, VISITNUM]}
          VSSTRESC: {assign: VSSTRESN}
          VSLOBXFL: {last_before: VSDTC, result: VSORRES, by: VSTESTCD, ties: last}
          VISITNUM: {assign: VISNAME, codelist: VISITNUM}
          VISIT:    {upcase: VISNAME}
          VSPOS:    {highest_ranked: [POS, POS2], ranking: [SITTING, STANDING]}
          VSDTC:    {iso_datetime: DATE, format: YYYY-MM-DD}
        """,
    "sdtm/tv.yaml": """
        domain: TV
        keys: [STUDYID, ARMCD, VISITNUM]
        records:
          - {VISITNUM: 1, VISIT: DAY 1, TVSTRL: The first dose}
          - {VISITNUM: 2, VISIT: DAY 8, TVSTRL: A week later}
        """,
    "sdtm/sv.yaml": """
        domain: SV
        source: vs
        keys: [STUDYID, USUBJID, VISITNUM]
        kept_by: SVSTDTC
        intermediate:
          NAMED: {upcase: VISNAME}
        variables:
          VISITNUM: {number_visits: NAMED, date: SVSTDTC}
          VISIT:    {concat: [NAMED], prefix: "At "}
          SVSTDTC:  {iso_datetime: DATE, format: YYYY-MM-DD}
          SVENDTC:
            - {next: SVSTDTC, order: SVSTDTC}
            - {assign: SVSTDTC}
        """,
    "sdtm/lb.yaml": """
        domain: LB
        source: lb
        keys: [STUDYID, USUBJID, LBTESTCD, LBDTC]
        variables:
          LBSEQ:    {sequence_by: [LBTESTCD, LBDTC]}
          LBTESTCD: {assign: TEST}
          LBTEST:   {constant: Creatinine}
          LBCAT:    {text_part: TEST, number: 1}
          LBORRES:  {assign: RESULT}
          LBORRESU: {constant: mg/dL}
          LBORNRLO: {assign: LOW}
          LBSTRESC: {convert_unit: LBORRES, unit: LBORRESU, to: LBSTRESU, test: LBTESTCD}
          LBSTRESN: {number_part: LBSTRESC}
          LBSTRESU: {constant: umol/L}
          LBSTNRLO: {calculate: "round(LOW * 88.4, 1)"}
          LBNRIND:  {range_indicator: LBSTRESC, low: LBSTNRLO, high: LBSTNRHI}
          LBSTNRHI: {constant: "110"}
          LBBLFL:   {flag_first: LBTESTCD, order: LBDTC, ties: first}
          LBDTC:    {iso_datetime: DATE, format: YYYY-MM-DD}
          VISIT:    {lookup: DATE, keys: vs.DATE, value: vs.VISNAME}
          VISITNUM:
            visit_number: VISIT
            date: LBDTC
        """,
    "adam/adx.yaml": """
        dataset: ADX
        label: Analysis
        structure: One record per subject
        source: DM
        keys: [STUDYID, USUBJID]
        variables:
          SEX:   {assign: SEX, label: Sex}
          DOSES: {last: EX.EXDOSE, order: EXSEQ, label: Last Dose, type: Num}
        """,
    "raw/dm.csv": "SUBJ,SEX\n001-x,Female\n002-y,Male\n",
    "raw/ae.csv": """
        SUBJ,TERM,START
        001-x,Nausea,03-MAR-2025
        001-x,Headache,
        002-y,None,UN-MAR-2025
        """,
    "raw/ex.csv": """
        SUBJ,DOSE,START,AT
        001-x,80,02-MAR-2025,08:30
        001-x,120,16-MAR-2025,
        002-y,40.5,05-MAR-2025,UN:UN
        """,
    "raw/vs.csv": """
        SUBJ,VISNAME,SYS,TEMP,POS,POS2,DATE
        001-x,Day 1,120,98.6,SITTING,,2025-03-01
        001-x,Day 8,<90,ND,,STANDING,2025-03-08
        002-y,Day 1,,99,SITTING,STANDING,2025-03-05
        """,
    "raw/lb.csv": """
        SUBJ,TEST,RESULT,LOW,DATE,LAB
        001-x,CREAT,0.9,0.5,2025-03-01,X
        001-x,CREAT,0.9,0.5,2025-03-01,X
        001-x,CREAT,<0.1,0.5,2025-03-08,X
        002-y,CREAT,,0.5,2025-03-05,X
        """,
}
