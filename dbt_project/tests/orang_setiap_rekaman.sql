{{ config(tags=['panggilan_2', 'padanan']) }}
-- Every record's person is in padanan_orang, and every person there has a record.
select r.n as orang_di_rekaman, o.n as orang, o.rekaman, s.n as rekaman_semua
from (select count(distinct id_orang) as n from {{ ref('padanan_record') }}) as r
cross join (select count(*) as n, sum(jumlah_rekaman) as rekaman from {{ ref('padanan_orang') }}) as o
cross join (select count(*) as n from {{ ref('padanan_record') }}) as s
where r.n <> o.n or o.rekaman is distinct from s.n
