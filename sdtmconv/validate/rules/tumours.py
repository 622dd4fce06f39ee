"""Lesions, their measurements, and the responses that follow from them (RECIST 1.1)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sdtmconv.adam.recist import compute_overall_response, compute_target_response
from sdtmconv.validate.condition_rule import condition_rule
from sdtmconv.validate.data import Data
from sdtmconv.validate.rule import Breach, rule
from sdtmconv.validate.tables import Table, is_found

_DIAMETERS = ("LDIAM", "LPERP")
_RESPONSES = ("CR", "PR", "SD", "PD", "NE", "NON-CR/NON-PD", "NOT APPLICABLE")
_NODE = 10


@rule(
    "lesion",
    title="A lesion that was measured was identified",
    severity="error",
    source="SDTMIG 3.4 section 6.3.12 (TU and TR, --LNKID)",
    remedy="Take TRLNKID from TU, and TU from the forms of all lesions",
    applies="TR",
    needs=("USUBJID", "TRLNKID"),
)
def check_lesions(table: Table, data: Data) -> Iterator[Breach]:
    """Find lesions in TR that TU does not have."""
    for tu in data.of_domain("TU"):
        if tu.has("USUBJID", "TULNKID"):
            keys = ["USUBJID", "TRLNKID"]
            found = is_found(table, keys, tu, ["USUBJID", "TULNKID"])
            unknown = table["TRLNKID"].notna().to_numpy() & ~found
            yield Breach("is no lesion of the subject in TU", unknown, "TRLNKID", ("USUBJID",))


@rule(
    "lesion-group",
    title="A lesion is target or non-target in TR as in TU",
    severity="error",
    source="SDTMIG 3.4 section 6.3.12 (TU, TUSTRESC; TR, TRGRPID)",
    remedy="Map TRGRPID from the lesion's identification",
    applies="TR",
    needs=("USUBJID", "TRLNKID", "TRGRPID"),
)
def check_groups(table: Table, data: Data) -> Iterator[Breach]:
    """Find measurements in another group than their lesion."""
    for tu in data.of_domain("TU"):
        if tu.has("USUBJID", "TULNKID", "TUTESTCD", "TUSTRESC"):
            identified = tu.frame[tu["TUTESTCD"] == "TUMIDENT"].drop_duplicates(
                ["USUBJID", "TULNKID"], keep=False
            )
            group = identified.set_index(["USUBJID", "TULNKID"])["TUSTRESC"]
            own = pd.MultiIndex.from_frame(table.frame[["USUBJID", "TRLNKID"]])
            expected = group.reindex(own).set_axis(table.frame.index)
            given = table["TRGRPID"]
            wrong = (given.notna() & expected.notna() & (given != expected)).to_numpy(bool)
            yield Breach("is not what TU says of the lesion", wrong, "TRGRPID", ("TRLNKID",))


@rule(
    "lesion-measure",
    title="Target lesions are measured, others are judged",
    severity="error",
    source="SDTMIG 3.4 section 6.3.12 (TR); RECIST 1.1, 4.1",
    remedy="Map LDIAM or LPERP for target lesions, TUMSTATE for the others",
    applies="TR",
    needs=("TRGRPID", "TRTESTCD"),
)
def check_measures(table: Table, data: Data) -> Iterator[Breach]:
    """Find target lesions with a state, and others with a diameter."""
    target = (table["TRGRPID"] == "TARGET").to_numpy(dtype=bool, na_value=False)
    known = table["TRGRPID"].notna().to_numpy()
    state = (table["TRTESTCD"] == "TUMSTATE").to_numpy(dtype=bool, na_value=False)
    measured = table["TRTESTCD"].isin(_DIAMETERS).to_numpy()
    wrong = (target & state) | (known & ~target & measured)
    yield Breach("does not go with TRGRPID", wrong, "TRTESTCD", ("TRGRPID",))


condition_rule(
    "lesion-negative",
    title="A diameter is no negative number",
    severity="error",
    source="RECIST 1.1, 4.1",
    remedy="Query the diameter",
    applies="TR",
    breach='TRTESTCD IN ("LDIAM", "LPERP", "SAXIS", "SUMDIAM") and TRSTRESN LT 0',
    variable="TRSTRESN",
    message="is negative",
)


@rule(
    "response-assessment",
    title="A response is about an assessment of lesions",
    severity="error",
    source="SDTMIG 3.4 sections 6.3.9.3 and 8.3 (--LNKGRP)",
    remedy="Take RSLNKGRP from the assessment's TRLNKGRP",
    applies="RS",
    needs=("USUBJID", "RSLNKGRP"),
)
def check_assessments(table: Table, data: Data) -> Iterator[Breach]:
    """Find responses that lead to no assessment in TR."""
    for tr in data.of_domain("TR"):
        if tr.has("USUBJID", "TRLNKGRP"):
            found = is_found(table, ["USUBJID", "RSLNKGRP"], tr, ["USUBJID", "TRLNKGRP"])
            wrong = table["RSLNKGRP"].notna().to_numpy() & ~found
            yield Breach("is no assessment of the subject in TR", wrong, "RSLNKGRP", ("USUBJID",))


def _measure_targets(tr: Table) -> pd.DataFrame:
    """Sum up the target lesions of each assessment: sum, baseline, nadir, complete, vanished."""
    frame = tr.frame
    wanted = (frame["TRGRPID"] == "TARGET") & frame["TRTESTCD"].isin(_DIAMETERS)
    lesions = frame[wanted].assign(
        first=(frame["TRLOBXFL"] == "Y").fillna(False),
        gone=(frame["TRSTRESN"] == 0)
        | ((frame["TRTESTCD"] == "LPERP") & (frame["TRSTRESN"] < _NODE)),
    )
    first = lesions[lesions["first"]].groupby("USUBJID")["TRSTRESN"].agg(["sum", "count"])
    later = lesions[lesions["TRLNKGRP"].notna()]
    sums = later.groupby(["USUBJID", "TRLNKGRP"], as_index=False).agg(
        date=("TRDTC", "max"),
        total=("TRSTRESN", "sum"),
        read=("TRSTRESN", "count"),
        gone=("gone", "all"),
    )
    sums = sums.sort_values(["USUBJID", "date"], kind="stable")
    sums["baseline"] = sums["USUBJID"].map(first["sum"])
    sums["complete"] = sums["read"] == sums["USUBJID"].map(first["count"])
    whole = sums["total"].where(sums["complete"])
    before = whole.groupby(sums["USUBJID"]).transform(lambda s: s.cummin().ffill().shift())
    sums["nadir"] = np.fmin(before, sums["baseline"])
    return sums


@rule(
    "target-response",
    title="The investigator's target response follows from the diameters",
    severity="note",
    source="RECIST 1.1, 4.3.1",
    remedy="Query the response and the diameters of the assessment",
    applies="RS",
    needs=("USUBJID", "RSTESTCD", "RSSTRESC", "RSLNKGRP"),
)
def check_target_response(table: Table, data: Data) -> Iterator[Breach]:
    """Find target responses that differ from those computed from the lesions."""
    tr = data.tables.get("TR")
    names = ("TRGRPID", "TRTESTCD", "TRSTRESN", "TRLNKGRP", "TRLOBXFL", "TRDTC", "USUBJID")
    if tr is None or not tr.has(*names):
        return
    sums = _measure_targets(tr)
    total, first, nadir = (sums[name].astype("float64") for name in ("total", "baseline", "nadir"))
    complete, gone = (sums[name].to_numpy(dtype=bool) for name in ("complete", "gone"))
    found = compute_target_response(total, first, nadir, complete, gone).set_axis(sums.index)
    computed = sums.assign(found=found).set_index(["USUBJID", "TRLNKGRP"])["found"]
    own = pd.MultiIndex.from_frame(table.frame[["USUBJID", "RSLNKGRP"]])
    expected = computed.reindex(own).set_axis(table.frame.index)
    given = table["RSSTRESC"]
    asked = (table["RSTESTCD"] == "TRGRESP") & given.isin(_RESPONSES)
    wrong = (asked & expected.notna() & (given != expected)).to_numpy(dtype=bool, na_value=False)
    reads = tuple(f"TR.{name}" for name in names)
    yield Breach("is not what the diameters give by RECIST 1.1", wrong, "RSSTRESC", reads)


def _by_assessment(table: Table) -> pd.DataFrame:
    """Put the responses of an assessment beside each other, one column per test."""
    known = table.frame.dropna(subset=["RSTESTCD", "RSSTRESC"])
    keys = ["USUBJID", "RSLNKGRP"]
    return known.drop_duplicates([*keys, "RSTESTCD"], keep=False).pivot(
        index=keys, columns="RSTESTCD", values="RSSTRESC"
    )


@rule(
    "overall-response",
    title="The overall response follows from targets, non-targets and new lesions",
    severity="note",
    source="RECIST 1.1, 4.3.3, tables 1 and 2",
    remedy="Query the responses of the assessment",
    applies="RS",
    needs=("USUBJID", "RSTESTCD", "RSSTRESC", "RSLNKGRP"),
)
def check_overall_response(table: Table, data: Data) -> Iterator[Breach]:
    """Find overall responses that do not follow from the parts of their assessment."""
    parts = _by_assessment(table)
    if not {"TRGRESP", "NTRGRESP", "NEWLIND", "OVRLRESP"} <= set(parts):
        return
    judged = parts[parts["TRGRESP"].isin(_RESPONSES) & parts["NTRGRESP"].isin(_RESPONSES)]
    judged = judged[~judged["TRGRESP"].eq("NON-CR/NON-PD") & ~judged["NTRGRESP"].isin(["PR", "SD"])]
    target, other = (judged[name].reset_index(drop=True) for name in ("TRGRESP", "NTRGRESP"))
    new = (judged["NEWLIND"] == "Y").to_numpy(dtype=bool, na_value=False)
    expected = compute_overall_response(target, other, new).set_axis(judged.index)
    differs = expected.notna() & judged["OVRLRESP"].notna() & (judged["OVRLRESP"] != expected)
    own = pd.MultiIndex.from_frame(table.frame[["USUBJID", "RSLNKGRP"]])
    wrong = own.isin(differs[differs].index) & (table["RSTESTCD"] == "OVRLRESP").to_numpy(
        dtype=bool, na_value=False
    )
    unknown = own.isin(own[data.is_unknown(table, ["RSSTRESC", "RSTESTCD"])])
    message = "does not follow from target, non-target and new lesions"
    yield Breach(message, wrong & ~unknown, "RSSTRESC")


@rule(
    "measurable-disease",
    title="Only a subject with target lesions has a target response",
    severity="error",
    source="RECIST 1.1, 4.3.3: table 2 is for subjects without measurable disease",
    remedy="Map the response NOT APPLICABLE, or identify the target lesions in TU",
    applies="RS",
    needs=("USUBJID", "RSTESTCD", "RSSTRESC"),
)
def check_measurable(table: Table, data: Data) -> Iterator[Breach]:
    """Find target responses, and overall PR or SD, of subjects without a target lesion."""
    tu = data.tables.get("TU")
    if tu is None or not tu.has("USUBJID", "TUSTRESC"):
        return
    measurable = table["USUBJID"].isin(tu["USUBJID"][tu["TUSTRESC"] == "TARGET"])
    target = (table["RSTESTCD"] == "TRGRESP") & table["RSSTRESC"].isin(["CR", "PR", "SD", "PD"])
    overall = (table["RSTESTCD"] == "OVRLRESP") & table["RSSTRESC"].isin(["PR", "SD"])
    wrong = ((target | overall) & ~measurable).to_numpy(dtype=bool, na_value=False)
    message = "is a response of target lesions, and TU has none of the subject"
    yield Breach(message, wrong, "RSSTRESC", ("TU.TUSTRESC", "TU.USUBJID"))


condition_rule(
    "new-lesion",
    title="A new lesion is progression",
    severity="error",
    source="RECIST 1.1, 4.3.5",
    remedy="Query the new lesion and the overall response",
    applies="TU",
    breach='TUSTRESC EQ "NEW" and TULOBXFL EQ "Y"',
    variable="TULOBXFL",
    message="flags a new lesion as baseline",
)
