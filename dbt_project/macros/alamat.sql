{#- Addresses: RT and RW from their own columns or from the text, and what remains of the street. -#}

{#- Blank, dash or zeros: nothing was given. -#}
{% macro given(raw) -%}
    ({{ raw }} is not null and trim({{ raw }}) not in ('', '-', '--', '0', '00', '000'))
{%- endmacro %}

{#- Three digits, or null for nothing and for zero. -#}
{% macro three_digits(digits) -%}
    lpad(nullif(ltrim({{ digits }}, '0'), ''), 3, '0')
{%- endmacro %}

{#- Does the text mention RT or RW at all (as a word, or as 003/005)? -#}
{% macro mentions_rt_rw(upper_text) -%}
    {{ has_match(upper_text, '\\bR[TW]([^A-Z]|$)|\\b[0-9]{3} ?/ ?[0-9]{3}\\b') }}
{%- endmacro %}

{#- RT and RW of one text in capitals, in one pass: `RT 003/RW 05`, `RT.3/5`, `RT/RW 003/005`, `003/005`, RW before RT, or one alone.
    Returns a struct: g1, g2 = RT and RW; g3, g4 = RW and RT; h1 = RT alone. Use rt_of and rw_of on it. -#}
{% macro rt_rw_parts(upper_text) %}{{ return(adapter.dispatch('rt_rw_parts', 'padanan')(upper_text)) }}{% endmacro %}
{% macro default__rt_rw_parts(upper_text) -%}
    {%- set number = "0*([0-9]{1,3})" -%}
    {%- set pattern -%}
        \bRT[^A-Z0-9]{0,3}RW[^A-Z0-9]{0,3}{{ number }}[^A-Z0-9]{1,4}{{ number }}\b|\bRT[^A-Z0-9]{0,3}{{ number }}(?:[^A-Z0-9]{0,4}RW[^A-Z0-9]{0,3}| ?[/-] ?){{ number }}\b|\bRW[^A-Z0-9]{0,3}{{ number }}(?:[^A-Z0-9]{0,4}RT[^A-Z0-9]{0,3}| ?[/-] ?){{ number }}\b|\b([0-9]{3}) ?/ ?([0-9]{3})\b|\bRT[^A-Z0-9]{0,3}{{ number }}\b
    {%- endset -%}
    regexp_extract({{ upper_text }}, '{{ pattern }}', ['a1', 'a2', 'b1', 'b2', 'c2', 'c1', 'd1', 'd2', 'e1'])
{%- endmacro %}
{% macro rt_of(parts) -%}
    nullif(concat({{ parts }}.a1, {{ parts }}.b1, {{ parts }}.c1, {{ parts }}.d1, {{ parts }}.e1), '')
{%- endmacro %}
{#- RW of the same struct; RW that stands apart from RT (`RW 05 KP BARU`) is looked for on its own. -#}
{% macro rw_of(parts, upper_text) -%}
    coalesce(nullif(concat({{ parts }}.a2, {{ parts }}.b2, {{ parts }}.c2, {{ parts }}.d2), ''), {{ take(upper_text, '\\bRW[^A-Z0-9]{0,3}0*([0-9]{1,3})\\b', 1) }})
{%- endmacro %}

{#- The digits of a column of its own: `3`, `003`, `RT 003`, `RW.5`. -#}
{% macro rt_rw_column(raw) -%}
    {{ take("upper(" ~ raw ~ ")", '^[^A-Z0-9]*(?:R[TW])?[^A-Z0-9]*0*([0-9]{1,3})[^A-Z0-9]*$', 1) }}
{%- endmacro %}

{#- What is left of the address without RT/RW, kelurahan and kecamatan; null when no word is left. -#}
{% macro street(upper_text, has_rt_rw) -%}
    {%- set place = "\\b(KEL|KELURAHAN|KEC|KECAMATAN)[. :]+[^,;]*" -%}
    {%- set rtrw = "\\b(RT[^A-Z0-9]{0,3}RW|R[TW])([^A-Z0-9]+|$)?([0-9]+)?([^A-Z0-9]{0,3}[0-9]+\\b)?|\\b[0-9]{3} ?/ ?[0-9]{3}\\b" -%}
    case when {{ has_rt_rw }} or {{ has_match(upper_text, "\\bKE[LC]") }}
    then nullif({{ take("trim(" ~ replace_all(replace_all(upper_text, rtrw, ' '), place, ' ') ~ ", ' ,;./-')", "^(.*[A-Z]{2}.*)$", 1) }}, '')
    else {{ take(upper_text, "^(.*[A-Z]{2}.*)$", 1) }} end
{%- endmacro %}
