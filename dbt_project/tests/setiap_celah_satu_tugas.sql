{{ config(tags=['panggilan_2', 'review']) }}
-- F11: every gap stands in exactly one open task, that of its record; every blocking record's task says so and has an owner.
select g.record_key, count(t.id_tugas) as tugas
from {{ ref('gap') }} as g
left join {{ ref('tugas') }} as t on g.record_key = t.record_key and list_contains(string_split(t.kode, ','), g.rule_id)
group by g.record_key, g.rule_id, g.level
having count(t.id_tugas) <> 1 or not bool_and(t.status = 'terbuka' and t.pemilik is not null and (t.blok or g.level <> 'blok'))
