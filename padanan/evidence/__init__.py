"""The padanan by evidence inside a run: what step 1 left over is matched, judged by people, and written for dbt call 2.

How pairs are found and weighed belongs to `padanan/linkage`; wiring into Dagster belongs to `orchestration/`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from padanan.evidence.run import EvidenceResult, Keeping, match_period, prepared_register, register_rows

__all__ = ["EvidenceResult", "Keeping", "match_period", "prepared_register", "register_rows"]


def __getattr__(name: str) -> Any:
    """Loads the matching libraries (a second or two) only for who matches, not for every command."""
    if name in __all__:
        from padanan.evidence import run

        return getattr(run, name)
    raise AttributeError(name)
