{#- A join neither multiplies nor loses rows: as many rows as another model, or as all staging models together. -#}
{% test sama_banyak(model, dengan) %}
with
di_sini as (select count(*) as n from {{ model }}),
di_sana as (
    {% if dengan == 'staging' %}
    select sum(n) as n from (
        {% for name in staging_models() %}select count(*) as n from {{ ref(name) }}{{ ' union all ' if not loop.last }}{% endfor %}
    )
    {% else %}
    select count(*) as n from {{ ref(dengan) }}
    {% endif %}
)
select di_sini.n as di_sini, di_sana.n as di_sana
from di_sini cross join di_sana
where di_sini.n <> di_sana.n
{% endtest %}
