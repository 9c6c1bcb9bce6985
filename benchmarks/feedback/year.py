"""A made-up year of feedback about a demo's residents: CPU of landing, intake and state, at each home's number of residents.

What the field tells is `padanan/synthetic/year_files`; one large file of payments alone is measured by this package's main.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.feedback.steps import STEPS, cpu
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.published.revisions import newest_revision
from padanan.synthetic import year_month
from padanan.synthetic.year import months, open_year, own

START, MONTHS = "2026-01", 12


def measure(source: Home, work: Path) -> dict[str, float]:
    """CPU seconds by step over the year, rows and residents of one home; the home itself is left as it is."""
    facts = json.loads(source.demo_marker.read_text(encoding="utf-8"))
    periode = Periode.parse(facts["periode"])
    root = work / f"home-{facts['skala']}"
    left_out = shutil.ignore_patterns("warehouse", "postgres", "dagster", "umpan_balik", "reports")
    shutil.copytree(source.root, root, copy_function=os.link, ignore=left_out)
    # Registers grow by appending: the copy must not write into the demo's own files.
    for kept in ("decisions",):
        if (source.root / kept).exists():
            shutil.rmtree(root / kept, ignore_errors=True)
            shutil.copytree(source.root / kept, root / kept)
    home = Home(root).ensure()
    spent: Counter[str] = Counter()
    revisi = newest_revision(home, periode)
    year = months(START, MONTHS)
    con = open_year(
        home, residents=int(facts["skala"]), seed=int(facts["seed"]), profile=str(facts["profil"]), start=year[0].first,
        count=len(year),
    )  # fmt: skip
    own(con, home, periode, revisi, [periode])
    kept_as = {name: getattr(year_month, name) for name in STEPS.values()}

    def timed(step: str, work_of: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **options: Any) -> Any:
            begun = cpu()
            try:
                return work_of(*args, **options)
            finally:
                spent[step] += cpu() - begun

        return run

    rows = 0
    try:
        for step, name in STEPS.items():
            setattr(year_month, name, timed(step, kept_as[name]))
        for place, month in enumerate(year):
            found = year_month.live_month(con, home, month, place)
            rows += sum(found.rows.values())
            print(
                f"    {month.label}: {sum(found.rows.values())} baris, {found.lines} baris prelist, sampai kini "
                + ", ".join(f"{step} {spent[step]:.1f}" for step in STEPS),
                flush=True,
            )
    finally:
        for name, work_of in kept_as.items():
            setattr(year_month, name, work_of)
        con.close()
    return {
        "penduduk": float(facts["skala"]), "baris": float(rows), **{step: spent[step] for step in STEPS},
        "memori MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Prints one line a home, and between them the exponents of growth by residents."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.feedback.year", description=__doc__)
    parser.add_argument("homes", metavar="HOME", nargs="+", type=Path, help="data home demo yang punya periode terbit")
    args = parser.parse_args(argv)
    before: dict[str, float] | None = None
    for root in args.homes:
        home = Home(root.resolve())
        if not home.demo_marker.exists():
            raise PadananError("bukan data home demo", file=home.root, cure="jalankan 'make demo' dahulu")
        with tempfile.TemporaryDirectory(dir=home.root.parent) as work:
            found = measure(home, Path(work))
        told = ", ".join(f"{step} {found[step]:.1f}" for step in STEPS)
        print(f"{found['penduduk']:>9.0f} penduduk, {found['baris']:.0f} baris setahun: CPU dtk {told}, "
              f"memori {found['memori MB']:.0f} MB", flush=True)  # fmt: skip
        if before is not None:
            grown = math.log(found["penduduk"] / before["penduduk"])
            print(
                "          pangkat: "
                + ", ".join(f"{step} {math.log(max(found[step], 0.01) / max(before[step], 0.01)) / grown:.2f}" for step in STEPS)
            )
        before = found
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
