{% set plan = run_plan() %}
{% set lapangan = field_rules(plan) %}
-- F33: selected people whom no program serves, themselves or through their family's, each with the cause that the data show.
with
penerima as materialized (
    select * from {{ recipients(plan) }} as p
),
-- a person's family: the Adminduk card, else the families in which the registries place them
keluarga_orang as (
    select id_orang, id_keluarga from {{ ref('sasaran') }} where id_keluarga is not null
    union
    select a.id_orang, k.id_keluarga_gabung
    from {{ ref('anggota_keluarga') }} as a
    inner join {{ ref('padanan_keluarga') }} as k on a.id_keluarga = k.id_keluarga
    inner join {{ ref('sasaran') }} as s on a.id_orang = s.id_orang
    where s.id_keluarga is null
),
keluarga_terlayani as (
    select k.id_keluarga
    from penerima as p
    inner join keluarga_orang as k on p.id_orang = k.id_orang
    where p.unit = 'keluarga'
    union
    -- a program's own family key is the keyed number of the card, as Adminduk's is
    select id_keluarga from penerima where unit = 'keluarga' and id_keluarga is not null
),
terlayani as (
    select id_orang from penerima
    union
    select k.id_orang
    from keluarga_orang as k
    inner join keluarga_terlayani as t on k.id_keluarga = t.id_keluarga
),
belum as materialized (
    select o.id_orang, o.status_identitas, o.nik is not null as nik_ada, o.kode_kota, o.kode_kecamatan, o.kode_kelurahan
    from {{ ref('sasaran') }} as s
    inner join {{ ref('padanan_orang') }} as o on s.id_orang = o.id_orang
    left join terlayani as t on s.id_orang = t.id_orang
    where s.terpilih and t.id_orang is null
),
-- a recipient's record that may be this person: an open candidate, or this person's NIK under another identity
calon as (
    select a.id_orang, string_agg(distinct r.producer, ',' order by r.producer) as calon_program
    from {{ ref('padanan_record') }} as r
    inner join penerima as p on r.record_key = p.record_key
    inner join {{ ref('padanan_record') }} as a
        on a.record_key = case when r.status = 'mungkin_padan' then r.record_key_calon
            when r.status_nik = 'nik_padan_identitas_beda' then r.record_key_acuan end
    where r.id_orang <> a.id_orang
    group by a.id_orang
),
rekaman as (
    select
        r.id_orang,
        bool_or(g.record_key is null and r.producer in (
{{ quoted_list(asked_for_address(plan)) }})) as alamat_lengkap,
        -- the programs in the order of their ids
        nullif(concat_ws(',', null{% for program in program_ids(plan) | sort %},
            case when bool_or(r.producer = {{ lit(program) }} and r.status_program = 'henti') then {{ lit(program) }} end{% endfor %}), '')
            as program_henti,
        bool_or(r.producer in ({{ quoted_list(lapangan['pemohon']) }})) as pernah_mengajukan
    from belum as b
    inner join {{ ref('padanan_record') }} as r on b.id_orang = r.id_orang
    left join {{ ref('gap') }} as g on r.record_key = g.record_key and g.rule_id = 'alamat_tidak_lengkap'
    group by r.id_orang
),
{% set delivered = [] -%}
{%- for contract in plan['contracts'] if contract['id'] in lapangan['pemohon'] and contract['deliveries'] %}{% do delivered.append(1) %}{% endfor -%}
dinilai as (
    select
        b.*,
        c.calon_program,
        coalesce(r.alamat_lengkap, false) as alamat_lengkap,
        r.program_henti,
        coalesce(r.pernah_mengajukan, false) as pernah_mengajukan,
        {{ 'true' if delivered else 'false' }} as pemohon_disampaikan
    from belum as b
    left join calon as c on b.id_orang = c.id_orang
    left join rekaman as r on b.id_orang = r.id_orang
)
select
    {{ run_columns(plan) }},
    id_orang,
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
    calon_program,
    program_henti,
    kode_kota,
    kode_kecamatan,
    kode_kelurahan
from dinilai
