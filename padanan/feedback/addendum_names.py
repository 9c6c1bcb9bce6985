"""The people of an addendum by name, for whoever serves them: a file of mode 0600 in the register of handing over.

The addendum itself holds pseudonyms (`addendum_folder`); who received the file is kept by `padanan/forms/handover`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from padanan.base import disk
from padanan.base.commit import building
from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.home import Home
from padanan.base.keys import load_ring
from padanan.base.period import JAKARTA
from padanan.base.sql import ident, literal
from padanan.base.tabular import scratch, write_table
from padanan.contracts.feedback import load_feedback
from padanan.contracts.field_rules import load_field_rules
from padanan.feedback.people import newest
from padanan.feedback.state import STATE, Moment, open_state
from padanan.feedback.told_rows import SHOWN, TOLD, tell
from padanan.feedback.urgent import doubts, listed, open_names, standing
from padanan.feedback.urgent_steps import named
from padanan.forms import handover
from padanan.forms.addendum_files import AS_PUT, DOOR, NAMES, folder_of
from padanan.forms.sealed_book import neutral_cell
from padanan.published.identities import has_identities, identities
from padanan.records import addenda
from padanan.records.addenda import CURE, PEOPLE, Addendum, today_of

HEADINGS = {
    "id_orang": "ID ORANG", "nik": "NIK", "no_kk": "NO KK", "nama": "NAMA", "tgl_lahir": "TANGGAL LAHIR", "jk": "L/P",
    "alamat": "ALAMAT", "rt": "RT", "rw": "RW", "kode_kelurahan": "KODE KELURAHAN", "program": "PROGRAM YANG DIPERLUKAN",
    "adendum": "ADENDUM", "rujukan": "RUJUKAN", "sampai": "BERLAKU SAMPAI", "keterangan": "KETERANGAN",
}  # fmt: skip


def write(
    home: Home, name: str, *, now: datetime, expires: date | None = None, again: bool = False
) -> tuple[Path, Mapping[str, Any]]:
    """Writes the file of everybody who stands on an addendum today; one that stands already is left alone.

    Who they are is said by the identities of the newest publication, else by the newest row of feedback about them.

    Args:
        expires: the last day on which the file may exist; by default today and the days of `lapangan.yaml`, and never after the
            addendum's own last day.
        again: also where one was made before (it is replaced), or went when its time was over.

    Returns:
        The folder and its manifest; `jumlah.tanpa_nama` counts people whose names went by retention, `jumlah.berketerangan` those
        of whom the field has said since that they are dead, moved away or in doubt: they stay until two people take them off.

    Raises:
        Refusal: no such addendum.
        PadananError: nobody stands on it today, the file expired, or the addendum was changed.
    """
    one = named(home, name)
    until = min(handover.last_day(now, load_field_rules().berlaku_hari, expires), one.ends)
    return _made(home, one, folder_of(home, one), NAMES, until, _write, now=now, again=again)


def show_at_door(home: Home, name: str, *, now: datetime, again: bool = False) -> tuple[Path, Mapping[str, Any]]:
    """Writes the file from which the API serves an addendum, until the addendum ends; see `write`.

    Who is taken off the addendum afterwards is served no more from that moment, whatever the file holds.
    """
    one = named(home, name)
    return _made(home, one, folder_of(home, one, door=True), DOOR, one.ends, _write_door, now=now, again=again)


def _made(
    home: Home,
    one: Addendum,
    target: Path,
    file: str,
    until: date,
    fill: Callable[[duckdb.DuckDBPyConnection, Path], int],
    *,
    now: datetime,
    again: bool,
) -> tuple[Path, Mapping[str, Any]]:
    today = now.astimezone(JAKARTA).date()
    issue = next((issue for issue in handover.issues(home) if issue.folder == target), None)
    if issue is not None and not again:
        if issue.deleted:
            raise PadananError(
                "berkas adendum ini sudah kedaluwarsa dan dihapus",
                file=target.relative_to(home.root),
                cure="tambahkan --again bila memang masih diperlukan",
            )
        return target, issue.facts
    sealed = addenda.proved(home, one) / PEOPLE
    there = {who: addendum for who, addendum in standing(home, today).items() if addendum.name == one.name}
    if not there:
        raise PadananError(
            f"{one.name} tidak memuat siapa pun lagi pada hari ini",
            cure="lihat 'padanan mendesak daftar'; berkasnya tidak dibuat",
        )
    con = scratch(home)
    try:
        open_state(con, home, load_feedback(), Moment(today, today))
        listed(con, "beradendum", sorted(there))
        _open(con, home, one, sealed)
        with no_space_guard("berkas adendum"), building(target.parent) as folder:
            rows = fill(con, folder / file)
            if rows != len(there):
                raise PadananError(
                    f"{len(there)} orang pada {one.name}, {rows} tertulis", file=target.relative_to(home.root), cure=CURE
                )
            nameless = int(con.execute("select count(*) from diserahkan where nama is null").fetchall()[0][0])
            doubted = int(con.execute("select count(*) from diserahkan where keterangan is not null").fetchall()[0][0])
            facts = {
                "periode": one.periode.label,
                "ke": one.ke,
                "adendum": one.number,
                "dibuat": now.astimezone(JAKARTA).isoformat(timespec="seconds"),
                "kedaluwarsa": until.isoformat(),
                "kunci_hmac": load_ring(home).names[-1],
                "jumlah": {"orang": rows, "tanpa_nama": nameless, "berketerangan": doubted},
                "berkas": {file: {"sha256": file_sha256(folder / file), "orang": rows}},
            }
            handover.place(home, handover.ADDENDA, folder, target, facts, now)
    finally:
        con.close()
    return target, facts


def _open(con: duckdb.DuckDBPyConnection, home: Home, one: Addendum, sealed: Path) -> None:
    """Makes the table `diserahkan`: everybody of `beradendum` once, with what is known of them."""
    tell(con, home, load_feedback(), "select id_orang from beradendum")
    open_names(con, home)
    known = newest(home)
    shown = ", ".join((*SHOWN, "tgl_lahir"))
    nobody = "select null::varchar as id_orang, " + ", ".join(f"null::varchar as {name}" for name in SHOWN)
    names = f"{nobody}, null::date as tgl_lahir where false"
    if known is not None and has_identities(home, known.periode, known.revisi):
        names = f"select id_orang, {shown} from read_parquet({literal(identities(home, known.periode, known.revisi))})"
    rows = con.execute(f"select id_orang, kode_kelurahan, program from read_parquet({literal(sealed)}) order by 1").fetchall()
    today = today_of(home, [str(row[0]) for row in rows], one.record)
    con.execute("create or replace table pada_adendum (id_orang varchar, kode_kelurahan varchar, program varchar)")
    con.executemany("insert into pada_adendum values (?, ?, ?)", [[who, *row[1:]] for who, row in zip(today, rows, strict=True)])
    # Of one source alone: a number of here beside a name of there may be two people's.
    told = (*SHOWN, "tgl_lahir")
    cells = ", ".join(f"case when i.id_orang is not null then i.{name} else s.{name} end as {name}" for name in told)
    places = "null::varchar as id_orang, null::varchar as program where false"
    if known is not None:
        people = literal(home.published(known.periode, known.revisi) / "padanan_orang.parquet")
        places = f"id_orang, program from read_parquet({people})"
    con.execute(
        f"""create or replace table diserahkan as
        with tempat as (
          select coalesce(t.baru, p.id_orang) as id_orang, p.id_orang as {AS_PUT}, p.kode_kelurahan, p.program
          from pada_adendum p left join sekarang t on t.lama = p.id_orang
          qualify row_number() over (partition by coalesce(t.baru, p.id_orang) order by p.id_orang) = 1)
        select b.id_orang, t.{AS_PUT}, {cells}, t.kode_kelurahan, t.program, o.program as diterima,
          {doubts("b.id_orang")} as keterangan, {literal(one.name)} as adendum,
          {literal(one.told)} as rujukan, {literal(one.ends.isoformat())} as sampai
        from beradendum b left join tempat t using (id_orang) left join ({names}) i on i.id_orang = b.id_orang
        left join {TOLD} s on s.id_orang = b.id_orang left join (select {places}) o on o.id_orang = b.id_orang
        left join {STATE} k on k.id_orang = b.id_orang"""
    )


def _write(con: duckdb.DuckDBPyConnection, path: Path) -> int:
    shown = ", ".join(
        f"strftime(tgl_lahir, {literal('%d/%m/%Y')}) as {ident(heading)}"
        if name == "tgl_lahir"
        else f"{neutral_cell(name)} as {ident(heading)}"
        for name, heading in HEADINGS.items()
    )
    with disk.filling(path):
        con.execute(f"copy (select {shown} from diserahkan order by id_orang) to {literal(path)} (format csv, header)")
    return int(con.execute("select count(*) from diserahkan").fetchall()[0][0])


def _write_door(con: duckdb.DuckDBPyConnection, path: Path) -> int:
    """The columns by the names that grants use; `program`: what the visits named and what the person receives."""
    shown = ", ".join((*SHOWN, "tgl_lahir", "kode_kelurahan", "adendum", "rujukan", "sampai"))
    programs = "list_sort(list_distinct(string_split(concat_ws(',', program, diterima), ',')))"
    return write_table(
        con,
        f"""select id_orang, {AS_PUT}, {shown}, kode_kelurahan[:5] as kode_kota, kode_kelurahan[:8] as kode_kecamatan,
          nullif(array_to_string({programs}, ','), '') as program from diserahkan order by id_orang""",
        path,
    ).rows
