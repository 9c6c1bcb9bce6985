"""Every write to the disk passes `padanan/base/disk.py`: only then does tests/faults break each of them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
SEAM = "padanan/base/disk.py"
# What is no part of the house, or is announced as a whole where it is called.
OUTSIDE = {
    "padanan/synthetic/": "made-up deliveries: the producers' side, and the database they deliver from",
    "padanan/generated/": "files of the checkout that are rendered from contracts",
    "padanan/cleansing/suite.py": "the rendered suites of the checkout",
    "padanan/decree/documents/make_templates.py": "the templates of the checkout",
    "orchestration/snapshot.py": "the rendered asset graph of the checkout",
    "padanan/distribution/api/serve.py": "streams that go to a client and never to the disk",
    "padanan/distribution/server.py": "an empty home that is thrown away, to describe the API over it",
    "padanan/base/sandbox_server.py": "a child's scratch: who asks for the child announces its work as a whole",
    "padanan/landing/csv_reader.py": "a reader's scratch: `land` announces the reading as a whole",
    "padanan/landing/parquet_reader.py": "the same",
    "padanan/landing/postgres_reader.py": "the same",
    "padanan/landing/xlsx_reader.py": "the same",
    "padanan/landing/raw.py": "the same",
    "padanan/landing/text.py": "the same",
    "padanan/spark/workers.py": "the program's own files, packed for the workers of a session",
}
METHODS = {
    "write_text", "write_bytes", "mkdir", "unlink", "rename", "rmdir", "touch", "chmod", "lchmod", "symlink_to", "hardlink_to",
}  # fmt: skip
FUNCTIONS = {
    "os": {
        "replace", "rename", "renames", "fsync", "fdatasync", "unlink", "remove", "mkdir", "makedirs", "rmdir", "link", "symlink",
        "write", "writev", "pwrite", "truncate", "ftruncate", "chmod", "mknod", "mkfifo", "sendfile", "copy_file_range",
    },
    "shutil": {"copy", "copy2", "copyfile", "copytree", "move", "rmtree", "make_archive", "unpack_archive"},
    "tempfile": {"TemporaryDirectory", "NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile", "mkdtemp", "mkstemp"},
}  # fmt: skip
# Other libraries' writers: allowed inside a block that announces the file.
WRITERS = {("pq", "ParquetWriter"), ("pq", "write_table"), ("zipfile", "ZipFile"), ("xlsxwriter", "Workbook")}


def called(node: ast.Call) -> tuple[str, str]:
    """`("os", "replace")` of `os.replace(…)`; `("", "open")` of `open(…)`."""
    function = node.func
    if isinstance(function, ast.Attribute):
        return (function.value.id if isinstance(function.value, ast.Name) else "…"), function.attr
    return "", function.id if isinstance(function, ast.Name) else ""


def mode_of(node: ast.Call, place: int) -> str:
    """The text mode of an `open`; `r` when none is given."""
    given = node.args[place] if len(node.args) > place else next((k.value for k in node.keywords if k.arg == "mode"), None)
    return str(given.value) if isinstance(given, ast.Constant) else "r" if given is None else "?"


def announced(node: ast.AST) -> bool:
    """Whether it is `with disk.filling(…)`, alone or as one of several."""
    return isinstance(node, ast.With) and any(
        isinstance(item.context_expr, ast.Call) and called(item.context_expr) == ("disk", "filling") for item in node.items
    )


def written_by(node: ast.Call, inside: bool) -> str:
    """What a call writes beside the seam; empty when nothing."""
    owner, name = called(node)
    method = isinstance(node.func, ast.Attribute)
    if name in FUNCTIONS.get(owner, ()):
        return f"{owner}.{name}"
    if method and name in METHODS and owner not in ("disk", "os", "shutil"):
        # A table's columns are renamed by a word, a path by its place.
        return "" if any(word.arg == "columns" for word in node.keywords) else f".{name}"
    if (owner, name) == ("os", "open"):
        flags = {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
        return "os.open" if flags & {"O_CREAT", "O_WRONLY", "O_RDWR"} and "devnull" not in flags else ""
    if inside:
        return ""
    if name == "open":
        mode = mode_of(node, 1 if owner in ("", "io", "tarfile", "gzip") else 0)
        return f"open {mode}" if set(mode.split(":")[0]) & set("wax+") else ""
    if (owner, name) in WRITERS:
        first = node.args[0] if node.args else None
        in_memory = isinstance(first, ast.Name) and first.id == "target"
        return "" if name == "ZipFile" and (in_memory or mode_of(node, 1) == "r") else name
    return ""


def writes(tree: ast.AST) -> list[tuple[int, str]]:
    """(line, what) of each write that does not pass the seam."""
    found: list[tuple[int, str]] = []

    def look(node: ast.AST, inside: bool) -> None:
        inside = inside or announced(node)
        if isinstance(node, ast.Call) and (what := written_by(node, inside)):
            found.append((node.lineno, what))
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and not inside and text.lstrip().lower().startswith("copy ("):
            found.append((node.lineno, "copy (…) to"))
        for child in ast.iter_child_nodes(node):
            look(child, inside)

    look(tree, False)
    return found


def modules() -> list[str]:
    """Every module of the library and of the orchestration, relative to the checkout."""
    return sorted(
        path.relative_to(CHECKOUT).as_posix() for top in ("padanan", "orchestration") for path in (CHECKOUT / top).rglob("*.py")
    )


def test_no_module_writes_beside_the_seam() -> None:
    """A write that is not told to the seam is never broken by a test, and what it leaves after a crash nobody knows."""
    stray = [
        f"{name}:{line}: {what}"
        for name in modules()
        if name != SEAM and not any(name.startswith(place) for place in OUTSIDE)
        for line, what in writes(ast.parse((CHECKOUT / name).read_text(encoding="utf-8")))
    ]
    assert not stray, "write through padanan.base.disk or padanan.base.commit:\n" + "\n".join(stray)


def test_what_stands_outside_exists_and_writes() -> None:
    """The list of exceptions shrinks with the code."""
    for place in OUTSIDE:
        found = [name for name in modules() if name.startswith(place)]
        assert any(writes(ast.parse((CHECKOUT / name).read_text(encoding="utf-8"))) for name in found), place


@pytest.mark.parametrize(
    "code",
    [
        'open(p, "w")', 'open(p, mode="ab")', 'p.open("x")', 'p.write_text("x")', "p.unlink()", "os.replace(a, b)", "os.fsync(d)",
        "os.open(p, os.O_RDWR | os.O_CREAT)", "shutil.rmtree(p)", "tempfile.mkdtemp()", 'zipfile.ZipFile(p, "w")',
        'tarfile.open(p, "w:gz")', "pq.ParquetWriter(p, s)", "con.execute(f\"copy (select 1) to '{p}'\")", "p.chmod(0o600)",
        "with other(p):\n    pq.ParquetWriter(p, s)",
    ],
)  # fmt: skip
def test_each_way_of_writing_is_seen(code: str) -> None:
    assert writes(ast.parse(code))


@pytest.mark.parametrize(
    "code",
    [
        "open(p)", 'p.open("rb")', "os.open(p, os.O_RDONLY)", 'disk.write_text(p, "x")', "disk.unlink(p)", "zipfile.ZipFile(p)",
        'with disk.filling(p), zipfile.ZipFile(p, "w") as z:\n    pass', 'text.replace("a", "b")',
    ],
)  # fmt: skip
def test_reading_and_the_seam_itself_are_left_alone(code: str) -> None:
    assert not writes(ast.parse(code))
