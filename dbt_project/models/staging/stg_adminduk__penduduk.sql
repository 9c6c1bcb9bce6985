{{ stage_model('stg_adminduk__penduduk') }}
