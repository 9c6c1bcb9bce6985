{{ config(tags=['panggilan_2', 'review']) }}
-- Nobody is left out silently: who is not selected and has a desil within the limit, or stands in DTKS or a poverty program,
-- is on exactly one named list; and nobody lacks a desil that a mate on the same card has undisputed.
select s.id_orang, 'tidak pada daftar' as sebab
from {{ ref('sasaran') }} as s
inner join {{ ref('padanan_orang') }} as o on s.id_orang = o.id_orang
left join {{ ref('daftar_belum_masuk') }} as b on s.id_orang = b.id_orang and b.daftar is not null and b.alasan is not null
where
    not s.terpilih
    and b.id_orang is null
    and (s.desil <= {{ desil_limit(run_plan()) }} or {{ run_plan()['sasaran'].get('tanda_kebutuhan', 'false') }})
union all
select a.id_orang, 'keluarganya berdesil'
from (
    select k.id_keluarga
    from (select distinct id_keluarga, id_orang from {{ ref('anggota_keluarga') }}) as k
    inner join {{ ref('padanan_orang') }} as p on k.id_orang = p.id_orang
    where p.desil is not null
    group by k.id_keluarga
    having min(p.desil) = max(p.desil)
) as f
inner join {{ ref('anggota_keluarga') }} as a on f.id_keluarga = a.id_keluarga
inner join {{ ref('padanan_orang') }} as q on a.id_orang = q.id_orang
where q.desil is null and {{ is_reference_registry('a.sumber') }}
