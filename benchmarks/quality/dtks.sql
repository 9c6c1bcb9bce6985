-- What somebody would write by hand for the DTKS rules: one scan, faults first, then who masks whom, then counts.
-- Written apart from the contracts on purpose: the benchmark asserts that both count the same.
-- {tabel} is the staging-like table.
with baris as (
    select * from {tabel} where producer = 'dtks'
),
salah as (
    select
        record_key,
        regexp_matches(nik_bersih, '^[0-9]{16}$') as nik16,
        nik_bersih is null
            or nik_bersih in ('', '-', '9999999999999994', '9999999999999995', '9999999999999996', '9999999999999999',
                '1234567890123456')
            or (regexp_matches(nik_bersih, '^[0-9]+$') and replace(nik_bersih, left(nik_bersih, 1), '') = '')
            as s_nik_kosong,
        regexp_matches(coalesce(nik_mentah, ''), '^\s*[0-9]([.,][0-9]+)?[eE]\+?[0-9]+\s*$')
            or (nik_angka and length(nik_bersih) >= 16)
            or (nik_persen_nol >= 0.5 and length(nik_bersih) = 16 and right(nik_bersih, 1) = '0') as s_nik_rusak_excel,
        nik_angka and regexp_matches(nik_bersih, '^[0-9]{15}$') as s_nik_nol_depan,
        coalesce(tgl_nik_sah, false) as tgl_nik_sah,
        right(nik_bersih, 4) = '0000' as s_nik_urut_nol,
        left(nik_bersih, 1) = '0' and left(nik_bersih, 4) not in ('0950', '0951', '0952', '0953', '0954')
            as s_nik_sementara,
        not coalesce(nik_wilayah_dikenal, false) as s_nik_wilayah,
        try_cast(substr(nik_bersih, 7, 2) as integer) as nik_hari,
        try_cast(substr(nik_bersih, 9, 2) as integer) as nik_bulan,
        try_cast(substr(nik_bersih, 11, 2) as integer) as nik_tahun,
        nik_n_baris > 1 as nik_berulang,
        coalesce(nik_beda_orang, false) as beda_orang,
        nik_bersih = kk_bersih as s_nik_sama_kk,
        kk_bersih is not null as kk_ada,
        kk_bersih is null or kk_bersih in ('', '-')
            or (regexp_matches(kk_bersih, '^[0-9]+$') and replace(kk_bersih, left(kk_bersih, 1), '') = '')
            as s_kk_kosong,
        kk_angka or not regexp_matches(coalesce(kk_bersih, ''), '^[0-9]{16}$')
            or not coalesce(kk_wilayah_dikenal, false) or not coalesce(tgl_kk_sah, false) as s_kk_format,
        family_id is not null as keluarga_ada,
        kel_n_kepala,
        not regexp_matches(coalesce(nama_mentah, ''), '[\pL\pN]') as s_nama_kosong,
        regexp_matches(nama_mentah, '[0-9]')
            or length(regexp_replace(nama_mentah, '[^\pL]', '', 'g')) <= 1
            or regexp_matches(upper(trim(nama_mentah)),
                '^(TEST?|TES|COBA|X{3,}|DUMMY|N ?N|NO NAME|TANPA NAMA|ANONIM)( |$)') as s_nama_tidak_wajar,
        trim(coalesce(tgl_lahir_mentah, '')) in ('', '-', '0', '0000-00-00') as s_tgl_lahir_kosong,
        coalesce(tgl_lahir_ambigu, false) as s_tgl_lahir_ambigu,
        tgl_lahir is null or tgl_lahir > diterima or tgl_lahir + interval 121 years <= diterima
            or tgl_lahir = date '1900-01-01' as s_tgl_lahir_tidak_wajar,
        tgl_lahir,
        jk,
        alamat_jalan is null or rt is null or rw is null or trim(coalesce(kelurahan_mentah, '')) in ('', '-')
            as s_alamat_tidak_lengkap,
        rt_rw_ada,
        not coalesce(rt_rw_terbaca, false) as s_rt_rw_format,
        wilayah_ada,
        wilayah_hasil in ('tidak_dikenal', 'bertentangan') as s_wilayah_tidak_dikenal,
        wilayah_hasil = 'luar_dki' as s_luar_dki
    from baris
),
bebas as (
    -- b_*: what is left to say something about a row after the first cause of its faults is known.
    select
        *,
        not s_nik_kosong as b_isi,
        not s_nik_kosong and not coalesce(s_nik_rusak_excel, false) as b_utuh,
        nik16 and kk_ada and s_nik_sama_kk as sama_kk
    from salah
),
ringkas as (
    select
        *,
        coalesce(nik16 and b_utuh and not coalesce(sama_kk, false), false) as b_nik,
        b_utuh and not coalesce(s_nik_nol_depan, false) as b_format
    from bebas
)
select
    count(*) as baris,
    count(*) filter (where record_key is null) as record_key_kosong,
    count(record_key) - count(distinct record_key) as record_key_ganda,
    count(*) filter (where s_nik_kosong) as nik_kosong_gagal,
    count(*) as nik_kosong_total,
    count(*) filter (where b_isi and s_nik_rusak_excel) as nik_rusak_excel_gagal,
    count(*) filter (where b_isi) as nik_rusak_excel_total,
    count(*) filter (where b_isi and s_nik_nol_depan) as nik_nol_depan_gagal,
    count(*) filter (where b_isi) as nik_nol_depan_total,
    count(*) filter (where b_format and not coalesce(nik16, false)) as nik_format_gagal,
    count(*) filter (where b_format) as nik_format_total,
    count(*) filter (where b_nik and not tgl_nik_sah) as nik_tanggal_gagal,
    count(*) filter (where b_nik) as nik_tanggal_total,
    count(*) filter (where b_nik and s_nik_urut_nol) as nik_urut_nol_gagal,
    count(*) filter (where b_nik) as nik_urut_nol_total,
    count(*) filter (where b_nik and s_nik_sementara) as nik_sementara_gagal,
    count(*) filter (where b_nik) as nik_sementara_total,
    count(*) filter (where b_nik and not s_nik_sementara and s_nik_wilayah) as nik_wilayah_gagal,
    count(*) filter (where b_nik and not s_nik_sementara) as nik_wilayah_total,
    count(*) filter (where b_nik and tgl_nik_sah and not s_nik_sementara and not coalesce(nik_berulang and beda_orang, false)
        and tgl_lahir is not null and (s_tgl_lahir_kosong or s_tgl_lahir_ambigu or not s_tgl_lahir_tidak_wajar)
        and (nik_hari % 40 <> day(tgl_lahir) or nik_bulan <> month(tgl_lahir) or nik_tahun <> year(tgl_lahir) % 100))
        as nik_vs_tgl_lahir_gagal,
    count(*) filter (where b_nik and tgl_nik_sah and not s_nik_sementara and not coalesce(nik_berulang and beda_orang, false)
        and tgl_lahir is not null and (s_tgl_lahir_kosong or s_tgl_lahir_ambigu or not s_tgl_lahir_tidak_wajar)) as nik_vs_tgl_lahir_total,
    count(*) filter (where b_nik and tgl_nik_sah and not s_nik_sementara and not coalesce(nik_berulang and beda_orang, false)
        and jk is not null and (nik_hari > 40) <> (jk = 'P')) as nik_vs_jk_gagal,
    count(*) filter (where b_nik and tgl_nik_sah and not s_nik_sementara and not coalesce(nik_berulang and beda_orang, false)
        and jk is not null) as nik_vs_jk_total,
    count(*) filter (where b_nik and nik_berulang and not beda_orang) as nik_ganda_sama_gagal,
    count(*) filter (where b_nik) as nik_ganda_sama_total,
    count(*) filter (where b_nik and nik_berulang and beda_orang) as nik_ganda_beda_gagal,
    count(*) filter (where b_nik) as nik_ganda_beda_total,
    count(*) filter (where b_utuh and sama_kk) as nik_sama_kk_gagal,
    count(*) filter (where b_utuh and nik16 and kk_ada) as nik_sama_kk_total,
    count(*) filter (where s_kk_kosong) as kk_kosong_gagal,
    count(*) as kk_kosong_total,
    count(*) filter (where not s_kk_kosong and not coalesce(b_utuh and sama_kk, false) and s_kk_format) as kk_format_gagal,
    count(*) filter (where not s_kk_kosong and not coalesce(b_utuh and sama_kk, false)) as kk_format_total,
    count(*) filter (where keluarga_ada and kel_n_kepala = 0) as kk_tanpa_kepala_gagal,
    count(*) filter (where keluarga_ada) as kk_tanpa_kepala_total,
    count(*) filter (where keluarga_ada and kel_n_kepala >= 2) as kk_kepala_ganda_gagal,
    count(*) filter (where keluarga_ada) as kk_kepala_ganda_total,
    count(*) filter (where s_nama_kosong) as nama_kosong_gagal,
    count(*) as nama_kosong_total,
    count(*) filter (where not s_nama_kosong and s_nama_tidak_wajar) as nama_tidak_wajar_gagal,
    count(*) filter (where not s_nama_kosong) as nama_tidak_wajar_total,
    count(*) filter (where s_tgl_lahir_kosong) as tgl_lahir_kosong_gagal,
    count(*) as tgl_lahir_kosong_total,
    count(*) filter (where not s_tgl_lahir_kosong and s_tgl_lahir_ambigu) as tgl_lahir_ambigu_gagal,
    count(*) filter (where not s_tgl_lahir_kosong) as tgl_lahir_ambigu_total,
    count(*) filter (where not s_tgl_lahir_kosong and not s_tgl_lahir_ambigu and s_tgl_lahir_tidak_wajar) as tgl_lahir_tidak_wajar_gagal,
    count(*) filter (where not s_tgl_lahir_kosong and not s_tgl_lahir_ambigu) as tgl_lahir_tidak_wajar_total,
    count(*) filter (where jk is null) as jk_tidak_dikenal_gagal,
    count(*) as jk_tidak_dikenal_total,
    count(*) filter (where s_alamat_tidak_lengkap) as alamat_tidak_lengkap_gagal,
    count(*) as alamat_tidak_lengkap_total,
    count(*) filter (where rt_rw_ada and s_rt_rw_format) as rt_rw_format_gagal,
    count(*) filter (where rt_rw_ada) as rt_rw_format_total,
    count(*) filter (where wilayah_ada and s_wilayah_tidak_dikenal) as wilayah_tidak_dikenal_gagal,
    count(*) filter (where wilayah_ada) as wilayah_tidak_dikenal_total,
    count(*) filter (where wilayah_ada and not coalesce(s_wilayah_tidak_dikenal, false) and s_luar_dki) as luar_dki_gagal,
    count(*) filter (where wilayah_ada and not coalesce(s_wilayah_tidak_dikenal, false)) as luar_dki_total
from ringkas
