"""`python -m orchestration.dev` (`make dev`): the Dagster UI on this home; report pages and an example of the API beside it.

Servers in production run `dagster-webserver`, `dagster-daemon`, `padanan report serve` and `padanan api serve` themselves.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from orchestration.environment import prepare
from orchestration.links import DAGSTER_URL
from padanan.base.arguments import Parser
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


def serve_api(port: int) -> bool:
    """Starts the example of the API and prints its lines of curl; it stops with this process, as the report's server does.

    Returns:
        Whether it serves; its own line says why not.
    """
    words = ["-m", "padanan.synthetic.example_api", "--port", str(port), "--with-parent", str(os.getpid())]
    server = subprocess.Popen([sys.executable, *words], cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    # It says all that it has to say, then closes its output.
    said = server.stdout.read()
    print(said, end="", flush=True)
    return bool(said)


def main() -> int:
    """Replaces this process by `dagster dev`; its own arguments are passed on (`--port 3002`, `--log-level info`).

    Returns:
        1 when the report's server did not start; else it does not return.
    """
    parser = Parser(prog="python -m orchestration.dev", description="UI Dagster, laporan mutu dan API contoh di mesin ini.")
    parser.add_argument("-p", "--port", type=int, default=3000, help="port UI Dagster")
    parser.add_argument("--api-port", type=int, default=8080, help="port API contoh")
    options, passed_on = parser.parse_known_args()
    prepare()
    address = f"http://127.0.0.1:{options.port}"
    # Alarms link to where this UI is.
    os.environ.setdefault(DAGSTER_URL, address)
    beside = Path(sys.executable).parent
    os.environ["PATH"] = f"{beside}{os.pathsep}{os.environ.get('PATH', '')}"
    if not serve_reports():
        return 1
    # The UI does not wait for it: an engineer may have another server on that port.
    serve_api(options.api_port)
    dagster = shutil.which("dagster", path=str(beside)) or "dagster"
    print(f"Dagster: {address} (Ctrl-C untuk berhenti)", flush=True)
    os.chdir(CHECKOUT)
    command = [dagster, "dev", "-w", str(CHECKOUT / "workspace.yaml"), "-h", "127.0.0.1", "-p", str(options.port), *passed_on]
    os.execv(dagster, command)  # nosec B606  # a list of our own words


if __name__ == "__main__":
    raise SystemExit(main())
