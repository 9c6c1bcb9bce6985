{% set plan = run_plan() %}
{% set sources = plan['sasaran'].get('sumber_desil', []) %}
-- The desil of each person with what it rests on: the person's own record of the source, the family of that source, or the
-- family card. A family whose members have several desils gives none, and the person is named. Of several records of one person in
-- one source the poorest speaks: which has the lower key is chance, and changes with the delivery. A desil that the ranking body gave
-- back for this very person (§3.1.3.4.o) speaks before every source: its place is `!!`, which sorts before the numbered ones.
with
milik as (
    select id_orang, {{ place_in('producer', sources) }} as tempat, min(desil) as terendah
    from {{ ref('padanan_record') }}
    where desil is not null and {{ place_in('producer', sources) }} is not null
    group by all
),
keluarga as (
    select id_keluarga, {{ registry_place('sumber', sources) }} as tempat, min(desil) as terendah, max(desil) as tertinggi
    from {{ ref('anggota_keluarga') }}
    where desil is not null and {{ registry_place('sumber', sources) }} is not null
    group by all
),
warisan as (
    select a.id_orang, k.tempat, min(k.terendah) as terendah, max(k.tertinggi) as tertinggi
    from {{ ref('anggota_keluarga') }} as a
    inner join keluarga as k on a.id_keluarga = k.id_keluarga
    group by all
),
-- a source before the next one, within it the person's own before the family's
dari_sumber as (
    select id_orang, min(tempat || cara || desil) as pilihan
    from (
        select id_orang, tempat, '0' as cara, lpad(cast(terendah as varchar), 2, '0') as desil from milik
        union all
        select id_orang, tempat, '1', lpad(cast(terendah as varchar), 2, '0') from warisan where terendah = tertinggi
        union all
        select id_orang, '!!', '0', lpad(cast(desil as varchar), 2, '0') from {{ field_results(plan) }} where desil is not null
    ) as keduanya
    group by id_orang
),
-- a person's card: that of the register, else the families in which registries and programs place them
kartu as (
    select distinct id_orang, id_keluarga
    from {{ ref('anggota_keluarga') }}
    where {{ is_reference_registry('sumber') }}
),
kartu_orang as (
    select id_orang, id_keluarga, true as terdaftar from kartu
    union all
    -- distinct after the join: nearly everyone has a card
    select distinct l.id_orang, l.id_keluarga, false
    from (
        select a.id_orang, f.id_keluarga_gabung as id_keluarga
        from {{ ref('anggota_keluarga') }} as a
        inner join {{ ref('padanan_keluarga') }} as f on a.id_keluarga = f.id_keluarga
        union all
        select id_orang, id_keluarga
        from {{ ref('padanan_record') }}
        where {{ registry_of('producer') }} is null and id_keluarga is not null
    ) as l
    left join kartu as k on l.id_orang = k.id_orang
    where k.id_orang is null
),
kartu_desil as (
    select k.id_keluarga, left(d.pilihan, 2) as tempat, min(right(d.pilihan, 2)) as terendah, max(right(d.pilihan, 2)) as tertinggi
    from kartu_orang as k
    inner join dari_sumber as d on k.id_orang = d.id_orang
    left join (select distinct id_keluarga from kartu) as r on k.id_keluarga = r.id_keluarga
    -- a card of the register speaks through its registered people only
    where k.terdaftar or r.id_keluarga is null
    group by all
),
dari_kartu as (
    select k.id_orang, d.tempat, min(d.terendah) as terendah, max(d.tertinggi) as tertinggi
    from kartu_orang as k
    left join dari_sumber as s on k.id_orang = s.id_orang
    inner join kartu_desil as d on k.id_keluarga = d.id_keluarga
    where s.id_orang is null
    group by all
),
-- of the card's sources the first one speaks
menurut_kartu as (
    select id_orang, min(tempat || terendah || tertinggi) as pilihan
    from dari_kartu
    group by id_orang
),
dipakai as (
    select id_orang, pilihan from dari_sumber
    union all
    select id_orang, left(pilihan, 2) || '2' || right(pilihan, 2) from menurut_kartu where substr(pilihan, 3, 2) = right(pilihan, 2)
),
berselisih as (
    select id_orang from warisan where terendah <> tertinggi
    union
    select id_orang from menurut_kartu where substr(pilihan, 3, 2) <> right(pilihan, 2)
)
select
    coalesce(d.id_orang, b.id_orang) as id_orang,
    try_cast(right(d.pilihan, 2) as integer) as desil,
    case when left(d.pilihan, 2) = '!!' then 'desil' else {{ named_place('left(d.pilihan, 2)', sources) }} end as sumber_desil,
    case
        when left(d.pilihan, 3) = '!!0' then 'balikan'
        when substr(d.pilihan, 3, 1) = '0' then 'langsung'
        when substr(d.pilihan, 3, 1) = '1' then 'diwarisi_keluarga_sumber'
        when substr(d.pilihan, 3, 1) = '2' then 'diwarisi_kartu_keluarga'
    end as asal_desil,
    b.id_orang is not null as desil_keluarga_beda
from dipakai as d
full join berselisih as b on d.id_orang = b.id_orang
