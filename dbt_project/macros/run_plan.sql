{#- The run plan that Python wrote, and small helpers to put its values into SQL. -#}

{#- The data home, as `profiles.yml` found it: the folder above that of the warehouse. Spark has no warehouse file and is told. -#}
{% macro home() %}{{ return(adapter.dispatch('home', 'padanan')()) }}{% endmacro %}
{% macro default__home() %}{{ return(target.path.rsplit('/warehouse/', 1)[0] if '/warehouse/' in target.path else '../data') }}{% endmacro %}
{% macro spark__home() %}{{ return(env_var('PADANAN_HOME')) }}{% endmacro %}

{% macro run_plan_path() %}{{ return(home() ~ '/warehouse/rencana.json') }}{% endmacro %}

{#- The first cell of a query's answer, asked once in a dbt process: the plan is the same for every model, and hundreds of mentions of the list
    of blanks would each read it anew, half the time of compiling. The graph is what all nodes of a process share. -#}
{% macro asked_once(query) %}
    {%- set known = graph.setdefault('padanan_jawaban', {}) -%}
    {%- if query not in known -%}{%- do known.update({query: run_query(query).rows[0][0]}) -%}{%- endif -%}
    {{ return(known[query]) }}
{% endmacro %}

{% macro has_run_plan() %}{{ return(asked_once("select count(*) from glob(" ~ lit(run_plan_path()) ~ ")") > 0) }}{% endmacro %}

{#- Before anything is built or tested: without a run plan every table would silently be built empty. The benches of the unit tests need none. -#}
{% macro needs_run_plan() %}
    {% if not execute or flags.WHICH not in ('build', 'run', 'test') or has_run_plan() %}{{ return('') }}{% endif %}
    {% for id in selected_resources if id in graph.nodes %}
        {% for other in [id] + graph.nodes[id].depends_on.get('nodes', []) if other in graph.nodes %}
            {% set node = graph.nodes[other] %}
            {% if node.resource_type == 'model' and ('panggilan_1' in node.tags or 'panggilan_2' in node.tags) %}
                {% do exceptions.raise_compiler_error('GALAT ' ~ run_plan_path() ~ ': rencana putaran belum ada, jadi semua tabel akan kosong. '
                    ~ "Perbaikan: jalankan job padanan_periode (atau 'make demo') untuk data home ini, atau atur PADANAN_HOME") %}
            {% endif %}
        {% endfor %}
    {% endfor %}
{% endmacro %}

{#- The plan as a dict; an empty plan while dbt parses, and when the file is not there (docs, compile). -#}
{% macro run_plan() %}
    {% set empty = {'periode': '1970-01-01', 'label': '', 'revisi': 0, 'cutoff': '1970-01-01', 'contracts': [], 'sasaran': {}} %}
    {% if not execute %}{{ return(empty) }}{% endif %}
    {% if not has_run_plan() %}{{ return(empty) }}{% endif %}
    {%- set plan = fromjson(asked_once("select content from read_text(" ~ lit(run_plan_path()) ~ ")")) -%}
    {#- Newcomers are one more contract of the run; that nobody delivers by it concerns the plan alone. -#}
    {%- if plan.get('warga_baru') -%}{%- do plan['contracts'].append(plan['warga_baru']) -%}{%- endif -%}
    {{ return(plan) }}
{% endmacro %}

{#- A SQL text literal, or null. -#}
{% macro lit(value) %}
    {%- if value is none -%}{{ return('null') }}{%- endif -%}
    {{ return("'" ~ (value | string | replace("'", "''")) ~ "'") }}
{% endmacro %}

{#- A list of SQL text literals. -#}
{% macro lits(values) %}{%- set out = [] -%}{%- for value in values -%}{%- do out.append(lit(value)) -%}{%- endfor -%}{{ return(out | join(', ')) }}{% endmacro %}

{% macro plan_contract(plan, id) %}
    {% for contract in plan['contracts'] if contract['id'] == id %}{{ return(contract) }}{% endfor %}
    {{ return(none) }}
{% endmacro %}

{#- Contracts of one staging model, in plan order. -#}
{% macro plan_contracts_of(plan, model) %}
    {% set found = [] %}
    {% for contract in plan['contracts'] if contract['stage_model'] == model %}{% do found.append(contract) %}{% endfor %}
    {{ return(found) }}
{% endmacro %}

{#- Columns that every table carries. -#}
{% macro run_columns(plan) -%}
    {{ lit(plan['periode']) }} as periode, cast({{ plan['revisi'] }} as integer) as revisi
{%- endmacro %}

{#- Rows of a file that the padanan by evidence wrote for this revision (`padanan/evidence`); no rows before it has run, as in docs. -#}
{% macro evidence(name, plan) %}
    {%- set path = home() ~ '/warehouse/bukti/' ~ name ~ '.parquet' -%}
    {%- set found = run_query("select count(*) from glob(" ~ lit(path) ~ ")").rows[0][0] if execute else 0 -%}
    {%- if found -%}
    (select * exclude (periode, revisi) from read_parquet({{ lit(path) }})
    where periode = {{ lit(plan['periode']) }} and revisi = {{ plan['revisi'] }})
    {%- else -%}
    (
        select
            {%- for column in evidence_columns(name) %}
            cast(null as {{ column[1] }}) as {{ column[0] }}{{ ',' if not loop.last }}
            {%- endfor %}
        where false
    )
    {%- endif -%}
{% endmacro %}

{#- Columns of an evidence file, for the empty table before it is there: what is published of it is described in the YAML of its table,
    periode and revisi are the run's; `tautan` is not published itself. -#}
{% macro evidence_columns(name) %}
    {%- set published = {'pasangan': 'pasangan_bukti', 'ukuran': 'ukuran_bukti', 'ganda': 'ganda_bukti'} -%}
    {%- if name not in published -%}
        {{ return([('record_key', 'varchar'), ('status', 'varchar'), ('metode', 'varchar'), ('id_orang', 'varchar'), ('register_key', 'varchar'),
            ('calon_key', 'varchar'), ('peluang', 'double'), ('bobot', 'double'), ('alasan', 'varchar')]) }}
    {%- endif -%}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- for column in graph.nodes['model.padanan.' ~ published[name]].columns.values() if column.name not in ('periode', 'revisi') -%}
            {%- do found.append((column.name, column.data_type)) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found or [('record_key', 'varchar')]) }}
{% endmacro %}

{#- The producer of people whom the field found and no register names (`expectations/warga_baru.yaml`). -#}
{% macro newcomer_producer() %}{{ return('warga_baru') }}{% endmacro %}

{#- What the field found of people, as known on the cut-off day (`padanan/run/feedback_state.py`); no rows before anything came back.
    Feedback knows newcomers by identifiers of its own: here each is the person that this run has. Where two of them are one person,
    what they do not agree on holds for neither, and the poorer desil speaks. -#}
{% macro field_results(plan) %}
    {%- set newcomers = ref('warga_baru') -%}
    {%- set path = plan.get('umpan_balik') -%}
    {%- if path and plan.get('warga_baru') -%}
    (
        select
            coalesce(w.id_orang, k.id_orang) as id_orang,
            bool_or(k.meninggal_terverifikasi) and count(distinct k.verivali_hasil) = 1 as meninggal_terverifikasi,
            bool_or(k.pindah_terverifikasi) and count(distinct k.verivali_hasil) = 1 as pindah_terverifikasi,
            case when count(distinct k.verivali_hasil) = 1 then min(k.verivali_hasil) end as verivali_hasil,
            max(k.verivali_pada) as verivali_pada,
            bool_or(k.hasil_berlaku) and count(distinct k.verivali_hasil) = 1 as hasil_berlaku,
            min(k.desil) as desil,
            bool_or(k.di_panti) as di_panti
        from read_parquet({{ lit(home() ~ '/' ~ path['berkas']) }}) as k
        left join {{ newcomers }} as w on k.id_orang = w.id_lama
        group by coalesce(w.id_orang, k.id_orang)
    )
    {%- elif path -%}
    (select id_orang, meninggal_terverifikasi, pindah_terverifikasi, verivali_hasil, verivali_pada, hasil_berlaku, desil, di_panti from read_parquet({{ lit(home() ~ '/' ~ path['berkas']) }}))
    {%- else -%}
    (
        select cast(null as varchar) as id_orang, cast(null as boolean) as meninggal_terverifikasi,
            cast(null as boolean) as pindah_terverifikasi, cast(null as varchar) as verivali_hasil,
            cast(null as date) as verivali_pada, cast(null as boolean) as hasil_berlaku, cast(null as integer) as desil,
            cast(null as boolean) as di_panti
        where false
    )
    {%- endif -%}
{% endmacro %}
