"""The states of a finding, from one run to the next."""

from __future__ import annotations

import typing
from typing import Literal

State = Literal["new", "reopened", "open", "explained"]
"""new: not there in the last run. reopened: explained or gone before, and not any more.
open: there before. explained: accepted in findings.yaml. In a first run, all others are open."""

STATES: tuple[State, ...] = typing.get_args(State)
