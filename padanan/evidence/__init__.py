"""The padanan by evidence inside a run: what step 1 left over is matched, judged by people, and written for dbt call 2.

How pairs are found and weighed belongs to `padanan/linkage`; wiring into Dagster belongs to `orchestration/`.
"""

from padanan.evidence.run import EvidenceResult, match_period, prepared_register

__all__ = ["EvidenceResult", "match_period", "prepared_register"]
