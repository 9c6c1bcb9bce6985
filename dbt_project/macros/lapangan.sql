{#- What is asked of the field (`expectations/lapangan.yaml`), from the run plan. -#}

{#- The field rules of this run; empty ones while dbt parses. -#}
{% macro field_rules(plan) %}
    {{ return(plan.get('lapangan') or {'penerima': 'false', 'tanpa_program': [], 'bukti': [], 'tanpa_dokumen': {'aturan': []}, 'dokumen_lain': [], 'terjawab': [], 'golongan': [],
        'pertanyaan': [], 'calon': [], 'tugas': [], 'pemohon': [], 'hak': [], 'pelajar': [], 'baru_bulan': 6}) }}
{% endmacro %}

{#- A list of text literals for `in (…)`; never empty. -#}
{% macro quoted_list(values) -%}
    {%- for value in values %}{{ lit(value) }}, {% endfor %}''
{%- endmacro %}

{#- Ids of the programs of this run. -#}
{% macro program_ids(plan) %}
    {{ return(plan['contracts'] | selectattr('kind', 'equalto', 'program') | map(attribute='id') | list) }}
{% endmacro %}

{#- Ids of the contracts whose records are asked one of these rules. -#}
{% macro asked_by(plan, rules) %}
    {%- set found = [] -%}
    {%- for contract in plan['contracts'] if contract['rules'] | selectattr('id', 'in', rules) | list -%}
    {%- do found.append(contract['id']) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}

{#- Ids of the contracts whose records are asked for a complete address. -#}
{% macro asked_for_address(plan) %}{{ return(asked_by(plan, ['alamat_tidak_lengkap'])) }}{% endmacro %}

{#- Rows of padanan_record that say that somebody receives a program. -#}
{% macro recipients(plan) -%}
    (
        select record_key, id_orang, id_keluarga, producer, unit
        from {{ ref('padanan_record') }}
        where producer in ({{ quoted_list(program_ids(plan)) }}) and ({{ field_rules(plan)['penerima'] }})
    )
{%- endmacro %}

{#- (rule_id, bukti) pairs: which rule's gap is which evidence. -#}
{% macro evidence_rules(plan) -%}
    {%- set pairs = [] -%}
    {%- for item in field_rules(plan)['bukti'] -%}{%- for rule in item.get('aturan') or [] -%}{%- do pairs.append((rule, item['id'])) -%}{%- endfor -%}{%- endfor -%}
    {%- if pairs -%}
    (values {% for rule, evidence in pairs %}({{ lit(rule) }}, {{ lit(evidence) }}){{ ', ' if not loop.last }}{% endfor %})
    {%- else -%}
    (select cast(null as varchar), cast(null as varchar) where false)
    {%- endif -%}
{%- endmacro %}

{#- What sources say of people in a column (record_key, nyata): the standard value where the column has a code list, else its words in
    capitals. A program whose contract has the column `holding` says 'ya' of whoever stands in it. Nothing of this is kept of a person. -#}
{% macro statements(plan, column, holding) -%}
    {%- set parts = [] -%}
    {%- for contract in plan['contracts'] -%}
    {%- for delivery in contract['deliveries'] -%}
    {%- set from_file = ' as nyata from read_parquet(' ~ lit(home() ~ '/' ~ delivery['path']) ~ ')' -%}
    {%- if column in contract['columns'] -%}
    {%- set said = 'upper(trim(' ~ column ~ '))' -%}
    {%- do parts.append('select _record_key as record_key, ' ~ (decoded(contract, column, said) if contract['columns'][column].get('code_list') else said) ~ from_file) -%}
    {%- elif holding in contract['columns'] -%}
    {%- do parts.append("select _record_key as record_key, 'ya'" ~ from_file) -%}
    {%- endif -%}
    {%- endfor -%}
    {%- endfor %}
    {{ parts | join('\n    union all\n    ') if parts else 'select cast(null as varchar) as record_key, cast(null as varchar) as nyata where false' }}
{%- endmacro %}

{#- (producer, kode) pairs of the reasons that ask for a visit; the producer is empty for a reason of a person. -#}
{% macro visits(plan) -%}
    {%- set found = field_rules(plan)['tugas'] | selectattr('saluran', 'equalto', 'lapangan') | list -%}
    {%- if found -%}
    (values {% for item in found %}({{ lit(item['producer'] or '') }}, {{ lit(item['kode']) }}){{ ', ' if not loop.last }}{% endfor %})
    {%- else -%}
    (select cast(null as varchar), cast(null as varchar) where false)
    {%- endif -%}
{%- endmacro %}

{#- (program, dasar) pairs of the entitlements: which list a program takes its people from. -#}
{% macro base_lists(plan) -%}
    {%- set found = field_rules(plan)['hak'] | selectattr('dasar') | list -%}
    {%- if found -%}
    (values {% for item in found %}({{ lit(item['program']) }}, {{ lit(item['dasar']) }}){{ ', ' if not loop.last }}{% endfor %})
    {%- else -%}
    (select cast(null as varchar), cast(null as varchar) where false)
    {%- endif -%}
{%- endmacro %}

{#- The limit of desil of a program's own rule (hak.yaml); null where it has none. -#}
{% macro own_limit(plan, program) -%}
    {%- set found = field_rules(plan)['hak'] | rejectattr('desil_maks', 'none') | list -%}
    {%- if found -%}
    case {{ program }} {% for item in found %}when {{ lit(item['program']) }} then {{ item['desil_maks'] }} {% endfor %}end
    {%- else -%}cast(null as integer){%- endif -%}
{%- endmacro %}
