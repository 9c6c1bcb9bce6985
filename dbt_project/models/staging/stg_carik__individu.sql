{{ stage_model('stg_carik__individu') }}
