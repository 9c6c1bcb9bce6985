{#- The columns together name one row. Only a count leaves the test: a failing test must not print keys. -#}
{% test kunci_unik(model, kolom) %}
select n_kembar
from (
    select count(*) as n_kembar
    from (
        select {{ kolom | join(', ') }}
        from {{ model }}
        group by {{ kolom | join(', ') }}
        having count(*) > 1
    )
)
where n_kembar > 0
{% endtest %}
