{{ config(tags=['panggilan_1']) }}
{% set plan = run_plan() %}
-- Rows in, on and aside of landing and cleansing, each counted on its own: manifests, Parquet footers, rows read, rows staged.
{% set delivered = [] %}
{% for contract in plan['contracts'] if contract['deliveries'] %}{% do delivered.append(contract) %}{% endfor %}
with
{% if delivered %}
berkas as (
    {% for contract in delivered %}{% set outer = loop %}{% for delivery in contract['deliveries'] -%}
    {%- set folder = home() ~ '/' ~ delivery['path'].rsplit('/', 1)[0] %}
    select
        {{ lit(contract['id']) }} as producer,
        (select try_cast(json_extract_string(content, '$.rows_in') as bigint) from read_text({{ lit(folder ~ '/manifest.json') }})) as diterima,
        (select sum(num_rows) from parquet_file_metadata({{ lit(home() ~ '/' ~ delivery['path']) }})) as ditulis,
        (select sum(num_rows) from parquet_file_metadata({{ lit(folder ~ '/rejects.parquet') }})) as disisihkan,
        (select string_agg(alasan || ':' || n, ',' order by alasan) from (
            select alasan, count(*) as n from read_parquet({{ lit(folder ~ '/rejects.parquet') }}) group by alasan
        )) as alasan
    {{ 'union all' if not (loop.last and outer.last) }}
    {% endfor %}{% endfor %}
),
dibaca as (
    {% for contract in delivered %}
    select {{ lit(contract['id']) }} as producer, _record_key as record_key
    from read_parquet([{% for delivery in contract['deliveries'] %}{{ lit(home() ~ '/' ~ delivery['path']) }}{{ ', ' if not loop.last }}{% endfor %}])
    {{ 'union all' if not loop.last }}
    {% endfor %}
),
{% else %}
berkas as (
    select
        cast(null as varchar) as producer, cast(null as bigint) as diterima, cast(null as bigint) as ditulis,
        cast(null as bigint) as disisihkan, cast(null as varchar) as alasan
    where false
),
dibaca as (select cast(null as varchar) as producer, cast(null as varchar) as record_key where false),
{% endif %}
distaging as (
    {% for model in staging_models() + supporting_models() -%}
    select producer, record_key from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),
hitung_dibaca as (select producer, count(record_key) as n from dibaca group by producer),
hitung_distaging as (select producer, count(record_key) as n from distaging group by producer),
hilang as (
    select d.producer, count(*) as n
    from dibaca as d
    left join distaging as s on d.record_key = s.record_key
    where s.record_key is null
    group by d.producer
)
select
    {{ run_columns(plan) }}, 'landing' as tahap, producer, cast(sum(diterima) as bigint) as masuk, cast(sum(ditulis) as bigint) as lanjut,
    cast(sum(disisihkan) as bigint) as disisihkan, string_agg(alasan, ';' order by alasan) as alasan
from berkas
group by producer
union all
select
    {{ run_columns(plan) }}, 'cleansing', d.producer, d.n, coalesce(s.n, 0), coalesce(h.n, 0), case when h.n > 0 then 'hilang:' || h.n end
from hitung_dibaca as d
left join hitung_distaging as s on d.producer = s.producer
left join hilang as h on d.producer = h.producer
