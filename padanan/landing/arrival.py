"""When a delivery arrived: the moment the system first saw the file as it is, written down once; what its letter says is a claim.

Deadlines are judged by the recorded moment elsewhere. A demo or a test may set one beforehand (`set_arrival`); every paper that
shows it says that it was set.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from padanan.base.commit import write_once
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.locks import held
from padanan.base.period import JAKARTA
from padanan.contracts.delivery import load_delivery_rules
from padanan.forms.inbox import stamp
from padanan.landing.raw import Flag

FILE, _LOCK = "tiba.json", ".tiba.lock"
SEEN_BY_SYSTEM, SET = "sistem", "ditetapkan"
"""Who says when a delivery arrived: this system's own clock, or somebody who set it (a test, a demo: `--diterima` only there)."""


@dataclass(frozen=True)
class Arrival:
    """When a delivery arrived (with time zone), and who says so."""

    moment: datetime
    by: str = SEEN_BY_SYSTEM


def now() -> datetime:
    """This moment in Jakarta."""
    return datetime.now(JAKARTA)


def arrivals_of(home: Home, contract_id: str, paths: Iterable[Path]) -> dict[str, Arrival]:
    """When each file of an inbox arrived, by name; those that nobody saw before as they are now arrive now and are written down.

    Args:
        paths: in the order in which they came, as far as one can tell: of two that are first seen together the first stays first.

    Raises:
        PadananError: the list of arrivals can't be read.
    """
    files = {path.name: _identity(path) for path in paths}
    with held(home.landing(contract_id) / _LOCK):
        known = _read(home, contract_id)
        moment, fresh = now(), False
        for name, identity in files.items():
            if not _same(known.get(name), identity):
                known[name] = {"berkas": identity[0], "waktu": moment.isoformat(), "oleh": SEEN_BY_SYSTEM}
                moment, fresh = moment + timedelta(microseconds=1), True
        if fresh:
            present = set(_names(home.inbox(contract_id)))
            _write(home, contract_id, {name: facts for name, facts in known.items() if name in present | set(files)})
    return {name: _arrival(known[name]) for name in files}


def set_arrival(home: Home, contract_id: str, path: Path, moment: datetime) -> None:
    """Says when a file of an inbox arrived, instead of the system's clock: for a demo's or a test's made-up deliveries.

    It holds for the file of that name and size, until it was taken in (`spent`). Manifest and receipt say `ditetapkan`.
    """
    with held(home.landing(contract_id) / _LOCK):
        known = _read(home, contract_id)
        known[path.name] = {"berkas": _identity(path)[1], "waktu": moment.astimezone(JAKARTA).isoformat(), "oleh": SET}
        _write(home, contract_id, known)


def spent(home: Home, contract_id: str, name: str) -> None:
    """A file was taken in: an arrival that was set for it holds for no other file of its name."""
    with held(home.landing(contract_id) / _LOCK):
        known = _read(home, contract_id)
        if name in known and known[name]["oleh"] == SET:
            _write(home, contract_id, {one: facts for one, facts in known.items() if one != name})


def claim_flags(arrival: Arrival, claimed: datetime | None) -> Iterator[Flag]:
    """A letter's `diterima` that lies after the recorded arrival, or much before it."""
    if claimed is None:
        return
    limits = load_delivery_rules().pengakuan
    told = f"surat menyebut diterima {claimed.isoformat()}, tercatat {arrival.moment.isoformat(timespec='seconds')}"
    if claimed > arrival.moment + timedelta(minutes=limits.sesudahMenit):
        yield Flag("pengakuan_tiba", "peringatan", f"{told}: di masa depan", "perbaiki tanggal di surat pengantar", "diterima")
    elif claimed < arrival.moment - timedelta(days=limits.lebihAwalHari):
        yield Flag(
            "pengakuan_tiba",
            "peringatan",
            f"{told}: jauh lebih awal; tenggat dinilai menurut yang tercatat",
            "kirim ke inbox pada hari surat dibuat, atau perbaiki tanggalnya",
            "diterima",
        )


def _identity(path: Path) -> tuple[str, str]:
    """What tells a file from one put in its place, and what a copy of a made-up inbox keeps."""
    found = os.lstat(path)
    return f"{stamp(path)}:{found.st_ino}:{found.st_ctime_ns}", str(found.st_size)


def _same(known: dict[str, str] | None, identity: tuple[str, str]) -> bool:
    return known is not None and known["berkas"] == identity[known["oleh"] == SET]


def _arrival(facts: dict[str, str]) -> Arrival:
    return Arrival(datetime.fromisoformat(facts["waktu"]), facts["oleh"])


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()] if folder.is_dir() else []


def _read(home: Home, contract_id: str) -> dict[str, dict[str, str]]:
    path = home.landing(contract_id) / FILE
    if not path.exists():
        return {}
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
        for facts in data.values():
            _arrival(facts)
        return dict(data)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise PadananError(
            "daftar waktu tiba tidak terbaca",
            file=path,
            cure="pulihkan dari cadangan; bila tidak ada, hapus berkas itu: yang menunggu di inbox tercatat tiba saat itu",
        ) from None


def _write(home: Home, contract_id: str, known: dict[str, dict[str, str]]) -> None:
    write_once(home.landing(contract_id) / FILE, json.dumps(known, indent=1, sort_keys=True) + "\n")
