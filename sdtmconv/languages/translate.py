"""A study's metadata in another language: the same study, its texts replaced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sdtmconv.analyses import AnalysisResult, ResultDisplay
from sdtmconv.languages.tables import load_texts
from sdtmconv.metadata import (
    Codelist,
    DatasetMetadata,
    StudyMetadata,
    Term,
    ValueLevel,
    VariableMetadata,
)


class _Translator:
    """Replaces texts that it knows, and leaves the others as they are."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._codelists: dict[Codelist, Codelist] = {}

    def text(self, english: str) -> str:
        return self._texts.get(english, english)

    def _term(self, term: Term, always: bool) -> Term:
        """Translate a decode; a term without one gets one where the language has words for it."""
        translated = self._texts.get(term.decode or term.value, "")
        return replace(term, decode=translated or (term.decode or term.value if always else ""))

    def codelist(self, codelist: Codelist) -> Codelist:
        if codelist not in self._codelists:
            decoded = any(t.decode or t.value in self._texts for t in codelist.terms)
            terms = tuple(self._term(term, decoded) for term in codelist.terms)
            label = self.text(codelist.label)
            self._codelists[codelist] = replace(codelist, label=label, terms=terms)
        return self._codelists[codelist]

    def variable(self, variable: VariableMetadata) -> VariableMetadata:
        return replace(
            variable,
            label=self.text(variable.label),
            codelist=self.codelist(variable.codelist) if variable.codelist else None,
            method=self.text(variable.method),
            comment=self.text(variable.comment),
            values=tuple(
                ValueLevel(value.where, self.variable(value.variable)) for value in variable.values
            ),
        )

    def dataset(self, dataset: DatasetMetadata) -> DatasetMetadata:
        return replace(
            dataset,
            label=self.text(dataset.label),
            structure=self.text(dataset.structure),
            comment=self.text(dataset.comment),
            variables=tuple(map(self.variable, dataset.variables)),
        )

    def result(self, result: AnalysisResult) -> AnalysisResult:
        return replace(
            result,
            description=self.text(result.description),
            join=self.text(result.join),
            documentation=self.text(result.documentation),
        )

    def display(self, display: ResultDisplay) -> ResultDisplay:
        return replace(
            display,
            title=self.text(display.title),
            results=tuple(map(self.result, display.results)),
        )


def _texts_of(study: StudyMetadata, language: str) -> Mapping[str, str]:
    """Give the study's own texts over the packaged ones."""
    return {**load_texts(language), **study.translations.get(language, {})}


def translate_study(study: StudyMetadata, language: str) -> StudyMetadata:
    """Give a study's metadata in another language.

    Labels, structures, decodes, methods, comments, documents' titles and results are translated
    by the study's own texts (languages/zh.yaml) and then the packaged ones; what neither has stays
    English. Names, submission values, conditions and data are the same in every language.

    Args:
        study: The study in English.
        language: As xml:lang names it, such as zh.

    Raises:
        StandardsError: Nothing is packaged for the language.

    >>> translate_study(StudyMetadata("S1", "Trial", "S1"), "zh").language
    'zh'
    """
    translator = _Translator(_texts_of(study, language))
    return replace(
        study,
        description=translator.text(study.description),
        datasets=tuple(map(translator.dataset, study.datasets)),
        documents=tuple(
            replace(document, title=translator.text(document.title)) for document in study.documents
        ),
        displays=tuple(map(translator.display, study.displays)),
        language=language,
    )


def _codelist_texts(variable: VariableMetadata) -> Iterator[str]:
    if variable.codelist:
        yield variable.codelist.label
        yield from (term.decode for term in variable.codelist.terms)
    for value in variable.values:
        yield from _codelist_texts(value.variable)


def _variable_texts(variable: VariableMetadata) -> Iterator[str]:
    yield from (variable.label, variable.method, variable.comment)
    for value in variable.values:
        yield from _variable_texts(value.variable)


def _study_texts(study: StudyMetadata) -> Iterator[str]:
    yield study.description
    for dataset in study.datasets:
        yield from (dataset.label, dataset.structure, dataset.comment)
        for variable in dataset.variables:
            yield from _variable_texts(variable)
    yield from (document.title for document in study.documents)
    for display in study.displays:
        yield display.title
        for result in display.results:
            yield from (result.description, result.join, result.documentation)


def find_untranslated(
    study: StudyMetadata, language: str, *, terms: bool = True
) -> tuple[str, ...]:
    """List the texts of a study that stay English in another language, each once.

    Args:
        study: The study in English.
        language: As xml:lang names it.
        terms: False to leave out codelists, of which a build uses a part only.
    """
    known = _texts_of(study, language)
    texts = [*_study_texts(study)]
    if terms:
        for dataset in study.datasets:
            for variable in dataset.variables:
                texts += _codelist_texts(variable)
    return tuple(dict.fromkeys(text for text in texts if text and text not in known))
