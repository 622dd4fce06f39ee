"""The trial's design, and what subjects' records say of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from sdtmconv.iso8601 import is_duration, is_iso8601
from sdtmconv.validate.condition_rule import condition_rule
from sdtmconv.validate.data import Data
from sdtmconv.validate.rule import Breach, rule
from sdtmconv.validate.tables import Table

REQUIRED_PARAMETERS = (
    *("ADDON", "AGEMAX", "AGEMIN", "INTMODEL", "INTTYPE", "LENGTH", "PCLAS", "PLANSUB", "RANDOM"),
    *("SEXPOP", "SSTDTC", "STOPRULE", "STYPE", "TBLIND", "TCNTRL", "TINDTP", "TITLE", "TPHASE"),
    "TTYPE",
)
"""What a summary of an interventional trial has to say."""

_DURATIONS = ("AGEMAX", "AGEMIN", "LENGTH", "TRTLEN")


def _names_unknown(
    table: Table, data: Data, variable: str, known: str, within: str
) -> Iterator[Breach]:
    """Find values that another dataset does not list."""
    other = data.tables.get(known)
    if other is not None and other.has(within) and table.name != known:
        values = table[variable]
        wrong = (values.notna() & ~values.isin(other[within])).to_numpy(dtype=bool)
        yield Breach(f"is not in {known}.{within}", wrong, variable)


@rule(
    "planned-arm",
    title="Arms of subjects and visits are arms of TA",
    severity="error",
    source="SDTMIG 3.4 sections 5.2 and 7.2.1 (CDISC conformance rule CG0518)",
    remedy="Map ARMCD to an arm of TA, or describe the arm there",
    applies="DM, TA, TV",
    whole=("ARMCD", "ACTARMCD"),
)
def check_arms(table: Table, data: Data) -> Iterator[Breach]:
    """Find arms that TA does not describe."""
    for variable in ("ARMCD", "ACTARMCD"):
        if table.has(variable):
            yield from _names_unknown(table, data, variable, "TA", "ARMCD")


@rule(
    "planned-element",
    title="Elements of arms and subjects are elements of TE",
    severity="error",
    source="SDTMIG 3.4 sections 5.3, 7.2.1 and 7.2.2",
    remedy="Map ETCD to an element of TE, or describe the element there",
    applies="TA, TE, SE",
    needs=("ETCD",),
    whole=("ETCD",),
)
def check_elements(table: Table, data: Data) -> Iterator[Breach]:
    """Find elements that TE does not describe; UNPLAN is for those that nobody planned."""
    planned = table.without(["ETCD"], (table["ETCD"] == "UNPLAN").fillna(False).to_numpy(bool))
    yield from _names_unknown(planned, data, "ETCD", "TE", "ETCD")


@rule(
    "planned-epoch",
    title="Epochs are those of TA",
    severity="error",
    source="SDTMIG 3.4 sections 4.4.12 and 7.2.1 (CDISC conformance rule CG0009)",
    remedy="Take EPOCH from the subject's elements, whose epochs TA names",
    applies="SDTM",
    needs=("EPOCH",),
    whole=("EPOCH",),
)
def check_epochs(table: Table, data: Data) -> Iterator[Breach]:
    """Find epochs that TA does not have."""
    yield from _names_unknown(table, data, "EPOCH", "TA", "EPOCH")


@rule(
    "planned-visit",
    title="Planned visits of subjects are visits of TV",
    severity="error",
    source="SDTMIG 3.4 sections 5.5 and 7.3.1 (CDISC conformance rules CG0655 to CG0657)",
    remedy="Give planned visits the number and name that TV has; leave SVPRESP empty for others",
    applies="SV, TV",
    needs=("VISITNUM", "VISIT"),
    whole=("VISITNUM", "VISIT", "SVPRESP"),
)
def check_visits(table: Table, data: Data) -> Iterator[Breach]:
    """Find planned visits that TV does not have, or under another name."""
    tv = data.tables.get("TV")
    if tv is None or not table.has("SVPRESP"):
        return
    planned = (table["SVPRESP"] == "Y").to_numpy(dtype=bool, na_value=False)
    listed = table["VISITNUM"].isin(tv["VISITNUM"]).to_numpy()
    known = table["VISITNUM"].notna().to_numpy()
    yield Breach("is planned and not in TV", planned & known & ~listed, "VISITNUM")
    pairs = pd.MultiIndex.from_frame(tv.frame[["VISITNUM", "VISIT"]])
    named = pd.MultiIndex.from_frame(table.frame[["VISITNUM", "VISIT"]]).isin(pairs)
    called = table["VISIT"].notna().to_numpy()
    yield Breach("is not the name that TV has", planned & listed & called & ~named, "VISIT")
    yield Breach("is in TV, and SVPRESP is not Y", ~planned & listed, "SVPRESP")


condition_rule(
    "visit-occurrence",
    title="SVOCCUR is about planned visits",
    severity="error",
    source="SDTM 2.0, Subject Visits (CDISC conformance rule CG0654)",
    remedy="Leave SVOCCUR empty where SVPRESP is",
    applies="SV",
    breach='SVOCCUR is not missing and SVPRESP NE "Y"',
    variable="SVOCCUR",
    message="is there, and SVPRESP is not Y",
)
condition_rule(
    "visit-missed",
    title="A visit that did not occur has no dates",
    severity="error",
    source="SDTMIG 3.4 section 5.5 (SV, SVOCCUR)",
    remedy="Query whether the visit took place",
    applies="SV",
    breach='SVOCCUR EQ "N" and SVSTDTC is not missing',
    variable="SVSTDTC",
    message="is there, and SVOCCUR is N",
)
condition_rule(
    "element-end",
    title="An element says how it ends",
    severity="error",
    source="SDTMIG 3.4 section 7.2.2, assumption 12 (CDISC conformance rule CG0328)",
    remedy="Fill TEENRL or TEDUR",
    applies="TE",
    breach="TEENRL is missing and TEDUR is missing",
    variable="TEENRL",
    message="is empty, and TEDUR is too",
)
condition_rule(
    "unplanned-element",
    title="An unplanned element has no name",
    severity="error",
    source="SDTMIG 3.4 section 5.3 (CDISC conformance rule CG0152)",
    remedy="Leave ELEMENT empty, and describe in SEUPDES what happened",
    applies="SE",
    breach='ETCD EQ "UNPLAN" and ELEMENT is not missing',
    variable="ELEMENT",
    message="is there, and ETCD is UNPLAN",
)


@rule(
    "criterion",
    title="Criteria that subjects broke are criteria of TI",
    severity="error",
    source="SDTMIG 3.4 sections 6.3.4 and 7.4.1",
    remedy="Take IETESTCD and IECAT from TI",
    applies="IE, TI",
    needs=("IETESTCD",),
    whole=("IETESTCD", "IECAT"),
)
def check_criteria(table: Table, data: Data) -> Iterator[Breach]:
    """Find criteria that TI does not have, or in another category."""
    yield from _names_unknown(table, data, "IETESTCD", "TI", "IETESTCD")
    ti = data.tables.get("TI")
    if table.name != "TI" and ti is not None and ti.has("IECAT") and table.has("IECAT"):
        category = table["IETESTCD"].map(ti.frame.set_index("IETESTCD")["IECAT"].to_dict())
        given = table["IECAT"]
        wrong = (category.notna() & given.notna() & (category != given)).to_numpy(dtype=bool)
        yield Breach("is not the category that TI has", wrong, "IECAT", reads=("IETESTCD",))


condition_rule(
    "criterion-answer",
    title="IE has the criteria that a subject broke",
    severity="error",
    source="SDTMIG 3.4 section 6.3.4, assumption 1 (CDISC conformance rule CG0175)",
    remedy="Leave criteria that were met out of IE; map the answer to Y or N",
    applies="IE",
    breach='(IECAT EQ "EXCLUSION" and IEORRES NE "Y") or (IECAT EQ "INCLUSION" and IEORRES NE "N")',
    variable="IEORRES",
    message="does not say that the criterion was broken",
)
condition_rule(
    "criterion-standard",
    title="IESTRESC is IEORRES",
    severity="error",
    source="SDTMIG 3.4 section 6.3.4 (CDISC conformance rule CG0177)",
    remedy="Copy IEORRES to IESTRESC",
    applies="IE",
    breach="IESTRESC NE IEORRES",
    variable="IESTRESC",
    message="is not IEORRES",
)
condition_rule(
    "summary-value",
    title="A trial summary parameter has a value or says why not",
    severity="error",
    source="SDTMIG 3.4 section 7.4.2 (TS, TSVAL)",
    remedy="Fill TSVAL, or TSVALNF with a null flavor",
    applies="TS",
    breach="TSVAL is missing and TSVALNF is missing",
    variable="TSVAL",
    message="is empty, and TSVALNF does not say why",
)
condition_rule(
    "summary-null",
    title="A trial summary parameter with a value has no null flavor",
    severity="error",
    source="SDTMIG 3.4 section 7.4.2 (TS, TSVALNF)",
    remedy="Leave TSVALNF empty where TSVAL is not",
    applies="TS",
    breach="TSVAL is not missing and TSVALNF is not missing",
    variable="TSVALNF",
    message="is there, and TSVAL has a value",
)


@rule(
    "summary-complete",
    title="The trial summary has every parameter that reviewers need",
    severity="error",
    source="SDTMIG 3.4 section 7.4.2; FDA Study Data Technical Conformance Guide, appendix B",
    remedy="Add the parameter to TS; where it does not apply, say so in TSVALNF",
    applies="TS",
    needs=("TSPARMCD",),
)
def check_summary(table: Table, data: Data) -> Iterator[Breach]:
    """Find parameters that are not there, unless a misnamed one may be what is looked for."""
    given = set(table["TSPARMCD"].dropna())
    absent = [parameter for parameter in REQUIRED_PARAMETERS if parameter not in given]
    if len(absent) > data.is_unknown(table, ["TSPARMCD"]).sum():
        for parameter in absent:
            yield Breach(f"parameter {parameter} is not there", variable="TSPARMCD")


@rule(
    "summary-format",
    title="Dates and durations of the trial summary are in ISO 8601",
    severity="error",
    source="SDTMIG 3.4 section 7.4.2 (CDISC conformance rule CG0270)",
    remedy="Write 2025-06-30 and P18Y",
    applies="TS",
    needs=("TSPARMCD", "TSVAL"),
)
def check_summary_format(table: Table, data: Data) -> Iterator[Breach]:
    """Find dates and durations in another format."""
    parameter, value = table["TSPARMCD"], table["TSVAL"]
    dates = parameter.str.endswith("DTC", na=False)
    kinds: Mapping[str, tuple[pd.Series, pd.Series]] = {
        "date": (dates, is_iso8601(value)),
        "duration": (parameter.isin(_DURATIONS), is_duration(value)),
    }
    for kind, (asked, holds) in kinds.items():
        wrong = (asked & value.notna() & ~holds.fillna(False)).to_numpy(dtype=bool)
        yield Breach(f"is not an ISO 8601 {kind}", wrong, "TSVAL")


@rule(
    "summary-name",
    title="TSPARMCD and TSPARM belong together",
    severity="error",
    source="SDTMIG 3.4 section 7.4.2; CDISC terminology: both terms have the same NCI code",
    remedy="Take both from the same term of the standard's codelists",
    applies="TS",
    needs=("TSPARMCD", "TSPARM"),
)
def check_summary_names(table: Table, data: Data) -> Iterator[Breach]:
    """Find parameters whose name is another parameter's."""
    codelists = [table.metadata.variable(name).codelist for name in ("TSPARMCD", "TSPARM")]
    if codelists[0] and codelists[1]:
        terms = [{t.value: t.code for t in codelist.terms} for codelist in codelists if codelist]
        code, name = table["TSPARMCD"].map(terms[0]), table["TSPARM"].map(terms[1])
        wrong = (code.notna() & name.notna() & (code != name)).to_numpy(dtype=bool)
        yield Breach("is not the name of TSPARMCD", wrong, "TSPARM")
