"""Pictures of the Dagster UI for docs/operations.md: `PADANAN_HOME=<a demo's home> python scripts/screenshot_ui.py`.

Works on a copy of that home, in which the daemon lands one more file by its sensor. Needs Debian's `chromium`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))

import chromium  # noqa: E402
from chromium import Chromium  # noqa: E402

WAIT_SECONDS = 300
PRODUCER, SENSOR, JOB = "klj", "inbox_sensor", "landing_produsen"
RULE = "cleansing/mutu_dtks?view=checks&checkDetail=nik_kosong"
# Group -> window: wide enough for its columns, tall enough for its longest one.
# Group -> window: wide enough for its columns, tall enough for its longest one, so that every name can be read.
GROUPS = {
    "landing": (700, 2500),
    "cleansing": (1700, 3100),
    "padanan": (1900, 1000),
    "review": (1500, 1100),
    "decree": (1200, 600),
}
MARGIN = 24
NODE_WIDTH = 140  # below it a name is too small to be read
PLACE = {"repositoryName": "__repository__", "repositoryLocationName": "padanan", "sensorName": SENSOR}
START = "mutation ($place: SensorSelector!) { startSensor(sensorSelector: $place) { __typename } }"
RUNS = "query ($job: String!) { runsOrError(filter: {pipelineName: $job}, limit: 1) { ... on Runs { results { status } } } }"
OVERLAY = ", ".join(f"[aria-label={name}]" for name in ("zoom_out", "settings", "config", "info", "download_for_offline"))
NODES = "[...document.querySelectorAll('foreignObject')].filter(e => e.textContent.trim())"


def refuse(cause: str, cure: str) -> SystemExit:
    """One line of cause and cure."""
    return SystemExit(f"GALAT: {cause}. Perbaikan: {cure}")


def demo_facts(home: Path) -> dict[str, Any]:
    """What the demo wrote about itself.

    Raises:
        SystemExit: the home is no finished demo's; a picture must never show a real delivery.
    """
    marker = home / "demo.json"
    cure = "buat dengan PADANAN_HOME=$PWD/data-demo make demo SCALE=2000, lalu setel PADANAN_HOME ke sana"
    if not marker.exists():
        raise refuse(f"{home} bukan data home demo", cure)
    facts: dict[str, Any] = json.loads(marker.read_text())
    if facts["status"] != "selesai":
        raise refuse(f"demo di {home} belum selesai", cure)
    return facts


def copied(home: Path, target: Path) -> None:
    """A copy of the home: what runs write again is copied, what never changes is linked."""

    def place(source: str, to: str) -> None:
        part = Path(source).relative_to(home).parts[0]
        shutil.copy2(source, to) if part in ("warehouse", "dagster", "decisions", "logs") else os.link(source, to)

    shutil.copytree(home, target, symlinks=True, copy_function=place, ignore=shutil.ignore_patterns("postgres"))


def drop_file(facts: dict[str, Any]) -> None:
    """The producer sends its file again, without faults and a day later; it lies in the inbox with its letter."""
    import yaml

    from padanan.base.home import Home
    from padanan.base.period import Periode
    from padanan.contracts.contract import load_contracts
    from padanan.landing.arrival import set_arrival
    from padanan.synthetic import generate

    home, contracts, periode = Home.from_env().ensure(), load_contracts(), Periode.parse(facts["periode"])
    with tempfile.TemporaryDirectory() as folder:
        other = Home(Path(folder) / "produsen").ensure()
        generate(other, contracts, residents=2000, seed=2, profile="clean", periode=periode, contract_ids=[PRODUCER])
        inbox = home.inbox(PRODUCER)
        inbox.mkdir(parents=True, exist_ok=True)
        for path in sorted(other.inbox(PRODUCER).iterdir(), key=lambda path: not path.name.endswith(".pengantar.yaml")):
            if path.name.endswith(".pengantar.yaml"):
                letter = yaml.safe_load(path.read_text())
                moment = datetime.fromisoformat(str(letter["diterima"])) + timedelta(days=1)
                (inbox / path.name).write_text(yaml.safe_dump({**letter, "diterima": moment.isoformat()}))
            else:
                set_arrival(home, PRODUCER, path, moment)
                shutil.copy2(path, inbox / path.name)


def free_port() -> int:
    """A port that nothing uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Ui:
    """A webserver and a daemon on the home of the environment, asked over GraphQL."""

    def __init__(self, address: str) -> None:
        self.address = address

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of a query; raises OSError while nothing answers."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(f"{self.address}/graphql", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:  # nosec B310  # this machine's own page
            found: dict[str, Any] = json.load(answer)["data"]
        return found

    def wait_for(self, what: str, found: Any) -> None:
        """Waits until `found()` is true.

        Raises:
            SystemExit: it took too long.
        """
        end = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < end:
            try:
                if found():
                    return
            except (urllib.error.URLError, OSError, KeyError):
                pass
            time.sleep(1)
        raise refuse(f"{what} tidak terjadi dalam {WAIT_SECONDS} detik", "jalankan make dev dan baca pesannya")

    def landed(self) -> bool:
        """Whether the sensor's run has ended well.

        Raises:
            SystemExit: it failed.
        """
        for run in self.ask(RUNS, job=JOB)["runsOrError"]["results"]:
            if run["status"] == "FAILURE":
                raise refuse("run yang diminta sensor gagal", "jalankan make dev dan baca run itu")
            return bool(run["status"] == "SUCCESS")
        return False


