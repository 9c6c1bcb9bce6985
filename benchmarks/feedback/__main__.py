"""CPU of landing, intake and state of feedback at growing numbers of rows, with the exponent of growth between them.

The home must be a demo's with a published period; a copy of it is used, so that nothing of this stays in it.
"""

from __future__ import annotations

import argparse
import math
import os
import resource
import shutil
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import duckdb

from benchmarks.feedback.steps import cpu
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.sql import literal
from padanan.contracts.feedback import load_deliverable
from padanan.feedback.cycle import counted
from padanan.feedback.intake import take_all
from padanan.landing.land import deliver

SIZES = (50_000, 200_000, 800_000)
CAME = datetime(2026, 12, 1, tzinfo=JAKARTA)
# Half of the payments go to people of the register, half to people whom nobody knows.
ROWS = """
    with orang as (select nik, nama, tgl_lahir, row_number() over (order by nik) - 1 as n, count(*) over () as banyak
      from read_parquet({part}) where regexp_full_match(nik, '[0-9]{{16}}'))
    select 'R{mark}-' || i as "NOMOR TRANSAKSI", 'klj' as "PROGRAM",
      case when i % 2 = 0 then o.nik else '317101' || lpad((1 + i % 28)::varchar, 2, '0') || lpad((1 + i % 12)::varchar, 2, '0')
        || '70' || lpad((i % 9999)::varchar, 4, '0') end as "NIK",
      case when i % 2 = 0 then o.nama else 'ORANG ' || i end as "NAMA",
      case when i % 2 = 0 then o.tgl_lahir else '01/02/1970' end as "TANGGAL LAHIR", '2026-01' as "MASA",
      '0' || (1 + i % 9) || '/01/2026' as "TANGGAL SALUR", 300000 as "NOMINAL", 'TERSALUR' as "STATUS", '' as "MEMBATALKAN"
    from range({rows}) t(i) join orang o on o.n = i % o.banyak"""


def measure(source: Home, rows: int, work: Path) -> dict[str, float]:
    """CPU seconds by step for one file of so many payments."""
    root = work / f"home-{rows}"
    shutil.copytree(source.root, root, copy_function=os.link, ignore=shutil.ignore_patterns("warehouse", "postgres", "dagster"))
    home = Home(root).ensure()
    part = literal(max(home.root.glob("landing/adminduk/*/*/part.parquet")))
    path = work / f"realisasi_2026-01_{rows}.csv"
    with duckdb.connect() as con:
        con.execute(f"copy ({ROWS.format(part=part, mark=rows, rows=rows)}) to {literal(path)} (format csv, header)")
    found, clock = {}, cpu()
    for step, work_of in (
        ("mendarat", lambda: deliver(home, load_deliverable(), "realisasi", path, periode_data="2026-01", diterima=CAME)),
        ("diambil", lambda: take_all(home)),
        ("keadaan", lambda: counted(home, CAME.date())),
    ):
        started = time.perf_counter()
        work_of()
        found[step], clock = cpu() - clock, cpu()
        found[f"{step} (jam)"] = time.perf_counter() - started
    found["memori MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="data home demo yang punya periode terbit (bawaan: PADANAN_HOME)")
    args = parser.parse_args(argv)
    home = Home(args.home.resolve()) if args.home else Home.from_env()
    if not home.demo_marker.exists():
        raise PadananError("bukan data home demo", file=home.root, cure="jalankan 'make demo' dahulu, atau sebut --home")
    before: tuple[int, dict[str, float]] | None = None
    with tempfile.TemporaryDirectory(dir=home.root.parent) as work:
        for rows in SIZES:
            found = measure(home, rows, Path(work))
            told = ", ".join(f"{name} {value:.1f}" for name, value in found.items())
            print(f"{rows:>9} baris: CPU dtk {told}", flush=True)
            if before is not None:
                grown = math.log(rows / before[0])
                steps = ("mendarat", "diambil", "keadaan")
                print(
                    "          pangkat: "
                    + ", ".join(f"{one} {math.log(found[one] / before[1][one]) / grown:.2f}" for one in steps)
                )
            before = rows, found
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
