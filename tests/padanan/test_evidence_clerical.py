"""What people decide outranks the model, survives the next delivery, and comes back through a workbook that is checked.

One made-up home serves the file: published, decided about, delivered anew, published again.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.warehouse import connect_warehouse
from padanan.contracts.contract import load_contracts
from padanan.evidence import clerical_book as book
from padanan.evidence import decisions, match_period, sources
from padanan.published.run_plan import read_plan
from padanan.run.summary import queued
from tests.pipeline import CHECKOUT, PERIODE, environment, generate_and_land, landed_rows, to_published

SOURCE = "dtks"


@dataclass
class Decided:
    """A home whose second revision was made after decisions and a new delivery."""

    home: Home
    key: Path
    folder: Path
    before: set[str]
    refused: dict[str, Any] = field(default_factory=dict)
    disputed: dict[str, Any] = field(default_factory=dict)
    confirmed: dict[str, Any] = field(default_factory=dict)

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "padanan.cli", *arguments],
            cwd=CHECKOUT, env=environment(self.home.root, self.key), capture_output=True, text=True, check=False,
        )  # fmt: skip

    def record(self, chosen: dict[str, Any]) -> dict[str, Any]:
        query = f"select * from read_parquet('{self.folder}/padanan_record.parquet') where producer = ? and entity_key = ?"
        rows = duckdb.connect().sql(query, params=[SOURCE, chosen["entity_key"]]).to_arrow_table().to_pylist()
        assert len(rows) == 1
        return rows[0]


def _choose(home: Home, folder: Path) -> list[dict[str, Any]]:
    """Two links by evidence and one record without a match beside a resident whom DTKS does not name."""
    con = connect_warehouse(home)
    try:
        sources.arrange(con, read_plan(home).data)
        sources.fingerprints(con, ["stg_dtks__individu"])
        con.execute(f"create temp view terbit as from read_parquet('{folder}/padanan_record.parquet')")
        query = """select r.entity_key, s.sidik, {acuan} from terbit t join rekaman r using (record_key)
            join sidik s using (record_key)
            {lain} where t.producer = 'dtks' and t.status = '{status}' and r.entity_key in (select entity_key from rekaman
            where producer = 'dtks' group by 1 having count(*) = 1) order by r.entity_key limit {n}"""
        # Of the owner of a NIK that is somebody else's, padanan_record tells the record even where nothing is matched.
        links = query.format(
            acuan="t.record_key_acuan as register_key, t.id_orang as id_penduduk", lain="", n=2,
            status="padan_bukti' and t.status_nik <> 'nik_padan_identitas_beda",
        )  # fmt: skip
        alone = query.format(
            acuan="p.register_key, p.id_penduduk",
            lain="""cross join (select * from penduduk
            where id_penduduk not in (select id_orang from terbit where producer = 'dtks') order by id_penduduk limit 1) p""",
            status="tidak_padan",
            n=1,
        )
        return [row for text in (links, alone) for row in con.sql(text).to_arrow_table().to_pylist()]
    finally:
        con.close()


def _deliver_again(home: Home, key: Path) -> None:
    """The same DTKS rows in another order and a later month: other bytes, other record keys."""
    original = next(home.root.glob("landing/dtks/*/*/original/*"))
    raw = original.read_bytes()
    head, *lines = raw.splitlines(keepends=True)
    target = home.root / "lagi" / original.name
    target.parent.mkdir()
    target.write_bytes(head + b"".join(line if line.endswith(b"\n") else line + b"\n" for line in reversed(lines)))
    code = (
        "import sys; from padanan.base.home import Home; from padanan.contracts.contract import load_contracts;"
        "from padanan.landing.land import deliver;"
        "deliver(Home.from_env().ensure(), load_contracts(), 'dtks', __import__('pathlib').Path(sys.argv[1]),"
        "periode_data='2025-11', diterima='2025-11-10T09:00:00+07:00')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(target)],
        cwd=CHECKOUT, env=environment(home.root, key), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Decided:
    base = tmp_path_factory.mktemp("klerikal")
    home, key = Home(base / "data"), base / "key"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PADANAN_KEY_FILE", str(key))
        generate_and_land(home.root, key, residents=1500, seed=21, profile="hard")
        first = to_published(home.root, key)
        chosen = _choose(home, first)
    keys = duckdb.connect().execute(
        f"select record_key from read_parquet('{first}/padanan_record.parquet') where producer = 'dtks'"
    )
    made = Decided(home, key, first, {row[0] for row in keys.fetchall()}, *chosen)
    words = [
        ("refused", "bukan", "ANI"),
        ("disputed", "padan", "ANI"),
        ("disputed", "bukan", "BUDI"),
        ("confirmed", "padan", "ANI"),
    ]
    lines = [
        {
            **getattr(made, which), "sumber": SOURCE, "keputusan": word, "nama": name, "alasan": "dilihat di lapangan",
        }
        for which, word, name in words
    ]  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PADANAN_KEY_FILE", str(key))
        decisions.log_of(home).append(lines, datetime(2025, 11, 1, 8, tzinfo=JAKARTA))
    _deliver_again(home, key)
    made.folder = to_published(home.root, key)
    assert made.folder.name == "rev-2"
    return made


@pytest.mark.feature("F14")
def test_a_decision_still_applies_after_the_next_delivery(decided: Decided) -> None:
    """Every record key is new, yet the refused link is gone and the confirmed one stands."""
    refused, confirmed = decided.record(decided.refused), decided.record(decided.confirmed)
    assert {refused["record_key"], confirmed["record_key"]}.isdisjoint(decided.before)
    assert refused["id_orang"] != decided.refused["id_penduduk"]
    assert refused["record_key_acuan"] != decided.refused["register_key"]
    assert (confirmed["status"], confirmed["metode"]) == ("padan_bukti", "klerikal")
    assert confirmed["id_orang"] == decided.confirmed["id_penduduk"]


@pytest.mark.feature("F14")
def test_reviewers_who_disagree_leave_it_unmerged(decided: Decided) -> None:
    """The model would merge; two people who disagree outrank it, and the record is listed."""
    row = decided.record(decided.disputed)
    assert row["status"] == "mungkin_padan" and row["alasan_bukti"].startswith("konflik")
    assert row["id_orang"] != decided.disputed["id_penduduk"]
    pairs = duckdb.connect().execute(
        f"select count(*) from read_parquet('{decided.folder}/pasangan_bukti.parquet') where keputusan = 'konflik'"
    )
    assert pairs.fetchall()[0][0] == 1


@pytest.fixture(scope="module")
def queue(decided: Decided, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("antrean") / "antrean.xlsx"
    done = decided.command("clerical", "export", "--periode", str(PERIODE), str(path))
    assert done.returncode == 0, done.stderr
    return path


@pytest.mark.feature("F50")
def test_the_summary_of_a_run_tells_what_the_queue_holds(decided: Decided, queue: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody is left to decide about, and the end of a run says how many and how."""
    monkeypatch.setenv("PADANAN_KEY_FILE", str(decided.key))
    told = queued(decided.home, PERIODE, int(decided.folder.name.removeprefix("rev-")))
    con = duckdb.connect()
    statuses = f"select count(*) from read_parquet('{decided.folder}/padanan_record.parquet') where status = 'mungkin_padan'"
    waiting = con.execute(statuses).fetchall()[0][0]
    assert waiting > 0 and openpyxl.load_workbook(queue)[book.SHEET].max_row > 1
    assert told[0].startswith(f"Antrean petugas: {waiting} catatan menunggu keputusan")
    assert [line.split("padanan clerical ")[1].split()[0] for line in told if "padanan clerical" in line] == ["export", "import"]


