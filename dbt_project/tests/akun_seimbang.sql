{{ config(tags=['panggilan_2', 'review']) }}
-- No stage loses or invents a row, and each hands on what the next one takes.
select a.tahap, a.producer, a.masuk, a.lanjut, a.disisihkan
from {{ ref('row_account') }} as a
left join {{ ref('row_account') }} as b
    on a.producer = b.producer
    and b.tahap = case a.tahap when 'cleansing' then 'landing' when 'padanan' then 'cleansing'
        when 'penyebut' then 'cleansing' when 'sasaran' then 'padanan' end
where not a.seimbang or (a.tahap <> 'landing' and a.masuk is distinct from b.lanjut)
