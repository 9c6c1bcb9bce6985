{{ config(tags=['panggilan_2', 'review']) }}
{% set plan = run_plan() %}
-- F24: whoever a task could have sent somebody to, or whose desil is above the line of the data sasaran, is on the prelist or accounted for.
with
dapat_didatangi as (
    select t.id_orang, t.producer, unnest(string_split(t.kode, ',')) as kode
    from {{ ref('tugas') }} as t
    where t.id_orang is not null
),
orang as (
    select d.id_orang
    from dapat_didatangi as d
    inner join {{ visits(plan) }} as k (producer, kode) on coalesce(d.producer, '') = k.producer and d.kode = k.kode
    union
    select o.id_orang
    from {{ ref('padanan_orang') }} as o
    inner join {{ recipients(plan) }} as p on o.id_orang = p.id_orang
    where o.desil > {{ desil_limit(plan) }}
)
select o.id_orang
from orang as o
left join {{ ref('prelist') }} as p on o.id_orang = p.id_orang
left join {{ ref('tidak_didatangi') }} as t on o.id_orang = t.id_orang
where p.id_orang is null and t.id_orang is null
union all
-- and nobody is both
select p.id_orang
from {{ ref('prelist') }} as p
inner join {{ ref('tidak_didatangi') }} as t on p.id_orang = t.id_orang
