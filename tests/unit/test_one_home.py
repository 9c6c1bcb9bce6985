"""What several parts of the house need is written in one place: locks, files put into place, the SHA-256 of a file.

That other logic is not written twice is for people to see; here stand the pieces that once were.
"""

import ast
from pathlib import Path

import pytest

from padanan.base.home import CHECKOUT

FOLDERS = ("padanan", "orchestration", "scripts", "benchmarks", "tests")
LOCKS, DIGEST, COMMIT = "padanan/base/locks.py", "padanan/base/digest.py", "padanan/base/commit.py"
DISK = "padanan/base/disk.py"
# A test damages what it tests: it moves files about and counts hashes by other means than the code under test.
BY_OTHER_MEANS = "tests/"


def calls(tree: ast.AST) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def read(path: Path) -> ast.AST:
    return ast.parse(path.read_text(encoding="utf-8"))


def spoken(call: ast.Call) -> str:
    """`os.replace`, `.rename`, `open`: how a call is written, an object before the dot left out unless it is a module's name."""
    if isinstance(call.func, ast.Attribute):
        owner = call.func.value.id if isinstance(call.func.value, ast.Name) else ""
        return f"{owner}.{call.func.attr}"
    return call.func.id if isinstance(call.func, ast.Name) else ""


def locks(tree: ast.AST) -> list[int]:
    """Lines that take a lock of the kernel."""
    return [call.lineno for call in calls(tree) if spoken(call).rpartition(".")[2] in ("flock", "lockf")]


def moves(tree: ast.AST) -> list[int]:
    """Lines that put a file or folder into place: `os.replace`, `disk.rename`, and `Path.replace` or `rename` (one argument)."""
    found = []
    for call in calls(tree):
        owner, _, name = spoken(call).rpartition(".")
        if name not in ("replace", "rename"):
            continue
        path_like = len(call.args) == 1 and not call.keywords and isinstance(call.func, ast.Attribute)
        if owner in ("os", "disk") or (path_like and owner != "commit"):
            found.append(call.lineno)
    return found


def digests(tree: ast.AST) -> list[int]:
    """Lines that hash a file: `file_digest`, a hash of `read_bytes()`, or a function that reads and adds to a hash."""
    found = []
    for call in calls(tree):
        taken = [inner for argument in call.args for inner in calls(argument)]
        of_file = is_hash(call) and any(spoken(inner).endswith(".read_bytes") for inner in taken)
        if of_file or spoken(call).endswith("file_digest"):
            found.append(call.lineno)
    for scope in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
        names = [spoken(call).rpartition(".")[2] for call in calls(scope)]
        if "update" in names and any(name in ("read", "read_bytes") for name in names):
            found += [call.lineno for call in calls(scope) if is_hash(call)]
    return found


def is_hash(call: ast.Call) -> bool:
    return spoken(call).startswith("hashlib.") or spoken(call) in ("sha256", "md5", "blake2b")


KINDS = {"lock": (locks, {LOCKS}), "move": (moves, {COMMIT, DISK}), "file hash": (digests, {DIGEST})}
WORDS = {
    "lock": ("flock", "lockf"),
    "move": ("replace", "rename"),
    "file hash": ("hashlib", "sha256", "md5", "blake2b", "digest"),
}
"""A file without any of these words has nothing of the kind, and is not looked through."""


def offenders() -> dict[str, list[str]]:
    """Places by kind, of one look at each file."""
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for folder in FOLDERS:
        for path in sorted((CHECKOUT / folder).rglob("*.py")):
            name, text = path.relative_to(CHECKOUT).as_posix(), path.read_text(encoding="utf-8")
            asked = [
                kind
                for kind, (_, homes) in KINDS.items()
                if name not in homes
                and not (name.startswith(BY_OTHER_MEANS) and kind != "lock")
                and any(word in text for word in WORDS[kind])
            ]
            tree = ast.parse(text) if asked else ast.Module([], [])
            for kind in asked:
                found[kind] += [f"{name}:{line}" for line in KINDS[kind][0](tree)]
    return found


def test_each_stands_in_its_home_alone():
    assert offenders() == {kind: [] for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_its_home_has_it(kind):
    find, homes = KINDS[kind]
    assert all(find(read(CHECKOUT / home)) for home in homes)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("lock", "import fcntl\nfcntl.flock(handle, fcntl.LOCK_EX)"),
        ("lock", "from fcntl import flock\nflock(handle, 2)"),
        ("move", "import os\nos.replace('a', 'b')"),
        ("move", "draft.replace(path)"),
        ("move", "(folder / name).rename(path)"),
        ("file hash", "def f(path):\n    return hashlib.sha256(path.read_bytes()).hexdigest()"),
        ("file hash", "def f(path):\n    with path.open('rb') as h:\n        return hashlib.file_digest(h, 'sha256')"),
        ("file hash", "def f(h):\n    d = hashlib.sha256()\n    while b := h.read(9):\n        d.update(b)"),
    ],
)
def test_another_copy_is_seen(kind, code):
    assert KINDS[kind][0](ast.parse(code)) and any(word in code for word in WORDS[kind])


@pytest.mark.parametrize("code", ["'a'.replace('b', 'c')", "replace(config, models=1)", "frame.rename(columns=names)"])
def test_other_words_are_none_of_it(code):
    assert moves(ast.parse(code)) == []


def test_a_file_comes_into_place_whole_or_not_at_all(tmp_path: Path) -> None:
    from padanan.base.commit import write_once, writing

    path = tmp_path / "x" / "berkas"
    write_once(path, "lama", mode=0o600)
    with pytest.raises(RuntimeError), writing(path) as draft:
        draft.write_text("setengah")
        raise RuntimeError
    assert path.read_text() == "lama" and path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_drafts_of_killed_runs_go_and_nothing_else(tmp_path: Path) -> None:
    from padanan.base.commit import sweep

    for name in (".tmp-4194305-ab12", ".tmp-milik-orang", "berkas"):
        (tmp_path / name).write_text("x")
    (tmp_path / ".tmp-4194306-ab12").mkdir()
    sweep(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {".tmp-milik-orang", "berkas"}


def test_a_lock_is_held_by_one_and_given_back(tmp_path: Path) -> None:
    from padanan.base.locks import held, take

    path = tmp_path / "baru" / ".kunci"
    with held(path):
        with pytest.raises(BlockingIOError):
            take(path, wait=False)
    take(path, wait=False).release()
    assert path.stat().st_mode & 0o777 == 0o600
