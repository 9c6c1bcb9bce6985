{{ config(post_hook="{{ hand_over_card_mates(this) }}") }}
-- Every staged record beside the resident of its NIK: one hash join, nothing chosen yet about persons without a resident.
{% set plan = run_plan() %}
with
semua as not materialized (
    {% for model in staging_models() %}
    select
        producer, unit, periode_data, delivery, baris, record_key, entity_key, nik_key, kk_key, nik_angka16,
        nama_bersih, tgl_lahir, jk, shdk, desil, status_dasar, status as status_program, nominal, periode_program,
        {{ family_key('producer', 'family_id', 'id_keluarga_sumber', 'kk_key') }} as id_keluarga,
        kode_kota, kode_kecamatan, kode_kelurahan, wilayah_hasil,
        -- how much a row says; decides which of several rows speaks for a person
        case when nama_bersih is not null then 1 else 0 end + case when tgl_lahir is not null then 1 else 0 end
        + case when jk is not null then 1 else 0 end + case when kk_angka16 is not null then 1 else 0 end
        + case when alamat_jalan is not null then 1 else 0 end + case when kode_kelurahan is not null then 1 else 0 end
        + case when shdk is not null then 1 else 0 end as isian
    from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),
blok as (
    select record_key, min(rule_id) as aturan_blok
    from {{ ref('gap_cleansing') }}
    where level = 'blok'
    group by record_key
),
rekaman as not materialized (
    select
        s.*,
        b.aturan_blok,
        case when b.aturan_blok is null then s.nik_angka16 end as nik_pakai
    from semua as s
    left join blok as b on s.record_key = b.record_key
),
-- one reference resident for each usable NIK: the row that speaks first
penduduk as not materialized (
    select
        p.record_key, p.entity_key, p.nik_angka16, p.nama_bersih, p.tgl_lahir, p.status_dasar, p.nik_n_baris, p.kk_angka16,
        case when p.nama_bersih is not null then 1 else 0 end + case when p.tgl_lahir is not null then 1 else 0 end
        + case when p.jk is not null then 1 else 0 end + case when p.kk_angka16 is not null then 1 else 0 end
        + case when p.alamat_jalan is not null then 1 else 0 end + case when p.kode_kelurahan is not null then 1 else 0 end
        + case when p.shdk is not null then 1 else 0 end as isian
    from {{ ref(reference_model()) }} as p
    left join blok as b on p.record_key = b.record_key
    where p.nik_angka16 is not null and b.record_key is null
),
terpilih as (
    select nik_angka16, arg_min(record_key, {{ speaks_first() }}) as record_key
    from penduduk
    where nik_n_baris > 1
    group by nik_angka16
),
acuan as (
    select p.record_key, p.entity_key, p.nik_angka16, p.nama_bersih, p.tgl_lahir, p.status_dasar, p.kk_angka16
    from penduduk as p
    left join terpilih as t on p.record_key = t.record_key
    where p.nik_n_baris = 1 or t.record_key is not null
),
banding as not materialized (
    select
        r.*,
        a.record_key as record_key_acuan_nik,
        a.entity_key as entity_key_acuan,
        a.status_dasar as status_dasar_acuan,
        a.kk_angka16 as kk_acuan,
        case when {{ is_reference('r.producer') }} or a.record_key is null then null else {{ name_level('r.nama_bersih', 'a.nama_bersih') }} end as tingkat_nama,
        case when {{ is_reference('r.producer') }} or a.record_key is null then null else {{ birth_level('r.tgl_lahir', 'a.tgl_lahir') }} end as tingkat_tgl_lahir
    from rekaman as r
    left join acuan as a on r.nik_pakai = a.nik_angka16
)
select
    {{ run_columns(plan) }},
    * exclude (record_key_acuan_nik, entity_key_acuan, status_dasar_acuan, nik_angka16),
    case
        when nik_pakai is null then 'tanpa_nik'
        when {{ is_reference('producer') }} then 'padan_nik'
        when record_key_acuan_nik is null then 'nik_tidak_ditemukan'
        when {{ same_person('tingkat_nama', 'tingkat_tgl_lahir') }} then 'padan_nik'
        else 'nik_padan_identitas_beda'
    end as status,
    record_key_acuan_nik as record_key_acuan,
    entity_key_acuan,
    status_dasar_acuan,
    -- set after the build: somebody else on that card fits the record better
    false as kerabat_lebih_cocok
from banding
