"""Which code computes published tables, and its hash: a change there opens a new revision, a change elsewhere does not.

What else a revision depends on (contracts, deliveries, decisions) stands in the plan itself and is put together in `plan`.
"""

from __future__ import annotations

from pathlib import Path

from padanan.base.digest import files_sha256
from padanan.base.home import CHECKOUT

COMPUTES = (
    "dbt_project/macros",
    "dbt_project/models",
    "dbt_project/seeds",
    "padanan/base/sql.py",
    "padanan/base/tabular.py",
    "padanan/evidence/__init__.py",
    "padanan/evidence/decisions.py",
    "padanan/evidence/doubles.py",
    "padanan/evidence/kept.py",
    "padanan/evidence/quality.py",
    "padanan/evidence/resolve.py",
    "padanan/evidence/run.py",
    "padanan/evidence/sources.py",
    "padanan/linkage",
    "padanan/published/tables.py",
    "padanan/run/publication.py",
)
"""Files and folders whose code decides what stands in a published table. A test holds them against what is really imported."""
EXPLAINS = ("padanan/linkage/explain.py",)
"""Inside those folders, what only tells people about pairs that were judged already."""
SUFFIXES = {".py", ".sql", ".csv", ".yml"}


def code_files(root: Path = CHECKOUT) -> list[Path]:
    """The files that count, relative to the checkout, in order."""
    found = []
    for name in COMPUTES:
        place = root / name
        found += [path for path in place.rglob("*") if path.suffix in SUFFIXES] if place.is_dir() else [place]
    return sorted(path.relative_to(root) for path in found if path.relative_to(root).as_posix() not in EXPLAINS)


def code_version(root: Path = CHECKOUT) -> str:
    """A hash over the code that computes published tables: the same on any machine and in any folder."""
    return files_sha256((path.as_posix(), root / path) for path in code_files(root))[:16]
