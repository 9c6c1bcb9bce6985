"""Which newcomers enter the padanan of a run as people of their own, with the rows that the run reads, and who waits and why.

A newcomer enters by a visit that found them and a musyawarah that calls them layak, compared with everybody and like nobody; who
entered once stays until that ground is taken back. What a run does with the rows is dbt's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from padanan.base import disk
from padanan.base.home import Home
from padanan.base.keys import load_ring, register_hmac
from padanan.base.sql import ident, literal
from padanan.base.tabular import TableFile, write_table
from padanan.contracts.blanks import Blanks
from padanan.contracts.cells import sixteen
from padanan.contracts.contract import Contract, load_blanks
from padanan.contracts.feedback import NEWCOMERS, load_feedback
from padanan.feedback.delivered_cells import parts, raw
from padanan.feedback.links import LINKS, PROVISIONAL, standing
from padanan.feedback.renamed import RENAMED
from padanan.feedback.state import DISPUTES, HOLDING, STATE
from padanan.feedback.typed_rows import RAW, typed_cell

PART, ASIDE, ACCOUNT = "part.parquet", "rejects.parquet", "manifest.json"
"""The names that landing gives to rows, rows set aside and account, so that the run counts these like any delivery's."""
# Standard column -> the delivered ones that say it, the first that is filled: what an officer read on the document goes before.
_FROM = {
    "nik": ("nik_dokumen", "nik"),
    "no_kk": ("no_kk",),
    "nama": ("nama",),
    "tgl_lahir": ("tgl_lahir",),
    "jenis_kelamin": ("jenis_kelamin",),
    "alamat": ("alamat_dokumen", "alamat"),
    "kode_kelurahan": ("kode_kelurahan",),
}
# Who met the person, or spoke of them in the kelurahan, before who only paid them or passed on what was told.
_FIRST = ("verivali", "muskel")
REASONS = (
    "sudah_dikenal", "bersengketa", "meninggal", "verivali_tidak_menemukan", "belum_layak_muskel", "calon_menunggu_putusan",
    "belum_dibandingkan", "dasarnya_batal", "isi_terhapus",
)  # fmt: skip
"""Why a newcomer of whom a visit or a musyawarah tells does not enter; the first that holds."""


@dataclass(frozen=True)
class Entrants:
    """What was written: newcomers looked at, the rows of those who enter, and how many wait, by reason."""

    seen: int
    rows: TableFile
    aside: dict[str, int]


def write_entrants(con: duckdb.DuckDBPyConnection, home: Home, cutoff: date, folder: Path) -> Entrants | None:
    """Writes `part.parquet`, `rejects.parquet` and `manifest.json` into a folder (0600); None where no newcomer was ever seen.

    `state.open_state` must have made its tables for that day. One row a person, raw cells: what a cell says is read and judged by
    the run. `_entity_key` is the provisional identifier, `_terbit` the identifiers under which publications had the person,
    `_bukan` the people who two reviewers said they are not.

    Raises:
        PadananError: a landed row, a publication or a register was changed.
    """
    blanks = load_blanks()
    if not (seen := judge_newcomers(con, home, cutoff, blanks)):
        return None
    register_hmac(con, load_ring(home))
    columns, nobody = ", ".join(f"i.{ident(name)}" for name in _FROM), tuple(blanks.numbers)
    rows = write_table(
        con,
        f"""select {columns}, row_number() over (order by c.sementara) as _baris, '' as _sel_angka,
          hmac_hex('r|{NEWCOMERS}|' || c.sementara) as _record_key, c.sementara as _entity_key,
          hmac_hex('nik|' || {sixteen("i.nik", nobody)}) as _nik_key,
          hmac_hex('kk|' || {sixteen("i.no_kk", nobody)}) as _kk_key,
          (select list(distinct nama order by nama) from (select sementara, unnest([lama, baru]) as nama from {RENAMED}) r
            where r.sementara = c.sementara) as _terbit,
          (select list(id_orang order by id_orang) from bukan_masuk b where b.sementara = c.sementara) as _bukan
        from calon_masuk c join isi_masuk i on i.kini = c.kini where c.sebab is null order by c.sementara""",
        folder / PART,
    )
    write_table(
        con,
        "select null::bigint as _baris, null::varchar as _record_key, sebab as alasan, sementara from calon_masuk "
        "where sebab is not null order by sementara",
        folder / ASIDE,
    )
    told = con.execute("select sebab, count(*) from calon_masuk where sebab is not null group by 1 order by 1").fetchall()
    # Counted before the rows are written, and not from them: the account is no difference of its own parts.
    disk.write_text(folder / ACCOUNT, f'{{"rows_in": {seen}}}\n')
    for name in (PART, ASIDE, ACCOUNT):
        disk.chmod(folder / name, 0o600)
    return Entrants(seen, rows, {str(reason): int(count) for reason, count in told})


def judge_newcomers(con: duckdb.DuckDBPyConnection, home: Home, known_at: date, blanks: Blanks) -> int:
    """Makes `calon_masuk(sementara, kini, pernah, sebab)` and `isi_masuk(kini, …)`; how many rows the former has.

    The former has each newcomer of whom a visit or a musyawarah tells (`sebab` null: they enter), the latter what is said of
    those who enter.
    """
    _judge(con, home, known_at)
    _content(con, home, blanks)
    con.execute("update calon_masuk set sebab = 'isi_terhapus' where sebab is null and kini not in (select kini from isi_masuk)")
    return int(con.execute("select count(*) from calon_masuk").fetchall()[0][0])


