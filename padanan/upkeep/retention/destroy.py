"""Destroying what is due: a tombstone first, then the files, then the signed record; what a kill leaves, the next run completes.

What is due and what is still needed is decided in `things`; a symbolic link is never followed.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from padanan.base import disk, locks
from padanan.base.commit import sweep, write_once
from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.typed import letters_of
from padanan.contracts.contract import Contract
from padanan.contracts.retention import EXPIRY, Rule
from padanan.forms.handover import expire
from padanan.records.kinds import DESTRUCTION
from padanan.records.log import Log
from padanan.records.tombstone import DESTROYED, FOLDER, NISAN, destruction_records, nisan_hash, read_nisan
from padanan.upkeep.retention.things import Thing, things

# Counts of a delivery that its tombstone repeats; never a value of a person.
COUNTS = ("rows_in", "rows_on", "rows_aside", "periode_data", "diterima", "bagian", "contract_version")


@dataclass
class Outcome:
    """What a run did: records, things completed after a kill, worklists and kits that expired, faults for a person."""

    records: list[Mapping[str, Any]] = field(default_factory=list)
    completed: int = 0
    expired: int = 0
    faults: list[PadananError] = field(default_factory=list)


def run(
    home: Home,
    contracts: Mapping[str, Contract],
    rules: Mapping[str, Rule],
    *,
    by: str,
    witness: str,
    now: datetime | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Completes what an earlier run left, then destroys everything that is due.

    Args:
        by, witness: two different people, named in the register and on the berita acara pemusnahan.
        tell: told one line a thing, for progress.

    Raises:
        PadananError: the people are missing or one and the same, another run works, or the register is broken.
    """
    if not letters_of(by) or not letters_of(witness) or letters_of(by) == letters_of(witness):
        raise PadananError("pemusnahan butuh dua orang yang berbeda", cure="isi --by dan --witness dengan dua nama")
    moment = now or datetime.now(JAKARTA)
    day = moment.astimezone(JAKARTA).date()
    outcome = Outcome()
    with _alone(home):
        people = {"oleh": by.strip(), "saksi": witness.strip()}
        records = destruction_records(home)
        known = {(record["tempat"], record.get("nisan_sha256")) for record in records}
        # Worklists and kits have a register and tombstones of their own: who received them has to be told too.
        every = [thing for thing in things(home, contracts, rules, day) if thing.rule.since != EXPIRY]
        for thing in every:
            if not thing.destroyed:
                continue
            try:
                unfinished = _rest(home, thing) or (_place(home, thing.path), nisan_hash(thing.path)) not in known
                if unfinished:
                    tell(f"menyelesaikan {thing.place(home)}")
                    outcome.records += _finish(home, thing, people, moment, known)
                    outcome.completed += 1
            except PadananError as error:
                outcome.faults.append(error)
        for thing in every:
            if not thing.due(day):
                continue
            tell(f"memusnahkan {thing.place(home)}")
            try:
                outcome.records += destroy(home, thing, people, moment, known)
            except PadananError as error:
                outcome.faults.append(error)
        for issue in expire(home, moment):
            tell(f"menghapus {issue.folder.relative_to(home.root)}, kedaluwarsa {issue.expires.isoformat()}")
            outcome.expired += 1
    return outcome


