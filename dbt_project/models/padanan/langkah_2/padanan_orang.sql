{% set plan = run_plan() %}
{% set residence = residence_order(plan) %}
{% set desil_sources = [] %}
{% for c in plan['contracts'] if 'desil' in c['columns'] and c['deliveries'] %}{% do desil_sources.append(c['id']) %}{% endfor %}
{% set programs = [] %}
{% for c in plan['contracts'] if c['kind'] == 'program' %}{% do programs.append(c['id']) %}{% endfor %}
{% set poverty = [] %}
{% for c in plan['contracts'] if c['kind'] == 'program' and c['program'].get('kemiskinan', true) %}{% do poverty.append(c['id']) %}{% endfor %}
-- Each person in one aggregation; "the best of several" is the smallest text of rank, record key and answer.
with
orang as (
    select
        id_orang,
        count(*) as jumlah_rekaman,
        max(case when status in ('padan_nik', 'padan_bukti') then 1 else 0 end) as terdaftar,
        max(case when metode = 'nik_sementara' then 1 else 0 end) as ada_nik,
        min(case when metode = 'acuan' then record_key_acuan end) as record_key_acuan,
        -- who describes a person without a resident: a record with a usable NIK first
        min(case metode when 'nik_sementara' then '0' else '1' end || {{ source_rank('producer', plan) }} || record_key) as pilihan,
        min(
            case when kode_kota is not null or wilayah_hasil = 'luar_dki'
                then {{ place_in('producer', residence) }} || record_key
                    || coalesce(kode_kelurahan, kode_kecamatan, kode_kota, 'luar') end
        ) as domisili,
        -- where somebody other than the register found them in DKI
        min(
            case when kode_kota is not null and not {{ is_reference('producer') }}
                then {{ place_in('producer', residence) }} || record_key
                    || coalesce(kode_kelurahan, kode_kecamatan, kode_kota) end
        ) as ditemukan,
        {%- for name, bit in registries() %}
        max(case when {{ registry_of('producer') }} = {{ lit(name) }} then {{ bit }} else 0 end) as bit_{{ name }},
        {%- endfor %}
        {%- for source in desil_sources %}
        bit_or(case when producer = {{ lit(source) }} and desil is not null then 1 << desil else 0 end) as desil_{{ source }},
        {%- endfor %}
        max(case when producer in ({{ quoted_list(poverty) }}) then 1 else 0 end) as bit_kemiskinan,
        max(case when producer = {{ lit(newcomer_producer()) }} then 1 else 0 end) as bit_warga_baru,
        bit_or(
            case producer {% for program in programs %}when {{ lit(program) }} then cast({{ 2 ** loop.index0 }} as bigint) {% endfor %}
                else cast(0 as bigint) end
        ) as bit_program
    from {{ ref('padanan_record') }}
    group by id_orang
),
isi as not materialized (
    select
        o.*,
        c.nik_pakai, c.nama_bersih, c.tgl_lahir, c.jk, c.status_dasar
    from orang as o
    inner join {{ ref('padanan_cocok') }} as c on coalesce(o.record_key_acuan, substr(o.pilihan, 4)) = c.record_key
),
angka as not materialized (
    select
        *,
        {% for name, bit in registries() -%}
        bit_{{ name }}{{ ' +' if not loop.last }}
        {% endfor -%}
        as kombinasi,
        -- the register has them elsewhere, the field found them here
        coalesce(substr(domisili, 35) = 'luar' and {{ is_reference(named_place('left(domisili, 2)', residence)) }}
            and ditemukan is not null, false) as ktp_pendatang,
        substr(domisili, 35) as kode_jawaban,
        case when ktp_pendatang then substr(ditemukan, 35) else kode_jawaban end as kode_domisili,
        case when ktp_pendatang then ditemukan else domisili end as jawaban,
        {% for source in desil_sources -%}
        desil_{{ source }} |
        {% endfor -%}
        0 as desil_bits
    from isi
)
select
    {{ run_columns(plan) }},
    a.id_orang,
    case when terdaftar = 1 then 'terdaftar' when ada_nik = 1 then 'sementara_nik' else 'sementara' end as status_identitas,
    -- the NIK of a record that names somebody else's is nobody's here
    case when terdaftar = 1 or ada_nik = 1 then lpad(cast(nik_pakai as varchar), 16, '0') end as nik,
    nama_bersih as nama,
    tgl_lahir,
    cast(year(tgl_lahir) as integer) as tahun_lahir,
    {{ age_group('tgl_lahir', plan['cutoff']) }} as kelompok_umur,
    jk,
    case when record_key_acuan is not null then status_dasar end as status_dasar_adminduk,
    -- proved by a visit that came back before the cut-off day; a register's word alone proves no death
    coalesce(u.meninggal_terverifikasi, false) as meninggal_terverifikasi,
    coalesce(record_key_acuan is not null and status_dasar = 'mati', false) as bendera_meninggal,
    coalesce(record_key_acuan is not null and status_dasar = 'pindah', false) as bendera_pindah,
    -- Disdukcapil told of a move out of DKI and a visit found them gone: both, or the sources' own answer stands
    case when u.pindah_terverifikasi then false when kode_jawaban is not null then kode_jawaban <> 'luar' end as di_dki,
    ktp_pendatang,
    {{ named_place('left(jawaban, 2)', residence) }} as sumber_domisili,
    case when length(kode_domisili) >= 5 then left(kode_domisili, 5) end as kode_kota,
    case when length(kode_domisili) >= 8 then left(kode_domisili, 8) end as kode_kecamatan,
    case when length(kode_domisili) = 13 then kode_domisili end as kode_kelurahan,
    d.desil,
    d.sumber_desil,
    d.asal_desil,
    coalesce(d.desil_keluarga_beda, false) as desil_keluarga_beda,
    case when desil_bits <> 0 then concat_ws(';'{% for source in desil_sources %}{% for d in range(1, 11) %},
        case when desil_{{ source }} & {{ 2 ** d }} <> 0 then '{{ source }}:{{ d }}' end{% endfor %}{% endfor %}, null) end as desil_semua,
    (desil_bits & (desil_bits - 1)) <> 0 as desil_beda,
    {%- for name, bit in registries() %}
    bit_{{ name }} <> 0 as ada_{{ name }},
    {%- endfor %}
    bit_warga_baru = 1 as ada_warga_baru,
    kombinasi,
    case when bit_program <> 0 then concat_ws(',', null{% for program in programs | sort %},
        case when bit_program & {{ 2 ** programs.index(program) }} <> 0 then {{ lit(program) }} end{% endfor %}) end as program,
    {% for program in programs -%}
    case when bit_program & {{ 2 ** loop.index0 }} <> 0 then 1 else 0 end +
    {% endfor %}0 as jumlah_program,
    bit_kemiskinan = 1 as program_kemiskinan,
    jumlah_rekaman
from angka as a
left join {{ ref('desil_orang') }} as d on a.id_orang = d.id_orang
left join {{ field_results(plan) }} as u on a.id_orang = u.id_orang
