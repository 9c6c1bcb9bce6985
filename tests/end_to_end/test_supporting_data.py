"""Supporting data about persons and families (F06): landed, staged, judged, accounted for and published apart; what is
matched and who is sasaran stays the same to the row.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import datetime

import duckdb
import pytest

from padanan.base.home import CHECKOUT, Home
from padanan.base.period import JAKARTA
from padanan.cleansing.run import run_suites
from padanan.contracts.contract import expectations_dir, load_contracts
from padanan.landing.land import deliver
from padanan.run.report import render_report
from tests.once import once
from tests.pipeline import CIRCUMSTANCES, PERIODE, environment, to_published
from tests.review.pages_back import Page, count
from tests.supporting import COLUMNS, FAMILIES, PERSONS, add_supporting, write_deliveries

pytestmark = [pytest.mark.feature("F06"), pytest.mark.timeout(1200)]

PEOPLE = 30
RECEIVED = datetime(2025, 10, 20, 9, tzinfo=JAKARTA)
NEW = (PERSONS, FAMILIES)
WORLD = """
from padanan.base.home import Home
from padanan.contracts.contract import load_contracts
from padanan.contracts.parts import reference
from padanan.landing.inbox import process_inbox
from padanan.synthetic import generate
from tests.pipeline import PERIODE
home, contracts = Home.from_env().ensure(), load_contracts()
desil = next(item.id for item in contracts.values() if item.registry and item.column("desil") and not item.partner)
program = next(item.id for item in contracts.values() if item.kind == "program")
ids = [reference(contracts).id, desil, program, next(item.id for item in contracts.values() if "penyebut" in item.roles)]
generate(home, contracts, residents=1500, seed=5, profile="default", periode=PERIODE, contract_ids=ids)
for contract_id in ids:
    process_inbox(home, contracts, contract_id)
