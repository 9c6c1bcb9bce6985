"""`python -m orchestration.watch`: looks from outside whether sensors, schedules, daemon and code location work, and alarms.

A sensor sees neither its own failing ticks nor that its code location does not load; failed runs and deliveries alarm themselves.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.environment import prepare
from orchestration.links import automation_page
from orchestration.resources import AlarmResource
from padanan.base.arguments import Parser
from padanan.base.errors import PadananError, safe_reason
from padanan.base.home import CHECKOUT, Home

if TYPE_CHECKING:
    import dagster as dg
    from dagster_shared.error import SerializableErrorInfo

TICK, DAEMON, LOCATION, SELF = "tick|", "daemon|", "lokasi|", "pengamat|"
"""How the names of faults begin, a scope each (`padanan/upkeep/alert_once.py`)."""

Faults = dict[str, tuple[str, str]]
"""(title, body) by the name of the fault."""


def failing_ticks(instance: dg.DagsterInstance) -> Faults:
    """Sensors and schedules that are switched on and whose last finished tick failed.

    The error's class only: a library's message may hold a value. A fault of ours (`GALAT …`) is told in full.
    """
    from dagster._core.definitions.run_request import InstigatorType
    from dagster._core.scheduler.instigation import TickStatus

    found: Faults = {}
    kinds = {InstigatorType.SENSOR: "Sensor", InstigatorType.SCHEDULE: "Jadwal"}
    for state in instance.all_instigator_state():
        if not state.is_running or state.instigator_type not in kinds:
            continue
        done = [TickStatus.SUCCESS, TickStatus.SKIPPED, TickStatus.FAILURE]
        ticks = instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=1, statuses=done)
        if not ticks or ticks[0].status is not TickStatus.FAILURE:
            continue
        what = f"{kinds[state.instigator_type]} {state.instigator_name}"
        found[f"{TICK}{state.instigator_name}"] = (
            f"{what} gagal",
            _told(ticks[0].error, f"{what} gagal pada tick terakhir", "buka Automation di Dagster dan lihat tick yang merah"),
        )
    return found


def silent_daemons(instance: dg.DagsterInstance) -> Faults:
    """Daemons that this instance needs and whose heartbeat is missing, too old, or reports errors."""
    from dagster._daemon.controller import get_daemon_statuses

    statuses = get_daemon_statuses(instance, instance.get_required_daemon_types())
    return {
        f"{DAEMON}{name}": (
            f"Daemon {name} tidak hidup",
            f"GALAT daemon {name}: tidak ada detak yang sehat, jadi tidak ada yang berjalan sendiri. "
            "Perbaikan: jalankan ulang dagster-daemon dan lihat lognya",
        )
        for name, status in statuses.items()
        if not status.healthy
    }


def broken_locations(instance: dg.DagsterInstance, workspace: Path) -> Faults:
    """Code locations of the workspace that do not load in a server of their own, as webserver and daemon load them."""
    from dagster._core.workspace.context import WorkspaceProcessContext
    from dagster._core.workspace.load_target import WorkspaceFileTarget

    found: Faults = {}
    with WorkspaceProcessContext(instance, WorkspaceFileTarget(paths=[str(workspace)])) as process:
        for name, entry in process.create_request_context().get_code_location_entries().items():
            if entry.load_error is not None:
                cure = "jalankan dg check defs di folder proyek, perbaiki sebabnya, lalu muat ulang lokasi kode"
                found[f"{LOCATION}{name}"] = (
                    f"Lokasi kode {name} tidak termuat",
                    _told(entry.load_error, f"lokasi kode {name} tidak termuat", cure),
                )
    return found


def _told(error: SerializableErrorInfo | None, what: str, cure: str) -> str:
    """Our own line where the chain of causes holds one, else the class of the innermost cause."""
    kind = "sebab tidak diketahui"
    while error is not None:
        ours = re.search(r"GALAT .*", error.message or "")
        if ours:
            return ours[0].strip()
        kind = error.cls_name or kind
        error = error.cause
    return f"GALAT: {what} ({kind}). Perbaikan: {cure}"


def look(home: Home, alarm: AlarmResource, workspace: Path) -> list[str]:
    """One pass: every fault that stands, told to the alert sinks once and again after a month.

    Returns:
        One line a fault, new or not; none when all is well.
    """
    import dagster as dg

    lines: list[str] = []
    try:
        with dg.DagsterInstance.get() as instance:
            scopes: Iterable[tuple[str, Callable[[], Faults]]] = (
                (TICK, lambda: failing_ticks(instance)),
                (DAEMON, lambda: silent_daemons(instance)),
                (LOCATION, lambda: broken_locations(instance, workspace)),
            )
            for scope, ask in scopes:
                try:
                    faults = ask()
                except Exception as error:
                    # One question that can't be answered is a fault of its own and keeps no other from being asked.
                    lines += _tell(home, alarm, SELF, {f"{SELF}{scope.rstrip('|')}": _unseen(scope.rstrip("|"), error)})
                else:
                    lines += _tell(home, alarm, scope, faults)
    except Exception as error:
        lines += _tell(home, alarm, SELF, {f"{SELF}instans": _unseen("instans Dagster", error)})
    return lines


def _unseen(what: str, error: Exception) -> tuple[str, str]:
    cause = str(error) if isinstance(error, PadananError) else f"GALAT: {what} tidak dapat diperiksa ({safe_reason(error)})"
    return (
        f"Pengamat tidak dapat memeriksa {what}",
        f"{cause}. Perbaikan: periksa dagster.yaml dan folder PADANAN_DAGSTER_STORAGE",
    )


def _tell(home: Home, alarm: AlarmResource, scope: str, faults: Faults) -> list[str]:
    alerts = {name: alarm.alert(title, body, perihal=name) for name, (title, body) in faults.items()}
    sent = alarm.send_once(home, alerts, scope=None if scope == SELF else scope, link=automation_page())
    return [body for _, body in faults.values()] + [line for line in sent if line.startswith(("alarm lewat", "alarm tidak"))]


def main(argv: list[str] | None = None) -> int:
    """The command line; exit code 0 when all is well, 1 when a fault stands (one line each on stderr)."""
    prepare()
    parser = Parser(prog="python -m orchestration.watch", description="Memeriksa apakah yang berjalan sendiri masih berjalan.")
    parser.add_argument("--every", type=int, metavar="DETIK", help="ulangi setiap sekian detik; tanpa ini satu kali saja")
    parser.add_argument("--workspace", type=Path, default=CHECKOUT / "workspace.yaml", help="berkas workspace Dagster")
    options = parser.parse_args(argv)
    environment = os.environ["PADANAN_ENV"]
    alarm = AlarmResource(lingkungan=environment, luar=environment == "prod")
    while True:
        lines = look(Home.from_env(), alarm, options.workspace.resolve())
        for line in lines:
            print(line, file=sys.stderr, flush=True)
        if not options.every:
            return 1 if lines else 0
        time.sleep(options.every)


if __name__ == "__main__":
    raise SystemExit(main())
