"""Rules about single columns; the pandera schema of a dataset finds the breaches (`schema`)."""

from sdtmconv.validate.rule import Rule, register

for declared in (
    Rule(
        id="variable-required",
        title="Required and described variables are there",
        severity="error",
        source="SDTMIG 3.4 section 4.1.5, ADaMIG 1.3 section 3.1",
        remedy="Map the variable in the dataset's spec",
    ),
    Rule(
        id="variable-expected",
        title="Expected variables are there, be it without values",
        severity="warning",
        source="SDTMIG 3.4 section 4.1.5",
        remedy="Add the variable; leave it without values where nothing was collected",
    ),
    Rule(
        id="variable-known",
        title="Each variable has a description",
        severity="warning",
        source="SDTMIG 3.4 section 2.5",
        remedy="Move a collected qualifier to SUPP--, or correct the variable's name",
    ),
    Rule(
        id="variable-type",
        title="Variables are Char or Num as described",
        severity="error",
        source="SDTMIG 3.4 section 3.1, ADaMIG 1.3 section 3.1",
        remedy="Correct the mapping so that numbers are written as numbers and text as text",
    ),
    Rule(
        id="length",
        title="Text fits its variable's length and 200 bytes",
        severity="error",
        source="SDTMIG 3.4 section 4.5.3; SAS XPT version 5 (TS-140)",
        remedy="Carry the rest over 200 bytes to SUPP--, or raise the declared length",
    ),
    Rule(
        id="finite",
        title="Numbers are finite",
        severity="error",
        source="SAS XPT version 5 (TS-140)",
        remedy="Look for a division by zero in the derivation; leave an unknown result missing",
    ),
    Rule(
        id="required-value",
        title="Required variables have a value in every record",
        severity="error",
        source="SDTMIG 3.4 section 4.1.5",
        remedy="Query the missing value, or leave out a record that holds no observation",
    ),
    Rule(
        id="codelist",
        title="Values are terms of their codelist",
        severity="error",
        source="SDTMIG 3.4 section 4.3",
        remedy="Map the collected value to a term in codelists.yaml; there can be no new ones",
    ),
    Rule(
        id="codelist-extension",
        title="Values beyond an extensible codelist are declared",
        severity="warning",
        source="SDTMIG 3.4 section 4.3",
        remedy="Map to a published term of that meaning, or declare an extension in codelists.yaml",
    ),
    Rule(
        id="iso8601",
        title="Dates, times and durations are in ISO 8601",
        severity="error",
        source="SDTMIG 3.4 section 4.4.1",
        remedy="Correct the format stated for the raw column; leave out what is unknown",
    ),
):
    register(declared)
