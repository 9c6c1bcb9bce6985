{% set plan = run_plan() %}
select
    {{ run_columns(plan) }}
    {%- for column in evidence_columns('ganda') %},
    p.{{ column[0] }}
    {%- endfor %}
from {{ evidence('ganda', plan) }} as p
