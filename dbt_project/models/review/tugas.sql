{% set plan = run_plan() %}
{% set lapangan = field_rules(plan) %}
-- F11: one task for each faulty record, grouping its rules and flags, and one for each person of the lists: F33, F35, candidates. What the
-- padanan answered asks nobody; only people of orang_lapangan are visited, everybody else's record is mended at its source.
with
ketentuan as (
    {% if lapangan['tugas'] -%}
    select * from (values
        {% for item in lapangan['tugas'] -%}
        ({{ lit(item['producer'] or '') }}, {{ lit(item['kode']) }}, {{ lit(item['pemilik']) }}, {{ item['hari'] }},
            {{- lit(item['saluran']) }}, {{ lit(item['level']) }}, {{ lit(item['pemilik_sumber']) }})
            {{- ', ' if not loop.last }}
        {% endfor -%}
    ) as t (producer, kode, pemilik, hari, saluran, level, pemilik_sumber)
    {%- else -%}
    select '' as producer, '' as kode, '' as pemilik, 0 as hari, '' as saluran, '' as level, '' as pemilik_sumber where false
    {%- endif %}
),
alasan as (
    select g.record_key, g.producer, g.rule_id as kode
    from {{ ref('gap') }} as g
    left join {{ ref('celah_terjawab') }} as j on g.record_key = j.record_key and g.rule_id = j.rule_id
    where j.record_key is null
    union all
    -- a flag that rests on a person, not on a gap that its record carries already
    select f.record_key, f.program, 'bendera_' || f.bukti
    from {{ ref('bendera_periksa') }} as f
    left join (
        select g.record_key, b.bukti
        from {{ ref('gap') }} as g
        inner join {{ evidence_rules(plan) }} as b (rule_id, bukti) on g.rule_id = b.rule_id
        group by all
    ) as sudah on f.record_key = sudah.record_key and f.bukti = sudah.bukti
    where sudah.record_key is null
),
rekaman as (
    select
        a.record_key as kunci, r.record_key, a.producer, r.id_orang, a.kode,
        r.kode_kota, r.kode_kecamatan, r.kode_kelurahan
    from alasan as a
    inner join {{ ref('padanan_record') }} as r on a.record_key = r.record_key
    union all
    -- a record of supporting data speaks of no person of the padanan
    select a.record_key as kunci, r.record_key, a.producer, null as id_orang, a.kode, r.kode_kota, r.kode_kecamatan, r.kode_kelurahan
    from alasan as a
    inner join {{ ref('rekaman_pendukung') }} as r on a.record_key = r.record_key
),
orang as (
    -- once a cause, not once a program; a cause whose program gets the whole list asks for no task
    select distinct id_orang, 'tanpa_program_' || sebab as kode
    from {{ ref('daftar_tanpa_program') }}
    where sebab in ({{ quoted_list(lapangan['tanpa_program'] | rejectattr('saluran', 'equalto', 'daftar') | map(attribute='id') | list) }})
    union all
    select id_orang, 'tanpa_dokumen' from {{ ref('tanpa_dokumen') }}
    union all
    select id_orang, 'dokumen_' || dokumen from {{ ref('dokumen_kurang') }}
    union all
    select id_orang, 'calon_' || daftar
    from {{ ref('daftar_belum_masuk') }}
    where daftar in ({{ quoted_list(lapangan['calon'] | map(attribute='id') | list) }})
),
semua as (
    select * from rekaman
    union all
    select id_orang as kunci, null as record_key, '' as producer, id_orang as orang_ini, kode, null, null, null from orang
),
tugas as (
    select
        case when s.record_key is null then 'orang' else 'rekaman' end as jenis,
        s.kunci,
        md5(case when s.record_key is null then 'orang' else 'rekaman' end || '|' || s.kunci) as sidik,
        any_value(s.record_key) as record_key,
        s.producer,
        any_value(s.id_orang) as id_orang,
        string_agg(s.kode, ',' order by s.kode) as kode,
        count(*) as jumlah_kode,
        -- whose task it is: a blocking reason first, then the shortest time, then the code
        min(case k.level when 'blok' then '0' else '1' end || lpad(cast(k.hari as varchar), 4, '0') || s.kode) as utama,
        bool_or(k.level = 'blok') as blok,
        min(k.hari) as hari,
        -- who is visited is a person; what speaks of none is mended at the source
        bool_or(k.saluran = 'lapangan') and any_value(l.id_orang) is not null as lapangan,
        any_value(s.kode_kota) as kode_kota,
        any_value(s.kode_kecamatan) as kode_kecamatan,
        any_value(s.kode_kelurahan) as kode_kelurahan
    from semua as s
    inner join ketentuan as k on s.producer = k.producer and s.kode = k.kode
    left join {{ ref('orang_lapangan') }} as l on s.id_orang = l.id_orang
    group by all
)
select
    {{ run_columns(plan) }},
    -- stable between revisions as long as the record or the person is; grouped, so that no number looks like a NIK
    left(t.sidik, 4) || '-' || substr(t.sidik, 5, 4) || '-' || substr(t.sidik, 9, 4) || '-' || substr(t.sidik, 13, 4) as id_tugas,
    t.jenis,
    nullif(t.producer, '') as producer,
    t.record_key,
    t.id_orang,
    t.kode,
    t.jumlah_kode,
    substr(t.utama, 6) as kode_utama,
    t.blok,
    case when t.lapangan then 'lapangan' else 'sumber' end as saluran,
    case when u.saluran = 'lapangan' and not t.lapangan then u.pemilik_sumber else u.pemilik end as pemilik,
    cast({{ lit(plan['cutoff']) }} as date) + t.hari as tenggat,
    -- a visit whose result still stands answers what the field is asked; what an office mends stays open until the source is mended
    case when t.lapangan and u_lap.hasil_berlaku then 'selesai' else 'terbuka' end as status,
    -- where the record says, else where the person lives
    case when t.kode_kelurahan is not null then t.kode_kota else coalesce(o.kode_kota, t.kode_kota) end as kode_kota,
    case when t.kode_kelurahan is not null then t.kode_kecamatan else coalesce(o.kode_kecamatan, t.kode_kecamatan) end as kode_kecamatan,
    coalesce(t.kode_kelurahan, o.kode_kelurahan) as kode_kelurahan
from tugas as t
inner join ketentuan as u on t.producer = u.producer and substr(t.utama, 6) = u.kode
left join {{ ref('padanan_orang') }} as o on t.id_orang = o.id_orang
left join {{ field_results(plan) }} as u_lap on t.id_orang = u_lap.id_orang
