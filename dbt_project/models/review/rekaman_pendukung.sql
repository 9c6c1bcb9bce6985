{% set plan = run_plan() %}
-- Supporting data (F06): every record of it, and whether it may be used. A record that breaks a `blok` rule is counted and kept, not used.
with
semua as (
    {% for model in supporting_models() -%}
    select producer, unit, periode_data, delivery, record_key, entity_key, kode_kota, kode_kecamatan, kode_kelurahan from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),
blok as (
    select record_key, string_agg(rule_id, ',' order by rule_id) as alasan
    from {{ ref('gap_cleansing') }}
    where level = 'blok'
    group by record_key
)
select
    {{ run_columns(plan) }},
    s.producer,
    s.unit,
    s.periode_data,
    s.delivery,
    s.record_key,
    s.entity_key,
    s.kode_kota,
    s.kode_kecamatan,
    s.kode_kelurahan,
    b.record_key is null as dipakai,
    b.alasan
from semua as s
left join blok as b on s.record_key = b.record_key
