"""Adds a program that nobody foresaw in a copy of the checkout, renders, checks and runs the fast tests there.

    python scripts/sixteenth_program.py [--only-check]

It fails when `make render` writes a file that is no rendered one, or when a check or a test of the copy fails.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from padanan.base.digest import file_sha256

CHECKOUT = Path(__file__).resolve().parents[1]
# What `make render` writes; all of it stands in CONTRIBUTING and is drift-checked.
RENDERED = (
    "expectations/gx/",
    "expectations/odcs/",
    "docs/",
    "README.md",
    "dbt_project/macros/kontrak.sql",
    "dbt_project/models/staging/_sources.yml",
    "tests/definitions/asset_graph.json",
)


def copy_of(target: Path) -> None:
    """The tracked and new files with their times, and the same environment of packages."""
    for name in files_of(CHECKOUT):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(CHECKOUT / name, target / name)
    (target / ".venv").symlink_to(CHECKOUT / ".venv")
    # Tests ask git which files are tracked.
    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *command], cwd=target, check=True, capture_output=True)


def files_of(folder: Path) -> list[str]:
    """Tracked files, and those that nobody ignores."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.splitlines() if (folder / name).is_file() and name != ".venv"]


def hashes(folder: Path) -> dict[str, str]:
    """Every file's hash."""
    return {name: file_sha256(folder / name) for name in files_of(folder)}


def make(folder: Path, *targets: str) -> None:
    """`make -s <targets>` in the copy, with nothing of the caller's homes.

    The environment is the caller's, through a link: were it made anew, it would belong to a folder that is gone afterwards.
    """
    ready = [f"--old-file={folder / '.venv' / name}" for name in (".installed", ".shell")]
    unset = ("PADANAN_", "DAGSTER_", "PYTHONPATH", "TMPDIR", "MAKEFLAGS", "MAKELEVEL")
    told = {key: value for key, value in os.environ.items() if not key.startswith(unset)}
    subprocess.run(["make", "-s", *ready, *targets], cwd=folder, env=told, check=True)


def main() -> int:
    """0 when everything held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only-check", action="store_true", help="hanya render dan periksa, tanpa tes")
    only_check = parser.parse_args().only_check
    with tempfile.TemporaryDirectory(prefix="enam-belas-", dir=os.environ.get("TMPDIR")) as temporary:
        folder = Path(temporary) / "checkout"
        folder.mkdir()
        copy_of(folder)
        sys.path.insert(0, str(folder))
        from tests.sixteenth import add_program

        by_hand = {add_program(folder / "expectations").relative_to(folder).as_posix()}
        before = hashes(folder)
        make(folder, "render")
        after = hashes(folder)
        changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        print(f"by hand: {', '.join(sorted(by_hand))} and one line of each open plan; rendered: {len(changed)} files", flush=True)
        if strange := sorted(name for name in changed if not name.startswith(RENDERED)):
            print(f"make render wrote {', '.join(strange)}", file=sys.stderr)
            return 1
        make(folder, "check", *([] if only_check else ["test-fast"]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
