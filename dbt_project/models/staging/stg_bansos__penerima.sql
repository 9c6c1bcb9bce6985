{{ stage_model('stg_bansos__penerima') }}
