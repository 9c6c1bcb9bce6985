{% set plan = run_plan() %}
-- Who is in which of the registries, by place; every level adds up to the union.
with
keluarga as (
    select
        id_keluarga_gabung,
        -- where the first registry of the residence rule that knows a place puts the family
        substr(min(case when kode_kota is not null then
            {{ registry_rank('sumber', plan) }} || id_keluarga || coalesce(kode_kelurahan, kode_kecamatan, kode_kota) end), 35) as kode,
        {% for name, bit in registries() -%}
        max(case when sumber = {{ lit(name) }} then {{ bit }} else 0 end){{ ' + ' if not loop.last }}
        {%- endfor %} as kombinasi
    from {{ ref('padanan_keluarga') }}
    group by id_keluarga_gabung
),
satuan as (
    select 'orang' as satuan, kombinasi, kode_kota, kode_kecamatan, kode_kelurahan, count(*) as jumlah
    from {{ ref('padanan_orang') }}
    where kombinasi > 0
    group by all
    union all
    select
        'keluarga', kombinasi, left(kode, 5), case when length(kode) >= 8 then left(kode, 8) end,
        case when length(kode) = 13 then kode end, count(*)
    from keluarga
    group by all
),
tingkat as (
    {% for level in ['kota', 'kecamatan', 'kelurahan'] -%}
    select satuan, '{{ level }}' as tingkat, {{ or_unknown('kode_' ~ level) }} as kode_wilayah, kombinasi, jumlah from satuan
    {{ 'union all' if not loop.last }}
    {% endfor -%}
)
select
    {{ run_columns(plan) }},
    satuan,
    tingkat,
    kode_wilayah,
    kombinasi,
    {%- for name, bit in registries() %}
    kombinasi & {{ bit }} <> 0 as {{ name }},
    {%- endfor %}
    cast(sum(jumlah) as bigint) as jumlah
from tingkat
group by satuan, tingkat, kode_wilayah, kombinasi
