{{ config(tags=['panggilan_2', 'review']) }}
{% set plan = run_plan() %}
-- F11: every gap stands in exactly one task, that of its record, or is answered by the padanan; never both, never neither. The task is
-- open unless a visit whose result still stands answered it. A blocking record's task says so and has an owner.
with
ditangani as (
    select
        t.record_key,
        unnest(string_split(t.kode, ',')) as rule_id,
        t.pemilik is not null
        and t.status = case when t.saluran = 'lapangan' and coalesce(u.hasil_berlaku, false) then 'selesai' else 'terbuka' end as terbuka,
        t.blok
    from {{ ref('tugas') }} as t
    left join {{ field_results(plan) }} as u on t.id_orang = u.id_orang
    where t.record_key is not null
    union all
    select record_key, rule_id, true, true from {{ ref('celah_terjawab') }}
)
select g.record_key, count(d.record_key) as tempat
from {{ ref('gap') }} as g
left join ditangani as d on g.record_key = d.record_key and g.rule_id = d.rule_id
group by g.record_key, g.rule_id, g.level
having count(d.record_key) <> 1 or not bool_and(d.terbuka and (d.blok or g.level <> 'blok'))
