"""XML from outside is read without entities, without a DTD of its own, and without the network."""

from __future__ import annotations

from typing import Final, TypedDict


class Options(TypedDict):
    """Options of lxml's parsers."""

    resolve_entities: bool
    no_network: bool
    load_dtd: bool


SAFE: Final[Options] = {"resolve_entities": False, "no_network": True, "load_dtd": False}
"""What every parser of the project is given."""
