"""What is checked: one row per rule, as data.

A check finds; the rule says what it means, where the standard says so and what to do about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True)
class Rule:
    """One thing that has to hold.

    Args:
        id: Short name that stays the same from release to release.
        title: What has to hold, in a few words.
        severity: error (must be mended), warning (mend or explain), note (know about it).
        source: The section of the standard that asks for it.
        remedy: What to do about a finding.
    """

    id: str
    title: str
    severity: Severity
    source: str
    remedy: str


RULES: dict[str, Rule] = {
    rule.id: rule
    for rule in (
        Rule(
            "raw-column-unused",
            "Each collected column is submitted, or declared as not submitted",
            "warning",
            "FDA Study Data Technical Conformance Guide 4.1.1: all collected data are submitted",
            "Map the column, or name it under `not_submitted` in study.yaml with the reason",
        ),
        Rule(
            "raw-record-repeated",
            "Each collected record was delivered once",
            "note",
            "SDTMIG 3.4 section 3.2.1.1: keys identify one record",
            "Ask the vendor why the record was sent twice; the first one was taken",
        ),
        Rule(
            "file-readable",
            "Each dataset is a readable SAS transport file",
            "error",
            "SAS XPT version 5 (TS-140); FDA Study Data Technical Conformance Guide 3.1",
            "Make the file again from its source, or state its encoding",
        ),
        Rule(
            "dataset-present",
            "Each dataset that is described exists",
            "error",
            "Define-XML 2.1 (ItemGroupDef)",
            "Build the dataset, or take its description out",
        ),
        Rule(
            "dataset-known",
            "Each dataset has a description",
            "warning",
            "SDTMIG 3.4 section 2.6, ADaMIG 1.3 section 2.3",
            "Name the dataset as the standard does, or describe it as a custom domain",
        ),
        Rule(
            "variable-required",
            "Required and described variables are there",
            "error",
            "SDTMIG 3.4 section 4.1.5, ADaMIG 1.3 section 3.1",
            "Map the variable in the dataset's spec",
        ),
        Rule(
            "variable-expected",
            "Expected variables are there, be it without values",
            "warning",
            "SDTMIG 3.4 section 4.1.5",
            "Add the variable; where nothing was collected, leave it without values and say so "
            "in define.xml",
        ),
        Rule(
            "variable-known",
            "Each variable has a description",
            "warning",
            "SDTMIG 3.4 section 2.5",
            "Move a collected qualifier to SUPP--, or correct the variable's name",
        ),
        Rule(
            "variable-type",
            "Variables are Char or Num as described",
            "error",
            "SDTMIG 3.4 section 3.1, ADaMIG 1.3 section 3.1",
            "Correct the mapping so that numbers are written as numbers and text as text",
        ),
        Rule(
            "length",
            "Text fits its variable's length and 200 bytes",
            "error",
            "SDTMIG 3.4 section 4.5.3; SAS XPT version 5 (TS-140)",
            "Carry the rest over 200 bytes to SUPP--, or raise the declared length",
        ),
        Rule(
            "finite",
            "Numbers are finite",
            "error",
            "SAS XPT version 5 (TS-140)",
            "Look for a division by zero in the derivation; leave an unknown result missing",
        ),
        Rule(
            "required-value",
            "Required variables have a value in every record",
            "error",
            "SDTMIG 3.4 section 4.1.5",
            "Query the missing value, or leave out a record that holds no observation",
        ),
        Rule(
            "codelist",
            "Values are terms of their codelist",
            "error",
            "SDTMIG 3.4 section 4.3",
            "Map the collected value to a term in codelists.yaml; this codelist takes no new terms",
        ),
        Rule(
            "codelist-extension",
            "Values beyond an extensible codelist are declared",
            "warning",
            "SDTMIG 3.4 section 4.3",
            "Map to a published term that means the same, or declare the value as an extension in "
            "codelists.yaml",
        ),
        Rule(
            "iso8601",
            "Dates, times and durations are in ISO 8601",
            "error",
            "SDTMIG 3.4 section 4.4.1",
            "Correct the format stated for the raw column; leave out unknown parts from the right",
        ),
        Rule(
            "domain",
            "DOMAIN and RDOMAIN name the dataset's domain",
            "error",
            "SDTMIG 3.4 sections 4.2.2 and 8.4",
            "Assign the domain's two letters to every record",
        ),
        Rule(
            "studyid",
            "STUDYID is the study's and the same everywhere",
            "error",
            "SDTM 2.0 section 3.1.4",
            "Assign the study's identifier as one constant in every dataset",
        ),
        Rule(
            "one-record",
            "A subject has one record",
            "error",
            "SDTMIG 3.4 section 5.2 (DM), ADaMIG 1.3 section 2.3.1 (ADSL)",
            "Find the raw records behind the subject and keep the one that counts",
        ),
        Rule(
            "sequence",
            "--SEQ is unique for a subject over its domain",
            "error",
            "SDTM 2.0 section 3.1.4",
            "Number the records once, after the last one was added; over all parts of a split "
            "domain",
        ),
        Rule(
            "key",
            "Keys identify one record",
            "error",
            "SDTMIG 3.4 section 3.2.1.1, ADaMIG 1.3 section 2.3",
            "Remove the duplicate record, or add the variable that tells the records apart to keys",
        ),
        Rule(
            "subject",
            "Every subject is in DM (SDTM) or ADSL (ADaM)",
            "error",
            "SDTMIG 3.4 section 5.2, ADaMIG 1.3 section 2.3.1",
            "Correct the subject's identifier, or add the subject's record",
        ),
        Rule(
            "subject-dataset",
            "DM (SDTM) or ADSL (ADaM) is there",
            "warning",
            "FDA Technical Rejection Criteria for Study Data, 1736",
            "Build DM or ADSL with the other datasets: subjects could not be checked without it",
        ),
        Rule(
            "dates-in-order",
            "What starts does not end before it",
            "error",
            "SDTMIG 3.4 section 4.4.7, ADaMIG 1.3 section 3.3.3",
            "Query the two dates, or correct the format stated for one of them",
        ),
        Rule(
            "study-day",
            "Study days count from the reference date, itself day 1",
            "error",
            "SDTMIG 3.4 section 4.4.4",
            "Derive the day with study_day, from DM.RFSTDTC",
        ),
        Rule(
            "result",
            "The numeric result says the same as the character one",
            "error",
            "SDTMIG 3.4 section 4.5.1",
            "Take --STRESN from --STRESC",
        ),
        Rule(
            "parent-record",
            "A supplemental qualifier belongs to a record of its parent",
            "error",
            "SDTMIG 3.4 section 8.4",
            "Make SUPP-- from the records that its parent keeps, after --SEQ was numbered",
        ),
        Rule(
            "death",
            "Deaths agree over DM, AE and DS",
            "error",
            "SDTMIG 3.4 sections 5.2, 6.2.1 and 6.2.4",
            "Query the death; map outcome, seriousness and grade from one collected value",
        ),
        Rule(
            "parameter",
            "PARAM, PARAMCD and PARAMN are one to one",
            "error",
            "ADaMIG 1.3 section 3.3.4",
            "State PARAM once per PARAMCD, in `parameters` or a codelist",
        ),
        Rule(
            "baseline-record",
            "A subject's parameter has one baseline record",
            "error",
            "ADaMIG 1.3 section 3.3.4",
            "Add to the order of the flag what tells the records apart, or use BASETYPE",
        ),
        Rule(
            "baseline-value",
            "BASE is the value of the baseline record",
            "error",
            "ADaMIG 1.3 section 3.3.4",
            "Derive BASE with `baseline`, by the same groups as the flag",
        ),
        Rule(
            "change",
            "CHG and PCHG follow from AVAL and BASE",
            "error",
            "ADaMIG 1.3 section 3.3.4",
            "Calculate them: AVAL - BASE, and 100 * (AVAL - BASE) / abs(BASE)",
        ),
        Rule(
            "censoring",
            "Events and censorings are described",
            "error",
            "ADaM BDS for Time-to-Event Analyses 1.0, section 3",
            "Give each event and censoring a `description`",
        ),
        Rule(
            "subject-variable",
            "Variables of ADSL are carried on unchanged",
            "error",
            "ADaMIG 1.3 section 3.2",
            "Carry the variable over from ADSL, or give it another name",
        ),
        Rule(
            "source-record",
            "A sequence number leads to a record of its source",
            "error",
            "ADaMIG 1.3 section 3.3.9",
            "Take SRCSEQ or --SEQ from the record that gives the value",
        ),
    )
}
