"""A hash over what is expected of producers: contracts, rules and criteria.

What else a revision depends on is put together in `run.plan`.
"""

from __future__ import annotations

from pathlib import Path

from padanan.base.digest import files_sha256
from padanan.contracts.contract import expectations_dir

REVIEWERS = "reviewers.yaml"


# Who may review, how long things are kept, how far a delivery is read, what agencies may ask, whom LP3KE is sent to and what is
# warned of decide nothing that is published.
NO_INPUT = (REVIEWERS, "retensi.yaml", "delivery.yaml", "distribusi.yaml", "lp3ke.yaml", "peringatan.yaml")


def expectations_version(folder: Path | None = None) -> str:
    """A hash over every contract, rule and criterion.

    Who may review is no input of a run, nor is a year's plan: of it a run reads the cut-off, which stands for itself.
    """
    base = folder or expectations_dir()
    files = sorted([*base.glob("*.yaml"), *base.glob("contracts/*.yaml")])
    return files_sha256((path.name, path) for path in files if path.name not in NO_INPUT)[:16]
