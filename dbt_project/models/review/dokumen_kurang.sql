{% set plan = run_plan() %}
{% set lapangan = field_rules(plan) %}
-- depends_on: {{ ref('padanan_record') }}
-- depends_on: {{ ref('gap') }}
-- F35: people of the data sasaran without a family card or a birth certificate, as far as a source tells; who has no NIK is in tanpa_dokumen.
with
terpilih as materialized (
    select o.id_orang, o.tgl_lahir, o.kode_kota, o.kode_kecamatan, o.kode_kelurahan
    from {{ ref('sasaran') }} as s
    inner join {{ ref('padanan_orang') }} as o on s.id_orang = o.id_orang
    where s.terpilih
),
{%- for item in lapangan['dokumen_lain'] if item.get('kolom') %}
kolom_{{ item['id'] }} as materialized (
    select r.id_orang, {{ given('p.nyata') }} as ada
    from ({{ statements(plan, item['kolom'], '') }}) as p
    inner join {{ ref('padanan_record') }} as r on p.record_key = r.record_key
    where {{ is_reference('r.producer') }}
),
{%- endfor %}
kurang as (
    select cast(null as varchar) as id_orang, cast(null as varchar) as dokumen where false
    {%- for item in lapangan['dokumen_lain'] %}
    union all
    {%- if item.get('kolom') %}
    -- a register in which nobody has a value there tells nothing
    select t.id_orang, {{ lit(item['id']) }}
    from terpilih as t
    inner join kolom_{{ item['id'] }} as k on t.id_orang = k.id_orang
    where
        t.tgl_lahir > cast({{ lit(plan['cutoff']) }} as date) - interval {{ item.get('umur_maks', 119) + 1 }} year
        and (select bool_or(a.ada) from kolom_{{ item['id'] }} as a)
    group by t.id_orang
    having not bool_or(k.ada)
    {%- else %}
    select t.id_orang, {{ lit(item['id']) }}
    from terpilih as t
    inner join {{ ref('padanan_record') }} as r on t.id_orang = r.id_orang
    left join (
        select distinct g.record_key from {{ ref('gap') }} as g where g.rule_id in ({{ quoted_list(item['aturan']) }})
    ) as g on r.record_key = g.record_key
    where r.producer in ({{ quoted_list(asked_by(plan, item['aturan'])) }})
    group by t.id_orang
    having bool_and(g.record_key is not null)
    {%- endif %}
    {%- endfor %}
)
select
    {{ run_columns(plan) }},
    k.id_orang,
    k.dokumen,
    t.kode_kota,
    t.kode_kecamatan,
    t.kode_kelurahan
from kurang as k
inner join terpilih as t on k.id_orang = t.id_orang
