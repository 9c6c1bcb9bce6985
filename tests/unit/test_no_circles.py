"""No module of the library needs itself by way of others, also not by an import that a function makes.

Which package may import which is held by the import contracts of pyproject.toml.
"""

import ast
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from padanan.base.home import CHECKOUT

# Mended with the decision form's own module; goes with it.
ALLOWED = {("padanan.review.decision.form", "padanan.review.decision.form_book")}


def imports(root: Path) -> dict[str, set[str]]:
    """Every module below `padanan` with those of ours that it imports anywhere: at its head, in a function, for types only."""
    files = {}
    for path in sorted((root / "padanan").rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        files[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return {name: named(path.read_text(encoding="utf-8"), files) - {name} for name, path in files.items()}


def named(code: str, known: Mapping[str, object]) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {one.name: f"{node.module}.{one.name}" for one in node.names}
            found |= {whole if whole in known else node.module for whole in inner.values()}
    return {one for one in found if one in known}


def circle(graph: Mapping[str, set[str]]) -> list[str]:
    """One circle of a graph, empty when it has none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_circle_of_modules() -> None:
    graph = imports(CHECKOUT)
    assert len(graph) > 200
    for first, second in ALLOWED:
        graph[second].discard(first)
    assert circle(graph) == []


def test_a_circle_through_a_function_is_seen(tmp_path: Path) -> None:
    folder = tmp_path / "padanan" / "x"
    folder.mkdir(parents=True)
    for name, code in {
        "__init__.py": "",
        "a.py": "from padanan.x import b",
        "b.py": "import padanan.x.c",
        "c.py": "def f():\n    from padanan.x.a import g\n    return g",
    }.items():
        (folder / name).write_text(code)
    assert {"padanan.x.a", "padanan.x.b", "padanan.x.c"} <= set(circle(imports(tmp_path)))
