"""Everything that a rule may ask of a row, in one table: the typed row, its person, and what other rows and earlier events say.

The rules themselves stand in `expectations/umpan_balik.yaml`; which of them fail is `judge`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

from padanan.base.home import CHECKOUT
from padanan.base.sql import ident, literal
from padanan.contracts.contract import Contract
from padanan.contracts.feedback import EventOf
from padanan.feedback.events import TAKEN_BACK
from padanan.feedback.people import LETTERS, PEOPLE
from padanan.feedback.state import ONE_A_DAY, differing
from padanan.feedback.typed_rows import RAW, ROWS

ASKED = "ditanya"
"""The table that `arrange` makes."""
_STANDS = "{} not in (select kunci from dibatalkan)"
WILAYAH = CHECKOUT / "dbt_project" / "seeds" / "ref_wilayah.csv"


@dataclass(frozen=True)
class Window:
    """When a delivery came, and of which days its data are."""

    came: date
    first: date
    last: date


def arrange(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    event: EventOf,
    window: Window,
    ceilings: dict[str, int],
) -> None:
    """Makes the table `ditanya` from `isi`, `orang` and `peristiwa`; `hmac_hex` must be registered.

    Args:
        ceilings: the programs that there are, and the most rupiah each pays in a row.
    """
    names = contract.column_names
    con.execute("create or replace table program_batas (program varchar, nominal_maks bigint)")
    con.executemany("insert into program_batas values (?, ?)", [list(one) for one in ceilings.items()] or [["", 0]])
    con.execute(
        "create or replace table kelurahan_kode as select distinct kode_kelurahan as kode, "
        f"replace(kode_kelurahan, '.', '') as angka from read_csv({literal(WILAYAH)}, all_varchar=true, header=true)"
    )
    has = names.__contains__
    person = _person(names) if event.orang else "null::varchar"
    cancels = numbered(contract, "i.membatalkan") if has("membatalkan") else "null::varchar"
    con.execute(
        f"""create or replace table sel_{ASKED} as
        select i.*, {literal(window.came.isoformat())}::date as diterima, {literal(window.first.isoformat())}::date as awal,
          {literal(window.last.isoformat())}::date as akhir,
          {content_of(contract)} as _isi, {cancels} as _batal,
          o.id_orang is not null as dikenal, o.id_orang as _orang_ketemu, o.cara, o.orang_lahir,
          coalesce(o.nama_beda, false) as nama_beda, o.lahir_beda,
          k.kode as _kelurahan, k.kode is not null as kelurahan_ada,
          {"b.program is not null" if has("program") else "null::boolean"} as program_ada,
          {"b.nominal_maks" if has("program") else "null::bigint"} as nominal_maks
        from {ROWS} i left join {PEOPLE} o on o._baris = i._baris
        left join kelurahan_kode k on k.angka = {"replace(i.kode_kelurahan, '.', '')" if has("kode_kelurahan") else "null"}
        {"left join program_batas b on b.program = lower(i.program)" if has("program") else ""}"""
    )
    agency = f"cast({event.instansi} as varchar)" if event.instansi else literal(contract.properties.instansi)
    # Who was found by NIK alone was found by a birth date too: only the name speaks for itself.
    alone = f"(cara = 'nik' and ({event.melepas}))" if event.melepas else "false"
    con.execute(
        f"create or replace table orang_{ASKED} as select *, case when _orang_ketemu is not null and not orang_lain "
        f"then _orang_ketemu else {person} end as _orang from (select *, {agency} as _instansi, "
        f"coalesce(nama_beda and (coalesce(lahir_beda, true) or {alone}), false) as orang_lain "
        f"from sel_{ASKED})"
    )
    # What a row of this file takes back is told no more: who mends an error must not be told of the error again.
    con.execute(
        f"""create or replace table dibatalkan as select distinct a._batal as kunci from orang_{ASKED} a join (
          select kunci, instansi from peristiwa where kontrak = {literal(contract.id)}
          union select _entity_key, _instansi from orang_{ASKED}) m
        on m.kunci = a._batal and m.kunci <> a._entity_key and m.instansi is not distinct from a._instansi"""
    )
    tell = (
        f"select _orang, tanggal as hari from orang_{ASKED} where peristiwa = 'mati' and {_STANDS.format('_entity_key')}"
        if contract.id == "lampid"
        else ("select null::varchar as _orang, null::date as hari where false")
    )
    # Of another row of this file a death counts as one told before; its own row is no witness against itself.
    con.execute(
        f"""create or replace table mati as select _orang, min(hari) as mati_pada from (
          select p.id_orang as _orang, p.terjadi as hari from peristiwa p where p.kontrak = 'lampid' and p.hasil = 'mati'
          and not {TAKEN_BACK} and {_STANDS.format("p.kunci")}
          union all {tell}) group by 1"""
    )
    paid = (
        f"select _orang, lower(program) as program, masa, _entity_key as kunci from orang_{ASKED} "
        f"where status = 'tersalur' and {_STANDS.format('_entity_key')}"
        if contract.id == "realisasi"
        else "select null::varchar as _orang, null::varchar as program, null::varchar as masa, null::varchar as kunci where false"
    )
    con.execute(
        f"""create or replace table dibayar as select _orang, program, masa from (
          select p.id_orang as _orang, p.program, p.masa, p.kunci from peristiwa p where p.kontrak = 'realisasi'
          and p.hasil = 'tersalur' and not {TAKEN_BACK} and {_STANDS.format("p.kunci")}
          union all {paid}) where _orang is not null group by all having count(distinct kunci) > 1"""
    )
    _same_day(con, contract, event)
    aid = contract.id == "realisasi"
    twice = "left join dibayar d on d._orang = a._orang and d.program = lower(a.program) and d.masa = a.masa" if aid else ""
    con.execute(
        f"""create or replace table {ASKED} as
        with nomor as (select _entity_key, count(distinct _isi) as nomor_n from orang_{ASKED} group by 1),
        lama as (select kunci, isi, instansi from peristiwa where kontrak = {literal(contract.id)}),
        lain as (select distinct a._entity_key from orang_{ASKED} a
          join lama on lama.kunci = a._entity_key and lama.isi <> a._isi),
        milik as (select kunci, instansi from lama union select _entity_key, _instansi from orang_{ASKED}),
        ada as (select distinct kunci from milik),
        sendiri as (select distinct a._baris from orang_{ASKED} a join milik m on m.kunci = a._batal
          and m.instansi is not distinct from a._instansi)
        select a.*, n.nomor_n, lain._entity_key is not null as nomor_lama, ada.kunci is not null as batal_ada,
          ada.kunci is not null and sendiri._baris is null as batal_lain,
          m.mati_pada, {"d._orang is not null" if aid else "false"} as bayar_lain,
          h._orang is not null as sehari_lain
        from orang_{ASKED} a join nomor n on n._entity_key = a._entity_key
        left join lain on lain._entity_key = a._entity_key
        left join ada on ada.kunci = a._batal
        left join sendiri on sendiri._baris = a._baris
        left join mati m on m._orang = a._orang
        left join sehari h on h._orang = a._orang and h.hari = a.tanggal and h.program = {_program(contract)}
        {twice}"""
    )


def _program(contract: Contract) -> str:
    return "coalesce(lower(a.program), '')" if "program" in contract.column_names else "''"


def _same_day(con: duckdb.DuckDBPyConnection, contract: Contract, event: EventOf) -> None:
    """Makes the table `sehari(_orang, hari, program)`: whose words of one day differ, in this file and earlier events."""
    con.execute("create or replace table sehari (_orang varchar, hari date, program varchar)")
    if contract.id not in ONE_A_DAY:
        return
    # As `intake` makes events of the rows.
    con.execute(
        f"""create or replace table kata as
        select {literal(contract.id)} as kontrak, _orang as id_orang, tanggal as terjadi, {_program(contract)} as program,
          cast({event.hasil} as varchar) as hasil, cast({event.sifat or "null"} as varchar) as sifat,
          cast({event.nilai or "null"} as bigint) as nilai from orang_{ASKED} a
          where {_STANDS.format("a._entity_key")}
        union all select kontrak, id_orang, terjadi, program, hasil, sifat, nilai from peristiwa p
          where not {TAKEN_BACK} and {_STANDS.format("p.kunci")}"""
    )
    con.execute(f"insert into sehari select id_orang, terjadi, program from ({differing('kata')})")


def content_of(contract: Contract) -> str:
    """The pseudonym of everything that a typed row says, by which two rows of one number are told apart.

    An empty cell says nothing: a column that a later version of the contract adds makes no other row of one that came before.
    """
    cells = ", ".join(f"{literal(name + '=')} || {ident(name + RAW)}" for name in contract.column_names)
    return f"hmac_hex('isi|{contract.id}|' || concat_ws(chr(31), {cells}))"


def numbered(contract: Contract, cell: str) -> str:
    """The pseudonym of a number of the contract, as landing makes it of the row that bears it."""
    return f"hmac_hex('e|{contract.id}|' || upper(trim({cell})))"


def _person(names: tuple[str, ...]) -> str:
    """A newcomer's identifier: of the NIK unless it is somebody else's, else of name and day of birth; null without either."""
    by_nik = "case when _orang_ketemu is null then nik end" if "nik" in names else "null"
    if "nama" not in names:
        return f"hmac_hex('baru|' || {by_nik})"
    named = f"case when nama is not null and tgl_lahir is not null then {LETTERS.format('nama')} || '|' || tgl_lahir end"
    return f"hmac_hex('baru|' || coalesce({by_nik}, {named}))"
