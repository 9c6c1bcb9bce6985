-- id_orang of the records without a resident: a provisional person each, or several records one person.
with
cocok as not materialized (
    select record_key, producer, entity_key, nik_key, nik_pakai, nama_bersih, tgl_lahir, isian, status, entity_key_acuan
    from {{ ref('padanan_cocok') }}
),
-- several records with one NIK that no resident has: the fullest one speaks for the group; of equally full ones the first by what
-- they say, since record keys change with a delivery and with the key, and whom a decision names must not
calon_nik as (
    select * from cocok where status = 'nik_tidak_ditemukan'
),
ketua_nik as (
    select nik_pakai, arg_min(record_key, {{ speaks_first() }}) as record_key
    from calon_nik
    group by nik_pakai
    having count(*) > 1
),
ketua_nik_isi as (
    select k.nik_pakai, c.nama_bersih, c.tgl_lahir
    from ketua_nik as k
    inner join calon_nik as c on k.record_key = c.record_key
),
nik_setuju as (
    select c.record_key, c.nik_key
    from calon_nik as c
    left join ketua_nik_isi as k on c.nik_pakai = k.nik_pakai
    where k.nik_pakai is null
        or {{ same_person(name_level('c.nama_bersih', 'k.nama_bersih'), birth_level('c.tgl_lahir', 'k.tgl_lahir')) }}
),
langkah_1 as (
    select
        c.*,
        case
            when c.status = 'padan_nik' then c.entity_key_acuan
            else n.nik_key
        end as id_dari_nik
    from cocok as c
    left join nik_setuju as n on c.record_key = n.record_key
),
-- records of one producer with one entity key are one person, if they agree with the record that speaks for the key;
-- that may be a record with a resident
kunci_terbuka as (
    select distinct producer, entity_key from langkah_1 where id_dari_nik is null
),
kunci_anggota as (
    select l.*
    from langkah_1 as l
    inner join kunci_terbuka as k on l.producer = k.producer and l.entity_key = k.entity_key
),
ketua_kunci as (
    select
        producer,
        entity_key,
        arg_min(record_key, case when id_dari_nik is null then '1' else '0' end || {{ speaks_first() }}) as record_key
    from kunci_anggota
    group by producer, entity_key
    having count(*) > 1
),
ketua_kunci_isi as (
    select k.producer, k.entity_key, a.record_key, a.nama_bersih, a.tgl_lahir, coalesce(a.id_dari_nik, a.entity_key) as id_orang
    from ketua_kunci as k
    inner join kunci_anggota as a on k.record_key = a.record_key
),
terbuka as (
    select
        a.record_key,
        case
            when k.record_key is null then a.entity_key
            when a.record_key = k.record_key then k.id_orang
            when {{ same_person(name_level('a.nama_bersih', 'k.nama_bersih'), birth_level('a.tgl_lahir', 'k.tgl_lahir')) }} then k.id_orang
            else a.record_key
        end as id_orang
    from kunci_anggota as a
    left join ketua_kunci_isi as k on a.producer = k.producer and a.entity_key = k.entity_key
    where a.id_dari_nik is null
)
select
    l.record_key,
    coalesce(l.id_dari_nik, t.id_orang) as id_orang,
    case when l.id_dari_nik is not null then 'nik_sementara' else 'kunci_sumber' end as metode
from langkah_1 as l
left join terbuka as t on l.record_key = t.record_key
where l.status <> 'padan_nik'
