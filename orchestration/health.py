"""Looks at the instance for what no run tells: sensors and schedules whose last tick failed, daemons that do not beat.

Sending alerts is `padanan/alert.py`; the sensor `alarm_tik` and the command `orchestration.watch` ask here.
"""

from __future__ import annotations

import dagster as dg
from dagster._core.scheduler.instigation import TickStatus

from padanan.alert import Alert

CURE = "buka Automation di Dagster, baca galat tik itu, perbaiki, lalu tunggu tik berikutnya"


def failed_ticks(instance: dg.DagsterInstance, environment: str) -> dict[str, Alert]:
    """An alert for each sensor and schedule whose last tick failed, by what names the fault.

    The text of the error stays in Dagster: it may hold anything.
    """
    found: dict[str, Alert] = {}
    for state in instance.all_instigator_state():
        ticks = instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=1)
        if not ticks or ticks[0].status != TickStatus.FAILURE:
            continue
        name = state.instigator_name
        found[f"tik|{name}"] = Alert(
            title=f"Tik {name} gagal",
            body=f"tik terakhir {name} gagal; yang ditunggunya tidak berjalan. Perbaikan: {CURE}",
            tags={"tik": name, "lingkungan": environment},
        )
    return found


def silent_daemons(instance: dg.DagsterInstance, environment: str) -> dict[str, Alert]:
    """An alert when a daemon that must run does not beat: then no sensor and no schedule runs at all."""
    from dagster._daemon.controller import get_daemon_statuses

    statuses = get_daemon_statuses(instance, instance.get_required_daemon_types())
    silent = sorted(name for name, status in statuses.items() if not status.healthy)
    if not silent:
        return {}
    return {
        f"daemon|{','.join(silent)}": Alert(
            title="Daemon Dagster tidak berjalan",
            body=f"tidak berdetak: {', '.join(silent)}; sensor dan jadwal berhenti. Perbaikan: jalankan dagster-daemon",
            tags={"lingkungan": environment},
        )
    }
