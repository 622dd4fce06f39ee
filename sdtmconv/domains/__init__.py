"""What single SDTM domains need beyond general derivations; importing registers the keywords."""

from sdtmconv.domains import epoch, titers, visits

__all__ = ["epoch", "titers", "visits"]
