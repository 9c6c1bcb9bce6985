{#- Addresses: RT and RW from their own columns or from the text, and what remains of the street. -#}

{#- Not blank, no word for nothing, not zeros alone. -#}
{% macro given(raw) -%}
    (not {{ is_blank(raw, zeros=true) }})
{%- endmacro %}

{#- Three digits, or null for nothing and for zero. -#}
{% macro three_digits(digits) -%}
    lpad(nullif(ltrim({{ digits }}, '0'), ''), 3, '0')
{%- endmacro %}

{#- Is RT or RW written out as a word? -#}
{% macro mentions_rt_rw(upper_text) -%}
    {{ has_match(upper_text, '\\bR[TW]([^A-Z]|$)') }}
{%- endmacro %}

{#- An address in capitals on one line, R.T. and R.W. before a number without their dots (JL. R.W. MONGINSIDI keeps them). -#}
{% macro address_plain(upper_text) -%}
    case when contains({{ upper_text }}, 'R.') or contains({{ upper_text }}, chr(10)) or contains({{ upper_text }}, chr(13)) or contains({{ upper_text }}, chr(9))
    then {{ replace_all(replace_all(upper_text, '\\bR[.] ?([TW])\\b[.]?([^A-Z0-9]{0,3}[0-9])', 'R\\1\\2'), '[\\r\\n\\t]+', ' ') }} else {{ upper_text }} end
{%- endmacro %}

{#- More than one RT or RW of different numbers: which one is meant is not said. -#}
{% macro contradicts(text, word) -%}
    case when {{ has_match(text, '\\b' ~ word ~ '[^A-Z0-9]{0,3}[0-9].*[^A-Z]' ~ word ~ '[^A-Z0-9]{0,3}[0-9]') }}
    then {{ distinct_groups(text, '\\b' ~ word ~ '[^A-Z0-9]{0,3}0*([0-9]+)') }} > 1 else false end
{%- endmacro %}

{#- More numbers behind RT (word RT, other RW) or RW than one pair: `RT 1-3 RW 2`, `RT.1/2/3`, `RW 2 RT 1/3`, `RT 5 6`. Which is meant is
    not said; the number behind the other word, when it stands alone, is. -#}
{% macro many_numbers(text, word, other) -%}
    {%- set n = "[0-9]{1,3}" -%}
    {%- set own = "\\b" ~ word ~ "[^A-Z0-9]{0,3}" -%}
    {%- set apart = own ~ n ~ "(?: ?[,;&+] ?| )(?:(?:DAN|SD|S[./]D[.]?) )?" ~ n ~ "\\b" -%}
    ({{ has_match(text, own ~ "(?:RW[^A-Z0-9]{0,3})?" ~ n ~ "(?: ?[/-] ?" ~ n ~ "){2}\\b") }}
    or ({{ has_match(text, own ~ n ~ " ?[/-] ?" ~ n ~ "\\b") }} and {{ has_match(text, "\\b" ~ other ~ "[^A-Z0-9]{0,3}[0-9]") }})
    or ({{ has_match(text, apart) }} and not {{ has_match(text, "\\bRT[^A-Z0-9]{0,3}RW") }}))
{%- endmacro %}

{#- House, block, floor and unit numbers: what stands behind these words is never RT and RW. -#}
{% macro house_number() %}
    {{ return("\\b(?:NO|NOMOR|NOMER|NMR|BLOK|BLOCK|BLK|KAV|KAVLING|LT|LANTAI|UNIT|TOWER|KAMAR|PETAK|GEDUNG|RUMAH|KM)\\b[^A-Z0-9]*(?:[A-Z]{1,2}[0-9]{0,3}[^A-Z0-9]+)?[0-9]+[A-Z]?(?: ?[/-] ?[0-9]+[A-Z]?)*") }}
{% endmacro %}

{#- `003/005` without a word, as RT and RW are written (no RT or RW of Jakarta reaches 100). -#}
{% macro bare_pair() %}{{ return("\\b0[0-9]{2} ?/ ?0[0-9]{2}\\b") }}{% endmacro %}

{#- The pair without a word that is no house number; null when there is none. -#}
{% macro unlabelled_pair(upper_text) -%}
    case when contains({{ upper_text }}, '/') and {{ has_match(upper_text, bare_pair()) }}
    then {{ take(replace_all(upper_text, house_number(), ' # '), '(' ~ bare_pair() ~ ')', 1) }} end
{%- endmacro %}

{#- RT and RW of one text in capitals, in one pass: `RT 003/RW 05`, `RT.3/5`, `RT/RW 003/005`, RW before RT, or one alone; what carries no
    such word is no RT. Returns a struct, one pair of fields for each form. Use rt_of and rw_of on it. -#}
{% macro rt_rw_parts(upper_text) %}{{ return(adapter.dispatch('rt_rw_parts', 'padanan')(upper_text)) }}{% endmacro %}
{% macro default__rt_rw_parts(upper_text) -%}
    {%- set number = "0*([0-9]{1,3})" -%}
    {%- set pattern -%}
        \bRT[^A-Z0-9]{0,3}RW[^A-Z0-9]{0,3}{{ number }}[^A-Z0-9]{1,4}{{ number }}\b|\bRT[^A-Z0-9]{0,3}{{ number }}(?:[^A-Z0-9]{0,4}RW[^A-Z0-9]{0,3}| ?[/-] ?){{ number }}\b|\bRW[^A-Z0-9]{0,3}{{ number }}(?:[^A-Z0-9]{0,4}RT[^A-Z0-9]{0,3}| ?[/-] ?){{ number }}\b|\bRT[^A-Z0-9]{0,3}{{ number }}\b
    {%- endset -%}
    regexp_extract({{ upper_text }}, '{{ pattern }}', ['a1', 'a2', 'b1', 'b2', 'c2', 'c1', 'e1'])
{%- endmacro %}
{% macro rt_of(parts) -%}
    nullif(concat({{ parts }}.a1, {{ parts }}.b1, {{ parts }}.c1, {{ parts }}.e1), '')
{%- endmacro %}
{#- RW of the same struct; RW that stands apart from RT (`RW 05 KP BARU`) is looked for on its own. -#}
{% macro rw_of(parts, upper_text) -%}
    coalesce(nullif(concat({{ parts }}.a2, {{ parts }}.b2, {{ parts }}.c2), ''), {{ take(upper_text, '\\bRW[^A-Z0-9]{0,3}0*([0-9]{1,3})\\b', 1) }})
{%- endmacro %}

{#- The digits of a column of its own: `3`, `003`, and behind the word `RT 003`. -#}
{% macro rt_rw_column(raw, word) -%}
    {{ take("upper(" ~ raw ~ ")", '^[^A-Z0-9]*(?:' ~ word ~ ')?[^A-Z0-9]*0*([0-9]{1,3})[^A-Z0-9]*$', 1) }}
{%- endmacro %}

{#- A column of RT that holds both, and nothing else: `003/005`, `RT 3 RW 5`, `RT/RW 003/005`. -#}
{% macro both_in_one() %}
    {{ return("[^A-Z0-9]*(?:RT[^A-Z0-9]{0,3}(?:RW[^A-Z0-9]{0,3})?)?[0-9]{1,3}(?:[^A-Z0-9]{0,4}RW[^A-Z0-9]{0,3}| ?[/-] ?)[0-9]{1,3}[^A-Z0-9]*") }}
{% endmacro %}

{#- The word stands in a column that is the other's. -#}
{% macro says_other(raw, other, own) -%}
    case when {{ has_match('upper(' ~ raw ~ ')', other) }} then not {{ has_match('upper(' ~ raw ~ ')', own) }} else false end
{%- endmacro %}

{#- Without the brackets that are left empty, one space between words, no separators at the ends. -#}
{% macro tidied(text) -%}
    trim({{ replace_all(replace_all(text, '[(] *[)]', ' '), '\\s+', ' ') }}, ' ,;./-')
{%- endmacro %}

{#- What is left of the address without RT/RW, kelurahan and kecamatan; null when no word is left. -#}
{% macro street(upper_text, has_rt_rw, pair) -%}
    {%- set place = "\\b(KEL|KELURAHAN|KEC|KECAMATAN)[. :]+[^,;]*" -%}
    {%- set rtrw = "\\b(RT[^A-Z0-9]{0,3}RW|R[TW])([^A-Z0-9]+|$)?([0-9]+)?(RW[^A-Z0-9]{0,3}[0-9]+\\b|[^A-Z0-9]{0,3}[0-9]+\\b)?" -%}
    case when {{ pair }} is not null
    then {{ take(tidied(replace_all(replace_all(upper_text, '(' ~ house_number() ~ ')|' ~ bare_pair(), '\\1 '), place, ' ')), "^(.*[A-Z]{2}.*)$", 1) }}
    when {{ has_rt_rw }} or {{ has_match(upper_text, "\\bKE[LC]") }}
    then {{ take(tidied(replace_all(replace_all(upper_text, rtrw, ' '), place, ' ')), "^(.*[A-Z]{2}.*)$", 1) }}
    else {{ take(upper_text, "^(.*[A-Z]{2}.*)$", 1) }} end
{%- endmacro %}

{#- CTEs that read RT, RW and the street of `source_cte` (alamat_mentah, rt_mentah, rw_mentah, rt_rw_mentah) into `result`:
    all its columns, and alamat_jalan, rt, rw, rt_rw_ada, rt_rw_terbaca. RT and RW are looked for in the address only where
    no column of their own holds them. -#}
{% macro parse_addresses(source_cte, result) %}
alamat_0 as not materialized (
    select *, upper({{ filled_text('alamat_mentah') }}) as alamat_isi
    from {{ source_cte }}
),
alamat_1 as not materialized (
    select
        *,
        {{ address_plain('alamat_isi') }} as alamat_atas,
        upper({{ filled_text('rt_rw_mentah') }}) as rt_rw_atas,
        coalesce({{ full_match('rt_mentah', '[0-9]{1,3}') }}, false) as rt_rapi,
        coalesce({{ full_match('rw_mentah', '[0-9]{1,3}') }}, false) as rw_rapi
    from alamat_0
),
alamat_2 as not materialized (
    select
        *,
        coalesce({{ mentions_rt_rw('alamat_atas') }}, false) as alamat_sebut_rt_rw,
        case when rt_rapi then ltrim(rt_mentah, '0') <> '' else {{ given('rt_mentah') }} end as rt_diisi,
        case when rw_rapi then ltrim(rw_mentah, '0') <> '' else {{ given('rw_mentah') }} end as rw_diisi
    from alamat_1
),
alamat_2b as not materialized (
    select *, case when not alamat_sebut_rt_rw then {{ unlabelled_pair('alamat_atas') }} end as pasangan_angka
    from alamat_2
),
alamat_3a as not materialized (
    select
        *,
        case
            when rt_diisi or rw_diisi then null
            when {{ given('rt_rw_atas') }} then
                case when {{ full_match('rt_rw_atas', '[0-9]{1,3} ?[/-] ?[0-9]{1,3}') }} then 'RT ' || replace(rt_rw_atas, '-', '/')
                -- the words behind their numbers are read by nobody
                when {{ has_match('rt_rw_atas', '^[^A-Z0-9]*[0-9]+[^A-Z0-9]*[A-Z]') }} then 'RT'
                else rt_rw_atas end
            when alamat_sebut_rt_rw then alamat_atas
            when pasangan_angka is not null then 'RT ' || pasangan_angka
        end as teks_rt_rw,
        case when rt_diisi and not rt_rapi then {{ says_other('rt_mentah', 'RW', 'RT') }} else false end as rt_sebut_rw,
        case when rw_diisi and not rw_rapi then {{ says_other('rw_mentah', 'RT', 'RW') }} else false end as rw_sebut_rt
    from alamat_2b
),
alamat_3 as not materialized (
    select
        *,
        -- swapped where both say so, or the other one says nothing; else what stands in one column contradicts the other
        (rt_sebut_rw and (rw_sebut_rt or not rw_diisi)) or (rw_sebut_rt and not rt_diisi) as tertukar,
        case when rt_rapi then rt_mentah when rt_diisi then {{ rt_rw_column('rt_mentah', 'RT') }} end as rt_kolom,
        case when rw_rapi then rw_mentah when rw_diisi then {{ rt_rw_column('rw_mentah', 'RW') }} end as rw_kolom,
        case when rt_diisi and not rt_rapi and not rw_diisi and {{ full_match('upper(rt_mentah)', both_in_one()) }}
            then {{ rt_rw_parts("'RT ' || replace(replace(upper(rt_mentah), 'RT', ''), '-', '/')") }} end as bagian_kolom
    from alamat_3a
),
alamat_4 as not materialized (
    select
        *,
        case when teks_rt_rw is not null then {{ rt_rw_parts('teks_rt_rw') }} end as bagian_rt_rw,
        coalesce({{ contradicts('teks_rt_rw', 'RT') }}, false) as rt_bertentangan,
        coalesce({{ contradicts('teks_rt_rw', 'RW') }}, false) as rw_bertentangan,
        coalesce({{ many_numbers('teks_rt_rw', 'RT', 'RW') }}, false) as rt_banyak,
        coalesce({{ many_numbers('teks_rt_rw', 'RW', 'RT') }}, false) as rw_banyak
    from alamat_3
),
alamat_5 as not materialized (
    select
        *,
        case
            when teks_rt_rw is not null then
                case when rt_bertentangan or rt_banyak then null
                when rw_banyak then {{ take('teks_rt_rw', '\\bRT[^A-Z0-9]{0,3}0*([0-9]{1,3})\\b', 1) }}
                else {{ rt_of('bagian_rt_rw') }} end
            when tertukar then {{ rt_rw_column('rw_mentah', 'RT') }}
            when rt_sebut_rw or rw_sebut_rt then null
            else coalesce(rt_kolom, {{ rt_of('bagian_kolom') }})
        end as rt_angka,
        case
            when teks_rt_rw is not null then
                case when rw_bertentangan or rw_banyak then null
                when rt_banyak then {{ take('teks_rt_rw', '\\bRW[^A-Z0-9]{0,3}0*([0-9]{1,3})\\b', 1) }}
                else {{ rw_of('bagian_rt_rw', 'teks_rt_rw') }} end
            when tertukar then {{ rt_rw_column('rt_mentah', 'RW') }}
            when rt_sebut_rw or rw_sebut_rt then null
            else coalesce(rw_kolom, nullif(concat(bagian_kolom.a2, bagian_kolom.b2, bagian_kolom.c2), ''))
        end as rw_angka
    from alamat_4
),
{{ result }} as not materialized (
    select
        *,
        {{ street('alamat_atas', 'alamat_sebut_rt_rw', 'pasangan_angka') }} as alamat_jalan,
        {{ three_digits('rt_angka') }} as rt,
        {{ three_digits('rw_angka') }} as rw,
        rt_diisi or rw_diisi or teks_rt_rw is not null as rt_rw_ada,
        case
            when teks_rt_rw is not null
                then (rt_angka is not null or rw_angka is not null)
                and (rt_angka is not null or not {{ has_match('teks_rt_rw', '\\bRT') }})
                and (rw_angka is not null or not {{ has_match('teks_rt_rw', '\\bRW') }})
            else (rt_angka is not null or not rt_diisi) and (rw_angka is not null or not rw_diisi)
        end as rt_rw_terbaca
    from alamat_5
)
{% endmacro %}
