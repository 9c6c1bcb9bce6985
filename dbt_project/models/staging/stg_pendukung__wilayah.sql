{{ stage_places('stg_pendukung__wilayah') }}
