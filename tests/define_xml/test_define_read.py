"""Reading define.xml back to metadata."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from sdtmconv.define_xml import DefineError, read_define, write_define
from sdtmconv.metadata import DatasetMetadata, StudyMetadata, VariableMetadata

EXAMPLES = Path(__file__).parents[2] / ".." / "shared" / "data" / "define"
CREATED = datetime(2025, 3, 1)


def without_codelists(dataset: DatasetMetadata) -> DatasetMetadata:
    def strip(variable: VariableMetadata) -> VariableMetadata:
        values = (replace(v, variable=strip(v.variable)) for v in variable.values)
        return replace(variable, codelist=None, values=tuple(values))

    return replace(dataset, variables=tuple(map(strip, dataset.variables)))


def test_what_was_written_is_read_back(
    sdtm_define: Path, adam_define: Path, define_study: StudyMetadata
) -> None:
    """Labels, types, lengths, keys, origins, methods, comments and conditions return as written."""
    sdtm, adam = read_define(sdtm_define), read_define(adam_define)
    assert (sdtm.name, sdtm.description) == ("BIO-1", "A study of one & another")
    assert sdtm.versions == {"SDTMIG": "3.4", "SDTM CT": "2022-09-30"}
    assert adam.versions == {"ADAMIG": "1.3", "ADaM CT": "2022-06-24"}
    read = [*sdtm.datasets, *adam.datasets]
    assert list(map(without_codelists, read)) == list(map(without_codelists, define_study.datasets))


def test_codelists_are_read_back(sdtm_define: Path, define_study: StudyMetadata) -> None:
    """A codelist returns with its terms, codes and terminology, under its OID as a name."""
    read, written = read_define(sdtm_define).datasets[0], define_study.datasets[0]
    aeser = read.variable("AESER").codelist
    assert aeser is not None
    assert aeser == replace(
        written.variable("AESER").codelist,
        name="NY.AE.AESER",
        label="No Yes Response (AE.AESER)",
    )
    assert read.variable("AEDECOD").codelist == written.variable("AEDECOD").codelist


def test_a_define_with_faults_is_not_read(sdtm_define: Path) -> None:
    """Metadata are taken only from a file that is valid and whole."""
    text = sdtm_define.read_text("utf-8").replace('MethodOID="MT.AE.AESTDY"', 'MethodOID="nope"')
    sdtm_define.write_text(text, "utf-8")
    with pytest.raises(DefineError, match="MethodOID 'nope': there is no such MethodDef"):
        read_define(sdtm_define)


@pytest.mark.skipif(not EXAMPLES.exists(), reason="the shared examples are not beside the project")
@pytest.mark.parametrize(
    ("name", "standard", "datasets"),
    [("defineV21-SDTM.xml", "SDTMIG", 11), ("define-adam-arm.xml", "ADAMIG", 12)],
)
def test_the_public_examples_survive_the_round_trip(
    name: str, standard: str, datasets: int, tmp_path: Path
) -> None:
    """What is read from others' files is the same after it is written and read again."""
    study = read_define(EXAMPLES / name)
    path = tmp_path / "define.xml"
    write_define(path, study, standard, created=CREATED)
    assert len(study.datasets) == datasets
    assert read_define(path).datasets == study.datasets
