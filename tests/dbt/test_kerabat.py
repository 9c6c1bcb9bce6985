"""Step 1 and the card: a NIK that another member of its resident's card fits better is handed to step 2.

The macro's SQL runs on tables written by hand; that it runs after every build of `padanan_cocok` is read from dbt's own manifest.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import duckdb
import pytest

from padanan.contracts.contract import load_contracts
from padanan.contracts.parts import reference

BORN, OTHER_DAY = date(2012, 3, 17), date(1985, 2, 5)
# Resident: (NIK, card, name, birth date).
RESIDENTS = {
    "siti": (1, 10, "SITI AMINAH", BORN),
    "putri": (2, 10, "SITI AMINAH PUTRI", BORN),
    "ibu": (3, 10, "DEWI LESTARI", OTHER_DAY),
    "ayah": (4, 10, "AHMAD HUSEIN", OTHER_DAY),
    "tetangga": (5, 11, "SITI AMINAH PUTRI", BORN),
    "sendiri": (6, 12, "SITI AMINAH", BORN),
    "tanpa_kartu": (7, None, "SITI AMINAH", BORN),
    # Cards of nobody: a stand-in number, and one that a spreadsheet cut.
    "pengganti": (8, 99, "SITI AMINAH", BORN),
    "orang_asing": (9, 99, "SITI AMINAH PUTRI", BORN),
    "terpotong": (10, 98, "SITI AMINAH", BORN),
    "orang_lain": (11, 98, "SITI AMINAH PUTRI", BORN),
    "ganda": (2, 10, "SITI AMINAH PUTRA", BORN),
}
# Record: (resident of its NIK, name, birth date, levels of both that step 1 found, handed over).
RECORDS = {
    "benar": ("siti", "SITI AMINAH", BORN, 3, 2, False),
    "kembar": ("siti", "SITI AMINAH PUTRI", BORN, 2, 2, True),
    "balik": ("putri", "SITI AMINAH", BORN, 2, 2, True),
    "salah_ketik": ("putri", "SITI AMINAH PUTRY", BORN, 2, 2, False),
    "nama_ibu_dan_tanggal_anak": ("siti", "DEWI LESTARI", BORN, 1, 2, True),
    "tanggal_kerabat": ("ayah", "AHMAD HUSIN", date(1985, 2, 6), 2, 1, False),
    "lain_kartu": ("sendiri", "SITI AMINAH PUTRI", BORN, 2, 2, False),
    "tanpa_kartu": ("tanpa_kartu", "SITI AMINAH PUTRI", BORN, 2, 2, False),
    "nomor_pengganti": ("pengganti", "SITI AMINAH PUTRI", BORN, 2, 2, False),
    "nomor_terpotong": ("terpotong", "SITI AMINAH PUTRI", BORN, 2, 2, False),
    "ditolak": ("siti", "SITI AMINAH PUTRI", None, 2, 1, False),
}


@pytest.fixture(scope="module")
def home(gudang_factory: Any) -> Any:
    """A data home with a plan and nothing delivered."""
    made = gudang_factory("kerabat")
    made.plan()
    return made


@pytest.fixture(scope="module")
def handed(home: Any) -> dict[str, bool]:
    """Record -> whether it was handed over."""
    done = home.dbt("compile", "--quiet", "--inline", "{{ hand_over_card_mates('uji') }}")
    sql = done.stdout[done.stdout.index("update uji") :]
    con = duckdb.connect()
    con.execute("attach ':memory:' as padanan; use padanan")
    model = reference(load_contracts()).stage_model
    con.execute(
        f"""create table {model}(record_key varchar, nik_angka16 bigint, kk_angka16 bigint, nama_bersih varchar, tgl_lahir date,
        kk_pengganti varchar, kk_angka boolean)"""
    )
    con.executemany(
        f"insert into {model} values (?, ?, ?, ?, ?, ?, ?)",
        [[key, *row, "satu angka berulang" if row[1] == 99 else None, row[1] == 98] for key, row in RESIDENTS.items()],
    )
    con.execute(
        """create table uji(record_key varchar, producer varchar, status varchar, nik_pakai bigint, kk_acuan bigint,
        nama_bersih varchar, tgl_lahir date, tingkat_nama integer, tingkat_tgl_lahir integer, kerabat_lebih_cocok boolean)"""
    )
    for key, (of, name, born, *levels, _) in RECORDS.items():
        nik, card = RESIDENTS[of][:2]
        status = "nik_padan_identitas_beda" if key == "ditolak" else "padan_nik"
        con.execute(
            "insert into uji values (?, 'dtks', ?, ?, ?, ?, ?, ?, ?, false)", [key, status, nik, card, name, born, *levels]
        )
    con.execute(sql)
    rows = con.execute("select record_key, status, kerabat_lebih_cocok from uji where record_key <> 'ditolak'").fetchall()
    assert all((status == "nik_padan_identitas_beda") == handed for _, status, handed in rows)
    assert con.execute("select kerabat_lebih_cocok from uji where record_key = 'ditolak'").fetchall() == [(False,)]
    return {str(key): bool(flag) for key, _, flag in rows}


@pytest.mark.feature("F11")
@pytest.mark.parametrize("name", sorted(set(RECORDS) - {"ditolak"}))
def test_a_card_mate_who_fits_better_is_asked_in_step_2(handed: dict[str, bool], name: str) -> None:
    """Siti Aminah and Siti Aminah Putri, born on one day: whose NIK a record bears does not say which of them it is."""
    assert handed[name] is RECORDS[name][-1]


def test_cards_are_asked_after_every_build_of_step_1(home: Any, handed: dict[str, bool]) -> None:
    """The macro stands in the model's own hook."""
    assert handed
    manifest = json.loads((home.home / "logs" / "dbt" / "target" / "manifest.json").read_text(encoding="utf-8"))
    hooks = manifest["nodes"]["model.padanan.padanan_cocok"]["config"]["post-hook"]
    assert [hook["sql"] for hook in hooks] == ["{{ hand_over_card_mates(this) }}"]
