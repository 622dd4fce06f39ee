"""The raw files: their columns, as an EDC and the vendors name them, and what they mean.

Whoever maps the study works from this table; a test holds it against the files that are written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Format = Literal["csv", "odm", "xlsx", "xpt"]


@dataclass(frozen=True)
class Form:
    """One raw file.

    Args:
        name: Name of the form, and of the file without its extension.
        record: What one record is.
        columns: Column name to meaning, in the order in the file.
        format: How it is delivered.
    """

    name: str
    record: str
    columns: dict[str, str]
    format: Format = "csv"

    @property
    def file(self) -> str:
        """The file's name."""
        return f"{self.name}.{'xml' if self.format == 'odm' else self.format}"


_SUBJECT = {
    "STUDYID": "Study",
    "SITEID": "Site number",
    "SUBJID": "Subject: site and number, 03-00017",
}


def _infusion_columns(prefix: str) -> dict[str, str]:
    columns = {
        "YN": "Infusion given (Yes/No)",
        "REAS": "Why it was not given",
        "STDAT": "Start date, DD-MON-YYYY",
        "STTIM": "Start time, HH:MM; sometimes missing",
        "ENDAT": "End date, DD-MON-YYYY",
        "ENTIM": "End time, HH:MM; sometimes missing",
        "INT": "Infusion interrupted (Yes/No)",
        "INTRE": "Why it was interrupted",
    }
    return {prefix + name: meaning for name, meaning in columns.items()}


_SAMPLE = {
    "STUDY": "Study",
    "SUBJECT": "Subject, as SUBJID",
    "VISIT": "Visit",
    "SAMPID": "Sample number",
}
_NOMINAL = {
    "DOSENO": "Injection of monotherapy to which TPT refers (1 or 2)",
    "TPT": "Nominal time (Pre-dose, 0.5 h post-dose)",
    "NOMTIME": "Nominal hours after that injection; 0 before it",
}


def _unit(item: str) -> dict[str, str]:
    return {f"{item}.UNIT": f"Unit of {item}"}


