{% set plan = run_plan() %}
-- F47: people by disability, kota, selection and gap. Counts only: disability is nobody's column here (UU 24/2013 art. 84).
-- Whoever one source calls disabled is counted so, also where another source says no.
with
-- a card for disabled people: whoever holds it is one
pernyataan as (
    {{ statements(plan, 'disabilitas', 'ragam_disabilitas') }}
),
dinyatakan as (
    select r.id_orang, max(case when p.nyata = 'ya' then 2 when p.nyata = 'tidak' then 1 else 0 end) as nyata
    from pernyataan as p
    inner join {{ ref('padanan_record') }} as r on p.record_key = r.record_key
    group by r.id_orang
),
bercelah as (
    select distinct r.id_orang
    from {{ ref('gap') }} as g
    inner join {{ ref('padanan_record') }} as r on g.producer = r.producer and g.record_key = r.record_key
)
select
    {{ run_columns(plan) }},
    coalesce(o.kode_kota, '') as kode_kota,
    case d.nyata when 2 then 'ya' when 1 then 'tidak' else 'tidak_diketahui' end as disabilitas,
    coalesce(s.terpilih, false) as terpilih,
    b.id_orang is not null as ada_celah,
    count(*) as jumlah
from {{ ref('padanan_orang') }} as o
left join {{ ref('sasaran') }} as s on o.id_orang = s.id_orang
left join dinyatakan as d on o.id_orang = d.id_orang
left join bercelah as b on o.id_orang = b.id_orang
group by all
