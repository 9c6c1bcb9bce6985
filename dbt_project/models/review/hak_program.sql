{% set plan = run_plan() %}
{% set lapangan = field_rules(plan) %}
{% set per_keluarga = lapangan['hak'] | selectattr('keluarga') | map(attribute='program') | list %}
{% set lewat = lapangan['hak'] | selectattr('lewat') | list %}
{% set pairs = excluding_pairs(plan) %}
-- F33, F52: each person of the data sasaran and each program that they are entitled to (hak.yaml), received or not. Judged on the day
-- of the cut-off and some months before it, so that a new entitlement is known as one.
with
terpilih as materialized (
    select id_orang, desil from {{ ref('sasaran') }} where terpilih
),
-- what one member is may entitle a family: everybody of a family of the data sasaran is looked at
dilihat as (
    select id_orang from terpilih
    union
    select k.id_orang
    from {{ ref('keluarga_orang') }} as k
    where k.id_keluarga in (
        select m.id_keluarga from {{ ref('keluarga_orang') }} as m inner join terpilih as t on m.id_orang = t.id_orang
    )
),
penyandang as (
    select distinct r.id_orang
    from ({{ statements(plan, 'disabilitas', 'ragam_disabilitas') }}) as p
    inner join {{ ref('padanan_record') }} as r on p.record_key = r.record_key
    where p.nyata = 'ya'
),
-- a job says so, or a program for a school level that somebody receives
pelajar as (
    select distinct r.id_orang
    from ({{ statements(plan, 'pekerjaan', 'jenjang') }}) as p
    inner join {{ ref('padanan_record') }} as r on p.record_key = r.record_key
    where p.nyata in ({{ quoted_list(lapangan['pelajar']) }}) or (p.nyata = 'ya' and ({{ lapangan['penerima'] }}))
),
waktu as (
    select * from (values
        ('kini', cast({{ lit(plan['cutoff']) }} as date)),
        ('dulu', cast(cast({{ lit(plan['cutoff']) }} as date) - interval {{ lapangan['baru_bulan'] }} month as date))
    ) as w (kapan, hari)
),
dinilai as (
    select
        o.id_orang,
        w.kapan,
        case when o.tgl_lahir between w.hari - interval 120 year and w.hari then cast(datesub('year', o.tgl_lahir, w.hari) as integer) end as umur,
        o.jk,
        d.id_orang is not null as disabilitas,
        p.id_orang is not null as bersekolah,
        o.desil,
        o.kode_kota
    from dilihat as l
    inner join {{ ref('padanan_orang') }} as o on l.id_orang = o.id_orang
    cross join waktu as w
    left join penyandang as d on o.id_orang = d.id_orang
    left join pelajar as p on o.id_orang = p.id_orang
),
-- one pass: each person's programs as a list, then as rows
terpenuhi as (
    {% if lapangan['hak'] -%}
    select id_orang, kapan, unnest(programs) as program
    from (
        select id_orang, kapan, list_filter([
            {%- for item in lapangan['hak'] %}
            case when {{ item['berhak'] }} then {{ lit(item['program']) }} end{{ ',' if not loop.last }}
            {%- endfor %}], lambda one: one is not null) as programs
        from dinilai
    )
    {%- else -%}
    select id_orang, kapan, cast(null as varchar) as program from dinilai where false
    {%- endif %}
),
meluas as (
    select id_orang, program, kapan from terpenuhi
    union all
    -- once a family, so that a large one costs no more than its members
    select k.id_orang, f.program, f.kapan
    from (
        select distinct m.id_keluarga, t.program, t.kapan
        from terpenuhi as t
        inner join {{ ref('keluarga_orang') }} as m on t.id_orang = m.id_orang
        where t.program in ({{ quoted_list(per_keluarga) }})
    ) as f
    inner join {{ ref('keluarga_orang') }} as k on f.id_keluarga = k.id_keluarga
    {%- for item in lewat %}
    union all
    select l.id_orang, {{ lit(item['program']) }}, w.kapan
    from {{ ref('layanan_program') }} as l
    cross join waktu as w
    where l.program in ({{ quoted_list(item['lewat']) }})
    {%- endfor %}
),
berhak as (
    select id_orang, program, not bool_or(kapan = 'dulu') as baru_berhak
    from meluas
    group by id_orang, program
    having bool_or(kapan = 'kini')
),
-- who receives a program that may not be received beside this one is not entitled to this one
terhalang as (
    {% if pairs -%}
    select distinct l.id_orang, p.satu as program
    from {{ ref('layanan_program') }} as l
    inner join (values {% for one, other in pairs %}({{ lit(one) }}, {{ lit(other) }}){{ ', ' if not loop.last }}{% endfor %}) as p (satu, lain)
        on l.program = p.lain
    {%- else -%}
    select cast(null as varchar) as id_orang, cast(null as varchar) as program where false
    {%- endif %}
)
select
    {{ run_columns(plan) }},
    b.id_orang,
    b.program,
    l.id_orang is not null as menerima,
    b.baru_berhak
from berhak as b
inner join terpilih as s on b.id_orang = s.id_orang
left join {{ ref('layanan_program') }} as l on b.id_orang = l.id_orang and b.program = l.program
left join terhalang as h on b.id_orang = h.id_orang and b.program = h.program
where not coalesce(s.desil > {{ own_limit(plan, 'b.program') }}, false) and (l.id_orang is not null or h.id_orang is null)
