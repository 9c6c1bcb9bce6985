"""That a publication holds people whom only the field knows: their contract beside the producers', and what was read of them.

They are nobody's delivery: no producer owes it, and none is asked for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from padanan.contracts.contract import Contract
from padanan.contracts.feedback import NEWCOMERS, load_newcomers


def with_newcomers(contracts: Mapping[str, Contract], manifest: Mapping[str, Any]) -> dict[str, Contract]:
    """The contracts whose records a publication may hold: those given and, where its run read newcomers, theirs, at the end."""
    return {**contracts, NEWCOMERS: load_newcomers()} if manifest.get(NEWCOMERS) else dict(contracts)
