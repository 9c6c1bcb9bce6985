"""A person's state on any day, as known on any day: a fold over all events that does not depend on the order in which they came.

Events are read by `events`, decisions of people by `decided`; which lines of the prelist follow is `lines`' question.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import duckdb

from padanan.base.home import Home
from padanan.base.sql import literal
from padanan.feedback import decided, events, links, objections, renamed

STATE, HOLDING, DISPUTES = "keadaan", "berlaku", "sengketa"
CONCLUSIVE = ("ditemukan", "meninggal", "pindah")
"""Results of a visit that say where a person is; whoever was not met or refused contradicts nobody."""
ONE_A_DAY = ("desil", "kesiapan", "muskel")
"""Contracts of which a person's last word counts, of each program: two different words of one day have no last one."""
SAME_DAY = "sehari_berbeda"


def differing(table: str) -> str:
    """SQL: the days on which a person has more than one word of a contract of `ONE_A_DAY`."""
    contracts = ", ".join(map(literal, ONE_A_DAY))
    return (
        f"select kontrak, id_orang, terjadi, coalesce(program, '') as program from {table} where kontrak in ({contracts}) "
        "and id_orang is not null group by all having count(distinct row(hasil, sifat, nilai)) > 1"
    )


@dataclass(frozen=True)
class Moment:
    """The day whose state is asked for, and the day up to which events were recorded; null for no limit."""

    as_of: date | None = None
    known_at: date | None = None


def open_state(con: duckdb.DuckDBPyConnection, home: Home, contracts: Iterable[str], moment: Moment = Moment()) -> int:
    """Makes the tables `peristiwa`, `sengketa`, `berlaku` and `keadaan`; see `fold`.

    Returns:
        How many events were recorded up to `moment.known_at`.

    Raises:
        PadananError: the store or the register was changed.
    """
    count = events.open_events(con, home, contracts, known_at=moment.known_at)
    objections.add_events(con, home, moment.known_at)
    links.apply(con, home, moment.known_at)
    renamed.open_renamed(con, home, moment.known_at)
    renamed.apply(con)
    con.execute("create or replace table putusan (id_peristiwa varchar, berlaku boolean)")
    if found := decided.decisions(home, moment.known_at):
        con.executemany("insert into putusan values (?, ?)", [list(one) for one in found])
    fold(con, moment.as_of)
    return count


def fold(con: duckdb.DuckDBPyConnection, as_of: date | None = None) -> None:
    """From `peristiwa` and `putusan` to `sengketa(id_peristiwa, id_orang, sebab)`, `berlaku` and `keadaan`.

    - The same event, sent again, is one; it counts from the day on which it first came.
    - An event that another one of its agency takes back does not hold, whatever becomes of that other one: who erred sends it
      under a new number.
    - In dispute, until a person decides, are: events of one number with different content, a row that its own delivery put in
      doubt, deaths of one person on different days, and whatever lampid tells of a person after their death, with that death.
    - So are two different words of one day where the last one counts (`ONE_A_DAY`): a person's readiness for a program, decile,
      and what a musyawarah says of them.
    - Of one agency's visits to a person the last one that says where the person is counts; results that differ, of two agencies
      or of one agency on one day, are a conflict.
    - What was decided not to hold puts nothing else in dispute: neither what came before that decision nor what comes after.
    - Other ties of one day are broken by the event's own hash, never by arrival.

    Args:
        as_of: the last day of `terjadi`; None for all.
    """
    until = "true" if as_of is None else f"terjadi <= date '{as_of.isoformat()}'"
    con.execute(
        f"""create or replace table satu as
        -- Number and content say whether two are one: the identifier of what came before a change of the key is another text.
        select p.* replace (f.dicatat as dicatat) from
          (select * from peristiwa qualify row_number() over (partition by kunci, isi order by dicatat, sha16, baris) = 1) p
          join (select kunci, isi, min(dicatat) as dicatat from peristiwa group by all) f using (kunci, isi)
        where not {events.TAKEN_BACK}"""
    )
    con.execute(
        f"""create or replace table {DISPUTES} as
        with disangka as (select * from satu where id_peristiwa not in (select id_peristiwa from putusan where not berlaku)),
          mati as (select id_orang, min(terjadi) as pada, count(distinct terjadi) as n from disangka
            where kontrak = 'lampid' and hasil = 'mati' and id_orang is not null group by 1),
          sesudah as (select s.id_orang, s.id_peristiwa from disangka s join mati m on m.id_orang = s.id_orang
            where s.kontrak = 'lampid' and s.hasil <> 'mati' and s.terjadi > m.pada)
        select id_peristiwa, id_orang, string_agg(distinct sebab, ',' order by sebab) as sebab from (
          select s.id_peristiwa, s.id_orang, 'nomor_berbeda_isi' as sebab from disangka s
            join (select kunci from disangka group by 1 having count(distinct isi) > 1) k on k.kunci = s.kunci
          union all select id_peristiwa, id_orang, unnest(string_split(sengketa, ',')) from satu where sengketa is not null
          union all select s.id_peristiwa, s.id_orang, 'mati_dua_kali' from disangka s join mati m on m.id_orang = s.id_orang
            where m.n > 1 and s.kontrak = 'lampid' and s.hasil = 'mati'
          union all select id_peristiwa, id_orang, 'hidup_sesudah_mati' from sesudah
          union all select s.id_peristiwa, s.id_orang, 'hidup_sesudah_mati' from disangka s
            where s.kontrak = 'lampid' and s.hasil = 'mati' and s.id_orang in (select id_orang from sesudah)
          union all select s.id_peristiwa, s.id_orang, '{SAME_DAY}' from disangka s join ({differing("disangka")}) b
            on (b.kontrak, b.id_orang, b.terjadi, b.program) = (s.kontrak, s.id_orang, s.terjadi, coalesce(s.program, ''))
        ) group by all"""
    )
    con.execute(
        f"""create or replace table {HOLDING} as select s.* from satu s
        left join {DISPUTES} d on d.id_peristiwa = s.id_peristiwa
        left join putusan p on p.id_peristiwa = s.id_peristiwa
        where {until} and coalesce(p.berlaku, d.id_peristiwa is null)"""
    )
    con.execute(
        f"delete from {DISPUTES} where id_peristiwa in (select id_peristiwa from putusan) or id_peristiwa in "
        f"(select id_peristiwa from satu where not ({until}))"
    )
    con.execute(_state())


