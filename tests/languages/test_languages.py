"""Metadata in another language: the tables that are packaged, and a study translated."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import sdtmconv.adam
import sdtmconv.domains
import sdtmconv.mapping
from sdtmconv.errors import StandardsError
from sdtmconv.languages import find_untranslated, load_texts, load_wording, translate_study
from sdtmconv.mapping.registry import REGISTRY
from sdtmconv.metadata import (
    Codelist,
    DatasetMetadata,
    Document,
    StudyMetadata,
    Term,
    ValueLevel,
    VariableMetadata,
)

DATA = Path(sdtmconv.__file__).parent / "languages" / "data"
NO_YES = Codelist("NY", "No Yes Response", (Term("N", "No"), Term("Y", "Yes")))
SEVERITY = Codelist("AESEV", "Severity", (Term("MILD"), Term("ODD")))
UNITS = Codelist("UNIT", "Unit", (Term("mg"),))
STUDY = StudyMetadata(
    name="S1",
    description="A trial",
    protocol="P1",
    datasets=(
        DatasetMetadata(
            name="AE",
            label="Adverse Events",
            variables=(
                VariableMetadata("AESER", "Serious Event", "Char", codelist=NO_YES),
                VariableMetadata("AESEV", "Severity/Intensity", "Char", codelist=SEVERITY),
                VariableMetadata("AEDOSU", "Our Own Unit", "Char", codelist=UNITS),
                VariableMetadata(
                    "AEVAL",
                    "Data Value",
                    "Char",
                    values=(
                        ValueLevel(
                            (("AESER", "EQ", ("Y",)),),
                            VariableMetadata("AEVAL", "Temperature", "Char", method="As told."),
                        ),
                    ),
                ),
            ),
            keys=("AESER",),
            domain="AE",
            class_="EVENTS",
            structure="One record per adverse event per subject",
        ),
    ),
    documents=(Document("sap", "Statistical Analysis Plan", "sap.pdf"),),
    translations={"zh": {"A trial": "一项试验", "As told.": "如所述。", "Severity": "程度"}},
)


def test_a_study_is_translated() -> None:
    """Texts are the study's own, then the packaged ones; names and values stay as they are."""
    study = translate_study(STUDY, "zh")
    (ae,) = study.datasets
    assert (study.language, study.description) == ("zh", "一项试验")
    assert (ae.name, ae.label) == ("AE", "不良事件")
    assert [v.label for v in ae.variables] == ["严重事件", "严重程度", "Our Own Unit", "数据值"]
    assert study.documents[0].title == "统计分析计划"
    value = ae.variables[3].values[0]
    assert value.where == (("AESER", "EQ", ("Y",)),)
    assert (value.variable.label, value.variable.method) == ("体温", "如所述。")


def test_terms_get_decodes_in_the_language() -> None:
    """A list gets decodes where the language has words for any of its terms."""
    ny, severity, units = (
        v.codelist for v in translate_study(STUDY, "zh").datasets[0].variables[:3]
    )
    assert ny == replace(NO_YES, label="是否回答", terms=(Term("N", "否"), Term("Y", "是")))
    assert severity == replace(
        SEVERITY, label="程度", terms=(Term("MILD", "轻度"), Term("ODD", "ODD"))
    )
    assert units == replace(UNITS, label="单位")


def test_what_stays_english_is_listed() -> None:
    """Each text without a translation is named once."""
    assert find_untranslated(STUDY, "zh") == ("Our Own Unit",)
    without = replace(STUDY, translations={})
    assert find_untranslated(without, "zh", terms=False) == ("A trial", "Our Own Unit", "As told.")
    assert "Severity" in find_untranslated(without, "zh")


def test_an_unknown_language_is_a_fault() -> None:
    """A language for which nothing is packaged is named, with those that are."""
    with pytest.raises(StandardsError, match="language 'xx': is not known; name one of zh"):
        translate_study(STUDY, "xx")


@pytest.mark.parametrize("name", sorted(path.name for path in DATA.glob("*.tsv")))
def test_a_table_says_each_text_once(name: str) -> None:
    """A line is an English text, a tab and its translation; none is there twice."""
    lines = (DATA / name).read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    assert all(len(row) == 2 and all(row) for row in rows)
    keys = [row[0] for row in rows]
    assert len(keys) == len(set(keys))


def test_packaged_labels_fit_a_transport_file() -> None:
    """A label has at most 40 bytes in UTF-8: 13 Chinese characters."""
    lines = (DATA / "zh-labels.tsv").read_text("utf-8").splitlines()
    labels = dict(line.split("\t") for line in lines)
    short = {e: c for e, c in labels.items() if len(e) <= 40 and not e.startswith("One record")}
    long = {e: c for e, c in short.items() if len(c.encode()) > 40}
    assert long == {}


def test_every_derivation_is_worded() -> None:
    """Each keyword has a sentence with the same parts as the English one."""
    methods = load_wording("zh").methods
    packaged = {k: d for k, d in REGISTRY.items() if d.function.__module__.startswith("sdtmconv.")}
    assert set(methods) == set(packaged)
    for keyword, derivation in packaged.items():
        own, english = (set(re.findall(r"{\w+}", m)) for m in (methods[keyword], derivation.method))
        assert own == english, keyword


def test_no_table_says_the_same_text_in_two_ways() -> None:
    """Labels and terms share one space of texts."""
    labels = (DATA / "zh-labels.tsv").read_text("utf-8").splitlines()
    terms = (DATA / "zh-terms.tsv").read_text("utf-8").splitlines()
    both = dict(line.split("\t") for line in labels).items()
    others = dict(line.split("\t") for line in terms)
    assert {e for e, c in both if others.get(e, c) != c} == set()
    assert load_texts("zh")["Sex"] == "性别"
