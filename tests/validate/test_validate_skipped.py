"""Rules that had nothing to look at."""

from sdtmconv.metadata import DatasetMetadata, StudyMetadata, VariableMetadata
from sdtmconv.validate import RULES, WITHOUT_RAW, explain_skipped


def describe(name: str, *variables: str) -> DatasetMetadata:
    columns = tuple(VariableMetadata(variable, variable, "Char") for variable in variables)
    return DatasetMetadata(name, name, columns, (), name, "FINDINGS", "")


def test_the_reason_is_what_is_missing() -> None:
    """A dataset of the kind, a variable, raw records, or a package."""
    study = StudyMetadata("S1", "", "", datasets=(describe("LB", "USUBJID", "LBSTRESC"),))
    skipped = explain_skipped(study, WITHOUT_RAW)
    assert skipped["change"] == "there is no dataset of BDS"
    assert skipped["result"] == "no dataset has --STRESC and --STRESN"
    assert skipped["raw-column-unused"].startswith("there are no raw records")
    assert skipped["trc-1734"] == "`sdtmconv package` checks it"
    assert "study-day" not in skipped
    assert list(skipped) == [id_ for id_ in RULES if id_ in skipped]
