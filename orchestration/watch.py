"""`python -m orchestration.watch`: does the code location load, do the daemons beat, did a tick fail? For cron or systemd.

What is looked at is in `health.py`; a sensor can't see that its own code location does not load, so this runs beside Dagster.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time

from orchestration.environment import CHECKOUT, prepare
from padanan.alert import Alert, AlertSettings, send, send_new
from padanan.home import Home

LOAD = "from orchestration.definitions import defs; defs().get_repository_def()"
LOAD_SECONDS = 300


def location_fault(environment: str) -> dict[str, Alert]:
    """An alert when the code location does not load, with the last line of its error when that is one of ours."""
    done = subprocess.run(
        [sys.executable, "-c", LOAD],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=LOAD_SECONDS,
    )
    if done.returncode == 0:
        return {}
    last = next((line.strip() for line in reversed(done.stderr.splitlines()) if line.strip()), "")
    # Only lines that we wrote ourselves are known to hold no value.
    ours = last[last.index("GALAT") :] if "GALAT" in last else "lihat 'dg check defs'"
    return {
        "lokasi|padanan": Alert(
            title="Lokasi kode padanan tidak dapat dimuat",
            body=f"{ours} — sensor, jadwal dan job tidak berjalan. Perbaikan: jalankan 'dg check defs' dan perbaiki penyebabnya",
            tags={"lingkungan": environment},
        )
    }


def look() -> dict[str, Alert]:
    """Everything that is wrong now, by what names the fault."""
    import dagster as dg

    from orchestration.health import failed_ticks, silent_daemons

    environment = os.environ["PADANAN_ENV"]
    found = location_fault(environment)
    with dg.DagsterInstance.get() as instance:
        found |= silent_daemons(instance, environment) | failed_ticks(instance, environment)
    return found


def main(argv: list[str] | None = None) -> int:
    """One look, or one every so many seconds; exit code 1 while something is wrong."""
    prepare()
    parser = argparse.ArgumentParser(prog="python -m orchestration.watch", description="Mengawasi Dagster dari luar.")
    parser.add_argument("--every", type=int, metavar="DETIK", help="ulangi terus setiap sekian detik; bawaan: sekali saja")
    options = parser.parse_args(argv)
    from orchestration.calendar_today import today

    home = Home.from_env().ensure()
    settings = AlertSettings.from_env(default_file=home.root / "logs" / "alarm.jsonl")
    while True:
        found = look()
        sent = send_new(home, found, today(), lambda alert: send(alert, settings))
        for name, alert in found.items():
            print(f"{alert.title}: {alert.body}{'' if name in sent else ' (sudah dikabarkan)'}", file=sys.stderr)
        if not found:
            print("Lokasi kode dimuat, daemon berdetak, tidak ada tik yang gagal.")
        if options.every is None:
            return 1 if found else 0
        time.sleep(options.every)


if __name__ == "__main__":
    raise SystemExit(main())
