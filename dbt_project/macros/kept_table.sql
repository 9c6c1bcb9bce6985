{#- Tables that are built again only when what they are made of has changed: their own SQL, which names the deliveries by their content
    and carries the rules, or a table that they read. What it was made of stands as a comment on the table, in the same transaction.
    `dbt build --full-refresh` builds all of them again. -#}

{#- What a table is made of, as one hash: SQL, seeds, the tables before it, the version of the engine and the key of the pseudonyms. Null where
    a table before it says nothing of itself. -#}
{% macro made_of(node, sql) %}
    {%- set parts = [run_query('select version()').rows[0][0], run_plan()['key_id'] or '', sql] -%}
    {%- for id in node.depends_on.nodes | sort if id in graph.nodes -%}
        {%- set other = graph.nodes[id] -%}
        {%- if other.resource_type == 'seed' -%}
            {%- do parts.append(id ~ ' ' ~ other.checksum.checksum) -%}
        {%- else -%}
            {%- set mark = mark_of(other.schema, other.alias) -%}
            {%- if not mark -%}{{ return(none) }}{%- endif -%}
            {%- do parts.append(id ~ ' ' ~ mark) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(local_md5(parts | join('\n'))) }}
{% endmacro %}

{#- What a table of the warehouse says it was made of. -#}
{% macro mark_of(schema, name) %}
    {%- set found = run_query("select comment from duckdb_tables() where database_name = current_database() and schema_name = " ~ lit(schema) ~ " and table_name = " ~ lit(name)) -%}
    {{ return(found.rows[0][0] if found.rows | length else none) }}
{% endmacro %}

{% materialization kept, adapter='duckdb' %}
    {%- set target = this.incorporate(type='table') -%}
    {%- set there = load_cached_relation(this) -%}
    {%- set mark = made_of(model, compiled_code) -%}
    {%- if there is not none and there.is_table and mark and not should_full_refresh() and mark == mark_of(this.schema, this.identifier) -%}
        {%- call noop_statement('main', 'TETAP') -%}{%- endcall -%}
        {{ return({'relations': [target]}) }}
    {%- endif -%}
    {{ run_hooks(pre_hooks) }}
    {%- if there is not none and not there.is_table -%}{{ drop_relation_if_exists(there) }}{%- endif -%}
    {#- Many rows on the left, few on the right, as they are written: after a chain of left joins DuckDB expects a hundred million places
        of a few thousand, and would lay all rows of the delivery out in memory, and on the disk, to look the places up in them. -#}
    {%- do run_query("set disabled_optimizers = 'build_side_probe_side'") -%}
    {%- call statement('main') -%}
    create or replace table {{ target }} as (
        {{ compiled_code }}
    );
    comment on table {{ target }} is {{ lit(mark) }}
    {%- endcall -%}
    {%- do run_query("reset disabled_optimizers") -%}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
