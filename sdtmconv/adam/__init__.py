"""What analysis datasets need beyond general derivations; importing registers the keywords."""

from sdtmconv.adam import occurrence, recist, response, toxicity

__all__ = ["occurrence", "recist", "response", "toxicity"]
