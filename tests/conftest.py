"""What tests share: a small study that a test can bend."""

from pathlib import Path
from textwrap import dedent

import pytest
from tiny_study import SMALL_STUDY, WriteStudy

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture
def write_study(tmp_path: Path) -> WriteStudy:
    """Write the small study to a folder, with some files changed (text) or left out (None)."""

    def write(changes: dict[str, str | bytes | None] | None = None) -> Path:
        folder = tmp_path / "tiny"
        for name, content in {**SMALL_STUDY, **(changes or {})}.items():
            if content is None:
                continue
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, bytes):
                path.write_bytes(content)
            else:
                path.write_text(dedent(content).lstrip("\n"), encoding="utf-8")
        return folder

    return write
