{#- Dates and amounts as producers write them. Nothing here may raise: a cast error prints the value. -#}

{% macro month_number(word) -%}
    case left({{ word }}, 3) when 'JAN' then '01' when 'FEB' then '02' when 'PEB' then '02' when 'MAR' then '03' when 'APR' then '04'
        when 'MEI' then '05' when 'MAY' then '05' when 'JUN' then '06' when 'JUL' then '07' when 'AGU' then '08' when 'AGS' then '08'
        when 'AUG' then '08' when 'SEP' then '09' when 'OKT' then '10' when 'OCT' then '10' when 'NOV' then '11' when 'NOP' then '11'
        when 'DES' then '12' when 'DEC' then '12' end
{%- endmacro %}

{#- ISO (with or without a time), dd/mm/yyyy, dd-mm-yyyy, mm/dd/yyyy where the column `month_first` is true, spreadsheet serials,
    `12 Juli 1980`. Null when unreadable. A four-digit number between 1800 and 2100 is a year, not a serial. -#}
{% macro parse_date(raw, month_first='false') %}{{ return(adapter.dispatch('parse_date', 'padanan')(raw, month_first)) }}{% endmacro %}
{% macro default__parse_date(raw, month_first) -%}
    case
        when {{ raw }} is null then null
        when {{ full_match(raw, '[0-9]{4}-[0-9]{2}-[0-9]{2}') }} then try_cast({{ raw }} as date)
        when {{ full_match(raw, '\\s*[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}\\s*') }} then
            case when {{ month_first }} then try_strptime(trim(replace(replace({{ raw }}, '-', '/'), '.', '/')), '%m/%d/%Y')
            else try_strptime(trim(replace(replace({{ raw }}, '-', '/'), '.', '/')), '%d/%m/%Y') end
        when {{ full_match(raw, '\\s*[0-9]{4}[/-][0-9]{1,2}[/-][0-9]{1,2}([ T][0-9:.]+)?\\s*') }}
            then try_strptime({{ take("replace(" ~ raw ~ ", '/', '-')", '([0-9]{4}-[0-9]{1,2}-[0-9]{1,2})', 1) }}, '%Y-%m-%d')
        when {{ full_match(raw, '\\s*[0-9]{5}(\\.0+)?\\s*') }} then {{ serial_date(take(raw, '([0-9]{5})', 1)) }}
        when {{ full_match(raw, '[0-9]{4}') }} and {{ raw }} not between '1800' and '2100' then {{ serial_date(raw) }}
        when {{ full_match(raw, '\\s*[0-9]{1,2}[ -]+[A-Za-z]{3,9}[ -]+[0-9]{4}\\s*') }}
            then try_strptime({{ take(raw, '([0-9]{1,2})', 1) }} || '/' || {{ month_number("upper(" ~ take(raw, '([A-Za-z]+)', 1) ~ ")") }}
                || '/' || {{ take(raw, '([0-9]{4})', 1) }}, '%d/%m/%Y')
    end
{%- endmacro %}

{#- Which form a parsed date had; null for ISO and for what was not read. -#}
{% macro date_repair(raw, parsed, month_first='false') -%}
    case when {{ parsed }} is null or {{ full_match(raw, '[0-9]{4}-[0-9]{2}-[0-9]{2}') }} then null
        when {{ has_match(raw, '[A-Za-z]{3}') }} and not {{ has_match(raw, '^\\s*[0-9]{4}-') }} then 'nama_bulan'
        when {{ full_match(raw, '\\s*[0-9]{4,5}(\\.0+)?\\s*') }} then 'serial'
        when {{ has_match(raw, '^\\s*[0-9]{1,2}[/.-]') }} then case when {{ month_first }} then 'bulan_hari_tahun' else 'hari_bulan_tahun' end
        else 'bentuk' end
{%- endmacro %}

{#- Rupiah: `600000`, `Rp 600.000`, `600.000,00`, `600,000.00`; negative stays negative; null when unreadable. -#}
{% macro parse_amount(raw) -%}
    {%- set bare = replace_all("upper(" ~ raw ~ ")", "RP\\.?|IDR|,-$|\\s|\\pZ", '') -%}
    case
        when {{ full_match(raw, '-?[0-9]+') }} then try_cast({{ raw }} as decimal(18, 2))
        when {{ full_match(bare, '-?[0-9]{1,3}(\\.[0-9]{3})+(,[0-9]{1,2})?') }}
            then try_cast(replace(replace({{ bare }}, '.', ''), ',', '.') as decimal(18, 2))
        when {{ full_match(bare, '-?[0-9]{1,3}(,[0-9]{3})+(\\.[0-9]{1,2})?') }} then try_cast(replace({{ bare }}, ',', '') as decimal(18, 2))
        when {{ full_match(bare, '-?[0-9]+([.,][0-9]{1,2})?') }} then try_cast(replace({{ bare }}, ',', '.') as decimal(18, 2))
    end
{%- endmacro %}

{#- A month `YYYY-MM`; a cell that holds the date of its first day counts too. -#}
{% macro parse_month(raw) -%}
    case when {{ full_match(raw, '\\s*[0-9]{4}-(0[1-9]|1[0-2])(-01([ T]00:00(:00)?)?)?\\s*') }} then left(trim({{ raw }}), 7) end
{%- endmacro %}
