"""Resources by environment: `PADANAN_ENV` picks one column of the map below.

A module under `defs/` that holds `@dg.definitions` hides its other objects, so nothing else lives here.
"""

import os

import dagster as dg

from orchestration.dbt_bridge import PadananDbt
from orchestration.environment import DBT_PROJECT
from orchestration.resources import AlarmResource, KontrakResource, RumahResource
from padanan.base.home import CHECKOUT

DBT_EXECUTABLE = str(CHECKOUT / "orchestration" / "bin" / "dbt")

# dbt is given no target: the profile knows one warehouse, and named in a run but not in the parse it makes dbt read all anew.
RESOURCES = {
    "dev": {
        "rumah": RumahResource(),
        "kontrak": KontrakResource(),
        "dbt": PadananDbt(project_dir=str(DBT_PROJECT), dbt_executable=DBT_EXECUTABLE),
        "alarm": AlarmResource(lingkungan="dev", luar=False),
    },
    "prod": {
        "rumah": RumahResource(),
        "kontrak": KontrakResource(),
        "dbt": PadananDbt(project_dir=str(DBT_PROJECT), dbt_executable=DBT_EXECUTABLE),
        "alarm": AlarmResource(lingkungan="prod", luar=True),
    },
}


@dg.definitions
def resources() -> dg.Definitions:
    """The resources of this environment.

    Raises:
        ValueError: PADANAN_ENV is neither `dev` nor `prod`.
    """
    environment = os.environ.get("PADANAN_ENV", "dev")
    if environment not in RESOURCES:
        raise ValueError(f"GALAT PADANAN_ENV: '{environment}' tidak dikenal. Perbaikan: isi dev atau prod")
    return dg.Definitions(resources=RESOURCES[environment])
