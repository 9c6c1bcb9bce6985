"""A staging-like DuckDB table with seeded faults, as wide as the real one, for measuring only.

Realistic people come from `padanan.synthetic`; here the values need only trip each rule at a known, low rate.
"""

from __future__ import annotations

from pathlib import Path

from padanan.cleansing.suite import stage_columns
from padanan.contracts.contract import load_contracts

TABLE = "stg_uji__individu"

# `acak(i, s, m)`: a number 0..m-1 that depends on row, salt and nothing else, so the table is the same every time.
_MACRO = "create or replace temp macro acak(i, s, m) as (hash(i * 131 + s) % m)::integer"

_SQL = """
create or replace table {table} as select {columns} from (
with dasar as (
    select
        i,
        date '1940-01-01' + acak(i, 1, 30000) as lahir,
        case when acak(i, 2, 2) = 0 then 'L' else 'P' end as kelamin,
        acak(i, 3, 6) + 1 as kota,
        acak(i, 4, 8) + 1 as kec,
        acak(i, 5, 9) + 1 as kel,
        i // 4 as keluarga
    from range({rows}) as t(i)
),
nomor as (
    select *,
        printf('31%02d%02d%02d%02d%02d%04d', 70 + kota, kec, day(lahir) + case when kelamin = 'P' then 40 else 0 end,
            month(lahir), year(lahir) % 100, i % 9999 + 1) as nik_benar,
        printf('31%02d%02d%02d%02d%02d%04d', 70 + kota, kec, keluarga % 28 + 1, keluarga % 12 + 1, keluarga % 20,
            keluarga % 9999 + 1) as kk_benar
    from dasar
),
salah as (
    select *,
        case
            when acak(i, 10, 50) = 0 then null
            when acak(i, 11, 400) = 0 then '9999999999999995'
            when acak(i, 12, 200) = 0 then left(nik_benar, 15)
            when acak(i, 13, 300) = 0 then left(nik_benar, 6) || '99' || substr(nik_benar, 9)
            when acak(i, 14, 500) = 0 then left(nik_benar, 12) || '0000'
            when acak(i, 15, 700) = 0 then '00' || substr(nik_benar, 3)
            when acak(i, 16, 900) = 0 then kk_benar
            when acak(i, 17, 900) = 0 then '3,17E+15'
            else nik_benar
        end as nik_isi,
        case when acak(i, 20, 40) = 0 then '-' when acak(i, 21, 90) = 0 then left(kk_benar, 14) else kk_benar end
            as kk_isi,
        case
            when acak(i, 22, 500) = 0 then ' '
            when acak(i, 23, 400) = 0 then 'TES'
            else concat_ws(' ', (['SITI', 'BUDI', 'AGUS', 'DEWI', 'MUHAMMAD', 'RINA'])[acak(i, 24, 6) + 1],
                (['SETIAWAN', 'LESTARI', 'HIDAYAT', 'SIMANJUNTAK', 'WIJAYA'])[acak(i, 25, 5) + 1],
                chr(65 + acak(i, 26, 26)) || chr(65 + acak(i, 27, 26)))
        end as nama_isi,
        case when acak(i, 30, 60) = 0 then null when acak(i, 31, 150) = 0 then '31/02/1980'
            else strftime(lahir, '%d-%m-%Y') end as tgl_isi
    from nomor
)
select
    '2025-07-01' as periode,
    1 as revisi,
    '{producer}' as producer,
    'orang' as unit,
    '2025-10' as periode_data,
    date '2025-10-10' as diterima,
    '{sha16}' as delivery,
    null::varchar as bagian,
    i as baris,
    md5('r' || i) as record_key,
    md5('e' || i) as entity_key,
    case when length(nik_isi) = 16 then md5('n' || nik_isi) end as nik_key,
    case when length(kk_isi) = 16 then md5('k' || kk_isi) end as kk_key,
    printf('ID%012d', i) as id_sumber,
    printf('KEL%010d', keluarga) as id_keluarga_sumber,
    nik_isi as nik_mentah,
    nik_isi as nik_bersih,
    case when nik_isi = '9999999999999995' then 'belum_punya_nik_di_bawah_17' end as nik_pengganti,
    case when acak(i, 32, 30) = 0 then 'apostrof' end as nik_perbaikan,
    case when regexp_full_match(nik_isi, '[0-9]{{16}}') then try_cast(nik_isi as bigint) end as nik_angka16,
    acak(i, 33, 1000) = 0 as nik_angka,
    0.1::double as nik_persen_nol,
    kk_isi as kk_mentah,
    nullif(kk_isi, '-') as kk_bersih,
    null::varchar as kk_pengganti,
    null::varchar as kk_perbaikan,
    case when regexp_full_match(kk_isi, '[0-9]{{16}}') then try_cast(kk_isi as bigint) end as kk_angka16,
    false as kk_angka,
    nama_isi as nama_mentah,
    nullif(trim(nama_isi), '') as nama_bersih,
    null::varchar as nama_perbaikan,
    'SITI AMINAH' as nama_ibu_mentah,
    'SITI AMINAH' as nama_ibu_bersih,
    'JAKARTA' as tempat_lahir_mentah,
    tgl_isi as tgl_lahir_mentah,
    try_strptime(tgl_isi, '%d-%m-%Y')::date as tgl_lahir,
    tgl_isi is not null as tgl_lahir_isi,
    acak(i, 56, 300) = 0 as tgl_lahir_ambigu,
    null::varchar as tgl_lahir_perbaikan,
    case when acak(i, 34, 120) = 0 then '?' else kelamin end as jk_mentah,
    case when acak(i, 34, 120) = 0 then null else kelamin end as jk,
    (acak(i, 35, 11) + 1)::varchar as shdk_mentah,
    acak(i, 35, 11) + 1 as shdk,
    printf('JL MELATI NO %d RT %03d RW %03d', acak(i, 36, 200), acak(i, 37, 15), acak(i, 38, 12)) as alamat_mentah,
    case when acak(i, 39, 25) = 0 then null else 'JL MELATI' end as alamat_jalan,
    acak(i, 37, 15)::varchar as rt_mentah,
    acak(i, 38, 12)::varchar as rw_mentah,
    case when acak(i, 40, 30) = 0 then null else printf('%03d', acak(i, 37, 15)) end as rt,
    case when acak(i, 41, 30) = 0 then null else printf('%03d', acak(i, 38, 12)) end as rw,
    acak(i, 42, 20) > 0 as rt_rw_ada,
    acak(i, 43, 60) > 0 as rt_rw_terbaca,
    'DKI JAKARTA' as provinsi_mentah,
    'KOTA ' || kota as kota_mentah,
    'KECAMATAN ' || kec as kecamatan_mentah,
    case when acak(i, 44, 200) = 0 then '' else 'KELURAHAN ' || kel end as kelurahan_mentah,
    acak(i, 44, 200) > 0 as kelurahan_isi,
    null::varchar as kode_kelurahan_mentah,
    null::varchar as kode_kota_mentah,
    'nama' as wilayah_sistem,
    printf('31.7%d.%02d.10%02d', kota, kec, kel) as kode_kelurahan,
    printf('31.7%d.%02d', kota, kec) as kode_kecamatan,
    printf('31.7%d', kota) as kode_kota,
    acak(i, 44, 200) > 0 as wilayah_ada,
    case acak(i, 45, 100) when 0 then 'tidak_dikenal' when 1 then 'bertentangan' when 2 then 'luar_dki'
        when 3 then 'ejaan' else 'dikenal' end as wilayah_hasil,
    case when acak(i, 46, 80) = 0 then '11' else (acak(i, 47, 10) + 1)::varchar end as desil_mentah,
    true as desil_isi,
    case when acak(i, 46, 80) = 0 then null else acak(i, 47, 10) + 1 end as desil,
    '1' as status_dasar_mentah,
    'hidup' as status_dasar,
    'AKTIF' as status_mentah,
    case when acak(i, 48, 90) = 0 then null else 'aktif' end as status,
    '600000' as nominal_mentah,
    true as nominal_isi,
    case when acak(i, 49, 90) = 0 then 0 else 600000 end::decimal(18, 2) as nominal,
    '2025-07' as periode_program_mentah,
    case when acak(i, 50, 90) = 0 then '1999-01' else '2025-07' end as periode_program,
    printf('KEL%010d', keluarga) as family_id,
    case when acak(i, 51, 100) < 3 then 2 else 1 end as nik_n_baris,
    acak(i, 52, 2) = 0 as nik_beda_orang,
    case when keluarga % 97 = 0 then 0 when keluarga % 89 = 0 then 2 else 1 end as kel_n_kepala,
    case when keluarga % 83 = 0 then 2 else 1 end as kel_n_desil,
    case when keluarga % 79 = 0 then 0 else 1 end as kel_n_pasangan,
    acak(i, 53, 60) > 0 as nik_wilayah_dikenal,
    acak(i, 54, 60) > 0 as kk_wilayah_dikenal,
    length(nik_isi) = 16 and substr(nik_isi, 9, 2) between '01' and '12' and substr(nik_isi, 7, 2) <> '99'
        as tgl_nik_sah,
    acak(i, 55, 60) > 0 as tgl_kk_sah,
    try_cast(case when regexp_full_match(nik_isi, '[0-9]{{16}}') then nik_isi end as bigint) as nik_angka16,
    try_cast(case when regexp_full_match(kk_isi, '[0-9]{{16}}') then kk_isi end as bigint) as kk_angka16
from salah)
"""


def build(path: Path, rows: int, producer: str) -> None:
    """Writes the table into a new DuckDB file.

    Args:
        path: the file; replaced when it exists.
        rows: how many rows.
        producer: the contract id put in column `producer`.
    """
    import duckdb

    path.unlink(missing_ok=True)
    con = duckdb.connect(str(path))
    try:
        con.execute(_MACRO)
        columns = ", ".join(stage_columns(load_contracts()[producer]))
        con.execute(_SQL.format(table=TABLE, columns=columns, rows=int(rows), producer=producer, sha16="0" * 16))
    finally:
        con.close()
