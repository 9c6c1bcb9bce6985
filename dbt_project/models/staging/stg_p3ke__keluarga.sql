{{ stage_model('stg_p3ke__keluarga') }}
