"""Rules about a define.xml and the datasets it describes; `validate.define` finds the breaches.

Dictionaries are known of a build as well: `validate.dictionaries`.
"""

from sdtmconv.validate.rule import Rule, register

for declared in (
    Rule(
        id="define-sound",
        title="A define.xml is valid by CDISC's XSD, and by what Define-XML asks beyond it",
        severity="error",
        source="Define-XML 2.1 sections 4 and 5; Analysis Results Metadata 1.0",
        remedy="Do what the finding says, or write define.xml again from the specs",
    ),
    Rule(
        id="define-dataset",
        title="A define.xml describes the datasets beside it, all of them and no others",
        severity="error",
        source="Define-XML 2.1 (ItemGroupDef); FDA Study Data Technical Conformance Guide 8.2.1",
        remedy="Describe the dataset, or put its file where define.xml says it is",
    ),
    Rule(
        id="define-variable",
        title="A define.xml describes the variables of each dataset, all of them and no others",
        severity="error",
        source="Define-XML 2.1 (ItemRef); FDA Study Data Technical Conformance Guide 8.2.1",
        remedy="Describe the variable, or take it out of the dataset",
    ),
    Rule(
        id="define-label",
        title="Labels in define.xml are those in the files",
        severity="error",
        source="Define-XML 2.1 (Description)",
        remedy="Write both from the same spec",
    ),
    Rule(
        id="define-order",
        title="Variables stand in define.xml in the order of the file",
        severity="error",
        source="Define-XML 2.1 (OrderNumber)",
        remedy="Write both from the same spec",
    ),
    Rule(
        id="define-type",
        title="Data types in define.xml agree with Char and Num in the files",
        severity="error",
        source="Define-XML 2.1 (DataType)",
        remedy="Correct DataType: a Num variable is integer or float, or a date with a SAS format",
    ),
    Rule(
        id="define-length",
        title="Lengths in define.xml are those in the files",
        severity="error",
        source="Define-XML 2.1 (Length); FDA Study Data Technical Conformance Guide 3.3.2",
        remedy="Write both from the same spec",
    ),
    Rule(
        id="define-format",
        title="Display formats in define.xml are those in the files",
        severity="warning",
        source="Define-XML 2.1 (def:DisplayFormat)",
        remedy="Write both from the same spec",
    ),
    Rule(
        id="define-keys",
        title="The keys in define.xml tell the records apart",
        severity="error",
        source="Define-XML 2.1 (KeySequence)",
        remedy="Name all variables that identify a record as keys, or mend the repeated records",
    ),
    Rule(
        id="define-term",
        title="Values are terms of the codelists in define.xml",
        severity="error",
        source="Define-XML 2.1 (CodeList)",
        remedy="Add the term to the codelist if the value is right, or else correct the value",
    ),
    Rule(
        id="define-value",
        title="Values are of the data type, length and digits that define.xml states",
        severity="error",
        source="Define-XML 2.1 (DataType, Length, SignificantDigits)",
        remedy="Correct what define.xml states if the value is right, or else correct the value",
    ),
    Rule(
        id="define-dictionary",
        title="A define.xml names the dictionaries of coded variables, with their versions",
        severity="warning",
        source="Define-XML 2.1 (ExternalCodeList, Version)",
        remedy="State the version, under `dictionaries` in study.yaml or beside `dictionary` in "
        "codelists.yaml",
    ),
    Rule(
        id="define-mandatory",
        title="Variables that are mandatory in define.xml have a value in every record",
        severity="error",
        source="Define-XML 2.1 (Mandatory)",
        remedy="State Mandatory No if values may be missing, or else complete them",
    ),
):
    register(declared)