def _values(path: Path) -> str:
    sheet = openpyxl.load_workbook(path)[book.SHEET]
    return "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None)


@pytest.mark.feature("F50")
def test_the_queue_is_masked_unless_the_reviewer_is_entitled(decided: Decided, queue: Path, tmp_path: Path) -> None:
    """Masked: no NIK and no full name. Entitled: the names that a reviewer needs."""
    con = connect_warehouse(decided.home)
    try:
        row = con.execute(
            "select nama_bersih, nik_bersih from stg_dtks__individu where entity_key = ?", [decided.disputed["entity_key"]]
        ).fetchall()[0]
    finally:
        con.close()
    full = tmp_path / "berhak.xlsx"
    assert decided.command("clerical", "export", "--periode", str(PERIODE), str(full), "--unmasked").returncode == 0
    assert row[0] in _values(full) and row[0] not in _values(queue)
    if row[1] and len(row[1]) > 4:
        assert row[1] not in _values(queue)
    assert (queue.stat().st_mode & 0o077) == 0


def _edit(queue: Path, target: Path, change: Callable[[Any], None]) -> Path:
    workbook = openpyxl.load_workbook(queue)
    change(workbook[book.SHEET])
    workbook.save(target)
    return target


def _set(**cells: str) -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        for name, text in cells.items():
            sheet[book.cell_name(name, book.HEAD_ROWS + 1)] = text

    return change


