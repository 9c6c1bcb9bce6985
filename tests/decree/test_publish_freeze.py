"""Publication and freeze on a tiny warehouse: immutable, whole or not at all, and tampering is found.

What stands in the tables is tested in tests/dbt.
"""

import json
import re
import shutil
from datetime import date, datetime

import duckdb
import pytest

from padanan.base.digest import file_sha256
from padanan.base.errors import NoSpace, PadananError, SealedPeriod, WarehouseLocked
from padanan.base.folder_proof import seal
from padanan.base.home import CHECKOUT, Home
from padanan.base.period import JAKARTA, Periode
from padanan.base.warehouse import connect_warehouse
from padanan.contracts.contract import load_contracts
from padanan.contracts.dbt_yaml import described_models, identity_model, published_models
from padanan.decree.freeze import freeze_draft, verify_draft
from padanan.decree.verify import prove
from padanan.landing.status import render, status
from padanan.published.identities import identities
from padanan.published.proof import verify_published
from padanan.published.revisions import published_revisions
from padanan.published.run_plan import RunPlan
from padanan.records.kinds import CLERICAL
from padanan.records.log import Log
from padanan.run.publication import publish
from tests.planned import contract, plan_data, write_plan
from tests.signed import write_manifest

PERIODE = Periode(2025, 2)
NOW = datetime(2025, 11, 10, tzinfo=JAKARTA)
NIK, NAME, BORN, STREET = "3171012345670009", "ZZYZX KANARI", "1983-04-17", "JALAN KANARI 7"


def plan(revisi=1, inputs_hash="a" * 64):
    data = plan_data(revisi=revisi, inputs_hash=inputs_hash, contracts=(contract("klj"),))
    return RunPlan(PERIODE, revisi, date(2025, 12, 15), inputs_hash, False, data)


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path / "data").ensure()
    con = duckdb.connect(str(home.warehouse_db))
    for name in (*published_models(), identity_model()):
        columns = ", ".join(f"{column['name']} {column['data_type']}" for column in described_models()[name]["columns"])
        con.execute(f"create table {name} ({columns})")
    run = "'2025-07-01' as periode, 1 as revisi"
    con.execute(
        f"""insert into padanan_orang by name select {run}, 'o' || i as id_orang, '{NIK}' as nik, '{NAME}' as nama,
        date '{BORN}' as tgl_lahir, 1983 as tahun_lahir from range(10) t(i)"""
    )
    con.execute(
        f"""insert into sasaran by name select {run}, id_orang, row_number() over (order by id_orang) % 3 = 1 as terpilih,
        case when terpilih then concat_ws('|', nik, nama, tgl_lahir) end as sidik_identitas from padanan_orang"""
    )
    con.execute(
        f"""insert into identitas by name select {run}, o.id_orang, terpilih, nik, '{NIK}' as no_kk, nama, tgl_lahir,
        '{STREET}' as alamat from sasaran join padanan_orang o using (id_orang) where terpilih or id_orang = 'o1'"""
    )
    con.close()
    (home.warehouse / "bukti").mkdir()
    (home.warehouse / "bukti" / "model.json").write_text('{"periode": "2025-07-01", "revisi": 1}')
    return home


@pytest.mark.feature("F40")
def test_a_draft_seals_the_ids_of_the_answered_registry_where_the_publication_has_them(home):
    """A publication of before there were such ids freezes to a file without the column: old decrees keep their bytes."""
    con = duckdb.connect(str(home.warehouse_db))
    ids = "[{'keluarga': '007', 'orang': '0' || id_orang, 'shdk': 3}]"
    con.execute(f"update identitas set nomor_balikan = {ids} where id_orang <> 'o0'")
    con.close()
    publish(home, plan())
    private = home.identitas(PERIODE, 1) / "identitas.parquet"
    draft = freeze_draft(home, PERIODE, 1)
    con = duckdb.connect()
    rows = con.execute(f"select id_orang, nomor_balikan from read_parquet('{draft}/bnba.parquet') order by 1").fetchall()
    assert rows[0] == ("o0", None) and rows[1][1] == [{"keluarga": "007", "orang": f"0{rows[1][0]}", "shdk": 3}]
    private.chmod(0o600)
    con.execute(f"create table i as select * exclude (nomor_balikan) from read_parquet('{private}')")
    con.execute(f"copy (from i order by id_orang) to '{private}' (format parquet)")
    manifest = json.loads((home.published(PERIODE, 1) / "manifest.json").read_text())
    manifest["identitas"]["sha256"] = file_sha256(private)
    write_manifest(home.published(PERIODE, 1), manifest)
    shutil.rmtree(draft)
    columns = con.execute(f"describe select * from read_parquet('{freeze_draft(home, PERIODE, 1)}/bnba.parquet')").fetchall()
    assert "nomor_balikan" not in {row[0] for row in columns} and len(columns) == 12


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


