"""The dbt project against what other parts promise: contracts, published tables, the page that describes them.

What the models compute is tested beside, in `test_dbt_pipeline.py`.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.keys import KeyRing, register_hmac
from padanan.contracts.contract import load_contracts
from padanan.contracts.dbt_yaml import (
    columns_of,
    described_models,
    identity_model,
    published_models,
    staging_model,
    written_columns,
)
from padanan.contracts.parts import stage_models
from padanan.contracts.rule_binding import check_predicates
from padanan.contracts.rule_culprit import rule_failure
from padanan.generated.tables_doc import PAGE, render
from padanan.published.tables import keyed_columns, query_of, tables

CHECKOUT = Path(__file__).resolve().parents[2]
PROJECT = CHECKOUT / "dbt_project"


def test_macros_do_what_they_say(gudang_factory: Any) -> None:
    """dbt unit tests: NIK, names, dates, amounts, months, addresses, places."""
    home = gudang_factory("macros")
    home.plan()
    done = home.dbt("build", "--select", "tag:uji", "ref_wilayah", "ref_ejaan_wilayah", "ref_kecamatan_nik", "ref_kota_indonesia")
    assert done.stdout.count("PASS uji_") == 8, done.stdout


def test_an_unreadable_delivery_fails_without_its_values(gudang_factory: Any) -> None:
    """A part file that is not Parquet stops the call; its bytes are in no output and no log."""
    home = gudang_factory("rusak")
    home.land("adminduk", [{"nik": "3171011207800001", "nama": "PENANDA RAHASIA"}])
    home.plan()
    next(home.home.glob("landing/adminduk/*/*/part.parquet")).write_bytes(b"PENANDA RAHASIA 3171011207800001")
    done = home.dbt("build", "--select", "stg_adminduk__penduduk", "ref_wilayah+1", check=False)
    assert done.returncode != 0
    written = "".join(path.read_text(errors="replace") for path in home.home.glob("logs/**/*") if path.is_file())
    assert "PENANDA" not in done.stdout + done.stderr + written


def test_a_rule_that_fails_on_real_rows_is_named_after_the_call(gudang_factory: Any, tmp_path: Path) -> None:
    """It binds, so `contracts check` takes it; a NIK times itself is no BIGINT, and dbt says only which model failed."""
    folder = tmp_path / "expectations"
    shutil.copytree(CHECKOUT / "expectations", folder, ignore=shutil.ignore_patterns("gx", "odcs"))
    text = (folder / "rules.yaml").read_text(encoding="utf-8")
    old, new = "gagal: right(nik_bersih, 4) = '0000'", "gagal: nik_angka16 * nik_angka16 = 0"
    assert text.count(old) == 1
    (folder / "rules.yaml").write_text(text.replace(old, new), encoding="utf-8")
    assert check_predicates(folder)
    home = gudang_factory("aturan")
    home.contracts = load_contracts(folder)
    home.land("adminduk", [{"nik": "3171011207800001", "nama": "PENANDA RAHASIA"}])
    home.plan()
    done = home.dbt("build", "--select", "+gap_cleansing", "--exclude-resource-type", "test", check=False)
    assert done.returncode != 0
    error = rule_failure(Home(home.home), done.stdout, folder)
    assert error is not None and "aturan nik_urut_nol gagal dijalankan atas kiriman adminduk" in str(error)
    assert f"rules.yaml baris {text[: text.index(old)].count(chr(10)) + 1} (rules.nik_urut_nol.gagal)" in str(error)
    assert "PENANDA" not in str(error) and "3171011207800001" not in str(error)


@pytest.mark.panjang
def test_a_period_without_retired_registries_runs(gudang_factory: Any) -> None:
    """2026 has DTSEN alone: the models of DTKS and P3KE are empty tables, not errors."""
    home = gudang_factory("dtsen", "2026-S1")
    home.land(
        "adminduk",
        [{"nik": "3171011207800001", "nama": "BUDI", "tgl_lahir": "1980-07-12", "kelurahan": "GAMBIR", "kota": "JAKARTA PUSAT"}],
    )
    home.land(
        "dtsen",
        [
            {
                "id_keluarga_sumber": "K1",
                "id_sumber": "1",
                "nik": "3171011207800001",
                "nama": "BUDI",
                "tgl_lahir": "1980-07-12",
                "desil": "1",
            }
        ],
        diterima="2026-04-01",
    )
    home.plan()
    home.both_calls()
    assert home.rows("select nama, terpilih, s.desil, s.sumber_desil from sasaran s join padanan_orang using (id_orang)") == [
        ("BUDI", True, 1, "dtsen")
    ]
    assert home.rows("select count(*) from stg_dtks__individu") == [(0,)]


def test_it_parses_without_plan_and_warehouse(tmp_path: Path, gudang_factory: Any) -> None:
    """`dbt parse` needs neither a run plan nor a data home: Dagster loads its definitions this way."""
    home = gudang_factory("kosong")
    home.dbt("parse", DBT_PARTIAL_PARSE="false")
    assert not (home.home / "warehouse" / "padanan.duckdb").exists()


def test_every_published_table_is_described() -> None:
    """What is published is what the dbt YAML marks so, each file ordered by columns it has; the page shows all."""
    assert list(described_models()) == [*tables(), identity_model(), staging_model(), staging_model("wilayah")]
    assert len(tables()) >= 17 and identity_model() not in tables()
    page = PAGE.read_text(encoding="utf-8")
    assert [page.index(f"## {name}\n") for name in tables()] == sorted(page.index(f"## {name}\n") for name in tables())
    for name, key in tables().items():
        assert key == "all" or {part.split()[0] for part in key.split(", ")} <= set(columns_of(name))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("baris_baku: true", "baris_baku: false", "0 model staging"),
        ('urutan: 2, kunci: "id_orang"', 'urutan: 1, kunci: "id_orang"', "sama-sama urutan 1"),
        ('urutan: 2, kunci: "id_orang"', 'urutan: 2, kunci: "id_orangg"', "kunci padanan_orang"),
        ('{urutan: 2, kunci: "id_orang"}', "true", "meta.terbit padanan_orang"),
        ("tempat: identitas", "tempat: lain", "meta.terbit identitas"),
        ('{urutan: 2, kunci: "id_orang"}', '{urutan: 2, kunci: "id_orang", tempat: identitas}', "sama-sama tabel identitas"),
        ("klasifikasi: pribadi, terbit: tidak", "klasifikasi: pribadi, terbit: ya", "meta.terbit kolom padanan_orang.nik"),
    ],
)
def test_a_table_without_place_or_key_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    shutil.copytree(PROJECT / "models", tmp_path / "models")
    for path in (tmp_path / "models").rglob("_*.yml"):
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(PadananError, match=told):
        published_models(tmp_path / "models")


@pytest.mark.feature("F50")
def test_no_published_column_names_anybody() -> None:
    """Numbers, names, addresses and birth days stand in one described table, which is none of the published ones."""
    forbidden = {"nik", "no_kk", "nama", "tgl_lahir", "alamat", "rt", "rw", "tempat_lahir", "nama_ibu", "no_hp"}
    # `nama` of these tables is a measure's, never a person's.
    measures = {("ukuran_bukti", "nama")}
    found = {(table, column) for table in tables() for column in written_columns(table) if column in forbidden}
    assert found == measures
    assert forbidden & set(written_columns(identity_model())) == {"nik", "no_kk", "nama", "tgl_lahir", "alamat", "rt", "rw"}
    assert {name for name, keyed in written_columns("sasaran").items() if keyed} == {"sidik_identitas", "id_keluarga"}
    families = {
        f"{table}.{column}" for table in tables() for column in written_columns(table) if column.startswith("id_keluarga")
    }
    cards = {"padanan_keluarga.kartu_anggota"}
    assert set(keyed_columns()) == families | cards | {"sasaran.sidik_identitas"}, "a family's own number has few digits"


def test_a_list_of_cards_is_hashed_card_by_card() -> None:
    """Each item is what `id_keluarga` of that card is published as: the link from an old family to its new ones."""
    columns = ", ".join(f"{one['name']} {one['data_type']}" for one in described_models()["padanan_keluarga"]["columns"])
    with duckdb.connect() as con:
        register_hmac(con, KeyRing((b"k" * 32,)))
        con.execute(f"create table padanan_keluarga ({columns})")
        con.execute("insert into padanan_keluarga (id_keluarga, kartu_anggota) values ('lama', 'baru;lain')")
        con.execute("insert into padanan_keluarga (id_keluarga) values ('baru'), ('lain')")
        con.execute(f"create table terbit as {query_of('padanan_keluarga')[0]}")
        (told,) = con.execute("select string_split(kartu_anggota, ';') from terbit where kartu_anggota is not null").fetchall()[0]
        hashed = con.execute("select hmac_hex('baru'), hmac_hex('lain')").fetchall()[0]
        families = {row[0] for row in con.execute("select id_keluarga from terbit").fetchall()}
    assert tuple(told) == hashed and set(told) <= families


@pytest.mark.feature("F50")
def test_every_column_is_classified() -> None:
    """UU 27/2022: each column of each published table says what class of data it is; `described_models` refuses others."""
    classes = {c["config"]["meta"]["klasifikasi"] for model in described_models().values() for c in model["columns"]}
    assert classes == {"umum", "pribadi", "spesifik"}


def test_page_is_current() -> None:
    """docs/tables.md is what the YAML says."""
    assert PAGE.read_text(encoding="utf-8") == render(), "run: python -m padanan.generated.tables_doc"


def test_staging_columns_match_their_description(gudang_factory: Any) -> None:
    """The staging row has the described columns, in that order, in every model."""
    home = gudang_factory("kolom")
    home.plan()
    home.dbt("build", "--select", "tag:panggilan_1", "--exclude-resource-type", "test")
    contracts = load_contracts()
    for model, (first, *_) in stage_models(contracts).items():
        row = described_models()[staging_model(contracts[first].unit)]
        want = [(c["name"], c["data_type"].upper()) for c in row["columns"]]
        assert (
            home.rows(f"select column_name, data_type from duckdb_columns() where table_name = '{model}' order by column_index")
            == want
        )


def test_sources_are_the_contracts() -> None:
    """Each landing source joins the asset of a contract, and every contract has its own."""
    tables = yaml.safe_load((PROJECT / "models" / "staging" / "_sources.yml").read_text())["sources"][0]["tables"]
    names = {table["name"] for table in tables} - {"rencana"}
    contracts = load_contracts(CHECKOUT / "expectations")
    assert names == set(contracts)
    assert all(table["config"]["meta"]["dagster"]["asset_key"] == ["landing", table["name"]] for table in tables)


def test_a_province_without_a_contract_of_places_builds_all_the_same(gudang_factory: Any) -> None:
    """No contract delivers supporting data: its models are empty, and nothing else is stopped by that."""
    home = gudang_factory("tanpa_pendukung")
    home.contracts = {key: item for key, item in home.contracts.items() if item.kind != "pendukung"}
    home.plan()
    home.dbt("build", "--select", "+stg_pendukung__wilayah", "--exclude-resource-type", "test")
    assert home.rows("select count(*) from stg_pendukung__wilayah") == [(0,)]
