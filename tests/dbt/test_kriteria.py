"""Whose desil and residence decide, and on which list stands who is not selected: the models over records written by hand.

What a criterion's predicate says of a person is tested without dbt, in `tests/contracts/test_criteria.py`.
"""

from __future__ import annotations

from hashlib import md5
from typing import Any, NamedTuple

import duckdb
import pytest

A, B = "31.71.01.1001", "31.73.02.1002"
OUT = "luar"


class Rec(NamedTuple):
    """One record of a person: producer, family of that registry (or card), place, desil."""

    producer: str
    family: str | None = None
    place: str | None = None
    desil: int | None = None


# Families: K* are Adminduk cards, S* and P* those of DTSEN and P3KE, D* of DTKS.
PEOPLE: dict[str, list[Rec]] = {
    "kepala": [Rec("adminduk", "K1", A), Rec("dtsen", "S1", A, 4)],
    "anak_dtsen": [Rec("dtsen", "S1", A)],
    "anak_kartu": [Rec("adminduk", "K1", A)],
    "anak_dtks": [Rec("dtks", "D1", A)],
    "anak_program": [Rec("pkh", "K1", A)],
    "dtks_kepala": [Rec("adminduk", "K1", A), Rec("dtks", "D1", A)],
    "selisih_a": [Rec("dtsen", "S2", A, 2)],
    "selisih_b": [Rec("dtsen", "S2", A, 3)],
    "selisih_anak": [Rec("dtsen", "S2", A), Rec("dtks", "D2", A)],
    "kartu_a": [Rec("adminduk", "K2", A), Rec("dtsen", "S3", A, 2)],
    "kartu_b": [Rec("adminduk", "K2", A), Rec("dtsen", "S4", A, 5)],
    "kartu_anak": [Rec("adminduk", "K2", A), Rec("pkh", "K2", A)],
    "p3ke_saja": [Rec("dtsen", "S5", A), Rec("p3ke_individu", "P1", A, 3)],
    "dtsen_dulu": [Rec("dtsen", "S6", A, 7), Rec("p3ke_individu", "P2", A, 1), Rec("dtks", "D3", A)],
    "keluarga_dtsen": [Rec("dtsen", "S7", A, 5)],
    "keluarga_dulu": [Rec("dtsen", "S7", A), Rec("p3ke_individu", "P3", A, 1)],
    "berkas_keluarga": [Rec("p3ke_keluarga", "P4", A, 2)],
    "anggota_p3ke": [Rec("p3ke_individu", "P4", A)],
    "tak_tahu": [Rec("dtsen", "S8", None, 1)],
    "luar": [Rec("adminduk", "K3", OUT), Rec("dtsen", "S9", None, 1)],
    "pendatang": [Rec("adminduk", "K4", OUT), Rec("carik", "C1", B), Rec("dtks", "D4", A), Rec("dtsen", "S10", None, 1)],
    "adminduk_dulu": [Rec("adminduk", "K5", A), Rec("carik", "C2", B), Rec("dtsen", "S11", OUT, 1)],
    "carik_dulu": [Rec("carik", "C3", B), Rec("dtks", "D5", A), Rec("dtsen", "S12", A, 1)],
    "carik_luar": [Rec("carik", "C4", OUT), Rec("dtks", "D6", A), Rec("dtsen", "S13", None, 1)],
    "kaya": [Rec("dtsen", "S14", A, 5)],
    "pkh_saja": [Rec("pkh", "K9", A)],
    "wirausaha": [Rec("jakpreneur", None, A)],
    "carik_saja": [Rec("carik", "C5", A)],
    "ekstrem": [Rec("dtsen", "S15", A, 1)],
    "miskin": [Rec("dtsen", "S16", A, 2)],
    # One of the two has the lower record key: whichever, the poorer desil counts.
    "dua_38": [Rec("dtsen", None, A, 3), Rec("dtsen", None, A, 8)],
    "dua_83": [Rec("dtsen", None, A, 8), Rec("dtsen", None, A, 3)],
}
JOINED = {"D1": "K1"}


