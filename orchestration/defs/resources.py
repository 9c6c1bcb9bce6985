"""Resources by environment and by engine: `PADANAN_ENV` and `PADANAN_MESIN` pick one entry each of the maps below.

A module under `defs/` that holds `@dg.definitions` hides its other objects, so nothing else lives here.
"""

import os
from collections.abc import Mapping
from typing import Any

import dagster as dg

from orchestration.dbt_bridge import PadananDbt, SparkDbt
from orchestration.environment import DBT_PROJECT
from orchestration.resources import AlarmResource, KontrakResource, MesinResource, RumahResource
from padanan.base.home import CHECKOUT

DBT_EXECUTABLE = str(CHECKOUT / "orchestration" / "bin" / "dbt")

RESOURCES = {
    "dev": {"rumah": RumahResource(), "kontrak": KontrakResource(), "alarm": AlarmResource(lingkungan="dev", luar=False)},
    "prod": {"rumah": RumahResource(), "kontrak": KontrakResource(), "alarm": AlarmResource(lingkungan="prod", luar=True)},
}
# What computes (docs/scale.md). On one machine dbt is given no target: the profile knows one warehouse, and named in a run but
# not in the parse it makes dbt read all anew.
ENGINES = {
    "duckdb": {
        "dbt": PadananDbt(project_dir=str(DBT_PROJECT), dbt_executable=DBT_EXECUTABLE),
        "mesin": MesinResource(),
    },
    "spark": {
        "dbt": SparkDbt(project_dir=str(DBT_PROJECT), dbt_executable=DBT_EXECUTABLE, target="spark"),
        "mesin": MesinResource(spark=True),
    },
}


@dg.definitions
def resources() -> dg.Definitions:
    """The resources of this environment and this engine.

    Raises:
        ValueError: PADANAN_ENV is neither `dev` nor `prod`, or PADANAN_MESIN neither `duckdb` nor `spark`.
    """
    return dg.Definitions(resources=_chosen("PADANAN_ENV", RESOURCES) | _chosen("PADANAN_MESIN", ENGINES))


def _chosen(variable: str, known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The entry that the variable names; unset, the first one."""
    name = os.environ.get(variable) or next(iter(known))
    if name not in known:
        raise ValueError(f"GALAT {variable}: '{name}' tidak dikenal. Perbaikan: isi {' atau '.join(known)}")
    return dict(known[name])
