{% set plan = run_plan() %}
select
    {{ run_columns(plan) }}
    {%- for column in evidence_columns('pasangan') %},
    p.{{ column[0] }}
    {%- endfor %}
from {{ evidence('pasangan', plan) }} as p
