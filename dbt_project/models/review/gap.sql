select * from {{ ref('gap_cleansing') }}
union all
select * from {{ ref('gap_padanan') }}
