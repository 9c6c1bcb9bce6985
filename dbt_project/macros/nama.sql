{#- Names: cleaned for reading, and a form for comparison. -#}

{#- Degrees at the very end of a name in capitals, each a whole token behind a space or comma; null-safe text of a pattern. Short ones that
    are names too (ST is Siti, MA, SI) count only behind a comma. -#}
{% macro degrees_at_end() %}
    {%- set s = "S(?:\\. ?| )?(?:PD(?:\\.? ?(?:I|SD|K|AUD|PAUD|JAS))?|KOM(?:\\.? ?I)?|SOS(?:\\.? ?I)?|AG|SI|IP|KED|KEP|FARM|HUT|PSI|IKOM|SN|SY|PT|TP|AK|AB|AP|STAT|GZ|KM|KEB|FIL|HUM|ARS|TR(?:\\.? ?[A-Z]{1,5})?)|S\\. ?[HETPS](?:\\.? ?(?:I|SY))?" -%}
    {%- set m = "M(?:\\. ?| )?(?:PD(?:\\.? ?I)?|SI|KOM|HUM|KES|AG|SC|STAT|KEP|KEB|AK|SOS|EPID|SN|FARM|PSI|KN|ENG|TR(?:\\.? ?[A-Z]{1,5})?)|M\\. ?[MHTAEP](?:\\.? ?I)?|M\\.? ?B\\.? ?A|MM" -%}
    {%- set a = "A(?:\\. ?| )?MD(?:\\.? ?(?:KEB|KEP|KOM|GZ|KES|AK|RAD|FARM|LI|T|PK|FT|OT|PER|PD))?|A\\. ?(?:MA|P|KS)(?:\\.? ?PD)?" -%}
    {%- set any = s ~ "|" ~ m ~ "|" ~ a ~ "|SH|SE|SKM|STP|PH\\.? ?D|SP\\. ?[A-Z]{1,4}(?: ?\\(K\\))?|B\\. ?(?:SC|A|ENG)" -%}
    {%- set behind_comma = any ~ "|ST|SS|SP|SI|MA|MT|MH|LC|NERS|NS|APT|AK|CA|CPA|BSC|BA" -%}
    {{ return("(?: +|,[ ,.]*)(?:" ~ any ~ ")(?:[ ,.]+(?:" ~ any ~ "))*[ .,]*$|,[ ,.]*(?:" ~ behind_comma ~ ")(?:[ ,.]+(?:" ~ behind_comma ~ "))*[ .,]*$") }}
{% endmacro %}

{#- Upper case, no accents, degrees at the end dropped, apostrophes and invisible marks gone, other punctuation to one space; null when
    nothing was given. First of two steps, so that the text is not computed again at every mention in the second. -#}
{% macro name_plain(raw) -%}
    {%- set upper = "upper(" ~ strip_accents("trim(" ~ raw ~ ")") ~ ")" -%}
    {%- set untitled = "case when " ~ has_match(raw, "[.,]") ~ " then " ~ replace_all(upper, "^(.*?[A-Z].*?)(?:" ~ degrees_at_end() ~ ")", '\\1') ~ " else " ~ upper ~ " end" -%}
    case when {{ is_blank(raw) }} then null
    when {{ full_match(raw, '[A-Z]+( [A-Z]+)*') }} then {{ raw }}
    else nullif({{ spaced(untitled) }}, '') end
{%- endmacro %}

{#- Letters and digits alone, one space between words. -#}
{% macro spaced(upper_text) -%}
    trim({{ replace_all(replace_all(upper_text, "[''`´‘’ʼ\\p{Cf}\\pM]", ''), '[^\\pL\\pN]+', ' ') }})
{%- endmacro %}

{#- Second step: titles before the name, bin/binti and alm removed, unless nothing would be left. -#}
{% macro name_core(plain) -%}
    {%- set titles = "H|HJ|KH|DR|DRS|DRA|DRG|IR|PROF|TN|NY|SDR|SDRI|UST|USTADZ|USTADZAH|ALM|ALMH" -%}
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
