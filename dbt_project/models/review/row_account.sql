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
-- Supporting data never enter the padanan; of a denominator it is told which rows stand behind its published figures.
pendukung as (
    {% for model in supporting_models() -%}
    select producer, count(*) as n from {{ ref(model) }} group by producer
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),
pendukung_sisih as (
    select producer, count(*) as n, count(*) filter (where not dipakai) as tak_dipakai
    from {{ ref('rekaman_pendukung') }}
    group by producer
),
pendukung_lama as (
    select r.producer, count(*) as n
    from {{ ref('rekaman_pendukung') }} as r
    inner join (select producer, max(periode_data) as baru from {{ ref('penduduk_wilayah') }} group by producer) as b on r.producer = b.producer
    where r.dipakai and r.periode_data <> b.baru
    group by r.producer
),
penyebut as (select producer, sum(jumlah_baris) as n from {{ ref('penduduk_wilayah') }} group by producer),
akun as (
    select tahap, producer, masuk, lanjut, disisihkan, alasan from {{ ref('akun_cleansing') }}
    union all
    select 'padanan', m.producer, m.n, coalesce(l.n, 0), coalesce(s.n, 0), case when s.n > 0 then 'hilang:' || s.n end
    from padanan_masuk as m
    left join padanan_lanjut as l on m.producer = l.producer
    left join padanan_sisih as s on m.producer = s.producer
    union all
    select 'padanan', p.producer, p.n as masuk, 0 as lanjut, s.n as disisihkan, 'data_pendukung:' || s.n
    from pendukung as p
    left join pendukung_sisih as s on p.producer = s.producer
    union all
    select
        'penyebut', p.producer, p.n, cast(y.n as bigint), s.tak_dipakai + coalesce(l.n, 0),
        concat_ws(
            ';', case when s.tak_dipakai > 0 then 'melanggar_aturan_blok:' || s.tak_dipakai end,
            case when l.n > 0 then 'periode_data_lama:' || l.n end
        )
    from pendukung as p
    inner join penyebut as y on p.producer = y.producer
    left join pendukung_sisih as s on p.producer = s.producer
    left join pendukung_lama as l on p.producer = l.producer
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
