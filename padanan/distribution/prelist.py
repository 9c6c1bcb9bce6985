"""What verifying agencies read of their open prelist lines: immutable numbered snapshots, and the pointer to the shown one.

Which lines are open is decided by feedback and handed over as a table; who sees which of them is `gate`'s.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import duckdb

from padanan.base import disk
from padanan.base.commit import building, publish
from padanan.base.config import read_config
from padanan.base.duck import first_row
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.folder_proof import seal as seal_folder_files
from padanan.base.home import Home
from padanan.base.keys import load_ring, register_hmac
from padanan.base.locks import held
from padanan.base.sql import ident, literal
from padanan.contracts.agencies import load_agencies
from padanan.contracts.contract import expectations_dir
from padanan.contracts.contract_file import CodeLists
from padanan.distribution import pointer
from padanan.distribution.prepare import PURPOSE as PEOPLE
from padanan.distribution.prepare import ROW_GROUP

SERVICE: Final = "prelist"
DATABASE, FACTS = "prelist.duckdb", "terbit.json"
POINTER, SIGNED = "prelist.json", "penunjuk prelist"
CURE = "hapus lalu jalankan job umpan_balik_periode"
KEPT = 3
"""Snapshots that stay: a paging that began goes on with the one it began on, and names of people lie nowhere longer than that."""
PERSON = ("nik", "no_kk", "nama", "tgl_lahir", "jk", "alamat", "rt", "rw", "kode_kota", "kode_kecamatan", "kode_kelurahan")
"""What a grant's columns may name of a line's person, beside `id_orang`."""
OWN = ("id_garis", "id_orang", "kode_alasan", "alasan", "prioritas", "dibuka", "tenggat", "terlambat", "keadaan")
"""What every line says, whatever columns the grant has."""
ACTORS = "pelaku"
"""A list: the short names of the agencies that go there."""


@dataclass(frozen=True)
class Shown:
    """A snapshot that is shown: its number, its day, how many lines it has, and whether it is a new one."""

    number: int
    day: date
    lines: int
    fresh: bool


def folder_of(home: Home, number: int) -> Path:
    """`distribusi/siap/prelist/ke-<n>`."""
    return home.distribusi / "siap" / SERVICE / f"ke-{number}"


def pointer_path(home: Home) -> Path:
    """`distribusi/prelist.json`."""
    return home.distribusi / POINTER


def read_pointer(home: Home) -> dict[str, Any]:
    """`kini`: the number that is shown; `ada`: those that pages may go on with. Empty where nothing was.

    Raises:
        PadananError: it was not written by us.
    """
    return pointer.read(home, pointer_path(home), SIGNED, ("kini", "ada"), cure=CURE)


def verifiers() -> Mapping[str, str]:
    """Ids of the agencies that verify and validate (§3.1.3.3.i, §3.1.3.4.f) -> their short names."""
    folder = expectations_dir()
    agencies = load_agencies(folder).instansi
    known = read_config(folder / "code_lists.yaml", CodeLists).lists["verifikator"].nilai.values()
    return {name: agencies[name].singkat for name in dict.fromkeys(map(str, known))}


def publish_lines(home: Home, con: duckdb.DuckDBPyConnection, table: str, day: date, rows: int) -> Shown:
    """Makes the next snapshot of a table of lines and shows it; the same lines of the same day stay the snapshot they are.

    Args:
        con: where the table stands. table: one row a line with the columns of `OWN`, `PERSON` and `pelaku` (a list of names).
        day: of which the lines are open. rows: how many there are, as who opened them counts.

    Raises:
        PadananError: a line is missing or stands there twice, or the disk is full.
    """
    disk.mkdir(home.distribusi, parents=True, exist_ok=True)
    with held(home.distribusi / ".prelist.lock"):
        said = read_pointer(home)
        number = max(said.get("ada", [0])) + 1
        target = folder_of(home, number)
        with no_space_guard("prelist bagi API"), building(target.parent) as folder:
            digest = _write(home, con, table, folder / DATABASE, rows)
            facts = {"format": 1, "ke": number, "per": day.isoformat(), "jumlah_baris": rows, "sidik": digest}
            facts["kolom"] = ["id_orang", *PERSON]
            if said and _same(home, int(said["kini"]), facts):
                # Names that a killed run should have taken away lie no longer than until now.
                _keep_only(target.parent, said["ada"])
                return Shown(int(said["kini"]), day, rows, fresh=False)
            disk.write_text(folder / FACTS, json.dumps(facts, indent=1, sort_keys=True) + "\n")
            seal_folder_files(folder, target.relative_to(home.root).as_posix(), [DATABASE, FACTS])
            for item in folder.iterdir():
                disk.chmod(item, 0o400)
            # What a killed run left under this number was never shown.
            if target.exists():
                disk.remove_tree(target)
            publish(folder, target)
        kept = [*said.get("ada", []), number][-KEPT:]
        pointer.write(pointer_path(home), SIGNED, {"kini": number, "ada": kept})
        _keep_only(target.parent, kept)
    return Shown(number, day, rows, fresh=True)


def _keep_only(folder: Path, numbers: Iterable[int]) -> None:
    kept = {f"ke-{one}" for one in numbers}
    for older in folder.glob("ke-*"):
        if older.name not in kept:
            disk.remove_tree(older)


def hide_lines(home: Home) -> None:
    """Takes every snapshot away, names and all: nobody may read them any more."""
    if not pointer_path(home).exists():
        return
    with held(home.distribusi / ".prelist.lock"):
        disk.unlink(pointer_path(home), missing_ok=True)
        if (folder := folder_of(home, 0).parent).exists():
            disk.remove_tree(folder)


def _write(home: Home, con: duckdb.DuckDBPyConnection, table: str, path: Path, rows: int) -> str:
    """Writes the lines in the order in which they are seen, and proves that each is there once; a hash of all."""
    register_hmac(con, load_ring(home))
    listed = ", ".join(map(ident, dict.fromkeys((*OWN, *PERSON, ACTORS))))
    with disk.filling(path):
        con.execute(f"attach {literal(path)} as siap (row_group_size {ROW_GROUP})")
        try:
            con.execute(
                f"""create table siap.prelist as
                select row_number() over (order by prioritas, tenggat, id_orang) - 1 as urut, {listed},
                  unhex(hmac_hex({literal(PEOPLE)} || '|' || id_orang)) as sidik_orang
                from {table} order by urut"""
            )
            counted = "select count(*), count(distinct id_garis), count(distinct id_orang) from siap.prelist"
            written = first_row(con, counted)
            digest = con.execute("select md5(coalesce(string_agg(md5(t::varchar), '' order by urut), '')) from siap.prelist t")
            told = str(digest.fetchall()[0][0])
            con.execute("checkpoint siap")
        finally:
            con.execute("detach siap")
    if written != (rows,) * 3:
        cure = "periksa dengan 'padanan verify' lalu laporkan"
        raise PadananError("prelist bagi API tidak satu baris per orang", file=path.name, cure=cure)
    return told


def _same(home: Home, number: int, facts: Mapping[str, Any]) -> bool:
    try:
        before = json.loads((folder_of(home, number) / FACTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return all(before.get(name) == facts[name] for name in ("format", "per", "jumlah_baris", "sidik", "kolom"))
