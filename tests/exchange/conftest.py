"""CDISC's public examples, one for SDTM and one for ADaM with results metadata."""

from pathlib import Path

import pytest
from public_examples import EXAMPLES, PUBLIC


@pytest.fixture(params=EXAMPLES)
def public(request: pytest.FixtureRequest) -> Path:
    """Give each of them in turn."""
    path = PUBLIC / request.param
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return path
