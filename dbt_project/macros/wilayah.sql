{#- Places: names and codes of both code systems resolved to Kemendagri codes, once for each distinct spelling. -#}

{#- A place name in capitals without its level word, a number or code before it, a code behind it, and punctuation; null when blank or no
    letter is left. A small number behind a name is part of it: PEGANGSAAN 2 is not PEGANGSAAN. -#}
{% macro place_name(raw, level_words) -%}
    {%- set words = "trim(" ~ replace_all("upper(" ~ strip_accents(raw) ~ ")", '[^A-Z0-9]+', ' ') ~ ")" -%}
    {%- set around = '^([0-9]+ )*((' ~ level_words ~ ') )*([0-9]+ )*|( (' ~ level_words ~ ')| [1-9][0-9]+| [0-9]{3,})+$' -%}
    case when not {{ is_blank(raw) }} then {{ take(replace_all(words, around, ''), '^(.*[A-Z].*)$', 1) }} end
{%- endmacro %}

{#- Words of place names as they are also written -> one form. Both sides of a comparison go through it, so that PULAU and PULO, which are
    abbreviated alike, may share one. -#}
{% macro place_words() %}
    {{ return({
        'KAMPUNG': ['KP', 'KMP', 'KPG', 'KAMP', 'KAMPONG'], 'KEBON': ['KB', 'KBN', 'KEBUN'], 'PONDOK': ['PD', 'PDK'],
        'TANJUNG': ['TJ', 'TG', 'TJG'], 'PASAR': ['PS', 'PSR'], 'GUNUNG': ['GN', 'GNG'], 'RAWA': ['RW', 'RWA'], 'KELAPA': ['KLP'],
        'KARANG': ['KR', 'KRG'], 'PULO': ['PL', 'PLO', 'PULAU'], 'KEPULAUAN': ['KEP'], 'JAKARTA': ['JKT', 'JAK'],
        'SELATAN': ['SEL', 'SLT'], 'UTARA': ['UTR', 'UT'], 'BARAT': ['BRT', 'BAR'], 'TIMUR': ['TIM', 'TMR'], 'PUSAT': ['PUS', 'PST'],
        'DUA': ['II', '2', '02'], 'TIGA': ['III', '3', '03'], 'LIMA': ['V', '5', '05']
    }) }}
{% endmacro %}

{#- A name as it is compared: its words in one form where there is more than one, and no spaces, since compounds are written with and
    without (RAWA SARI, RAWASARI). -#}
{% macro compact(name) -%}replace({{ map_words(name, place_words()) }}, ' ', ''){%- endmacro %}

{#- CTEs `<result>`(nama, kode): every spelling of `official` (nama, kode) and of the list for `level`, as `compact` makes them, also with
    the first word abbreviated and glued to the second (KPMELAYU). A spelling that two places share names neither. -#}
{% macro spellings(official, level, result) %}
{{ result }}_daftar as (
    select {{ compact('nama') }} as nama, kode, nama as baku, {{ map_words('nama', place_words()) }} as tulisan from {{ official }}
    union all
    select {{ compact('upper(e.ejaan)') }}, o.kode, o.nama, {{ map_words('upper(e.ejaan)', place_words()) }}
    from {{ ref('ref_ejaan_wilayah') }} as e inner join {{ official }} as o on e.nama_baku = o.nama
    where e.tingkat = '{{ level }}'
),
{{ result }}_semua as (
    select nama, kode, baku from {{ result }}_daftar
    union all
    select s.singkatan || substr(d.nama, length(s.kata) + 1), d.kode, d.baku
    from {{ result }}_daftar as d
    inner join (values
        {%- for word, others in place_words().items() %}{% set last = loop.last %}
        {%- for other in others %} ('{{ word }}', '{{ other }}'){{ ',' if not (last and loop.last) }}{% endfor %}
        {%- endfor %}) as s (kata, singkatan)
        on left(d.tulisan, length(s.kata) + 1) = s.kata || ' ' and length(s.singkatan) > 1
),
{{ result }} as (
    select nama, min(kode) as kode, min(baku) as baku
    from {{ result }}_semua
    group by nama
    having count(distinct kode) = 1
)
{% endmacro %}

{#- One text that stands for the six raw place columns of a row; the key of the distinct table. -#}
{% macro place_key() -%}
    concat_ws('|', coalesce(provinsi_mentah, ''), coalesce(kota_mentah, ''), coalesce(kecamatan_mentah, ''),
        coalesce(kelurahan_mentah, ''), coalesce(kode_kelurahan_mentah, ''), coalesce(kode_kota_mentah, ''), coalesce(wilayah_sistem, ''))
{%- endmacro %}

{#- CTEs that resolve the places of a landed relation, once for each distinct spelling, into `result`; see resolve_places. -#}
{% macro places_of(source, result) %}
tempat as (
    select distinct provinsi_mentah, kota_mentah, kecamatan_mentah, kelurahan_mentah, kode_kelurahan_mentah, kode_kota_mentah, wilayah_sistem
    from {{ source }}
),
tempat_unik as (
    select {{ place_key() }} as place_key,
        max(provinsi_mentah) as provinsi_mentah, max(kota_mentah) as kota_mentah, max(kecamatan_mentah) as kecamatan_mentah,
        max(kelurahan_mentah) as kelurahan_mentah, max(kode_kelurahan_mentah) as kode_kelurahan_mentah,
        max(kode_kota_mentah) as kode_kota_mentah, max(wilayah_sistem) as wilayah_sistem
    from tempat
    group by 1
),
{{ resolve_places('tempat_unik', result) }}
{% endmacro %}

{#- CTEs that resolve the distinct places of `source_cte` (columns place_key and the raw place columns) into `result`:
    place_key, kelurahan_isi, wilayah_ada, wilayah_hasil, kode_kelurahan, kode_kecamatan, kode_kota. -#}
{% macro resolve_places(source_cte, result) %}
tempat_nama as (
    select
        *,
        {{ place_name('provinsi_mentah', 'PROVINSI|PROPINSI|PROV') }} as provinsi,
        {{ place_name('kota_mentah', '(KOTA|KABUPATEN|KAB|KODYA|KOTAMADYA)( ADMINISTRASI| ADM)?|ADMINISTRASI') }} as kota,
        {{ place_name('kecamatan_mentah', 'KECAMATAN|KEC') }} as kecamatan,
        {{ place_name('kelurahan_mentah', 'KELURAHAN|KEL|DESA') }} as kelurahan,
        not {{ is_blank('kelurahan_mentah') }} as kelurahan_isi,
        nullif({{ replace_all('kode_kelurahan_mentah', '[^0-9]', '') }}, '') as angka_kelurahan,
        nullif({{ replace_all('kode_kota_mentah', '[^0-9]', '') }}, '') as angka_kota
    from {{ source_cte }}
),
daftar_kelurahan as (
    select upper(kelurahan) as nama, kode_kelurahan as kode from {{ ref('ref_wilayah') }}
),
daftar_kecamatan as (
    select distinct upper(kecamatan) as nama, kode_kecamatan as kode from {{ ref('ref_wilayah') }}
),
daftar_kota as (
    select distinct upper(kota) as nama, kode_kota as kode, kode_kota_bps as kode_bps from {{ ref('ref_wilayah') }}
),
{{ spellings('daftar_kelurahan', 'kelurahan', 'ejaan_kelurahan') }},
{{ spellings('daftar_kecamatan', 'kecamatan', 'ejaan_kecamatan') }},
{{ spellings('daftar_kota', 'kota', 'ejaan_kota') }},
luar_kota as (select distinct nama from {{ ref('ref_kota_indonesia') }} where kode_provinsi <> '31'),
luar_provinsi as (select distinct provinsi as nama from {{ ref('ref_kota_indonesia') }} where kode_provinsi <> '31'),
tempat_cari as (
    select
        t.place_key,
        t.kelurahan_isi,
        t.kota is not null or t.kecamatan is not null or t.kelurahan is not null
        or t.angka_kelurahan is not null or t.angka_kota is not null as ada,
        kel.kode as kel_nama,
        kec.kode as kec_nama,
        kot.kode as kota_nama,
        kod.kode_kelurahan as kel_kode,
        case when t.wilayah_sistem = 'BPS' then bps.kode else kem.kode end as kota_kode,
        coalesce(t.kelurahan <> kel.baku, false) or coalesce(t.kecamatan <> kec.baku, false) or coalesce(t.kota <> kot.baku, false) as ejaan,
        (t.kelurahan is not null and kel.kode is null) or (t.kecamatan is not null and kec.kode is null)
        or (t.kota is not null and kot.kode is null) or (t.angka_kelurahan is not null and kod.kode_kelurahan is null)
        or (t.angka_kota is not null and case when t.wilayah_sistem = 'BPS' then bps.kode else kem.kode end is null) as tak_kenal,
        lp.nama is not null or (lk.nama is not null and kot.kode is null)
        or (kn.kode is not null and t.angka_kelurahan not like '31%') as luar,
        coalesce(t.provinsi in ('DKI JAKARTA', 'DK JAKARTA', 'JAKARTA', 'DAERAH KHUSUS IBUKOTA JAKARTA', 'DAERAH KHUSUS JAKARTA'), false)
        or kot.kode is not null or kod.kode_kelurahan is not null
        or case when t.wilayah_sistem = 'BPS' then bps.kode else kem.kode end is not null as dki
    from tempat_nama as t
    left join ejaan_kelurahan as kel on {{ compact('t.kelurahan') }} = kel.nama
    left join ejaan_kecamatan as kec on {{ compact('t.kecamatan') }} = kec.nama
    left join ejaan_kota as kot on {{ compact('t.kota') }} = kot.nama
    left join {{ ref('ref_wilayah') }} as kod on t.angka_kelurahan = replace(kod.kode_kelurahan, '.', '')
    left join daftar_kota as kem on t.angka_kota = replace(kem.kode, '.', '')
    left join daftar_kota as bps on t.angka_kota = bps.kode_bps
    left join {{ ref('ref_kecamatan_nik') }} as kn on left(t.angka_kelurahan, 6) = kn.kode and kn.asal = 'Kemendagri'
    left join luar_kota as lk on t.kota = lk.nama
    left join luar_provinsi as lp on t.provinsi = lp.nama
),
tempat_banding as (
    select
        *,
        coalesce(kel_kode <> kel_nama, false)
        or coalesce(least(left(kel_kode, 8), left(kel_nama, 8), kec_nama) <> greatest(left(kel_kode, 8), left(kel_nama, 8), kec_nama), false)
        as beda_kecamatan,
        coalesce(
            least(left(kel_kode, 5), left(kel_nama, 5), left(kec_nama, 5), kota_nama, kota_kode)
            <> greatest(left(kel_kode, 5), left(kel_nama, 5), left(kec_nama, 5), kota_nama, kota_kode), false
        ) as beda_kota
    from tempat_cari
),
tempat_hasil as (
    select
        *,
        case
            when not ada then null
            when luar and not dki then 'luar_dki'
            when luar and dki then 'bertentangan'
            when tak_kenal then 'tidak_dikenal'
            when beda_kecamatan or beda_kota then 'bertentangan'
            when ejaan then 'ejaan'
            else 'dikenal'
        end as wilayah_hasil
    from tempat_banding
),
{{ result }} as (
    select
        place_key,
        kelurahan_isi,
        ada as wilayah_ada,
        wilayah_hasil,
        case when not luar and not beda_kecamatan and not beda_kota then coalesce(kel_kode, kel_nama) end as kode_kelurahan,
        case
            when not luar and not beda_kota
                and coalesce(least(left(kel_kode, 8), left(kel_nama, 8), kec_nama) = greatest(left(kel_kode, 8), left(kel_nama, 8), kec_nama), true)
                then coalesce(left(kel_kode, 8), left(kel_nama, 8), kec_nama)
        end as kode_kecamatan,
        case
            when not luar and not beda_kota
                then coalesce(left(kel_kode, 5), left(kel_nama, 5), left(kec_nama, 5), kota_nama, kota_kode)
        end as kode_kota
    from tempat_hasil
)
{% endmacro %}
