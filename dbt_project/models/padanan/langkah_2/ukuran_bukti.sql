{% set plan = run_plan() %}
select
    {{ run_columns(plan) }}
    {%- for column in evidence_columns('ukuran') %},
    p.{{ column[0] }}
    {%- endfor %}
from {{ evidence('ukuran', plan) }} as p