def destroy(
    home: Home, thing: Thing, people: Mapping[str, str], now: datetime, known: set[tuple[str, str | None]]
) -> Sequence[Mapping[str, Any]]:
    """One thing: a folder gets its tombstone before its files go; a single file is recorded before it goes."""
    _inside(home, thing.path)
    if thing.path.is_dir() and not thing.path.is_symlink():
        # The half-made tombstone of a killed run is none of the files that are destroyed, and must not be counted as one.
        sweep(thing.path)
        with no_space_guard("nisan"):
            write_once(
                thing.path / NISAN, json.dumps(_nisan(home, thing, now), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
            )
        return _finish(home, thing, people, now, known)
    facts = _facts([thing.path], thing.path.parent)
    place = _place(home, thing.path)
    digest = facts["berkas"][0].get("sha256")
    added: Sequence[Mapping[str, Any]] = ()
    if (place, digest) not in known:
        entry = {**_entry(home, thing, people, now), "nisan_sha256": digest, "jumlah_berkas": 1, "ukuran": facts["ukuran"]}
        added = Log(home, DESTRUCTION, str(now.year)).append([entry], now)
        known.add((place, digest))
    disk.unlink(thing.path, missing_ok=True)
    disk.flush(thing.path.parent)
    return added


def _finish(
    home: Home, thing: Thing, people: Mapping[str, str], now: datetime, known: set[tuple[str, str | None]]
) -> Sequence[Mapping[str, Any]]:
    _inside(home, thing.path)
    nisan = read_nisan(thing.path) or {}
    for path in _rest(home, thing):
        if path.is_dir() and not path.is_symlink():
            disk.remove_tree(path)
        else:
            disk.unlink(path, missing_ok=True)
    disk.flush(thing.path)
    key = (_place(home, thing.path), nisan_hash(thing.path))
    if key in known:
        return ()
    entry = {
        **_entry(home, thing, people, now),
        "nisan_sha256": key[1],
        "jumlah_berkas": len(nisan.get("berkas", ())),
        "ukuran": nisan.get("ukuran", 0),
        "baris_masuk": (nisan.get("hitungan") or {}).get("rows_in"),
    }
    known.add(key)
    return Log(home, DESTRUCTION, str(now.year)).append([entry], now)


def _rest(home: Home, thing: Thing) -> list[Path]:
    """What is still there of a destroyed folder and should not be."""
    keeps = {*thing.rule.keeps, NISAN}
    return sorted(path for path in thing.path.iterdir() if path.name not in keeps)


def _nisan(home: Home, thing: Thing, now: datetime) -> dict[str, Any]:
    going = [path for top in _rest(home, thing) for path in _files(top)]
    manifest = thing.path / "manifest.json"
    data: dict[str, Any] = {
        "format": 1,
        "kumpulan": thing.rule.dataset,
        "tempat": _place(home, thing.path),
        "aturan": thing.rule.words,
        "mulai": thing.start.isoformat(),
        "disimpan_sampai": thing.expires.isoformat() if thing.expires else None,
        "waktu": now.isoformat(timespec="seconds"),
        **_facts(going, thing.path),
    }
    if manifest.is_file() and "manifest.json" in thing.rule.keeps:
        facts = json.loads(manifest.read_bytes())
        data["manifest_sha256"] = file_sha256(manifest)
        data["sha256"] = facts.get("sha256")
        data["hitungan"] = {name: facts[name] for name in COUNTS if name in facts}
        if "tables" in facts:
            data["hitungan"] = {name: table.get("rows") for name, table in facts["tables"].items()}
    return data


def _entry(home: Home, thing: Thing, people: Mapping[str, str], now: datetime) -> dict[str, Any]:
    return {
        "tindakan": DESTROYED,
        "kumpulan": thing.rule.dataset,
        "tempat": _place(home, thing.path),
        "aturan": thing.rule.words,
        "mulai": thing.start.isoformat(),
        "disimpan_sampai": thing.expires.isoformat() if thing.expires else None,
        "tanggal": now.astimezone(JAKARTA).date().isoformat(),
        **people,
    }


def _facts(paths: Iterable[Path], base: Path) -> dict[str, Any]:
    """Hash and size of every file that goes; an original keeps no name of its own, it may say anything."""
    rows: list[dict[str, Any]] = []
    for path in paths:
        inside = path.relative_to(base)
        named = len(inside.parts) == 1 and path.suffix == ".parquet"
        row: dict[str, Any] = {"nama": inside.as_posix() if named else f"berkas-{len(rows) + 1}"}
        if path.is_symlink():
            rows.append({**row, "tautan": True, "ukuran": 0})
        else:
            rows.append({**row, "sha256": file_sha256(path), "ukuran": path.stat().st_size})
    return {"berkas": rows, "ukuran": sum(int(row["ukuran"]) for row in rows)}


def _files(path: Path) -> Iterator[Path]:
    """Every file below a path, links themselves and not what they lead to."""
    if path.is_symlink() or not path.is_dir():
        yield path
        return
    for base, folders, names in os.walk(path, followlinks=False):
        links = [name for name in folders if (Path(base) / name).is_symlink()]
        yield from (Path(base) / name for name in sorted([*names, *links]))


def _inside(home: Home, path: Path) -> None:
    """A thing reached through a symbolic link belongs to somebody else.

    Raises:
        PadananError: a folder above it, or it itself if it is a folder, is a link.
    """
    root = home.root.resolve()
    place = path if path.is_dir() and not path.is_symlink() else path.parent
    if place.resolve() != root / place.relative_to(home.root):
        raise PadananError(
            "tempat itu dicapai lewat tautan simbolik; tidak dimusnahkan",
            file=_place(home, path),
            cure="ganti tautan dengan folder biasa, atau musnahkan tujuannya menurut aturannya sendiri",
        )


def _place(home: Home, path: Path) -> str:
    return path.relative_to(home.root).as_posix()


@contextlib.contextmanager
def _alone(home: Home) -> Iterator[None]:
    try:
        lock = locks.take(home.decisions / FOLDER / ".putaran.lock", wait=False)
    except BlockingIOError:
        raise PadananError("pemusnahan lain sedang berjalan", cure="tunggu sampai selesai lalu ulangi") from None
    try:
        yield
    finally:
        lock.release()
