{#- Dates and amounts as producers write them. Nothing here may raise: a cast error prints the value. -#}

{% macro month_number(word) -%}
    case left({{ word }}, 3) when 'JAN' then '01' when 'FEB' then '02' when 'PEB' then '02' when 'MAR' then '03' when 'APR' then '04'
        when 'MEI' then '05' when 'MAY' then '05' when 'JUN' then '06' when 'JUL' then '07' when 'AGU' then '08' when 'AGS' then '08'
        when 'AGT' then '08' when 'AUG' then '08' when 'SEP' then '09' when 'OKT' then '10' when 'OCT' then '10' when 'NOV' then '11' when 'NOP' then '11'
        when 'DES' then '12' when 'DEC' then '12' end
{%- endmacro %}

{#- A date as people write it, without what stands around it: spaces and what is not printed, a leading place or day (`Jakarta, …`), a time
    of day, spaces beside separators. -#}
{% macro bare_date(raw) -%}
    {%- set edge = "[\\s\\pZ\\pC''`´‘’ʼ\"=]" -%}
    {%- set plain = replace_all(replace_all(raw, '\\p{Cf}', ''), '[\\x{2010}-\\x{2015}\\x{2212}]', '-') -%}
    {%- set trimmed = "regexp_extract(" ~ plain ~ ", '(?s)^" ~ edge ~ "*(?:[A-Za-z][A-Za-z .]*[,/]" ~ edge ~ "*)?(.*?)" ~ edge ~ "*$', 1)" -%}
    {%- set day = replace_all(trimmed, "[T\\s\\pZ]+[0-9]{1,2}[:.][0-9]{2}([:.][0-9]{2}([.,][0-9]+)?)?( ?([AP]M|WIB))?$", '') -%}
    {%- set spaced = replace_all(day, '^([0-9]{1,2})[\\s\\pZ]+([0-9]{1,2})[\\s\\pZ]+([0-9]{4})$', '\\1/\\2/\\3') -%}
    {{ replace_all(spaced, '[\\s\\pZ]*([/.-])[\\s\\pZ]*', '\\1') }}
{%- endmacro %}

{#- The same where a cell holds neither ISO nor dd/mm/yyyy as it stands, else null: one step before `parse_date`, so that it is computed once. -#}
{% macro odd_date(raw) -%}
    case when not {{ full_match(raw, '[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}') }} then {{ bare_date(raw) }} end
{%- endmacro %}

{#- Of the two forms that `odd_date` leaves alone: is it ISO? -#}
{% macro is_iso(raw) -%}({{ raw }} like '____-__-__'){%- endmacro %}

{#- ISO with a zone: the day it was in Jakarta (UTC+7). -#}
{% macro zoned_pattern() %}{{ return("[\\s\\pZ]*[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)? ?(Z|[+-][0-9]{2}:?([0-9]{2})?)[\\s\\pZ]*") }}{% endmacro %}
{% macro zoned_day(raw) -%}
    {%- set offset = take(raw, '([+-][0-9]{2}):?([0-9]{2})?[\\s\\pZ]*$', 1) -%}
    {%- set minutes = take(raw, '([+-][0-9]{2}):?([0-9]{2})?[\\s\\pZ]*$', 2) -%}
    cast(try_strptime(replace({{ take(raw, '([0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2})', 1) }}, 'T', ' '), '%Y-%m-%d %H:%M')
        + to_minutes(420) - case when {{ has_match(raw, 'Z[\\s\\pZ]*$') }} then to_minutes(0) else to_minutes(
            (try_cast({{ offset }} as integer) * 60 + case when {{ offset }} like '-%' then -1 else 1 end
            * coalesce(try_cast({{ minutes }} as integer), 0))) end as date)
{%- endmacro %}

{#- ISO (with or without a time or zone), dd/mm/yyyy, dd-mm-yyyy, mm/dd/yyyy where the column `month_first` is true, `12 Juli 1980`, each also
    with a place before it or a time behind it; spreadsheet serials. Null when unreadable, and for what could mean more than one day
    (`short_date` decides those). `bare` is `odd_date` of the cell. A four-digit number between 1800 and 2100 is a year, not a serial. -#}
{% macro parse_date(raw, bare, month_first='false') %}{{ return(adapter.dispatch('parse_date', 'padanan')(raw, bare, month_first)) }}{% endmacro %}
{% macro default__parse_date(raw, bare, month_first) -%}
    case
        when {{ raw }} is null then null
        when {{ bare }} is null then case when {{ is_iso(raw) }} then try_cast({{ raw }} as date) else {{ day_month_year(raw, month_first) }} end
        when {{ full_match(raw, '\\s*[0-9]{5}(\\.0+)?\\s*') }} then
            case when not {{ has_match(raw, '^\\s*[1-9](0[1-9]|1[0-2])') }} then {{ serial_date(take(raw, '([0-9]{5})', 1)) }} end
        when {{ full_match(raw, '[0-9]{4}') }} then case when {{ raw }} not between '1800' and '2100' then {{ serial_date(raw) }} end
        when {{ full_match(raw, zoned_pattern()) }} then {{ zoned_day(raw) }}
        when {{ full_match(bare, '[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}') }} then {{ day_month_year(bare, month_first) }}
        when {{ full_match(bare, '[0-9]{4}[/-][0-9]{1,2}[/-][0-9]{1,2}') }}
            then try_strptime(replace({{ bare }}, '/', '-'), '%Y-%m-%d')
        when {{ full_match(bare, '[0-9]{1,2}[ -]*[A-Za-z]{3,9}[ -]*[0-9]{4}') }}
            then try_strptime({{ take(bare, '^([0-9]{1,2})', 1) }} || '/' || {{ month_number("upper(" ~ take(bare, '([A-Za-z]+)', 1) ~ ")") }}
                || '/' || {{ take(bare, '([0-9]{4})$', 1) }}, '%d/%m/%Y')
    end
{%- endmacro %}

{#- dd/mm/yyyy with any of its separators, or mm/dd/yyyy. -#}
{% macro day_month_year(text, month_first) -%}
    case when {{ month_first }} then try_strptime(replace(replace({{ text }}, '-', '/'), '.', '/'), '%m/%d/%Y')
    else try_strptime(replace(replace({{ text }}, '-', '/'), '.', '/'), '%d/%m/%Y') end
{%- endmacro %}

{#- A cell of five to eight digits alone, or with a year of two digits (`12/07/80`, `12-Jul-80`), as digits; else null: a spreadsheet
    serial, ddmmyy or ddmmyyyy that may have lost its zero, yyyymmdd. -#}
{% macro short_digits(raw, month_first='false') -%}
    {%- set any = '\\s*([0-9]{5,8}(\\.0+)?|[0-9]{1,2}([/.-][0-9]{1,2}[/.-]|[ -]*[A-Za-z]{3,9}[ -]*)[0-9]{2})\\s*' -%}
    {%- set first = "lpad(" ~ take(raw, '^\\s*([0-9]{1,2})', 1) ~ ", 2, '0')" -%}
    {%- set second = "lpad(" ~ take(raw, '[0-9][/.-]([0-9]{1,2})[/.-]', 1) ~ ", 2, '0')" -%}
    {%- set year = take(raw, '([0-9]{2})\\s*$', 1) -%}
    case when length({{ raw }}) between 5 and 14 and not {{ is_iso(raw) }} and {{ full_match(raw, any) }} then
        case when {{ full_match(raw, '\\s*[0-9]{5,8}(\\.0+)?\\s*') }} then {{ take(raw, '([0-9]{5,8})', 1) }}
        when {{ names_month(raw) }} then {{ first }} || {{ month_number("upper(" ~ take(raw, '([A-Za-z]+)', 1) ~ ")") }} || {{ year }}
        when {{ month_first }} then {{ second }} || {{ first }} || {{ year }}
        else {{ first }} || {{ second }} || {{ year }} end
    end
{%- endmacro %}
{% macro names_month(raw) -%}{{ has_match(raw, '[A-Za-z]{3}') }}{%- endmacro %}
{% macro is_serial_only(digits) -%}
    (length({{ digits }}) = 5 and not {{ full_match(digits, '[1-9](0[1-9]|1[0-2])[0-9]{2}') }})
{%- endmacro %}
{% macro is_day_month_year(digits) -%}
    case when length({{ digits }}) <= 6 then {{ full_match("lpad(" ~ digits ~ ", 6, '0')", '(0[1-9]|[12][0-9]|3[01])(0[1-9]|1[0-2])[0-9]{2}') }}
        else {{ full_match("lpad(" ~ digits ~ ", 8, '0')", '(0[1-9]|[12][0-9]|3[01])(0[1-9]|[12][0-9]|3[01])(19|20)[0-9]{2}') }} end
{%- endmacro %}

{#- Six digits that are ddmmyy and can't be yymmdd or mmddyy. -#}
{% macro is_short_day_only(digits) -%}
    (length({{ digits }}) = 6 and {{ full_match(digits, '(1[3-9]|2[0-9]|3[01])(0[1-9]|1[0-2])[0-9]{2}') }}
        and not {{ full_match(digits, '[0-9]{4}(0[1-9]|[12][0-9]|3[01])') }})
{%- endmacro %}

{#- Eight digits that are ddmmyyyy and can't be mmddyyyy; and the other way round. -#}
{% macro is_day_first_only(digits) -%}{{ full_match(digits, '(1[3-9]|2[0-9]|3[01])(0[1-9]|1[0-2])(19|20)[0-9]{2}') }}{%- endmacro %}
{% macro is_month_first_only(digits) -%}{{ full_match(digits, '(0[1-9]|1[0-2])(1[3-9]|2[0-9]|3[01])(19|20)[0-9]{2}') }}{%- endmacro %}

{#- What a delivery's column says about such cells: how many can mean only a serial, ddmmyy, ddmmyyyy, mmddyyyy. -#}
{% macro date_majority(digits) -%}
    {%- for test, name in [(is_serial_only(digits), 'tgl_serial'), (is_short_day_only(digits), 'tgl_hhbbtt'),
        (is_day_first_only(digits), 'tgl_hari_dulu'), (is_month_first_only(digits), 'tgl_bulan_dulu')] %}
        sum(case when {{ digits }} is not null and {{ test }} then 1 else 0 end) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- The day that such digits mean, decided by the NIK's own date (`nik_digits`: ddmmyy or null) and by the majority of the column (`counts`:
    where `date_majority` stands). Null when neither decides or both contradict, and for a year of two digits that could lie in two
    centuries at the day the delivery came. `raw` names the month where it does. -#}
{% macro short_date(digits, raw, nik_digits, counts, received) -%}
    {%- set six = "lpad(" ~ digits ~ ", 6, '0')" -%}
    {%- set serial = serial_date(digits) -%}
    {%- set day = "case when try_cast(right(" ~ digits ~ ", 2) as integer) > year(" ~ received ~ ") % 100 then try_strptime(left(" ~ six ~ ", 4) || '19' || right(" ~ digits ~ ", 2), '%d%m%Y') end" -%}
    {%- set serials, short_days, days, months = counts ~ '.tgl_serial', counts ~ '.tgl_hhbbtt', counts ~ '.tgl_hari_dulu', counts ~ '.tgl_bulan_dulu' -%}
    {%- set eight = "lpad(" ~ digits ~ ", 8, '0')" -%}
    {%- set day_first = "try_strptime(" ~ eight ~ ", '%d%m%Y')" -%}
    {%- set month_first = "try_strptime(" ~ eight ~ ", '%m%d%Y')" -%}
    case
        when {{ digits }} is null then null
        when {{ full_match(digits, '(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])') }} then try_strptime({{ digits }}, '%Y%m%d')
        when length({{ digits }}) > 6 then case
            when not {{ is_day_month_year(digits) }} then null
            when length({{ digits }}) = 8 and ({{ is_day_first_only(digits) }} or {{ day_first }} = {{ month_first }}) then {{ day_first }}
            when strftime({{ day_first }}, '%d%m%y') = {{ nik_digits }} then case when {{ days }} >= {{ months }} then {{ day_first }} end
            when strftime({{ month_first }}, '%d%m%y') = {{ nik_digits }} then case when {{ months }} >= {{ days }} then {{ month_first }} end
            when {{ days }} > {{ months }} then {{ day_first }}
            when {{ months }} > {{ days }} then {{ month_first }} end
        when {{ is_serial_only(digits) }} then case when {{ serials }} >= {{ short_days }} then {{ serial }} end
        when not {{ is_day_month_year(digits) }} then null
        when {{ six }} = {{ nik_digits }} or {{ names_month(raw) }} then {{ day }}
        when length({{ digits }}) = 6 then case when {{ short_days }} > {{ serials }} then {{ day }} end
        when strftime({{ serial }}, '%d%m%y') = {{ nik_digits }} then {{ serial }}
        when {{ serials }} > {{ short_days }} then {{ serial }}
        when {{ short_days }} > {{ serials }} then {{ day }}
    end
{%- endmacro %}

{#- Which form a parsed date had and what was taken away, in a fixed order; null for ISO and for what was not read. -#}
{% macro date_repair(raw, bare, parsed, month_first='false') -%}
    case when {{ parsed }} is null then null
        when {{ bare }} is null
            then case when {{ is_iso(raw) }} then null when {{ month_first }} then 'bulan_hari_tahun' else 'hari_bulan_tahun' end
        when {{ full_match(raw, '\\s*[0-9]{4,5}(\\.0+)?\\s*') }}
            then case when {{ parsed }} = {{ serial_date(take(raw, '([0-9]{4,5})', 1)) }} then 'serial' else 'tahun_dua_angka' end
        when {{ full_match(raw, '\\s*[0-9]{7,8}(\\.0+)?\\s*') }} then 'tanpa_pemisah'
        when {{ short_digits(raw) }} is not null then 'tahun_dua_angka'
        when {{ full_match(raw, zoned_pattern()) }} then 'zona'
        else concat_ws(',',
            case when {{ has_match(bare, '[A-Za-z]{3}') }} then 'nama_bulan'
                when {{ has_match(bare, '^[0-9]{1,2}[/.-]') }} then case when {{ month_first }} then 'bulan_hari_tahun' else 'hari_bulan_tahun' end
                else 'bentuk' end,
            case when {{ has_match(raw, '[A-Za-z][,/]') }} then 'tempat' end,
            case when {{ has_match(raw, '[0-9][T\\s\\pZ]+[0-9]{1,2}[:.][0-9]{2}') }} and not {{ has_match(raw, '^[0-9]{4}-') }} then 'jam' end,
            case when {{ has_match(raw, '^[\\s\\pZ\\pC]|[\\s\\pZ\\pC]$|[\\s\\pZ][/.-]|[/.-][\\s\\pZ]|^[0-9]+[\\s\\pZ]+[0-9]+[\\s\\pZ]') }} then 'spasi' end,
            case when {{ has_match(raw, '[0-9./-]\\p{Cf}+[0-9./-]|[\\x{2010}-\\x{2015}\\x{2212}]') }} then 'tanda' end)
    end
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
