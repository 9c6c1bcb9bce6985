-- Bench for the unit tests of dates of five or six digits: a the cell, b the NIK, c and d how many cells of the column are serials, ddmmyy;
-- holds no data.
with masukan as (
    select
        a,
        b,
        {{ short_digits('a') }} as pendek,
        {{ odd_date('a') }} as inti,
        {{ parse_date('a', odd_date('a')) }} as terbaca,
        {{ sixteen(clean_number('b')) }} as nik,
        coalesce(try_cast(c as integer), 0) as serial,
        coalesce(try_cast(d as integer), 0) as hhbbtt,
        date '2025-10-10' as diterima
    from {{ ref('uji_masukan') }}
),
terbaca as (
    select *, case when pendek is null then cast(terbaca as date)
        else cast({{ short_date('pendek', birth_digits('nik'), 'serial', 'hhbbtt', 'diterima') }} as date) end as tanggal
    from masukan
)
select
    a,
    b,
    serial,
    hhbbtt,
    tanggal,
    {{ date_repair('a', 'inti', 'tanggal') }} as perbaikan,
    pendek is not null and tanggal is null and {{ is_day_month_year('pendek') }} as ambigu
from terbaca
