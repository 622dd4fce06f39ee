"""The house rules that a reader relies on."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "sdtmconv"

ROOMS = (
    "errors",
    "safe_xml",
    "oids",
    "analyses",
    "metadata",
    "folders",
    "workbook",
    "languages",
    "standards",
    "threads",
    "distinct",
    "iso8601",
    "sas_dates",
    "conditions",
    "expressions",
    "mapping",
    "domains",
    "adam",
    "spec",
    "transport",
    "raw",
    "engine",
    "define_xml",
    "convert",
    "validate",
    "review",
    "compare",
    "report",
    "simulate",
    "build",
    "exchange",
    "explain",
    "package",
    "cli",
)


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def imports_of(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "sdtmconv":
            found += [f"sdtmconv.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append(node.module)
    return [name for name in found if name.startswith("sdtmconv.")]


def test_imports_run_one_way() -> None:
    """A room imports only rooms above it, so that a reader can learn the house top down."""
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if own in ("__init__", "__main__"):
            continue
        for module in imports_of(path):
            room = room_of(module)
            if room == "__version__" or room == own:
                continue
            if ROOMS.index(room) >= ROOMS.index(own):
                wrong.append(f"{path.relative_to(PACKAGE)} imports {module}")
    assert wrong == []


def test_nothing_in_the_product_evaluates_text_or_unpickles() -> None:
    """Specs and data are never run as code, except a study's own derivations.py."""
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id in ("eval", "exec", "compile"):
                    wrong.append(f"{path.name}:{node.lineno} {node.func.id}")
            elif isinstance(node, ast.Import | ast.ImportFrom):
                names = [alias.name for alias in node.names] + [getattr(node, "module", "") or ""]
                wrong += [
                    f"{path.name}:{node.lineno} {n}" for n in names if n in ("pickle", "shelve")
                ]
    assert wrong == []


def test_every_room_with_code_is_a_package() -> None:
    """A wheel takes packages only: a folder without __init__.py would be missing from it."""
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").is_file()] == []
