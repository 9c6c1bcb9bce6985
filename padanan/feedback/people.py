"""Whom a row speaks of: the person of the newest publication by a worklist's identifier or by NIK, with what is known of them.

A name alone leads to nobody here: what NIK and identifier do not settle is a newcomer, whom the linkage compares with all others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from padanan.base.duck import private_duckdb
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.keys import KeyRing, load_ring, register_today
from padanan.base.period import Periode
from padanan.base.sql import ident, literal
from padanan.base.tabular import write_table
from padanan.contracts import cells
from padanan.feedback.renamed import RENAMED, open_renamed
from padanan.feedback.typed_rows import ROWS
from padanan.published.proof import prove_opened
from padanan.published.revisions import newest_revision, published_periods, read_manifest
from padanan.records.landed_rows import rows_today
from padanan.records.returned import HANDED, handed_maps

PEOPLE = "orang"
"""The table that `find` makes: one row a row of `isi` that leads to a person."""
RECORDS = "catatan.parquet"
# The ways of matching by which a record's NIK is its person's own; who was matched by evidence may bear somebody else's.
_OWN_NIK = ("acuan", "nik", "nik_sementara")
NAME_ALIKE = 0.85
"""Jaro-Winkler similarity of two names under which they are told apart."""
LETTERS = "regexp_replace(upper(strip_accents({})), '[^A-Z]', '', 'g')"
"""A name by its letters alone, in SQL."""


@dataclass(frozen=True)
class Known:
    """The publication by which people were found."""

    periode: Periode
    revisi: int


def newest(home: Home) -> Known | None:
    """The newest publication; None before there is any.

    Raises:
        PadananError: its pseudonyms are not today's: nobody would be found by them, and everybody would be a newcomer.
    """
    periods = published_periods(home)
    if not periods:
        return None
    known = Known(periods[-1], newest_revision(home, periods[-1]))
    prove_key(home, known.periode, known.revisi)
    return known


def prove_key(home: Home, periode: Periode, revisi: int) -> None:
    """Refuses a publication whose identifiers are of before a change of the key.

    Raises:
        PadananError: they are.
    """
    made_with = read_manifest(home, periode, revisi).get("key_id")
    if made_with not in (None, load_ring(home).names[-1]):
        raise PadananError(
            f"pengenal orang pada terbitan {periode.label} revisi {revisi} dibuat sebelum kunci diganti",
            file=home.published(periode, revisi).relative_to(home.root),
            cure=f"jalankan job padanan_periode untuk {periode.label} dahulu, lalu ulangi; yang sudah mendarat tetap menunggu",
        )


def gather(home: Home, known: Known | None, contracts: Mapping[str, Sequence[Path]], folder: Path) -> Path | None:
    """Reads, once for all deliveries that are taken in together, every record that may say whom one of their rows speaks of.

    Which of them count for a delivery is `find`'s to say, by that delivery alone: what else waits changes nothing.

    Args:
        known: by which publication. contracts: the landed parts by contract.
        folder: a private one, for `catatan.parquet(record_key, _nik_key, id_orang, metode, nik, nama, lahir)`.

    Returns:
        The file; None before there is a publication.

    Raises:
        PadananError: the publication was changed.
    """
    if known is None:
        return None
    prove_opened(home, known.periode, known.revisi)
    published = home.published(known.periode, known.revisi) / "padanan_record.parquet"
    ring = load_ring(home)
    with private_duckdb(folder) as con:
        con.execute("create table kunci_nik (_nik_key varchar)")
        con.execute("create table tersebut (id_orang varchar)")
        for parts in contracts.values():
            for part in parts:
                names = set(pq.read_schema(part).names)
                source = rows_today(con, ring, part)
                con.execute(f"insert into kunci_nik select _nik_key from {source} where _nik_key is not null")
                if "id_orang" in names:
                    con.execute(f"create or replace table disebut as select trim(id_orang) as id_orang from {source}")
                elif HANDED in names and (maps := handed_maps(home)):
                    listed = ", ".join(literal(path) for path in maps)
                    con.execute(
                        f"create or replace table disebut as select id_orang from read_parquet([{listed}]) "
                        f"where {HANDED} in (select trim({HANDED}) from {source})"
                    )
                else:
                    continue
                for told in _also_before(con, ring, "id_orang"):
                    con.execute(f"insert into tersebut select {told} from disebut where id_orang is not null")
        open_renamed(con, home)
        con.execute(f"insert into tersebut select baru from {RENAMED} where lama in (from tersebut)")
        _read_records(con, home, known, ring, "bernik", "_nik_key in (from kunci_nik)")
        con.execute(
            f"create table tertaut as select record_key, id_orang, metode from read_parquet({literal(published)}) "
            "where record_key in (select _record_key from bernik) or id_orang in (from tersebut)"
        )
        # Who was named by identifier: their records say who they are, whatever NIK stands in them.
        rest = "select record_key from tertaut where record_key not in (select _record_key from bernik)"
        _read_records(con, home, known, ring, "lainnya", f"_record_key in ({rest})")
        write_table(
            con,
            "select t.record_key, s._nik_key, t.id_orang, t.metode, s.nik, s.nama, s.lahir from tertaut t left join "
            "(from bernik union all from lainnya) s on s._record_key = t.record_key order by t.record_key",
            folder / RECORDS,
        )
    return folder / RECORDS


def _also_before(con: duckdb.DuckDBPyConnection, ring: KeyRing, column: str) -> Iterator[str]:
    """A pseudonym as it is, and what it is today had it been made with each key of before: a worklist may be older than a key.

    A text that is none becomes one that nobody bears. Each is used before the next is asked for.
    """
    yield column
    for name in ring.names[:-1]:
        register_today(con, ring, name)
        yield f"hmac_kini({column})"


def find(con: duckdb.DuckDBPyConnection, home: Home, records: Path | None, columns: tuple[str, ...]) -> None:
    """Makes the table `orang(_baris, id_orang, cara, orang_lahir, nama_beda, lahir_beda)` for the rows of `isi`.

    Only records that share a NIK's pseudonym or an identifier with the rows count. A NIK that leads to several people leads to
    none, unless exactly one of them is of the register. An identifier outweighs the NIK beside it where the name agrees; without
    a name, a NIK of somebody else counts as a name that differs.

    Args:
        records: as `gather` made it. columns: the contract's.
    """
    empty = (
        "select null::bigint as _baris, null::varchar as id_orang, null::varchar as cara, null::date as orang_lahir, "
        "null::boolean as nama_beda, null::boolean as lahir_beda where false"
    )
    if records is None or "nama" not in columns:
        con.execute(f"create or replace table {PEOPLE} as {empty}")
        return
    con.execute("create or replace table disebut (_baris bigint, id_orang varchar, cara varchar)")
    # Who entered as a newcomer may have gone by another identifier when the worklist or the file went out.
    open_renamed(con, home)
    ring = load_ring(home)
    for told in _also_before(con, ring, "id_orang"):
        con.execute(
            "insert into disebut select _baris, id_kini, cara from "
            f"(select n._baris, coalesce(r.baru, {told}) as id_kini, n.cara "
            f"from ({_named(home, columns)}) n left join {RENAMED} r on r.lama = {told}) "
            f"where id_kini in (select id_orang from read_parquet({literal(records)})) "
            "and _baris not in (select _baris from disebut)"
        )
    if len(ring.names) == 1:
        # Newcomers were handed over whom no publication has yet; with which key a file of before was made is not known.
        con.execute(
            f"insert into disebut select _baris, id_orang, cara from ({_named(home, columns)}) "
            f"where cara = '{HANDED}' and _baris not in (select _baris from disebut)"
        )
    con.execute(
        f"create or replace table dikenali as from read_parquet({literal(records)}) "
        "where id_orang in (select id_orang from disebut) "
        f"or _nik_key in (select _nik_key from {ROWS} where _nik_key is not null)"
    )
    own = ", ".join(map(literal, _OWN_NIK))
    con.execute(
        f"""create or replace table {PEOPLE} as
        with orangnya as (
          select id_orang, arg_min(nama, case when metode = 'acuan' then '0' else '1' end || record_key) as nama,
            arg_min(lahir, case when metode = 'acuan' then '0' else '1' end || record_key) filter (lahir is not null) as lahir
          from dikenali group by 1),
        menurut_nik as (
          select nik, case when count(distinct id_orang) = 1 then any_value(id_orang)
            when count(distinct id_orang) filter (metode = 'acuan') = 1 then any_value(id_orang) filter (metode = 'acuan') end
            as id_orang
          from dikenali where nik is not null and metode in ({own}) group by 1),
        tersebut as (
          select i._baris, coalesce(d.id_orang, n.id_orang) as id_orang, coalesce(d.cara, 'nik') as cara, i.nama, i.tgl_lahir,
            d.id_orang <> n.id_orang as nik_lain
          from {ROWS} i left join menurut_nik n on n.nik = i.nik
          -- whom a file of ours named to the ranking body was handed over, be they in this publication or not yet
          left join (select * from disebut where cara = '{HANDED}' or id_orang in (select id_orang from dikenali)) d
            on d._baris = i._baris)
        select t._baris, t.id_orang, t.cara, o.lahir as orang_lahir,
          -- Where no name says who is meant, the NIK of somebody else contradicts the identifier as a name would.
          case when t.nama is null then coalesce(t.nik_lain, false) else o.nama is not null
            and jaro_winkler_similarity({LETTERS.format("t.nama")}, {LETTERS.format("o.nama")}) < {NAME_ALIKE} end as nama_beda,
          t.tgl_lahir <> o.lahir as lahir_beda
        from tersebut t left join orangnya o on o.id_orang = t.id_orang where t.id_orang is not null"""
    )


def _named(home: Home, columns: tuple[str, ...]) -> str:
    """Who the rows name by an identifier of ours: `_baris`, `id_orang`, `cara`."""
    if "id_orang" in columns:
        return f"select _baris, id_orang, 'id_orang' as cara from {ROWS} where id_orang is not null"
    if HANDED in columns and (maps := handed_maps(home)):
        listed = ", ".join(literal(path) for path in maps)
        return (
            f"select i._baris, p.id_orang, '{HANDED}' as cara from {ROWS} i "
            f"join (select distinct {HANDED}, id_orang from read_parquet([{listed}])) p on p.{HANDED} = i.{HANDED}"
        )
    return "select null::bigint as _baris, null::varchar as id_orang, null::varchar as cara where false"


def _read_records(con: duckdb.DuckDBPyConnection, home: Home, known: Known, ring: KeyRing, table: str, wanted: str) -> None:
    """Makes a table of the landed records of the publication's deliveries for which `wanted`, SQL over their keys, holds."""
    con.execute(f"create table {table} (_record_key varchar, _nik_key varchar, nik varchar, nama varchar, lahir date)")
    for item in read_manifest(home, known.periode, known.revisi)["deliveries"]:
        part = home.root / str(item["path"])
        if not part.exists():
            # Its content went by retention: people are found by the other deliveries.
            continue
        names = set(pq.read_schema(part).names)
        if not {"nik", "nama"} <= names:
            continue
        born = cells.day("tgl_lahir") if "tgl_lahir" in names else "null::date"
        con.execute(
            f"insert into {table} select _record_key, _nik_key, {cells.sixteen('nik')}, {ident('nama')}, {born} "
            f"from {rows_today(con, ring, part)} where {wanted}"
        )
