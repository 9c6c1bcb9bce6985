"""Policies that hold over all assets: owner, warehouse pool, retries.

A policy of a single stage stands with that stage's assets.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from padanan.base.errors import PadananError, SourceUnavailable, WarehouseLocked

OWNER = "team:walidata"
"""Diskominfo as walidata answers for every derived table."""

POOL_WAREHOUSE = "gudang"
"""Steps in this pool open the warehouse; `dagster.yaml` lets one such run start at a time."""


@dataclass(frozen=True)
class Patience:
    """How often a failed step is tried again, and after how many seconds each time."""

    retries: int
    seconds: float


PATIENCE: Mapping[type[PadananError], Patience] = {
    # A source that restarts is back in seconds; one that is down stays down until a person acts.
    SourceUnavailable: Patience(retries=2, seconds=10),
    # Who holds the warehouse is another run or an open query; a wait of ten minutes outlasts most of them.
    WarehouseLocked: Patience(retries=10, seconds=60),
}
"""The faults that pass by themselves. Everything else fails the same way again, so it is not tried again."""

RETRY_AFTER = "PADANAN_RETRY_AFTER"
"""Environment: seconds. When set, one retry after that time takes the place of the table above; a negative number: none."""


def patience_with(error: PadananError) -> Patience | None:
    """The retries that a fault is worth, or None."""
    found = next((patience for kind, patience in PATIENCE.items() if isinstance(error, kind)), None)
    told = os.environ.get(RETRY_AFTER)
    if found is None or not told:
        return found
    return Patience(1, float(told)) if float(told) >= 0 else None
