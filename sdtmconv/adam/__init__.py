"""What analysis datasets need beyond general derivations; importing registers the keywords."""

from sdtmconv.adam import confirmation, occurrence, recist, response, toxicity

__all__ = ["confirmation", "occurrence", "recist", "response", "toxicity"]
