{{ config(tags=['panggilan_2', 'review']) }}
-- F33-F35: who is listed as unserved is selected; flags leave the selection as the criteria made it; nobody without NIK is lost.
select id_orang, 'tanpa_program' as daftar
from {{ ref('daftar_tanpa_program') }}
where id_orang not in (select s.id_orang from {{ ref('sasaran') }} as s where s.terpilih)
union all
select b.id_orang, 'bendera'
from {{ ref('bendera_periksa') }} as b
inner join {{ ref('sasaran') }} as s on b.id_orang = s.id_orang
where s.terpilih is distinct from (s.kriteria_gagal is null) or b.terpilih is distinct from s.terpilih
union all
select t.id_orang, 'tanpa_dokumen'
from {{ ref('tanpa_dokumen') }} as t
left join {{ ref('prelist') }} as p on t.id_orang = p.id_orang
where p.id_orang is null
