"""A variable that is not mapped yet is described, counted and never built."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sdtmconv.build import build
from sdtmconv.errors import SpecError
from sdtmconv.metadata import Codelist, Origin, Term, VariableMetadata
from sdtmconv.spec import load_study

HEAD = "domain: VS\nkeys: [STUDYID, USUBJID, VSTESTCD]\nvariables:\n"


def describe(folder: Path, entry: str, variable: str = "VSORRES") -> VariableMetadata:
    """Compile the description of one variable of a dataset that is not mapped."""
    (folder / "sdtm" / "vs.yaml").write_text(f"{HEAD}  {variable}: {entry}\n", encoding="utf-8")
    return load_study(folder).datasets["VS"].metadata.variable(variable)


@pytest.mark.parametrize(
    ("entry", "origin"),
    [
        ("{unmapped: Collected}", Origin("Collected", "Investigator")),
        ("{unmapped: Collected, by: Vendor, pages: [3]}", Origin("Collected", "Vendor", "", (3,))),
        ("{unmapped: Derived}", Origin("Derived", "Sponsor")),
        ("{unmapped: Predecessor, from: DM.SEX}", Origin("Predecessor", "", "DM.SEX")),
        ("{unmapped: Assigned, by: unknown}", Origin("Assigned", "")),
        ("{unmapped: unknown}", None),
    ],
)  # fmt: skip
def test_an_origin_says_what_define_xml_will(
    write_study: Callable[..., Path], entry: str, origin: Origin | None
) -> None:
    assert describe(write_study(), entry).origin == origin


def test_what_is_not_said_is_the_standards(write_study: Callable[..., Path]) -> None:
    """Label, type, role, codelist and data type need no word."""
    found = describe(write_study(), "{unmapped: Collected}", "VSSTRESU")
    assert (found.label, found.type, found.role) == (
        "Standard Units",
        "Char",
        "Variable Qualifier",
    )
    assert found.codelist
    assert found.codelist.name == "VSRESU"
    assert describe(write_study(), "{unmapped: Derived}", "VSDTC").data_type == "datetime"


def test_what_is_said_takes_the_standards_place(write_study: Callable[..., Path]) -> None:
    found = describe(
        write_study(),
        "{unmapped: Derived, label: Own, type: Num, length: 4, significant_digits: 2, role: none, "
        "codelist: none, mandatory: yes, display_format: 8.2, method: By hand., comment: Why.}",
    )
    assert found == VariableMetadata(
        "VSORRES", "Own", "Num", 4, "float", 2, "8.2", core="Req",
        origin=Origin("Derived"), method="By hand.", comment="Why.",
    )  # fmt: skip


def test_values_are_described_under_conditions(write_study: Callable[..., Path]) -> None:
    """Value-level metadata wait with the variable."""
    found = describe(
        write_study(),
        '{unmapped: unknown, values: [{where: VSTESTCD IN ("TEMP"), origin: Collected, '
        "data_type: float, length: 5, significant_digits: 1}]}",
    )
    (level,) = found.values
    assert level.where == (("VSTESTCD", "IN", ("TEMP",)),)
    assert (level.variable.data_type, level.variable.length) == ("float", 5)
    assert level.variable.origin == Origin("Collected", "Investigator")


def test_codelists_can_be_described_apart_from_the_terminology(
    write_study: Callable[..., Path],
) -> None:
    """A subset of CDISC's terms, values word for word, a dictionary."""
    folder = write_study(
        {
            "codelists.yaml": """
            SEX: {only: [F, M]}
            OWN: {label: Own list, code: C1, terminology: SDTM 2015-12-18,
                  values: {A: Alpha, B: {code: C2, extended: yes}}}
            PLAIN: {values: [X, Y]}
            DICT: {dictionary: MedDRA, version: "8.0"}
            """
        }
    )

    def codelist(name: str) -> Codelist | None:
        return describe(folder, f"{{unmapped: Collected, codelist: {name}}}").codelist

    sex = codelist("SEX")
    assert sex
    assert [term.value for term in sex.terms] == ["F", "M"]
    assert sex.code == "C66731"
    assert codelist("OWN") == Codelist(
        "OWN", "Own list", (Term("A", "Alpha"), Term("B", "", "C2", True)), "C1",
        standard="SDTM 2015-12-18",
    )  # fmt: skip
    assert codelist("PLAIN") == Codelist("PLAIN", "PLAIN", (Term("X"), Term("Y")))
    assert codelist("DICT") == Codelist("DICT", "DICT", dictionary="MedDRA", version="8.0")


def test_a_dataset_of_which_nothing_is_mapped_needs_no_source(
    write_study: Callable[..., Path],
) -> None:
    """Nor must the standard know it or its variables."""
    text = (
        "domain: XX\nclass: FINDINGS\nlabel: Own\nstructure: One record\nkeys: [XXSEQ]\n"
        "reference_data: yes\nrepeating: no\npart_of: QS\n"
        "variables: {XXSEQ: {unmapped: Derived, label: Number, type: Num}}\n"
    )
    folder = write_study({"sdtm/xx.yaml": text})
    metadata = load_study(folder).datasets["XX"].metadata
    assert (metadata.class_, metadata.domain, metadata.label) == ("FINDINGS", "QS", "Own")
    assert (metadata.subject_level, metadata.repeating) == (False, False)


