{% set plan = run_plan() %}
-- The selected people, those with tasks and those on a list that TKPK decides on, by name and address: what a worklist, a BNBA and the
-- API need, and nobody else holds.
with
dicari as (
    select s.id_orang, s.terpilih
    from {{ ref('sasaran') }} as s
    left join (select distinct id_orang from {{ ref('tugas') }}) as t on s.id_orang = t.id_orang
    left join {{ ref('daftar_belum_masuk') }} as b on s.id_orang = b.id_orang
    where s.terpilih or t.id_orang is not null or b.id_orang is not null
),
rekaman as (
    select r.id_orang, r.record_key, case when r.status_program is null then '0' else '1' end as urut
    from {{ ref('padanan_record') }} as r
    inner join dicari as d on r.id_orang = d.id_orang
),
isi as (
    {% for model in staging_models() -%}
    select record_key, kk_bersih as kk, coalesce(alamat_jalan, alamat_mentah) as alamat, rt, rw from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),
-- the address is that of the fullest record, registries before programs, then the lowest key
alamat as (
    select
        r.id_orang,
        min_by(
            { 'kk': i.kk, 'alamat': i.alamat, 'rt': i.rt, 'rw': i.rw },
            case when i.alamat is null then '1' else '0' end || case when i.rt is null or i.rw is null then '1' else '0' end
            || case when i.kk is null then '1' else '0' end || r.urut || r.record_key
        ) as dari
    from rekaman as r
    inner join isi as i on r.record_key = i.record_key
    group by r.id_orang
),
-- what the answered registry calls a person, byte for byte; somebody may stand in it twice
balikan as (
    {% for item in contract_answered() -%}
    select r.id_orang, r.record_key, r.shdk, i.id_keluarga_sumber, i.id_sumber
    from {{ ref('padanan_record') }} as r
    inner join dicari as d on r.id_orang = d.id_orang
    inner join {{ ref(item['model']) }} as i on r.record_key = i.record_key
    where r.producer = {{ lit(item['id']) }} and i.id_sumber is not null
    {{ 'union all' if not loop.last }}
    {%- else -%}
    select
        cast(null as varchar) as id_orang, cast(null as varchar) as record_key, cast(null as integer) as shdk,
        cast(null as varchar) as id_keluarga_sumber, cast(null as varchar) as id_sumber
    where false
    {%- endfor %}
),
nomor as (
    select
        id_orang,
        list({ 'keluarga': id_keluarga_sumber, 'orang': id_sumber, 'shdk': shdk } order by id_sumber, record_key) as nomor_balikan
    from balikan
    group by id_orang
)
select
    {{ run_columns(plan) }},
    d.id_orang,
    d.terpilih,
    o.nik,
    a.dari['kk'] as no_kk,
    o.nama,
    o.tgl_lahir,
    o.jk,
    a.dari['alamat'] as alamat,
    a.dari['rt'] as rt,
    a.dari['rw'] as rw,
    n.nomor_balikan
from dicari as d
inner join {{ ref('padanan_orang') }} as o on d.id_orang = o.id_orang
left join alamat as a on d.id_orang = a.id_orang
left join nomor as n on d.id_orang = n.id_orang
