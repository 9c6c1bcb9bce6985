{#- Names: cleaned for reading, and a form for comparison. -#}

{#- Upper case, no accents, degrees behind the name dropped, punctuation to one space. First of two steps, so that
    the text is not computed again at every mention in the second. -#}
{% macro name_plain(raw) -%}
    {%- set degrees = "[ ,]+(S\\.? ?(PD|PDI|KOM|SOS|AG|SI|IP|KED|KEP|FARM|HUT|PSI|IKOM|TR|SN|SY|PT|TP)|S\\.(H|E|T|P)|SH|SE|SKM|SPD|SKOM|SAG|M\\.(PD|SI|M|H|T|KOM|AG|HUM|KES|A)|MM|MBA|MPD|MSI|PHD|A\\.?MD)\\b\\.?" -%}
    {%- set upper = "upper(" ~ strip_accents("trim(" ~ raw ~ ")") ~ ")" -%}
    {%- set untitled = "case when " ~ has_match(raw, "[.,]") ~ " then " ~ replace_all(upper, degrees, '') ~ " else " ~ upper ~ " end" -%}
    case when {{ full_match(raw, '[A-Z]+( [A-Z]+)*') }} then {{ raw }}
    else nullif(trim({{ replace_all(replace_all(untitled, "[''`´‘’]", ''), '[^\\pL\\pN]+', ' ') }}), '') end
{%- endmacro %}

{#- Second step: titles before the name, bin/binti and alm removed, unless nothing would be left. -#}
{% macro name_core(plain) -%}
    {%- set titles = "H|HJ|KH|DR|DRS|DRA|IR|PROF|TN|NY|SDR|SDRI|UST|USTADZ|USTADZAH|ALM|ALMH" -%}
    {%- set words = "( |^)(BIN|BINTI|BT|ALM|ALMH|ALMN|ALMARHUM|ALMARHUMAH)( |$)" -%}
    case when {{ has_match(plain, "^(" ~ titles ~ ") |" ~ words) }}
    then coalesce(nullif(trim({{ replace_all(replace_all(plain, "^((" ~ titles ~ ") )+", ''), words, ' ') }}), ''), {{ plain }})
    else {{ plain }} end
{%- endmacro %}

{#- Which repairs name_core and name_plain made; null when none. -#}
{% macro name_repairs(raw, clean) -%}
    case when {{ raw }} is distinct from {{ clean }} then nullif(concat_ws(',',
        case when {{ raw }} <> upper({{ raw }}) then 'huruf_besar' end,
        case when {{ raw }} <> {{ strip_accents(raw) }} then 'aksen' end,
        case when {{ has_match(raw, '^\\s|\\s$|\\s\\s') }} then 'spasi' end,
        case when {{ has_match(raw, '[^\\pL\\pN\\s]') }} then 'tanda_baca' end,
        case when length({{ replace_all(raw, '[^\\pL\\pN]', '') }}) > length(replace(coalesce({{ clean }}, ''), ' ', '')) then 'gelar' end), '') end
{%- endmacro %}

{#- The form two names are compared in: short forms of the commonest names written out, old spelling made new. -#}
{% macro name_for_comparison(clean) -%}
    {%- set out = clean -%}
    {%- set out = replace_all(out, '^(M|MUH|MOH|MOCH|MUCH|MUHAMAD|MOHAMAD|MOHAMMAD|MOCHAMAD|MOCHAMMAD|MUCHAMAD|MUHAMED|MOHAMMED) ', 'MUHAMMAD ') -%}
    {%- set out = replace_all(out, '( |^)ABD ', '\\1ABDUL ') -%}
    {%- set out = replace_all(out, '^ST ', 'SITI ') -%}
    {{ phonetic(out) }}
{%- endmacro %}
