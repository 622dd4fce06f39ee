"""What a sound study compiles to: what the spec says, completed by the standard."""

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from sdtmconv.errors import SpecError
from sdtmconv.metadata import VariableMetadata
from sdtmconv.spec import StudySpec, load_study

WriteStudy = Callable[..., Path]


@pytest.fixture
def load(write_study: WriteStudy) -> Callable[..., StudySpec]:
    """Load the small study, with pieces of its files replaced."""

    def load_changed(*changes: tuple[str, str, str], **files: str) -> StudySpec:
        folder = write_study({name.replace("__", "/") + ".yaml": t for name, t in files.items()})
        for name, old, new in changes:
            text = (folder / name).read_text(encoding="utf-8")
            assert old in text
            (folder / name).write_text(text.replace(old, new), encoding="utf-8")
        return load_study(folder)

    return load_changed


def described(study: StudySpec, dataset: str, variable: str) -> VariableMetadata:
    return study.datasets[dataset].metadata.variable(variable)


def test_the_standard_says_what_the_spec_does_not(load: Callable[..., StudySpec]) -> None:
    """Label, type, role, core and codelist are never repeated in a spec."""
    found = described(load(), "AE", "AESER")
    assert (found.label, found.type, found.role, found.core) == (
        "Serious Event",
        "Char",
        "Record Qualifier",
        "Exp",
    )
    assert found.codelist
    assert (found.codelist.name, found.codelist.code) == ("NY", "C66742")


def test_variables_stand_in_the_order_of_the_standard(load: Callable[..., StudySpec]) -> None:
    """Whatever their order in the spec; identifiers are made by themselves."""
    names = [v.name for v in load().datasets["EX"].metadata.variables]
    assert names[:7] == ["STUDYID", "DOMAIN", "USUBJID", "EXSEQ", "EXTRT", "EXDOSE", "EXDOSU"]


def test_expected_variables_are_added_without_values(load: Callable[..., StudySpec]) -> None:
    """SDTMIG 4.1.5: what was not collected is there all the same, and said to be not available."""
    found = described(load(), "AE", "AEREL")
    assert found.origin
    assert found.origin.type == "Not Available"
    assert found.comment == "Not collected in this study."


def test_datasets_stand_in_the_order_of_define_xml(load: Callable[..., StudySpec]) -> None:
    """By class: special purpose, interventions, events."""
    assert list(load().datasets) == ["DM", "EX", "AE"]


@pytest.mark.parametrize(
    ("dataset", "variable", "origin", "method"),
    [
        ("AE", "AETERM", "Collected", ""),
        ("EX", "EXTRT", "Assigned", ""),
        (
            "AE",
            "AESTDY",
            "Derived",
            "Days from DM.RFSTDTC to AESTDTC, both counted; there is no day 0.",
        ),
        ("DM", "RFSTDTC", "Derived", "Earliest of EX.EXSTDTC of the subject."),
        (
            "DM",
            "USUBJID",
            "Derived",
            "The subject's identifier as collected, in the form TINY-[subject].",
        ),
        ("DM", "STUDYID", "Assigned", ""),
    ],
)
def test_origin_and_method_follow_from_the_rule(
    load: Callable[..., StudySpec], dataset: str, variable: str, origin: str, method: str
) -> None:
    """A collected value in another form stays Collected; a derived one has a sentence."""
    found = described(load(), dataset, variable)
    assert found.origin
    assert (found.origin.type, found.method) == (origin, method)


def test_the_spec_may_say_otherwise(load: Callable[..., StudySpec]) -> None:
    """Label, length, format, origin, pages, method and comment stand beside the keyword."""
    more = "assign: SERIOUS, label: Serious?, length: 3, origin: Protocol, pages: [7, 8]"
    study = load(("sdtm/ae.yaml", "assign: SERIOUS", f"{more}, method: As is., comment: Why."))
    found = described(study, "AE", "AESER")
    assert found.origin
    assert (found.label, found.length, found.origin.type, found.origin.pages) == (
        "Serious?",
        3,
        "Protocol",
        (7, 8),
    )
    assert (found.method, found.comment) == ("As is.", "Why.")


def test_rules_with_conditions_say_so_in_the_method(load: Callable[..., StudySpec]) -> None:
    """One sentence after the other, for the rules of a list."""
    rules = '[{constant: Y, where: TERM EQ "x"}, {upcase: DM.SEX, where: AESEQ GT 1}]'
    study = load(("sdtm/ae.yaml", "{assign: SERIOUS}", rules))
    assert described(study, "AE", "AESER").method == (
        'Y, where TERM is "x". Otherwise: DM.SEX in upper case, where AESEQ is greater than 1.'
    )


SEVERAL = """
    dataset: ADX
    class: BDS
    label: Doses
    structure: One record per dose
    keys: [STUDYID, USUBJID, PARAMCD, ADT]
    sources:
      given:
        from: EX
        parameters:
          DOSE: {PARAM: Dose (mg), AVAL: {calculate: EXDOSE * 2}}
          LOW:  {PARAM: Low dose (mg), AVAL: {assign: EXDOSE}, DTYPE: COPY}
        variables:
          ADTM: {datetime: EXSTDTC, time: "no"}
    variables:
      ADT: {date: EXSTDTC}
    """


def test_what_some_sources_derive_is_told_of_all(load: Callable[..., StudySpec]) -> None:
    """Where a value is derived, what other sources carry over or assign is part of the method."""
    aval = described(load(adam__adx=SEVERAL), "ADX", "AVAL")
    assert aval.method == "given.DOSE: EXDOSE * 2. given.LOW: Equal to EXDOSE."


