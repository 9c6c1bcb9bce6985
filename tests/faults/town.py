"""A small made-up town in four states of its year, from which kills and sweeps begin: delivered, published, decreed, heard of.

It is made once a run by real commands and functions in processes of their own; what is done to it afterwards is `works`' part.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

from padanan.base.home import CHECKOUT, Home
from padanan.base.period import JAKARTA, Periode
from tests.conftest import write_key

PERIODE = Periode(2025, 2)
RESIDENTS, SEED = 300, 3
DECREED_ON = date(2025, 12, 15)
CAME = datetime(2025, 12, 20, 9, tzinfo=JAKARTA)
DELIVERED, PUBLISHED, DECREED, HEARD = STATES = ("terkirim", "terbit", "ditetapkan", "didengar")
"""Files wait in the inbox (Carik's, from PostgreSQL, landed); one revision stands; it is decreed; the field's files landed."""
JOB = ("-m", "orchestration.run", "--periode", PERIODE.label)
_UNSET = (
    "PADANAN_CARIK_URL",
    "PADANAN_SEAL_KEY_FILE",
    "PADANAN_API_DB",
    "PADANAN_DAGSTER_DB",
    "PADANAN_REVIEWERS",
    "DBT_TARGET_PATH",
)


def environment(root: Path) -> dict[str, str]:
    """What a process below a folder (`data/`, `kunci/`) is told; nothing of the caller's own home is left in it."""
    kept = {name: value for name, value in os.environ.items() if name not in _UNSET}
    told = {
        "PADANAN_HOME": root / "data", "PADANAN_KEY_FILE": root / "kunci" / "hmac.key", "DAGSTER_HOME": CHECKOUT,
        "PADANAN_DAGSTER_STORAGE": root / "data" / "dagster", "PYTHONPATH": CHECKOUT, "PADANAN_ENV": "dev",
        "PADANAN_RETRY_AFTER": "0", "TZ": "Asia/Jakarta",
    }  # fmt: skip
    return {**kept, **{name: str(value) for name, value in told.items()}}


def home_of(root: Path) -> Home:
    """The home below a folder, its key and this process's settings."""
    given = environment(root)
    for name in _UNSET:
        os.environ.pop(name, None)
    os.environ.update(
        {name: given[name] for name in ("PADANAN_HOME", "PADANAN_KEY_FILE", "PADANAN_DAGSTER_STORAGE", "DAGSTER_HOME")}
    )
    os.umask(0o077)
    return Home(root / "data")


def copy(state: Path, root: Path) -> None:
    """A state of one's own: every file copied, times kept (the inbox is known by them)."""
    shutil.copytree(state, root, symlinks=True, dirs_exist_ok=True)


def spent(state: Path) -> float:
    """Seconds of processor time that a state took to be made."""
    return float((state / "siap").read_text())


def build(folder: Path, *, until: str = HEARD) -> Mapping[str, Path]:
    """Makes the states that are missing, up to one of them, each in a process of its own; state -> folder.

    Raises:
        SystemExit: a step failed; what it said stands in it.
    """
    made: dict[str, Path] = {}
    for number, state in enumerate(STATES[: STATES.index(until) + 1]):
        made[state] = target = folder / state
        if (target / "siap").exists():
            continue
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True, mode=0o700)
        if number:
            copy(made[STATES[number - 1]], target)
            (target / "siap").unlink(missing_ok=True)
        before = os.times()
        for words in _STEPS[state]:
            done = subprocess.run(
                [sys.executable, *words], cwd=CHECKOUT, env=environment(target), capture_output=True, text=True, check=False
            )
            if done.returncode:
                raise SystemExit(f"kota uji, {state}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        for passing in ("dagster", "logs"):
            shutil.rmtree(target / "data" / passing, ignore_errors=True)
        after = os.times()
        seconds = after.children_user + after.children_system - before.children_user - before.children_system
        (target / "siap").write_text(f"{seconds:.2f}")
    return made


_STEPS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    DELIVERED: (("-m", "tests.faults.town", DELIVERED),),
    PUBLISHED: (JOB,),
    DECREED: (("-m", "tests.faults.town", DECREED),),
    HEARD: (("-m", "tests.faults.town", HEARD),),
}


def _delivered(root: Path) -> None:
    from padanan.contracts.contract import load_contracts
    from padanan.landing.inbox import process_inbox
    from padanan.synthetic import generate
    from padanan.synthetic.embedded_postgres import embedded_postgres

    write_key(root / "kunci" / "hmac.key")
    home, contracts = home_of(root).ensure(), load_contracts()
    home.demo_marker.write_text("{}")
    with embedded_postgres(root / "postgres") as url:
        os.environ["PADANAN_CARIK_URL"] = url
        generate(home, contracts, residents=RESIDENTS, seed=SEED, periode=PERIODE, database_url=url)
        taken = process_inbox(home, contracts, "carik")
    assert [one.status for one in taken.receipts] == ["diterima"], taken
    shutil.rmtree(root / "postgres")


def _decreed(root: Path) -> None:
    from padanan.decree.freeze import freeze_draft
    from padanan.synthetic.year_decree import accept, seal

    home = home_of(root)
    accept(home, PERIODE, 1, DECREED_ON)
    freeze_draft(home, PERIODE, 1)
    seal(home, PERIODE, 1, DECREED_ON, "981 Tahun 2025")


def _heard(root: Path) -> None:
    from tests.feedback.field import Field

    field = Field(home_of(root), root / "kunci" / "hmac.key")
    people = field.people(12)
    assert len(people) == 12
    visits = [
        field.row(
            "verivali", who, NOMOR=f"V{n}", TANGGAL_KUNJUNGAN="16/12/2025", PERLU_SEGERA="YA", PROGRAM_YANG_DIPERLUKAN="klj",
        )
        for n, who in enumerate(people[:6])
    ]  # fmt: skip
    stranger = {"NIK": "3171014107800001", "NAMA": "Orang Belum Tercatat", "TANGGAL LAHIR": "01/07/1980"}
    sent = {
        "verivali": visits,
        "lampid": [field.row("lampid", who, NOMOR=f"L{n}", TANGGAL_PERISTIWA="16/12/2025") for n, who in enumerate(people[6:9])],
        "muskel": [field.row("muskel", stranger, TANGGAL_MUSYAWARAH="17/12/2025")],
        "realisasi": [
            field.row("realisasi", who, NOMOR_TRANSAKSI=f"R{n}", MASA="2025-12", TANGGAL_SALUR="16/12/2025")
            for n, who in enumerate(people[9:])
        ],
    }
    for place, (kind, rows) in enumerate(sent.items()):
        receipt = field.send(kind, rows, month="2025-12", came=CAME + timedelta(minutes=place))
        assert receipt.status == "diterima", (kind, receipt.flags)


if __name__ == "__main__":
    {DELIVERED: _delivered, DECREED: _decreed, HEARD: _heard}[sys.argv[1]](Path(os.environ["PADANAN_HOME"]).parent)
