{#- The uniform staging row: every contract's landing columns renamed, cast and derived, the raw value beside the cleansed one. -#}

{#- Landing columns of one contract under their staging names; a column the contract lacks is null. -#}
{% macro raw_columns() %}
    {{ return({
        'id_sumber': ['id_sumber'], 'id_keluarga_sumber': ['id_keluarga_sumber'],
        'nik_mentah': ['nik'], 'kk_mentah': ['no_kk'], 'nama_mentah': ['nama'], 'nama_ibu_mentah': ['nama_ibu'],
        'tempat_lahir_mentah': ['tempat_lahir'], 'tgl_lahir_mentah': ['tgl_lahir'], 'jk_mentah': ['jenis_kelamin'], 'shdk_mentah': ['shdk'],
        'alamat_mentah': ['alamat'], 'rt_mentah': ['rt'], 'rw_mentah': ['rw'], 'rt_rw_mentah': ['rt_rw'],
        'provinsi_mentah': ['provinsi'], 'kota_mentah': ['kota'], 'kecamatan_mentah': ['kecamatan'], 'kelurahan_mentah': ['kelurahan'],
        'kode_kelurahan_mentah': ['kode_kelurahan'], 'kode_kota_mentah': ['kode_kota'],
        'desil_mentah': ['desil'], 'status_dasar_mentah': ['status_dasar'],
        'status_mentah': ['status'], 'nominal_mentah': ['nominal'], 'periode_program_mentah': ['periode_program'],
        'kelompok_umur_mentah': ['kelompok_umur'], 'jiwa_mentah': ['jiwa']
    }) }}
{% endmacro %}

{#- Columns with a code list: what stands in the landing column -> its standard value, written out as a CASE. -#}
{% macro coded_columns() %}
    {{ return({'jk': 'jenis_kelamin', 'shdk': 'shdk', 'status_dasar': 'status_dasar', 'status': 'status', 'kelompok_umur': 'kelompok_umur'}) }}
{% endmacro %}

{% macro decoded(contract, column, text) -%}
    {%- set codes = (contract['columns'].get(column) or {}).get('code_list') or {} -%}
    {%- if codes -%}
    case {{ text }} {% for raw, standard in codes.items() %}when {{ lit(raw | upper) }} then {{ lit(standard) }} {% endfor %}end
    {%- else -%}cast(null as varchar){%- endif -%}
{%- endmacro %}

{#- One delivery as landed. -#}
{% macro landed(contract, delivery) %}
    select
        * exclude ({% for name in coded_columns() %}{{ name }}_teks{{ ', ' if not loop.last }}{% endfor %}),
        {%- for name, column in coded_columns().items() %}
        {{ decoded(contract, column, name ~ '_teks') }} as {{ name }}_kode{{ ',' if not loop.last }}
        {%- endfor %}
    from (select
        {{ lit(contract['id']) }} as producer,
        {{ lit(contract['unit']) }} as unit,
        {{ lit(delivery['periode_data']) }} as periode_data,
        cast({{ lit((delivery['diterima'] | string)[:10]) }} as date) as diterima,
        {{ lit(delivery['sha16']) }} as delivery,
        cast({{ lit(delivery.get('bagian')) }} as varchar) as bagian,
        _baris as baris,
        _record_key as record_key,
        _entity_key as entity_key,
        _nik_key as nik_key,
        _kk_key as kk_key,
        ',' || _sel_angka || ',' as sel_angka,
        {%- for name, sources in raw_columns().items() %}
        {%- set found = sources | select('in', contract['columns']) | list %}
        {{ found[0] if found else 'cast(null as varchar)' }} as {{ name }},
        {%- endfor %}
        {%- set kel = contract['columns'].get('kode_kelurahan', {}) %}
        {%- set kota = contract['columns'].get('kode_kota', {}) %}
        cast({{ lit(kota.get('code_system') or kel.get('code_system')) }} as varchar) as wilayah_sistem,
        {{ 'true' if 'mm/dd' in ((contract['columns'].get('tgl_lahir', {}).get('date_format') or '') | lower) else 'false' }} as bulan_dulu,
        {%- for name, column in coded_columns().items() %}
        {{ 'upper(trim(' ~ column ~ '))' if column in contract['columns'] else 'cast(null as varchar)' }} as {{ name }}_teks{{ ',' if not loop.last }}
        {%- endfor %}
    from read_parquet({{ lit(home() ~ '/' ~ delivery['path']) }}))
{% endmacro %}

{#- More than three deliveries, together small enough to be held in memory. -#}
{% macro many_small(contracts) %}
    {%- set sizes = [] -%}
    {%- for contract in contracts -%}{%- for delivery in contract['deliveries'] -%}{%- do sizes.append(delivery['rows_on'] | int) -%}{%- endfor -%}{%- endfor -%}
    {{ return(sizes | length > 3 and sizes | sum < 1000000) }}
{% endmacro %}

{#- Every active delivery of these contracts; an empty relation of the same shape when there is none. -#}
{% macro landed_all(contracts) %}
    {%- set parts = [] -%}
    {%- for contract in contracts -%}{%- for delivery in contract['deliveries'] -%}{%- do parts.append(landed(contract, delivery)) -%}{%- endfor -%}{%- endfor -%}
    {%- if parts -%}
    {{ parts | join('\n    union all\n') }}
    {%- else -%}
    select
        cast(null as varchar) as producer, cast(null as varchar) as unit, cast(null as varchar) as periode_data, cast(null as date) as diterima,
        cast(null as varchar) as delivery, cast(null as varchar) as bagian, cast(null as bigint) as baris, cast(null as varchar) as record_key,
        cast(null as varchar) as entity_key, cast(null as varchar) as nik_key, cast(null as varchar) as kk_key, cast(null as varchar) as sel_angka,
        {%- for name in raw_columns() %} cast(null as varchar) as {{ name }},{% endfor %}
        cast(null as varchar) as wilayah_sistem, false as bulan_dulu
        {%- for name in coded_columns() %}, cast(null as varchar) as {{ name }}_kode{% endfor %}
    where false
    {%- endif -%}
{% endmacro %}

{#- The family a row belongs to in its source. A No KK that stands for none, or that lost digits as a spreadsheet number, is no family: it
    would make one of strangers. -#}
{% macro family_id_of(id_keluarga, kk_number, kk_clean, kk_as_number) -%}
    coalesce({{ filled_text(id_keluarga) }},
        case when {{ kk_number }} is not null and not {{ kk_as_number }} and {{ stand_in(kk_clean, kk_number) }} is null then {{ kk_clean }} end)
{%- endmacro %}

{#- Whether a cell of this landing column was a number in its workbook. -#}
{% macro number_cell(marks, column) -%}
    coalesce({{ marks }} like '%,{{ column }},%', false)
{%- endmacro %}

{#- The staging row of every contract that this model holds. The sources are named for the lineage only: a producer that is not
    among them yet still arrives through the run plan. -#}
{% macro stage_model(model) %}
    {%- do source('landing', 'rencana') -%}
    {%- for id in contract_staging().get(model, []) -%}{%- do source('landing', id) -%}{%- endfor -%}
    {%- for id in contract_partners().get(model, []) -%}{%- do source('landing', id) -%}{%- endfor -%}
    {%- set plan = run_plan() -%}
    {{ stage_contracts(plan, plan_contracts_of(plan, model)) }}
{% endmacro %}

{% macro stage_contracts(plan, contracts) %}
{%- set partners = [] -%}
{%- for contract in contracts -%}
    {%- set partner = plan_contract(plan, contract['pasangan']) if contract.get('pasangan') else none -%}
    {%- if partner -%}{%- do partners.append(partner) -%}{%- endif -%}
{%- endfor -%}
-- CTEs are inlined on purpose: the second and third reading of `mentah` touch one or two columns of the Parquet only. Of many small
-- deliveries it is read once: each pattern below is compiled anew for every delivery in every reading.
with
mentah as {{ 'materialized' if many_small(contracts) else 'not materialized' }} (
    {{ landed_all(contracts) }}
),
-- numbers of each delivery: share of its NIK that end in 0, and which day its birth dates without separators can only mean
nik_mentah_saja as not materialized (
    select producer, delivery, nama_mentah, tgl_lahir_mentah, bulan_dulu, {{ clean_number('nik_mentah') }} as nik_bersih,
        {{ short_digits('tgl_lahir_mentah', 'bulan_dulu') }} as tgl_pendek
    from mentah
),
nik_saja as not materialized (
    select *, {{ sixteen('nik_bersih') }} as nik_angka16 from nik_mentah_saja
),
kiriman as (
    select
        producer,
        delivery,
        case when count(nik_angka16) >= 20 then cast(sum(case when nik_angka16 % 10 = 0 then 1 else 0 end) as double) / count(nik_angka16) end as nik_persen_nol,
        {{ date_majority('tgl_pendek') }}
    from nik_saja
    group by producer, delivery
),
-- NIK on more than one row of its producer, and whether the rows name different people
nik_berulang as (
    select producer, nik_angka16, count(*) as n_baris
    from nik_saja
    where nik_angka16 is not null
    group by producer, nik_angka16
    having count(*) > 1
),
baris_berulang_mentah as (
    select s.producer, s.nik_angka16, r.n_baris, s.nama_mentah, s.tgl_lahir_mentah, s.bulan_dulu, {{ odd_date('s.tgl_lahir_mentah') }} as tgl_inti
    from nik_saja as s
    inner join nik_berulang as r on s.producer = r.producer and s.nik_angka16 = r.nik_angka16
),
baris_berulang as (
    select producer, nik_angka16, n_baris, {{ name_plain('nama_mentah') }} as nama_rapi, {{ parse_date('tgl_lahir_mentah', 'tgl_inti', 'bulan_dulu') }} as tgl_lahir
    from baris_berulang_mentah
),
nama_berulang as (
    select *, {{ name_core('nama_rapi') }} as nama_bersih from baris_berulang
),
nik_ganda as (
    select
        producer,
        nik_angka16,
        max(n_baris) as n_baris,
        coalesce({{ jaro_winkler('min(nama_bersih)', 'max(nama_bersih)') }} < 0.85, false)
        or (count(distinct tgl_lahir) > 1 and count(distinct nama_bersih) > 1) as beda_orang
    from nama_berulang
    group by producer, nik_angka16
),
-- families: heads and deciles, over the key columns alone
kunci_keluarga as not materialized (
    select m.producer, m.id_keluarga_sumber, m.desil_mentah, {{ clean_number('m.kk_mentah') }} as kk_bersih, m.shdk_kode,
        {{ number_cell('m.sel_angka', 'no_kk') }} as kk_angka
    from mentah as m
),
kunci_keluarga_angka as not materialized (
    select *, {{ sixteen('kk_bersih') }} as kk_angka16 from kunci_keluarga
),
keluarga_baris as not materialized (
    select
        k.producer,
        {{ family_id_of('k.id_keluarga_sumber', 'k.kk_angka16', 'k.kk_bersih', 'k.kk_angka') }} as family_id,
        case when k.shdk_kode = '1' then 1 else 0 end as kepala,
        {{ parse_desil('k.desil_mentah') }} as desil
    from kunci_keluarga_angka as k
),
-- rows without a family are one group that joins nothing; a filter would compute the family twice
keluarga as (
    select
        producer,
        family_id,
        sum(kepala) as n_kepala,
        {%- for d in range(1, 11) %}
        max(case when desil = {{ d }} then 1 else 0 end){{ ' + ' if not loop.last }}
        {%- endfor %} as n_desil
    from keluarga_baris
    group by producer, family_id
),
pasangan_mentah as (
    {{ landed_all(partners) }}
),
pasangan_kk as (
    select id_keluarga_sumber, {{ clean_number('kk_mentah') }} as kk_bersih, {{ number_cell('sel_angka', 'no_kk') }} as kk_angka from pasangan_mentah
),
pasangan_kk_angka as (
    select *, {{ sixteen('kk_bersih') }} as kk_angka16 from pasangan_kk
),
pasangan as (
    select {{ family_id_of('id_keluarga_sumber', 'kk_angka16', 'kk_bersih', 'kk_angka') }} as family_id, count(*) as n
    from pasangan_kk_angka
    group by 1
),
{{ places_of('mentah', 'wilayah') }},
-- first step of the long texts
langkah_0 as not materialized (
    select *, {{ odd_date('tgl_lahir_mentah') }} as tgl_inti from mentah
),
langkah_1 as not materialized (
    select
        *,
        {{ clean_number('nik_mentah') }} as nik_bersih,
        {{ clean_number('kk_mentah') }} as kk_bersih,
        {{ name_plain('nama_mentah') }} as nama_rapi,
        {{ name_plain('nama_ibu_mentah') }} as nama_ibu_rapi,
        {{ parse_date('tgl_lahir_mentah', 'tgl_inti', 'bulan_dulu') }} as tgl_terbaca,
        {{ short_digits('tgl_lahir_mentah', 'bulan_dulu') }} as tgl_pendek,
        {{ number_cell('sel_angka', 'nik') }} as nik_angka,
        {{ number_cell('sel_angka', 'no_kk') }} as kk_angka,
        {{ parse_desil('desil_mentah') }} as desil,
        {{ parse_amount('nominal_mentah') }} as nominal,
        {{ parse_month('periode_program_mentah') }} as periode_program,
        {{ place_key() }} as place_key
    from langkah_0
),
langkah_2 as not materialized (
    select
        *,
        {{ sixteen('nik_bersih') }} as nik_angka16,
        {{ sixteen('kk_bersih') }} as kk_angka16,
        {{ name_core('nama_rapi') }} as nama_bersih,
        {{ name_core('nama_ibu_rapi') }} as nama_ibu_bersih
    from langkah_1
),
{{ parse_addresses('langkah_2', 'langkah_alamat') }},
langkah_3 as not materialized (
    select
        a.*,
        {{ family_id_of('a.id_keluarga_sumber', 'a.kk_angka16', 'a.kk_bersih', 'a.kk_angka') }} as family_id,
        kiriman.nik_persen_nol,
        a.nik_angka16 is not null and {{ number_date_ok('a.nik_angka16', true) }} as tgl_nik_sah,
        case
            when a.tgl_pendek is null then cast(a.tgl_terbaca as date)
            else cast({{ short_date('a.tgl_pendek', 'a.tgl_lahir_mentah', birth_digits('a.nik_angka16'), 'kiriman', 'a.diterima') }} as date)
        end as tgl_lahir
    from langkah_alamat as a
    left join kiriman on a.producer = kiriman.producer and a.delivery = kiriman.delivery
)
select
    l.producer,
    l.unit,
    l.periode_data,
    l.diterima,
    l.delivery,
    l.bagian,
    l.baris,
    l.record_key,
    l.entity_key,
    l.nik_key,
    l.kk_key,
    {{ filled_text('l.id_sumber') }} as id_sumber,
    {{ filled_text('l.id_keluarga_sumber') }} as id_keluarga_sumber,
    l.nik_mentah,
    l.nik_bersih,
    {{ number_repairs('l.nik_mentah', 'l.nik_bersih') }} as nik_perbaikan,
    l.nik_angka,
    l.nik_persen_nol,
    l.nik_angka16,
    {{ stand_in('l.nik_bersih', 'l.nik_angka16') }} as nik_pengganti,
    l.tgl_nik_sah,
    wn.kode is not null as nik_wilayah_dikenal,
    l.kk_mentah,
    l.kk_bersih,
    {{ number_repairs('l.kk_mentah', 'l.kk_bersih') }} as kk_perbaikan,
    l.kk_angka,
    l.kk_angka16,
    {{ stand_in('l.kk_bersih', 'l.kk_angka16') }} as kk_pengganti,
    l.kk_angka16 is not null and {{ number_date_ok('l.kk_angka16', false) }} as tgl_kk_sah,
    wk.kode is not null as kk_wilayah_dikenal,
    l.nama_mentah,
    l.nama_bersih,
    {{ name_repairs('l.nama_mentah', 'l.nama_bersih') }} as nama_perbaikan,
    l.nama_ibu_mentah,
    l.nama_ibu_bersih,
    l.tempat_lahir_mentah,
    l.tgl_lahir_mentah,
    l.tgl_lahir,
    (l.tgl_lahir is not null or not {{ is_blank('l.tgl_lahir_mentah', zeros=true) }}) as tgl_lahir_isi,
    l.tgl_pendek is not null and l.tgl_lahir is null and {{ is_day_month_year('l.tgl_pendek') }} as tgl_lahir_ambigu,
    {{ date_repair('l.tgl_lahir_mentah', 'l.tgl_inti', 'l.tgl_lahir', 'l.bulan_dulu') }} as tgl_lahir_perbaikan,
    l.jk_mentah,
    l.jk_kode as jk,
    l.shdk_mentah,
    try_cast(l.shdk_kode as integer) as shdk,
    l.alamat_mentah,
    l.alamat_jalan,
    l.rt_mentah,
    l.rw_mentah,
    l.rt,
    l.rw,
    l.rt_rw_ada,
    l.rt_rw_terbaca,
    l.provinsi_mentah,
    l.kota_mentah,
    l.kecamatan_mentah,
    l.kelurahan_mentah,
    coalesce(w.kelurahan_isi, false) as kelurahan_isi,
    l.kode_kelurahan_mentah,
    l.kode_kota_mentah,
    l.wilayah_sistem,
    w.kode_kelurahan,
    w.kode_kecamatan,
    w.kode_kota,
    coalesce(w.wilayah_ada, false) as wilayah_ada,
    w.wilayah_hasil,
    l.desil_mentah,
    (l.desil is not null or not {{ is_blank('l.desil_mentah') }}) as desil_isi,
    l.desil,
    l.status_dasar_mentah,
    l.status_dasar_kode as status_dasar,
    l.status_mentah,
    l.status_kode as status,
    l.nominal_mentah,
    (l.nominal is not null or not {{ is_blank('l.nominal_mentah') }}) as nominal_isi,
    l.nominal,
    l.periode_program_mentah,
    l.periode_program,
    l.family_id,
    case when l.nik_angka16 is not null then coalesce(ng.n_baris, 1) end as nik_n_baris,
    case when l.nik_angka16 is not null then coalesce(ng.beda_orang, false) end as nik_beda_orang,
    cast(kel.n_kepala as bigint) as kel_n_kepala,
    cast(kel.n_desil as bigint) as kel_n_desil,
    {% if partners %}case when l.family_id is not null then coalesce(p.n, 0) end{% else %}cast(null as bigint){% endif %} as kel_n_pasangan
from langkah_3 as l
left join nik_ganda as ng on l.producer = ng.producer and l.nik_angka16 = ng.nik_angka16
left join keluarga as kel on l.producer = kel.producer and l.family_id = kel.family_id
left join wilayah as w on l.place_key = w.place_key
left join (select try_cast(kode as bigint) as kode from {{ ref('ref_kecamatan_nik') }}) as wn on {{ int_div('l.nik_angka16', 10000000000) }} = wn.kode
left join (select try_cast(kode as bigint) as kode from {{ ref('ref_kecamatan_nik') }}) as wk on {{ int_div('l.kk_angka16', 10000000000) }} = wk.kode
{%- if partners %}
left join pasangan as p on l.family_id = p.family_id
{%- endif %}
{% endmacro %}

{#- A whole number from 1 to 10, else null. -#}
{% macro parse_desil(raw) -%}
    case when {{ full_match(raw, '\\s*0?[0-9]{1,2}\\s*') }} and try_cast(trim({{ raw }}) as integer) between 1 and 10 then try_cast(trim({{ raw }}) as integer) end
{%- endmacro %}