def texts_of(path):
    """Every value of a Parquet file as text."""
    with duckdb.connect() as con:
        return "\n".join(
            str(row) for row in con.execute("select columns(*)::varchar from read_parquet(?)", [str(path)]).fetchall()
        )


@pytest.mark.feature("F50")
def test_names_are_published_apart_and_for_their_owner_alone(home):
    """NIK, name, address and birth day of nobody stand in a published table; the file that holds them is proved and closed."""
    folder = publish(home, plan())
    private = home.identitas(PERIODE, 1) / "identitas.parquet"
    assert [path.name for path in private.parent.iterdir()] == ["identitas.parquet"]
    assert (private.stat().st_mode & 0o777, private.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert all(value in texts_of(private) for value in (NIK, NAME, BORN, STREET))
    for path in folder.iterdir():
        text = texts_of(path) if path.suffix == ".parquet" else path.read_text()
        assert not [value for value in (NIK, NAME, BORN, STREET) if value in text], path.name
    with duckdb.connect() as con:
        rows = con.execute("select terpilih, sidik_identitas from read_parquet(?)", [str(folder / "sasaran.parquet")]).fetchall()
    keyed = {mark for chosen, mark in rows if chosen}
    assert [len(mark) for mark in keyed] == [32] and {mark for chosen, mark in rows if not chosen} == {None}
    entry = json.loads((folder / "manifest.json").read_text())["identitas"]
    assert entry["rows"] == 5 and len(entry["sha256"]) == 64 and re.fullmatch(r"kolom-1:[0-9a-f]{64}", entry["row_hash"])


@pytest.mark.feature("F50")
def test_the_draft_holds_the_selected_by_name_and_address(home):
    publish(home, plan())
    folder = freeze_draft(home, PERIODE, 1)
    bnba, seal = folder / "bnba.parquet", verify_draft(home, PERIODE, 1)
    assert bnba.stat().st_mode & 0o777 == 0o600 and seal["bnba"]["jumlah"] == seal["jumlah_orang"] == 4
    with duckdb.connect() as con:
        people = con.execute(f"select id_orang, nik, nama, alamat from read_parquet('{bnba}')").fetchall()
        chosen = con.execute(f"select id_orang from read_parquet('{folder / 'data_sasaran.parquet'}') order by 1").fetchall()
    assert people == [(person, NIK, NAME, STREET) for (person,) in chosen]
    assert not [value for value in (NIK, NAME, BORN, STREET) if value in texts_of(folder / "data_sasaran.parquet")]
    bnba.write_bytes(bnba.read_bytes()[:-1] + b"x")
    with pytest.raises(PadananError, match=r"bnba\.parquet.*isi rancangan berubah"):
        verify_draft(home, PERIODE, 1)


def changed(home):
    path = home.identitas(PERIODE, 1) / "identitas.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (changed, "identitas berubah"),
        (lambda home: (home.identitas(PERIODE, 1) / "identitas.parquet").unlink(), "identitas hilang"),
        (lambda home: (home.identitas(PERIODE, 1) / "identitas.parquet").chmod(0o640), "dapat dibaca orang lain"),
        (lambda home: home.identitas(PERIODE, 1).chmod(0o755), "dapat dibaca orang lain"),
    ],
)
def test_identities_that_were_touched_are_named_and_never_read(home, harm, told):
    publish(home, plan())
    harm(home)
    with pytest.raises(PadananError, match=told):
        identities(home, PERIODE, 1)
    with pytest.raises(PadananError, match=told):
        freeze_draft(home, PERIODE, 1)
    assert any(told in str(fault) for fault in prove(home, PERIODE).faults)
    assert not (home.decree(PERIODE) / "rancangan" / "rev-1").exists()


def test_somebody_selected_without_identity_stops_the_freeze(home):
    con = duckdb.connect(str(home.warehouse_db))
    con.execute("delete from identitas where id_orang = 'o0'")
    con.close()
    publish(home, plan())
    with pytest.raises(PadananError, match="4 orang terpilih, 3 punya identitas"):
        freeze_draft(home, PERIODE, 1)


