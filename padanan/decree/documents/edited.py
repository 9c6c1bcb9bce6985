"""What people did with the drafts: a file that they changed or added outlives every command, ours stands beside it.

What the documents say is written in `drafts`; `verify` tells of edited ones through `padanan/published/proof.py`.
"""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path

from padanan.base import disk
from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError
from padanan.base.folder_proof import FILE
from padanan.base.home import Home
from padanan.published.proof import edited_in

NEW = ".baru"
TEMPLATES = "templat.json"
"""The templates that the documents were made from, with their hashes."""


def templates_used(home: Home) -> str:
    """Each template with its hash, and whether it is the shipped one."""
    # Late: who only verifies needs no library of DOCX where no documents are.
    from padanan.decree.documents.docx import SHIPPED, template_path

    chosen = {path.name: template_path(path.name, home) for path in sorted(SHIPPED.glob("*.docx"))}
    facts = {
        name: {"sha256": file_sha256(path), "asal": "bawaan" if path.parent == SHIPPED else "sendiri"}
        for name, path in chosen.items()
    }
    return json.dumps(facts, indent=1, sort_keys=True) + "\n"


def keep_edited(home: Home, goal: Path, folder: Path) -> list[str]:
    """Takes every file that people changed or added over into the folder that is being made; ours stands beside it as `.baru`.

    A file of ours that was changed is never ours again: it stays under its name whatever is written later. Where nothing proves
    what is ours (no signature, or a broken one), everything is taken for people's.

    Args:
        goal: the folder that stands, sealed when it was made.
        folder: the new one, holding what we just wrote.

    Returns:
        The names of our own files in `folder`.
    """
    own = sorted(path.name for path in folder.iterdir())
    if not goal.exists():
        return own
    try:
        people = edited_in(home, goal)
    except PadananError:
        people = [path for path in sorted(goal.iterdir()) if path.is_file() and path.name != FILE]
    for path in people:
        if path.name in own:
            new = _beside(path, {*own, *(one.name for one in people)})
            disk.copy(folder / path.name, folder / new)
            own[own.index(path.name)] = new
        disk.copy(path, folder / path.name)
    for path in sorted(goal.iterdir()):
        if path.is_dir() and not path.is_symlink():  # people's: we make none
            disk.copy_tree(path, folder / path.name)
    return sorted(own)


def changed_templates(home: Home) -> list[Path]:
    """Folders of documents, relative to the home, whose templates are others now than those that they were made from."""
    made = sorted(home.root.glob(f"decree/????-??-??/dokumen/rev-*/{TEMPLATES}"))
    now = templates_used(home) if made else ""
    return [path.parent.relative_to(home.root) for path in made if path.read_text(encoding="utf-8") != now]


def kept(home: Home, folder: Path) -> dict[str, str | None]:
    """Name of each file that people changed or added -> the name of ours beside it; None where it is only theirs."""
    found: dict[str, str | None] = {}
    people = {path.name for path in edited_in(home, folder)}
    for name in sorted(people):
        path = folder / name
        newer = [one.name for one in folder.glob(f"{path.stem}{NEW}*{path.suffix}") if one.name not in people]
        found[name] = newer[0] if newer else None
    return found


def _beside(path: Path, taken: set[str]) -> str:
    names = (f"{path.stem}{NEW}{'' if n == 1 else f'-{n}'}{path.suffix}" for n in count(1))
    return next(name for name in names if name not in taken)