def test_a_parameter_has_a_method_of_its_own(load: Callable[..., StudySpec]) -> None:
    """Value-level metadata say of each parameter what its own source does."""
    aval = described(load(adam__adx=SEVERAL), "ADX", "AVAL")
    levels = {level.where: level.variable for level in aval.values}
    assert levels[(("PARAMCD", "EQ", ("DOSE",)),)].method == "EXDOSE * 2."
    low = levels[(("PARAMCD", "EQ", ("LOW",)),)]
    assert low.origin
    assert (low.origin.type, low.origin.description) == ("Predecessor", "EX.EXDOSE")


def test_what_a_rule_does_not_do_is_not_said(load: Callable[..., StudySpec]) -> None:
    """A time that is not imputed needs no words."""
    assert described(load(adam__adx=SEVERAL), "ADX", "ADTM").method == "EXSTDTC as datetime."


def test_another_version_of_the_standard(load: Callable[..., StudySpec]) -> None:
    """Versions that are not stated are the newest that are packaged."""
    study = load(("study.yaml", "raw:", "standards: {SDTMIG: 3.3}\nraw:"))
    assert study.versions["SDTMIG"] == "3.3"
    assert study.versions["SDTM CT"] == "2022-09-30"
    assert load().versions["SDTMIG"] == "3.4"


def test_a_part_of_a_split_domain_belongs_to_its_domain(load: Callable[..., StudySpec]) -> None:
    """DOMAIN of QSCG is QS, and so is its prefix (SDTMIG 4.1.7)."""
    study = load(
        sdtm__qscg="""
            domain: QSCG
            source: dm
            keys: [STUDYID, USUBJID, QSTESTCD]
            variables:
              QSSEQ:    {sequence_by: QSTESTCD}
              QSTESTCD: {constant: CGI01}
              QSTEST:   {constant: Severity}
              QSCAT:    {constant: CGI}
              QSORRES:  {assign: SEX}
            """
    )
    spec = study.datasets["QSCG"]
    assert (spec.metadata.name, spec.metadata.domain) == ("QSCG", "QS")
    (rule,) = spec.variables["DOMAIN"].rules
    assert rule.arguments == {"value": "QS"}
    assert spec.supplemental
    assert (spec.supplemental.name, spec.supplemental.domain) == ("SUPPQSCG", "QS")


def test_names_of_adam_with_placeholders(load: Callable[..., StudySpec]) -> None:
    """ADSL requires TRTxxP, which TRT01P is."""
    wanted = ("SUBJID", "SITEID", "AGE", "AGEU", "SEX", "RACE", "ARM")
    lines = "".join(f"  {name}: {{assign: {name}}}\n" for name in wanted)
    adsl = f"dataset: ADSL\nclass: ADSL\nsource: DM\nkeys: [STUDYID, USUBJID]\nvariables:\n{lines}"
    with pytest.raises(
        SpecError, match="ADSL has no TRTxxP, which the standard requires"
    ) as caught:
        load(adam__adsl=adsl)
    assert len(caught.value.faults) == 1
    study = load(adam__adsl=f"{adsl}  TRT01P: {{assign: ARM}}\n")
    origin = described(study, "ADSL", "ARM").origin
    assert origin
    assert (origin.type, origin.description) == ("Predecessor", "DM.ARM")


def test_an_analysis_dataset_of_no_class(load: Callable[..., StudySpec]) -> None:
    """Its identifiers have the labels that all datasets give them."""
    study = load(
        adam__adx="dataset: ADX\nlabel: Mine\nstructure: One per subject\nsource: DM\n"
        "keys: [STUDYID, USUBJID]\nvariables:\n  SEX: {assign: SEX, label: Sex}\n"
    )
    assert described(study, "ADX", "USUBJID").label == "Unique Subject Identifier"
    assert study.datasets["ADX"].metadata.class_ == "ADAM OTHER"


def test_faults_of_all_files_come_together(load: Callable[..., StudySpec]) -> None:
    """One run tells everything."""
    with pytest.raises(SpecError) as caught:
        load(
            ("study.yaml", "2025-06-30", "soon"),
            ("codelists.yaml", "Female: F", "Female: W"),
            ("sdtm/dm.yaml", "assign: SEX", "asign: SEX"),
            ("sdtm/ae.yaml", "assign: SERIOUS", "asign: SERIOUS"),
            ("sdtm/ex.yaml", "[EXSTDTC]", "[]"),
        )
    places = sorted(fault.place.rpartition("/")[2] for fault in caught.value.faults)
    assert places == ["ae.yaml:8", "codelists.yaml:2", "dm.yaml:10", "ex.yaml:5", "study.yaml:2"]


def test_a_compiled_study_travels_to_other_processes(load: Callable[..., StudySpec]) -> None:
    """It is plain data, and comes back equal."""
    study = load()
    copy = pickle.loads(pickle.dumps(study))  # noqa: S301
    assert copy.datasets.keys() == study.datasets.keys()
    assert copy.datasets["AE"].metadata == study.datasets["AE"].metadata


def test_no_data_is_read(load: Callable[..., StudySpec], write_study: WriteStudy) -> None:
    """A study whose raw files are not there compiles."""
    folder = write_study()
    for path in (folder / "raw").iterdir():
        path.unlink()
    assert load_study(folder)
