"""`make bench-quality`: the DTKS suite through Great Expectations against one hand-written scan that counts the same.

Prints median, minimum and maximum of wall and CPU seconds; the import of GX is measured apart and not part of the ratio.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.quality.data import TABLE, build
from padanan.cleansing.results import SuiteResult
from padanan.cleansing.run import load_great_expectations, run_suites
from padanan.contracts.contract import Contract, load_contracts

CONTRACT = "dtks"
SQL_FILE = Path(__file__).with_name("dtks.sql")
GOAL = 1.5

Counts = dict[str, tuple[int, int]]


def hand_written(database: Path) -> tuple[Counts, float, float]:
    """Runs the SQL file on a fresh read-only connection.

    Returns:
        (gagal, total) by rule, wall seconds, CPU seconds. `record_key` checks count as rules with total 0.
    """
    import duckdb

    sql = SQL_FILE.read_text(encoding="utf-8").replace("{tabel}", TABLE)
    wall, cpu = time.perf_counter(), time.process_time()
    con = duckdb.connect(str(database), read_only=True)
    try:
        cursor = con.execute(sql)
        names = [column[0] for column in cursor.description or ()]
        row = dict(zip(names, cursor.fetchall()[0], strict=True))
    finally:
        con.close()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    rules = [name.removesuffix("_gagal") for name in row if name.endswith("_gagal")]
    counts = {rule: (row[f"{rule}_gagal"], row[f"{rule}_total"]) for rule in rules}
    for name in ("record_key_kosong", "record_key_ganda"):
        counts[f"bentuk_{name}"] = (row[name], 0)
    return counts, wall, cpu


def through_gx(database: Path, contracts: dict[str, Contract]) -> tuple[Counts, float, float, SuiteResult]:
    """Runs the contract's suite; the times include opening the file, the GX context and building the suite."""
    wall, cpu = time.perf_counter(), time.process_time()
    (result,) = run_suites(database, contracts, [CONTRACT], gap_table=None, stage_models={CONTRACT: TABLE})
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    counts = {rule.rule_id: (rule.gagal, rule.total) for rule in result.rules}
    for check in result.shape:
        # Which columns there are is asked of the catalogue, not counted in the scan.
        if check.observed is not None and check.check_id != "bentuk_kolom":
            counts[check.check_id] = (check.observed, 0)
    return counts, wall, cpu, result


def differing(left: Counts, right: Counts) -> list[str]:
    """Rules that the two ways count differently, or that only one of them counts."""
    return sorted(rule for rule in left.keys() | right.keys() if left.get(rule) != right.get(rule))


def _line(name: str, seconds: list[float], unit: str) -> str:
    middle, low, high = statistics.median(seconds), min(seconds), max(seconds)
    return f"{name:<28}{unit:<6}{middle:>9.3f}{low:>9.3f}{high:>9.3f}"


def main() -> int:
    """Builds the table, measures in turn, prints the table; exit code 1 when counts differ or the goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality")
    parser.add_argument("--rows", type=int, default=1_000_000, help="jumlah baris tabel buatan")
    parser.add_argument("--repeat", type=int, default=5, help="berapa kali diukur")
    options = parser.parse_args()
    contracts = load_contracts()
    with tempfile.TemporaryDirectory(prefix="padanan-bench-") as folder:
        database = Path(folder) / "uji.duckdb"
        print(f"membuat {options.rows:,} baris …", flush=True)
        build(database, options.rows, CONTRACT)
        imported = load_great_expectations()
        walls: dict[str, list[float]] = {"sql": [], "gx": []}
        cpus: dict[str, list[float]] = {"sql": [], "gx": []}
        hand_written(database), through_gx(database, contracts)  # both once unmeasured: file cache, first connection
        for turn in range(options.repeat):
            expected, wall, cpu = hand_written(database)
            walls["sql"].append(wall)
            cpus["sql"].append(cpu)
            counted, wall, cpu, result = through_gx(database, contracts)
            walls["gx"].append(wall)
            cpus["gx"].append(cpu)
            if wrong := differing(expected, counted):
                print(f"GALAT: hitungan berbeda untuk {', '.join(wrong)}", file=sys.stderr)
                return 1
            print(f"putaran {turn + 1}/{options.repeat} selesai", flush=True)
    ratio = statistics.median(walls["gx"]) / statistics.median(walls["sql"])
    ratio_cpu = statistics.median(cpus["gx"]) / statistics.median(cpus["sql"])
    print(f"\nkontrak {CONTRACT}: {len(result.rules)} aturan, {result.rows:,} baris, {options.repeat} putaran; hitungan sama")
    print(f"{'':<28}{'':<6}{'median':>9}{'min':>9}{'maks':>9}")
    for key, name in (("sql", "satu pindaian SQL tangan"), ("gx", "suite Great Expectations")):
        print(_line(name, walls[key], "nyata"))
        print(_line(name, cpus[key], "CPU"))
    print(f"rasio waktu nyata {ratio:.2f} (sasaran ≤ {GOAL}), rasio CPU {ratio_cpu:.2f}")
    print(f"impor Great Expectations {imported:.1f} detik, di luar hitungan")
    return 0 if ratio <= GOAL else 1


if __name__ == "__main__":
    raise SystemExit(main())
