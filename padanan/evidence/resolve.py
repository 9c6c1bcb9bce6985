"""From links to persons: one final status for each left-over record, groups of provisional persons, one family per source.

Which pairs are links was decided by `padanan/linkage` and by people; here nothing is weighed again.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

from padanan.linkage.clusters import merge_all, merge_disjoint

# What the linkage found, one row per left-over record.
RECORDS = pa.schema(
    [
        ("record_key", pa.string()),
        ("status", pa.string()),
        ("register_key", pa.string()),
        ("calon_key", pa.string()),
        ("bobot", pa.float64()),
        ("peluang", pa.float64()),
        ("alasan", pa.string()),
    ]
)
EDGES = pa.schema([("record_key_a", pa.string()), ("record_key_b", pa.string()), ("bobot", pa.float64()), ("dalam", pa.bool_())])


def links(con: duckdb.DuckDBPyConnection, found: pa.Table) -> None:
    """Table `simpul`: each provisional person of each producer with its resident, if any, and why.

    A provisional person follows a resident that another of its producers' records was linked to (they agree on a usable NIK),
    unless that would seat two of one list on one resident. No link puts a person into two families of one source: families
    known by NIK stand, else the best supported one; the others wait for a person.
    """
    con.register("hasil_masuk", found)
    con.execute(
        """create temp table simpul_0 as
        with sisa as (
            select * from rekaman where status_nik <> 'padan_nik' and not acuan
        ),
        -- Of eleven million residents only those who are asked about: as a whole they fill the memory.
        dikenal as (select id_penduduk from penduduk semi join sisa on penduduk.id_penduduk = sisa.id_awal),
        dipilih as (select p.* from penduduk p semi join hasil_masuk h on h.register_key = p.register_key)
        select r.producer, r.id_awal, any_value(r.sumber) as sumber, bool_or(r.berkeluarga) as berkeluarga,
            r.id_awal in (select id_penduduk from dikenal) as terkunci,
            any_value(h.status) as status, any_value(h.calon_key) as calon_key, max(h.bobot) as bobot, max(h.peluang) as peluang,
            any_value(h.alasan) as alasan, any_value(p.id_penduduk) as id_model
        from sisa r left join hasil_masuk h using (record_key) left join dipilih p on p.register_key = h.register_key
        group by r.producer, r.id_awal"""
    )
    con.unregister("hasil_masuk")
    con.execute(
        """create temp table simpul_1 as
        with kata as (
            select producer, id_awal, bool_or(keputusan = 'konflik') as konflik,
                max(id_penduduk) filter (keputusan = 'padan') as id_klerikal
            from putusan group by all
        )
        select s.*, coalesce(k.konflik, false) as konflik,
            case when s.terkunci then s.id_awal when coalesce(k.konflik, false) then null
                else coalesce(k.id_klerikal, s.id_model) end as id_penduduk,
            case when s.terkunci then 'kunci_sumber' when coalesce(k.konflik, false) then null
                when k.id_klerikal is not null then 'klerikal' when s.id_model is not null then 'bukti' end as cara
        from simpul_0 s left join kata k using (producer, id_awal)"""
    )
    con.execute(
        """create temp table simpul_2 as
        with satu as (
            select id_awal, min(id_penduduk) as ikut from simpul_1 where id_penduduk is not null group by id_awal
            having count(distinct id_penduduk) = 1
        ),
        duduk as (
            select distinct producer, id_penduduk from simpul_1 where id_penduduk is not null
            union
            select distinct producer, id_awal from rekaman where status_nik = 'padan_nik' and id_awal in (select ikut from satu)
        ),
        dilarang as (select producer, id_awal, id_penduduk from putusan where keputusan in ('bukan', 'konflik'))
        select s.* replace (
            coalesce(s.id_penduduk, case when boleh then t.ikut end) as id_penduduk,
            coalesce(s.cara, case when boleh then 'kelompok_bukti' end) as cara
        ) from (
            select s.*, t.ikut is not null and not s.konflik and d.producer is null and l.producer is null as boleh
            from simpul_1 s left join satu t using (id_awal)
            left join duduk d on d.producer = s.producer and d.id_penduduk = t.ikut
            left join dilarang l on l.producer = s.producer and l.id_awal = s.id_awal and l.id_penduduk = t.ikut
        ) s left join satu t using (id_awal)"""
    )
    con.execute(
        """create temp table simpul as
        with keluarga as (
            select distinct producer, id_awal, sumber, id_keluarga from rekaman semi join simpul_2 using (producer, id_awal)
            where berkeluarga and id_keluarga is not null
        ),
        -- families of a resident that no link brought
        dasar as (
            select distinct r.sumber, r.id_awal as id_penduduk, r.id_keluarga from rekaman r
            semi join simpul_2 s on s.id_penduduk = r.id_awal where r.berkeluarga and r.id_keluarga is not null
        ),
        terkuat as (
            select sumber, id_penduduk, producer, id_awal from simpul_2
            where cara in ('bukti', 'klerikal', 'kelompok_bukti') and berkeluarga
                and (sumber, id_penduduk) not in (select (sumber, id_penduduk) from dasar)
                and (producer, id_awal) in (select (producer, id_awal) from keluarga)
            qualify row_number() over (partition by sumber, id_penduduk
                order by cara = 'klerikal' desc, cara = 'bukti' desc, bobot desc nulls last, producer, id_awal) = 1
        ),
        boleh as (
            select * from dasar
            union
            select t.sumber, t.id_penduduk, k.id_keluarga from terkuat t join keluarga k using (producer, id_awal)
        ),
        melanggar as (
            select distinct s.producer, s.id_awal from simpul_2 s join keluarga k using (producer, id_awal)
            left join boleh b on b.sumber = s.sumber and b.id_penduduk = s.id_penduduk and b.id_keluarga = k.id_keluarga
            where s.cara in ('bukti', 'klerikal', 'kelompok_bukti') and b.id_penduduk is null
        )
        select s.* replace (case when m.producer is null then s.id_penduduk end as id_penduduk,
            case when m.producer is null then s.cara end as cara), m.producer is not null as keluarga_lain
        from simpul_2 s left join melanggar m using (producer, id_awal)"""
    )


def open_records(con: duckdb.DuckDBPyConnection) -> None:
    """Table `terbuka`: one record for each provisional person of each producer whom no resident explains."""
    con.execute(
        """create temp table terbuka as
        select producer, id_awal, min_by(record_key, (9 - isian)::varchar || record_key) as record_key
        from rekaman semi join (select producer, id_awal from simpul where id_penduduk is null) using (producer, id_awal)
        where status_nik <> 'padan_nik' group by producer, id_awal"""
    )


def clusters(con: duckdb.DuckDBPyConnection, edges: pa.Table) -> None:
    """Table `klaster`(id_awal, id_orang, anggota): provisional persons that are one, from edges between their records.

    Within a producer only doubles of one family are joined; between producers at most one person of each. A group that would
    stand in two families of one source is left apart. Ids are the smallest of the members' own, so they come from content.
    """
    con.register("sisi_masuk", edges)
    nodes = con.execute(
        """select t.id_awal, hash(t.id_awal) as tie, bit_or(1::ubigint << p.nomor::integer) as bit
        from terbuka t join (select producer, row_number() over (order by producer) - 1 as nomor
            from (select distinct producer from terbuka)) p using (producer)
        group by t.id_awal order by t.id_awal"""
    ).fetchnumpy()
    ids = np.asarray(nodes["id_awal"], dtype=object)
    n = len(ids)
    con.register("simpul_nomor", pa.table({"id_awal": pa.array(ids, pa.string()), "nomor": np.arange(n)}))
    found = con.execute(
        """with orang as (
            select t.record_key, t.producer, n.nomor, r.id_keluarga, r.sumber, r.berkeluarga
            from terbuka t join rekaman r using (record_key) join simpul_nomor n on n.id_awal = t.id_awal
        )
        select least(a.nomor, b.nomor) as a, greatest(a.nomor, b.nomor) as b, e.dalam, max(e.bobot) as bobot
        from sisi_masuk e join orang a on a.record_key = e.record_key_a join orang b on b.record_key = e.record_key_b
        where a.nomor <> b.nomor and case when e.dalam
            then a.producer = b.producer and (not a.berkeluarga or coalesce(a.id_keluarga = b.id_keluarga, false))
            else a.producer <> b.producer and (a.sumber <> b.sumber or coalesce(a.id_keluarga = b.id_keluarga, true)) end
        group by all order by 1, 2, 3"""
    ).fetchnumpy()
    con.unregister("sisi_masuk")
    con.unregister("simpul_nomor")
    a, b = np.asarray(found["a"], dtype=np.int64), np.asarray(found["b"], dtype=np.int64)
    within = np.asarray(found["dalam"], dtype=bool)
    weight = np.rint(np.asarray(found["bobot"], dtype=np.float64) * 100).astype(np.int64)
    first = merge_all(n, a[within], b[within]) if n else np.empty(0, dtype=np.int64)
    groups = int(first.max()) + 1 if n else 0
    held = np.zeros(groups, dtype=np.uint64)
    tie = np.full(groups, np.iinfo(np.uint64).max, dtype=np.uint64)
    if n:
        np.bitwise_or.at(held, first, np.asarray(nodes["bit"], dtype=np.uint64))
        np.minimum.at(tie, first, np.asarray(nodes["tie"], dtype=np.uint64))
    between = ~within
    second = merge_disjoint(groups, first[a[between]], first[b[between]], weight[between], tie, held)
    con.register("gabung", pa.table({"id_awal": pa.array(ids, pa.string()), "k": second[first] if n else first}))
    con.execute(
        """create temp table klaster as
        with anggota as (
            select g.id_awal, g.k, min(case r.metode_awal when 'nik_sementara' then '0' else '1' end) || g.id_awal as urut
            from gabung g join rekaman r using (id_awal) group by g.id_awal, g.k
        ),
        keluarga as (
            select k, sumber, count(distinct id_keluarga) as n from rekaman r
            join terbuka t using (producer, id_awal) join gabung g using (id_awal)
            where r.berkeluarga group by k, sumber
        ),
        pecah as (select distinct k from keluarga where n > 1)
        select id_awal, case when p.k is null then substr(min(urut) over (partition by a.k), 2) else id_awal end as id_orang,
            case when p.k is null then count(*) over (partition by a.k) else 1 end as anggota
        from anggota a left join pecah p using (k)"""
    )
    con.unregister("gabung")


def final(con: duckdb.DuckDBPyConnection) -> None:
    """Table `tautan`: one row for each record that step 1 left over, with its final status and person."""
    con.execute(
        """create temp table tautan as
        with dipilih as (select p.* from penduduk p semi join simpul s on s.id_penduduk = p.id_penduduk)
        select r.record_key,
            case when s.id_penduduk is not null then 'padan_bukti'
                when s.konflik or s.keluarga_lain or s.status in ('padan_bukti', 'mungkin_padan') then 'mungkin_padan'
                else 'tidak_padan' end as status,
            coalesce(s.cara, r.metode_awal) as metode,
            coalesce(s.id_penduduk, k.id_orang, r.id_awal) as id_orang,
            p.register_key,
            s.calon_key,
            -- of the resident it got, or of the best candidate when it got none
            case when s.cara is null or s.calon_key = p.register_key then s.peluang end as peluang,
            case when s.cara is null or s.calon_key = p.register_key then s.bobot end as bobot,
            case
                when r.acuan then 'penduduk Adminduk tanpa NIK yang dapat dipakai'
                when s.konflik then 'konflik: keputusan para peninjau tidak sama'
                when s.keluarga_lain then 'keluarga lain di sumber yang sama sudah menyebut penduduk ini'
                when s.cara = 'bukti' then s.alasan
                when s.cara = 'klerikal' then 'diputuskan petugas'
                when s.cara = 'kunci_sumber' then 'kunci sumber sama dengan rekaman yang padan lewat NIK'
                when s.cara = 'kelompok_bukti' then 'NIK dan identitas sama dengan rekaman yang padan dengan bukti'
                when s.status = 'padan_bukti' then 'perlu dilihat orang'
                else coalesce(s.alasan, 'tidak ada calon')
            end || case when r.kerabat_lebih_cocok
                then '; NIK-nya milik orang yang sekartu dengannya, tetapi kurang cocok' else '' end as alasan
        from rekaman r left join simpul s using (producer, id_awal) left join klaster k using (id_awal)
        left join dipilih p on p.id_penduduk = s.id_penduduk
        where r.status_nik <> 'padan_nik'"""
    )
