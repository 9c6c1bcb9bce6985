{% set plan = run_plan() %}
select
    {{ run_columns(plan) }},
    {% for column in evidence_columns('ukuran') %}{{ column[0] }}{{ ', ' if not loop.last }}{% endfor %}
from {{ evidence('ukuran', plan) }} as p
