"""`make bench-api`: a decree of a million people behind a real server: pages for 200 clients, look-ups, whole streams.

Prints a table beside its goals; what is measured is one process on this machine, its load generator included.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import httpx
import psutil

from benchmarks.api.load import many, request_of
from padanan.base.home import Home
from padanan.base.keys import load_ring
from padanan.base.period import JAKARTA
from padanan.distribution.api.door import open_door
from padanan.distribution.clients import add_client
from padanan.distribution.grants import give
from padanan.distribution.shelf import publish_decree
from tests.distribution.agencies_by_hand import BASE, PURPOSE, terms
from tests.distribution.decree_by_hand import PERIODE, nik_of, seal_decree
from tests.distribution.process import server, token_of
from tests.review.decided_by_hand import APPROVER, PROPOSER

COLUMNS = ["id_orang", "nik", "nama", "alamat", "rt", "rw", "kode_kelurahan", "desil", "program"]


def main(arguments: list[str] | None = None) -> int:
    """Runs the benchmark; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.api", description="Beban pada API.")
    parser.add_argument("--people", type=int, default=1_000_000, help="jumlah orang pada penetapan buatan")
    parser.add_argument("--clients", type=int, default=200, help="jumlah klien sekaligus")
    parser.add_argument("--seconds", type=float, default=60, help="lama pengukuran halaman dalam detik")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="padanan-bench-") as folder:
        os.environ |= {
            "PADANAN_HOME": f"{folder}/data",
            "PADANAN_KEY_FILE": f"{folder}/keys/hmac.key",
            "PADANAN_SEAL_KEY_FILE": f"{folder}/keys/segel",
        }
        Path(folder, "keys").mkdir(mode=0o700)
        home = Home(Path(folder) / "data").ensure()
        load_ring(home)
        home.demo_marker.write_text("{}")
        started = time.perf_counter()
        seal_decree(home, people=options.people)
        made = time.perf_counter()
        publish_decree(home, PERIODE)
        print(
            f"decree of {options.people:,} people: made {made - started:.1f} s, prepared {time.perf_counter() - made:.1f} s",
            flush=True,
        )
        secrets = _clients(home, options.clients)
        with server(home) as (process, url):
            rows = _measure(process, url, secrets, options.people, options.seconds)
    print("| measure | found | goal |\n|---|---|---|")
    for name, found, goal, _ in rows:
        print(f"| {name} | {found} | {goal} |")
    kept = all(row[3] for row in rows)
    print("goals kept" if kept else "GOALS MISSED")
    return 0 if kept else 1


def _clients(home: Home, count: int) -> dict[str, str]:
    door, now, secrets = open_door(home, "http://127.0.0.1"), datetime.now(JAKARTA), {}
    for number in range(count):
        name = f"klien-{number:03d}"
        secret = add_client(
            door.store, door.writer, client=name, agency="dinsos", scopes=["sasaran:bnba"], by="Uji", now=now,
            secret_until=now.date() + timedelta(days=9),
        )  # fmt: skip
        assert secret is not None
        secrets[name] = secret
        grant = terms(
            hibah=f"hibah-{number:03d}", klien=name, baris="sasaran", wilayah=["31"], kolom=COLUMNS, baris_per_hari=50_000_000
        )
        give(home, grant, door.catalogue, proposer=PROPOSER, approver=APPROVER, reason="ukur", now=now)
    door.close()
    return secrets


Row = tuple[str, str, str, bool]


def _measure(process: subprocess.Popen[bytes], url: str, secrets: dict[str, str], people: int, seconds: float) -> list[Row]:
    port, watched = int(url.rpartition(":")[2]), psutil.Process(process.pid)
    tokens = [token_of(url, name, secret) for name, secret in secrets.items()]
    found: list[Row] = []

    def page(number: int, last: bytes | None) -> bytes:
        params = {"tujuan": PURPOSE, "batas": "100"}
        after = json.loads(last[last.rindex(b'"berikutnya":') + 13 : -1]) if last else None
        return request_of(tokens[number], f"{BASE}/sasaran?{urlencode(params | ({'kursor': after} if after else {}))}")

    load = asyncio.run(many(port, tokens, seconds, page))
    each = len(load.seconds) / seconds
    p95 = load.percentile(0.95)
    found.append((f"pages of 100, {len(tokens)} clients, p95 ms", f"{p95:.0f} ({each:.0f} a second)", "<= 250", p95 <= 250))
    found.append(("errors", f"{len(load.errors)} {load.errors[:1] or ''}", "0", not load.errors))
    chance = random.Random(1)

    def look(number: int, _: bytes | None) -> bytes:
        body = json.dumps({"nik": nik_of(1 + 50 * chance.randrange(people // 50 - 1)), "tujuan": PURPOSE}).encode()
        return request_of(tokens[number], f"{BASE}/sasaran/cari", body)

    load = asyncio.run(many(port, tokens[:4], min(seconds, 10), look))
    p95 = load.percentile(0.95)
    found.append(("look-up by NIK, 4 clients, p95 ms", f"{p95:.0f}", "<= 50", p95 <= 50 and not load.errors))
    for form, name, goal in (("ndjson", "NDJSON rows a second", 50_000.0), ("parquet", "Parquet seconds", 5.0)):
        taken, size, peak = _stream(url, tokens[0], form, watched)
        if form == "ndjson":
            found.append((name, f"{people / taken:,.0f} ({size / 1e6:.0f} MB)", f">= {goal:,.0f}", people / taken >= goal))
            found.append(("greatest RSS in it, MB", f"{peak / 1e6:.0f}", "<= 500", peak <= 500e6))
        else:
            found.append((name, f"{taken:.1f} ({size / 1e6:.0f} MB)", f"<= {goal:.0f}", taken <= goal))
    return found


def _stream(url: str, token: str, form: str, watched: psutil.Process) -> tuple[float, int, int]:
    started, size, peak = time.perf_counter(), 0, 0
    params, headers = {"tujuan": PURPOSE, "bentuk": form}, {"Authorization": f"Bearer {token}"}
    with httpx.stream("GET", f"{url}{BASE}/sasaran", params=params, headers=headers, timeout=600) as answer:
        assert answer.status_code == 200
        for part in answer.iter_raw():
            size += len(part)
            peak = max(peak, watched.memory_info().rss)
    return time.perf_counter() - started, size, peak


if __name__ == "__main__":
    sys.exit(main())