@pytest.mark.parametrize(
    ("change", "cause", "column"),
    [
        (_set(keputusan="padan"), "tanpa alasan", "alasan"),
        (_set(keputusan="mungkin", alasan="x"), "bukan padan, bukan atau ragu", "keputusan"),
        (_set(keputusan="padan", alasan="=1+1"), "rumus", "alasan"),
        (_set(keputusan="padan", alasan="x", peluang="0.9999999"), "terkunci berubah", "peluang"),
        (_set(keputusan="padan", alasan="x", register_key="0" * 32), "tidak dikenal", "register_key"),
    ],
)
def test_a_wrong_workbook_changes_nothing(
    decided: Decided, queue: Path, tmp_path: Path, change: Callable[[Any], None], cause: str, column: str
) -> None:
    """Refused with the cell and a cure; not a line is added."""
    before = decisions.log_of(decided.home).path.read_bytes()
    done = decided.command("clerical", "import", str(_edit(queue, tmp_path / "salah.xlsx", change)), "--by", "CICI")
    assert done.returncode == 1
    assert (
        cause in done.stderr
        and f"sel {book.cell_name(column, book.HEAD_ROWS + 1)}" in done.stderr
        and "Perbaikan:" in done.stderr
    )
    assert decisions.log_of(decided.home).path.read_bytes() == before


def test_a_file_that_is_no_workbook_is_refused(decided: Decided, tmp_path: Path) -> None:
    """Bytes that are no XLSX, and a workbook without our sheet."""
    broken = tmp_path / "rusak.xlsx"
    broken.write_bytes(b"bukan xlsx")
    other = tmp_path / "lain.xlsx"
    openpyxl.Workbook().save(other)
    for path in (broken, other):
        done = decided.command("clerical", "import", str(path), "--by", "CICI")
        assert done.returncode == 1 and done.stderr.startswith("GALAT") and done.stderr.count("\n") == 1


