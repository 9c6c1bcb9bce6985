{% set plan = run_plan() %}
{% set criteria = plan['sasaran'].get('kriteria', []) %}
-- Every person that any source names is judged; flags are shown and remove nobody.
with
kartu as (
    select id_orang, min(id_keluarga) as id_keluarga
    from {{ ref('anggota_keluarga') }}
    where {{ is_reference_registry('sumber') }}
    group by id_orang
),
dinilai as (
    select
        *,
        {% if criteria -%}
        case
            {%- for item in criteria %}
            when not coalesce({{ item['lolos'] }}, false) then {{ lit(item['id']) }}
            {%- endfor %}
        end
        {%- else -%}'tanpa_kriteria'{%- endif %} as kriteria_gagal
    from {{ ref('padanan_orang') }}
)
select
    d.periode,
    d.revisi,
    d.id_orang,
    d.kriteria_gagal is null as terpilih,
    d.kriteria_gagal,
    case coalesce(d.kriteria_gagal, '')
        when '' then 'memenuhi semua kriteria'
        {%- for item in criteria %}
        when {{ lit(item['id']) }} then {{ lit('tidak memenuhi: ' ~ item['keterangan']) }}
        {%- endfor %}
        else 'tidak dinilai'
    end as alasan,
    cast({{ lit(plan['sasaran'].get('versi')) }} as varchar) as versi_kriteria,
    d.status_identitas,
    d.tahun_lahir,
    d.kelompok_umur,
    d.jk,
    k.id_keluarga,
    d.kode_kota,
    d.kode_kecamatan,
    d.kode_kelurahan,
    d.sumber_domisili,
    d.desil,
    d.sumber_desil,
    d.asal_desil,
    d.desil_semua,
    d.desil_beda,
    {%- set limits = plan['sasaran'].get('batas_desil') or {} %}
    {% if limits -%}
    case {% for level, limit in limits.items() %}when d.desil <= {{ limit }} then {{ lit(level) }} {% endfor %}end
    {%- else -%}cast(null as varchar){%- endif %} as tingkat,
    nullif(concat_ws(',', case when d.bendera_meninggal then 'meninggal_di_adminduk' end, case when d.bendera_pindah then 'pindah_di_adminduk' end,
        case when d.desil_beda then 'desil_beda' end, case when d.desil_keluarga_beda then 'desil_keluarga_beda' end,
        case when d.di_dki is null then 'domisili_belum_diketahui' end, case when d.ktp_pendatang then 'ktp_pendatang' end), '') as bendera,
    d.kombinasi,
    d.program,
    -- published as a keyed hash: two revisions can tell that a name was mended without either of them holding it
    case when d.kriteria_gagal is null
        then concat_ws('|', coalesce(d.nik, ''), coalesce(d.nama, ''), coalesce(cast(d.tgl_lahir as varchar), '')) end
        as sidik_identitas
from dinilai as d
left join kartu as k on d.id_orang = k.id_orang