def _judge(con: duckdb.DuckDBPyConnection, home: Home, cutoff: date) -> None:
    known = standing(home, cutoff)
    con.execute("create or replace table antre (sementara varchar)")
    con.execute("create or replace table terbanding (sementara varchar)")
    con.execute("create or replace table bukan_masuk (sementara varchar, id_orang varchar)")
    if queued := sorted({one.sementara for one in known.queue}):
        con.execute("insert into antre select unnest(?)", [queued])
    if known.compared:
        con.execute("insert into terbanding select unnest(?)", [sorted(known.compared)])
    if other := sorted(pair for pair, same in known.decided.items() if not same):
        con.execute("insert into bukan_masuk select unnest(?), unnest(?)", [[a for a, _ in other], [b for _, b in other]])
    con.execute(
        f"""create or replace table calon_masuk as
        with baru as (
          -- whom events name as a newcomer, or a publication had as one: their events bear its identifier now
          select sementara, bool_or(kontrak in ('verivali', 'muskel')) as dilihat, false as pernah from {PROVISIONAL} group by 1
          union all select sementara, true, true from {RENAMED}),
        orang as (select sementara, bool_or(dilihat) as dilihat, bool_or(pernah) as pernah from baru group by 1),
        bernama as (
          select o.*, t.sementara is not null as tertaut, coalesce(r.baru, t.id_orang, o.sementara) as kini
          from orang o left join {LINKS} t on t.sementara = o.sementara
          left join (select lama, any_value(baru) as baru from {RENAMED} group by 1) r
            on r.lama = coalesce(t.id_orang, o.sementara)
          where o.dilihat),
        dasar as (
          select id_orang, bool_or(kontrak = 'verivali' and hasil = 'ditemukan') as ditemukan,
            bool_or(kontrak = 'muskel' and sifat = 'baru' and hasil = 'layak') as layak
          from {HOLDING} where id_orang is not null group by 1)
        select b.sementara, b.kini, b.pernah, case
            when b.tertaut then 'sudah_dikenal'
            when b.pernah then case when not coalesce(d.ditemukan and d.layak, false) then 'dasarnya_batal' end
            when k.konflik or b.kini in (select id_orang from {DISPUTES} where id_orang is not null) then 'bersengketa'
            when k.meninggal_terverifikasi then 'meninggal'
            when coalesce(k.verivali_hasil, '') <> 'ditemukan' then 'verivali_tidak_menemukan'
            when not coalesce(k.boleh_masuk, false) then 'belum_layak_muskel'
            when b.sementara in (select sementara from antre) then 'calon_menunggu_putusan'
            when b.sementara not in (select sementara from terbanding) then 'belum_dibandingkan'
          end as sebab
        from bernama b left join {STATE} k on k.id_orang = b.kini left join dasar d on d.id_orang = b.kini"""
    )


def _content(con: duckdb.DuckDBPyConnection, home: Home, blanks: Blanks) -> None:
    """Makes `isi_masuk(kini, <columns>)`: of each column the newest cell that says something of whoever enters."""
    contracts = load_feedback()
    con.execute(
        f"""create or replace table baris_masuk as
        select id_orang as kini, kontrak, sha16, baris, kontrak in {_FIRST} as dahulu, terjadi from {HOLDING}
        where kontrak in ({", ".join(map(literal, contracts))})
          and id_orang in (select kini from calon_masuk where sebab is null)"""
    )
    con.execute(
        "create or replace table sel_masuk (kontrak varchar, sha16 varchar, baris bigint, "
        f"{', '.join(f'{ident(name)} varchar' for name in _FROM)})"
    )
    for contract_id, sha16, part in parts(con, home, "baris_masuk"):
        contract = contracts[contract_id]
        there = [source for sources in _FROM.values() for source in sources if source in contract.column_names]
        con.execute(
            f"""insert into sel_masuk select ?, ?, _baris, {", ".join(_said(contract, name, blanks) for name in _FROM)}
            from ({raw(there, blanks, part)})
            where _baris in (select baris from baris_masuk where kontrak = ? and sha16 = ?)""",
            [contract_id, sha16] * 2,
        )
    order = "(b.dahulu, b.terjadi, b.kontrak, b.sha16, b.baris)"
    newest = ", ".join(
        f"arg_max(s.{ident(name)}, {order}) filter (s.{ident(name)} is not null) as {ident(name)}" for name in _FROM
    )
    con.execute(
        f"""create or replace table isi_masuk as select b.kini, {newest} from baris_masuk b
        join sel_masuk s on s.kontrak = b.kontrak and s.sha16 = b.sha16 and s.baris = b.baris
        group by 1 having count(s.nama) > 0"""
    )


def _said(contract: Contract, name: str, blanks: Blanks) -> str:
    """A standard column as text in the form of `warga_baru.yaml`, out of `raw`; what can't be read stays as it was delivered."""
    found = []
    for source in _FROM[name]:
        if (column := contract.column(source)) is None:
            continue
        cell = typed_cell(column, blanks)
        found += [f"strftime({cell}, '%d/%m/%Y')" if column.type == "date" else cell, ident(source + RAW)]
    return f"coalesce({', '.join(found)})" if found else "null::varchar"
