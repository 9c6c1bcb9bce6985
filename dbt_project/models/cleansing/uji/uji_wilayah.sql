-- Bench for the unit tests of places; holds no data.
with masukan as (
    select
        a as provinsi_mentah, b as kota_mentah, c as kecamatan_mentah, d as kelurahan_mentah, e as kode_kelurahan_mentah, f as kode_kota_mentah,
        case when f is not null then 'BPS' end as wilayah_sistem
    from {{ ref('uji_masukan') }}
),
tempat_unik as (
    select *, {{ place_key() }} as place_key from masukan
),
{{ resolve_places('tempat_unik', 'wilayah') }}
select place_key, wilayah_ada, wilayah_hasil, kode_kelurahan, kode_kecamatan, kode_kota from wilayah
