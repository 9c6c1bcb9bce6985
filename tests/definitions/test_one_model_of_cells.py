"""Which cells are covered is decided in one place: a page that covered its own table would not know what the others print."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PADANAN = Path(__file__).parents[2] / "padanan"
# What covers -> the modules that may call it.
MAY = {
    "solve": {"published/cells/model.py"},
    "protect": {"published/gap_places.py"},
}
MADE_HERE = {"published/cells", "base/circulation.py", "published/gap_places.py"}


def _imported(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, name.name) for name in node.names)
        elif isinstance(node, ast.Import):
            yield from ((name.name, "") for name in node.names)


def _sources() -> Iterator[tuple[str, Path]]:
    for path in sorted(PADANAN.rglob("*.py")):
        yield path.relative_to(PADANAN).as_posix(), path


@pytest.mark.feature("F50")
def test_only_the_model_covers() -> None:
    """Nobody else imports what chooses cells: `cells.solve`, `cells.network`, and `circulation` for the sheet below the kota."""
    found = {name: set[str]() for name in MAY}
    for name, path in _sources():
        inside = name.startswith("published/cells/")
        for module, what in _imported(path):
            if what == "solve" and module.endswith("cells.solve"):
                found["solve"].add(name)
            elif what == "protect" and module == "padanan.base.circulation":
                found["protect"].add(name)
            elif module.startswith("padanan.published.cells.") and module.rpartition(".")[2] in (
                "network",
                "linear",
                "need",
                "single",
            ):
                assert inside, f"{name} memakai {module}"
    assert found == MAY


@pytest.mark.feature("F50")
def test_nobody_makes_marks_of_their_own() -> None:
    """A mark that covers is taken from the model; only what chooses cells, and the audit that reads marks back, names them."""
    allowed = {"base/suppress.py", "upkeep/outputs/attack.py"}
    for name, path in _sources():
        if name in allowed or any(name.startswith(place) for place in MADE_HERE):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Cover":
                assert node.attr in ("MERGED", "SMALL", "MORE"), f"{name}:{node.lineno} memberi tanda {node.attr}"
                told = node.attr == "MERGED" or _only_text(path, node.lineno)
                assert told, f"{name}:{node.lineno} memberi tanda sendiri"


def _only_text(path: Path, line: int) -> bool:
    """Whether a mark is named for its words only, or because the model covers the count beside it."""
    told = path.read_text(encoding="utf-8").splitlines()[line - 1]
    return ".text" in told or "cells.mark(" in told
