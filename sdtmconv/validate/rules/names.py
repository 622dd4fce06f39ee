"""Codes and the names that belong to them, over all subjects of a study."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sdtmconv.distinct import Mask
from sdtmconv.validate.data import Data
from sdtmconv.validate.pairs import find_rare
from sdtmconv.validate.rule import Breach, rule
from sdtmconv.validate.tables import Table


def _find_wrong_partner(table: Table, code: str, name: str) -> Mask:
    """Find names that are not the standard's for a code: both terms have one NCI code."""
    lists = [table.metadata.variable(table.variable(n)).codelist for n in (code, name)]
    terms = [{t.value: t.code for t in codelist.terms if t.code} for codelist in lists if codelist]
    if len(terms) < 2:
        return find_rare(table.frame, table.variable(code), table.variable(name))
    known = [table[n].map(of) for n, of in zip((code, name), terms, strict=True)]
    wrong: Mask = (known[0].notna() & known[1].notna() & (known[0] != known[1])).to_numpy(bool)
    return wrong


def _compare(table: Table, pairs: Sequence[tuple[str, str]]) -> Iterator[Breach]:
    for one, other in pairs:
        if table.has(one, other):
            one, other = table.variable(one), table.variable(other)
            rare = find_rare(table.frame, one, other)
            yield Breach(f"most records of this {one} have another {other}", rare, other, (one,))


@rule(
    "test-name",
    title="--TESTCD and --TEST belong together",
    severity="error",
    source="SDTMIG 3.4 section 4.2.1; CDISC terminology: both terms have the same NCI code",
    remedy="Take both from the same term of the standard's codelists",
    applies="FINDINGS",
    needs=("--TESTCD", "--TEST"),
    whole=("--TESTCD", "--TEST"),
)
def check_tests(table: Table, data: Data) -> Iterator[Breach]:
    """Find tests whose name is another test's."""
    wrong = _find_wrong_partner(table, "--TESTCD", "--TEST")
    name, code = table.variable("--TEST"), table.variable("--TESTCD")
    yield Breach(f"is not the name of {code}", wrong, name, reads=(code,))
    yield from _compare(table, (("--TESTCD", "--TEST"), ("--TEST", "--TESTCD")))


@rule(
    "visit-name",
    title="VISITNUM and VISIT are one to one",
    severity="error",
    source="SDTMIG 3.4 section 4.4.5",
    remedy="Give each visit one number and one name; number unscheduled visits one by one",
    applies="SDTM",
    needs=("VISITNUM", "VISIT"),
    whole=("VISITNUM", "VISIT", "VISITDY"),
)
def check_visits(table: Table, data: Data) -> Iterator[Breach]:
    """Find visits with several names or planned days, and names of several visits."""
    pairs = (("VISITNUM", "VISIT"), ("VISIT", "VISITNUM"), ("VISITNUM", "VISITDY"))
    yield from _compare(table, pairs)


@rule(
    "qualifier-name",
    title="QNAM and QLABEL belong together",
    severity="error",
    source="SDTMIG 3.4 section 8.4.1",
    remedy="Give each supplemental qualifier one label",
    applies="SUPP--",
    needs=("QNAM", "QLABEL"),
    whole=("QNAM", "QLABEL"),
)
def check_qualifiers(table: Table, data: Data) -> Iterator[Breach]:
    """Find qualifiers with several labels, and labels of several qualifiers."""
    yield from _compare(table, (("QNAM", "QLABEL"), ("QLABEL", "QNAM")))


@rule(
    "arm-name",
    title="ARMCD and ARM, ACTARMCD and ACTARM, ETCD and ELEMENT belong together",
    severity="error",
    source="SDTMIG 3.4 sections 5.2, 7.2.1 and 7.2.2",
    remedy="Take code and name from the same record of TA or TE",
    applies="DM, TA, TE, SE, TV",
    whole=("ARMCD", "ARM", "ACTARMCD", "ACTARM", "ETCD", "ELEMENT"),
)
def check_arms(table: Table, data: Data) -> Iterator[Breach]:
    """Find arms and elements with several names."""
    names = (("ARMCD", "ARM"), ("ACTARMCD", "ACTARM"), ("ETCD", "ELEMENT"))
    yield from _compare(table, [pair for names in names for pair in (names, names[::-1])])


@rule(
    "dictionary-code",
    title="Terms of the dictionary and their codes are one to one",
    severity="error",
    source="SDTMIG 3.4 section 6.2.1: --LLTCD, --PTCD, --HLTCD, --HLGTCD, --BDSYCD, --SOCCD",
    remedy="Take term and code from the same record of the dictionary",
    applies="EVENTS",
    whole=(
        *("--LLT", "--LLTCD", "--DECOD", "--PTCD", "--HLT", "--HLTCD", "--HLGT", "--HLGTCD"),
        *("--BODSYS", "--BDSYCD", "--SOC", "--SOCCD"),
    ),
)
def check_dictionary(table: Table, data: Data) -> Iterator[Breach]:
    """Find terms with several codes, and codes of several terms."""
    names = (
        *(("--LLT", "--LLTCD"), ("--DECOD", "--PTCD"), ("--HLT", "--HLTCD")),
        *(("--HLGT", "--HLGTCD"), ("--BODSYS", "--BDSYCD"), ("--SOC", "--SOCCD")),
    )
    yield from _compare(table, [pair for names in names for pair in (names, names[::-1])])


@rule(
    "body-system-code",
    title="Where body systems are coded, each has its code",
    severity="warning",
    source="SDTMIG 3.4 section 6.2.1 (CDISC conformance rule CG0082)",
    remedy="Take --BDSYCD from the same record of the dictionary as --BODSYS",
    applies="EVENTS",
    needs=("--BODSYS", "--BDSYCD"),
    whole=("--BODSYS", "--BDSYCD"),
)
def check_body_systems(table: Table, data: Data) -> Iterator[Breach]:
    """Find body systems without a code; a study without any codes has no licence for them."""
    if table["--BDSYCD"].notna().any():
        wrong = (table["--BODSYS"].notna() & table["--BDSYCD"].isna()).to_numpy()
        yield Breach("is empty, and the body system is not", wrong, table.variable("--BDSYCD"))


@rule(
    "standard-unit",
    title="A test has one standard unit",
    severity="error",
    source="SDTMIG 3.4 section 4.5.1; FDA business rule FDAB030",
    remedy="Convert the results of a test to one unit",
    applies="FINDINGS",
    needs=("--TESTCD", "--STRESU"),
    whole=("--TESTCD", "--CAT", "--SCAT", "--SPEC", "--METHOD", "--TSTDTL", "--STRESU"),
)
def check_units(table: Table, data: Data) -> Iterator[Breach]:
    """Find standard units that most results of the same test do not have."""
    names = ("--TESTCD", "--CAT", "--SCAT", "--SPEC", "--METHOD", "--TSTDTL")
    test = table["--TESTCD"]
    for name in names[1:]:
        if table.has(name):
            test = test + "\n" + table[name].fillna("")
    unit = table.variable("--STRESU")
    rare = find_rare(table.frame.assign(TEST=test), "TEST", unit)
    yield Breach("most results of this test have another standard unit", rare, unit)