@pytest.mark.feature("F14")
def test_decisions_are_appended_and_never_rewritten(
    decided: Decided, queue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A filled-in row becomes one more line with name, time and reason; earlier lines keep their bytes."""
    before = decisions.log_of(decided.home).path.read_bytes()
    filled = _edit(queue, tmp_path / "isi.xlsx", _set(keputusan="ragu", alasan="belum jelas"))
    done = decided.command("clerical", "import", str(filled), "--by", "CICI")
    assert done.returncode == 0, done.stderr
    after = decisions.log_of(decided.home).path.read_bytes()
    assert after.startswith(before)
    added = [json.loads(line) for line in after[len(before) :].splitlines()]
    assert [(row["nama"], row["keputusan"], row["alasan"]) for row in added] == [("CICI", "ragu", "belum jelas")]
    monkeypatch.setenv("PADANAN_KEY_FILE", str(decided.key))
    assert len(decisions.read(decided.home)) == 5


SPOILED = {
    # what a producer may send at its worst, as it stands in staging after the contract's checks
    "tanpa nama": ("update stg_carik__individu set nama_bersih = null", "select count(*) from stg_carik__individu"),
    "semua 1 Januari": (
        "update stg_carik__individu set tgl_lahir = make_date(year(tgl_lahir), 1, 1)",
        "select count(*) from stg_carik__individu",
    ),
    "kolom kosong": (
        "update stg_carik__individu set tgl_lahir = null, nama_ibu_bersih = null, alamat_jalan = null, kode_kelurahan = null",
        "select count(*) from stg_carik__individu",
    ),
    "satu nama": ("update stg_carik__individu set nama_bersih = 'SITI AMINAH'", "select count(*) from stg_carik__individu"),
    "daftar kosong": ("delete from padanan_cocok where producer = 'carik'", "select 0"),
}


@pytest.mark.feature("F14")
@pytest.mark.parametrize("case", sorted(SPOILED))
def test_a_spoiled_list_gives_a_result_and_spoils_no_other(
    decided: Decided, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    """The step runs through, every left-over record keeps exactly one status, and what is merged of the list stays right."""
    spoil, count = SPOILED[case]
    home = Home(tmp_path / "data").ensure()
    shutil.copy(decided.home.warehouse_db, home.warehouse_db)
    shutil.copy(decided.home.warehouse / "rencana.json", home.warehouse / "rencana.json")
    monkeypatch.setenv("PADANAN_KEY_FILE", str(decided.key))
    con = duckdb.connect(str(home.warehouse_db))
    con.execute(spoil)
    n = con.execute(count).fetchall()[0][0]
    con.close()
    result = match_period(home, read_plan(home), load_contracts())
    con = duckdb.connect()
    con.execute(f"create view tautan as from read_parquet('{result.folder / 'tautan.parquet'}')")
    con.execute(f"attach '{home.warehouse_db}' as gudang (read_only)")
    left, statuses, keys = con.execute("""
        select count(*), count(t.status), count(distinct t.record_key)
        from gudang.padanan_cocok c left join tautan t using (record_key) where c.status <> 'padan_nik'
    """).fetchall()[0]
    assert left == statuses == keys > 0
    assert n > 0 or case == "daftar kosong"
    landed_rows(con, decided.home.root)
    con.execute(
        f"""create view truth as select l.record_key, r.producer, r.id_truth_person
        from read_parquet('{decided.home.root}/truth/2025-07-01/records.parquet') r join landed l using (producer, file, baris)"""
    )
    right, wrong = con.execute("""
        select count(*) filter (t.id_truth_person = a.id_truth_person),
            count(*) filter (t.id_truth_person is distinct from a.id_truth_person)
        from tautan p join truth t using (record_key)
        -- DTKS came a second time with its lines in another order, which the truth's line numbers don't know
        join truth a on a.record_key = p.register_key where p.status = 'padan_bukti' and t.producer <> 'dtks'
    """).fetchall()[0]
    assert right > 50 and right / (right + wrong) >= 0.99, (right, wrong)


@pytest.mark.panjang
@pytest.mark.feature("F50")
def test_every_decision_still_applies_after_a_change_of_the_key(decided: Decided, queue: Path, tmp_path: Path) -> None:
    """Rotated, planned, matched and published anew: each decision attaches, and a workbook of before still comes in."""

    def attached(folder: Path, only: str | None = None) -> tuple[int, dict[str, str], list[tuple[Any, ...]]]:
        # The words about people as the run read them, and what became of the records that are judged by people.
        con = connect_warehouse(decided.home)
        try:
            sources.arrange(con, read_plan(decided.home).data)
            models = sorted({item.model for item in sources.listings_of(con, read_plan(decided.home).data)})
            sources.fingerprints(con, models)
            rows = [row for row in decisions.read(decided.home) if only in (None, row["nama"])]
            decisions.arrange(con, rows)
            (count,) = con.execute("select count(distinct id_penduduk || id_awal) from putusan").fetchall()[0]
        finally:
            con.close()
        table = f"read_parquet('{folder}/padanan_record.parquet')"
        outcome = f"select producer, baris, status, metode from {table} where metode = 'klerikal' order by all"
        state = duckdb.connect().execute(outcome).fetchall()
        return count, {row["nama"]: row["keputusan"] for row in rows}, state

    def people(folder: Path) -> list[tuple[Any, ...]]:
        # Which rows are one resident: a tie that a record key decides would fall otherwise under another key. What evidence
        # links may move a little: the model's samples are drawn by key.
        query = f"""select producer, delivery, baris, status, min((producer, delivery, baris)) over (partition by id_orang)
            from read_parquet('{folder}/padanan_record.parquet') where producer = 'adminduk' order by all"""
        return duckdb.connect().execute(query).fetchall()

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PADANAN_KEY_FILE", str(decided.key))
        before = attached(decided.folder)
        one_person = people(decided.folder)
        entity_keys = {row["entity_key"] for row in decisions.read(decided.home)}
        assert before[0] >= 3 and before[2], "there is something to attach"
        done = decided.command("key", "rotate", "--by", "Pengelola", "--reason", "uji")
        assert done.returncode == 0, done.stderr
        assert {row["entity_key"] for row in decisions.read(decided.home)}.isdisjoint(entity_keys)
        folder = to_published(decided.home.root, decided.key)
        assert folder.name == "rev-3"
        assert people(folder) == one_person
        assert attached(folder) == before
        filled = _edit(queue, tmp_path / "lama.xlsx", _set(keputusan="bukan", alasan="dilihat sebelum kunci diganti"))
        done = decided.command("clerical", "import", str(filled), "--by", "DEDI")
        assert done.returncode == 0, done.stderr
        count, said, _ = attached(folder, "DEDI")
        assert (count, said) == (1, {"DEDI": "bukan"}), "a queue of before the change attaches too"
    manifest = json.loads((folder / "manifest.json").read_text())
    assert all(item["path"].startswith("landing/") for item in manifest["deliveries"])
    verified = decided.command("verify")
    assert verified.returncode == 0, verified.stderr
    compared = decided.command("review", "compare", "--periode", str(PERIODE), "--revisi", "2", "--with", "3")
    assert compared.returncode == 0, compared.stderr
    assert "kartu keluarga berubah" not in compared.stdout
    total = int(re.search(r"terpilih: (\d+) ", compared.stdout)[1])  # type: ignore[index]
    assert total > 100 and f"Keluar: {total}" not in compared.stdout, "the same people are known by their new pseudonyms"
