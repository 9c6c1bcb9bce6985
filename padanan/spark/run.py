"""`make spark`: the main job's models and its linkage once more on Spark, from the same landing, and every table proved equal.

The session, the models, the workers and the comparison have modules of their own; here they are only put in order.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import psutil

from padanan.base import disk
from padanan.base.arguments import Parser
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.sql import ident, literal
from padanan.spark import session
from padanan.spark.equal import Compared, compare_tables, parquet
from padanan.spark.handover import hand_over
from padanan.spark.models import Built, build

CALL_1, CALL_2 = "panggilan_1", "panggilan_2"
# Evidence files and what makes one of them; the model's artefact is compared by its bytes.
EVIDENCE = ("tautan", "pasangan", "klaster", "ukuran", "ganda")
MODEL = "model.json"
# What the run on Spark reads of the home and must not write.
READ = ("landing", "decisions", "umpan_balik")


@dataclass
class Report:
    """What a run says: seconds by step, what became of each model, and how equal each table is."""

    steps: list[tuple[str, float, float]] = field(default_factory=list)
    built: list[Built] = field(default_factory=list)
    compared: list[Compared] = field(default_factory=list)
    unbuilt: list[str] = field(default_factory=list)
    model_equal: bool | None = None

    @property
    def equal(self) -> bool:
        """Every model got through, every table and the linkage's model are the same."""
        tables = bool(self.compared) and all(one.equal for one in self.compared)
        return tables and not self.unbuilt and self.model_equal is True


def beside(home: Home) -> Home:
    """A home for the run on Spark inside the first one's warehouse: it reads the same landing and writes tables of its own.

    Raises:
        PadananError: the first home has no finished run to compare with.
    """
    if not home.run_plan.exists() or not home.warehouse_db.exists():
        raise PadananError(
            "belum ada putaran DuckDB untuk dibandingkan",
            file=home.warehouse,
            cure="jalankan 'make demo', atau atur PADANAN_HOME",
        )
    other = Home(home.warehouse / "banding-spark")
    disk.remove_tree(other.root, ignore_errors=True)
    disk.mkdir(other.warehouse, parents=True)
    disk.chmod(other.root, 0o700)
    for name in READ:
        disk.mkdir(home.root / name, exist_ok=True)
        disk.symlink(home.root / name, other.root / name)
    disk.copy(home.run_plan, other.run_plan)
    return other


def run(home: Home, master: str | None, say: Callable[[str], None] = print) -> Report:
    """Builds everything on Spark and compares it with the home's own warehouse.

    Raises:
        PadananError: no run to compare with, Spark does not start, or dbt can't begin.
    """
    report, other = Report(), beside(home)
    with _step(report, "sesi", say):
        spark = session.start(other, master)
    try:
        with _step(report, "staging dan langkah 1", say):
            _build(report, other, CALL_1)
        if not report.unbuilt:
            with _step(report, "bukti", say):
                _link(other, spark)
            with _step(report, "padanan dan marts", say):
                _build(report, other, CALL_2)
    finally:
        spark.stop()
    with _step(report, "perbandingan", say):
        _compare(report, home, other)
    return report


def _build(report: Report, other: Home, call: str) -> None:
    built = build(other, other.warehouse / "dbt", [f"tag:{call}"])
    report.built += built
    report.unbuilt += [one.model for one in built if one.trouble is not None]
    hand_over(other)


def _link(other: Home, spark: Any) -> None:
    from padanan.contracts.contract import load_contracts
    from padanan.evidence import match_period
    from padanan.published.run_plan import read_plan
    from padanan.spark.workers import SparkWorkers

    match_period(other, read_plan(other), load_contracts(), workers=SparkWorkers(spark))


