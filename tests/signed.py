"""Signing what a test wrote by hand, the way that the house signs it: for the place where it stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from padanan.base.digest import file_sha256
from padanan.base.folder_proof import seal

TOPS = ("published", "landing", "quarantine", "decree")


def sign(folder: Path, *names: str) -> Path:
    """Signs a folder's `manifest.json`, or other files of it."""
    top = next(path for path in folder.parents if path.name in TOPS)
    seal(folder, folder.relative_to(top.parent).as_posix(), names or ("manifest.json",))
    return folder


def write_manifest(folder: Path, manifest: dict[str, Any]) -> Path:
    """Writes `manifest.json` with the hashes that its tables have now, and signs it."""
    for name, facts in manifest.get("tables", {}).items():
        if (folder / f"{name}.parquet").exists():
            facts["sha256"] = file_sha256(folder / f"{name}.parquet")
    (folder / "manifest.json").write_text(json.dumps(manifest, sort_keys=True), encoding="utf-8")
    return sign(folder)
