{% set plan = run_plan() %}
-- Who is served by which program, themselves or, where it serves families, through their family.
with
penerima as materialized (
    select * from {{ recipients(plan) }} as p
),
keluarga_terlayani as (
    select k.id_keluarga, p.producer
    from penerima as p
    inner join {{ ref('keluarga_orang') }} as k on p.id_orang = k.id_orang
    where p.unit = 'keluarga'
    union
    -- a program's own family key is the keyed number of the card, as the register's is
    select id_keluarga, producer from penerima where unit = 'keluarga' and id_keluarga is not null
)
select id_orang, producer as program from penerima
union
select k.id_orang, t.producer
from {{ ref('keluarga_orang') }} as k
inner join keluarga_terlayani as t on k.id_keluarga = t.id_keluarga