@contextmanager
def running() -> Iterator[Ui]:
    """The web server on a free port, and the daemon; both are stopped again."""
    port = free_port()
    beside = Path(sys.executable).parent
    workspace = ["-w", str(CHECKOUT / "workspace.yaml")]
    commands = [
        [str(beside / "dagster-webserver"), *workspace, "-h", "127.0.0.1", "-p", str(port)],
        [str(beside / "dagster-daemon"), "run", *workspace],
    ]
    with tempfile.TemporaryFile() as log:
        started = [
            subprocess.Popen(command, cwd=CHECKOUT, stdout=log, stderr=log, start_new_session=True) for command in commands
        ]
        try:
            ui = Ui(f"http://127.0.0.1:{port}")
            ui.wait_for("jawaban dagster-webserver", lambda: ui.ask("{ version }"))
            yield ui
        finally:
            for process in started:
                process.send_signal(signal.SIGINT)
            for process in started:
                try:
                    process.wait(timeout=60)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)


def collapse(page: Chromium, ui: Ui) -> None:
    """Hides the navigation and the list beside the graph, which the browser remembers."""
    page.open(f"{ui.address}/asset-groups", "document.body.innerText.includes('Hide navigation')")
    hide = "[...document.querySelectorAll('*')].filter(e => e.innerText?.trim() === 'Hide navigation').pop()"
    for what in (hide, "[...document.querySelectorAll('[aria-label=panel_show_right]')].pop()"):
        place = page.ask(f"(r => [r.x + r.width / 2, r.y + r.height / 2])({what}.getBoundingClientRect())")
        page.click(*place)


