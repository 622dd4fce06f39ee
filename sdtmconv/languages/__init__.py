"""Labels, terms and methods in other languages than English."""

from sdtmconv.languages.tables import ENGLISH, LANGUAGES, Wording, load_texts, load_wording, say
from sdtmconv.languages.translate import find_untranslated, translate_study

__all__ = [
    "ENGLISH",
    "LANGUAGES",
    "Wording",
    "find_untranslated",
    "load_texts",
    "load_wording",
    "say",
    "translate_study",
]
