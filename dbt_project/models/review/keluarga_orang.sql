-- A person's family: the card of the register, else the families in which the other registries place them.
select id_orang, id_keluarga
from {{ ref('sasaran') }}
where id_keluarga is not null
union
select a.id_orang, k.id_keluarga_gabung as id_keluarga
from {{ ref('anggota_keluarga') }} as a
inner join {{ ref('padanan_keluarga') }} as k on a.id_keluarga = k.id_keluarga
inner join {{ ref('sasaran') }} as s on a.id_orang = s.id_orang
where s.id_keluarga is null
