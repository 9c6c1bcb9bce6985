{% set plan = run_plan() %}
-- F24: one open line for each person whom the field has to see, with the codes of all reasons; nobody leaves it for want of a NIK.
with
per_alasan as (
    select distinct id_orang, unnest(string_split(kode, ',')) as kode
    from {{ ref('tugas') }}
    where saluran = 'lapangan'
),
alasan as (
    select id_orang, string_agg(kode, ',' order by kode) as kode_alasan
    from per_alasan
    group by id_orang
),
tugas as (
    select id_orang, count(*) as jumlah_tugas, min(tenggat) as tenggat
    from {{ ref('tugas') }}
    where saluran = 'lapangan'
    group by id_orang
)
select
    {{ run_columns(plan) }},
    t.id_orang,
    a.kode_alasan,
    t.jumlah_tugas,
    t.tenggat,
    'terbuka' as status,
    o.status_identitas,
    s.terpilih,
    o.kode_kota,
    o.kode_kecamatan,
    o.kode_kelurahan
from tugas as t
inner join alasan as a on t.id_orang = a.id_orang
inner join {{ ref('padanan_orang') }} as o on t.id_orang = o.id_orang
inner join {{ ref('sasaran') }} as s on t.id_orang = s.id_orang
