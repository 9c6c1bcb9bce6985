{% set plan = run_plan() %}
{% set lapangan = field_rules(plan) %}
{% set dasar = lapangan['hak'] | map(attribute='dasar') | select | unique | list %}
{% set per_keluarga = lapangan['hak'] | selectattr('keluarga') | map(attribute='program') | list %}
{% set pemohon = [] -%}
{%- for contract in plan['contracts'] if contract['id'] in lapangan['pemohon'] and contract['deliveries'] -%}
{%- do pemohon.append(contract['id']) -%}
{%- endfor -%}
-- F33: selected people and each program that they are entitled to and do not receive, with the cause that the data show. Who is entitled
-- to nothing that can be measured and receives nothing either stands here without a program: nobody is left out for want of a rule.
with
belum as materialized (
    select
        h.id_orang, h.program, h.baru_berhak, o.status_identitas, o.nik is not null as nik_ada, o.bendera_meninggal, o.bendera_pindah,
        o.desil, o.kode_kota, o.kode_kecamatan, o.kode_kelurahan
    from (
        select id_orang, program, baru_berhak from {{ ref('hak_program') }} where not menerima
        union all
        select s.id_orang, null, false
        from {{ ref('sasaran') }} as s
        where
            s.terpilih
            and s.id_orang not in (select l.id_orang from {{ ref('layanan_program') }} as l)
            and s.id_orang not in (select b.id_orang from {{ ref('hak_program') }} as b)
    ) as h
    inner join {{ ref('padanan_orang') }} as o on h.id_orang = o.id_orang
),
orang as materialized (
    select distinct id_orang, kode_kelurahan from belum
),
-- a recipient's record that may be this person: an open candidate, or this person's NIK under another identity
calon as (
    select distinct a.id_orang, p.producer as program
    from {{ ref('padanan_record') }} as r
    inner join {{ recipients(plan) }} as p on r.record_key = p.record_key
    inner join {{ ref('padanan_record') }} as a
        on a.record_key = case when r.status = 'mungkin_padan' then r.record_key_calon
            when r.status_nik = 'nik_padan_identitas_beda' then r.record_key_acuan end
    where r.id_orang <> a.id_orang
),
-- what the program itself says of the person
catatan as (
    select
        id_orang,
        producer as program,
        bool_or(coalesce(status_program = 'henti', false)) as dihentikan,
        bool_or(coalesce(status_program = 'ditolak', false)) as ditolak,
        bool_or(coalesce(status_program = 'pemohon', false)) as menunggu
    from {{ ref('padanan_record') }}
    where producer in ({{ quoted_list(program_ids(plan)) }})
    group by id_orang, producer
),
alamat as (
    select r.id_orang, bool_or(g.record_key is null) as alamat_lengkap
    from orang as b
    inner join {{ ref('padanan_record') }} as r on b.id_orang = r.id_orang
    left join {{ ref('gap') }} as g on r.record_key = g.record_key and g.rule_id = 'alamat_tidak_lengkap'
    where r.producer in ({{ quoted_list(asked_for_address(plan)) }})
    group by r.id_orang
),
acuan as (
    select id_orang, min(kk_key) as kk_key
    from {{ ref('padanan_record') }}
    where {{ is_reference('producer') }}
    group by id_orang
),
-- the person in the list that a program takes its people from; what the register does not say makes no difference
di_dasar as (
    select
        r.id_orang,
        r.producer as dasar,
        bool_or(r.status = 'padan_nik') as nik_padan,
        bool_or(coalesce(r.kk_key = a.kk_key, a.kk_key is null)) as kk_sama,
        bool_or(coalesce(r.kode_kelurahan = o.kode_kelurahan, o.kode_kelurahan is null)) as alamat_sama
    from {{ ref('padanan_record') }} as r
    inner join orang as o on r.id_orang = o.id_orang
    left join acuan as a on r.id_orang = a.id_orang
    where r.producer in ({{ quoted_list(dasar) }})
    group by r.id_orang, r.producer
),
keluarga_di_dasar as (
    select distinct k.id_orang, f.dasar
    from (
        select distinct m.id_keluarga, r.producer as dasar
        from {{ ref('padanan_record') }} as r
        inner join {{ ref('keluarga_orang') }} as m on r.id_orang = m.id_orang
        where r.producer in ({{ quoted_list(dasar) }})
    ) as f
    inner join {{ ref('keluarga_orang') }} as k on f.id_keluarga = k.id_keluarga
),
dilayani as (
    select p.producer as program, o.kode_kecamatan, max(o.desil) as desil_penerima
    from {{ recipients(plan) }} as p
    inner join {{ ref('padanan_orang') }} as o on p.id_orang = o.id_orang
    group by p.producer, o.kode_kecamatan
),
dinilai as (
    select
        b.*,
        c.id_orang is not null as ada_calon,
        coalesce(l.alamat_lengkap, false) as alamat_lengkap,
        coalesce(s.dihentikan, false) as dihentikan,
        coalesce(s.ditolak, false) as ditolak,
        coalesce(s.menunggu, false) as menunggu,
        s.id_orang is not null as pernah_mengajukan,
        coalesce(b.program in ({{ quoted_list(pemohon) }}), false) as pemohon_disampaikan,
        d.program is not null as punya_dasar,
        i.id_orang is not null as di_dasar,
        k.id_orang is not null as keluarga_di_dasar,
        i.nik_padan as dasar_nik_padan,
        i.kk_sama as dasar_kk_sama,
        i.alamat_sama as dasar_alamat_sama,
        coalesce(b.program in ({{ quoted_list(per_keluarga) }}), false) as per_keluarga,
        p.desil_penerima
    from belum as b
    left join calon as c on b.id_orang = c.id_orang and b.program = c.program
    left join alamat as l on b.id_orang = l.id_orang
    left join catatan as s on b.id_orang = s.id_orang and b.program = s.program
    left join {{ base_lists(plan) }} as d (program, dasar) on b.program = d.program
    left join di_dasar as i on b.id_orang = i.id_orang and d.dasar = i.dasar
    left join keluarga_di_dasar as k on b.id_orang = k.id_orang and d.dasar = k.dasar
    left join dilayani as p on b.program = p.program and b.kode_kecamatan = p.kode_kecamatan
)
select
    {{ run_columns(plan) }},
    d.id_orang,
    d.program,
    {% if lapangan['tanpa_program'] -%}
    case
        {%- for item in lapangan['tanpa_program'] %}
        when {{ item['berlaku'] }} then {{ lit(item['id']) }}
        {%- endfor %}
    end as sebab,
    nullif(concat_ws(',', null {%- for item in lapangan['tanpa_program'][:-1] %},
        case when {{ item['berlaku'] }} then {{ lit(item['id']) }} end {%- endfor %}), '') as sebab_semua,
    {%- else -%}
    cast(null as varchar) as sebab, cast(null as varchar) as sebab_semua,
    {%- endif %}
    coalesce(n.jumlah, 0) as program_diterima,
    d.kode_kota,
    d.kode_kecamatan,
    d.kode_kelurahan
from dinilai as d
left join (select id_orang, count(*) as jumlah from {{ ref('layanan_program') }} group by id_orang) as n on d.id_orang = n.id_orang
