-- Bench for the unit tests of dates, months and amounts; holds no data.
with terbaca as (
    select a, c, d, b = 'ya' as bulan_dulu, {{ parse_date('a', "b = 'ya'") }} as tanggal from {{ ref('uji_masukan') }}
)
select
    a,
    cast(tanggal as date) as tanggal,
    {{ date_repair('a', 'tanggal', 'bulan_dulu') }} as perbaikan,
    {{ parse_amount('c') }} as nominal,
    {{ parse_month('d') }} as bulan
from terbaca