def test_what_a_killed_run_left_of_the_names_is_named_and_taken_over(home, monkeypatch):
    """Killed after the names stood and before the publication: verify names them, the next run publishes its own."""
    monkeypatch.setattr("padanan.base.commit.publish", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    stray = home.identitas(PERIODE, 1)
    stray.mkdir(parents=True)
    (stray / "identitas.parquet").write_bytes(b"half")
    with pytest.raises(KeyboardInterrupt):
        publish(home, plan())
    monkeypatch.undo()
    stray.mkdir(parents=True, exist_ok=True)
    assert [fault.cause for fault in prove(home, PERIODE).faults] == ["identitas tanpa terbitan"]
    publish(home, plan())
    assert prove(home, PERIODE).faults == [] and identities(home, PERIODE, 1).stat().st_size > 4


def test_a_publication_whose_manifest_was_taken_away_is_named(home):
    """It counted as never published, and verify told people to delete the identities."""
    folder = publish(home, plan())
    (folder / "manifest.json").unlink()
    assert [(str(fault.file), fault.cause) for fault in prove(home, PERIODE).faults] == [
        (f"published/{PERIODE.key}/rev-1/manifest.json", "manifest terbitan hilang")
    ]
    with pytest.raises(PadananError, match="manifest terbitan"):
        freeze_draft(home, PERIODE, 1)
    with pytest.raises(PadananError, match="manifest terbitan tidak terbaca"):
        published_revisions(home, PERIODE)


def test_records_that_a_publication_saw_are_not_taken_away(home, tmp_path):
    """File and head deleted together, or both put back as they were, are whole in themselves: the answers were gone unseen."""
    log = Log(home, CLERICAL, "klerikal")
    log.append([{"tindakan": "uji", "ke": 1}], NOW)
    old = shutil.copytree(log.path.parent, tmp_path / "lama")
    log.append([{"tindakan": "uji", "ke": 2}], NOW)
    publish(home, plan())
    assert prove(home, PERIODE).faults == []
    log.append([{"tindakan": "uji", "ke": 3}], NOW)
    assert prove(home, PERIODE).faults == [], "what came since is no fault"
    for kept in ([], ["klerikal.jsonl", "klerikal.kepala.json"]):
        shutil.rmtree(log.path.parent)
        log.path.parent.mkdir()
        for name in kept:
            shutil.copy(old / name, log.path.parent / name)
        (fault,) = prove(home, PERIODE).faults
        assert "2 catatan saat itu" in fault.cause and str(fault.file) == "decisions/klerikal/klerikal.jsonl"
    log.append([{"tindakan": "uji", "ke": 4}, {"tindakan": "uji", "ke": 5}], NOW)
    assert len(prove(home, PERIODE).faults) == 1, "others in their place are not those"


def test_a_publication_from_before_is_read_as_before_and_named(home):
    """Names in its tables: nothing breaks, its draft holds them as it did, and verify says what it is."""
    folder = publish(home, plan())
    shutil.rmtree(home.identitas(PERIODE, 1))
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["identitas"]
    with duckdb.connect() as con:
        source = folder / "sasaran.parquet"
        con.execute(
            f"copy (select *, '{NIK}' as nik, '{NAME}' as nama from read_parquet('{source}')) to '{source}.x' (format parquet)"
        )
    (folder / "sasaran.parquet.x").replace(folder / "sasaran.parquet")
    manifest["tables"]["sasaran"]["sha256"] = file_sha256(folder / "sasaran.parquet")
    (folder / "manifest.json").write_text(json.dumps(manifest))
    seal(folder, folder.relative_to(home.root).as_posix(), ["manifest.json"])
    proof = prove(home, PERIODE)
    assert not proof.faults and any("sasaran memuat NIK dan nama" in line and "docs/protection.md" in line for line in proof.fine)
    draft = freeze_draft(home, PERIODE, 1)
    assert "bnba" not in verify_draft(home, PERIODE, 1) and NAME in texts_of(draft / "data_sasaran.parquet")
    with pytest.raises(PadananError, match="terbit sebelum ada berkas identitas"):
        identities(home, PERIODE, 1)


@pytest.mark.feature("F50")
def test_one_module_knows_where_the_names_lie():
    """Who reads names imports `published.identities`, and pyproject.toml says who may; nobody goes to the file himself."""
    sources = [*CHECKOUT.glob("padanan/**/*.py"), *CHECKOUT.glob("orchestration/**/*.py")]
    known = ('"identitas.parquet"', ".identitas(", '"identitas" /')
    found = [path.relative_to(CHECKOUT).as_posix() for path in sources if any(word in path.read_text() for word in known)]
    assert sorted(found) == ["padanan/base/home.py", "padanan/published/identities.py", "padanan/run/publication.py"]


def test_status_says_who_is_in_the_files_with_names_and_until_when(home):
    """Open rights, a lost file and one that retention took are told apart, without a byte of it being read."""
    publish(home, plan())
    folder, contracts = home.identitas(PERIODE, 1), load_contracts()

    def told():
        [line] = [line for line in render(status(home, contracts, PERIODE)).splitlines() if line.startswith("Identitas")]
        return line

    assert told() == "Identitas revisi 1: 5 orang, sampai 2026-12-31; hanya terbaca pemiliknya"
    folder.chmod(0o755)
    assert "PERHATIAN, dapat dibaca orang lain" in told()
    folder.chmod(0o700)
    (folder / "identitas.parquet").unlink()
    assert "PERHATIAN, berkasnya hilang" in told()
    (folder / "nisan.json").write_text("{}")
    assert "sudah dimusnahkan menurut masa simpannya" in told()
