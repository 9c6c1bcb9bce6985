{% set plan = run_plan() %}
{% set criteria = plan['sasaran'].get('kriteria', []) %}
-- Who is not selected although a source speaks for their need: each on the one list of the criterion that failed.
select
    {{ run_columns(plan) }},
    s.id_orang,
    {% if criteria -%}
    case s.kriteria_gagal {% for item in criteria %}when {{ lit(item['id']) }} then {{ lit(item['daftar']) }} {% endfor %}end
    {%- else -%}cast(null as varchar){%- endif %} as daftar,
    s.kriteria_gagal,
    s.alasan,
    o.kombinasi,
    o.program,
    s.desil,
    o.desil_keluarga_beda,
    s.kode_kota,
    s.kode_kecamatan,
    s.kode_kelurahan
from {{ ref('sasaran') }} as s
inner join {{ ref('padanan_orang') }} as o on s.id_orang = o.id_orang
where
    not s.terpilih
    and (
        coalesce(s.desil <= {{ desil_limit(plan) }}, false)
        or coalesce({{ plan['sasaran'].get('tanda_kebutuhan', 'false') }}, false)
    )
