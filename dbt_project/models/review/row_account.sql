{% set plan = run_plan() %}
-- The whole account: what came in, went on and was set aside, for each producer and stage. No figure is another's difference.
with
distaging as not materialized (
    {% for model in staging_models() -%}
    select producer, record_key from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),
rekaman as not materialized (
    select producer, record_key, id_orang from {{ ref('padanan_record') }}
),
padanan_masuk as (select producer, count(*) as n from distaging group by producer),
padanan_lanjut as (select producer, count(*) as n from rekaman group by producer),
padanan_sisih as (
    select d.producer, count(*) as n
    from distaging as d
    left join rekaman as r on d.record_key = r.record_key
    where r.record_key is null
    group by d.producer
),
sasaran_hitung as (
    select
        r.producer,
        count(*) as masuk,
        count(s.id_orang) as lanjut,
        count(*) filter (where s.id_orang is null) as disisihkan
    from rekaman as r
    left join {{ ref('sasaran') }} as s on r.id_orang = s.id_orang
    group by r.producer
),
akun as (
    select tahap, producer, masuk, lanjut, disisihkan, alasan from {{ ref('akun_cleansing') }}
    union all
    select 'padanan', m.producer, m.n, coalesce(l.n, 0), coalesce(s.n, 0), case when s.n > 0 then 'hilang:' || s.n end
    from padanan_masuk as m
    left join padanan_lanjut as l on m.producer = l.producer
    left join padanan_sisih as s on m.producer = s.producer
    union all
    select 'sasaran', producer, masuk, lanjut, disisihkan, case when disisihkan > 0 then 'tanpa_orang:' || disisihkan end from sasaran_hitung
)
select
    {{ run_columns(plan) }},
    tahap,
    producer,
    masuk,
    lanjut,
    disisihkan,
    disisihkan as sisih,
    alasan,
    coalesce(masuk = lanjut + disisihkan, false) as seimbang
from akun
