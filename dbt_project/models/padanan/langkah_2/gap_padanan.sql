{{ gap_rows('padanan', relation=ref('padanan_record')) }}
