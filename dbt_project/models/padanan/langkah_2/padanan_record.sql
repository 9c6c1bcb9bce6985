{% set plan = run_plan() %}
{% set pairs = excluding_pairs(plan) %}
with
beridentitas as not materialized (
    select
        c.* exclude (status, record_key_acuan, status_dasar_acuan, kk_acuan, kerabat_lebih_cocok),
        c.status as status_nik,
        coalesce(t.status, case when c.status = 'padan_nik' then 'padan_nik' else 'tidak_padan' end) as status,
        coalesce(t.id_orang, i.id_orang, c.entity_key_acuan) as id_orang,
        coalesce(t.metode, i.metode, case when {{ is_reference('c.producer') }} then 'acuan' else 'nik' end) as metode,
        t.peluang,
        t.bobot,
        t.alasan as alasan_bukti,
        t.calon_key as record_key_calon,
        case
            when t.register_key is not null then t.register_key
            when c.status in ('padan_nik', 'nik_padan_identitas_beda') then c.record_key_acuan
        end as record_key_acuan,
        case
            when t.register_key is not null then a.status_dasar
            when c.status = 'padan_nik' then c.status_dasar_acuan
        end as status_dasar_adminduk
    from {{ ref('padanan_cocok') }} as c
    left join {{ ref('padanan_identitas') }} as i on c.record_key = i.record_key
    left join {{ evidence('tautan', plan) }} as t on c.record_key = t.record_key
    left join {{ ref(reference_model()) }} as a on t.register_key = a.record_key
),
-- programs of one person, for the rules on doubles
program_orang as (
    select c.id_orang, c.producer, count(*) as n_baris
    from beridentitas as c
    where c.producer in ({% for c in plan['contracts'] if c['kind'] == 'program' %}{{ lit(c['id']) }}, {% endfor %}'-')
    group by c.id_orang, c.producer
),
bentrok as (
    select a.id_orang, a.producer, count(*) as n_bentrok
    from program_orang as a
    inner join program_orang as b on a.id_orang = b.id_orang
    inner join (
        {% if pairs -%}
        values {% for one, other in pairs %}({{ lit(one) }}, {{ lit(other) }}){{ ', ' if not loop.last }}{% endfor %}
        {%- else -%}
        select cast(null as varchar), cast(null as varchar) where false
        {%- endif %}
    ) as p (satu, lain) on a.producer = p.satu and b.producer = p.lain
    group by a.id_orang, a.producer
)
select
    c.periode,
    c.revisi,
    c.producer,
    c.unit,
    c.periode_data,
    c.delivery,
    c.baris,
    c.record_key,
    c.entity_key,
    c.nik_key,
    c.kk_key,
    c.id_orang,
    c.id_keluarga,
    c.status_nik,
    c.status,
    c.metode,
    c.peluang,
    c.bobot,
    c.alasan_bukti,
    c.tingkat_nama,
    c.tingkat_tgl_lahir,
    c.aturan_blok,
    c.record_key_acuan,
    c.record_key_calon,
    c.status_dasar_adminduk,
    c.shdk,
    c.desil,
    c.status_program,
    c.periode_program,
    c.nominal,
    coalesce(p.n_baris, 0) as n_baris_program,
    coalesce(b.n_bentrok, 0) as n_program_bentrok,
    c.wilayah_hasil,
    c.kode_kota,
    c.kode_kecamatan,
    c.kode_kelurahan
from beridentitas as c
left join program_orang as p on c.id_orang = p.id_orang and c.producer = p.producer
left join bentrok as b on c.id_orang = b.id_orang and c.producer = b.producer
