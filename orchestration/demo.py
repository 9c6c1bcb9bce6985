"""`python -m orchestration.demo`: made-up deliveries of every producer, then the whole chain, then what to look at.

The made-up Jakarta is `padanan/synthetic`; the run itself is `run.py`.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

from orchestration.environment import prepare
from orchestration.guard import told
from padanan.base.arguments import Parser
from padanan.base.errors import PadananError, safe_reason
from padanan.base.home import CHECKOUT, Home
from padanan.base.period import Periode


def demo(scale: int, profile: str, seed: int, periode: Periode) -> int:
    """Makes deliveries, runs both jobs and prints a summary.

    Returns:
        0, or 1 when a run failed (its line is on stderr).

    Raises:
        PadananError: the home is not a demo's, PostgreSQL does not start, or the disk is full.
    """
    from orchestration import demo_home
    from orchestration.measure import number
    from orchestration.run import run_job
    from padanan.synthetic.embedded_postgres import SERVER, URL_VARIABLE, embedded_postgres

    home = Home.from_env()
    facts: dict[str, Any] = {"skala": scale, "profil": profile, "seed": seed, "periode": periode.label}
    demo_home.make_ready(home, facts)
    prepare()
    clock = time.perf_counter()
    print(f"Demo Padanan {periode.label}: {number(scale)} penduduk buatan, profil {profile}", flush=True)
    print("1/3 Menyalakan PostgreSQL tertanam", flush=True)
    with embedded_postgres(home.root / "postgres" / SERVER) as url:
        os.environ[URL_VARIABLE] = url
        print("2/3 Membuat kiriman para produsen", flush=True)
        _generate(home, periode, scale, profile, seed, url)
        made = time.perf_counter() - clock
        print(f"    selesai dalam {number(made, 1)} dtk\n3/3 Menjalankan padanan_periode, lalu rancangan_periode\n", flush=True)
        outcome = run_job("padanan_periode", periode, home=home)
        if outcome.ok:
            print(flush=True)
            outcome = run_job("rancangan_periode", periode, home=home)
    demo_home.close(home, facts)
    if not outcome.ok:
        print(outcome.line, file=sys.stderr)
        return 1
    assert outcome.revisi is not None
    print(summary(home, periode, outcome.revisi))
    return 0


def _generate(home: Home, periode: Periode, scale: int, profile: str, seed: int, database_url: str) -> None:
    from padanan.contracts.contract import load_contracts
    from padanan.synthetic import generate

    generate(
        home,
        load_contracts(),
        residents=scale,
        seed=seed,
        profile=profile,
        periode=periode,
        progress=lambda line: print(f"    {line}", flush=True),
        database_url=database_url,
    )


def summary(home: Home, periode: Periode, revisi: int) -> str:
    """What the run found, and what to open, review and start next."""
    from padanan.decree.documents import documents_folder
    from padanan.decree.freeze import draft_folder
    from padanan.run.summary import drafted, found, queued

    return "\n".join(
        [
            *found(home, periode, revisi),
            drafted(home, periode, revisi),
            f"  {_shown(draft_folder(home, periode, revisi))}",
            "Dokumen rancangan (DOCX, PDF):",
            f"  {_shown(documents_folder(home, periode, revisi))}",
            "Laporan mutu (buka di peramban; laporan-mutu.pdf untuk dicetak):",
            f"  {_shown(home.reports(periode, revisi) / 'index.html')}",
            *queued(home, periode, revisi),
            f"Reviu dan penetapan: padanan review show --periode {periode.label}",
            "Langkah berikut: make dev, lalu buka http://127.0.0.1:3000",
            "Di dev sensor dan jadwal belum menyala: nyalakan di halaman Automation, atau",
            f"  {_switched_on()}",
        ]
    )


def _switched_on() -> str:
    """The command that switches the inbox sensor on in the demo's own storage, to be typed in the checkout."""
    storage = Path(os.environ["PADANAN_DAGSTER_STORAGE"])
    place = f"$PWD/{_shown(storage)}" if storage.is_relative_to(CHECKOUT) else str(storage)
    return f"DAGSTER_HOME=$PWD PADANAN_DAGSTER_STORAGE={place} .venv/bin/dagster sensor start inbox_sensor -w workspace.yaml"


def _shown(path: Path) -> str:
    """A path relative to the checkout where it lies inside it."""
    return str(path.relative_to(CHECKOUT)) if path.is_relative_to(CHECKOUT) else str(path)


def main(argv: list[str] | None = None) -> int:
    """The command line; exit code 0 on success, else 1 with one line on stderr."""
    prepare()
    parser = Parser(prog="python -m orchestration.demo", description="Kiriman buatan, dari inbox sampai rancangan.")
    parser.add_argument("--scale", type=int, default=20_000, help="jumlah penduduk buatan")
    parser.add_argument("--profile", default="default", help="default, clean, atau hard")
    parser.add_argument("--seed", type=int, default=1, help="benih: benih sama, data sama")
    parser.add_argument("--periode", default="2025-S2", help="periode penetapan")
    options = parser.parse_args(argv)
    try:
        return demo(options.scale, options.profile, options.seed, Periode.parse(options.periode))
    except PadananError as error:
        print(error, file=sys.stderr)
    except Exception as error:
        print(
            told(error) or f"GALAT: demo gagal ({safe_reason(error)}). Perbaikan: jalankan make check, lalu ulangi",
            file=sys.stderr,
        )
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
