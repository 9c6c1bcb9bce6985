"""`make bench-api`: a decree of a million people behind a real server: pages for 50 to 200 clients, look-ups, whole streams.

Prints tables beside their goals; server and load generator are processes of one machine, each with its CPU told apart.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import psutil

from benchmarks.api.load import FIND, PAGE, SPDCI, Asked, Load, measured
from padanan.base.home import Home
from padanan.base.keys import load_ring
from padanan.base.period import JAKARTA
from padanan.distribution.api.door import Door, open_door
from padanan.distribution.audit_proof import verify_audit
from padanan.distribution.clients import add_client
from padanan.distribution.grants import give
from padanan.distribution.shelf import publish_decree
from padanan.distribution.spdci.partners import register
from tests.distribution.agencies_by_hand import BASE, PURPOSE, terms
from tests.distribution.decree_by_hand import PERIODE, nik_of, seal_decree
from tests.distribution.process import server, token_of
from tests.review.decided_by_hand import APPROVER, PROPOSER

COLUMNS = ["id_orang", "nik", "nama", "alamat", "rt", "rw", "kode_kelurahan", "desil", "program"]
TOKENS = 200


def main(arguments: list[str] | None = None) -> int:
    """Runs the benchmark; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.api", description="Beban pada API.")
    parser.add_argument("--people", type=int, default=1_000_000, help="jumlah orang pada penetapan buatan")
    parser.add_argument("--clients", default="50,100,200", help="jumlah klien sekaligus; yang terakhir diukur terhadap sasaran")
    parser.add_argument("--seconds", type=float, default=60, help="lama tiap pengukuran halaman dalam detik")
    parser.add_argument("--workers", type=int, default=1, help="banyaknya proses server")
    parser.add_argument(
        "--home", type=Path, help="folder yang menyimpan penetapan buatan untuk kali berikutnya (bawaan: sementara)"
    )
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="padanan-bench-") as folder:
        kept = options.home or Path(folder)
        os.environ |= {
            "PADANAN_HOME": f"{kept}/data",
            "PADANAN_KEY_FILE": f"{kept}/keys/hmac.key",
            "PADANAN_SEAL_KEY_FILE": f"{kept}/keys/segel",
            "PADANAN_API_DB": f"sqlite:///{folder}/keadaan.sqlite",
        }
        home = _decreed(kept, options.people)
        door = open_door(home, "http://127.0.0.1")
        secrets = _clients(door)
        with server(home, *(("--workers", str(options.workers)) if options.workers > 1 else ())) as (process, url):
            counts = [int(one) for one in options.clients.split(",")]
            rows = _measure(process, url, secrets, options.people, options.seconds, counts)
        proof = verify_audit(home, door.store)
        door.close()
        whole = not proof.faults and not proof.open_starts
        rows.append(("audit of it", f"{proof.events:,} events, {'whole' if whole else 'NOT WHOLE'}", "whole", whole))
    print("| measure | found | goal |\n|---|---|---|")
    for name, found, goal, _ in rows:
        print(f"| {name} | {found} | {goal} |")
    good = all(row[3] for row in rows)
    print("goals kept" if good else "GOALS MISSED")
    return 0 if good else 1


def _decreed(kept: Path, people: int) -> Home:
    Path(kept, "keys").mkdir(mode=0o700, parents=True, exist_ok=True)
    home = Home(kept / "data").ensure()
    load_ring(home)
    home.demo_marker.write_text("{}")
    started = time.perf_counter()
    if not home.decree(PERIODE).exists():
        seal_decree(home, people=people)
    made = time.perf_counter()
    publish_decree(home, PERIODE)
    print(f"decree of {people:,}: made {made - started:.1f} s, prepared {time.perf_counter() - made:.1f} s", flush=True)
    return home


