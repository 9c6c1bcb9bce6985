"""The heads of assets and their checks: key, group, owner, partitions, backfill and pool, said once for all stages.

What one asset adds (description, dependencies, form) stands above its function; who owns what is `policies.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import dagster as dg

from orchestration.defs.partitions import PER_PERIODE, half_years
from orchestration.policies import OWNER, POOL_WAREHOUSE
from orchestration.stages import STAGES

PLACE = "orchestration.defs."


def stage_of_module(module: str) -> str:
    """The stage word of a module below `defs/`: `orchestration.defs.review.report` -> `review`.

    Raises:
        ValueError: the module stands in no stage's folder.
    """
    word = module.removeprefix(PLACE).partition(".")[0]
    if not module.startswith(PLACE) or word not in STAGES:
        raise ValueError(f"{module} stands in no stage's folder below orchestration/defs: an asset's stage is its folder's name")
    return word


def stage_asset(
    description: str, *, kinds: Collection[str], deps: Iterable[dg.AssetKey] = (), warehouse: bool = False
) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """Makes a function the asset `<folder under defs>/<function's name>` of every half-year.

    Args:
        description: what the UI says of it, in Indonesian.
        kinds: the forms that it writes.
        deps: the assets that it waits for.
        warehouse: it opens the warehouse, so one such run starts at a time.
    """

    def made(function: Callable[..., Any]) -> dg.AssetsDefinition:
        key = dg.AssetKey([stage_of_module(function.__module__), function.__name__])
        head = dg.asset(
            key=key,
            group_name=key.path[0],
            deps=list(deps),
            description=description,
            owners=[OWNER],
            kinds=set(kinds),
            code_version="1",
            partitions_def=half_years,
            backfill_policy=PER_PERIODE,
            pool=POOL_WAREHOUSE if warehouse else None,
        )
        return head(function)

    return made


def asset_spec(
    key: dg.AssetKey, description: str, *, kinds: Collection[str], owner: str = OWNER, version: str = "1", **own: Any
) -> dg.AssetSpec:
    """One asset of a step that makes several; `own`: whatever else `dg.AssetSpec` takes."""
    return dg.AssetSpec(
        key,
        group_name=key.path[0],
        description=description,
        owners=[owner],
        kinds=set(kinds),
        code_version=version,
        partitions_def=half_years,
        **own,
    )


def check_spec(
    name: str, asset: dg.AssetKey, description: str, *, blocking: bool = False, metadata: Mapping[str, Any] | None = None
) -> dg.AssetCheckSpec:
    """A check of the period that was built: an older period's backfill is not today's state."""
    return dg.AssetCheckSpec(
        name, asset=asset, description=description, blocking=blocking, metadata=metadata, partitions_def=half_years
    )


def stage_check(
    description: str, *, asset: dg.AssetKey, blocking: bool = False, warehouse: bool = False
) -> Callable[[Callable[..., Any]], dg.AssetChecksDefinition]:
    """Makes a function the check of its own name on an asset, as `check_spec`, in a step of its own."""

    def made(function: Callable[..., Any]) -> dg.AssetChecksDefinition:
        head = dg.asset_check(
            asset=asset,
            name=function.__name__,
            description=description,
            blocking=blocking,
            partitions_def=half_years,
            pool=POOL_WAREHOUSE if warehouse else None,
        )
        return head(function)

    return made
