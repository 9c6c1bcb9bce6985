"""`make bench-lists`: how long the field's lists of a demo are, beside what a field can read.

Prints figure -> part -> whole -> share -> goal of a demo's home, made here when none is named; which row stands on which list was
decided when the tables were made, and whether rightly is the tests' affair.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from padanan.base.home import CHECKOUT, Home
from padanan.base.period import Periode
from padanan.published.opened import open_published

PERIODE = Periode(2025, 2)
# Figure, query of (part, whole), largest share; None: no goal, told because it stands behind the others.
FIGURES: tuple[tuple[str, str, float | None], ...] = (
    (
        "people on the prelist",
        "select (select count(distinct id_orang) from prelist), (select count(*) from padanan_orang)",
        0.12,
    ),
    ("F33 rows of unknown cause", "select count(*) filter (sebab = 'tidak_diketahui'), count(*) from daftar_tanpa_program", 0.30),
    (
        "F33 rows not yet their turn",
        "select count(*) filter (sebab = 'belum_didahulukan'), count(*) from daftar_tanpa_program",
        None,
    ),
    (
        "tasks that ask what the padanan answered",
        "select (select count(*) from (select record_key, unnest(string_split(kode, ',')) as rule_id from tugas) t "
        "semi join celah_terjawab j using (record_key, rule_id)), (select count(*) from tugas)",
        0.0,
    ),
)


def main(arguments: list[str] | None = None) -> int:
    """Runs the benchmark; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lists", description="Panjang daftar lapangan sebuah demo.")
    parser.add_argument("--home", type=Path, help="PADANAN_HOME sebuah demo yang sudah jalan (kuncinya pada PADANAN_KEY_FILE)")
    parser.add_argument("--scale", type=int, default=20_000, help="penduduk buatan, bila --home tidak disebut")
    parser.add_argument("--profile", default="hard", help="profil kesalahan, bila --home tidak disebut")
    options = parser.parse_args(arguments)
    if options.home:
        return told(Home(options.home))
    os.umask(0o077)
    with tempfile.TemporaryDirectory(prefix="padanan-bench-") as folder:
        root = Path(folder)
        (root / "kunci").mkdir(mode=0o700)
        os.environ |= {"PADANAN_HOME": str(root / "data"), "PADANAN_KEY_FILE": str(root / "kunci" / "hmac.key")}
        made = ["--scale", str(options.scale), "--profile", options.profile, "--seed", "1", "--periode", PERIODE.label]
        own = {"DAGSTER_HOME": str(CHECKOUT), "PADANAN_DAGSTER_STORAGE": str(root / "dagster")}
        command = [sys.executable, "-m", "orchestration.demo", *made]
        subprocess.run(command, cwd=CHECKOUT, env={**os.environ, **own}, stdout=subprocess.DEVNULL, check=True)
        return told(Home(root / "data"))


def told(home: Home) -> int:
    """Prints the figures of the newest revision's tables; 1 when one is above its goal."""
    source = open_published(home, PERIODE, 1)
    kept = True
    print("| figure | part | of | share | goal |")
    print("|---|---|---|---|---|")
    for name, query, goal in FIGURES:
        (line,) = source.rows(f"select * from ({query}) t(part, whole)")
        share = line["part"] / line["whole"] if line["whole"] else 0.0
        kept &= goal is None or share <= goal
        print(f"| {name} | {line['part']:,} | {line['whole']:,} | {share:.1%} | {'' if goal is None else f'<= {goal:.0%}'} |")
    print("goals kept" if kept else "GOALS MISSED")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