def test_a_build_refuses_with_the_list(write_study: Callable[..., Path]) -> None:
    """Of a dataset that has a source each variable is named, the others are one fault each."""
    folder = write_study()
    describe(folder, "{unmapped: Collected}")
    ae = folder / "sdtm" / "ae.yaml"
    ae.write_text(ae.read_text().replace("{study_day: AESTDTC}", "{unmapped: Derived}"))
    assert load_study(folder).datasets["AE"].unmapped == ("AESTDY",)
    with pytest.raises(SpecError) as caught:
        build(folder, out=folder / "out")
    assert [(fault.place.rpartition("/")[2], fault.problem) for fault in caught.value.faults] == [
        ("ae.yaml:10", "AE.AESTDY is not mapped yet"),
        ("vs.yaml:1", "VS is not mapped yet, neither its records nor its 1 variables"),
    ]
    assert not (folder / "out").exists()
    assert build(folder, out=folder / "out", only=["DM"]).records == {"DM": 2}


def test_a_build_refuses_what_a_mapped_dataset_needs_elsewhere(
    write_study: Callable[..., Path],
) -> None:
    """AESTDY counts from DM.RFSTDTC."""
    folder = write_study()
    dm = folder / "sdtm" / "dm.yaml"
    dm.write_text(
        dm.read_text().replace("RFSTDTC:  {earliest: EX.EXSTDTC}", "RFSTDTC: {unmapped: Derived}")
    )
    with pytest.raises(SpecError, match=r"DM\.RFSTDTC is not mapped yet"):
        build(folder, out=folder / "out", only=["AE"])


def test_identifiers_may_stay_when_a_dataset_is_mapped(write_study: Callable[..., Path]) -> None:
    """They are made by themselves, whatever was known of them before."""
    folder = write_study()
    dm = folder / "sdtm" / "dm.yaml"
    dm.write_text(
        dm.read_text().replace("variables:\n", "variables:\n  STUDYID: {unmapped: Protocol}\n")
    )
    assert load_study(folder).datasets["DM"].unmapped == ()
    assert build(folder, out=folder / "out", only=["DM"]).records == {"DM": 2}


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ("{unmapped: Colected}", "vs.yaml:4: VS.VSORRES: origin cannot be 'Colected'"),
        ("{unmapped: Derived, lenght: 3}", "VS.VSORRES has no 'lenght'; did you mean 'length'?"),
        ("{unmapped: Derived, by: Nobody}", "VS.VSORRES: by cannot be 'Nobody'"),
        ("{unmapped: Derived, codelist: SEXX}", "no codelist 'SEXX'; did you mean 'SEX"),
        ("{unmapped: Derived, length: 0}", "VS.VSORRES: length is '0'"),
        ("{unmapped: Derived, pages: [a]}", "VS.VSORRES: pages are not numbers"),
        ("{unmapped: Derived, values: x}", "VS.VSORRES: values is no list"),
        ("{unmapped: Derived, values: [{origin: Derived}]}", "VS.VSORRES: values has no where"),
        ("{unmapped: Derived, values: [{where: VSTESTCD}]}", "VSTESTCD"),
        (
            "{unmapped: Derived, values: [{where: A EQ B or A EQ 1}]}",
            "values: where is too much; compare variables with values",
        ),
    ],
)  # fmt: skip
def test_a_wrong_description_is_a_fault(
    write_study: Callable[..., Path], entry: str, fault: str
) -> None:
    with pytest.raises(SpecError) as caught:
        describe(write_study(), entry)
    assert fault in str(caught.value)


@pytest.mark.parametrize(
    ("codelists", "fault"),
    [
        ("SEX: {only: [F, Q]}", "codelist SEX has no term 'Q'; "),
        ("OWN: {values: [A], extend: {B: C}}", "codelist OWN has extend beside them"),
        (
            "OWN: {values: {A: {decod: B}}}",
            "codelist OWN: A has no 'decod'; did you mean 'decode'?",
        ),
    ],
)
def test_a_wrong_codelist_is_a_fault(
    write_study: Callable[..., Path], codelists: str, fault: str
) -> None:
    with pytest.raises(SpecError) as caught:
        load_study(write_study({"codelists.yaml": codelists}))
    assert fault in str(caught.value)


def test_what_only_an_unmapped_dataset_says_is_a_fault_elsewhere(
    write_study: Callable[..., Path],
) -> None:
    """And so is a SUPP-- beside its mapped domain."""
    folder = write_study()
    dm = folder / "sdtm" / "dm.yaml"
    dm.write_text(dm.read_text().replace("keys:", "repeating: no\nkeys:"))
    supp = "domain: SUPPDM\nkeys: [STUDYID]\nvariables: {QVAL: {unmapped: unknown}}\n"
    (folder / "sdtm" / "suppdm.yaml").write_text(supp)
    with pytest.raises(SpecError) as caught:
        load_study(folder)
    assert [fault.problem for fault in caught.value.faults] == [
        "repeating is for unmapped datasets",
        "SUPPDM is made from DM, which is mapped",
    ]
