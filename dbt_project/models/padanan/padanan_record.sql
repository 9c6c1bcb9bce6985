{% set plan = run_plan() %}
{% set pairs = excluding_pairs(plan) %}
with
beridentitas as not materialized (
    select
        c.*,
        coalesce(i.id_orang, c.entity_key_acuan) as id_orang,
        coalesce(i.metode, case when c.producer = 'adminduk' then 'acuan' else 'nik' end) as metode
    from {{ ref('padanan_cocok') }} as c
    left join {{ ref('padanan_identitas') }} as i on c.record_key = i.record_key
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
    c.status,
    c.metode,
    c.tingkat_nama,
    c.tingkat_tgl_lahir,
    c.aturan_blok,
    case when c.status in ('padan_nik', 'nik_padan_identitas_beda') then c.record_key_acuan end as record_key_acuan,
    case when c.status = 'padan_nik' then c.status_dasar_acuan end as status_dasar_adminduk,
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
