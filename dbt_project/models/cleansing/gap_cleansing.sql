{{ config(tags=['panggilan_1']) }}
{{ gap_rows('cleansing', relations={
    'stg_adminduk__penduduk': ref('stg_adminduk__penduduk'),
    'stg_p3ke__keluarga': ref('stg_p3ke__keluarga'),
    'stg_p3ke__individu': ref('stg_p3ke__individu'),
    'stg_dtks__individu': ref('stg_dtks__individu'),
    'stg_carik__individu': ref('stg_carik__individu'),
    'stg_dtsen__individu': ref('stg_dtsen__individu'),
    'stg_bansos__penerima': ref('stg_bansos__penerima'),
}) }}
