"""languages/zh.yaml: what a study has to say in another language, and every fault in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sdtmconv.errors import SpecError
from sdtmconv.languages import find_untranslated, translate_study
from sdtmconv.spec import load_study
from sdtmconv.spec.model import describe_study

WriteStudy = Callable[..., Path]
STUDIES = Path(__file__).parents[2] / "specs"


def test_the_reference_study_is_all_chinese() -> None:
    """Its labels, methods, comments and results, derived sentences included, have translations."""
    study = load_study(STUDIES / "biottt001")
    submitted = [spec for spec in study.datasets.values() if spec.submitted]
    described = describe_study(study, tuple(spec.metadata for spec in submitted))
    assert find_untranslated(described, "zh", terms=False) == ()
    translated = {dataset.name: dataset for dataset in translate_study(described, "zh").datasets}
    assert translated["AE"].variable("AESTDY").method == (
        "从 DM.RFSTDTC 到 AESTDTC 的天数，首末日均计入；没有第 0 天。"
    )
    # Said by source, each in its own words.
    assert translated["LB"].variable("LBSTAT").method == (
        'local：NOT DONE，条件：LBDONE 等于 "No"。 il12：NOT DONE，条件：RESULT 缺失。'
    )
    labels = [d.label for d in translated.values()]
    labels += [v.label for d in translated.values() for v in d.variables]
    assert max(len(label.encode()) for label in labels) <= 40


FAULTS = [
    ("zh", "description: 一\ntext: {}\n", "zh.yaml:2", "a language has no 'text'"),
    ("zh", "datasets: {AX: {label: 一}}\n", "zh.yaml:1", "the study has no dataset 'AX'"),
    ("zh", "datasets: {AE: {comment: 一}}\n", "zh.yaml:1", "AE has no comment"),
    ("zh", "texts: {Tiny study: 小}\n", "zh.yaml:1", "not said in zh: "),
    ("zh", f"datasets: {{AE: {{label: {'长' * 14}}}}}\n", "zh.yaml:1", "has 42 bytes"),
    ("xx", "texts: {A: B}\n", "languages/xx.yaml", "no language 'xx'"),
]


@pytest.mark.parametrize(("language", "text", "place", "problem"), FAULTS)
def test_a_fault_is_found_with_its_place(
    language: str, text: str, place: str, problem: str, write_study: WriteStudy
) -> None:
    """A language that is incomplete or too long is refused before anything is built."""
    folder = write_study({})
    (folder / "languages").mkdir()
    (folder / "languages" / f"{language}.yaml").write_text(text, "utf-8")
    with pytest.raises(SpecError) as error:
        load_study(folder)
    found = [fault for fault in error.value.faults if problem in fault.problem]
    assert found
    assert all(fault.place.endswith(place) and fault.remedy for fault in found)
