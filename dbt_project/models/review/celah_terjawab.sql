{% set plan = run_plan() %}
{% set lapangan = field_rules(plan) %}
{% set jawaban %}
    case
        {%- for item in lapangan['terjawab'] %}
        when rule_id in ({{ quoted_list(item['aturan']) }}) and ({{ item['berlaku'] }})
            {%- if item['selain_program'] %} and not milik_program{% endif %} then {{ lit(item['id']) }}
        {%- endfor %}
    end
{%- endset %}
{% set ditanya = lapangan['terjawab'] | map(attribute='aturan') | sum(start=[]) | unique | list %}
-- Gaps that the padanan has answered: another record of the same person holds what is missing here. Its existence is told to the
-- producer, its value to nobody, and no task asks for it (F11).
with
celah as (
    select record_key, producer, rule_id
    from {{ ref('gap') }}
    where rule_id in ({{ quoted_list(ditanya) }})
),
-- where a complete address in DKI stands
alamat as (
    select
        r.id_orang,
        bool_or({{ is_reference('r.producer') }}) as di_acuan,
        bool_or(not {{ is_reference('r.producer') }}) as di_sumber_lain
    from {{ ref('padanan_record') }} as r
    left join {{ ref('gap') }} as g on r.record_key = g.record_key and g.rule_id = 'alamat_tidak_lengkap'
    where g.record_key is null and r.kode_kelurahan is not null and r.producer in ({{ quoted_list(asked_for_address(plan)) }})
    group by r.id_orang
),
-- where the lists place somebody: in DKI or outside; programs are no list of people here
domisili as (
    select
        id_orang,
        count(distinct case when kode_kelurahan is not null and not {{ is_reference('producer') }} then producer end) as daftar_di_dki,
        count(distinct case when wilayah_hasil = 'luar_dki' then producer end) as daftar_di_luar
    from {{ ref('padanan_record') }}
    where producer not in ({{ quoted_list(program_ids(plan)) }})
    group by id_orang
),
-- the card that the register places somebody on, with exactly one head
kartu as (
    select distinct a.id_orang
    from {{ ref('anggota_keluarga') }} as a
    inner join {{ ref('padanan_keluarga') }} as k on a.id_keluarga = k.id_keluarga
    where {{ is_reference_registry('a.sumber') }} and k.jumlah_kepala = 1
),
dinilai as (
    select
        c.record_key,
        c.producer,
        c.rule_id,
        r.id_orang,
        r.status_nik,
        {{ is_reference('r.producer') }} as acuan,
        r.status in ('padan_nik', 'padan_bukti') as terdaftar,
        o.nik is not null as nik_ada,
        coalesce(a.di_acuan, false) as alamat_di_acuan,
        coalesce(a.di_sumber_lain, false) as alamat_di_sumber_lain,
        k.id_orang is not null as kepala_di_acuan,
        coalesce(d.daftar_di_dki, 0) as daftar_di_dki,
        coalesce(d.daftar_di_luar, 0) as daftar_di_luar,
        c.producer in ({{ quoted_list(program_ids(plan)) }}) as milik_program
    from celah as c
    inner join {{ ref('padanan_record') }} as r on c.record_key = r.record_key
    inner join {{ ref('padanan_orang') }} as o on r.id_orang = o.id_orang
    left join alamat as a on r.id_orang = a.id_orang
    left join kartu as k on r.id_orang = k.id_orang
    left join domisili as d on r.id_orang = d.id_orang
),
dijawab as (
    select
        record_key,
        producer,
        rule_id,
        id_orang,
        {% if ditanya %}{{ jawaban }}{% else %}cast(null as varchar){% endif %} as jawaban
    from dinilai
)
select
    {{ run_columns(plan) }},
    producer,
    record_key,
    rule_id,
    id_orang,
    jawaban
from dijawab
where jawaban is not null
