"""What tests of the engine share: a study built, and its datasets read back."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sdtmconv.build import build
from sdtmconv.transport import read_xpt

Frames = dict[str, pd.DataFrame]


@pytest.fixture
def built(write_study: Callable[..., Path], tmp_path: Path) -> Callable[..., Frames]:
    """Build the small study, with some files changed, and read its datasets."""

    def build_changed(changes: dict[str, str | None] | None = None) -> Frames:
        result = build(write_study(changes), out=tmp_path / "out")
        files = (tmp_path / "out").rglob("*.xpt")
        assert result.records
        return {path.stem.upper(): read_xpt(path).frame for path in sorted(files)}

    return build_changed
