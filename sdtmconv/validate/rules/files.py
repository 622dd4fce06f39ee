"""Rules about files and whole datasets; the reader, the build and `presence` find the breaches."""

from sdtmconv.validate.rule import Rule, register

for declared in (
    Rule(
        id="raw-column-unused",
        title="Each collected column is submitted, or declared as not submitted",
        severity="warning",
        source="FDA Study Data Technical Conformance Guide 4.1.1: all collected data are submitted",
        remedy="Map the column, or name it under `not_submitted` in study.yaml with the reason",
    ),
    Rule(
        id="raw-record-repeated",
        title="Each collected record was delivered once",
        severity="note",
        source="SDTMIG 3.4 section 3.2.1.1: keys identify one record",
        remedy="Ask the vendor why the record was sent twice; the first one was taken",
    ),
    Rule(
        id="file-readable",
        title="Each dataset is a readable SAS transport file",
        severity="error",
        source="SAS XPT version 5 (TS-140); FDA Study Data Technical Conformance Guide 3.1",
        remedy="Make the file again from its source, or state its encoding",
    ),
    Rule(
        id="dataset-present",
        title="Each dataset that is described exists",
        severity="error",
        source="Define-XML 2.1 (ItemGroupDef)",
        remedy="Build the dataset, or take its description out",
    ),
    Rule(
        id="dataset-known",
        title="Each dataset has a description",
        severity="warning",
        source="SDTMIG 3.4 section 2.6, ADaMIG 1.3 section 2.3",
        remedy="Name the dataset as the standard does, or describe it as a custom domain",
    ),
    Rule(
        id="subject-dataset",
        title="DM (SDTM) or ADSL (ADaM) is there",
        severity="warning",
        source="FDA Technical Rejection Criteria for Study Data, 1736",
        remedy="Build DM or ADSL with the other datasets: subjects could not be checked without it",
    ),
):
    register(declared)