"""


def make(folder):
    """Revision 1 of a small world, and revision 2 of the same with the two deliveries."""
    expectations, home, key = folder / "expectations", folder / "data", folder / "key"
    shutil.copytree(expectations_dir(), expectations, ignore=shutil.ignore_patterns("gx", "odcs"))
    add_supporting(expectations)
    told = {"PADANAN_EXPECTATIONS": str(expectations), **CIRCUMSTANCES}
    done = subprocess.run(
        [sys.executable, "-c", WORLD],
        cwd=CHECKOUT,
        env=environment(home, key, **told),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    to_published(home, key, **told)
    register = next(item.id for item in load_contracts().values() if "acuan" in item.roles)
    with duckdb.connect() as con:
        # Only people without a gap of their own: the faults that are counted are those that the deliveries have.
        found = con.execute(
            f"""select nik, no_kk, nama, tgl_lahir from read_parquet('{home}/landing/{register}/*/*/part.parquet')
            where nik is not null and no_kk is not null and _record_key not in (
                select record_key from read_parquet('{home}/published/*/rev-1/gap.parquet')
            ) order by nik limit {PEOPLE}"""
        ).fetchall()
    files = write_deliveries(folder, found)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(home, key, **told).items():
            patch.setenv(name, value)
        contracts = load_contracts()
        receipts = {
            name: deliver(Home(home), contracts, name, path, periode_data="2025-10", diterima=RECEIVED).status
            for name, path in files.items()
        }
        (folder / "kwitansi.json").write_text(json.dumps(receipts))
    to_published(home, key, **told)


pytestmark = pytest.mark.panjang


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return once(tmp_path_factory, "pendukung", make)


@pytest.fixture
def home(folder, monkeypatch):
    monkeypatch.setenv("PADANAN_EXPECTATIONS", str(folder / "expectations"))
    monkeypatch.setenv("PADANAN_HOME", str(folder / "data"))
    monkeypatch.setenv("PADANAN_KEY_FILE", str(folder / "key"))
    return Home(folder / "data")


@pytest.fixture
def con(home):
    """Published tables of both revisions in the schemas `tanpa` and `dengan`, and the landed rows of the two."""
    with duckdb.connect() as found:
        for schema, revisi in (("tanpa", 1), ("dengan", 2)):
            found.execute(f"create schema {schema}")
            for path in sorted(home.published(PERIODE, revisi).glob("*.parquet")):
                found.execute(f"create view {schema}.{path.stem} as from read_parquet('{path}')")
        yield found


def test_they_land_and_are_staged(folder, home):
    assert json.loads((folder / "kwitansi.json").read_text()) == dict.fromkeys(NEW, "diterima")
    with duckdb.connect(str(home.warehouse_db), read_only=True) as con:
        for name, model in zip(NEW, ("stg_pendukung__orang", "stg_pendukung__keluarga"), strict=True):
            found = con.execute(
                f"select producer, count(*), count(distinct record_key), count(kode_kelurahan) from {model} group by 1"
            )
            assert found.fetchall() == [(name, PEOPLE, PEOPLE, PEOPLE)]
        niks = con.execute("select count(nik_angka16) from stg_pendukung__orang").fetchone()
        assert niks == (PEOPLE - 1,)


def test_their_faults_are_gaps_and_tell_what_may_be_used(home, con):
    gaps = con.execute(
        "select producer, rule_id, count(*) from dengan.gap where producer in (?, ?) and rule_id in "
        "('nik_kosong', 'jk_tidak_dikenal', 'kk_format') group by all order by all", NEW
    ).fetchall()  # fmt: skip
    assert gaps == [(PERSONS, "jk_tidak_dikenal", 1), (PERSONS, "nik_kosong", 1), (FAMILIES, "kk_format", 1)]
    # Used is whatever no `blok` rule struck, with the rule's name where one did.
    differing = con.execute("""
        with blok as (select record_key, string_agg(rule_id, ',' order by rule_id) as alasan
                      from dengan.gap where level = 'blok' group by 1)
        select * from dengan.rekaman_pendukung r left join blok b using (record_key)
        where r.dipakai <> (b.record_key is null) or r.alasan is distinct from b.alasan""").fetchall()
    assert differing == []
    used = con.execute(
        "select producer, unit, count(*), count(*) filter (not dipakai) > 0 from dengan.rekaman_pendukung "
        "where producer in (?, ?) group by all order by unit desc", NEW
    ).fetchall()  # fmt: skip
    assert used == [(PERSONS, "orang", PEOPLE, True), (FAMILIES, "keluarga", PEOPLE, False)]


def test_great_expectations_finds_the_same(home):
    judged = run_suites(home.warehouse_db, load_contracts(), list(NEW))
    assert [suite.disagreeing for suite in judged] == [(), ()]
    assert sum(rule.gagal for suite in judged for rule in suite.rules) >= 3


def test_their_rows_are_accounted_for(con):
    """Landed 31 lines, one of them twice; all 30 stop at the padanan, by name."""
    found = con.execute(
        "select producer, tahap, masuk, lanjut, disisihkan, alasan, seimbang from dengan.row_account "
        "where producer in (?, ?) order by producer, masuk desc, lanjut desc", NEW
    ).fetchall()  # fmt: skip
    assert [line[1:] for line in found] == [
        ("landing", PEOPLE + 1, PEOPLE, 1, "baris_kembar:1", True),
        ("cleansing", PEOPLE, PEOPLE, 0, None, True),
        ("padanan", PEOPLE, 0, PEOPLE, f"data_pendukung:{PEOPLE}", True),
    ] * 2


def test_nothing_else_changes(con):
    """Every published table with and without the two deliveries: the same rows but for those that name them."""
    seen = set()
    for (name,) in con.execute("select table_name from information_schema.tables where table_schema = 'dengan'").fetchall():
        columns = [line[0] for line in con.execute(f"describe dengan.{name}").fetchall()]
        assert columns == [line[0] for line in con.execute(f"describe tanpa.{name}").fetchall()]
        who = " or ".join(f"{column} in {NEW}" for column in columns if column in ("producer", "produsen"))
        told = con.execute(f"select count(*) from dengan.{name} where {who or 'false'}").fetchone()[0]
        if told:
            seen.add(name)
        shown = ", ".join(column for column in columns if column != "revisi")
        for one, other in (("dengan", "tanpa"), ("tanpa", "dengan")):
            extra = con.execute(
                f"select count(*) from (select {shown} from {one}.{name} where not ({who or 'false'}) "
                f"except all select {shown} from {other}.{name})"
            ).fetchone()
            assert extra == (0,), (name, one)
    assert con.execute("select count(*) > 50 from dengan.sasaran where terpilih").fetchone() == (True,)
    assert {"gap", "rekaman_pendukung", "row_account"} <= seen
    assert not seen & {"padanan_record", "padanan_orang", "padanan_keluarga", "anggota_keluarga", "sasaran", "penduduk_wilayah"}


def test_the_report_shows_them_as_supporting(home):
    folder = render_report(home, PERIODE, 2).parent
    for name in NEW:
        page = Page(folder / f"produsen-{name.replace('_', '-')}.html")
        assert "tidak ikut dipadankan" in page.source.lower() or "data pendukung" in page.source.lower()
    shown = Page(folder / "pemadanan.html").rows("tabel-padanan", "produsen")
    assert not set(shown) & set(NEW)
    assert count(Page(folder / "aturan.html").texts["catatan-celah"]) > 0


def test_a_column_outside_the_agreement_refuses_the_delivery(folder, home, tmp_path):
    path = tmp_path / f"{PERSONS}_2025-11.csv"
    head = [*COLUMNS[PERSONS], "nomor_kamar"]
    path.write_text("\n".join([",".join(head), "P1,,,SITI,1950-01-01,P,GAMBIR,GAMBIR,JAKARTA PUSAT,7"]), encoding="utf-8")
    other = Home(tmp_path / "data").ensure()
    receipt = deliver(other, load_contracts(), PERSONS, path, periode_data="2025-11", diterima=RECEIVED)
    assert receipt.status == "ditolak"
    assert [flag["rule_id"] for flag in receipt.manifest["flags"] if flag["akibat"] == "tolak"] == ["kolom_tak_disepakati"]
    assert list(other.root.glob("**/part.parquet")) == []
