{#- Comparison levels and the order of sources, as step 1 of the padanan uses them. -#}

{#- 3 equal (also with short forms and old spelling written out), 2 nearly, 1 alike or one within the other, 0 different or unknown. -#}
{% macro name_level(a, b) -%}
    case
        when {{ a }} = {{ b }} then 3
        when {{ a }} is null or {{ b }} is null then 0
        when {{ jaro_winkler(a, b) }} >= 0.92 and {{ name_for_comparison(a) }} <> {{ name_for_comparison(b) }} then 2
        when {{ name_for_comparison(a) }} = {{ name_for_comparison(b) }} then 3
        when {{ jaro_winkler(a, b) }} >= 0.80 or {{ words_within(a, b) }} or {{ words_within(b, a) }} then 1
        else 0
    end
{%- endmacro %}

{#- 2 equal, 1 unknown or day and month swapped or two of three parts equal, 0 different. -#}
{% macro birth_level(a, b) -%}
    case
        when {{ a }} = {{ b }} then 2
        when {{ a }} is null or {{ b }} is null then 1
        when year({{ a }}) = year({{ b }}) and day({{ a }}) = month({{ b }}) and month({{ a }}) = day({{ b }}) then 1
        when case when year({{ a }}) = year({{ b }}) then 1 else 0 end + case when month({{ a }}) = month({{ b }}) then 1 else 0 end
            + case when day({{ a }}) = day({{ b }}) then 1 else 0 end >= 2 then 1
        else 0
    end
{%- endmacro %}

{#- Same person, given both levels. -#}
{% macro same_person(name_level, birth_level) -%}
    (({{ name_level }} >= 2 and {{ birth_level }} >= 1) or ({{ name_level }} >= 1 and {{ birth_level }} = 2))
{%- endmacro %}

{#- Somebody else fits a record strictly better than the resident of its NIK: a better name and no worse a date, the same name and a
    better date, or exactly the name while the resident's is only like it. -#}
{% macro fits_better(name_level, birth_level, own_name_level, own_birth_level) -%}
    (({{ name_level }} > {{ own_name_level }} and {{ birth_level }} >= {{ own_birth_level }})
    or ({{ name_level }} = {{ own_name_level }} and {{ birth_level }} > {{ own_birth_level }})
    or {{ name_level }} = 3)
{%- endmacro %}

{#- After step 1: a record that another member of the resident's card fits strictly better (a twin's or a parent's NIK) goes on to
    step 2. Only links whose name is not the same are asked about, and of the card only who has the record's name or date: one hash
    join of few rows, since a card number that is nobody's, or lost digits, makes no card: strangers share it. -#}
{% macro hand_over_card_mates(model) -%}
    update {{ model }}
    set status = 'nik_padan_identitas_beda', kerabat_lebih_cocok = true
    where record_key in (
        select s.record_key
        from (
            select
                c.record_key, c.tingkat_nama, c.tingkat_tgl_lahir,
                {{ name_level('c.nama_bersih', 'm.nama_bersih') }} as nama_kerabat,
                {{ birth_level('c.tgl_lahir', 'm.tgl_lahir') }} as lahir_kerabat
            from {{ model }} as c
            inner join {{ ref(reference_model()) }} as m on c.kk_acuan = m.kk_angka16
            where m.kk_pengganti is null and not coalesce(m.kk_angka, false)
                and c.status = 'padan_nik' and not ({{ is_reference('c.producer') }}) and c.tingkat_nama < 3
                and m.nik_angka16 is distinct from c.nik_pakai
                and (m.tgl_lahir = c.tgl_lahir or {{ name_for_comparison('m.nama_bersih') }} = {{ name_for_comparison('c.nama_bersih') }})
        ) as s
        where {{ fits_better('s.nama_kerabat', 's.lahir_kerabat', 's.tingkat_nama', 's.tingkat_tgl_lahir') }}
    )
{%- endmacro %}

{#- Age group on a day, from a birth date; what is not that of a living person is unknown (`published/groups` names the groups). -#}
{% macro age_group(birth, day) -%}
    case
        when {{ birth }} is null or {{ birth }} > cast({{ lit(day) }} as date)
            or {{ birth }} < cast({{ lit(day) }} as date) - interval 120 year then 'tidak_diketahui'
        when {{ birth }} > cast({{ lit(day) }} as date) - interval 18 year then 'anak'
        when {{ birth }} > cast({{ lit(day) }} as date) - interval 60 year then 'dewasa'
        else 'lansia'
    end
{%- endmacro %}

{#- The registries whose overlap is counted, with the bit of each in `kombinasi`: [(id, bit)] by bit. -#}
{% macro registries() %}
    {%- set found = [] -%}
    {%- for registry in contract_registries() -%}{%- do found.append((registry['id'], registry['bit'])) -%}{%- endfor -%}
    {{ return(found) }}
{% endmacro %}

{#- Registry of a producer, null for programs. -#}
{% macro registry_of(producer) -%}
    case {% for registry in contract_registries() %}when {{ producer }} in ({{ lits(registry['contracts']) }}) then {{ lit(registry['id']) }} {% endfor %}end
{%- endmacro %}

{#- The register whose people everybody is matched with: its registry, its producer, its staging model. -#}
{% macro is_reference(producer) -%}{{ producer }} = {{ lit(contract_reference()['id']) }}{%- endmacro %}
{% macro is_reference_registry(source) -%}{{ source }} = {{ lit(contract_reference()['registry']) }}{%- endmacro %}
{% macro reference_model() %}{{ return(contract_reference()['model']) }}{% endmacro %}

{#- Whether a producer delivers one row a family, which is its head's. -#}
{% macro is_family_file(producer) -%}
    {%- set found = [] -%}
    {%- for registry in contract_registries() -%}{%- do found.extend(registry['family_files']) -%}{%- endfor -%}
    {{ producer ~ ' in (' ~ lits(found) ~ ')' if found else 'false' }}
{%- endmacro %}

{#- The contract that a registry's families are published under: that of its family file, else its only one. -#}
{% macro family_producer(source) -%}
    case {{ source }} {% for registry in contract_registries() %}when {{ lit(registry['id']) }} then {{ lit((registry['family_files'] + registry['contracts'])[0]) }} {% endfor %}end
{%- endmacro %}

{#- What a registry's families are. -#}
{% macro family_kind(source) -%}
    case {{ source }} {% for registry in contract_registries() %}when {{ lit(registry['id']) }} then {{ lit(registry['family']) }} {% endfor %}end
{%- endmacro %}

{#- Two digits that order registries as the residence rule orders their producers. -#}
{% macro registry_rank(source, plan) -%}
    {%- set found = [] -%}
    {%- for item in plan['sasaran'].get('urutan_domisili', []) -%}{%- set place = loop.index0 -%}
        {%- for registry in contract_registries() if item in registry['contracts'] -%}{%- do found.append((registry['id'], '%02d' | format(place))) -%}{%- endfor -%}
    {%- endfor -%}
    {%- if found -%}
    case {{ source }} {% for id, place in found %}when {{ lit(id) }} then {{ lit(place) }} {% endfor %}else '99' end
    {%- else -%}'99'{%- endif -%}
{%- endmacro %}

{#- Place of a producer in a list of the criteria as two digits ('00' first), null when it is not in the list. -#}
{% macro place_in(producer, list) -%}
    {%- if list -%}
    case {{ producer }} {% for item in list %}when {{ lit(item) }} then '{{ '%02d' | format(loop.index0) }}' {% endfor %}end
    {%- else -%}cast(null as varchar){%- endif -%}
{%- endmacro %}

{#- The highest desil that is selected: the limit of the level which the data sasaran reach to. -#}
{% macro desil_limit(plan) -%}
    {{ (plan['sasaran'].get('batas_desil') or {}).get(plan['sasaran'].get('tingkat'), 0) }}
{%- endmacro %}

{#- Place of a registry in a list of producers, that of its first one. -#}
{% macro registry_place(source, list) -%}
    {%- set found = [] -%}
    {%- for item in list or [] -%}{%- set place = loop.index0 -%}
        {%- for registry in contract_registries() if item in registry['contracts'] -%}{%- do found.append((registry['id'], '%02d' | format(place))) -%}{%- endfor -%}
    {%- endfor -%}
    {%- if found -%}
    case {{ source }} {% for id, place in found %}when {{ lit(id) }} then '{{ place }}' {% endfor %}end
    {%- else -%}cast(null as varchar){%- endif -%}
{%- endmacro %}

{#- The way back: two digits -> the producer. -#}
{% macro named_place(place, list) -%}
    {%- if list -%}
    case {{ place }} {% for item in list %}when '{{ '%02d' | format(loop.index0) }}' then {{ lit(item) }} {% endfor %}end
    {%- else -%}cast(null as varchar){%- endif -%}
{%- endmacro %}

{#- Unknown places are a group of their own: sums must add up to the whole. -#}
{% macro or_unknown(code) -%}coalesce({{ code }}, 'tidak diketahui'){%- endmacro %}

{#- The staging models whose records are matched, in a fixed order; those of supporting data are in supporting_models. -#}
{% macro staging_models() %}
    {{ return((contract_staging() | reject('in', supporting_models()) | list) + ['stg_umpan_balik__orang']) }}
{% endmacro %}

{#- The residence rule of this run: after every register and registry, where the field found a newcomer. -#}
{% macro residence_order(plan) %}
    {%- set order = plan['sasaran'].get('urutan_domisili') or [] -%}
    {{ return(order + ([newcomer_producer()] if plan.get('warga_baru') and order else [])) }}
{% endmacro %}

{#- Pairs of programs that one person may not receive together, both ways. -#}
{% macro excluding_pairs(plan) %}
    {%- set pairs = [] -%}
    {%- for contract in plan['contracts'] -%}
        {%- for other in (contract.get('program') or {}).get('tidakBersama') or [] -%}
            {%- for pair in [(contract['id'], other), (other, contract['id'])] -%}
                {%- if pair not in pairs -%}{%- do pairs.append(pair) -%}{%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(pairs | sort) }}
{% endmacro %}

{#- Pseudonym of a family. The register's and the programs' families are named by their No KK (its keyed hash); each other
    registry keeps its families apart. -#}
{% macro family_key(producer, family_id, own_id, kk_key) -%}
    case
        when {{ family_id }} is null then null
        when {{ own_id }} is null and ({{ is_reference(producer) }} or {{ registry_of(producer) }} is null) then {{ kk_key }}
        else md5(coalesce({{ registry_of(producer) }}, {{ producer }}) || '|' || coalesce({{ own_id }}, {{ kk_key }}))
    end
{%- endmacro %}

{#- Two digits that order the producers when a person without a resident is described: registries of the residence rule first. -#}
{% macro source_rank(producer, plan) -%}
    {%- set order = plan['sasaran'].get('urutan_domisili', []) -%}
    {%- if order -%}
    case {{ producer }} {% for item in order %}when {{ lit(item) }} then '{{ '%02d' | format(loop.index0) }}' {% endfor %}else '99' end
    {%- else -%}'99'{%- endif -%}
{%- endmacro %}

{#- Order of the records that may speak for a group: the fullest first, then by name and birth date. Only records that say the same are
   left to their record keys, and those agree about everybody. -#}
{% macro speaks_first() -%}
    cast(9 - isian as varchar) || coalesce(nama_bersih, '~') || '|' || coalesce(cast(tgl_lahir as varchar), '~') || '|' || record_key
{%- endmacro %}
