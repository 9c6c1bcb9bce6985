{#- NIK and No KK: cleaned once, their digits read by arithmetic. -#}

{#- The number without apostrophes, spaces, dots and what is not printed; null when nothing is left. -#}
{% macro clean_number(raw) -%}
    case when {{ full_match(raw, '[0-9]{16}') }} then {{ raw }}
    else nullif({{ replace_all(raw, "[''`´‘’ʼ.\\s\\pC\\pZ]", '') }}, '') end
{%- endmacro %}

{#- Which repairs clean_number made, in a fixed order; null when none. -#}
{% macro number_repairs(raw, clean) -%}
    case when {{ raw }} is distinct from {{ clean }} then nullif(concat_ws(',',
        case when {{ has_match(raw, "[''`´‘’ʼ]") }} then 'apostrof' end,
        case when {{ has_match(raw, "[\\s\\pZ]") }} then 'spasi' end,
        case when {{ has_match(raw, "[.]") }} then 'titik' end,
        case when {{ has_match(raw, "[^\\s\\pZ\\PC]") }} then 'tak_tercetak' end), '') end
{%- endmacro %}

{#- Sixteen digits as a whole number, else null. -#}
{% macro sixteen(clean) -%}
    case when length({{ clean }}) = 16 and {{ full_match(clean, '[0-9]{16}') }} then try_cast({{ clean }} as bigint) end
{%- endmacro %}

{#- Does DDMMYY inside the number exist; women's days are 40 higher in a NIK, never in a No KK. -#}
{% macro number_date_ok(number, women) -%}
    {%- set d = "(" ~ int_div(number, 100000000) ~ " % 100)" -%}
    {%- set m = "(" ~ int_div(number, 1000000) ~ " % 100)" -%}
    {%- set y = "(" ~ int_div(number, 10000) ~ " % 100)" -%}
    {%- set day = "(case when " ~ d ~ " > 40 then " ~ d ~ " - 40 else " ~ d ~ " end)" if women else d -%}
    ({{ day }} between 1 and case
        when {{ m }} in (1, 3, 5, 7, 8, 10, 12) then 31
        when {{ m }} in (4, 6, 9, 11) then 30
        when {{ m }} = 2 then case when {{ y }} % 4 = 0 then 29 else 28 end
        else 0 end)
{%- endmacro %}
