{#- The run plan that Python wrote, and small helpers to put its values into SQL. -#}

{% macro home() %}{{ return(env_var('PADANAN_HOME', '../data')) }}{% endmacro %}

{#- The plan as a dict; an empty plan while dbt parses, and when the file is not there (docs, compile). -#}
{% macro run_plan() %}
    {% set empty = {'periode': '1970-01-01', 'label': '', 'revisi': 0, 'cutoff': '1970-01-01', 'contracts': [], 'sasaran': {}} %}
    {% if not execute %}{{ return(empty) }}{% endif %}
    {% set path = home() ~ '/warehouse/rencana.json' %}
    {% set found = run_query("select count(*) from glob(" ~ lit(path) ~ ")").rows[0][0] %}
    {% if found == 0 %}{{ return(empty) }}{% endif %}
    {{ return(fromjson(run_query("select content from read_text(" ~ lit(path) ~ ")").rows[0][0])) }}
{% endmacro %}

{#- A SQL text literal, or null. -#}
{% macro lit(value) %}
    {%- if value is none -%}{{ return('null') }}{%- endif -%}
    {{ return("'" ~ (value | string | replace("'", "''")) ~ "'") }}
{% endmacro %}

{% macro plan_contract(plan, id) %}
    {% for contract in plan['contracts'] if contract['id'] == id %}{{ return(contract) }}{% endfor %}
    {{ return(none) }}
{% endmacro %}

{#- Contracts of one staging model, in plan order. -#}
{% macro plan_contracts_of(plan, model) %}
    {% set found = [] %}
    {% for contract in plan['contracts'] if contract['stage_model'] == model %}{% do found.append(contract) %}{% endfor %}
    {{ return(found) }}
{% endmacro %}

{#- Columns that every table carries. -#}
{% macro run_columns(plan) -%}
    {{ lit(plan['periode']) }} as periode, cast({{ plan['revisi'] }} as integer) as revisi
{%- endmacro %}
