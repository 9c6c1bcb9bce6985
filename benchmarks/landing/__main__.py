"""`make bench-landing`: each small delivery of the field cases through `padanan deliver`, then the hostile things in an inbox.

Prints file -> seconds -> limit, and for the hostile ones each item's seconds and the highest memory of the child that read it.
What becomes of a delivery is the tests' affair (`tests/cleansing/test_field_cases.py`, `tests/landing/test_poison.py`).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from padanan.base.home import CHECKOUT, Home
from padanan.base.sandbox import ChildStopped, run
from padanan.contracts.contract import load_contracts
from padanan.contracts.delivery import load_delivery_rules
from padanan.landing import inbox, reading
from tests.landing.hostile import put_all

CASES = CHECKOUT / "tests" / "cleansing" / "field_cases"
CASE_SECONDS, STEP_SECONDS, LEAST_HOSTILE = 10.0, 60.0, 30
GOOD = CHECKOUT / "data" / "samples" / "baik"


def main(arguments: list[str] | None = None) -> int:
    """Runs both; 1 when a limit is not kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.landing", description="Waktu menerima satu kiriman.")
    parser.add_argument("--cases", type=Path, default=CASES, help="folder berkas contoh; awal nama setelah '_' adalah kontraknya")
    parser.add_argument("--skip-poison", action="store_true", help="hanya berkas contoh")
    options = parser.parse_args(arguments)
    os.umask(0o077)
    with tempfile.TemporaryDirectory(prefix="padanan-bench-") as folder:
        root = Path(folder)
        os.environ["PADANAN_KEY_FILE"] = str(root / "kunci" / "hmac.key")
        kept = _cases(options.cases, root)
        if not options.skip_poison:
            kept = _poison(root) and kept
    print("limits kept" if kept else "LIMITS NOT KEPT")
    return 0 if kept else 1


def _cases(folder: Path, root: Path) -> bool:
    """Each file by a command of its own into a home of its own, as a person meets it: start of the program included."""
    print(f"| file | seconds | limit {CASE_SECONDS:.0f} | status |\n|---|---|---|---|")
    kept = True
    for path in sorted(folder.iterdir()):
        if path.suffix == ".md":
            continue
        producer = Path(path.name.split("_")[1]).stem
        command = [sys.executable, "-m", "padanan.cli", "deliver", str(path), "--producer", producer, "--periode-data", "2025-11"]
        env = {**os.environ, "PADANAN_HOME": str(root / path.name), "PYTHONPATH": str(CHECKOUT)}
        started = time.monotonic()
        done = subprocess.run(command, cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False)
        seconds = time.monotonic() - started
        said = (done.stdout or done.stderr).split()
        kept = kept and seconds <= CASE_SECONDS and bool(done.stdout)
        print(f"| {path.name} | {seconds:.1f} | {_word(seconds <= CASE_SECONDS)} | {said[0] if said else '?'} |", flush=True)
    return kept


def _poison(root: Path) -> bool:
    """The hostile things of the tests in one inbox, with the limits of `delivery.yaml` as they stand."""
    os.environ["PADANAN_HOME"] = str(root / "racun")
    home, contracts = Home(root / "racun").ensure(), load_contracts()
    good = next(path for path in sorted(GOOD.iterdir()) if path.name.startswith("dtks_") and path.suffix == ".csv")
    hostile = put_all(home.inbox, good.read_bytes())
    used: list[int] = []
    steps: list[tuple[float, str, int, str]] = []

    def child(*given: Any, **options: Any) -> Any:
        try:
            told = run(*given, **options)
        except ChildStopped as stopped:
            used.append(stopped.used.rss if stopped.used else 0)
            raise
        used.append(told[1].rss)
        return told

    def timed(deliver: Callable[..., Any]) -> Callable[..., Any]:
        def call(to: Home, known: Any, contract_id: str, path: Path, **options: Any) -> Any:
            before, started = len(used), time.monotonic()
            receipt = deliver(to, known, contract_id, path, **options)
            steps.append((time.monotonic() - started, receipt.manifest["file"], max(used[before:], default=0), receipt.status))
            return receipt

        return call

    vars(reading)["run"] = child
    vars(inbox)["deliver"] = timed(inbox.deliver)
    faults = 0
    for contract_id in contracts:
        faults += len(inbox.process_inbox(home, contracts, contract_id).faults)
    limit = load_delivery_rules().pembaca.memoriMib << 20
    print(f"\n| hostile item | seconds | limit {STEP_SECONDS:.0f} | child's RSS, MiB | limit {limit >> 20} | status |")
    print("|---|---|---|---|---|---|")
    for seconds, name, rss, status in sorted(steps, reverse=True):
        kept = _word(seconds <= STEP_SECONDS), _word(rss <= limit)
        print(f"| {name[:60]} | {seconds:.1f} | {kept[0]} | {rss / 2**20:.0f} | {kept[1]} | {status} |")
    slowest, highest = max(step[0] for step in steps), max(used)
    print(f"\n{len(hostile)} hostile items, {len(steps)} receipts, {faults} faults; slowest step {slowest:.1f} s, "
          f"child's highest RSS {highest / 2**20:.0f} MiB")  # fmt: skip
    return not faults and len(steps) == len(hostile) >= LEAST_HOSTILE and slowest <= STEP_SECONDS and highest <= limit


def _word(kept: bool) -> str:
    return "kept" if kept else "NOT KEPT"


if __name__ == "__main__":
    argv: Sequence[str] = sys.argv[1:]
    sys.exit(main(list(argv)))
