"""What is written as YAML is read as it was, whatever it holds."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sdtmconv.exchange.yaml_text import WIDTH, write_yaml
from sdtmconv.spec.yaml_nodes import Node, read_yaml

TEXT = (
    st.text(st.characters(blacklist_categories=("Cs",)))
    | st.text("ab :#-'\"\\{}[],&*!|>%@`\n\t =?~<", max_size=200)
    | st.lists(st.sampled_from(["word", "of", "a:", "#x", "it's", '"q"', "\\", "\n"])).map(" ".join)
)
CONTENT = st.recursive(
    TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=10,
)


def plain(node: Node) -> Any:
    if isinstance(node.content, tuple):
        return [plain(item) for item in node.content]
    if isinstance(node.content, dict):
        return {key: plain(value) for key, value in node.content.items()}
    return node.content


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.dictionaries(TEXT, CONTENT, min_size=1))
def test_any_content_is_read_as_it_was_written(tmp_path: Path, content: dict[str, Any]) -> None:
    """Quotes, escapes, folds and blocks never change a text."""
    path = tmp_path / "x.yaml"
    path.write_text(write_yaml(content), encoding="utf-8", newline="\n")
    faults: list[Any] = []
    node = read_yaml(path, "x.yaml", faults)
    assert faults == []
    assert node
    assert plain(node) == content


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"AESEV": {"unmapped": "Collected"}}, "AESEV: {unmapped: Collected}\n"),
        ({"a": {"b": {"c": "1"}, "long": {"c": "2"}}}, "a:\n  b:    {c: 1}\n  long: {c: 2}\n"),
        ({"where": 'QNAM EQ "RACE1"'}, 'where: QNAM EQ "RACE1"\n'),
        ({"where": 'A IN ("B", "C")'}, 'where: \'A IN ("B", "C")\'\n'),
        ({"text": "proc glm;\n  run;"}, "text: |-\n  proc glm;\n    run;\n"),
        ({"keys": ["STUDYID", "USUBJID"]}, "keys: [STUDYID, USUBJID]\n"),
    ],
)
def test_it_is_written_as_people_write_it(content: dict[str, Any], text: str) -> None:
    """Short entries stand on one line, texts of several lines line by line."""
    assert write_yaml(content) == text


def test_long_texts_are_folded_between_words() -> None:
    """No line is wider than a screen."""
    lines = write_yaml({"method": "a word " * 60}).splitlines()
    assert len(lines) > 3
    assert max(map(len, lines)) <= WIDTH
