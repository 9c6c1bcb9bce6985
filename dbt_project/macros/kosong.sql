{#- What stands for "nothing": the list of `expectations/code_lists.yaml` (`kosong`), which the run plan carries. -#}

{#- The list of this run; an empty one while dbt parses and where no plan is. -#}
{% macro null_values() %}
    {%- set empty = {'pola': '[ -/:-@]*', 'pola_nol': '[ -/:-@]*', 'nomor': {}} -%}
    {%- if not execute or not has_run_plan() -%}{{ return(empty) }}{%- endif -%}
    {%- set found = asked_once("select cast(json_extract(content, '$.kosong') as varchar) from read_text(" ~ lit(run_plan_path()) ~ ")") -%}
    {{ return(fromjson(found) if found else empty) }}
{% endmacro %}

{#- Nothing was given: null, spaces and punctuation alone, or a word of the list; `zeros` where zeros alone are nothing too. -#}
{% macro is_blank(raw, zeros=false) -%}
    {%- set values = null_values() -%}
    ({{ raw }} is null or {{ full_match(raw, (values['pola_nol'] if zeros else values['pola']) | replace("'", "''")) }})
{%- endmacro %}

{#- The text, trimmed, or null where it is blank. -#}
{% macro filled_text(raw) -%}
    case when not {{ is_blank(raw) }} then trim({{ raw }}) end
{%- endmacro %}
