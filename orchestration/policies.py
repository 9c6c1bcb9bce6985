"""Policies that hold over all assets: owner, warehouse pool, retries.

A policy of a single stage stands with that stage's assets.
"""

import dagster as dg

OWNER = "team:walidata"
"""Diskominfo as walidata answers for every derived table."""

POOL_WAREHOUSE = "gudang"
"""Steps in this pool open the warehouse; `dagster.yaml` lets one such run start at a time."""

RETRY_SOURCE = dg.RetryPolicy(max_retries=2, delay=5, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)
"""For steps that read another system. `guard.to_failure` allows a retry only if the source did not answer."""

RETRY_ONCE = dg.RetryPolicy(max_retries=1, delay=2)
"""For warehouse steps: the same inputs fail the same way, so only failures that say so are retried."""
