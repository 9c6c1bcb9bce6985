{% set plan = run_plan() %}
-- The population that shares by place are measured against: usable rows of the newest delivery of whoever plays the part (`peran: penyebut`).
with
penyebut as (
    select s.*, coalesce(r.dipakai, false) as dipakai
    from {{ ref('stg_pendukung__wilayah') }} as s
    left join {{ ref('rekaman_pendukung') }} as r on s.record_key = r.record_key
    where s.producer in ({% for c in plan['contracts'] if 'penyebut' in (c.get('peran') or []) %}{{ lit(c['id']) }}, {% endfor %}'-')
    qualify s.periode_data = max(s.periode_data) over (partition by s.producer)
),
-- a kelurahan can be measured against when each of its cells stands in one usable row
kelurahan as (
    select kode_kelurahan, count(*) = min(sel_lengkap) and bool_and(dipakai) as lengkap
    from penyebut
    where kode_kelurahan is not null
    group by kode_kelurahan
)
select
    {{ run_columns(plan) }},
    {{ or_unknown('p.kode_kelurahan') }} as kode_kelurahan,
    {{ or_unknown('p.jk') }} as jenis_kelamin,
    {{ or_unknown('p.kelompok_umur') }} as kelompok_umur,
    cast(sum(p.jiwa) as bigint) as jiwa,
    coalesce(bool_and(k.lengkap), false) as lengkap,
    count(*) as jumlah_baris,
    p.producer,
    p.periode_data
from penyebut as p
left join kelurahan as k on p.kode_kelurahan = k.kode_kelurahan
where p.dipakai
group by all