def _state() -> str:
    last = "arg_max({0}, (terjadi, id_peristiwa)) filter (kontrak = '{1}')"
    conclusive = ", ".join(f"'{one}'" for one in CONCLUSIVE)
    return f"""create or replace table {STATE} as
        with kunjungan as (
          -- Of each agency the last day on which it says where a person is: a later visit that met nobody answers nothing.
          select id_orang, instansi, hasil, terjadi, coalesce(hasil in ({conclusive}) and terjadi = max(terjadi)
            filter (hasil in ({conclusive})) over (partition by id_orang, instansi), false) as menjawab
          from {HOLDING} where kontrak = 'verivali' and id_orang is not null),
        verivali as (
          select id_orang, count(distinct instansi) as verifikator, max(terjadi) filter (menjawab) as verivali_pada,
            count(distinct hasil) filter (menjawab) > 1 as konflik,
            case when count(distinct hasil) filter (menjawab) = 1 then any_value(hasil) filter (menjawab) end as verivali_hasil
          from kunjungan group by 1),
        siap as (select id_orang, string_agg(program, ',' order by program) as siap from (
          select id_orang, program, arg_max(hasil, (terjadi, id_peristiwa)) as hasil from {HOLDING}
          where kontrak = 'kesiapan' group by all) where hasil = 'siap' group by 1),
        dibayar as (select id_orang, string_agg(distinct program, ',' order by program) as program,
            cast(sum(case hasil when 'tersalur' then nilai when 'kembali' then -nilai else 0 end) as bigint) as rupiah
          from {HOLDING} where kontrak = 'realisasi' and hasil in ('tersalur', 'kembali') group by 1),
        satuan as (
          select id_orang, bool_or(cara = 'baru') as baru,
            min(terjadi) filter (kontrak = 'lampid' and hasil = 'mati') as meninggal_tercatat,
            arg_max(kode_kelurahan, (terjadi, id_peristiwa)) filter (kode_kelurahan is not null and ((kontrak = 'lampid'
              and hasil in ('lahir', 'pindah', 'datang')) or (kontrak = 'verivali' and hasil = 'ditemukan'))) as kode_kelurahan,
            max(terjadi) filter (kontrak = 'lampid' and hasil = 'pindah' and kode_kelurahan is null) as pindah_keluar,
            {last.format("sifat", "muskel")} as muskel_usulan, {last.format("hasil", "muskel")} as muskel_hasil,
            max(terjadi) filter (kontrak = 'muskel') as muskel_pada, {last.format("nilai", "desil")} as desil,
            {last.format("sampai is null or hasil = 'tinggal'", "panti")} as di_panti,
            count(*) filter (kontrak = 'pengaduan') as pengaduan
          from {HOLDING} where id_orang is not null group by 1)
        select s.id_orang, s.baru, s.meninggal_tercatat,
          coalesce(v.verivali_hasil = 'meninggal', false) as meninggal_terverifikasi,
          v.verifikator, v.verivali_hasil, v.verivali_pada, coalesce(v.konflik, false) as konflik,
          s.muskel_usulan, s.muskel_hasil, s.muskel_pada,
          coalesce(s.muskel_usulan = 'baru' and s.muskel_hasil = 'layak' and v.verivali_hasil = 'ditemukan', false)
            as boleh_masuk,
          s.kode_kelurahan, s.pindah_keluar, cast(s.desil as integer) as desil, d.program, coalesce(d.rupiah, 0) as rupiah,
          case when not coalesce(v.verivali_hasil = 'meninggal', false) then p.siap end as siap,
          coalesce(s.di_panti, false) as di_panti, s.pengaduan
        from satuan s left join verivali v using (id_orang) left join siap p using (id_orang)
        left join dibayar d using (id_orang)"""
