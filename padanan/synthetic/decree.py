"""A small made-up decree without a review before it: data sasaran, names, publication, both signatures, as an approval leaves it.

For tests and the example of the API, in a demo's home alone. Who is in which kelurahan and program follows from a number, so
that a reader can say what must be served without asking the code.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from padanan.base import disk
from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError
from padanan.base.folder_proof import seal as seal_folder
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.base.signing import sign, signer
from padanan.base.sql import literal
from padanan.base.sshsig import fingerprint
from padanan.base.tabular import row_hash, write_table
from padanan.published.opened import WILAYAH_SEED
from padanan.records.seal_keys import sealing_key, sign_seal
from padanan.records.seals import DECREED, SEAL, SEAL_PURPOSE, seal_text

PERIODE = Periode(2025, 2)
PEOPLE = 900
# Two people bear it: nobody may be told which of them was meant.
TWICE = "3171000000000777"
PROGRAMS = {"klj": 5, "kpdj": 7, "pkh": 3, "pbi_jkn": 2}


def nik_of(number: int) -> str:
    """The NIK of a person of the decree."""
    return f"3171{number:012d}"


def people_sql(people: int, shift: int = 0, word: str = "orang", name: str = "NAMA") -> str:
    """Person `i`: one of 267 kelurahan in turn, programs by divisors, every 50th without a NIK.

    Args:
        name: what everybody is called, before the number.
        word: what pseudonyms are made of, in place of a key.
        shift: a later decree: the first `shift` people are gone, as many are new, and every 11th moved to the next kelurahan.
    """
    lists = ", ".join(f"case when i % {number} = 0 then '{name}' end" for name, number in PROGRAMS.items())
    moved = "case when i % 11 = 0 then 1 else 0 end" if shift else "0"
    return f"""
      select i, md5('{word}' || i) as id_orang, md5('keluarga' || (i // 4)) as id_keluarga,
        case when i % 50 = 0 then null when i in (777, 778) then '{TWICE}' else '3171' || lpad(i::varchar, 12, '0') end as nik,
        '3171' || lpad((i // 4)::varchar, 12, '1') as no_kk, '{name} ' || i as nama, date '1950-01-01' + cast(i % 20000 as integer) as tgl_lahir,
        case when i % 2 = 0 then 'L' else 'P' end as jk, case when i % 3 = 0 then 'lansia' else 'dewasa' end as kelompok_umur,
        'JALAN ' || (i % 90) as alamat, '001' as rt, '002' as rw, w.kode_kota, w.kode_kecamatan, w.kode_kelurahan,
        1 + i % 4 as desil, 'rentan' as tingkat, 'terdaftar' as status_identitas,
        nullif(concat_ws(',', {lists}), '') as program, null::varchar as bendera
      from range({shift}, {people + shift}) t(i)
      join (select *, row_number() over (order by kode_kelurahan) - 1 as n from read_csv({literal(WILAYAH_SEED)}, all_varchar = true)
            where valid_to is null) w on w.n = (i + {moved}) % 267
    """  # noqa: E501


def seal_decree(
    home: Home,
    periode: Periode = PERIODE,
    ke: int = 1,
    *,
    people: int = PEOPLE,
    shift: int = 0,
    word: str = "orang",
    name: str = "NAMA",
    mark: str = "",
) -> Path:
    """Seals a decree, with the publication that it was made from.

    Args:
        name, word, shift: see `people_sql`.
        mark: what its number ends with.

    Raises:
        PadananError: the home is not a demo's: nobody decided this.
    """
    if not home.demo_marker.exists():
        raise PadananError("penetapan buatan hanya untuk data home demo", file=home.root, cure="pakai folder kosong")
    con = duckdb.connect()
    con.execute(f"create table orang as {people_sql(people, shift, word, name)}")
    published = home.published(periode, ke)
    disk.mkdir(published, parents=True)
    run = f"'{periode.key}' as periode, {ke} as revisi"
    all_people = f"""select {run}, * exclude (i, nik, no_kk, nama, tgl_lahir, alamat, rt, rw), true as terpilih,
        null::varchar as kriteria_gagal from orang union all by name
        select {run}, md5('{word}' || i) as id_orang, false as terpilih, 'desil_di_bawah_batas' as kriteria_gagal
        from range(0, {people + 200}) t(i) where md5('{word}' || i) not in (select id_orang from orang)"""
    unserved = f"""select {run}, id_orang, p as program, 'belum_didahulukan' as sebab from orang, (values ('klj'), ('kpdj')) t(p)
        where i % 4 = 1 and not list_contains(string_split(coalesce(program, ''), ','), p)"""
    tables = {}
    for table, query in {"sasaran": all_people, "daftar_tanpa_program": unserved}.items():
        path = published / f"{table}.parquet"
        written = write_table(con, f"select * from ({query}) order by all", path)
        tables[table] = {"rows": written.rows, "sha256": written.sha256, "row_hash": row_hash(con, path)}
    manifest = {"periode": periode.key, "revisi": ke, "key_id": signer(), "tables": tables}
    disk.write_text(published / "manifest.json", json.dumps(manifest, sort_keys=True))
    seal_folder(published, published.relative_to(home.root).as_posix(), ["manifest.json"])
    folder = home.decree(periode) / f"ke-{ke}"
    disk.mkdir(folder, parents=True)
    snapshot = write_table(
        con,
        f"select * from read_parquet({literal(published / 'sasaran.parquet')}) where terpilih order by id_orang",
        folder / "data_sasaran.parquet",
    )
    names = "id_orang, nik, no_kk, nama, tgl_lahir, jk, alamat, rt, rw, kode_kota, kode_kecamatan, kode_kelurahan"
    bnba = write_table(con, f"select {names} from orang order by id_orang", folder / "bnba.parquet")
    key = fingerprint(sealing_key(home).public)
    seal: dict[str, Any] = {
        "status": DECREED, "periode": periode.key, "label": periode.label, "ke": ke, "revisi": ke,
        "nomor": f"{720 + ke} Tahun {periode.year}{mark}", "tanggal": periode.end.isoformat(), "jumlah_orang": people,
        "file": "data_sasaran.parquet", "sha256": snapshot.sha256,
        "row_hash": snapshot.row_hash,
        "bnba": {"file": "bnba.parquet", "jumlah": people, "sha256": bnba.sha256, "row_hash": bnba.row_hash},
        "published_manifest_sha256": file_sha256(published / "manifest.json"), "kunci_segel": key, "lampiran": {},
    }  # fmt: skip
    seal["tanda"] = sign(SEAL_PURPOSE, seal_text(seal))
    disk.write_text(folder / SEAL, json.dumps(seal, indent=1, sort_keys=True) + "\n")
    sign_seal(home, folder / SEAL, key)
    return folder
