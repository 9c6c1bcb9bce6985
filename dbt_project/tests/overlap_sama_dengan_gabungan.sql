{{ config(tags=['panggilan_2', 'padanan']) }}
-- Every level of the overlap adds up to the union of the registries, counted from the people and the families themselves.
with
gabungan as (
    select 'orang' as satuan, count(*) as n from {{ ref('padanan_orang') }} where kombinasi > 0
    union all
    select 'keluarga', count(distinct id_keluarga_gabung) from {{ ref('padanan_keluarga') }}
),
tingkat as (
    select satuan, tingkat, sum(jumlah) as n from {{ ref('overlap') }} group by satuan, tingkat
)
select g.satuan, t.tingkat, g.n as gabungan, t.n as menurut_wilayah
from gabungan as g
cross join (values ('kota'), ('kecamatan'), ('kelurahan')) as l (tingkat)
left join tingkat as t on g.satuan = t.satuan and l.tingkat = t.tingkat
where g.n <> coalesce(t.n, 0)
