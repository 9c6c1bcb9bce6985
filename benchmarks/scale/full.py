"""`make bench-full`: the whole way from inbox to sealed draft, worklists and kits at several sizes, beside the floor.

Each size's figures are written as soon as they are known; how they are shown stands in `full_table`, the deliveries are
`deliveries`'.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.scale.full_table import Row, Size, tables
from padanan.base import spent
from padanan.base.commit import write_once
from padanan.base.errors import PadananError
from padanan.base.home import CHECKOUT, Home
from padanan.base.period import Periode
from padanan.forms import handover

JOBS = ("padanan_periode", "rancangan_periode")
AFTER = {"worklist": "review (daftar kerja)", "kit": "review (paket produsen)"}
"""What is made after the draft, by command, and its line in the table."""
UNCHANGED, NEW_MONTH = "tidak ada yang berubah", "satu bulan DTKS baru"


class Bench:
    """One home, from its deliveries to the floor."""

    def __init__(self, root: Path, residents: int, periode: Periode) -> None:
        self.home = Home(root / str(residents))
        self.periode = periode
        self.env: dict[str, str] = {
            **os.environ,
            "PADANAN_HOME": str(self.home.root),
            "PADANAN_KEY_FILE": str(root / "kunci" / f"{residents}.key"),
            "PADANAN_DAGSTER_STORAGE": str(self.home.root / "dagster"),
        }
        self.size = Size(residents)

    @contextmanager
    def delivered(self, seed: int, profile: str) -> Iterator[None]:
        """The home emptied but for its deliveries, which are made where it has none, and Carik's server running beside it.

        The server is a producer's: what it uses is no part of any figure.
        """
        from benchmarks.scale import deliveries
        from padanan.synthetic.embedded_postgres import SERVER, URL_VARIABLE, embedded_postgres

        facts = deliveries.facts_of(self.size.residents, seed, profile, self.periode)
        same = deliveries.ready(self.home, facts)
        with embedded_postgres(self.home.root / "postgres" / SERVER) as url:
            self.env[URL_VARIABLE] = url
            if same:
                print("kiriman dari pengukuran sebelumnya dipakai lagi", flush=True)
            else:
                told = ("--seed", str(seed), "--profile", profile, "--periode", self.periode.label)
                self._run("benchmarks.scale.deliveries", str(self.size.residents), *told)
                deliveries.made(self.home, facts)
            yield
        deliveries.closed(self.home, facts)

    def full(self) -> None:
        """The two jobs step by step, then worklists and kits."""
        self.size.rows = list(self._jobs(self.size.steps))
        for command, line in AFTER.items():
            print(f"\n{line}", flush=True)
            used = self._run("padanan.cli", command, "make", "--periode", self.periode.label)
            self.size.after.append(_row(line, used, self._handed(command)))
        self.size.warehouse = self.home.warehouse_db.stat().st_size
        self.size.landing = sum(path.stat().st_size for path in self.home.root.glob("landing/*/*/*/part.parquet"))

    def floor(self) -> None:
        """The floor on the same files, in a process of its own."""
        used = self._run("benchmarks.scale.floor", str(self.home.root), keep=True)
        self.size.floor = _row("lantai", used, int(json.loads(used.said)["baris"]))

    def rerun(self) -> None:
        """The two jobs again: as everything is, and with one month of DTKS more."""
        from benchmarks.scale.deliveries import next_month

        steps: list[Row] = []
        self.size.reruns[UNCHANGED] = _whole(UNCHANGED, list(self._jobs(steps)))
        next_month(self.home)
        steps.clear()
        self.size.reruns[NEW_MONTH] = _whole(NEW_MONTH, list(self._jobs(steps)))
        self.size.month_steps = steps

    def _jobs(self, steps: list[Row]) -> Iterator[Row]:
        """Each job as a whole; what its steps cost goes to `steps`."""
        for job in JOBS:
            print(flush=True)
            before = set(self._records())
            yield _row(job, self._run("orchestration.run", "--periode", self.periode.label, "--job", job))
            new = [path for path in self._records() if path not in before]
            if len(new) != 1:
                raise PadananError(f"run {job} menulis {len(new)} catatan", cure="jalankan ulang tanpa run lain di home itu")
            for stage in json.loads(new[0][0].read_text(encoding="utf-8"))["tahap"]:
                told = {name: stage[name] for name in ("wall", "cpu", "rss", "read", "written")}
                steps.append(Row(stage["line"], stage["rows"], **told))

    def _records(self) -> list[tuple[Path, int]]:
        """Every record of a run with the time of its writing: a later run of a revision writes its record anew."""
        found = [*self.home.root.glob("reports/*/rev-*/run*.json"), *self.home.root.glob("logs/run-*.json")]
        return [(path, path.stat().st_mtime_ns) for path in found]

    def _handed(self, command: str) -> int | None:
        """Rows in the files that were made."""
        kind = handover.WORKLISTS if command == "worklist" else handover.KITS
        facts = next((issue.facts for issue in reversed(handover.issues(self.home)) if issue.kind == kind), None)
        if facts is None:
            return None
        if command == "worklist":
            return sum(int(count) for count in facts["jumlah"].values())
        return sum(int(one[name]) for one in facts["berkas"].values() for name in ("celah_per_baris", "diperbaiki", "disisihkan"))

    def _run(self, module: str, *arguments: str, keep: bool = False) -> spent.Spent:
        used = spent.run([sys.executable, "-m", module, *arguments], env=self.env, cwd=CHECKOUT, keep=keep)
        if used.code:
            raise PadananError(
                f"{module} {' '.join(arguments)} gagal pada {self.size.residents} penduduk (kode {used.code})",
                cure="lihat pesan di atas; ukuran yang lebih kecil sudah tercatat",
            )
        return used


def _row(name: str, used: spent.Spent, rows: int | None = None) -> Row:
    return Row(name, rows, used.wall, used.cpu, used.rss, used.read, used.written)


def _whole(name: str, rows: Sequence[Row]) -> Row:
    return Row(
        name, None, sum(one.wall for one in rows), sum(one.cpu for one in rows), max(one.rss for one in rows),
        sum(one.read for one in rows), sum(one.written for one in rows),
    )  # fmt: skip


def _commit() -> str:
    done = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "tanpa git"


def main(argv: Sequence[str] | None = None) -> int:
    """Prints the tables; 1 where a run failed, with what was measured until then."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale.full", description="Seluruh jalan pada beberapa ukuran.")
    parser.add_argument("--sizes", type=int, nargs="+", default=[20_000], metavar="N", help="jumlah penduduk, yang kecil dahulu")
    parser.add_argument("--seed", type=int, default=1, help="benih: benih sama, data sama")
    parser.add_argument("--profile", default="default", help="default, clean, atau hard")
    parser.add_argument("--periode", type=Periode.parse, default=Periode(2025, 2), help="periode penetapan")
    parser.add_argument("--home", type=Path, default=CHECKOUT / ".cache" / "bench-full", help="folder untuk data home")
    parser.add_argument("--rerun", action="store_true", help="ukur juga run ulang: tanpa perubahan, dan satu bulan DTKS baru")
    parser.add_argument("--discard", action="store_true", help="hapus setiap data home setelah diukur")
    parser.add_argument("--json", type=Path, metavar="FILE", help="tulis angkanya juga ke berkas ini, setelah setiap langkah")
    args = parser.parse_args(argv)
    os.umask(0o077)
    commit, sizes = _commit(), list[Size]()

    def keep() -> None:
        if args.json:
            content: Mapping[str, Any] = {
                "commit": commit, "inti": os.cpu_count(), "periode": args.periode.label, "profil": args.profile,
                "seed": args.seed, "ukuran": [asdict(size) for size in sizes],
            }  # fmt: skip
            write_once(args.json.resolve(), json.dumps(content, indent=1) + "\n")

    fault: PadananError | None = None
    for residents in sorted(args.sizes):
        bench = Bench(args.home.expanduser().resolve(), residents, args.periode)
        print(f"\n== {residents} penduduk ==", flush=True)
        try:
            with bench.delivered(args.seed, args.profile):
                sizes.append(bench.size)
                for step in (bench.full, bench.floor, *([bench.rerun] if args.rerun else [])):
                    step()
                    keep()
        except PadananError as error:
            fault = error
            break
        finally:
            if args.discard and bench.home.demo_marker.exists():
                shutil.rmtree(bench.home.root)
    print(f"\ncommit {commit}, {os.cpu_count()} inti, {args.periode.label}, profil {args.profile}")
    print(tables([size for size in sizes if size.floor is not None]))
    if fault:
        print(fault, file=sys.stderr)
    return 1 if fault else 0


if __name__ == "__main__":
    sys.exit(main())
