"""Sealed decrees by hand, with everything that the door reads of one: data sasaran, names, publication, both signatures.

Who is in which kelurahan and program follows from a number, so that a test can say what must be served without asking the code.
"""

import json
import shutil
from pathlib import Path

import duckdb

from padanan.base.digest import file_sha256
from padanan.base.home import CHECKOUT, Home
from padanan.base.period import Periode
from padanan.base.signing import sign, signer
from padanan.base.sshsig import fingerprint
from padanan.base.tabular import row_hash, write_table
from padanan.records.seal_keys import sealing_key, sign_seal
from padanan.records.seals import DECREED, SEAL, SEAL_PURPOSE, seal_text
from tests.signed import write_manifest

PERIODE, BEFORE = Periode(2025, 2), Periode(2025, 1)
SEED = CHECKOUT / "dbt_project" / "seeds" / "ref_wilayah.csv"
PEOPLE = 900
# Two people bear it: nobody may be told which of them was meant.
TWICE = "3171000000000777"
PROGRAMS = {"klj": 5, "kpdj": 7, "pkh": 3, "pbi_jkn": 2}


def nik_of(number: int) -> str:
    """The NIK of a person of the decree."""
    return f"3171{number:012d}"


def people_sql(people: int, shift: int = 0, word: str = "orang") -> str:
    """Person `i`: one of 267 kelurahan in turn, programs by divisors, every 50th without a NIK.

    Args:
        word: what pseudonyms are made of, in place of a key.
        shift: a later decree: the first `shift` people are gone, as many are new, and every 11th moved to the next kelurahan.
    """
    lists = ", ".join(f"case when i % {number} = 0 then '{name}' end" for name, number in PROGRAMS.items())
    moved = "case when i % 11 = 0 then 1 else 0 end" if shift else "0"
    return f"""
      select i, md5('{word}' || i) as id_orang, md5('keluarga' || (i // 4)) as id_keluarga,
        case when i % 50 = 0 then null when i in (777, 778) then '{TWICE}' else '3171' || lpad(i::varchar, 12, '0') end as nik,
        '3171' || lpad((i // 4)::varchar, 12, '1') as no_kk, 'NAMA ' || i as nama, date '1950-01-01' + cast(i % 20000 as integer) as tgl_lahir,
        case when i % 2 = 0 then 'L' else 'P' end as jk, case when i % 3 = 0 then 'lansia' else 'dewasa' end as kelompok_umur,
        'JALAN ' || (i % 90) as alamat, '001' as rt, '002' as rw, w.kode_kota, w.kode_kecamatan, w.kode_kelurahan,
        1 + i % 4 as desil, 'rentan' as tingkat, 'terdaftar' as status_identitas,
        nullif(concat_ws(',', {lists}), '') as program, null::varchar as bendera
      from range({shift}, {people + shift}) t(i)
      join (select *, row_number() over (order by kode_kelurahan) - 1 as n from read_csv('{SEED}', all_varchar = true)
            where valid_to is null) w on w.n = (i + {moved}) % 267
    """  # noqa: E501


def seal_decree(
    home: Home, periode: Periode = PERIODE, ke: int = 1, *, people: int = PEOPLE, shift: int = 0, word: str = "orang"
) -> Path:
    """A decree as an approval leaves it, with the publication that it was made from."""
    con = duckdb.connect()
    con.execute(f"create table orang as {people_sql(people, shift, word)}")
    published = home.published(periode, ke)
    published.mkdir(parents=True)
    run = f"'{periode.key}' as periode, {ke} as revisi"
    all_people = f"""select {run}, * exclude (i, nik, no_kk, nama, tgl_lahir, alamat, rt, rw), true as terpilih,
        null::varchar as kriteria_gagal from orang union all by name
        select {run}, md5('{word}' || i) as id_orang, false as terpilih, 'desil_di_bawah_batas' as kriteria_gagal
        from range(0, {people + 200}) t(i) where md5('{word}' || i) not in (select id_orang from orang)"""
    unserved = f"""select {run}, id_orang, p as program, 'belum_didahulukan' as sebab from orang, (values ('klj'), ('kpdj')) t(p)
        where i % 4 = 1 and not list_contains(string_split(coalesce(program, ''), ','), p)"""
    tables = {}
    for name, query in {"sasaran": all_people, "daftar_tanpa_program": unserved}.items():
        path = published / f"{name}.parquet"
        written = write_table(con, f"select * from ({query}) order by all", path)
        tables[name] = {"rows": written.rows, "sha256": written.sha256, "row_hash": row_hash(con, path)}
    write_manifest(published, {"periode": periode.key, "revisi": ke, "key_id": signer(), "tables": tables})
    folder = home.decree(periode) / f"ke-{ke}"
    folder.mkdir(parents=True)
    snapshot = write_table(
        con,
        f"select * from read_parquet('{published / 'sasaran.parquet'}') where terpilih order by id_orang",
        folder / "data_sasaran.parquet",
    )
    names = "id_orang, nik, no_kk, nama, tgl_lahir, jk, alamat, rt, rw, kode_kota, kode_kecamatan, kode_kelurahan"
    bnba = write_table(con, f"select {names} from orang order by id_orang", folder / "bnba.parquet")
    key = fingerprint(sealing_key(home).public)
    seal = {
        "status": DECREED, "periode": periode.key, "label": periode.label, "ke": ke, "revisi": ke,
        "nomor": f"{720 + ke} Tahun {periode.year}", "tanggal": periode.end.isoformat(), "jumlah_orang": people,
        "file": "data_sasaran.parquet", "sha256": snapshot.sha256,
        "row_hash": snapshot.row_hash,
        "bnba": {"file": "bnba.parquet", "jumlah": people, "sha256": bnba.sha256, "row_hash": bnba.row_hash},
        "published_manifest_sha256": file_sha256(published / "manifest.json"), "kunci_segel": key, "lampiran": {},
    }  # fmt: skip
    seal["tanda"] = sign(SEAL_PURPOSE, seal_text(seal))
    (folder / SEAL).write_text(json.dumps(seal, indent=1, sort_keys=True) + "\n")
    sign_seal(home, folder / SEAL, key)
    return folder


def copy_home(home: Home, root: Path) -> Home:
    """A home of one's own with the same decrees."""
    shutil.copytree(home.root, root)
    return Home(root)
