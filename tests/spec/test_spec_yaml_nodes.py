"""YAML as a spec means it: text as written, every piece with its line."""

from pathlib import Path

import pytest

from sdtmconv.errors import Fault
from sdtmconv.spec.yaml_nodes import Node, Reader, read_yaml


def read(path: Path, content: str | bytes) -> Node:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    faults: list[Fault] = []
    node = read_yaml(path, "a.yaml", faults)
    assert faults == []
    assert node
    return node


def texts(node: Node) -> object:
    """Give a node's content without its lines."""
    if isinstance(node.content, dict):
        return {key: texts(value) for key, value in node.content.items()}
    if isinstance(node.content, tuple):
        return [texts(item) for item in node.content]
    return node.content


def test_scalars_stay_text_as_written(tmp_path: Path) -> None:
    """What YAML takes for numbers, dates, truth or nothing is what it looks like."""
    node = read(tmp_path / "a", "[NO, 01, 12:30, 1e3, 2025-03-01, ~, null, .5, 0x1F, yes]")
    assert texts(node) == [
        "NO", "01", "12:30", "1e3", "2025-03-01", "~", "null", ".5", "0x1F", "yes",
    ]  # fmt: skip


def test_quotation_and_lines(tmp_path: Path) -> None:
    """Quotes are YAML's, long text may go over lines."""
    node = read(
        tmp_path / "a", 'a: "it\'s"\nb: \'say "x"\'\nc: one\n  two\nd: >-\n  three\n  four\n'
    )
    assert texts(node) == {"a": "it's", "b": 'say "x"', "c": "one two", "d": "three four"}


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfa: {b: [c]}\n",
        b"a: {b: [c]}\r\n",
        b"---\na:\n  b:\n    - c\n...\n",
        b"# a remark\n\na: {b: [!!str c]}",
    ],
    ids=["byte order mark", "Windows line ends", "document marks", "no line end"],
)
def test_the_same_in_other_clothes(tmp_path: Path, content: bytes) -> None:
    """What editors add changes nothing."""
    assert texts(read(tmp_path / "a", content)) == {"a": {"b": ["c"]}}


def test_every_piece_knows_its_line(tmp_path: Path) -> None:
    """Keys too; a key that is not there has the line of its mapping."""
    node = read(tmp_path / "a", "a: 1\nb:\n  c: [x,\n      y]\n")
    assert isinstance(node.content, dict)
    inner = node.content["b"]
    assert (node.line, node.place_of("b"), inner.line) == (1, "a.yaml:2", 3)
    assert isinstance(inner.content, dict)
    listed = inner.content["c"].content
    assert [item.place for item in listed if isinstance(item, Node)] == ["a.yaml:3", "a.yaml:4"]
    assert node.place_of("z") == "a.yaml:1"


def test_nesting_as_deep_as_specs_go(tmp_path: Path) -> None:
    """Twenty levels are sound."""
    assert read(tmp_path / "a", "[" * 20 + "]" * 20)


def reader_of(content: str | tuple[Node, ...] | dict[str, Node]) -> tuple[Reader, Node]:
    return Reader([]), Node(content, "a.yaml", 7)


def test_a_text_alone_is_a_list_of_one() -> None:
    """Where a spec may give one name or several."""
    reader, node = reader_of("AE")
    assert reader.texts(node, "keys") == ("AE",)
    assert reader.texts(None, "keys") == ()
    assert reader.faults == []


def test_what_is_wrong_is_reported_and_left_out() -> None:
    """So that compiling goes on and finds the other faults."""
    reader = Reader([])
    items = tuple(Node(content, "a.yaml", 7) for content in ("AE", "", (), {}))
    assert reader.texts(Node(items, "a.yaml", 7), "keys") == ("AE",)
    assert [fault.problem for fault in reader.faults] == [
        "keys is empty",
        "keys is a list",
        "keys is a mapping",
    ]


@pytest.mark.parametrize("text", ["1", "200", "007"])
def test_whole_numbers(text: str) -> None:
    """From 1 to the most there can be."""
    reader, node = reader_of(text)
    assert reader.integer(node, "length", 200) == int(text)
    assert reader.faults == []


@pytest.mark.parametrize("text", ["0", "-1", "201", "1.0", "²", "1e2", "9" * 5000, "one"])
def test_what_is_no_whole_number(text: str) -> None:
    """Is told with its first characters."""
    reader, node = reader_of(text)
    assert reader.integer(node, "length", 200) is None
    assert reader.faults == [
        Fault("a.yaml:7", f"length is {text[:20]!r}", "write a whole number from 1 to 200")
    ]


def test_yes_and_no() -> None:
    """Nothing else is yes or no."""
    for text, found in (("yes", True), ("no", False), ("true", False)):
        reader, node = reader_of(text)
        assert reader.flag(node, "x") is found
        assert [fault.remedy for fault in reader.faults] == (
            ["write one of yes, no"] if text == "true" else []
        )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Sévère", "label has 'é', which is not printable ASCII"),
        ("a\tb", "label has '\\t', which is not printable ASCII"),
        ("x" * 41, "label has 41 bytes"),
    ],
)
def test_text_that_a_transport_file_cannot_hold(text: str, problem: str) -> None:
    """Is told where it is written, long before a file is."""
    reader = Reader([])
    reader.check_text(text, "label", "a.yaml:7", 40)
    assert [fault.problem for fault in reader.faults] == [problem]
