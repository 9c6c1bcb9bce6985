{{ stage_model('stg_dtsen__individu') }}
