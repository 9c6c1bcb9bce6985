"""What `padanan.target` starts, started all at once as systemd does on a server's first day, by the lines of the units.

Only paths and ports differ from the server: the checkout is this one, the data home an empty folder, each port a free one.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from padanan.base.home import CHECKOUT
from tests.deploy.test_units import DEPLOY, PREFIX, VENV, _settings, _started

TOGETHER = ("padanan-code", "padanan-webserver", "padanan-daemon", "padanan-laporan", "padanan-api")
PATIENCE = 180
ASKED = """{ repositoriesOrError { __typename ... on RepositoryConnection { nodes { name location { name } sensors { name } } } }
  instance { daemonHealth { allDaemonStatuses { daemonType healthy required } } } }"""


def _free() -> str:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return str(one.getsockname()[1])


class Running:
    """The services' processes, their logs and the webserver's and the report's addresses."""

    def __init__(self, folder: Path) -> None:
        code, web, self.pages, self.api = (_free() for _ in range(4))
        self.url = f"http://127.0.0.1:{web}/graphql"
        self._logs = folder
        workspace = folder / "workspace.yaml"
        workspace.write_text((DEPLOY / "workspace.yaml").read_text().replace("4266", code), encoding="utf-8")
        home = folder / "home"
        home.mkdir(mode=0o700)
        told = {
            **_settings(),
            "PADANAN_HOME": str(home),
            "PADANAN_KEY_FILE": str(folder / "hmac.key"),
            "DAGSTER_HOME": str(CHECKOUT),
            "PADANAN_LAPORAN_PORT": self.pages,
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PADANAN_", "DAGSTER_"))}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        for name in TOGETHER:
            line = shlex.join(_started(DEPLOY / "systemd" / f"{name}.service"))
            line = line.replace("deploy/workspace.yaml", str(workspace)).replace(f"{PREFIX}.venv/bin", str(VENV))
            for named, own in (("4266", code), ("3000", web), ("8080", self.api)):
                line = line.replace(f"--port {named}", f"--port {own}")
            assert "/srv/" not in line
            with (folder / f"{name}.log").open("wb") as log:
                self.processes[name] = subprocess.Popen(
                    shlex.split(line), cwd=CHECKOUT, env={**inherited, **told}, stdout=log, stderr=log
                )

    def ended(self) -> dict[str, str]:
        """The services that ended by themselves, with the last of their logs."""
        return {
            name: (self._logs / f"{name}.log").read_text(errors="replace")[-2000:]
            for name, process in self.processes.items()
            if process.poll() is not None
        }

    def asked(self) -> Any:
        """The webserver's answer about code location and daemons; None while it does not listen."""
        body = json.dumps({"query": ASKED}).encode()
        request = urllib.request.Request(self.url, data=body, headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)["data"]
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return None

    def stop(self) -> None:
        """As systemd stops them: SIGTERM, and after half a minute SIGKILL."""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    services = Running(tmp_path)
    try:
        yield services
    finally:
        services.stop()


def _until(services: Running, found: Callable[[], Any]) -> Any:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert not services.ended()
        if answer := found():
            return answer
        time.sleep(0.5)
    raise AssertionError(f"not within {PATIENCE} s: {services.asked()}")


@pytest.mark.feature("F08")
def test_all_services_started_at_once_serve_an_empty_home(running: Running) -> None:
    """The UI knows the code, every daemon that is needed beats, the pages answer, and none of them had to be started twice."""

    def whole() -> Any:
        data = running.asked()
        if not data or not (nodes := data["repositoriesOrError"].get("nodes")):
            return None
        needed = [one for one in data["instance"]["daemonHealth"]["allDaemonStatuses"] if one["required"]]
        return nodes if needed and all(one["healthy"] for one in needed) else None

    (node,) = _until(running, whole)
    assert node["location"]["name"] == "padanan"
    assert {"inbox_sensor", "formulir_sensor", "putusan_sensor"} <= {one["name"] for one in node["sensors"]}
    with urllib.request.urlopen(f"http://127.0.0.1:{running.pages}/", timeout=30) as page:
        assert page.status == 200 and "elum ada laporan" in page.read().decode()
    with urllib.request.urlopen(f"http://127.0.0.1:{running.api}/openapi.json", timeout=30) as described:
        assert json.load(described)["servers"] == [{"url": _settings()["PADANAN_API_URL"]}]
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"http://127.0.0.1:{running.api}/v1/penetapan", timeout=30)
    assert refused.value.code == 401
    assert not running.ended()
