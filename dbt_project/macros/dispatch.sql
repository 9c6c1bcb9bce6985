{#- What differs between engines sits behind these; models and the other macros stay in the common part of SQL. -#}

{% macro full_match(expr, pattern) %}{{ return(adapter.dispatch('full_match', 'padanan')(expr, pattern)) }}{% endmacro %}
{% macro default__full_match(expr, pattern) %}{{ return("regexp_full_match(" ~ expr ~ ", '" ~ pattern ~ "')") }}{% endmacro %}

{% macro has_match(expr, pattern) %}{{ return(adapter.dispatch('has_match', 'padanan')(expr, pattern)) }}{% endmacro %}
{% macro default__has_match(expr, pattern) %}{{ return("regexp_matches(" ~ expr ~ ", '" ~ pattern ~ "')") }}{% endmacro %}

{#- Replaces every match. -#}
{% macro replace_all(expr, pattern, by) %}{{ return(adapter.dispatch('replace_all', 'padanan')(expr, pattern, by)) }}{% endmacro %}
{% macro default__replace_all(expr, pattern, by) %}{{ return("regexp_replace(" ~ expr ~ ", '" ~ pattern ~ "', '" ~ by ~ "', 'g')") }}{% endmacro %}

{#- One group of the first match, null when there is none. -#}
{% macro take(expr, pattern, group) %}{{ return(adapter.dispatch('take', 'padanan')(expr, pattern, group)) }}{% endmacro %}
{% macro default__take(expr, pattern, group) %}{{ return("nullif(regexp_extract(" ~ expr ~ ", '" ~ pattern ~ "', " ~ group ~ "), '')") }}{% endmacro %}

{#- How many different texts the first group of all matches holds. -#}
{% macro distinct_groups(expr, pattern) %}{{ return(adapter.dispatch('distinct_groups', 'padanan')(expr, pattern)) }}{% endmacro %}
{% macro default__distinct_groups(expr, pattern) %}{{ return("len(list_distinct(regexp_extract_all(" ~ expr ~ ", '" ~ pattern ~ "', 1)))") }}{% endmacro %}

{% macro strip_accents(expr) %}{{ return(adapter.dispatch('strip_accents', 'padanan')(expr)) }}{% endmacro %}
{% macro default__strip_accents(expr) %}{{ return("strip_accents(" ~ expr ~ ")") }}{% endmacro %}

{% macro jaro_winkler(a, b) %}{{ return(adapter.dispatch('jaro_winkler', 'padanan')(a, b)) }}{% endmacro %}
{% macro default__jaro_winkler(a, b) %}{{ return("jaro_winkler_similarity(" ~ a ~ ", " ~ b ~ ")") }}{% endmacro %}

{#- Whole-number division. -#}
{% macro int_div(a, b) %}{{ return(adapter.dispatch('int_div', 'padanan')(a, b)) }}{% endmacro %}
{% macro default__int_div(a, b) %}{{ return("(" ~ a ~ " // " ~ b ~ ")") }}{% endmacro %}

{#- Every word of text a (separated by one space) occurs in text b. -#}
{% macro words_within(a, b) %}{{ return(adapter.dispatch('words_within', 'padanan')(a, b)) }}{% endmacro %}
{% macro default__words_within(a, b) %}{{ return("list_has_all(string_split(" ~ b ~ ", ' '), string_split(" ~ a ~ ", ' '))") }}{% endmacro %}

{#- Every word of a text of two words or more (separated by one space) in its one form; `forms`: form -> the other spellings. -#}
{% macro map_words(expr, forms) %}{{ return(adapter.dispatch('map_words', 'padanan')(expr, forms)) }}{% endmacro %}
{% macro word_form(word, forms) -%}
    case{% for form, others in forms.items() %} when {{ word }} in ({{ lits(others) }}) then {{ lit(form) }}{% endfor %} else {{ word }} end
{%- endmacro %}
{% macro default__map_words(expr, forms) -%}
    case when contains({{ expr }}, ' ')
        then array_to_string(list_transform(string_split({{ expr }}, ' '), lambda w: {{ word_form('w', forms) }}), ' ') else {{ expr }} end
{%- endmacro %}

{#- Days since 1899-12-30, the way spreadsheets store dates. -#}
{% macro serial_date(expr) %}{{ return(adapter.dispatch('serial_date', 'padanan')(expr)) }}{% endmacro %}
{% macro default__serial_date(expr) %}{{ return("(date '1899-12-30' + try_cast(" ~ expr ~ " as integer))") }}{% endmacro %}

{#- How a name sounds: old spelling made new, doubled letters and silent h dropped (`phonetic`). -#}
{% macro phonetic(expr) %}{{ return(adapter.dispatch('phonetic', 'padanan')(expr)) }}{% endmacro %}
{% macro default__phonetic(expr) -%}
    {%- set ns = namespace(out=expr) -%}
    {%- for old, new in [('OE', 'U'), ('DJ', 'J'), ('TJ', 'C'), ('SJ', 'SY'), ('NJ', 'NY'), ('CH', 'KH'), ('TH', 'T'), ('DH', 'D'), ('PH', 'F'), ('V', 'F'), ('Z', 'S')] -%}
        {%- set ns.out = "replace(" ~ ns.out ~ ", '" ~ old ~ "', '" ~ new ~ "')" -%}
    {%- endfor -%}
    {%- for letter in ['A', 'B', 'D', 'F', 'G', 'I', 'K', 'L', 'M', 'N', 'P', 'R', 'S', 'T', 'U'] -%}
        {%- set ns.out = "replace(" ~ ns.out ~ ", '" ~ letter ~ letter ~ "', '" ~ letter ~ "')" -%}
    {%- endfor -%}
    {{ return(ns.out) }}
{%- endmacro %}
