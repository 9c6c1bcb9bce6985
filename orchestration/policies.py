"""Policies that hold over all assets: owner, warehouse pool, retries.

A policy of a single stage stands with that stage's assets.
"""

import os

import dagster as dg

OWNER = "team:walidata"
"""Diskominfo as walidata answers for every derived table."""

POOL_WAREHOUSE = "gudang"
"""Steps in this pool open the warehouse; `dagster.yaml` lets one such run start at a time."""

RETRY_SOURCE = dg.RetryPolicy(max_retries=2, delay=5, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)
"""For steps that read another system. `guard.to_failure` allows a retry only if the source did not answer."""

RETRY_ONCE = dg.RetryPolicy(max_retries=1, delay=2)
"""For warehouse steps: the same inputs fail the same way, so only failures that say so are retried."""


def sensors_start(*, always: bool = False) -> dg.DefaultSensorStatus:
    """Whether a sensor runs from installation on: in `prod` every one, in `dev` only what raises alarms (`always`)."""
    running = always or os.environ.get("PADANAN_ENV") == "prod"
    return dg.DefaultSensorStatus.RUNNING if running else dg.DefaultSensorStatus.STOPPED


def schedules_start() -> dg.DefaultScheduleStatus:
    """Whether a schedule runs from installation on: in `prod` every one, in `dev` none."""
    running = os.environ.get("PADANAN_ENV") == "prod"
    return dg.DefaultScheduleStatus.RUNNING if running else dg.DefaultScheduleStatus.STOPPED
