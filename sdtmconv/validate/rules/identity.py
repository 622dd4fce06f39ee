"""Which study, domain, subject and record a record is of."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sdtmconv.distinct import Mask, number_rows
from sdtmconv.validate.data import Data
from sdtmconv.validate.rule import Breach, rule
from sdtmconv.validate.tables import Table, is_found

_CONSTANTS = {"STUDYID", "DOMAIN", "RDOMAIN"}


def _differs(table: Table, variable: str, expected: str) -> Mask:
    values = table[variable]
    return (values.notna() & (values != expected)).to_numpy(dtype=bool)


@rule(
    "studyid",
    title="STUDYID is the study's and the same everywhere",
    severity="error",
    source="SDTM 2.0 section 3.1.4",
    remedy="Assign the study's identifier as one constant in every dataset",
    applies="all",
    needs=("STUDYID",),
)
def check_study(table: Table, data: Data) -> Iterator[Breach]:
    """Find records that claim another study."""
    name = data.study.name
    yield Breach(f"is not {name!r}", _differs(table, "STUDYID", name), "STUDYID")


@rule(
    "domain",
    title="DOMAIN and RDOMAIN name the dataset's domain",
    severity="error",
    source="SDTMIG 3.4 sections 4.2.2 and 8.4",
    remedy="Assign the domain's two letters to every record",
    applies="SDTM",
)
def check_domain(table: Table, data: Data) -> Iterator[Breach]:
    """Find records that claim another domain."""
    variable = "RDOMAIN" if "SUPP--" in table.kinds else "DOMAIN"
    if table.has(variable):
        domain = table.metadata.domain
        yield Breach(f"is not {domain!r}", _differs(table, variable, domain), variable)


def _has_one_record_per_subject(table: Table) -> bool:
    return table.metadata.subject_level and not table.metadata.repeating


@rule(
    "one-record",
    title="A subject has one record",
    severity="error",
    source="SDTMIG 3.4 section 5.2 (DM), ADaMIG 1.3 section 2.3.1 (ADSL)",
    remedy="Find the raw records behind the subject and keep the one that counts",
    applies="all",
    needs=("USUBJID",),
)
def check_one_record(table: Table, data: Data) -> Iterator[Breach]:
    """Find subjects with several records where there is to be one."""
    if _has_one_record_per_subject(table):
        repeated = table["USUBJID"].duplicated(keep=False) & table["USUBJID"].notna()
        yield Breach("subject has several records", repeated.to_numpy(dtype=bool))


def _find_strangers(table: Table, data: Data, reference: str) -> Iterator[Breach]:
    """Find subjects that a dataset does not list: each once, in the first dataset that has it."""
    listed = data.tables.get(reference)
    if listed is None or table.name == reference or not listed.has("USUBJID"):
        return
    ids = table["USUBJID"]
    stranger = ids.notna().to_numpy() & ~is_found(table, ["USUBJID"], listed, ["USUBJID"])
    if not stranger.any():
        return
    told: set[str] = data.remember(f"strangers to {reference}", set)
    new = stranger & ~ids.isin(told).to_numpy() & ~ids.duplicated().to_numpy()
    told.update(ids[new])
    message = f"subject is not in {reference}"
    yield Breach(message, new, "USUBJID", keys=("STUDYID", "USUBJID"), doubtful=stranger)


@rule(
    "subject",
    title="Every subject is in DM",
    severity="error",
    source="SDTMIG 3.4 section 5.2, ADaMIG 1.3 section 2.3.1",
    remedy="Correct the subject's identifier, or add the subject's record",
    applies="SDTM, ADSL",
    needs=("USUBJID",),
)
def check_subject(table: Table, data: Data) -> Iterator[Breach]:
    """Find subjects of SDTM and of ADSL that DM does not have."""
    yield from _find_strangers(table, data, "DM")


@rule(
    "analysis-subject",
    title="Every subject of an analysis dataset is in ADSL",
    severity="error",
    source="ADaMIG 1.3 section 2.3.1",
    remedy="Correct the subject's identifier, or add the subject's record to ADSL",
    applies="ADaM",
    needs=("USUBJID",),
)
def check_analysis_subject(table: Table, data: Data) -> Iterator[Breach]:
    """Find subjects of analysis datasets that ADSL does not have."""
    yield from _find_strangers(table, data, "ADSL")


@rule(
    "sequence",
    title="--SEQ is unique for a subject over its domain",
    severity="error",
    source="SDTM 2.0 section 3.1.4",
    remedy="Number the records once, after the last was added; over all parts of a split domain",
    applies="SDTM",
    needs=("USUBJID", "--SEQ"),
)
def check_sequence(table: Table, data: Data) -> Iterator[Breach]:
    """Find numbers that a subject has more than once, over all parts of a split domain."""
    names = ["USUBJID", table.variable("--SEQ")]
    parts = [part for part in data.of_domain(table.metadata.domain) if part.has(*names)]
    frames = [part.frame[names] for part in parts]
    rows = pd.concat(frames) if len(frames) > 1 else frames[0]
    _, firsts = number_rows([rows[name] for name in names])
    if len(firsts) == len(rows):  # as is usual; to look for the few takes longer
        return
    whole = rows.dropna()
    repeated = pd.MultiIndex.from_frame(whole[whole.duplicated()])
    wrong = pd.MultiIndex.from_frame(table.frame[names]).isin(repeated)
    yield Breach("subject has this number more than once", np.asarray(wrong), names[1])


def _is_told_by_another_rule(table: Table) -> bool:
    """Tell whether the key is USUBJID alone (one-record) or with --SEQ (sequence)."""
    telling = set(table.metadata.keys) - _CONSTANTS
    if _has_one_record_per_subject(table):
        return telling >= {"USUBJID"}
    return telling == {"USUBJID", table.variable("--SEQ")}


@rule(
    "key",
    title="Keys identify one record",
    severity="error",
    source="SDTMIG 3.4 section 3.2.1.1, ADaMIG 1.3 section 2.3",
    remedy="Remove the duplicate record, or add the variable that tells the records apart to keys",
    applies="all",
)
def check_key(table: Table, data: Data) -> Iterator[Breach]:
    """Find records with the same key; a variable that is not there is a finding already."""
    keys = list(table.metadata.keys)
    if keys and table.has(*keys) and not _is_told_by_another_rule(table):
        message = f"several records have the same {', '.join(keys)}"
        repeated = table.frame.duplicated(keys, keep=False).to_numpy()
        again = table.frame.duplicated(keys).to_numpy()
        yield Breach(message, repeated, reads=tuple(keys), doubtful=again)
