{% set plan = run_plan() %}
-- Whoever has a reason that asks for a visit, that the padanan has not answered (celah_terjawab), and no line on the prelist, with
-- why: nobody is off the prelist unaccounted for.
with
alasan as (
    select
        r.id_orang,
        g.rule_id as kode,
        'diperbaiki_di_sumber' as alasan
    from {{ ref('gap') }} as g
    inner join {{ visits(plan) }} as k (producer, kode) on g.producer = k.producer and g.rule_id = k.kode
    inner join {{ ref('padanan_record') }} as r on g.record_key = r.record_key
    left join {{ ref('celah_terjawab') }} as j on g.record_key = j.record_key and g.rule_id = j.rule_id
    where j.record_key is null
    union all
    -- a desil above the line of the data sasaran is no evidence where the program's own rule does not have that limit
    select p.id_orang, 'desil_di_atas_batas', 'program_tanpa_batas_desil'
    from {{ recipients(plan) }} as p
    inner join {{ ref('padanan_orang') }} as o on p.id_orang = o.id_orang
    where o.desil > {{ desil_limit(plan) }} and not coalesce(o.desil > {{ own_limit(plan, 'p.producer') }}, false)
)
select
    {{ run_columns(plan) }},
    a.id_orang,
    string_agg(distinct a.alasan, ',' order by a.alasan) as alasan,
    string_agg(distinct a.kode, ',' order by a.kode) as kode,
    o.kode_kota,
    o.kode_kecamatan,
    o.kode_kelurahan
from alasan as a
inner join {{ ref('padanan_orang') }} as o on a.id_orang = o.id_orang
left join {{ ref('prelist') }} as p on a.id_orang = p.id_orang
where p.id_orang is null
group by a.id_orang, o.kode_kota, o.kode_kecamatan, o.kode_kelurahan
