"""A made-up decree's prepared database: people spread over all kelurahan of DKI, without names."""

from __future__ import annotations

from pathlib import Path

import duckdb

from padanan.published.opened import WILAYAH_SEED

PROGRAMS = ("bpms", "kaj", "kjp_plus", "klj", "pangan_murah", "pkh", "sembako")
"""Almost everybody receives `pangan_murah`, and all but two of `bpms` `sembako`: those who do not are few."""


def database(path: Path, people: int, seed: int = 1) -> Path:
    """Writes the table `sasaran` that the figures are counted from; the same numbers give the same people."""
    con = duckdb.connect(str(path))
    con.execute(f"select setseed({seed / 1000})")
    con.execute(
        f"""create table sasaran as
        with w as (select *, row_number() over (order by kode_kelurahan) - 1 as n
            from read_csv('{WILAYAH_SEED}', all_varchar = true) where valid_to is null),
        k as (select i, floor(random() * (select count(*) from w))::int as n, random() as nowhere
            from range({max(people // 3, 1)}) t(i)),
        f as (select k.i, case when nowhere > 0.02 then kode_kota end as kode_kota,
            case when nowhere > 0.03 then kode_kecamatan end as kode_kecamatan,
            case when nowhere > 0.05 then kode_kelurahan end as kode_kelurahan, 1 + floor(power(random(), 1.5) * 4)::int as desil
            from k join w using (n)),
        p as (select i as o, random() as a, random() as b, random() as c from range({people}) t(i))
        select md5(o::varchar) as id_orang, md5('k' || f.i) as id_keluarga, if(a < 0.5, 'L', 'P') as jk,
            case when b < 0.35 then 'anak' when b < 0.88 then 'dewasa' when b < 0.99 then 'lansia' else 'tidak_diketahui' end
                as kelompok_umur, kode_kota, kode_kecamatan, kode_kelurahan, desil,
            case when c < 0.9 then c < 0.04 end as disabilitas,
            list_filter(['bpms', 'kaj', 'kjp_plus', 'klj', 'pangan_murah', 'pkh', 'sembako'],
                lambda x: case x when 'bpms' then o < 40 when 'pangan_murah' then a < 0.99
                     when 'kaj' then b < 0.02 when 'kjp_plus' then b < 0.1 when 'klj' then b between 0.9 and 0.99
                     when 'pkh' then c < 0.15 else o < 38 or (o >= 40 and c < 0.3) end) as program_semua
        from p join f on f.i = p.o % {max(people // 3, 1)}"""
    )
    # Entitled and unserved: the poorest old without KLJ, almost all others without sembako, a handful without BPMS.
    con.execute(
        """create table prioritas as select p as untuk_program, 'belum_didahulukan' as sebab, s.* from sasaran s,
            (values ('klj', 1), ('sembako', 2), ('bpms', 3)) t(p, n) where not list_contains(program_semua, p)
            and case n when 1 then kelompok_umur = 'lansia' and desil = 1 when 2 then jk = 'L' or desil < 4
                else s.id_orang in (select id_orang from sasaran order by id_orang limit 3) end"""
    )
    con.close()
    return path
