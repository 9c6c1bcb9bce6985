{#- Supporting data (F06): rows about places, and what is asked of every supporting row. People and families of supporting data are staged like
    any other contract's, in models of their own, and never enter the padanan. -#}

{#- The staging models of supporting data, one a unit, in a fixed order. -#}
{% macro supporting_models() %}
    {{ return(['stg_pendukung__wilayah', 'stg_pendukung__keluarga', 'stg_pendukung__orang']) }}
{% endmacro %}

{#- A count of people: a whole number of 0 or more, thousands parted by points or not; else null. -#}
{% macro parse_count(raw) -%}
    case when {{ full_match(raw, '\\s*([0-9]{1,9}|[0-9]{1,3}([.][0-9]{3}){1,2})\\s*') }}
        then try_cast({{ replace_all(raw, '[^0-9]', '') }} as bigint) end
{%- endmacro %}

{#- How many cells (sex x age group) a place has when its contract's code lists are filled. -#}
{% macro cells_of(contract) %}
    {%- set ns = namespace(cells=1) -%}
    {%- for column in ['jenis_kelamin', 'kelompok_umur'] -%}
        {%- set ns.cells = ns.cells * ((contract['columns'].get(column) or {}).get('code_list') or {'': ''}).values() | unique | list | length -%}
    {%- endfor -%}
    {{ return(ns.cells) }}
{% endmacro %}

{#- The row of supporting data by place: each landed cell with its place, its group and its count, and what its kelurahan adds up to. -#}
{% macro stage_places(model) %}
{%- do source('landing', 'rencana') -%}
{%- for id in contract_staging().get(model, []) -%}{%- do source('landing', id) -%}{%- endfor -%}
{%- set plan = run_plan() -%}
{%- set contracts = plan_contracts_of(plan, model) -%}
with
mentah as not materialized (
    {{ landed_all(contracts) }}
),
{{ places_of('mentah', 'wilayah') }},
baris as (
    select
        m.*,
        w.kode_kelurahan,
        w.kode_kecamatan,
        w.kode_kota,
        coalesce(w.wilayah_ada, false) as wilayah_ada,
        w.wilayah_hasil,
        {{ parse_count('m.jiwa_mentah') }} as jiwa
    from (select *, {{ place_key() }} as place_key from mentah) as m
    left join wilayah as w on m.place_key = w.place_key
),
sel as (
    select producer, periode_data, kode_kelurahan, jk_kode, kelompok_umur_kode, count(*) as n
    from baris
    where kode_kelurahan is not null and jk_kode is not null and kelompok_umur_kode is not null
    group by all
),
-- a kelurahan is judged once, on its first row
kelurahan as (
    select
        producer, periode_data, kode_kelurahan, sum(jiwa) as jiwa,
        count(distinct case when jk_kode is not null and kelompok_umur_kode is not null then jk_kode || kelompok_umur_kode end) as n_sel
    from baris
    where kode_kelurahan is not null
    group by all
),
acuan as (
    select kode_kelurahan, count(*) as n
    from {{ ref(reference_model()) }}
    where status_dasar = 'hidup' and kode_kelurahan is not null
    group by kode_kelurahan
)
select
    b.producer,
    b.unit,
    b.periode_data,
    b.diterima,
    b.delivery,
    b.bagian,
    b.baris,
    b.record_key,
    b.entity_key,
    b.kota_mentah,
    b.kecamatan_mentah,
    b.kelurahan_mentah,
    b.kode_kelurahan_mentah,
    b.kode_kota_mentah,
    b.wilayah_sistem,
    b.kode_kelurahan,
    b.kode_kecamatan,
    b.kode_kota,
    b.wilayah_ada,
    b.wilayah_hasil,
    b.jk_mentah,
    b.jk_kode as jk,
    b.kelompok_umur_mentah,
    b.kelompok_umur_kode as kelompok_umur,
    b.jiwa_mentah,
    b.jiwa,
    cast(s.n as bigint) as sel_n_baris,
    cast(
        case {% for contract in contracts %}when b.producer = {{ lit(contract['id']) }} then {{ cells_of(contract) }} {% endfor %}when true then 1 end as bigint
    ) as sel_lengkap,
    case when b.kode_kelurahan is not null
        then row_number() over (partition by b.producer, b.periode_data, b.kode_kelurahan order by b.delivery, b.baris, b.record_key) end as kel_urut,
    cast(k.n_sel as bigint) as kel_n_sel,
    cast(k.jiwa as bigint) as kel_jiwa,
    case when k.kode_kelurahan is not null and semua.n > 0 then coalesce(a.n, 0) end as kel_acuan
from baris as b
left join sel as s
    on b.producer = s.producer and b.periode_data = s.periode_data and b.kode_kelurahan = s.kode_kelurahan
    and b.jk_kode = s.jk_kode and b.kelompok_umur_kode = s.kelompok_umur_kode
left join kelurahan as k on b.producer = k.producer and b.periode_data = k.periode_data and b.kode_kelurahan = k.kode_kelurahan
left join acuan as a on b.kode_kelurahan = a.kode_kelurahan
cross join (select count(*) as n from acuan) as semua
{% endmacro %}
