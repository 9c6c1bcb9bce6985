"""A hash over what is expected of producers: contracts, rules and criteria.

What else a revision depends on is put together in `run.plan`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from padanan.contracts.contract import expectations_dir

REVIEWERS = "reviewers.yaml"


# Who may review and how long things are kept decide nothing that is published.
NO_INPUT = (REVIEWERS, "retensi.yaml")


def expectations_version(folder: Path | None = None) -> str:
    """A hash over every contract, rule and criterion.

    Who may review is no input of a run, nor is a year's plan: of it a run reads the cut-off, which stands for itself.
    """
    base = folder or expectations_dir()
    digest = hashlib.sha256()
    for path in sorted([*base.glob("*.yaml"), *base.glob("contracts/*.yaml")]):
        if path.name in NO_INPUT:
            continue
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
