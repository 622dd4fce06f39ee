"""From a study's YAML files to frozen specs; every fault is found before any data is read."""

from sdtmconv.spec.model import DatasetSpec, FormSpec, StudySpec
from sdtmconv.spec.study import load_study

__all__ = ["DatasetSpec", "FormSpec", "StudySpec", "load_study"]
