"""Marks a data home as the demo's, and wipes it again without ever touching real deliveries.

What the demo puts into the home is `demo.py`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from padanan.base import disk
from padanan.base.commit import write_once
from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError
from padanan.base.home import FOLDERS, Home

# Everything a demo run may write below the home; nothing else is ever removed (data/samples is tracked by git).
MADE_BY_DEMO = (*FOLDERS, "truth", "dbt", "dagster", "postgres", "kendali", "format_version")

DECREES = "menetapkan"
"""The fact of a marker that says that the demo itself seals decrees."""
CURE = "pilih folder lain, misalnya: PADANAN_HOME=$PWD/data-demo make demo"


def make_ready(home: Home, facts: dict[str, Any], *, keep: Collection[str] = ()) -> None:
    """Empties an earlier demo's home, or takes an empty one, and writes the marker.

    Args:
        keep: of `MADE_BY_DEMO` what stays, so that the same deliveries serve again.

    Raises:
        PadananError: the home holds something that no demo made.
    """
    marker = home.demo_marker
    if marker.exists():
        _refuse_foreign(home, json.loads(marker.read_text()))
        for name in (one for one in MADE_BY_DEMO if one not in keep):
            path = home.root / name
            if path.is_dir() and not path.is_symlink():
                _remove(path)
            else:
                disk.unlink(path, missing_ok=True)
    elif _holds_files(home):
        raise PadananError("data home ini berisi data yang bukan buatan demo", file=home.root, cure=CURE)
    home.ensure()
    write_marker(home, {**facts, "status": "berjalan", "kiriman": []})


def write_marker(home: Home, content: dict[str, Any]) -> None:
    """Replaces the marker file."""
    write_once(home.demo_marker, json.dumps(content, indent=1) + "\n")


def close(home: Home, facts: dict[str, Any]) -> None:
    """Records what the demo landed, so that a later demo can tell a delivery that somebody added."""
    write_marker(
        home,
        {
            **facts,
            "status": "selesai",
            "kiriman": sorted(_landed(home)),
            "inbox": sorted(_inbox(home)),
            "segel": sorted(_sealed(home)),
        },
    )


def _refuse_foreign(home: Home, marker: dict[str, Any]) -> None:
    if marker["status"] == "selesai":
        waiting = _inbox(home) - set(marker["inbox"])
        added = _landed(home) - set(marker["kiriman"])
    else:
        waiting, added = set(), set()
    # Of a demo that seals decrees and was interrupted every seal is its own, as its deliveries are.
    own = marker["status"] != "selesai" and marker.get(DECREES, False)
    sealed = set() if own else _sealed(home) - set(marker.get("segel", ()))
    for found, what in ((waiting, "berkas di inbox"), (added, "kiriman"), (set(sealed), "segel penetapan")):
        if found:
            raise PadananError(
                f"data home demo ini sudah ditambahi {len(found)} {what} dari luar demo", file=home.root, cure=CURE
            )


def _inbox(home: Home) -> set[str]:
    """Files in the inboxes by path and size, hashed."""
    files = [p for p in (home.root / "inbox").rglob("*") if p.is_file()]
    return {_hashed(f"{p.relative_to(home.root)}:{p.stat().st_size}") for p in files}


def _sealed(home: Home) -> set[str]:
    """Sealed decrees by place and content, hashed."""
    found = (home.root / "decree").glob("*/ke-*/segel.json")
    return {_hashed(f"{path.relative_to(home.root)}:{file_sha256(path)}") for path in found}


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _landed(home: Home) -> set[str]:
    """Delivery folders and quarantined files by path, hashed (a name may hold anything)."""
    found = [*(home.root / "landing").glob("*/period=*/delivery=*"), *(home.root / "quarantine").glob("*/*")]
    return {_hashed(str(p.relative_to(home.root))) for p in found}


def _holds_files(home: Home) -> bool:
    ignored = {"format_version", "dagster", "logs"}
    for name in MADE_BY_DEMO:
        if name in ignored:
            continue
        path = home.root / name
        if path.is_dir() and any(p.is_file() for p in path.rglob("*")):
            return True
    return False


def _remove(path: Path) -> None:
    """Removes a tree; sealed files (mode 0400) lie in folders that stay writable, so plain removal is enough."""
    disk.remove_tree(path)