def graph(page: Chromium, ui: Ui, selection: str, size: tuple[int, int], expected: int, picture: Path) -> None:
    """The graph of a selection, zoomed out until every node of it stands in the window; only the graph is kept.

    Raises:
        SystemExit: it does not fit.
    """
    page.resize(*size)
    page.open(f"{ui.address}/asset-groups" + (f"~{quote(selection)}/" if selection else ""), f"{NODES}.length > 0")
    # Neither the dots behind the graph, which make half of a picture's bytes, nor the buttons over it.
    style = "Object.assign(document.createElement('style'), {textContent: '* {background-image: none !important}'})"
    page.ask(f"document.head.append({style})")
    zoom = "document.querySelector('[aria-label=zoom_out]').closest('button')"
    hide = "(e.closest('button')?.parentElement ?? e).style.visibility = 'hidden'"
    page.ask(f"[...document.querySelectorAll('{OVERLAY}')].forEach(e => {{ {hide} }})")
    page.ask(f"{zoom}.parentElement.parentElement.style.visibility = 'hidden'")
    top = page.ask("document.querySelector('[aria-label=refresh]').closest('button').getBoundingClientRect().bottom") + 2 * MARGIN
    box = "(r => [Math.min(...r.map(e => e.left)), Math.min(...r.map(e => e.top)), Math.max(...r.map(e => e.right)), "
    box += f"Math.max(...r.map(e => e.bottom)), r.length, r[0].width])({NODES}.map(e => e.getBoundingClientRect()))"
    for _ in range(30):
        left, upper, right, lower, count, width = page.ask(box)
        if count >= expected and upper > top and lower < size[1] - MARGIN and left > 60 and right < size[0] - MARGIN:
            clip = (left - MARGIN, upper - MARGIN, right - left + 2 * MARGIN, lower - upper + 2 * MARGIN)
            return page.picture(picture, clip, max(1, NODE_WIDTH / width))
        page.ask(f"{zoom}.click()")
        time.sleep(0.5)
    raise refuse(f"grafik {selection} tidak muat", "perbesar jendelanya di GROUPS")


def pictures(page: Chromium, ui: Ui, out: Path) -> None:
    """Everything that shows a finished run: graph, check, landing asset."""
    assets = ui.ask("{ assetNodes { groupName } }")["assetNodes"]
    page.resize(1400, 800)
    page.open(
        f"{ui.address}/assets/{RULE}", "document.body.innerText.includes('Latest execution') && document.querySelector('canvas')"
    )
    page.resize(1400, 1150)
    time.sleep(2)
    page.picture(out / "dagster-pemeriksaan.png")
    page.resize(1400, 1000)
    page.open(f"{ui.address}/assets/landing/{PRODUCER}", "document.body.innerText.includes('Latest materialization')")
    page.picture(out / "dagster-landing-klj.png")
    collapse(page, ui)
    graph(page, ui, "", (1400, 420), len({node["groupName"] for node in assets}), out / "dagster-grafik.png")
    for group, size in GROUPS.items():
        count = sum(node["groupName"] == group for node in assets)
        graph(page, ui, f'group:"{group}"', size, count, out / f"dagster-grafik-{group}.png")


def sensor_picture(page: Chromium, ui: Ui, out: Path) -> None:
    """The sensor after it landed a file."""
    page.resize(1400, 900)
    page.open(f"{ui.address}/locations/padanan/sensors/{SENSOR}", "document.body.innerText.includes('Latest tick')")
    page.wait("/SUCCESS|requested|Skipped|1 run/i.test(document.body.innerText)")
    page.picture(out / "dagster-sensor.png")


def main() -> None:
    """Copies the demo, starts the servers, takes the pictures, lands a file, takes the last one."""
    from orchestration.environment import prepare
    from padanan.base.home import Home

    parser = argparse.ArgumentParser(description="Memotret UI Dagster dari hasil demo.")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "docs" / "img", help="folder gambar")
    options = parser.parse_args()
    chromium.command()
    home = Home.from_env().root
    facts = demo_facts(home)
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent, prefix=".gambar-") as folder:
        copy = Path(folder) / "data"
        copied(home, copy)
        os.environ |= {"PADANAN_HOME": str(copy), "PADANAN_DAGSTER_STORAGE": str(copy / "dagster")}
        os.environ.setdefault("PYTHONPATH", str(CHECKOUT))
        prepare()
        with running() as ui, Chromium(1400, 900) as page:
            pictures(page, ui, options.out)
            drop_file(facts)
            ui.wait_for("menyalakan sensor", lambda: ui.ask(START, place=PLACE)["startSensor"]["__typename"] == "Sensor")
            ui.wait_for(f"kiriman {PRODUCER} diterima lewat {SENSOR}", ui.landed)
            sensor_picture(page, ui, options.out)
    for picture in sorted(options.out.glob("dagster-*.png")):
        print(f"{picture} {picture.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
