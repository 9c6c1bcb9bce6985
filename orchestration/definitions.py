"""The code location: loads everything under `defs/` and applies the policies that hold for all of it.

No asset, job or sensor is defined here.
"""

import os
import sys
from pathlib import Path

import dagster as dg

from orchestration.environment import prepare
from padanan.base.home import CHECKOUT

if not os.environ.get("DAGSTER_HOME") and Path.cwd() != CHECKOUT:
    # Dagster then knows nothing of dagster.yaml: its history is thrown away at the end, telemetry is on.
    print(
        f"PERINGATAN: DAGSTER_HOME belum diatur, riwayat run tidak disimpan. Perbaikan: export DAGSTER_HOME={CHECKOUT}",
        file=sys.stderr,
    )
prepare()


@dg.definitions
def defs() -> dg.Definitions:
    """All stages, automation and resources; every job runs its steps in one process (see docs/operations.md)."""
    loaded = dg.load_from_defs_folder(path_within_project=CHECKOUT)
    policies = dg.Definitions(executor=dg.in_process_executor)
    return dg.Definitions.merge(loaded, policies)
