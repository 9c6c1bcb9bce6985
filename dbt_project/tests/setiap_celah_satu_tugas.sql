{{ config(tags=['panggilan_2', 'review']) }}
-- F11: every gap stands in exactly one open task, that of its record, or is answered by the padanan; never both, never neither.
-- A blocking record's task says so and has an owner.
with
ditangani as (
    select record_key, unnest(string_split(kode, ',')) as rule_id, status = 'terbuka' and pemilik is not null as terbuka, blok
    from {{ ref('tugas') }}
    where record_key is not null
    union all
    select record_key, rule_id, true, true from {{ ref('celah_terjawab') }}
)
select g.record_key, count(d.record_key) as tempat
from {{ ref('gap') }} as g
left join ditangani as d on g.record_key = d.record_key and g.rule_id = d.rule_id
group by g.record_key, g.rule_id, g.level
having count(d.record_key) <> 1 or not bool_and(d.terbuka and (d.blok or g.level <> 'blok'))
