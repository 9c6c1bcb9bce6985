{#- Gap rows: one for each record and rule, from the predicates of the run plan; no predicate is written here. -#}

{#- A rule's condition on a row: it speaks about it, it fails, and no rule that explains it does. -#}
{% macro breaks(rule) -%}
    ({{ rule['condition'] }}) and ({{ rule['fails_when'] }}){% for masker in rule['masked_by'] %} and not topeng_{{ masker }}{% endfor %}
{%- endmacro %}

{#- The contract's rows with a flag for each rule that masks others, so that it is computed once a row and not once for every
    rule it silences. Flags of one layer use those of the layers before. -#}
{% macro with_flags(rules, source) %}
    {%- set maskers = rules | map(attribute='masked_by') | sum(start=[]) -%}
    {%- set ns = namespace(source=source) -%}
    {%- for layer in rules | selectattr('id', 'in', maskers) | map(attribute='mask_layer') | unique | sort -%}
        {%- set flags = [] -%}
        {%- for rule in rules if rule['id'] in maskers and rule['mask_layer'] == layer -%}
            {%- do flags.append("coalesce(" ~ breaks(rule) ~ ", false) as topeng_" ~ rule['id']) -%}
        {%- endfor -%}
        {%- set ns.source = "(\n            select *,\n                " ~ flags | join(",\n                ") ~ "\n            from " ~ ns.source ~ ")" -%}
    {%- endfor -%}
    {{ return(ns.source) }}
{% endmacro %}

{#- Gap rows of one contract from `relation` (staging, or the padanan row). A record's faults are first collected as bits of one
    whole number, in one scan; only faulty records are then spread to one row a rule. More rules than it has bits are refused
    when the contract is loaded. -#}
{% macro gap_of(contract, relation, stage) %}
    {%- set rules = contract['rules'] | selectattr('stage', 'equalto', stage) | list -%}
    {%- set maskers = rules | map(attribute='masked_by') | sum(start=[]) -%}
    {%- set source = "(select * from " ~ relation ~ " where producer = " ~ lit(contract['id']) ~ ")" %}
    select
        {{ run_columns(run_plan()) }}, b.producer, b.unit, b.record_key, b.entity_key, b.delivery, r.rule_id, r.level, r.dimensi,
        {%- set details = rules | selectattr('rincian') | list %}
        {% if details -%}
        case r.nomor
            {%- for rule in rules if rule['rincian'] %}
            when {{ rules.index(rule) }} then {{ rule['rincian'] }}
            {%- endfor %}
        end
        {%- else -%}cast(null as varchar){%- endif %} as rincian,
        b.kode_kota, b.kode_kecamatan, b.kode_kelurahan, {{ lit(stage) }} as tahap
    from (
        select *,
            {%- for rule in rules %}
            case when {{ 'topeng_' ~ rule['id'] if rule['id'] in maskers else breaks(rule) }} then {{ 2 ** loop.index0 }} else 0 end{{ ' +' if not loop.last }}
            {%- endfor %} as pelanggaran
        from {{ with_flags(rules, source) }}
    ) as b
    inner join (values
        {%- for rule in rules %}
        ({{ loop.index0 }}, {{ lit(rule['id']) }}, {{ lit(rule['level']) }}, {{ lit(rule['dimension']) }}){{ ',' if not loop.last }}
        {%- endfor %}
    ) as r (nomor, rule_id, level, dimensi) on (b.pelanggaran >> r.nomor) & 1 = 1
    where b.pelanggaran <> 0
{% endmacro %}

{#- Gap rows of every contract that delivered; `relations` maps a staging model to its relation, `relation` serves all. -#}
{% macro gap_rows(stage, relations=none, relation=none) %}
    {%- set plan = run_plan() -%}
    {%- set parts = [] -%}
    {%- for contract in plan['contracts'] if contract['deliveries'] and (contract['rules'] | selectattr('stage', 'equalto', stage) | list) -%}
        {%- do parts.append(gap_of(contract, relation or relations[contract['stage_model']], stage)) -%}
    {%- endfor -%}
    {%- if parts -%}
    {{ parts | join('\n    union all\n') }}
    {%- else -%}
    select
        cast(null as varchar) as periode, cast(null as integer) as revisi, cast(null as varchar) as producer, cast(null as varchar) as unit,
        cast(null as varchar) as record_key, cast(null as varchar) as entity_key, cast(null as varchar) as delivery,
        cast(null as varchar) as rule_id, cast(null as varchar) as level, cast(null as varchar) as dimensi, cast(null as varchar) as rincian,
        cast(null as varchar) as kode_kota, cast(null as varchar) as kode_kecamatan, cast(null as varchar) as kode_kelurahan,
        cast(null as varchar) as tahap
    where false
    {%- endif -%}
{% endmacro %}
