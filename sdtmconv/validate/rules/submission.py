"""What makes an agency take a package; the pre-check of `package` and `verify` finds breaches."""

from __future__ import annotations

from sdtmconv.validate.rule import Rule, register

TRC = "FDA Technical Rejection Criteria for Study Data, eCTD validation"
CONFORMANCE = "FDA Study Data Technical Conformance Guide"
NMPA = "NMPA Guideline on the Submission of Clinical Trial Data (2020)"

RULES_OF_PACKAGES = (
    Rule(
        id="trc-1734",
        title="TS has the study's start date and its STUDYID",
        severity="error",
        source=f"{TRC} 1734",
        remedy="Give TS a record of TSPARMCD SSTDTC with a whole ISO 8601 date, and its STUDYID",
        applies="TS",
    ),
    Rule(
        id="trc-1735",
        title="Each file lies where its file tag belongs",
        severity="error",
        source=f"{TRC} 1735; ICH eCTD study tagging file",
        remedy="Move the file to the folder of its kind, or leave it out",
    ),
    Rule(
        id="trc-1736",
        title="DM and define.xml are there for SDTM, ADSL and define.xml for ADaM",
        severity="error",
        source=f"{TRC} 1736; {NMPA} section 2.1; PMDA Study Data Validation Rules (Reject)",
        remedy="Build the dataset; define.xml comes with it",
    ),
    Rule(
        id="package-study",
        title="All datasets are of one study, the one that define.xml and the folder name",
        severity="error",
        source=f"{TRC} 1734: STUDYID is the study's id in the study tagging file",
        remedy="Take STUDYID from the study's name, on every record of every dataset",
    ),
    Rule(
        id="package-name",
        title="Files have the names of their datasets, in small letters",
        severity="error",
        source=f"{CONFORMANCE} 3.3.2 and 7.1; {NMPA} section 3.6",
        remedy="Name the file as its dataset, in small letters and digits, 8 characters at most",
    ),
    Rule(
        id="package-label",
        title="Labels have no unbalanced quote or bracket, and no < or >",
        severity="warning",
        source=f"{CONFORMANCE} 3.3.2; {NMPA} section 3.7",
        remedy="Write the label without these characters",
    ),
    Rule(
        id="package-language",
        title="Labels are in the agency's language",
        severity="warning",
        source=f"{NMPA} section 3.7: labels of datasets and variables are in Chinese",
        remedy="Translate the label",
    ),
    Rule(
        id="package-encoding",
        title="Transport files are readable in the encoding that is stated for them",
        severity="error",
        source=f"{CONFORMANCE} 3.3.2: ASCII; {NMPA} section 3.4: the encoding is stated",
        remedy="Build and package again, for an agency that takes these characters",
    ),
    Rule(
        id="package-size",
        title="Large transport files are split",
        severity="error",
        source=f"{CONFORMANCE} 3.3.1; {NMPA} section 3.5",
        remedy="Package again: large files are split",
    ),
    Rule(
        id="package-link",
        title="What define.xml links to is in the package",
        severity="warning",
        source="Define-XML 2.1 (leaf)",
        remedy="Give the document to the package with --documents",
    ),
)
for declared in RULES_OF_PACKAGES:
    register(declared)

OF_PACKAGES: dict[str, str] = dict.fromkeys(
    (each.id for each in RULES_OF_PACKAGES), "`sdtmconv package` checks it"
)
"""The rules of packages, each with the reason why it is not checked before there is one."""