def _key(text: str) -> str:
    return md5(text.encode()).hexdigest()


def _by_hand(con: duckdb.DuckDBPyConnection, registries: dict[str, str]) -> None:
    """The tables that these models read, with the columns that they use."""
    con.execute(
        """create table padanan_record(record_key varchar, id_orang varchar, producer varchar, id_keluarga varchar,
        status varchar, metode varchar, record_key_acuan varchar, wilayah_hasil varchar, kode_kota varchar,
        kode_kecamatan varchar, kode_kelurahan varchar, desil integer)"""
    )
    con.execute(
        """create table padanan_cocok(record_key varchar, nik_pakai bigint, nama_bersih varchar, tgl_lahir date, jk varchar,
        status_dasar varchar)"""
    )
    con.execute("create table anggota_keluarga(id_keluarga varchar, id_orang varchar, sumber varchar, desil integer)")
    con.execute("create table padanan_keluarga(id_keluarga varchar, id_keluarga_gabung varchar)")
    for person, records in PEOPLE.items():
        own = next((one for one in records if one.producer == "adminduk"), None)
        for number, one in enumerate(records):
            again = any(before.producer == one.producer for before in records[:number])
            key = _key(f"{person}|{one.producer}{number if again else ''}")
            inside = one.place if one.place not in (None, OUT) else None
            con.execute(
                "insert into padanan_record values (?,?,?,?,'padan_nik',?,?,?,?,?,?,?)",
                [key, person, one.producer, one.family, "acuan" if one is own else "nik",
                 _key(f"{person}|adminduk") if own else None, "luar_dki" if one.place == OUT else None,
                 inside and inside[:5], inside and inside[:8], inside, one.desil],
            )  # fmt: skip
            con.execute("insert into padanan_cocok values (?, 1, ?, null, 'L', 'hidup')", [key, person])
            if one.family and one.producer in registries:
                con.execute(
                    "insert into anggota_keluarga values (?,?,?,?)", [one.family, person, registries[one.producer], one.desil]
                )
                con.execute("insert into padanan_keluarga values (?,?)", [one.family, JOINED.get(one.family, one.family)])
    con.execute("create table unik as select distinct * from padanan_keluarga")
    con.execute("drop table padanan_keluarga; alter table unik rename to padanan_keluarga")


@pytest.fixture(scope="module")
def judged(gudang_factory: Any) -> Any:
    """The four models built once, and their tests: row -> what the tables say."""
    home = gudang_factory("kriteria")
    home.plan()
    registries = {item.id: item.registry.id for item in home.contracts.values() if item.registry}
    with duckdb.connect(str(home.home / "warehouse" / "padanan.duckdb")) as con:
        _by_hand(con, registries)
    home.dbt("build", "--select", "desil_orang", "padanan_orang", "sasaran", "daftar_belum_masuk",
             "--exclude", "orang_setiap_rekaman", "overlap_sama_dengan_gabungan")  # fmt: skip
    return home


def test_the_desil_is_the_familys(judged: Any) -> None:
    """Own, else the family's in that source, else the card's; a source before the next; what a family disputes gives nothing."""
    got = {row[0]: row[1:] for row in judged.rows("select id_orang, desil, sumber_desil, asal_desil from padanan_orang")}
    family, card = "diwarisi_keluarga_sumber", "diwarisi_kartu_keluarga"
    expected: dict[str, tuple[Any, ...]] = {
        "kepala": (4, "dtsen", "langsung"), "anak_dtsen": (4, "dtsen", family), "anak_kartu": (4, "dtsen", card),
        "anak_dtks": (4, "dtsen", card), "anak_program": (4, "dtsen", card), "dtks_kepala": (4, "dtsen", card),
        "selisih_a": (2, "dtsen", "langsung"), "selisih_anak": (None, None, None), "kartu_anak": (None, None, None),
        "p3ke_saja": (3, "p3ke_individu", "langsung"), "dtsen_dulu": (7, "dtsen", "langsung"),
        "dua_38": (3, "dtsen", "langsung"), "dua_83": (3, "dtsen", "langsung"),
        "keluarga_dulu": (5, "dtsen", family), "anggota_p3ke": (2, "p3ke_individu", family),
        "berkas_keluarga": (2, "p3ke_individu", family), "pkh_saja": (None, None, None), "carik_saja": (None, None, None),
    }  # fmt: skip
    assert {name: got[name] for name in expected} == expected
    disputed = judged.rows("select id_orang from padanan_orang where desil_keluarga_beda order by 1")
    assert [name for (name,) in disputed] == ["kartu_anak", "selisih_a", "selisih_anak", "selisih_b"]


