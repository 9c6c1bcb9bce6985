"""Pictures of the Dagster UI on a finished demo, for the documentation: `python scripts/screenshot_ui.py`.

Takes what PADANAN_HOME holds; makes no run of its own. Needs Debian's `chromium`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))

PAGES = {
    "dagster-aset.png": "/asset-groups",
    "dagster-landing.png": "/locations/padanan/asset-groups/landing",
    "dagster-mutu-dtks.png": "/assets/cleansing/mutu_dtks?view=checks",
    "dagster-run.png": "/runs",
}
WAIT_SECONDS = 90


def free_port() -> int:
    """A port that nothing uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Returns when the server answers.

    Raises:
        SystemExit: it ended or did not answer in time.
    """
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/server_info", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise SystemExit("GALAT: dagster-webserver tidak menjawab. Perbaikan: jalankan make dev dan baca pesannya")


def browser() -> str:
    """Chromium's path.

    Raises:
        SystemExit: it is not installed.
    """
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        raise SystemExit("GALAT: chromium tidak ada. Perbaikan: apt-get install chromium")
    return found


def shoot(chromium: str, address: str, picture: Path, size: str) -> None:
    """One page as PNG; the virtual clock lets the page's own requests finish first."""
    with tempfile.TemporaryDirectory() as profile:
        command = [chromium, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        command += [f"--user-data-dir={profile}", f"--window-size={size}", "--virtual-time-budget=25000"]
        command += [f"--screenshot={picture}", address]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=180)
    picture.chmod(0o644)


def main() -> None:
    """Starts the web server on a free port, takes the pictures, stops it."""
    from orchestration.environment import prepare

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=CHECKOUT / "docs" / "img", help="folder of the pictures")
    parser.add_argument("--size", default="1600,1000", help="window size")
    options = parser.parse_args()
    chromium = browser()
    prepare()
    options.out.mkdir(parents=True, exist_ok=True)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    webserver = Path(sys.executable).with_name("dagster-webserver")
    command = [str(webserver), "-w", str(CHECKOUT / "workspace.yaml"), "-h", "127.0.0.1", "-p", str(port)]
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(command, cwd=CHECKOUT, env=os.environ.copy(), stdout=log, stderr=log)
        try:
            wait_for(address, server)
            for name, page in PAGES.items():
                shoot(chromium, address + page, options.out / name, options.size)
                print(options.out / name, flush=True)
        finally:
            server.terminate()
            server.wait(timeout=60)


if __name__ == "__main__":
    main()
