"""Synchronised data go to the ranking body and come back (F30, F31): nothing leaves in conflict, each id returns or is missed.

What the returned desil does is `state`'s and the next run's; who received the file is kept by `padanan/forms/handover`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from padanan.base import disk
from padanan.base.commit import building
from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.folder_proof import seal
from padanan.base.home import Home
from padanan.base.keys import load_ring, register_hmac
from padanan.base.period import JAKARTA, Periode
from padanan.base.sql import ident, literal
from padanan.base.tabular import scratch, write_table
from padanan.contracts import cells
from padanan.contracts.contract import load_blanks
from padanan.contracts.feedback import load_catalogue, load_feedback
from padanan.contracts.field_rules import load_field_rules
from padanan.feedback.entrants import judge_newcomers
from padanan.feedback.people import prove_key
from padanan.feedback.renamed import RENAMED
from padanan.feedback.state import DISPUTES, HOLDING, STATE, Moment, open_state
from padanan.forms import handover
from padanan.forms.sealed_book import neutral_cell
from padanan.published.identities import identities
from padanan.published.revisions import chosen_revision
from padanan.records.returned import HANDED, handed_maps

FILE, MAP = "pemeringkatan.csv", "peta.parquet"


@dataclass(frozen=True)
class Returned:
    """What became of a file that went to the ranking body.

    Attributes:
        handed: people in it. back: those with a desil now. lost: those without.
        added: events of `desil` about nobody in it.
    """

    handed: int
    back: int
    lost: int
    added: int


def hand_over(
    home: Home,
    periode: Periode | None = None,
    revisi: int | None = None,
    *,
    now: datetime,
    expires: date | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[Path, dict[str, Any]]:
    """Writes `serah/<period>/rev-<n>/pemeringkatan.csv` for the ranking body; files that stand already are left alone.

    In it are all people whose identity the publication holds but those whose death the field verified, by the columns of
    `umpan_balik.yaml`. Whom `id_serah` means stands in `umpan_balik/serah/<period>/rev-<n>/peta.parquet`, which goes to nobody.

    Raises:
        PadananError: a conflict or an event in dispute waits for a decision (F30), nothing is published, or names are gone.
    """
    periode, number = chosen_revision(home, periode, revisi)
    prove_key(home, periode, number)
    target = handover.folder_of(home, handover.RANKING, periode, number)
    if (found := handover.standing(home, handover.RANKING, periode, number, again=False)) is not None:
        return target, dict(found.facts)
    catalogue = load_catalogue()
    con = scratch(home)
    try:
        open_state(con, home, load_feedback(), Moment())
        conflicts, disputes = con.execute(
            f"select (select count(*) from {STATE} where konflik), (select count(*) from {DISPUTES})"
        ).fetchall()[0]
        if conflicts or disputes:
            raise PadananError(
                f"belum sinkron: {conflicts} orang berbeda hasil antarinstansi, {disputes} peristiwa bersengketa",
                file="umpan_balik",
                cure="putuskan dahulu dengan 'padanan umpan-balik sengketa', lalu ulangi; yang bersengketa tidak diserahkan",
            )
        progress("menulis berkas pemeringkatan")
        register_hmac(con, load_ring(home))
        people = f"read_parquet({literal(identities(home, periode, number))})"
        places = f"read_parquet({literal(home.published(periode, number) / 'padanan_orang.parquet')})"
        con.execute(
            f"""create or replace table diserahkan as
            select hmac_hex('serah|{periode.key}|' || i.id_orang) as {HANDED}, i.*, o.kode_kelurahan
            from {people} i join {places} o using (id_orang) left join {STATE} k using (id_orang)
            where not coalesce(k.meninggal_terverifikasi, false)"""
        )
        with no_space_guard("berkas pemeringkatan"), building(target.parent) as folder:
            rows = _write(con, folder / FILE, catalogue.pemeringkatan.kolom)
            facts = _facts(periode, number, rows, file_sha256(folder / FILE), catalogue.pemeringkatan.lembaga, now, expires)
            _map(con, home, periode, target.name)
            handover.place(home, handover.RANKING, folder, target, facts, now)
    finally:
        con.close()
    return target, facts


def hand_over_newcomers(
    home: Home, *, now: datetime, expires: date | None = None, progress: Callable[[str], None] = lambda _: None
) -> tuple[Path | None, dict[str, Any]]:
    """Writes `serah/<period>/rev-<n>-susulan-<k>/`: newcomers ready for the next run whom no file had.

    The run then has their desil. Whether anything about them waits for a decision is asked of each of them (`entrants`): what
    others wait for holds up nobody.

    Returns:
        The folder and its facts; None and nothing where no newcomer is ready.

    Raises:
        PadananError: nothing is published; an event, a landed row or a register was changed.
    """
    periode, number = chosen_revision(home, None, None)
    prove_key(home, periode, number)
    _, target = handover.later(home, handover.RANKING, periode, number)
    today, catalogue, blanks = now.astimezone(JAKARTA).date(), load_catalogue(), load_blanks()
    nobody = tuple(blanks.numbers)
    con = scratch(home)
    try:
        open_state(con, home, load_feedback(), Moment(today, today))
        judge_newcomers(con, home, today, blanks)
        progress("menulis berkas pemeringkatan susulan")
        register_hmac(con, load_ring(home))
        listed = ", ".join(literal(path) for path in handed_maps(home))
        gone = f"select id_orang from read_parquet([{listed}])" if listed else "select null::varchar where false"
        con.execute(
            f"""create or replace table diserahkan as
            select hmac_hex('serah|{periode.key}|' || c.kini) as {HANDED}, c.kini as id_orang,
              {cells.sixteen("i.nik", nobody)} as nik, {cells.sixteen("i.no_kk", nobody)} as no_kk, i.nama,
              {cells.day("i.tgl_lahir")} as tgl_lahir, i.jenis_kelamin as jk, i.alamat, null::varchar as rt, null::varchar as rw,
              coalesce(k.kode_kelurahan, i.kode_kelurahan) as kode_kelurahan
            from calon_masuk c join isi_masuk i on i.kini = c.kini left join {STATE} k on k.id_orang = c.kini
            where c.sebab is null and not c.pernah and c.kini not in ({gone})"""
        )
        if not con.execute("select count(*) from diserahkan").fetchall()[0][0]:
            return None, {}
        with no_space_guard("berkas pemeringkatan"), building(target.parent) as folder:
            rows = _write(con, folder / FILE, catalogue.pemeringkatan.kolom)
            facts = _facts(periode, number, rows, file_sha256(folder / FILE), catalogue.pemeringkatan.lembaga, now, expires)
            _map(con, home, periode, target.name)
            handover.place(home, handover.RANKING, folder, target, facts, now)
    finally:
        con.close()
    return target, facts


def _write(con: duckdb.DuckDBPyConnection, path: Path, columns: dict[str, str]) -> int:
    shown = ", ".join(
        f"{'strftime(tgl_lahir, ' + literal('%d/%m/%Y') + ')' if name == 'tgl_lahir' else neutral_cell(name)} as {ident(heading)}"
        for name, heading in columns.items()
    )
    with disk.filling(path):
        con.execute(f"copy (select {shown} from diserahkan order by {HANDED}) to {literal(path)} (format csv, header)")
    return int(con.execute("select count(*) from diserahkan").fetchall()[0][0])


def _facts(
    periode: Periode, revisi: int, rows: int, sha256: str, body: str, now: datetime, expires: date | None
) -> dict[str, Any]:
    days = load_field_rules().berlaku_hari
    return {
        "periode": periode.key,
        "revisi": revisi,
        "dibuat": now.astimezone(JAKARTA).isoformat(timespec="seconds"),
        "kedaluwarsa": handover.last_day(now, days, expires).isoformat(),
        "lembaga": body,
        "jumlah": {"orang": rows},
        "berkas": {FILE: {"sha256": sha256, "orang": rows}},
    }


def _map(con: duckdb.DuckDBPyConnection, home: Home, periode: Periode, name: str) -> None:
    from padanan.base.commit import replace

    target = home.umpan_balik / "serah" / periode.key / name
    with building(target.parent) as folder:
        write_table(con, f"select {HANDED}, id_orang from diserahkan order by 1", folder / MAP)
        seal(folder, target.relative_to(home.root).as_posix(), [MAP])
        replace(folder, target)


def compare(home: Home, periode: Periode | None = None, revisi: int | None = None) -> Returned:
    """How many of the people handed over, later newcomers too, came back with a desil, and who came back without having gone.

    Raises:
        PadananError: nothing was handed over of that publication.
    """
    periode, number = chosen_revision(home, periode, revisi)
    base = home.umpan_balik / "serah" / periode.key
    path = base / f"rev-{number}" / MAP
    maps = [path, *sorted(base.glob(f"rev-{number}-{handover.LATER}-*/{MAP}"))]
    if not path.is_file():
        raise PadananError(
            f"belum ada yang diserahkan untuk {periode.label} revisi {number}",
            file=path.relative_to(home.root),
            cure="jalankan 'padanan pemeringkatan serah'",
        )
    con = scratch(home)
    try:
        open_state(con, home, load_feedback(), Moment())
        handed, back, added = con.execute(
            f"""with pergi as ({_gone(maps)}), semua as ({_gone(handed_maps(home))}),
            pulang as (select distinct id_orang from {HOLDING} where kontrak = 'desil' and id_orang is not null)
            select (select count(*) from pergi), (select count(*) from pergi where id_orang in (select id_orang from pulang)),
            (select count(*) from pulang where id_orang not in (select id_orang from semua))"""
        ).fetchall()[0]
    finally:
        con.close()
    return Returned(int(handed), int(back), int(handed) - int(back), int(added))


def _gone(maps: Iterable[Path]) -> str:
    """Whom files named, by the identifiers that people have now; the maps of files."""
    listed = ", ".join(literal(path) for path in maps)
    return (
        f"select distinct coalesce(r.baru, s.id_orang) as id_orang from read_parquet([{listed}]) s "
        f"left join {RENAMED} r on r.lama = s.id_orang"
    )