def test_the_residence_rule(judged: Any) -> None:
    """Adminduk first, then the registries in order; who Adminduk has outside and the field found here is a KTP pendatang."""
    got = {
        row[0]: row[1:]
        for row in judged.rows("select id_orang, di_dki, ktp_pendatang, sumber_domisili, kode_kelurahan from padanan_orang")
    }
    assert got["tak_tahu"] == (None, False, None, None)
    assert got["luar"] == (False, False, "adminduk", None)
    assert got["pendatang"] == (False, True, "carik", B)
    assert got["adminduk_dulu"] == (True, False, "adminduk", A)
    assert got["carik_dulu"] == (True, False, "carik", B)
    assert got["carik_luar"] == (False, False, "carik", None)


def test_who_is_not_selected_stands_on_one_named_list(judged: Any) -> None:
    """With DTKS, a poverty program or a desil within the limit; nobody else."""
    got = dict(judged.rows("select id_orang, daftar from daftar_belum_masuk"))
    assert got == {
        "selisih_anak": "belum_berdesil", "kartu_anak": "belum_berdesil", "pkh_saja": "belum_berdesil",
        "dtsen_dulu": "desil_di_atas_batas", "luar": "luar_dki", "carik_luar": "luar_dki", "pendatang": "ktp_pendatang",
    }  # fmt: skip
    assert judged.rows("select count(*) from daftar_belum_masuk where alasan not like 'tidak memenuhi: %'") == [(0,)]
    failed = dict(judged.rows("select id_orang, kriteria_gagal from sasaran where not terpilih"))
    assert {name: failed[name] for name in ("kaya", "keluarga_dulu", "wirausaha", "carik_saja", "pkh_saja")} == {
        "kaya": "desil_di_bawah_batas", "keluarga_dulu": "desil_di_bawah_batas", "wirausaha": "desil_diketahui",
        "carik_saja": "desil_diketahui", "pkh_saja": "desil_diketahui",
    }  # fmt: skip
    chosen = {name for (name,) in judged.rows("select id_orang from sasaran where terpilih")}
    assert {"kepala", "anak_dtsen", "anak_kartu", "anak_dtks", "tak_tahu", "selisih_a", "p3ke_saja", "anggota_p3ke"} <= chosen


def test_flags_and_levels_are_said(judged: Any) -> None:
    """The level follows the agreed limits; a flag names what is unknown or disputed."""
    levels = dict(judged.rows("select id_orang, tingkat from sasaran"))
    assert [levels[name] for name in ("ekstrem", "miskin", "p3ke_saja", "kepala", "kaya", "pkh_saja")] == [
        "kemiskinan_ekstrem", "miskin", "rentan", "rentan", None, None,
    ]  # fmt: skip
    flags = dict(judged.rows("select id_orang, bendera from sasaran where bendera is not null"))
    assert flags == {
        "tak_tahu": "domisili_belum_diketahui", "pendatang": "ktp_pendatang", "selisih_a": "desil_keluarga_beda",
        "selisih_b": "desil_keluarga_beda", "selisih_anak": "desil_keluarga_beda", "kartu_anak": "desil_keluarga_beda",
        # only programs name these three, and a program's address is no answer
        **dict.fromkeys(("anak_program", "pkh_saja", "wirausaha"), "domisili_belum_diketahui"),
    }  # fmt: skip
