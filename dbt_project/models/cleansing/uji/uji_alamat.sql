-- Bench for the unit tests of addresses; holds no data.
with masukan as (
    select a as alamat_mentah, b as rt_mentah, c as rw_mentah, d as rt_rw_mentah from {{ ref('uji_masukan') }}
),
{{ parse_addresses('masukan', 'hasil') }}
select alamat_mentah, rt_mentah, rw_mentah, alamat_jalan, rt, rw, rt_rw_ada, rt_rw_terbaca from hasil
