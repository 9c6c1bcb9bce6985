{% set plan = run_plan() %}
{% set lapangan = field_rules(plan) %}
-- F24: one open line for each person whom the field has to see, with the codes of all reasons and the one question to ask; nobody
-- leaves it for want of a NIK.
with
per_alasan as (
    select distinct id_orang, unnest(string_split(kode, ',')) as kode
    from {{ ref('tugas') }}
    where saluran = 'lapangan'
),
-- the first question in the order of lapangan.yaml that one of the reasons asks
ditanya as (
    {% if lapangan['pertanyaan'] -%}
    select * from (values
        {% for item in lapangan['pertanyaan'] -%}{%- set urut = '%02d' | format(loop.index0) -%}{%- set terakhir = loop.last -%}
        {%- for kode in item['kode'] -%}
        ({{ lit(kode) }}, {{ lit(urut ~ item['id']) }}){{ ', ' if not (terakhir and loop.last) }}
        {% endfor -%}
        {%- endfor -%}
    ) as t (kode, pertanyaan)
    {%- else -%}
    select '' as kode, '' as pertanyaan where false
    {%- endif %}
),
alasan as (
    select
        p.id_orang,
        string_agg(p.kode, ',' order by p.kode) as kode_alasan,
        substr(min(d.pertanyaan), 3) as pertanyaan
    from per_alasan as p
    left join ditanya as d on p.kode = d.kode
    group by p.id_orang
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
    a.pertanyaan,
    l.golongan,
    t.jumlah_tugas,
    t.tenggat,
    case when u.hasil_berlaku then 'selesai' else 'terbuka' end as status,
    o.status_identitas,
    s.terpilih,
    o.kode_kota,
    o.kode_kecamatan,
    o.kode_kelurahan
from tugas as t
inner join alasan as a on t.id_orang = a.id_orang
inner join {{ ref('padanan_orang') }} as o on t.id_orang = o.id_orang
inner join {{ ref('sasaran') }} as s on t.id_orang = s.id_orang
left join {{ ref('orang_lapangan') }} as l on t.id_orang = l.id_orang
left join {{ field_results(plan) }} as u on t.id_orang = u.id_orang
