{% set plan = run_plan() %}
{% set lapangan = field_rules(plan) %}
-- depends_on: {{ ref('padanan_orang') }}
-- F34: recipients with evidence against them, one row for each person, program and evidence: a check in the field, never a stop.
with
penerima as materialized (
    select * from {{ recipients(plan) }} as p
),
-- the recipient beside the limit that the program's own rule has, if any, and what the field's state says of living in a panti
dinilai as (
    select
        o.*,
        p.producer,
        p.record_key,
        {{ own_limit(plan, 'p.producer') }} as batas_program,
        coalesce(u.di_panti, false) as di_panti
    from penerima as p
    inner join {{ ref('padanan_orang') }} as o on p.id_orang = o.id_orang
    left join {{ field_results(plan) }} as u on o.id_orang = u.id_orang
),
berbukti as (
    select
        id_orang,
        producer,
        record_key,
        unnest([
            {%- for item in lapangan['bukti'] if item.get('berlaku') %}
            case when {{ item['berlaku'] }} then {{ lit(item['id']) }} end,
            {%- endfor %}
            cast(null as varchar)
        ]) as bukti
    from dinilai
),
bukti as (
    select p.id_orang, p.producer, b.bukti, p.record_key
    from penerima as p
    inner join {{ ref('gap') }} as g on p.record_key = g.record_key
    inner join {{ evidence_rules(plan) }} as b (rule_id, bukti) on g.rule_id = b.rule_id
    union all
    select id_orang, producer, bukti, record_key
    from berbukti
    where bukti is not null
)
select
    {{ run_columns(plan) }},
    b.id_orang,
    b.producer as program,
    b.bukti,
    min(b.record_key) as record_key,
    count(distinct b.record_key) as jumlah_rekaman,
    s.terpilih,
    s.kode_kota,
    s.kode_kecamatan,
    s.kode_kelurahan
from bukti as b
inner join {{ ref('sasaran') }} as s on b.id_orang = s.id_orang
group by b.id_orang, b.producer, b.bukti, s.terpilih, s.kode_kota, s.kode_kecamatan, s.kode_kelurahan
