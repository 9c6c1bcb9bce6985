"""People matched by evidence when their NIK is missing or wrong (Fellegi-Sunter on packed levels, set-based).

Matching by NIK belongs to the dbt models of step 1; wiring into runs belongs to `orchestration/`.
"""

from typing import TYPE_CHECKING, Any

from padanan.linkage.config import LinkageConfig, load_linkage_config
from padanan.linkage.result import LinkResult

if TYPE_CHECKING:
    from padanan.linkage.pipeline import link

__all__ = ["LinkResult", "LinkageConfig", "link", "load_linkage_config"]


def __getattr__(name: str) -> Any:
    # The whole of it brings recordlinkage, sklearn and scipy: two seconds that a report of links does without.
    if name == "link":
        from padanan.linkage.pipeline import link as found

        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
