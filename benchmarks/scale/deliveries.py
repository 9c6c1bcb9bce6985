"""Deliveries of so many made-up residents, made once and used again, and DTKS's next month out of the one that is there.

What becomes of them is measured in `full`; who the people are is `padanan/synthetic`'s.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from datetime import datetime

import yaml

from orchestration import demo_home
from padanan.base.digest import files_sha256
from padanan.base.errors import PadananError
from padanan.base.home import CHECKOUT, Home
from padanan.base.period import Periode
from padanan.contracts.contract import load_contracts
from padanan.landing.arrival import set_arrival
from padanan.landing.letter import LETTER, PULL
from padanan.synthetic import generate
from padanan.synthetic.embedded_postgres import URL_VARIABLE

KEPT = ("inbox", "truth", "postgres")
"""What a home keeps from one measurement to the next."""
GONE = 50
"""Of so many rows of a month one is gone in the next."""
NEXT = "_berikutnya.csv"
"""How the name of the next month's file ends."""


def facts_of(residents: int, seed: int, profile: str, periode: Periode) -> dict[str, object]:
    """What deliveries depend on, the code and the contracts that make them included."""
    made_by = [
        path
        for folder in ("padanan/synthetic", "expectations/contracts")
        for path in sorted((CHECKOUT / folder).rglob("*"))
        if path.suffix in (".py", ".yaml")
    ]
    code = files_sha256((str(path.relative_to(CHECKOUT)), path) for path in made_by)
    return {"skala": residents, "seed": seed, "profil": profile, "periode": periode.label, "pembuat": code[:16]}


def ready(home: Home, facts: dict[str, object]) -> bool:
    """Empties a home that an earlier measurement left; whether its deliveries serve again.

    Raises:
        PadananError: it holds what no measurement made.
    """
    known = json.loads(home.demo_marker.read_text(encoding="utf-8")) if home.demo_marker.exists() else {}
    same = bool(known.get("lengkap")) and all(known.get(name) == value for name, value in facts.items())
    for path in home.inbox("dtks").glob(f"*{NEXT}*"):
        path.unlink()
    demo_home.make_ready(home, {**facts, "lengkap": same}, keep=KEPT if same else ())
    if same:
        _arrive(home)
    return same


def _arrive(home: Home) -> None:
    """Every delivery arrived on the day that its letter names: what was recorded of it was emptied with the rest."""
    for folder in sorted((home.root / "inbox").iterdir()):
        for path in sorted(folder.iterdir()):
            letter = path if path.name.endswith(PULL) else path.with_name(path.name + LETTER)
            if letter.exists():
                said = yaml.safe_load(letter.read_text(encoding="utf-8"))["diterima"]
                set_arrival(home, folder.name, path, datetime.fromisoformat(said))


def made(home: Home, facts: dict[str, object]) -> None:
    """Notes that all deliveries are there."""
    demo_home.write_marker(home, {**facts, "lengkap": True, "status": "berjalan", "kiriman": []})


def closed(home: Home, facts: dict[str, object]) -> None:
    """Notes what the measurement put into the home: what anybody adds to it is not emptied by the next."""
    demo_home.close(home, {**facts, "lengkap": True})


def next_month(home: Home) -> str:
    """Writes DTKS's next month into its inbox: the rows of the newest there but one of `GONE`, and its letter; the month.

    Raises:
        PadananError: DTKS delivered no CSV for this period.
    """
    found = sorted(home.inbox("dtks").glob("*.csv"))
    if not found:
        raise PadananError("dtks tidak mengirim CSV pada periode ini", cure="pilih periode sampai 2025-S2")
    letter = yaml.safe_load(found[-1].with_name(found[-1].name + LETTER).read_text(encoding="utf-8"))
    year, month = map(int, str(letter["periode_data"]).split("-"))
    after = f"{year + month // 12:04}-{month % 12 + 1:02}"
    target = found[-1].with_name(f"dtks_{after}{NEXT}")
    rows = -1  # the header
    with found[-1].open("rb") as source, target.open("wb") as sink:
        for at, line in enumerate(source):
            if at % GONE != 1:
                sink.write(line)
                rows += 1
    moment = f"{after}-08T12:15:00+07:00"
    told = {
        "diterima": moment,
        "jumlah_baris": rows,
        "nomor_surat": f"DTKS/{after}/00",
        "periode_data": after,
    }
    target.with_name(target.name + LETTER).write_text(yaml.safe_dump(told), encoding="utf-8")
    set_arrival(home, "dtks", target, datetime.fromisoformat(moment))
    return after


def main(argv: Sequence[str] | None = None) -> int:
    """Makes the deliveries in a process of its own, whose memory is gone when it ends."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale.deliveries", description=__doc__)
    parser.add_argument("residents", type=int, metavar="N", help="jumlah penduduk buatan")
    parser.add_argument("--seed", type=int, default=1, help="benih: benih sama, data sama")
    parser.add_argument("--profile", default="default", help="default, clean, atau hard")
    parser.add_argument("--periode", type=Periode.parse, required=True, help="periode penetapan")
    args = parser.parse_args(argv)
    generate(
        Home.from_env(), load_contracts(), residents=args.residents, seed=args.seed, profile=args.profile, periode=args.periode,
        progress=lambda line: print(f"    {line}", flush=True), database_url=os.environ[URL_VARIABLE],
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
