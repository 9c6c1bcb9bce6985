-- Bench for the unit tests of the name macros; holds no data.
with rapi as (
    select a, b, {{ name_plain('a') }} as rapi_a, {{ name_plain('b') }} as rapi_b from {{ ref('uji_masukan') }}
),
bersih as (
    select a, b, {{ name_core('rapi_a') }} as nama_bersih, {{ name_core('rapi_b') }} as nama_lain from rapi
)
select
    a,
    nama_bersih,
    {{ name_repairs('a', 'nama_bersih') }} as perbaikan,
    {{ name_level('nama_bersih', 'nama_lain') }} as tingkat
from bersih
