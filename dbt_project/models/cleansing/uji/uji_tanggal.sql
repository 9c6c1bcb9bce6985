-- Bench for the unit tests of dates, months and amounts; holds no data.
with inti as (
    select a, b, c, d, {{ odd_date('a') }} as inti from {{ ref('uji_masukan') }}
),
terbaca as (
    select a, c, d, inti, b = 'ya' as bulan_dulu, {{ parse_date('a', 'inti', "b = 'ya'") }} as tanggal from inti
)
select
    a,
    cast(tanggal as date) as tanggal,
    {{ date_repair('a', 'inti', 'tanggal', 'bulan_dulu') }} as perbaikan,
    {{ parse_amount('c') }} as nominal,
    {{ parse_month('d') }} as bulan
from terbaca
