"""A real daemon and webserver: files dropped into inboxes end as they should, seen over HTTP by GraphQL.

Only the times are shorter than in production (PADANAN_TICK_SECONDS, PADANAN_SETTLED_SECONDS).
"""

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import yaml

from padanan.base.home import Home
from tests.end_to_end.conftest import ROOT, environment
from tests.landing.deliveries import arrives

SAMPLES = ROOT / "data" / "samples"
BIN = Path(sys.executable).parent
PATIENCE = 240

LANDING = """query($key: [AssetKeyInput!]) { assetNodes(assetKeys: $key) {
  assetMaterializations(limit: 1) { runId metadataEntries { label ... on IntMetadataEntry { intValue } } }
  assetChecksOrError { ... on AssetChecks { checks { name executionForLatestMaterialization { runId
    evaluation { success severity metadataEntries { label ... on MarkdownMetadataEntry { mdStr } } } } } } } } }"""
TICKS = """{ sensorOrError(sensorSelector: {repositoryName: "__repository__", repositoryLocationName: "padanan",
  sensorName: "inbox_sensor"}) { ... on Sensor { sensorState { status ticks(limit: 100) { timestamp status runIds
  error { message } } } } } }"""


class Server:
    """The two processes, and questions to the webserver."""

    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}/graphql"

    def ask(self, query, **variables):
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(self.url, data=body, headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            data = json.load(answer)
        assert "errors" not in data, data["errors"]
        return data["data"]

    def landed(self, contract_id):
        """(run id, counts, checks by name) of the last materialisation; None while there is none or its checks are due."""
        (node,) = self.ask(LANDING, key=[{"path": ["landing", contract_id]}])["assetNodes"]
        if not node["assetMaterializations"]:
            return None
        event = node["assetMaterializations"][0]
        judged = {check["name"]: check["executionForLatestMaterialization"] for check in node["assetChecksOrError"]["checks"]}
        checks = {name: one["evaluation"] for name, one in judged.items() if one and one["runId"] == event["runId"]}
        if not checks.get("kiriman_ditolak"):
            return None
        counts = {entry["label"]: entry.get("intValue") for entry in event["metadataEntries"]}
        return event["runId"], counts, checks

    def ticks(self):
        state = self.ask(TICKS)["sensorOrError"].get("sensorState")
        if state is None:  # the webserver answers before the code location is loaded
            return []
        assert state["status"] == "RUNNING", "in prod it runs from installation on"
        return sorted(state["ticks"], key=lambda tick: tick["timestamp"])


def waited(ask, what, alive=lambda: None):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        alive()
        try:
            if found := ask():
                return found
        except (urllib.error.URLError, ConnectionError, TypeError):
            pass
        time.sleep(0.5)
    raise AssertionError(f"not within {PATIENCE} s: {what}")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture
def home():
    return Home.from_env().ensure()


@pytest.fixture
def server(home, tmp_path):
    env = {
        **environment(home.root, tmp_path / "key"),
        "DAGSTER_HOME": str(ROOT),
        "PADANAN_DAGSTER_STORAGE": str(home.root / "dagster"),
        "PADANAN_ENV": "prod",
        "PADANAN_TICK_SECONDS": "1",
        "PADANAN_SETTLED_SECONDS": "1",
    }
    port = free_port()
    commands = (
        [BIN / "dagster-webserver", "-w", "workspace.yaml", "-h", "127.0.0.1", "-p", str(port)],
        [BIN / "dagster-daemon", "run", "-w", "workspace.yaml"],
    )
    with (tmp_path / "server.log").open("w") as log:
        running = [subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log) for command in commands]
        try:
            one = Server(port)

            def alive():
                ended = [process.args[0] for process in running if process.poll() is not None]
                assert not ended, f"{ended} ended by itself:\n{(tmp_path / 'server.log').read_text()[-3000:]}"

            waited(one.ticks, "the first tick", alive)
            yield one
        finally:
            for process in running:
                process.send_signal(signal.SIGINT)
            for process in running:
                try:
                    process.wait(timeout=30)
                except subprocess.TimeoutExpired:
                    process.kill()


def drop(home, contract_id, sample, name=None, received=None):
    source = SAMPLES / sample
    path = home.inbox(contract_id) / (name or source.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    letter = source.with_name(f"{source.name}.pengantar.yaml").read_text()
    path.with_name(f"{path.name}.pengantar.yaml").write_text(letter)
    # Said before the file lies there: a tick would write down its own moment.
    outside = home.root / "held" / path.name
    shutil.copyfile(source, outside)
    arrives(home, contract_id, outside, received or yaml.safe_load(letter)["diterima"])
    outside.rename(path)


def alarms(home):
    path = home.root / "logs" / "alarm.jsonl"
    return [json.loads(line)["title"] for line in path.read_text().splitlines()] if path.exists() else []


@pytest.mark.feature("F08")
def test_files_in_inboxes_end_as_they_should(home, server):
    dropped = time.time()
    drop(home, "klj", "baik/klj_2025-11.xlsx")
    drop(home, "dtks", "buruk/dtks_2025-10_kolom_wajib_hilang.csv", received="2025-10-07T09:00:00+07:00")
    drop(home, "sembako", "baik/sembako_2025-11.csv", received="2025-12-29T09:00:00+07:00")
    first = {name: waited(lambda name=name: server.landed(name), name) for name in ("klj", "dtks", "sembako")}

    ticks = [tick for tick in server.ticks() if tick["timestamp"] > dropped]
    started = next(number for number, tick in enumerate(ticks, start=1) if tick["runIds"])
    assert started <= 2, "landed by the second tick after the drop"
    assert {run for run, _, _ in first.values()} <= {run for tick in ticks[:2] for run in tick["runIds"]}

    for name, (good, title) in {"klj": (True, None), "dtks": (False, "Kiriman dtks karantina"), "sembako": (True, None)}.items():
        _, counts, checks = first[name]
        assert checks["baris_utuh"]["success"] and checks["kiriman_ditolak"]["success"] is good, name
        assert counts.get("kiriman_karantina" if title else "kiriman_diterima") == 1, (name, counts)
    refused = first["dtks"][2]["kiriman_ditolak"]
    (receipt,) = (home.root / "quarantine" / "dtks").glob("*/tanda_terima.html")
    assert refused["severity"] == "WARN"
    assert any(str(receipt.relative_to(home.root)) in entry.get("mdStr", "") for entry in refused["metadataEntries"])
    (late,) = home.landing("sembako").glob("period=*/delivery=*/tanda_terima.html")
    assert "TERLAMBAT" in late.read_text()

    drop(home, "dtks", "baik/dtks_2025-10.csv")
    drop(home, "klj", "baik/klj_2025-11.xlsx", name="klj_2025-11 (2).xlsx")

    def again(name):
        found = server.landed(name)
        return found if found and found[0] != first[name][0] else None

    second = {name: waited(lambda name=name: again(name), f"{name} again") for name in ("dtks", "klj")}
    assert second["dtks"][1]["kiriman_diterima"] == 1 and second["dtks"][2]["kiriman_ditolak"]["success"], "made good"
    assert second["klj"][1]["kiriman_duplikat"] == 1 and second["klj"][2]["kiriman_ditolak"]["success"]
    assert list((home.landing("klj") / "tanda_terima").glob("duplikat-*.html"))
    told = [title for title in alarms(home) if "lewat tenggat" not in title]
    assert sorted(told) == ["Kiriman dtks karantina", "Kiriman sembako terlambat"]
    assert not [tick for tick in server.ticks() if tick["status"] == "FAILURE"]
