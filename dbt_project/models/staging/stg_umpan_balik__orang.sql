-- People whom the field found and no register names (expectations/warga_baru.yaml): the run plan alone names them, no source does.
{{ stage_model('stg_umpan_balik__orang') }}
