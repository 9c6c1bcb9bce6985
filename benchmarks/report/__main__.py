"""`make bench-report`: renders the whole report over published tables made up at a given size, with a period before.

Prints median, minimum and maximum of wall and CPU seconds of `render_report`, the sizes, and the parts that took longest.
The tables are those of the report's tests at another size; nothing here judges what the report says.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.contracts.contract import load_contracts
from padanan.run.report import render_report
from tests.review.published_by_hand import write_published

PERIODE = Periode(2025, 2)
GOAL_SECONDS, GOAL_PAGE, GOAL_ALL = 60, 400_000, 10_000_000


def main(arguments: list[str] | None = None) -> int:
    """Runs the benchmark; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.report", description="Waktu dan ukuran laporan seluruh DKI.")
    parser.add_argument("--people", type=int, default=200_000, help="jumlah orang di tabel buatan")
    parser.add_argument("--repeat", type=int, default=3, help="berapa kali diukur")
    options = parser.parse_args(arguments)
    producers = len(load_contracts())
    with tempfile.TemporaryDirectory(prefix="padanan-bench-") as folder:
        home = Home(Path(folder) / "data").ensure()
        started = time.perf_counter()
        for periode in (PERIODE.previous(), PERIODE):
            write_published(home, people=options.people, periode=periode, all_contracts=True)
        print(f"tables of {options.people:,} people, {producers} producers: {time.perf_counter() - started:.1f} s", flush=True)
        walls, cpus = [], []
        for _ in range(options.repeat):
            wall, cpu = time.perf_counter(), time.process_time()
            page = render_report(home, PERIODE, 1)
            walls.append(time.perf_counter() - wall)
            cpus.append(time.process_time() - cpu)
        sizes = {path.name: path.stat().st_size for path in page.parent.rglob("*") if path.is_file()}
    pages = {name: size for name, size in sizes.items() if name.endswith(".html")}
    largest = max(pages, key=lambda name: pages[name])
    print("| measure | median | min | max | goal |")
    print("|---|---|---|---|---|")
    for name, found in (("wall s", walls), ("CPU s", cpus)):
        goal = f"<= {GOAL_SECONDS}" if name == "wall s" else ""
        print(f"| {name} | {statistics.median(found):.1f} | {min(found):.1f} | {max(found):.1f} | {goal} |")
    print(f"| {len(pages)} pages, largest ({largest}) KB | {pages[largest] / 1000:.0f} | | | <= {GOAL_PAGE / 1000:.0f} |")
    print(f"| all {len(sizes)} files, MB | {sum(sizes.values()) / 1e6:.1f} | | | <= {GOAL_ALL / 1e6:.0f} |")
    kept = max(walls) <= GOAL_SECONDS and pages[largest] <= GOAL_PAGE and sum(sizes.values()) <= GOAL_ALL
    print("goals kept" if kept else "GOALS MISSED")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
