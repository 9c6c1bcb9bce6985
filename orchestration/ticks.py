"""Which sensors and schedules run from installation on, how often sensors look, and how long a file must stand still.

What a tick does is each sensor's own affair.
"""

from __future__ import annotations

import os

import dagster as dg


def _on(always: bool) -> bool:
    return always or os.environ.get("PADANAN_ENV", "dev") == "prod"


def sensor_status(*, always: bool = False) -> dg.DefaultSensorStatus:
    """RUNNING in `prod`, where nobody clicks; in `dev` STOPPED, so that a developer's UI starts nothing by itself.

    Args:
        always: running in `dev` too (alarms).
    """
    return dg.DefaultSensorStatus.RUNNING if _on(always) else dg.DefaultSensorStatus.STOPPED


def schedule_status() -> dg.DefaultScheduleStatus:
    """RUNNING in `prod`, STOPPED in `dev`, as `sensor_status`."""
    return dg.DefaultScheduleStatus.RUNNING if _on(False) else dg.DefaultScheduleStatus.STOPPED


def _seconds(name: str, default: int) -> int:
    text = os.environ.get(name, "")
    return int(text) if text.isdigit() and int(text) > 0 else default


INTERVAL_SECONDS = _seconds("PADANAN_TICK_SECONDS", 30)
"""Seconds between two looks of a sensor; shorter in tests only."""

SETTLED_SECONDS = _seconds("PADANAN_SETTLED_SECONDS", 10)
"""A file that changed within so many seconds may still be copied; shorter in tests only."""
