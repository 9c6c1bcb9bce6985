{% set plan = run_plan() %}
{% set baru = plan.get('warga_baru') %}
-- People whom the field found and no register names: under which identifier this revision has them. Feedback knows them by a provisional
-- one, and an earlier publication may have had them under another: all of these lead here, unless an earlier one is somebody else's now.
with
rekaman as (
    select entity_key, id_orang
    from {{ ref('padanan_record') }}
    where producer = {{ lit(newcomer_producer()) }}
),
terdahulu as (
    {% if baru -%}
    select distinct _entity_key as entity_key, unnest(_terbit) as id_lama
    from read_parquet([{% for delivery in baru['deliveries'] %}{{ lit(home() ~ '/' ~ delivery['path']) }}{{ ', ' if not loop.last }}{% endfor %}])
    {%- else -%}
    select cast(null as varchar) as entity_key, cast(null as varchar) as id_lama where false
    {%- endif %}
),
sebutan as (
    select entity_key as id_lama, entity_key, id_orang from rekaman
    union all
    select t.id_lama, r.entity_key, r.id_orang
    from terdahulu as t
    inner join rekaman as r on t.entity_key = r.entity_key
    left join (select distinct id_orang from {{ ref('padanan_record') }}) as o on t.id_lama = o.id_orang
    where t.id_lama <> t.entity_key and (o.id_orang is null or o.id_orang = r.id_orang)
)
select
    {{ run_columns(plan) }},
    id_lama,
    min(id_orang) as id_orang,
    min(entity_key) as id_sementara
from sebutan
group by id_lama
