-- Bench for the unit tests of the number macros; holds no data.
with bersih as (
    select a, {{ clean_number('a') }} as nik_bersih from {{ ref('uji_masukan') }}
),
angka as (
    select *, {{ sixteen('nik_bersih') }} as angka16 from bersih
)
select
    a,
    nik_bersih,
    {{ number_repairs('a', 'nik_bersih') }} as perbaikan,
    angka16,
    {{ number_date_ok('angka16', true) }} as tgl_nik_sah,
    {{ number_date_ok('angka16', false) }} as tgl_kk_sah
from angka
