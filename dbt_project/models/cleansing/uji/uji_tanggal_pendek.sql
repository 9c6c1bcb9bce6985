-- Bench for the unit tests of dates without separators or century: a the cell, b the NIK, c to f how many cells of the column are serials,
-- ddmmyy, ddmmyyyy, mmddyyyy; holds no data.
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
        coalesce(try_cast(e as integer), 0) as hari_dulu,
        coalesce(try_cast(f as integer), 0) as bulan_dulu,
        date '2025-10-10' as diterima
    from {{ ref('uji_masukan') }}
),
hitungan as (
    select *, {'tgl_serial': serial, 'tgl_hhbbtt': hhbbtt, 'tgl_hari_dulu': hari_dulu, 'tgl_bulan_dulu': bulan_dulu} as n from masukan
),
terbaca as (
    select *, case when pendek is null then cast(terbaca as date)
        else cast({{ short_date('pendek', 'a', birth_digits('nik'), 'n', 'diterima') }} as date) end as tanggal
    from hitungan
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
