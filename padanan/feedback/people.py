"""Whom a row speaks of: the person of the newest publication by a worklist's identifier or by NIK, with what is known of them.

A name alone leads to nobody here: what NIK and identifier do not settle is a newcomer, whom the linkage compares with all others.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow.parquet as pq

from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.base.sql import ident, literal
from padanan.contracts import cells
from padanan.feedback.typed_rows import ROWS
from padanan.published.proof import prove_opened
from padanan.published.revisions import newest_revision, published_periods, read_manifest
from padanan.records.returned import HANDED, handed_maps

PEOPLE = "orang"
"""The table that `find` makes: one row a row of `isi` that leads to a person."""
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
    """The newest publication; None before there is any."""
    periods = published_periods(home)
    return Known(periods[-1], newest_revision(home, periods[-1])) if periods else None


def find(con: duckdb.DuckDBPyConnection, home: Home, known: Known | None, columns: tuple[str, ...]) -> None:
    """Makes the table `orang(_baris, id_orang, cara, orang_lahir, nama_beda, lahir_beda)` for the rows of `isi`.

    Only records that share a NIK's pseudonym or an identifier with the rows are read. A NIK that leads to several people leads to
    none, unless exactly one of them is of the register.

    Args:
        known: by which publication. columns: the contract's.

    Raises:
        PadananError: the publication was changed.
    """
    empty = (
        "select null::bigint as _baris, null::varchar as id_orang, null::varchar as cara, null::date as orang_lahir, "
        "null::boolean as nama_beda, null::boolean as lahir_beda where false"
    )
    if known is None or "nama" not in columns:
        con.execute(f"create or replace table {PEOPLE} as {empty}")
        return
    folder = home.published(known.periode, known.revisi)
    prove_opened(home, known.periode, known.revisi)
    con.execute(f"create or replace table disebut as {_named(home, columns)}")
    given = "select id_orang from disebut"
    con.execute(f"create or replace table sumber_orang as {_records(home, known)}")
    con.execute(
        f"create or replace table dikenali as with r as (select r.record_key, r.id_orang, r.metode, r.producer "
        f"from read_parquet({literal(folder / 'padanan_record.parquet')}) r "
        f"where r.record_key in (select _record_key from sumber_orang) or r.id_orang in ({given})) "
        "select r.*, s.nik, s.nama, s.lahir from r left join sumber_orang s on s._record_key = r.record_key"
    )
    # Who was named by identifier: one record of theirs says who they are, the register's first.
    con.execute(f"create or replace table sebutan as {_records(home, known, keys='select record_key from dikenali')}")
    con.execute(
        "update dikenali set nik = s.nik, nama = s.nama, lahir = s.lahir from sebutan s "
        "where s._record_key = dikenali.record_key and dikenali.nama is null"
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
          select i._baris, coalesce(d.id_orang, n.id_orang) as id_orang, coalesce(d.cara, 'nik') as cara, i.nama, i.tgl_lahir
          from {ROWS} i left join menurut_nik n on n.nik = i.nik
          left join (select * from disebut where id_orang in (select id_orang from dikenali)) d on d._baris = i._baris)
        select t._baris, t.id_orang, t.cara, o.lahir as orang_lahir,
          t.nama is not null and o.nama is not null
            and jaro_winkler_similarity({LETTERS.format("t.nama")}, {LETTERS.format("o.nama")}) < {NAME_ALIKE} as nama_beda,
          t.tgl_lahir <> o.lahir as lahir_beda
        from tersebut t join orangnya o on o.id_orang = t.id_orang"""
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


def _records(home: Home, known: Known, *, keys: str | None = None) -> str:
    """The landed records of the publication's deliveries that share a NIK with `isi`, or bear one of some record keys."""
    wanted = f"_record_key in ({keys})" if keys else f"_nik_key in (select _nik_key from {ROWS} where _nik_key is not null)"
    found = []
    for item in read_manifest(home, known.periode, known.revisi)["deliveries"]:
        part = home.root / str(item["path"])
        if not part.exists():
            # Its content went by retention: people are found by the other deliveries.
            continue
        names = set(pq.read_schema(part).names)
        if not {"nik", "nama"} <= names:
            continue
        born = cells.day("tgl_lahir") if "tgl_lahir" in names else "null::date"
        found.append(
            f"select _record_key, {cells.sixteen('nik')} as nik, {ident('nama')} as nama, {born} as lahir "
            f"from read_parquet({literal(part)}) where {wanted}"
        )
    nobody = "select null::varchar as _record_key, null::varchar as nik, null::varchar as nama, null::date as lahir where false"
    return " union all ".join([nobody, *found])
