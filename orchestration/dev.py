"""`python -m orchestration.dev` (`make dev`): the Dagster UI on this data home, and the report's pages served beside it.

Servers in production run `dagster-webserver`, `dagster-daemon` and `padanan report serve` themselves.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from orchestration.environment import prepare
from orchestration.links import DAGSTER_URL
from padanan.base.home import CHECKOUT


def serve_reports() -> bool:
    """Starts the report's server; it stops with this process, also after this process became `dagster dev`.

    Returns:
        Whether it serves; its own line says why not.
    """
    command = [sys.executable, "-m", "padanan.cli", "report", "serve", "--with-parent", str(os.getpid())]
    server = subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    line = server.stdout.readline()
    print(line, end="", flush=True)
    return bool(line)


def main() -> int:
    """Replaces this process by `dagster dev`; its own arguments are passed on (`--port 3002`, `--log-level info`).

    Returns:
        1 when the report's server did not start; else it does not return.
    """
    parser = argparse.ArgumentParser(prog="python -m orchestration.dev", description="UI Dagster dan laporan mutu di mesin ini.")
    parser.add_argument("-p", "--port", type=int, default=3000, help="port UI Dagster")
    options, passed_on = parser.parse_known_args()
    prepare()
    address = f"http://127.0.0.1:{options.port}"
    # Alarms link to where this UI is.
    os.environ.setdefault(DAGSTER_URL, address)
    beside = Path(sys.executable).parent
    os.environ["PATH"] = f"{beside}{os.pathsep}{os.environ.get('PATH', '')}"
    if not serve_reports():
        return 1
    dagster = shutil.which("dagster", path=str(beside)) or "dagster"
    print(f"Dagster: {address} (Ctrl-C untuk berhenti)", flush=True)
    os.chdir(CHECKOUT)
    command = [dagster, "dev", "-w", str(CHECKOUT / "workspace.yaml"), "-h", "127.0.0.1", "-p", str(options.port), *passed_on]
    os.execv(dagster, command)


if __name__ == "__main__":
    raise SystemExit(main())
