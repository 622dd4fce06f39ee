"""A study's own derivations.py: run anew when it has changed, forgotten with its study."""

from pathlib import Path

import pytest
from small_columns import listed, text

from sdtmconv.errors import SpecError
from sdtmconv.mapping.registry import REGISTRY, RejectedValuesError
from sdtmconv.mapping.study import load_functions

HEADER = "import pandas as pd\nfrom sdtmconv.mapping.registry import Column, derivation\n\n"
MINE = HEADER + "@derivation('mine')\ndef mine(x: Column) -> pd.Series:\n    '''Mine.'''\n    {}\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "derivations.py"


@pytest.fixture(autouse=True)
def _forget() -> object:
    yield
    load_functions(None)


def test_its_keywords_are_registered(path: Path) -> None:
    """And run like any other, with columns made alike."""
    path.write_text(MINE.format("return x.str.cat(['', '!'])[::-1]"), encoding="utf-8")
    load_functions(path)
    assert listed(REGISTRY["mine"].function(x=text("a", "b"))) == ["b!", "a"]


def test_what_it_gives_is_made_a_column(path: Path) -> None:
    """Objects become text, empty text is missing, whole numbers are float64."""
    path.write_text(MINE.format("return pd.Series(['', None, 'a'], dtype=object)"))
    load_functions(path)
    result = REGISTRY["mine"].function(x=text("a"))
    assert listed(result) == [None, None, "a"]
    assert result.dtype == "str"
    path.write_text(MINE.format("return pd.Series([1, None], dtype='Int64')"))
    load_functions(path)
    assert REGISTRY["mine"].function(x=text("a")).dtype == "float64"


def test_another_study_does_not_see_them(path: Path) -> None:
    """A study without functions, loaded afterwards in the same process, has only ours."""
    path.write_text(MINE.format("return x"), encoding="utf-8")
    load_functions(path)
    load_functions(None)
    assert "mine" not in REGISTRY


def test_a_changed_file_is_run_again(path: Path) -> None:
    """As in a notebook, where a function is mended and the study loaded once more."""
    path.write_text(MINE.format("return x.str.upper()"), encoding="utf-8")
    load_functions(path)
    path.write_text(MINE.format("return x.str.title()"), encoding="utf-8")
    load_functions(path)
    assert listed(REGISTRY["mine"].function(x=text("ab"))) == ["Ab"]


def test_an_unchanged_file_is_run_once(path: Path) -> None:
    """A worker process loads it for every chunk."""
    path.write_text(
        f"from pathlib import Path\nPath({str(path)!r} + '.runs').open('a').write('x')\n"
    )
    for _ in range(3):
        load_functions(path)
    assert Path(f"{path}.runs").read_text() == "x"


def test_nothing_is_left_in_the_folder(path: Path) -> None:
    """A spec folder is under version control: no __pycache__ there."""
    path.write_text(MINE.format("return x"), encoding="utf-8")
    load_functions(path)
    assert [found.name for found in path.parent.iterdir()] == ["derivations.py"]


@pytest.mark.parametrize(
    ("source", "line", "says"),
    [
        (b"x = 1\ny = x +\n", 2, "stops with SyntaxError: invalid syntax"),
        (b"x = 1\n\nraise KeyError('x')\n", 3, "stops with KeyError: 'x'"),
        (b"import nowhere_to_be_found\n", 1, "stops with ModuleNotFoundError: No module named"),
        (b"import sys\nsys.exit(1)\n", 2, "stops with SystemExit: 1"),
        (b"def f():\n    f()\nf()\n", 2, "stops with RecursionError"),
        (b"x = '\xff'\n", 1, "stops with SyntaxError: (unicode error) 'utf-8' codec"),
        (b"x = 1\0\n", 1, "null bytes"),
        (
            MINE.format("return x").replace("'mine'", "'assign'").encode(),
            4,
            "stops with ValueError: keyword 'assign' is already defined by sdtmconv.mapping",
        ),
        (
            (
                MINE.format("return x") + MINE.format("return x").replace("def mine", "def two")
            ).encode(),
            11,
            "stops with ValueError: keyword 'mine' is already defined by",
        ),
        (
            MINE.format("return x").replace("x: Column", "x").encode(),
            4,
            "stops with ValueError: 'mine': annotate 'x' as Column, Columns",
        ),
    ],
)
def test_a_file_that_cannot_be_run(path: Path, source: bytes, line: int, says: str) -> None:
    """Its line and what it stops with; none of its keywords stays behind."""
    path.write_bytes(source)
    with pytest.raises(SpecError) as caught:
        load_functions(path)
    (fault,) = caught.value.faults
    assert fault.place == f"{path}:{line}"
    assert says in fault.problem
    assert fault.remedy.startswith("mend the function")
    assert "mine" not in REGISTRY


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("return x.nothing", "derivations.py:7 stops with AttributeError: 'Series' object has no"),
        ("return [1]", "stops with TypeError: it gives list, and not a Series"),
        ("return pd.Series([{}])[0]", "it gives dict, and not a Series"),
    ],
)
def test_a_function_that_stops(path: Path, body: str, says: str) -> None:
    """The engine is told as of any other value that cannot be used, with the line."""
    path.write_text(MINE.format(body), encoding="utf-8")
    load_functions(path)
    with pytest.raises(RejectedValuesError) as caught:
        REGISTRY["mine"].function(x=text("a"))
    assert says in caught.value.problem


def test_a_function_may_refuse_values_itself(path: Path) -> None:
    """As ours do."""
    source = MINE.format("raise RejectedValuesError(pd.Series([0]), 'no {value}', 'mend it', x)")
    path.write_text(source.replace("import Column,", "import RejectedValuesError, Column,"))
    load_functions(path)
    with pytest.raises(RejectedValuesError, match=r"no \{value\}"):
        REGISTRY["mine"].function(x=text("a"))
