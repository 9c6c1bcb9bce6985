{{ stage_model('stg_pendukung__keluarga') }}
