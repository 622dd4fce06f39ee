"""Raw records that cannot be built from, and what must be said of each."""

import io
import zipfile

from broken_study import (
    AE,
    CODELISTS,
    DM,
    EX,
    RAW_AE,
    RAW_DM,
    RAW_EX,
    STUDY,
    add,
    case,
    drop,
    make_folder,
    put,
    swap,
)
from cases_specs import SYSBP, vs

BOMB = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><ODM>&c;</ODM>"""


def said(form: str, setting: str) -> tuple:
    """State a setting of the AE form."""
    return (swap(STUDY, "ae: ae.csv", f"ae: {{file: {form}, {setting}}}"),)


def named(file: str, content: bytes) -> tuple:
    """Put another file in the place of the AE form."""
    return swap(STUDY, "ae: ae.csv", f"ae: {file}"), put(f"raw/{file}", content)


def _zip_without_workbook() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as package:
        package.writestr("a.txt", "a")
    return data.getvalue()


FILES = [
    case(
        "a file that is not there",
        drop(RAW_AE),
        at="raw/ae.csv",
        says="no such file",
        remedy="did you mean",
    ),
    case(
        "no raw folder",
        add(STUDY, "  folder: elsewhere\n"),
        at="elsewhere/ae.csv",
        says="there is no folder",
        remedy="give the folder with --raw",
        faults=3,
    ),
    case(
        "a file outside that is no CSV",
        swap(STUDY, "ae: ae.csv", "ae: ../../../../../../../../../../bin/sh"),
        at="study.yaml:7",
        says="does not tell its format by its ending",
        remedy="state `format`",
    ),
    case(
        "a folder in place of a file",
        drop(RAW_AE),
        make_folder(RAW_AE),
        at="raw/ae.csv",
        says="is not a file",
        remedy="name the file itself",
    ),
    case("an empty file", put(RAW_AE, ""), at="raw/ae.csv", says="empty", remedy=""),
    case(
        "a file of blank lines",
        put(RAW_AE, "\n\n\n"),
        at="raw/ae.csv",
        says="empty",
        remedy="",
    ),
    case(
        "a column that is not there",
        swap(RAW_AE, "SERIOUS", "SERIOUSS"),
        at="raw/ae.csv line 1",
        says="no column 'SERIOUS'",
        remedy="did you mean 'SERIOUSS'",
    ),
    case(
        "several columns that are not there",
        put(RAW_AE, "SUBJ,A,B\n001,x,y\n"),
        at="raw/ae.csv line 1",
        says="no column 'TERM'",
        remedy="it has SUBJ, A, B",
        faults=3,
    ),
    case(
        "no column of subjects",
        swap(RAW_AE, "SUBJ,", "ID,"),
        at="raw/ae.csv line 1",
        says="no column 'SUBJ'",
        remedy="it has ID, TERM",
    ),
    case(
        "a column that two have",
        swap(RAW_AE, "SERIOUS,START", "SERIOUS,SERIOUS"),
        at="raw/ae.csv line 1",
        says="columns 3 and 4 are both 'SERIOUS'",
        remedy="rename or delete one of them",
        faults=2,
    ),
    case(
        "a column without a name",
        swap(RAW_AE, "SERIOUS,START", "SERIOUS,START,"),
        swap(RAW_AE, "03-MAR-2025", "03-MAR-2025,x"),
        swap(RAW_AE, "01-MAR-2025", "01-MAR-2025,"),
        swap(RAW_AE, "UN-MAR-2025", "UN-MAR-2025,"),
        at="raw/ae.csv line 1",
        says="column 5 has values and no name",
        remedy="name it in the header",
    ),
    case(
        "a line with a value too many",
        swap(RAW_AE, "Nausea,", "Nausea, mild,"),
        at="raw/ae.csv line 2",
        says="5 fields where the header has 4",
        remedy="",
    ),
    case(
        "a line with a value too few",
        swap(RAW_AE, "Headache,Yes,", "Headache,"),
        at="raw/ae.csv line 3",
        says="3 fields where the header has 4",
        remedy="",
    ),
    case(
        "a quotation without end",
        swap(RAW_AE, "Headache", '"Headache'),
        at="raw/ae.csv line 3",
        says="quot",
        remedy="",
    ),
    case(
        "a NUL in a file",
        put(RAW_AE, b"SUBJ,TERM,SERIOUS,START\n001,Nau\0sea,No,03-MAR-2025\n"),
        at="raw/ae.csv line 2",
        says="NUL",
        remedy="",
    ),
    case(
        "another encoding than was stated",
        *said("ae.csv", "encoding: utf-8"),
        put(RAW_AE, "SUBJ,TERM,SERIOUS,START\n001,Übelkeit,No,03-MAR-2025\n".encode("cp1252")),
        at="raw/ae.csv line 2",
        says="not utf-8",
        remedy="",
    ),
    case(
        "an unknown encoding",
        *said("ae.csv", "encoding: latin-99"),
        at="study.yaml:7",
        says="latin-99",
        remedy="",
    ),
    case(
        "a delimiter of two characters",
        *said("ae.csv", "delimiter: ';;'"),
        at="study.yaml:7",
        says=";;",
        remedy="",
    ),
    case(
        "another delimiter than was stated",
        *said("ae.csv", "delimiter: ';'"),
        at="raw/ae.csv line 1",
        says="no column 'SUBJ'",
        remedy="",
        faults=4,
    ),
    case(
        "an unknown format",
        *said("ae.csv", "format: sas"),
        at="study.yaml:7",
        says="unknown format 'sas'",
        remedy="did you mean 'sas7bdat'",
    ),
    case(
        "a setting of another format",
        *said("ae.csv", "sheet: AE"),
        at="study.yaml:7",
        says="`sheet` does not apply to csv",
        remedy="leave it out",
    ),
    case(
        "a header row beyond the end",
        *said("ae.csv", "header_row: 99"),
        at="raw/ae.csv",
        says="99",
        remedy="header_row",
    ),
    case(
        "an unknown ending",
        *named("ae.doc", b"SUBJ\n001\n"),
        at="study.yaml:7",
        says="'ae.doc' does not tell its format by its ending",
        remedy="state `format`",
    ),
    case(
        "text in place of a workbook",
        *named("ae.xlsx", b"SUBJ\n001\n"),
        at="raw/ae.xlsx",
        says="cannot be read as a workbook",
        remedy="open it in Excel and save it again",
    ),
    case(
        "a ZIP in place of a workbook",
        *named("ae.xlsx", _zip_without_workbook()),
        at="raw/ae.xlsx",
        says="cannot be read as a workbook",
        remedy="open it in Excel and save it again",
    ),
    case(
        "text in place of a SAS dataset",
        *named("ae.sas7bdat", b"SUBJ\n001\n" * 500),
        at="raw/ae.sas7bdat",
        says="SAS",
        remedy="",
    ),
    case(
        "text in place of a transport file",
        *named("ae.xpt", b"SUBJ\n001\n" * 500),
        at="raw/ae.xpt",
        says="is not a SAS transport file",
        remedy="",
    ),
    case(
        "text in place of Parquet",
        *named("ae.parquet", b"SUBJ\n001\n" * 500),
        at="raw/ae.parquet",
        says="Parquet",
        remedy="",
    ),
    case(
        "text in place of XML",
        *named("ae.xml", b"SUBJ\n001\n" * 500),
        at="raw/ae.xml line 1",
        says="XML",
        remedy="",
    ),
    case(
        "XML that is no ODM",
        *named("ae.xml", b"<html/>"),
        at="raw/ae.xml",
        says="ODM",
        remedy="",
    ),
    case(
        "XML that unfolds to more and more",
        *named("ae.xml", BOMB),
        at="raw/ae.xml",
        says="is not ODM-XML",
        remedy="export it",
    ),
    case(
        "faults in several files",
        drop(RAW_EX),
        swap(RAW_AE, "SERIOUS", "SERIOUSS"),
        put(RAW_DM, ""),
        at="raw/ex.csv",
        says="no such file",
        remedy="",
        faults=3,
    ),
]

RECORDS = [
    case(
        "a record without a subject",
        swap(RAW_AE, "002,Fatigue", ",Fatigue"),
        at="raw/ae.csv line 4",
        says="the record has no subject in SUBJ",
        remedy="every record belongs to a subject",
    ),
    case(
        "a subject of blanks",
        swap(RAW_AE, "002,Fatigue", "  ,Fatigue"),
        at="raw/ae.csv line 4",
        says="the record has no subject in SUBJ",
        remedy="every record belongs to a subject",
    ),
    case(
        "records without a subject in two files",
        swap(RAW_AE, "002,Fatigue", ",Fatigue"),
        swap(RAW_EX, "002,40.5", ",40.5"),
        at="raw/ex.csv line 4",
        says="the record has no subject in SUBJ",
        remedy="every record belongs to a subject",
        faults=2,
    ),
    case(
        "a subject with a letter beyond ASCII",
        swap(RAW_DM, "002,Male", "00É,Male"),
        at="DM.USUBJID record 2 (STUDYID=TINY, USUBJID=TINY-00É)",
        says="'É'",
        remedy="",
        faults=2,
    ),
    case(
        "a subject with two records of demographics",
        add(RAW_DM, "002,Female\n"),
        at="ae.yaml:10 AESTDY",
        says="DM.RFSTDTC has several values per subject, as in dm.csv record 2, 3",
        remedy="say which record",
        faults=2,
    ),
    case(
        "two values of a subject",
        swap(AE, "upcase: TERM}\n  AEDECOD", "upcase: ex.DOSE}\n  AEDECOD"),
        at="ae.yaml:6 AETERM",
        says="ex.DOSE has several values per subject, as in ex.csv record 1, 2",
        remedy="say which record: first, last, earliest, latest or exists",
    ),
    case(
        "two values of a subject in a source's condition",
        swap(AE, "source: ae", "sources: {a: {from: ae, where: ex.DOSE is not missing}}"),
        at="ae.yaml:2 source a",
        says="ex.DOSE has several values per subject",
        remedy="say which record",
    ),
    case(
        "two records to join",
        swap(AE, "source: ae", "sources: {a: {from: ae, join: {ex: {START: START}}}}"),
        swap(AE, "assign: SERIOUS", "assign: ex.DOSE, codelist: none"),
        swap(RAW_EX, "16-MAR-2025", "02-MAR-2025"),
        swap(EX, "sequence_by: [EXSTDTC]", "sequence_by: [EXSTDTC], ties: first"),
        at="ae.yaml:2",
        says="ex has several records with the same keys, as in ex.csv record 1, 2",
        remedy="join on more columns",
    ),
    case(
        "records that tie in their number",
        add(RAW_AE, "001,Nausea,No,03-MAR-2025\n"),
        at="ae.yaml:5 AESEQ",
        says="records of one subject tie on AESTDTC, AETERM (ae.csv record 1, 4)",
        remedy="add a key that tells them apart, or say `ties: first`",
    ),
    case(
        "a first record that ties",
        swap(
            DM,
            "RFXSTDTC: {earliest: EX.EXSTDTC}",
            "RFXSTDTC: {first: EX.EXSTDTC, order: EXTRT}",
        ),
        at="dm.yaml:7 EX.EXSTDTC",
        says="so that the first one is not certain (ex.csv record 1, 2)",
        remedy="add a key to `order`",
    ),
    case(
        "a baseline that ties",
        *vs(
            "tests:\n"
            + SYSBP.replace("mmHg}", "mmHg}\n    VSDTC: {iso_datetime: D, format: YYYY-MM-DD}")
        ),
        add(
            "sdtm/vs.yaml",
            "  VSLOBXFL: {last_before: VSDTC, result: VSORRES, by: VSTESTCD}\n",
        ),
        swap("sdtm/vs.yaml", "[VSTESTCD]}", "[VSTESTCD], ties: first}"),
        put("raw/vs.csv", "SUBJ,SYS,D\n001,120,2025-03-01\n001,130,2025-03-01\n"),
        at="vs.yaml:11 VSLOBXFL",
        says="another record has the same date",
        remedy="say `ties: last`",
    ),
]

VALUES = [
    case(
        "a value without a term",
        swap(RAW_DM, "Female", "Femail"),
        at="dm.yaml:10 DM.SEX",
        says="collected values without a submission value in SEX: 'Femail' (dm.csv record 1)",
        remedy="under `SEX: terms:`",
    ),
    case(
        "a value of another codelist",
        swap(RAW_AE, "Headache,Yes", "Headache,Ye"),
        at="ae.yaml:8 AE.AESER",
        says="'Ye' (ae.csv record 2)",
        remedy='"Ye": ',
    ),
    case(
        "a date in another order",
        swap(RAW_AE, "03-MAR-2025", "2025-03-03"),
        at="ae.yaml:9 AESTDTC",
        says="'2025-03-03' does not fit the format DD-MON-YYYY (ae.csv record 1)",
        remedy="add the form it is written in",
    ),
    case(
        "a date that the calendar lacks",
        swap(RAW_AE, "03-MAR-2025", "31-FEB-2025"),
        at="ae.yaml:9 AESTDTC",
        says="'31-FEB-2025' does not fit the format DD-MON-YYYY",
        remedy="correct the date",
    ),
    case(
        "a number in words",
        swap(RAW_EX, "40.5", "forty"),
        at="ex.yaml:7 EX.EXDOSE",
        says="'forty' is not a number (ex.csv record 3)",
        remedy="correct the record",
    ),
    case(
        "a number with a comma",
        swap(RAW_EX, "40.5", '"40,5"'),
        at="ex.yaml:7 EX.EXDOSE",
        says="'40,5' is not a number",
        remedy="correct the record",
    ),
    case(
        "a number without end",
        swap(RAW_EX, "40.5", "1e999"),
        at="ex.yaml:7 EX.EXDOSE",
        says="'1e999' is not a number",
        remedy="correct the record",
    ),
    case(
        "NaN for a number",
        swap(RAW_EX, "40.5", "NaN"),
        at="ex.yaml:7 EX.EXDOSE",
        says="'NaN' is not a number",
        remedy="correct the record",
    ),
    case(
        "a number that no transport file holds",
        swap(RAW_EX, "40.5", str(2**252)),
        at="EX.EXDOSE record 3 (STUDYID=TINY, USUBJID=TINY-002, EXSEQ=1)",
        says="the largest number",
        remedy="give it in a larger unit",
    ),
    case(
        "a number too near to zero",
        swap(RAW_EX, "40.5", "1e-80"),
        at="EX.EXDOSE record 3 (STUDYID=TINY, USUBJID=TINY-002, EXSEQ=1)",
        says="is nearer to zero than",
        remedy="give it in a smaller unit",
    ),
    case(
        "an integer that a number cannot hold",
        swap(RAW_EX, "40.5", "9007199254740993"),
        at="ex.yaml:7 EX.EXDOSE",
        says="'9007199254740993' has more digits than a number holds exactly",
        remedy="make the variable Char",
    ),
    case(
        "a letter beyond ASCII",
        swap(RAW_AE, "Nausea", "Übelkeit"),
        at="AE.AETERM record 2 (STUDYID=TINY, USUBJID=TINY-001, AESEQ=2)",
        says="'Ü'",
        remedy="",
        faults=2,
    ),
    case(
        "a text longer than was stated",
        swap(AE, "AETERM:  {upcase: TERM", "AETERM:  {length: 5, upcase: TERM"),
        at="AE.AETERM",
        says="has values of 8 bytes, and the spec states a length of 5",
        remedy="raise `length`",
    ),
    case(
        "texts longer than was stated in two datasets",
        swap(AE, "AETERM:  {upcase: TERM", "AETERM:  {length: 5, upcase: TERM"),
        swap(EX, "constant: DRUG A", "constant: DRUG A, length: 3"),
        at="EX.EXTRT",
        says="has values of 6 bytes, and the spec states a length of 3",
        remedy="raise `length`",
        faults=2,
    ),
    case(
        "a condition on what is no number",
        swap(EX, "assign: DOSE", "assign: DOSE, where: DOSE GT 50"),
        swap(RAW_EX, "40.5", "ND"),
        at="ex.yaml:7",
        says='where DOSE GT 50: DOSE is compared as a number and holds "ND"',
        remedy="keep them out first",
    ),
    case(
        "a source's condition on what is no number",
        swap(EX, "source: ex", "sources: {a: {from: ex, where: DOSE GT 50}}"),
        swap(RAW_EX, "40.5", "ND"),
        at="ex.yaml:2",
        says='DOSE is compared as a number and holds "ND"',
        remedy="keep them out first",
        faults=2,
    ),
    case(
        "a number compared with text",
        swap(EX, "constant: DRUG A", "constant: DRUG A, where: 'EXDOSE EQ \"80\"'"),
        at="ex.yaml:6",
        says="EXDOSE is numeric and is compared with text",
        remedy="compare it with a number",
    ),
    case(
        "a value beyond the ranking",
        swap(AE, "assign: SERIOUS", "highest_ranked: SERIOUS, ranking: ['Yes']"),
        at="ae.yaml:8 AESER",
        says="'No' (2 records) is not in the ranking",
        remedy="add it to `ranking` at its place",
    ),
    case(
        "a study's own codelist without a value",
        add(CODELISTS, "TRT:\n  terms: {A: DRUG A}\n"),
        swap(EX, "constant: DRUG A", "assign: DOSE, codelist: TRT"),
        at="ex.yaml:6 EX.EXTRT",
        says="collected values without a submission value in TRT: '80' (2 records), '40.5'",
        remedy='"80": ',
    ),
    case(
        "faults in four variables of three datasets",
        swap(RAW_DM, "Female", "Femail"),
        swap(RAW_AE, "Headache,Yes", "Headache,Ye"),
        swap(RAW_AE, "03-MAR-2025", "2025-03-03"),
        swap(RAW_EX, "40.5", "forty"),
        at="ex.yaml:7 EX.EXDOSE",
        says="'forty' is not a number",
        remedy="correct the record",
        faults=4,
    ),
]

OWN = "sdtm/own.yaml"
HEADER = (
    "import pandas as pd\nfrom sdtmconv.mapping.registry import Column, Records, derivation\n\n"
)


def own(body: str, annotation: str = "Column", rule: str = "mine: SERIOUS") -> tuple:
    """Let AESER be made by a function of the study; its body is in line 7."""
    return (
        put(
            "derivations.py",
            f"{HEADER}@derivation('mine', method='Made of {{x}}.')\n"
            f"def mine(x: {annotation}) -> pd.Series:\n    {body}\n",
        ),
        swap(AE, "assign: SERIOUS", rule),
    )


FUNCTIONS = [
    case(
        "a function that stops",
        *own("return x.str.nothing()"),
        at="ae.yaml:8 AESER",
        says="derivations.py:6 stops with AttributeError",
        remedy="mend the function",
    ),
    case(
        "a function that gives nothing",
        *own("pass"),
        at="ae.yaml:8 AESER",
        says="it gives NoneType, and not a Series",
        remedy="mend the function",
    ),
    case(
        "a function that gives too few values",
        *own("return x.head(1)"),
        at="ae.yaml:8 AESER",
        says="mine gives 1 values for 3",
        remedy="mend the function",
    ),
    case(
        "a function that recurses",
        *own("return mine(x)"),
        at="ae.yaml:8 AESER",
        says="derivations.py:6 stops with RecursionError",
        remedy="mend the function",
    ),
    case(
        "a function over other records that stops",
        *own("return x[0].values[99]", "Records", "mine: ex.DOSE"),
        at="ae.yaml:8 ex.DOSE",
        says="derivations.py:6 stops with KeyError",
        remedy="mend the function",
    ),
    case(
        "a function over other records that gives too many values",
        *own("return x[0].values", "Records", "mine: ex.DOSE"),
        at="ae.yaml:8 ex.DOSE",
        says="mine gives 3 values for 2",
        remedy="mend the function",
    ),
]

CASES = [*FILES, *RECORDS, *VALUES, *FUNCTIONS]
