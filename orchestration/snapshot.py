"""`python -m orchestration.snapshot` (part of `make render`): the asset graph as a file whose diff a person reads.

The graph itself is `defs/`; that the file is up to date is a test's to say (tests/definitions/test_asset_graph_snapshot.py).
"""

from __future__ import annotations

import json
from typing import Any

import dagster as dg

from padanan.base.home import CHECKOUT

SNAPSHOT = CHECKOUT / "tests" / "definitions" / "asset_graph.json"


def graph_of(repository: dg.RepositoryDefinition) -> dict[str, Any]:
    """Assets with dependencies and checks (dbt's own tests left to dbt), and what each job selects."""
    graph = repository.asset_graph
    assets: dict[str, Any] = {}
    for key in sorted(graph.get_all_asset_keys()):
        node = graph.get(key)
        assets[key.to_user_string()] = {
            "deps": sorted(parent.to_user_string() for parent in node.parent_keys),
            "checks": [] if "dbt" in node.kinds else sorted(check.name for check in node.check_keys),
        }
    jobs: dict[str, Any] = {}
    for job in sorted(repository.get_all_jobs(), key=lambda job: job.name):
        # The one with the long name holds all assets: what the UI starts by itself.
        if not job.name.startswith("__"):
            jobs[job.name] = sorted(key.to_user_string() for key in job.asset_layer.selected_asset_keys)
    return {"assets": assets, "jobs": jobs}


def main() -> int:
    """Writes the file anew."""
    from orchestration.definitions import defs

    SNAPSHOT.write_text(json.dumps(graph_of(defs().get_repository_def()), indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
