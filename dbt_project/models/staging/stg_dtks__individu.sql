{{ stage_model('stg_dtks__individu') }}
