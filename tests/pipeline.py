"""The chain without Dagster, one process a step: deliveries, landing, run plan, two dbt calls with the padanan by evidence
between them, publication.

Used where a test needs many runs (three profiles, five circumstances); runs through Dagster are in tests/end_to_end.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.contracts.contract import load_contracts
from tests.once import once
from tests.parsed import parsed

CHECKOUT = Path(__file__).resolve().parents[1]
PROJECT = CHECKOUT / "dbt_project"
PERIODE = Periode(2025, 2)
RESIDENTS = {"default": 4000, "clean": 3000, "hard": 4000}
# Far from those of the machine; tests/padanan/test_determinism.py runs the same deliveries in others.
CIRCUMSTANCES = {"PADANAN_THREADS": "1", "TZ": "Etc/GMT+12", "LC_ALL": "C", "LANG": "C"}
DBT = (sys.executable, "-c", "from dbt.cli.main import cli; cli(prog_name='dbt')")


def environment(home: Path, key: Path, **extra: str) -> dict[str, str]:
    """The environment of one step: its home and key, dbt's files inside that home."""
    return {
        **os.environ,
        "PADANAN_HOME": str(home),
        "PADANAN_KEY_FILE": str(key),
        "PYTHONPATH": str(CHECKOUT),
        "DBT_TARGET_PATH": str(home / "dbt"),
        "DBT_LOG_PATH": str(home / "dbt"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        **parsed(),
        **extra,
    }


def step(home: Path, key: Path, *arguments: str, **extra: str) -> None:
    """Runs one step of this module in a process of its own; its output is shown when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.pipeline", *arguments],
        cwd=CHECKOUT, env=environment(home, key, **extra), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def dbt(home: Path, key: Path, call: int, **extra: str) -> None:
    """`dbt build` of one of the two calls."""
    done = subprocess.run(
        [*DBT, "build", "--select", f"tag:panggilan_{call}", "--project-dir", PROJECT, "--profiles-dir", PROJECT],
        cwd=CHECKOUT, env=environment(home, key, **extra), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def generate_and_land(home: Path, key: Path, *, residents: int, seed: int, profile: str, periode: Periode = PERIODE) -> None:
    """Made-up deliveries of every producer in force, landed."""
    step(home, key, "generate", str(residents), str(seed), profile, periode.label)


def to_published(home: Path, key: Path, periode: Periode = PERIODE, **extra: str) -> Path:
    """From landing to the published folder, which is returned."""
    step(home, key, "plan", periode.label, **extra)
    dbt(home, key, 1, **extra)
    step(home, key, "evidence", **extra)
    dbt(home, key, 2, **extra)
    step(home, key, "publish", **extra)
    return max(Home(home).published(periode).glob("rev-*"))


def period_once(factory: pytest.TempPathFactory, profile: str) -> tuple[Path, Path, Path]:
    """(home, key, published folder) of one period in a profile, made once a test run; for tests that only read it.

    Three files look at it: the rules against truth (tests/cleansing), the padanan by evidence and determinism (tests/padanan).
    """

    def make(folder: Path) -> None:
        generate_and_land(folder / "data", folder / "key", residents=RESIDENTS[profile], seed=7, profile=profile)
        to_published(folder / "data", folder / "key", **CIRCUMSTANCES)

    folder = once(factory, f"periode-{profile}", make)
    return folder / "data", folder / "key", max(Home(folder / "data").published(PERIODE).glob("rev-*"))


def landed_rows(con: duckdb.DuckDBPyConnection, home: Path) -> None:
    """Makes the table `landed(producer, file, baris, record_key)`: how truth, which knows files and lines, finds records."""
    con.execute("create table landed (producer varchar, file varchar, baris bigint, record_key varchar)")
    for manifest in sorted(home.glob("landing/*/*/*/manifest.json")):
        con.execute(
            """insert into landed select m.contract_id, m.file, p._baris, p._record_key
               from read_parquet(?) p cross join (select contract_id, file from read_json(?)) m""",
            [str(manifest.with_name("part.parquet")), str(manifest)],
        )


def _generate(residents: int, seed: int, profile: str, periode: Periode) -> None:
    from padanan.landing.inbox import process_inbox
    from padanan.synthetic import generate
    from padanan.synthetic.embedded_postgres import embedded_postgres

    home, contracts = Home.from_env().ensure(), load_contracts()
    with embedded_postgres(home.root / "postgres" / "carik") as url:
        os.environ["PADANAN_CARIK_URL"] = url
        generate(home, contracts, residents=residents, seed=seed, profile=profile, periode=periode, database_url=url)
        for contract_id in contracts:
            process_inbox(home, contracts, contract_id)


def _land_originals(source: Path, seed: int) -> None:
    """Delivers another home's originals again, with their letters' facts, in an order drawn by seed."""
    import json

    from padanan.landing.land import deliver
    from padanan.synthetic.embedded_postgres import embedded_postgres

    home, contracts = Home.from_env().ensure(), load_contracts()
    manifests = sorted(source.glob("landing/*/*/*/manifest.json"))
    random.Random(seed).shuffle(manifests)
    with embedded_postgres(source / "postgres" / "carik") as url:
        os.environ["PADANAN_CARIK_URL"] = url
        for path in manifests:
            facts = json.loads(path.read_text())
            original = path.parent / "original" / facts["file"]
            given = {name: facts[name] for name in ("periode_data", "diterima", "bagian")}
            deliver(home, contracts, facts["contract_id"], original, **given)


def main(argv: Sequence[str]) -> None:
    """One step: generate, land, plan, evidence or publish."""
    parser = argparse.ArgumentParser()
    parser.add_argument("step", choices=["generate", "land", "plan", "evidence", "publish"])
    parser.add_argument("rest", nargs="*")
    args = parser.parse_args(argv)
    home = Home.from_env()
    if args.step == "generate":
        residents, seed, profile, periode = args.rest
        _generate(int(residents), int(seed), profile, Periode.parse(periode))
    elif args.step == "land":
        _land_originals(Path(args.rest[0]), int(args.rest[1]))
    elif args.step == "plan":
        from tests.planned import write_plan

        write_plan(home, load_contracts(), Periode.parse(args.rest[0]))
    elif args.step == "evidence":
        from padanan.evidence import match_period
        from padanan.published.run_plan import read_plan

        match_period(home, read_plan(home), load_contracts())
    else:
        from padanan.published.run_plan import read_plan
        from padanan.run.publication import publish

        publish(home, read_plan(home))


if __name__ == "__main__":
    main(sys.argv[1:])
