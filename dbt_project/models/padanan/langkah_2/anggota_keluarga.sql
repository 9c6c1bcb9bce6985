{% set plan = run_plan() %}
select
    {{ run_columns(plan) }},
    id_keluarga,
    id_orang,
    record_key,
    producer,
    {{ registry_of('producer') }} as sumber,
    shdk,
    coalesce(shdk = 1 or {{ is_family_file('producer') }}, false) as kepala,
    desil,
    kode_kota,
    kode_kecamatan,
    kode_kelurahan
from {{ ref('padanan_record') }}
where id_keluarga is not null and {{ registry_of('producer') }} is not null
