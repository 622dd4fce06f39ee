"""languages/zh.yaml: what a study says in another language, beside what is packaged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sdtmconv.languages import LANGUAGES, Wording, find_untranslated, load_texts, load_wording
from sdtmconv.metadata import DatasetMetadata, StudyMetadata
from sdtmconv.spec.describe import describe_rules
from sdtmconv.spec.model import DatasetSpec, VariableSpec
from sdtmconv.spec.yaml_nodes import Node, Reader, read_yaml

_FIELDS = ("description", "datasets", "texts")
_OF_DATASET = ("label", "structure", "comment")
_NAMES = re.compile(r"(?P<names>[\w.]+(?:, [\w.]+)*): ")
_LONGEST_LABEL = 40  # bytes, in a transport file


def read_translations(
    folder: Path, study: StudyMetadata, specs: Iterable[DatasetSpec], reader: Reader
) -> dict[str, dict[str, str]]:
    """Read the languages of a study: language to its texts by the English ones.

    A language that the study states has to be complete: each text of the specs that neither the
    study nor the package has in it is a fault.

    Args:
        folder: The study's folder.
        study: What the specs say, in English.
        specs: The compiled datasets, whose rules are worded in the language.
        reader: Collects faults.
    """
    specs = list(specs)
    found = {}
    for path in sorted((folder / "languages").glob("*.y*ml")):
        shown = f"languages/{path.name}"
        node = read_yaml(path, shown, reader.faults)
        if path.stem not in LANGUAGES:
            remedy = f"name the file after one of {', '.join(LANGUAGES)}"
            reader.report(shown, f"no language {path.stem!r}", remedy)
        elif node is not None:
            found[path.stem] = _compile(node, path.stem, study, specs, reader)
    return found


def _compile(
    node: Node, language: str, study: StudyMetadata, specs: Iterable[DatasetSpec], reader: Reader
) -> dict[str, str]:
    texts = dict(_word_methods(specs, load_wording(language)))
    texts |= _read_texts(node, study, reader)
    texts |= _join_methods(study, {**load_texts(language), **texts})
    translated = replace(study, translations={language: texts})
    for text in find_untranslated(translated, language, terms=False):
        remedy = "add it under `texts:`, or say it as another text that is translated"
        reader.report(node.place, f"not said in {language}: {text!r}", remedy)
    _check_labels(study, {**load_texts(language), **texts}, node, reader)
    return texts


def _word_methods(specs: Iterable[DatasetSpec], wording: Wording) -> Iterator[tuple[str, str]]:
    """Word every derived variable in both languages."""
    for spec in specs:
        for variable in _variables(spec):
            if variable.rules:
                yield describe_rules(variable.rules), describe_rules(variable.rules, wording)


def _join_methods(study: StudyMetadata, texts: Mapping[str, str]) -> dict[str, str]:
    """Word the methods that say one after the other what each source or parameter does."""
    variables = [variable for dataset in study.datasets for variable in dataset.variables]
    values = [value.variable for variable in variables for value in variable.values]
    joined = {v.method for v in [*variables, *values] if v.method and v.method not in texts}
    longest_first = sorted(texts, key=len, reverse=True)
    found = {}
    for method in sorted(joined):
        parts = list(_split_method(method, longest_first))
        if " ".join(f"{names}: {said}" for names, said in parts) == method:
            found[method] = " ".join(f"{names}：{texts[said]}" for names, said in parts)
    return found


def _split_method(method: str, known: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Give the sources or parameters of each part, and what it says, as far as that is known."""
    while names := _NAMES.match(method):
        rest = method[names.end() :]
        said = next((text for text in known if rest.startswith(text)), None)
        if said is None:
            return
        yield names["names"], said
        method = rest[len(said) :].removeprefix(" ")


def _variables(spec: DatasetSpec) -> Iterator[VariableSpec]:
    yield from spec.variables.values()
    for source in spec.sources:
        yield from source.variables.values()


def _read_texts(node: Node, study: StudyMetadata, reader: Reader) -> dict[str, str]:
    fields = reader.fields(node, "a language", _FIELDS)
    texts = {
        english: reader.text(entry, f"texts: {english}")
        for english, entry in reader.mapping(fields.get("texts"), "texts").items()
    }
    if "description" in fields:
        texts[study.description] = reader.text(fields["description"], "description")
    datasets = {dataset.name: dataset for dataset in study.datasets}
    for name, entry in reader.mapping(fields.get("datasets"), "datasets").items():
        if name not in datasets:
            place = fields["datasets"].place_of(name)
            reader.report(place, f"the study has no dataset {name!r}", "correct the name")
            continue
        texts |= _read_dataset(entry, datasets[name], reader)
    return texts


def _read_dataset(node: Node, dataset: DatasetMetadata, reader: Reader) -> Mapping[str, str]:
    texts = {}
    for key, entry in reader.fields(node, dataset.name, _OF_DATASET).items():
        english = str(getattr(dataset, key))
        if not english:
            reader.report(node.place_of(key), f"{dataset.name} has no {key}", "take it out")
        texts[english] = reader.text(entry, f"{dataset.name}: {key}")
    return texts


def _check_labels(
    study: StudyMetadata, texts: Mapping[str, str], node: Node, reader: Reader
) -> None:
    """Report labels that are too long for a transport file, which counts bytes."""
    described = [(dataset.name, dataset.label) for dataset in study.datasets]
    described += [(f"{d.name}.{v.name}", v.label) for d in study.datasets for v in d.variables]
    for label in dict.fromkeys(label for _, label in described):
        size = len(texts.get(label, "").encode())
        if size > _LONGEST_LABEL:
            problem = f"the label {texts[label]!r} of {label!r} has {size} bytes"
            reader.report(node.place, problem, f"shorten it to {_LONGEST_LABEL}")