def _clients(door: Door) -> dict[str, str]:
    """Clients with their secrets: three of four read the whole decree, the fourth the recipients of a program in one kota."""
    now, secrets = datetime.now(JAKARTA), {}
    for number in range(TOKENS):
        name = f"klien-{number:03d}"
        secret = add_client(
            door.writer, client=name, agency="dinsos", scopes=["sasaran:bnba"], by="Uji", now=now,
            secret_until=now.date() + timedelta(days=9),
        )  # fmt: skip
        assert secret is not None
        secrets[name] = secret
        register(door.writer, client=name, by="Uji", now=now, must_sign=False)
        rows = {"baris": "sasaran", "wilayah": ["31"]} if number % 4 < 3 else {"wilayah": [f"31.7{1 + number // 4 % 5}"]}
        grant = terms(hibah=f"hibah-{number:03d}", klien=name, kolom=COLUMNS, baris_per_hari=50_000_000, **rows)
        if not any(one.terms.klien == name for one in door.book.all().values()):
            give(door.home, grant, door.catalogue, proposer=PROPOSER, approver=APPROVER, reason="ukur", now=now)
    return secrets


Row = tuple[str, str, str, bool]


def _cpu(process: psutil.Process) -> float:
    """CPU seconds of a server and its workers until now."""
    return sum(sum(one.cpu_times()[:2]) for one in (process, *process.children(recursive=True)))


def _measure(
    process: subprocess.Popen[bytes], url: str, secrets: dict[str, str], people: int, seconds: float, counts: list[int]
) -> list[Row]:
    watched, chance = psutil.Process(process.pid), random.Random(1)
    tokens = [token_of(url, name, secret) for name, secret in secrets.items()]
    # Clients of the look-ups: those who see everybody, so that each question is answered.
    wide = [place for place in range(TOKENS) if place % 4 < 3]
    niks = [nik_of(1 + 50 * chance.randrange(people // 50 - 20)) for _ in range(2000)]
    port, found = int(url.rpartition(":")[2]), list[Row]()
    print("| what | connections | a second | p50 ms | p95 ms | p99 ms | errors | server CPU ms | client CPU ms |")
    print("|---|---|---|---|---|---|---|---|---|")

    def load(kind: str, connections: int, lasting: float) -> Load:
        some = range(TOKENS) if kind == PAGE else wide
        names = list(secrets)
        asked = Asked(
            port, kind, BASE, PURPOSE, connections, lasting, [tokens[n] for n in some], [names[n] for n in some], niks
        )  # fmt: skip
        before = _cpu(watched)
        load = measured(asked)
        cost, count = _cpu(watched) - before, max(len(load.millis), 1)
        figures = [f"{load.percentile(share):.0f}" for share in (0.5, 0.95, 0.99)]
        print(
            f"| {kind} | {connections} | {count / load.lasted:,.0f} | {' | '.join(figures)} | {len(load.errors)} |"
            f" {cost / count * 1000:.2f} | {load.cpu / count * 1000:.2f} |",
            flush=True,
        )
        if load.errors:
            print(f"  errors: {sorted(set(load.errors))[:3]}")
        return load

    for count in counts:
        last = load(PAGE, count, seconds)
    p95, each = last.percentile(0.95), len(last.millis) / last.lasted
    found.append((f"pages of 100, {counts[-1]} clients, p95 ms", f"{p95:.0f} ({each:,.0f} a second)", "<= 250", p95 <= 250))
    found.append(("errors", str(len(last.errors)), "0", not last.errors))
    for kind, name in ((FIND, "look-up by NIK"), (SPDCI, "SPDCI search by NIK")):
        last = load(kind, 4, min(seconds, 10))
        p95 = last.percentile(0.95)
        found.append((f"{name}, 4 clients, p95 ms", f"{p95:.1f}", "<= 50", p95 <= 50 and not last.errors))
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
            peak = max(peak, *(one.memory_info().rss for one in (watched, *watched.children())))
    return time.perf_counter() - started, size, peak


if __name__ == "__main__":
    sys.exit(main())
