{#- Gap rows: one for each record and rule, from the predicates of the run plan. -#}

{#- Parts of predicates that nearly every contract repeats, and cheaper forms that select exactly the same rows. -#}
{% macro shared_texts() %}
    {{ return([
        ("not regexp_matches(coalesce(nik_bersih, ''), '^[0-9]{16}$')", "(nik_angka16 is null)"),
        ("not regexp_matches(coalesce(kk_bersih, ''), '^[0-9]{16}$')", "(kk_angka16 is null)"),
        ("regexp_matches(nik_bersih, '^[0-9]{16}$')", "(nik_angka16 is not null)"),
        ("(regexp_matches(nik_bersih, '^[0-9]+$') and replace(nik_bersih, left(nik_bersih, 1), '') = '')",
         "case when nik_angka16 is not null then nik_angka16 % 1111111111111111 = 0"
         ~ " else regexp_matches(nik_bersih, '^[0-9]+$') and replace(nik_bersih, left(nik_bersih, 1), '') = '' end"),
        ("(regexp_matches(kk_bersih, '^[0-9]+$') and replace(kk_bersih, left(kk_bersih, 1), '') = '')",
         "case when kk_angka16 is not null then kk_angka16 % 1111111111111111 = 0"
         ~ " else regexp_matches(kk_bersih, '^[0-9]+$') and replace(kk_bersih, left(kk_bersih, 1), '') = '' end"),
        ("regexp_matches(coalesce(nik_mentah, ''), '^\\s*[0-9]([.,][0-9]+)?[eE]\\+?[0-9]+\\s*$')",
         "(nik_angka16 is null and regexp_matches(coalesce(nik_mentah, ''), '^\\s*[0-9]([.,][0-9]+)?[eE]\\+?[0-9]+\\s*$'))"),
        ("length(regexp_replace(nama_mentah, '[^\\pL]', '', 'g')) <= 1", "not regexp_matches(nama_mentah, '\\pL[^\\pL]*\\pL')")
    ]) }}
{% endmacro %}

{% macro shorten(text) %}
    {%- set ns = namespace(text=text) -%}
    {%- for long, short in shared_texts() -%}{%- set ns.text = ns.text | replace(long, short) -%}{%- endfor -%}
    {{ return(ns.text) }}
{% endmacro %}

{#- Position after the bracket that closes the one before `start`; quoted text is skipped. -1 when it is never closed. -#}
{% macro closing(text, start) %}
    {%- set ns = namespace(depth=1, end=-1) -%}
    {%- for match in modules.re.finditer("'(?:[^']|'')*'|[()]", text[start:]) if ns.end < 0 -%}
        {%- if match.group() == '(' -%}{%- set ns.depth = ns.depth + 1 -%}{%- endif -%}
        {%- if match.group() == ')' -%}
            {%- set ns.depth = ns.depth - 1 -%}
            {%- if ns.depth == 0 -%}{%- set ns.end = start + match.end() -%}{%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(ns.end) }}
{% endmacro %}

{#- Takes the masks (`not coalesce(<a masker fails>, false)`) out of a rule's condition, so that each is computed once
    a row and not once for every rule it silences. `flags` collects text -> column name. -#}
{% macro without_masks(text, flags) %}
    {%- set ns = namespace(text=text, at=0) -%}
    {%- for _ in range(40) if ns.at >= 0 -%}
        {%- set at = ns.text.find('not coalesce(', ns.at) -%}
        {%- if at < 0 -%}
            {%- set ns.at = -1 -%}
        {%- else -%}
            {%- set end = closing(ns.text, at + 13) -%}
            {%- if end < 0 -%}
                {%- set ns.at = -1 -%}
            {%- else -%}
                {%- set part = ns.text[at:end] -%}
                {%- if part not in flags -%}{%- do flags.update({part: 'topeng_' ~ (flags | length)}) -%}{%- endif -%}
                {%- set ns.text = ns.text[:at] ~ flags[part] ~ ns.text[end:] -%}
                {%- set ns.at = at + (flags[part] | length) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(ns.text) }}
{% endmacro %}

{#- Gap rows of one contract from `relation` (staging, or the padanan row). A record's faults are first collected as bits of one
    whole number, in one scan; only faulty records are then spread to one row a rule. -#}
{% macro gap_of(contract, relation, stage) %}
    {%- set rules = contract['rules'] | selectattr('stage', 'equalto', stage) | list -%}
    {%- set flags = {} -%}
    {%- set conditions = [] -%}
    {%- set halves = [] -%}
    {%- for rule in rules -%}
        {%- do halves.append((without_masks(shorten(rule['applies_when']), flags), shorten(rule['fails_when']))) -%}
    {%- endfor -%}
    {%- for applies, fails in halves -%}
        {%- set whole = "(" ~ fails ~ ")" if applies == 'true' else "(" ~ applies ~ ") and (" ~ fails ~ ")" -%}
        {#- a rule that masks others stands in a flag already -#}
        {%- set mask = "not coalesce(" ~ whole ~ ", false)" -%}
        {%- do conditions.append("not " ~ flags[mask] if mask in flags else whole) -%}
    {%- endfor %}
    select
        b.periode, b.revisi, b.producer, b.unit, b.record_key, b.entity_key, b.delivery, r.rule_id, r.level, r.dimensi,
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
            {%- for condition in conditions %}
            case when {{ condition }} then {{ 2 ** loop.index0 }} else 0 end{{ ' +' if not loop.last }}
            {%- endfor %} as pelanggaran
        from (
            select *{% for text, name in flags.items() %},
                {{ text }} as {{ name }}{% endfor %}
            from {{ relation }} where producer = {{ lit(contract['id']) }}
        )
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