def _compare(report: Report, home: Home, other: Home) -> None:
    con = duckdb.connect()
    try:
        con.execute(f"attach {literal(home.warehouse_db)} as sini (read_only)")
        con.execute(f"attach {literal(other.warehouse_db)} as sana (read_only)")
        here, there = _tables(con, "sini"), _tables(con, "sana")
        report.unbuilt += sorted((here - there) - set(report.unbuilt))
        pairs = [(name, f"sini.{ident(name)}", f"sana.{ident(name)}") for name in sorted(here & there)]
        folder, made = home.warehouse / "bukti", other.warehouse / "bukti"
        if made.is_dir():
            files = [f"{name}.parquet" for name in EVIDENCE]
            pairs += [(f"bukti/{file}", parquet(folder / file), parquet(made / file)) for file in files]
            report.model_equal = (folder / MODEL).read_bytes() == (made / MODEL).read_bytes()
        report.compared = compare_tables(con, pairs)
    finally:
        con.close()


def _tables(con: duckdb.DuckDBPyConnection, catalog: str) -> set[str]:
    query = "select table_name from information_schema.tables where table_catalog = $1"
    return {str(row[0]) for row in con.execute(query, [catalog]).fetchall()}


@contextmanager
def _step(report: Report, name: str, say: Callable[[str], None]) -> Iterator[None]:
    clock, before = time.monotonic(), _cpu()
    say(f"{name} …")
    yield
    report.steps.append((name, round(time.monotonic() - clock, 1), round(_cpu() - before, 1)))


def _cpu() -> float:
    """CPU seconds of this process and its children (the JVMs and Python workers that still live)."""
    total = 0.0
    for process in (me := psutil.Process(), *me.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.Error:
            continue
        total += times.user + times.system + getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    return total


def lines(report: Report) -> list[str]:
    """The report for people."""
    out = [f"{'langkah':<24}{'detik':>9}{'CPU':>9}"]
    out += [f"{name:<24}{wall:>9.1f}{cpu:>9.1f}" for name, wall, cpu in report.steps]
    out += ["", f"{'tabel':<28}{'DuckDB':>10}{'Spark':>10}{'kurang':>8}{'lebih':>8}  hasil"]
    for one in report.compared:
        said = "sama" if one.equal else "BEDA" + (f" ({', '.join(one.columns)})" if one.columns else "")
        out.append(f"{one.table:<28}{one.rows:>10}{one.other_rows:>10}{one.missing:>8}{one.added:>8}  {said}")
    if report.model_equal is not None:
        out.append(f"bukti/{MODEL}: {'sama' if report.model_equal else 'BEDA'}")
    troubles = {one.model: one.trouble for one in report.built if one.trouble}
    out += [f"TIDAK TERBANGUN {name}: {troubles.get(name, 'tidak ada di Spark')}" for name in report.unbuilt]
    same = sum(one.equal for one in report.compared)
    out += ["", f"{same} dari {len(report.compared)} tabel sama, {len(report.unbuilt)} tidak terbangun"]
    return out


def main(argv: Sequence[str] | None = None) -> int:
    """0 when everything is equal, 1 when not."""
    parser = Parser(prog="python -m padanan.spark.run", description="Model yang sama di Spark, dibandingkan dengan DuckDB.")
    parser.add_argument("--master", help=f"alamat Spark; bawaan {session.DEFAULT_MASTER}")
    parser.add_argument("--json", type=Path, help="tulis hasilnya ke berkas ini")
    parser.add_argument("--keep", action="store_true", help="jangan hapus tabel Spark sesudahnya")
    given = parser.parse_args(argv)
    home = Home.from_env()
    try:
        report = run(home, given.master)
    except PadananError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(lines(report)))
    if given.json:
        body = {**asdict(report), "equal": report.equal}
        disk.write_text(given.json, json.dumps(body, indent=1, ensure_ascii=False) + "\n")
    if not given.keep:
        # Names lie there, and no retention knows of them.
        disk.remove_tree(home.warehouse / "banding-spark", ignore_errors=True)
    return 0 if report.equal else 1


if __name__ == "__main__":
    raise SystemExit(main())
