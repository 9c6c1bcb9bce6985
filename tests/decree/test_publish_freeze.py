"""Publication and freeze on a tiny warehouse: immutable, whole or not at all, and tampering is found.

What stands in the tables is tested in tests/dbt.
"""

import json
from datetime import date

import duckdb
import pytest

from padanan.base.errors import NoSpace, PadananError, SealedPeriod, WarehouseLocked
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.base.warehouse import connect_warehouse
from padanan.contracts.dbt_yaml import published_models
from padanan.decree.freeze import freeze_draft, verify_draft
from padanan.published.proof import verify_published
from padanan.published.run_plan import RunPlan
from padanan.run.publication import publish
from tests.planned import contract, plan_data, write_plan

PERIODE = Periode(2025, 2)


def plan(revisi=1, inputs_hash="a" * 64):
    data = plan_data(revisi=revisi, inputs_hash=inputs_hash, contracts=(contract("klj"),))
    return RunPlan(PERIODE, revisi, date(2025, 12, 15), inputs_hash, False, data)


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path / "data").ensure()
    con = duckdb.connect(str(home.warehouse_db))
    for name, model in published_models().items():
        columns = ", ".join(f"{column['name']} {column['data_type']}" for column in model["columns"])
        con.execute(f"create table {name} ({columns})")
    con.execute(
        "insert into sasaran by name select '2025-07-01' as periode, 1 as revisi, 'o' || i as id_orang, i % 3 = 0 as terpilih "
        "from range(10) t(i)"
    )
    con.close()
    (home.warehouse / "bukti").mkdir()
    (home.warehouse / "bukti" / "model.json").write_text('{"periode": "2025-07-01", "revisi": 1}')
    return home


@pytest.mark.feature("F18")
def test_draft_holds_the_selected_people_and_verifies(home):
    publish(home, plan())
    folder = freeze_draft(home, PERIODE, 1)
    seal = verify_draft(home, PERIODE, 1)
    assert seal["status"] == "rancangan"
    count = duckdb.connect().execute("select count(*) from read_parquet(?)", [str(folder / "data_sasaran.parquet")])
    assert seal["jumlah_orang"] == count.fetchall()[0][0] == 4
    assert freeze_draft(home, PERIODE, 1) == folder, "freezing the same revision again changes nothing"


@pytest.mark.feature("F18")
def test_one_changed_byte_is_found_and_named(home):
    publish(home, plan())
    folder = freeze_draft(home, PERIODE, 1)
    snapshot = folder / "data_sasaran.parquet"
    assert snapshot.stat().st_mode & 0o222 == 0
    content = bytearray(snapshot.read_bytes())
    content[len(content) // 2] ^= 1
    snapshot.chmod(0o600)
    snapshot.write_bytes(bytes(content))
    with pytest.raises(PadananError, match=r"data_sasaran\.parquet.*berubah"):
        verify_draft(home, PERIODE, 1)


def test_changed_published_table_is_not_frozen(home):
    target = publish(home, plan())
    (target / "sasaran.parquet").write_bytes(b"PAR1")
    with pytest.raises(PadananError, match=r"sasaran\.parquet"):
        verify_published(home, PERIODE, 1)
    with pytest.raises(PadananError, match=r"sasaran\.parquet"):
        freeze_draft(home, PERIODE, 1)


def test_a_revision_is_never_overwritten(home):
    first = publish(home, plan())
    before = {path.name: path.read_bytes() for path in first.iterdir()}
    assert publish(home, plan()) == first
    with pytest.raises(PadananError, match="sudah terbit dengan masukan lain"):
        publish(home, plan(inputs_hash="b" * 64))
    assert {path.name: path.read_bytes() for path in first.iterdir()} == before


def test_rows_of_another_run_are_refused(home):
    con = duckdb.connect(str(home.warehouse_db))
    con.execute("insert into gap by name select '2025-01-01' as periode, 1 as revisi, 'r' as record_key")
    con.close()
    with pytest.raises(PadananError, match="1 baris dari putaran lain"):
        publish(home, plan())
    assert not list(home.published(PERIODE).glob("*"))


def test_full_disk_publishes_nothing(home, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("padanan.run.publication.write_table", full)
    with pytest.raises(NoSpace, match="ruang simpan habis"):
        publish(home, plan())
    assert not list(home.published(PERIODE).glob("*"))


def test_locked_warehouse_says_so(home):
    import subprocess
    import sys

    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import duckdb, sys; c = duckdb.connect({str(home.warehouse_db)!r}); print('ok', flush=True); sys.stdin.read()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout.readline().strip() == b"ok"
        with pytest.raises(WarehouseLocked, match="sedang dipakai"):
            connect_warehouse(home)
    finally:
        holder.communicate(b"")


@pytest.mark.feature("F18")
def test_a_sealed_period_refuses_plan_and_draft(home):
    publish(home, plan())
    seal = home.decree(PERIODE) / "ke-1" / "segel.json"
    seal.parent.mkdir(parents=True)
    seal.write_text(json.dumps({"status": "ditetapkan"}))
    with pytest.raises(SealedPeriod, match="sudah ditetapkan"):
        freeze_draft(home, PERIODE, 1)
    with pytest.raises(SealedPeriod, match="sudah ditetapkan"):
        write_plan(home, {}, PERIODE)
