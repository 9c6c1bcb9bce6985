{% set plan = run_plan() %}
{% set lapangan = field_rules(plan) %}
-- F35: people of whom no record gives a NIK, for Disdukcapil; a damaged NIK is its producer's to mend and is not listed here.
with
tanpa_nik as (
    select record_key, min(rincian) as rincian
    from {{ ref('gap') }}
    where rule_id in ({{ quoted_list(lapangan['tanpa_dokumen']['aturan']) }})
    group by record_key
),
orang as (
    select
        r.id_orang,
        count(*) as jumlah_rekaman,
        string_agg(distinct r.producer, ',' order by r.producer) as sumber,
        string_agg(distinct t.rincian, ',' order by t.rincian) as rincian,
        bool_or(r.status = 'mungkin_padan') as ada_calon,
        bool_or({{ is_reference('r.producer') }}) as di_adminduk
    from {{ ref('padanan_orang') }} as o
    inner join {{ ref('padanan_record') }} as r on o.id_orang = r.id_orang
    left join tanpa_nik as t on r.record_key = t.record_key
    where o.nik is null
    group by r.id_orang
    having bool_and(t.record_key is not null)
)
select
    {{ run_columns(plan) }},
    o.id_orang,
    o.rincian,
    o.ada_calon,
    o.di_adminduk,
    o.sumber,
    o.jumlah_rekaman,
    s.terpilih,
    s.kode_kota,
    s.kode_kecamatan,
    s.kode_kelurahan
from orang as o
inner join {{ ref('sasaran') }} as s on o.id_orang = s.id_orang
