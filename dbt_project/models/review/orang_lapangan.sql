{% set lapangan = field_rules(run_plan()) %}
-- Whom the field may be asked about: people of the data sasaran, candidates for it, and people with evidence against them.
with
dinilai as (
    select
        s.id_orang,
        s.terpilih,
        b.daftar,
        f.id_orang is not null as ada_bukti,
        d.id_orang is not null as tanpa_dokumen
    from {{ ref('sasaran') }} as s
    left join {{ ref('daftar_belum_masuk') }} as b on s.id_orang = b.id_orang
    left join (select distinct id_orang from {{ ref('bendera_periksa') }}) as f on s.id_orang = f.id_orang
    left join {{ ref('tanpa_dokumen') }} as d on s.id_orang = d.id_orang
),
digolongkan as (
    select
        id_orang,
        nullif(concat_ws(',', null {%- for item in lapangan['golongan'] %},
            case when {{ item['berlaku'] }} then {{ lit(item['id']) }} end {%- endfor %}), '') as golongan
    from dinilai
)
select id_orang, golongan
from digolongkan
where golongan is not null
