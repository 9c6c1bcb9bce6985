{{ config(tags=['panggilan_2', 'review']) }}
-- What the padanan answered is nobody's task, and what it did not answer is somebody's; the field is sent only to whom it may be.
with
bertugas as (
    select record_key, saluran, id_orang, unnest(string_split(kode, ',')) as rule_id
    from {{ ref('tugas') }}
    where record_key is not null
)
select j.record_key, j.rule_id, 'terjawab tetapi bertugas' as sebab
from {{ ref('celah_terjawab') }} as j
inner join bertugas as b on j.record_key = b.record_key and j.rule_id = b.rule_id
union all
-- counted from the people themselves, not from the answers: a matched record's missing NIK, an address that stands elsewhere
select r.record_key, b.rule_id, 'padanan tahu jawabannya'
from bertugas as b
inner join {{ ref('padanan_record') }} as r on b.record_key = r.record_key
inner join {{ ref('padanan_orang') }} as o on r.id_orang = o.id_orang
where
    b.rule_id = 'nik_kosong' and o.nik is not null and r.status in ('padan_nik', 'padan_bukti')
    and not {{ is_reference('r.producer') }}
union all
select b.record_key, b.rule_id, 'alamatnya ada'
from bertugas as b
inner join {{ ref('padanan_record') }} as r on b.record_key = r.record_key
inner join (
    select distinct p.id_orang
    from {{ ref('padanan_record') }} as p
    left join {{ ref('gap') }} as g on p.record_key = g.record_key and g.rule_id = 'alamat_tidak_lengkap'
    where g.record_key is null and p.kode_kelurahan is not null and p.producer in ({{ quoted_list(asked_for_address(run_plan())) }})
) as a on r.id_orang = a.id_orang
where b.rule_id = 'alamat_tidak_lengkap'
union all
select t.record_key, t.kode, 'bukan orang yang didatangi'
from {{ ref('tugas') }} as t
left join {{ ref('orang_lapangan') }} as l on t.id_orang = l.id_orang
where t.saluran = 'lapangan' and l.id_orang is null
