"""People matched by evidence when their NIK is missing or wrong (Fellegi-Sunter on packed levels, set-based).

Matching by NIK belongs to the dbt models of step 1; wiring into runs belongs to `orchestration/`.
"""

from padanan.linkage.config import LinkageConfig, load_linkage_config
from padanan.linkage.pipeline import link
from padanan.linkage.result import LinkResult

__all__ = ["LinkResult", "LinkageConfig", "link", "load_linkage_config"]
