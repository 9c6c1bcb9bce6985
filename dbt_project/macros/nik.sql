{#- NIK and No KK: cleaned once, their digits read by arithmetic. -#}

{#- Sixteen digits in regular groups with one kind of separator between them: equal groups, or the parts of the number. A lone
    dot and groups of three are a number's decimals and thousands, never a grouping. -#}
{% macro regular_groups() %}
    {%- set forms = [] -%}
    {%- for separator in ["[\\s\\x{a0}\\x{2000}-\\x{200a}\\x{202f}\\x{3000}]{1,2}", "-", "[.]"] -%}
        {%- for groups in [[6, 6, 4], [4, 4, 4, 4], [2, 2, 2, 6, 4], [2, 2, 2, 2, 2, 2, 4], [6, 2, 2, 2, 4], [2, 2, 2, 2, 2, 2, 2, 2], [8, 8]] if separator != "[.]" or groups | length > 2 -%}
            {%- set parts = [] -%}
            {%- for n in groups -%}{%- do parts.append("[0-9]{" ~ n ~ "}") -%}{%- endfor -%}
            {%- do forms.append(parts | join(separator)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(forms | join('|')) }}
{% endmacro %}

{#- The number as it stands between apostrophes, quotes, `="…"`, spaces and what is not printed; invisible marks inside it go. -#}
{% macro bare_number(raw) -%}
    {%- set edge = "[\\s\\pZ\\pC=\"''`´‘’ʼ]" -%}
    regexp_extract({{ replace_all(raw, '\\p{Cf}', '') }}, '(?s)^{{ edge }}*(.*?){{ edge }}*$', 1)
{%- endmacro %}

{#- The bare number, its separators dropped only where they group sixteen digits regularly; else as it is written. Null when nothing was
    given. Never sixteen digits out of anything else. -#}
{% macro clean_number(raw) -%}
    case when {{ full_match(raw, '[0-9]{16}') }} then {{ raw }}
    when {{ full_match(raw, "[''`´‘’ʼ\\s]*[0-9]{16}[''`´‘’ʼ\\s]*") }} then {{ replace_all(raw, '[^0-9]', '') }}
    when {{ is_blank(raw, zeros=true) }} then null
    when {{ full_match(bare_number(raw), regular_groups()) }} then {{ replace_all(bare_number(raw), '[^0-9]', '') }}
    else nullif({{ bare_number(raw) }}, '') end
{%- endmacro %}

{#- Which repairs clean_number made, in a fixed order; null when none. -#}
{% macro number_repairs(raw, clean) -%}
    case when {{ clean }} <> {{ raw }} then nullif(concat_ws(',',
        case when {{ has_match(raw, "[''`´‘’ʼ]") }} then 'apostrof' end,
        case when {{ has_match(raw, '["=]') }} then 'kutip' end,
        case when {{ has_match(raw, "[\\s\\pZ]") }} and not coalesce({{ has_match(clean, "[\\s\\pZ]") }}, false) then 'spasi' end,
        case when {{ has_match(raw, "[.]") }} and not coalesce({{ has_match(clean, "[.]") }}, false) then 'titik' end,
        case when {{ has_match(raw, "-") }} and not coalesce({{ has_match(clean, "-") }}, false) then 'tanda_hubung' end,
        case when {{ has_match(raw, "[^\\s\\pZ\\PC]") }} then 'tak_tercetak' end), '') end
{%- endmacro %}

{#- Sixteen digits as a whole number, else null. -#}
{% macro sixteen(clean) -%}
    case when length({{ clean }}) = 16 and {{ full_match(clean, '[0-9]{16}') }} then try_cast({{ clean }} as bigint) end
{%- endmacro %}

{#- What a number says that stands for none: a number of the list, or one repeated digit; null for every other number. -#}
{% macro stand_in(clean, number) -%}
    case
        when {{ number }} is null then case when {{ full_match(clean, '0+|1+|2+|3+|4+|5+|6+|7+|8+|9+') }} then 'angka_pengganti' end
        {%- for value, meaning in null_values()['nomor'].items() %}
        when {{ number }} = {{ value }} then {{ lit(meaning) }}
        {%- endfor %}
        when {{ number }} % 1111111111111111 = 0 then 'angka_pengganti'
    end
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

{#- DDMMYY of a NIK as six digits. -#}
{% macro birth_digits(number) -%}
    lpad(cast(case when {{ int_div(number, 100000000) }} % 100 > 40 then {{ int_div(number, 10000) }} % 1000000 - 400000
        else {{ int_div(number, 10000) }} % 1000000 end as varchar), 6, '0')
{%- endmacro %}
