{{ config(tags=['panggilan_1', 'cleansing']) }}
-- Cleansing sets nothing aside: a row that landed is staged.
select producer, tahap, masuk, lanjut, disisihkan
from {{ ref('akun_cleansing') }}
where masuk is distinct from lanjut + disisihkan or (tahap = 'cleansing' and disisihkan > 0)
