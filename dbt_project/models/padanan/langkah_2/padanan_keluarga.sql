{% set plan = run_plan() %}
{% set acuan = is_reference_registry('k.sumber') %}
-- One row for each family of each registry; families of different registries are linked through their members' Adminduk card.
with
-- one row for each person of a family: nearly as many as records, so little is carried along
anggota as (
    select
        id_keluarga,
        id_orang,
        min(sumber) as sumber,
        max(case when kepala then 1 else 0 end) as kepala
    from {{ ref('anggota_keluarga') }}
    group by id_keluarga, id_orang
),
banyak as (
    select id_keluarga, cast(sum(kepala) as bigint) as jumlah_kepala, count(*) as jumlah_anggota
    from anggota
    group by id_keluarga
),
isi as (
    select
        id_keluarga,
        min(sumber) as sumber,
        count(*) as jumlah_rekaman,
        -- the head as this source shows it; of several the one with the lowest record key, that of a family file first
        substr(min(case when kepala then case when {{ is_family_file('producer') }} then '0' else '1' end || record_key || id_orang end), 34)
            as id_orang_kepala,
        min(desil) as desil,
        coalesce(min(desil) <> max(desil), false) as desil_beda,
        substr(min(
            case when kode_kota is not null
                then case when kepala then '0' else '1' end || record_key || coalesce(kode_kelurahan, kode_kecamatan, kode_kota) end
        ), 34) as kode
    from {{ ref('anggota_keluarga') }}
    group by id_keluarga
),
keluarga as (
    select i.*, b.jumlah_kepala, b.jumlah_anggota
    from isi as i
    inner join banyak as b on i.id_keluarga = b.id_keluarga
),
kartu as (
    select id_orang, min(id_keluarga) as id_kartu
    from anggota
    where {{ is_reference_registry('sumber') }}
    group by id_orang
),
tautan as (
    select a.id_keluarga, k.id_kartu, count(*) as n
    from anggota as a
    inner join kartu as k on a.id_orang = k.id_orang
    where not {{ is_reference_registry('a.sumber') }}
    group by a.id_keluarga, k.id_kartu
),
induk as (
    select
        id_keluarga,
        substr(min(lpad(cast(99999 - n as varchar), 5, '0') || id_kartu), 6) as id_keluarga_adminduk,
        count(*) as jumlah_kartu,
        case when count(*) > 1 then string_agg(id_kartu, ';' order by id_kartu) end as kartu_anggota
    from tautan
    group by id_keluarga
)
select
    {{ run_columns(plan) }},
    k.id_keluarga,
    {{ family_producer('k.sumber') }} as producer,
    k.sumber,
    {{ family_kind('k.sumber') }} as jenis,
    k.id_orang_kepala,
    k.jumlah_kepala,
    k.jumlah_anggota,
    k.jumlah_rekaman,
    k.desil,
    k.desil_beda,
    case when {{ acuan }} then k.id_keluarga else i.id_keluarga_adminduk end as id_keluarga_adminduk,
    case when {{ acuan }} then 1 else coalesce(i.jumlah_kartu, 0) end as jumlah_kartu_adminduk,
    coalesce(i.jumlah_kartu > 1, false) as terpecah,
    i.kartu_anggota,
    case when {{ acuan }} then k.id_keluarga else coalesce(i.id_keluarga_adminduk, k.id_keluarga) end as id_keluarga_gabung,
    left(k.kode, 5) as kode_kota,
    case when length(k.kode) >= 8 then left(k.kode, 8) end as kode_kecamatan,
    case when length(k.kode) = 13 then k.kode end as kode_kelurahan
from keluarga as k
left join induk as i on k.id_keluarga = i.id_keluarga
