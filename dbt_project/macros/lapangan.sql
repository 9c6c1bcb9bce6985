{#- What is asked of the field (`expectations/lapangan.yaml`), from the run plan. -#}

{#- The field rules of this run; empty ones while dbt parses. -#}
{% macro field_rules(plan) %}
    {{ return(plan.get('lapangan') or {'penerima': 'false', 'tanpa_program': [], 'bukti': [], 'tanpa_dokumen': {'aturan': []}, 'terjawab': [], 'golongan': [],
        'pertanyaan': [], 'calon': [], 'tugas': [], 'pemohon': []}) }}
{% endmacro %}

{#- A list of text literals for `in (…)`; never empty. -#}
{% macro quoted_list(values) -%}
    {%- for value in values %}{{ lit(value) }}, {% endfor %}''
{%- endmacro %}

{#- Ids of the programs of this run. -#}
{% macro program_ids(plan) %}
    {{ return(plan['contracts'] | selectattr('kind', 'equalto', 'program') | map(attribute='id') | list) }}
{% endmacro %}

{#- Ids of the contracts whose records are asked for a complete address. -#}
{% macro asked_for_address(plan) %}
    {%- set found = [] -%}
    {%- for contract in plan['contracts'] if 'alamat_tidak_lengkap' in (contract['rules'] | map(attribute='id') | list) -%}
    {%- do found.append(contract['id']) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}

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