FORMS = (
    Form(
        "dm",
        "subject",
        _SUBJECT
        | {
            "COUNTRY": "Country",
            "RFICDAT": "Date of informed consent, DD-MON-YYYY",
            "BRTHYR": "Year of birth",
            "AGE": "Age at consent, years",
            "SEX": "Sex (Male/Female)",
            "RACE": "Race",
            "ETHNIC": "Hispanic or Latino, or Not Hispanic or Latino; empty where not said",
            "ENRLYN": "Enrolled (Yes/No)",
            "ENRLDAT": "Date of enrolment, DD-MON-YYYY",
            "STPART": "Dose escalation or Dose expansion",
            "COHORT": "Escalation cohort (Cohort 1)",
            "DOSELVL": "Dose level assigned (Dose level 2: 5x10^8 VP)",
            "REPLSUBJ": "Subject that this one replaces",
        },
    ),
    Form(
        "sv",
        "visit or survival contact",
        _SUBJECT
        | {
            "VISIT": "Visit; several may be Unscheduled",
            "VISOCC": "1; 2 for the repeat of a visit",
            "VISYN": "Visit made (Yes/No)",
            "VISDAT": "Date, DD-MON-YYYY",
            "VISMODE": "On site or Telephone",
            "VISREAS": "Why it was not made, unscheduled or repeated",
        },
    ),
    Form(
        "ec_hai",
        "infusion of BioTTT001, planned or given",
        _SUBJECT
        | {
            "PHASE": "Monotherapy or Combination",
            "VISIT": "Visit",
            "HAITRT": "Drug",
            "HAIPDOSE": "Planned dose, chosen from 5x10^7, 5x10^8, 5x10^9, 1x10^10",
            "HAIADOSE": "Actual dose, 3.5E+07",
            "HAIUNIT": "Unit of both doses (VP, viral particles)",
            "HAIVOL": "Volume infused, mL; 20 is planned",
        }
        | _infusion_columns("HAI")
        | {"HAIADJ": "Actual dose differs from the planned (Yes/No)"},
    ),
    Form(
        "ec_iv",
        "infusion of toripalimab, planned or given",
        _SUBJECT
        | {
            "VISIT": "Visit",
            "IVTRT": "Drug",
            "IVPDOSE": "Planned dose",
            "IVADOSE": "Actual dose",
            "IVUNIT": "Unit of both doses",
        }
        | _infusion_columns("IV"),
    ),
    Form(
        "ec_po",
        "interval of constant daily dose of regorafenib",
        _SUBJECT
        | {
            "POLINE": "Line number",
            "CYCLE": "Cycle",
            "POTRT": "Drug",
            "POPDOSE": "Planned daily dose",
            "POADOSE": "Actual daily dose; 0 while interrupted",
            "POUNIT": "Unit of both doses",
            "POFREQ": "Frequency",
            "POSTDAT": "First day, DD-MON-YYYY or UN-MON-YYYY",
            "POENDAT": "Last day, DD-MON-YYYY",
            "POONGO": "Still going on at the data cut (Yes/No)",
            "POCHG": "What changed at the start of the interval",
            "POREAS": "Why",
        },
    ),
    Form(
        "ae",
        "adverse event",
        _SUBJECT
        | {
            "AELINE": "Line number",
            "AETERM": "Term as the investigator wrote it; in Chinese at site 03",
            "AELLT": "MedDRA lowest level term",
            "AEPT": "MedDRA preferred term",
            "AESOC": "MedDRA system organ class",
            "AESOCCD": "Its code",
            "AESTDAT": "Start date, DD-MON-YYYY, UN-MON-YYYY, YYYY or empty",
            "AESTTIM": "Start time, HH:MM; mostly missing",
            "AEPRIOR": "Began before the first dose (Yes/No)",
            "AEENDAT": "End date, DD-MON-YYYY, UN-MON-YYYY or YYYY; empty while it goes on",
            "AEONGO": "Ongoing (Yes/No)",
            "AETOXGR": "CTCAE 5.0 grade (Grade 2)",
            "AESER": "Serious (Yes/No)",
            "AESDTH": "Results in death; this and the next five are asked when serious",
            "AESLIFE": "Is life threatening",
            "AESHOSP": "Requires or prolongs hospitalisation",
            "AESDISAB": "Persistent or significant disability",
            "AESCONG": "Congenital anomaly",
            "AESMIE": "Other medically important event",
            "AERELV": "Relation to BioTTT001",
            "AEACNV": "Action taken with BioTTT001",
            "AERELT": "Relation to toripalimab; empty before the combination",
            "AEACNT": "Action taken with toripalimab",
            "AERELR": "Relation to regorafenib; empty before the combination",
            "AEACNR": "Action taken with regorafenib",
            "AEDLT": "Dose-limiting toxicity (Yes/No)",
            "AEDLTPH": "Phase of the dose-limiting toxicity",
            "AEOUT": "Outcome",
            "AECONTRT": "Concomitant treatment given (Yes/No)",
            "AECOM": "Comment, in Chinese at site 03; the field takes 200 bytes",
            "AENARR": "What happened, at length; in Chinese at site 03",
        },
    ),
    Form(
        "dlt",
        "subject and phase entered",
        _SUBJECT
        | {
            "DLTPH": "Phase",
            "DLTEVAL": "DLT-evaluable (Yes/No)",
            "DLTNEREA": "Why not evaluable",
            "DLTYN": "Dose-limiting toxicity (Yes/No), for the evaluable",
            "DLTDAT": "Date of the assessment, DD-MON-YYYY",
        },
    ),
    Form(
        "ds",
        "milestone or end of a phase",
        _SUBJECT
        | {
            "DSLINE": "Line number",
            "DSEVENT": "What happened",
            "DSPHASE": "Phase that ended",
            "DSYN": "Completed (Yes/No)",
            "DSREAS": "Why not completed",
            "DSSPEC": "Free text to the reason; in Chinese at site 03",
            "DSDAT": "Date, DD-MON-YYYY",
        },
    ),
    Form(
        "fu",
        "survival contact",
        _SUBJECT
        | {
            "VISIT": "Survival FU 1-8; empty for contacts out of turn",
            "FUDAT": "Date of the contact, DD-MON-YYYY",
            "FUSTAT": "Alive, Dead or Unknown (not reached)",
            "FUMODE": "Telephone or Medical record",
            "FUNEWTX": "New anti-cancer therapy since the last dose (Yes/No)",
            "FUTXNAME": "Its name",
            "FUTXDAT": "Its start, DD-MON-YYYY",
        },
    ),
    Form(
        "dth",
        "death",
        _SUBJECT
        | {
            "DTHDAT": "Date of death, DD-MON-YYYY, always complete",
            "DTHCAUS": "Cause",
            "DTHTERM": "Adverse event that caused it",
        },
    ),
    Form(
        "ie",
        "criterion not met",
        _SUBJECT
        | {
            "IENO": "Identifier of the criterion",
            "IECAT": "Inclusion or Exclusion",
            "IETEXT": "The criterion",
            "IEMET": "Criterion fulfilled: No for an inclusion, Yes for an exclusion criterion",
            "IEDAT": "Date, DD-MON-YYYY",
        },
    ),
    Form(
        "mh",
        "condition that began before consent",
        _SUBJECT
        | {
            "MHLINE": "Line number",
            "MHCAT": "Cancer history or Medical history",
            "MHTERM": "Term as the investigator wrote it; in Chinese at site 03",
            "MHPT": "MedDRA preferred term",
            "MHSOC": "MedDRA system organ class",
            "MHSTDAT": "Start date, DD-MON-YYYY, UN-MON-YYYY, YYYY or empty",
            "MHENDAT": "End date, as MHSTDAT",
            "MHONGO": "Ongoing (Yes/No)",
        },
    ),
    Form(
        "cm",
        "treatment",
        _SUBJECT
        | {
            "CMLINE": "Line number",
            "CMCAT": "Prior anti-cancer therapy or Concomitant medication",
            "CMTRT": "Treatment as the investigator wrote it",
            "CMDECOD": "Standard name",
            "CMINDC": "Indication",
            "CMDOSE": "Dose",
            "CMDOSU": "Unit of the dose",
            "CMFREQ": "Frequency",
            "CMROUTE": "Route",
            "CMSTDAT": "Start date, DD-MON-YYYY, UN-MON-YYYY, YYYY or empty",
            "CMPRIOR": "Begun before consent (Yes/No)",
            "CMENDAT": "End date, as CMSTDAT",
            "CMONGO": "Ongoing (Yes/No)",
            "CMAELINE": "Line number of the adverse event for which it was given",
        },
    ),
    Form(
        "vs",
        "visit, and repeated measurement",
        {
            "STUDYOID": "Study",
            "SITEOID": "Site number",
            "SUBJECTKEY": "Subject, as SUBJID",
            "STUDYEVENTOID": "Visit, as SE.MONO_D1",
            "STUDYEVENTREPEATKEY": "Counts repeated and unscheduled visits",
            "FORMOID": "F.VS",
            "FORMREPEATKEY": "1",
            "ITEMGROUPREPEATKEY": "2 for a repeated measurement",
            "VISIT": "Visit",
            "VSDAT": "Date, DD-MON-YYYY",
            "VSTIM": "Time, HH:MM; sometimes missing",
            "VSPOS": "Position; sometimes missing",
        }
        | {"SYSBP": "Systolic blood pressure"}
        | _unit("SYSBP")
        | {"DIABP": "Diastolic blood pressure"}
        | _unit("DIABP")
        | {"PULSE": "Pulse"}
        | _unit("PULSE")
        | {"RESP": "Respiratory rate"}
        | _unit("RESP")
        | {"TEMP": "Temperature; in Fahrenheit at site 05"}
        | _unit("TEMP")
        | {"WEIGHT": "Weight"}
        | _unit("WEIGHT")
        | {"HEIGHT": "Height, at screening"}
        | _unit("HEIGHT"),
        "odm",
    ),
    Form(
        "lb",
        "visit and test",
        _SUBJECT
        | {
            "VISIT": "Visit",
            "LBOCC": "1; 2 for the repeat of a visit",
            "LBDAT": "Date, DD-MON-YYYY",
            "LBTIM": "Time, HH:MM; sometimes missing",
            "LBCAT": "Haematology, Chemistry or Tumour marker",
            "LBTEST": "Test, as the site's laboratory names it",
            "LBDONE": "Done (Yes/No)",
            "LBREAS": "Why not done",
            "LBORRES": "Result; CEA may be <0.5",
            "LBORRESU": "Unit; conventional at sites 02, 04 and 06",
            "LBORNRLO": "Lower limit of the normal range",
            "LBORNRHI": "Upper limit of the normal range",
        },
    ),
    Form(
        "eg",
        "visit and test",
        _SUBJECT
        | {
            "VISIT": "Visit",
            "EGOCC": "1; 2 for the repeat of a visit",
            "EGDAT": "Date, DD-MON-YYYY",
            "EGTIM": "Time, HH:MM",
            "EGTEST": "Measurement, or Interpretation",
            "EGORRES": "Result",
            "EGORRESU": "Unit",
        },
    ),
    Form(
        "tl",
        "target lesion, assessment and reading",
        _SUBJECT
        | {
            "VISIT": "Screening or Tumour Assessment 1-15",
            "TLDAT": "Date, DD-MON-YYYY; empty for a missed assessment",
            "TLNO": "Lesion, T01",
            "TLORG": "Organ",
            "TLLOC": "Place in the organ",
            "TLNODE": "Lymph node (Yes/No): its diameter is the short axis",
            "TLMETH": "Method",
            "TLDONE": "Assessment made (Yes/No)",
            "TLSTATE": "Measured, Too small to measure, Absent or Not evaluable",
            "TLDIAM": "Diameter; 0 when absent, empty when too small",
            "TLUNIT": "mm; cm at site 02",
            "TLREAD": "Initial; a Re-assessment replaces the initial reading before it",
            "TLREAS": "Why missed or not evaluable",
        },
    ),
    Form(
        "ntl",
        "non-target lesion and assessment",
        _SUBJECT
        | {
            "VISIT": "Screening or Tumour Assessment 1-15",
            "NTLDAT": "Date, DD-MON-YYYY; empty for a missed assessment",
            "NTLNO": "Lesion, NT01",
            "NTLORG": "Organ",
            "NTLLOC": "Place in the organ",
            "NTLMETH": "Method",
            "NTLDONE": "Assessment made (Yes/No)",
            "NTLSTAT": "Present, Absent, Unequivocal progression or Not evaluable",
            "NTLREAS": "Why missed",
        },
    ),
    Form(
        "nl",
        "new lesion and assessment",
        _SUBJECT
        | {
            "VISIT": "Tumour Assessment 1-15",
            "NLDAT": "Date, DD-MON-YYYY",
            "NLNO": "Lesion, N01",
            "NLORG": "Organ",
            "NLMETH": "Method",
            "NLSTAT": "Equivocal or Unequivocal",
        },
    ),
    Form(
        "rsp",
        "assessment after baseline",
        _SUBJECT
        | {
            "VISIT": "Tumour Assessment 1-15",
            "RSDONE": "Assessment made (Yes/No)",
            "RSDAT": "Date, DD-MON-YYYY",
            "RSCRIT": "Criteria",
            "RSTRG": "Target response, as the investigator gave it",
            "RSNTRG": "Non-target response",
            "RSNEW": "New lesion: No, Equivocal or Yes",
            "RSOVR": "Overall response",
            "RSREAS": "Why missed",
        },
    ),
    Form(
        "pk_vendor",
        "sample; some records stand there twice",
        _SAMPLE
        | _NOMINAL
        | {
            "COLDTM": "Collection, DDMONYYYY:HH:MM",
            "SPECIMEN": "Specimen",
            "TEST": "Test",
            "RESULT": "Result; <50, <LLOQ or ND when low, empty when spoilt",
            "UNIT": "Unit",
            "LLOQ": "Lower limit of quantification, in UNIT",
            "COMMENT": "Why there is no result",
        },
    ),
    Form(
        "shed_vendor",
        "sample of one specimen",
        _SAMPLE
        | {
            "SPECIMEN": "Injection site swab, Rectal swab, Throat swab or Urine",
            "COLDATE": "Collection date, MM/DD/YYYY",
            "COLTIME": "Collection time, HH:MM; sometimes missing",
            "TEST": "Test",
            "DETECTED": "Positive or Negative",
            "RESULT": "Result; ND when negative, <100 when low, empty when spoilt",
            "UNIT": "Unit, by specimen",
            "LLOQ": "Lower limit of quantification, in UNIT",
            "COMMENT": "Why there is no result",
        },
    ),
    Form(
        "il12_vendor",
        "sample",
        _SAMPLE
        | _NOMINAL
        | {
            "COLDTC": "Collection, YYYY-MM-DDTHH:MM",
            "SPECIMEN": "Specimen",
            "TEST": "Test",
            "RESULT": "Result; <LLOQ, or empty when spoilt",
            "UNIT": "Unit",
            "LLOQ": "Lower limit of quantification",
            "COMMENT": "Why there is no result",
        },
        "xpt",
    ),
    Form(
        "nab_vendor",
        "sample and tier",
        _SAMPLE
        | {
            "COLDATE": "Collection date, an Excel date",
            "COLTIME": "Collection time, HH:MM",
            "SPECIMEN": "Specimen",
            "TEST": "Test",
            "TIER": "Screening or Titer",
            "RESULT": "Positive or Negative; or the titre, 1:40, <1:10 or >1:10240",
            "LLOQ": "Lowest titre",
        },
        "xlsx",
    ),
)
