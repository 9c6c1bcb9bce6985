{% set plan = run_plan() %}
-- Gap counts for each producer, rule and kota beside the rows they speak of; what is a penghalang is judged on publication (facts).
with
aturan as (
    {% set rows = [] -%}
    {% for contract in plan['contracts'] if contract['deliveries'] -%}{% for rule in contract['rules'] -%}
    {%- do rows.append('(' ~ lit(contract['id']) ~ ', ' ~ lit(rule['id']) ~ ', ' ~ lit(rule['dimension']) ~ ', ' ~ lit(rule['level']) ~ ', ' ~ lit(rule['stage'])
        ~ ', cast(' ~ rule['threshold'] ~ ' as double))') -%}
    {%- endfor %}{% endfor -%}
    {% if rows -%}
    select * from (values {{ rows | join(', ') }}) as t (producer, rule_id, dimensi, level, tahap, ambang)
    {%- else -%}
    select '' as producer, '' as rule_id, '' as dimensi, '' as level, '' as tahap, cast(0 as double) as ambang where false
    {%- endif %}
),
baris as (
    select producer, {{ or_unknown('kode_kota') }} as kode_kota, count(*) as jumlah_baris
    from (
        select producer, kode_kota from {{ ref('padanan_record') }}
        union all
        select producer, kode_kota from {{ ref('rekaman_pendukung') }}
    )
    group by all
),
gagal as (
    select producer, rule_id, {{ or_unknown('kode_kota') }} as kode_kota, count(*) as jumlah_gagal
    from {{ ref('gap') }}
    group by all
)
select
    {{ run_columns(plan) }},
    a.producer,
    a.rule_id,
    a.dimensi,
    a.level,
    a.tahap,
    b.kode_kota,
    b.jumlah_baris,
    coalesce(g.jumlah_gagal, 0) as jumlah_gagal,
    a.ambang
from aturan as a
inner join baris as b on a.producer = b.producer
left join gagal as g on a.producer = g.producer and a.rule_id = g.rule_id and b.kode_kota = g.kode_kota
