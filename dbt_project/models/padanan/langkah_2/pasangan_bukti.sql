{% set plan = run_plan() %}
select
    {{ run_columns(plan) }},
    {% for column in evidence_columns('pasangan') %}{{ column[0] }}{{ ', ' if not loop.last }}{% endfor %}
from {{ evidence('pasangan', plan) }} as p
