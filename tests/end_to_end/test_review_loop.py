"""The meeting from end to end, by the commands and forms that people use: faulty deliveries, report, padanan ulang, a corrected
delivery, revision 2, waivers, acceptance, draft, decree, seal; and the same seal again from the logs."""

import json
import re
import shutil
from datetime import datetime, timedelta

import duckdb
import openpyxl
import pytest

from padanan.base.home import Home
from padanan.contracts.contract import load_contracts
from padanan.decree.approve import replay
from padanan.published.blockers import judge
from padanan.records.decided import fingerprint_of
from padanan.records.review_log import read_log
from padanan.records.seals import seals
from padanan.records.steps import state_of
from padanan.synthetic import generate
from tests.end_to_end.conftest import PERIODE, run_module, use
from tests.papers import pdf

CORRECTED = "dtks"
NIK = re.compile(rb"(?<!\d)\d{15,16}(?!\d)")


@pytest.fixture(scope="module")
def world(demo, tmp_path_factory):
    """A home of its own with the demo's first revision."""
    assert demo.code == 0, demo.stderr + demo.stdout[-3000:]
    base = tmp_path_factory.mktemp("reviu")
    shutil.copytree(demo.home.root, base / "data")
    shutil.copy(demo.key, base / "key")
    return Home(base / "data"), base / "key"


def gaps(home: Home, revisi: int) -> int:
    path = home.published(PERIODE, revisi) / "gap.parquet"
    sql = "select count(*) from read_parquet(?) where producer = ?"
    return duckdb.execute(sql, [str(path), CORRECTED]).fetchall()[0][0]


def deliver_corrected(home: Home, command, folder) -> None:
    """The producer sends the same people again without faults, a day later."""
    (folder / "tanpa-salah.yaml").write_text("dasar: default\nkesalahan: {kali: 0.0}\n")
    other = Home(folder / "produsen").ensure()
    contracts = load_contracts()
    generate(
        other,
        contracts,
        residents=2000,
        seed=1,
        profile=str(folder / "tanpa-salah.yaml"),
        periode=PERIODE,
        contract_ids=[CORRECTED],
    )
    (manifest,) = home.landing(CORRECTED).glob("*/*/manifest.json")
    first = json.loads(manifest.read_text())
    (file,) = (path for path in other.inbox(CORRECTED).iterdir() if not path.name.endswith(".pengantar.yaml"))
    received = datetime.fromisoformat(first["diterima"]) + timedelta(days=1)
    command(
        "deliver", str(file), "--producer", CORRECTED, "--periode-data", first["periode_data"], "--diterima", received.isoformat()
    )


def fill(path, decision: str, reason: str) -> None:
    """What a secretary does in the workbook: choose, name two people, waive every open penghalang with a reason."""
    book = openpyxl.load_workbook(path)
    sheet, waivers = book["Keputusan"], book["Pengecualian"]
    cells = {row[0].value: row[1] for row in sheet.iter_rows(min_row=4)}
    cells["Keputusan"].value = decision
    cells["Diusulkan oleh"].value, cells["Disetujui oleh"].value = "contoh.pengusul", "contoh.penyetuju"
    cells["Alasan"].value, cells["Berkas pindaian"].value = reason, "ba.pdf"
    for row in waivers.iter_rows(min_row=3, max_col=3):
        if row[2].value:
            row[0].value, row[1].value = "ya", f"jumlahnya kecil; diverifikasi kelurahan bulan depan, butir {row[0].row}"
    book.save(path)


@pytest.mark.panjang
@pytest.mark.feature("F15", "F16", "F17", "F18")
def test_from_faulty_deliveries_to_a_seal_that_can_be_made_again(world, tmp_path, monkeypatch):
    home, key = world
    use(monkeypatch, home.root, key)

    def command(*arguments: str, code: int = 0) -> str:
        done = run_module("padanan.cli", *arguments, home=home.root, key=key)
        assert done.returncode == code, done.stdout[-2000:] + done.stderr
        assert not NIK.search((done.stdout + done.stderr).encode())
        return done.stdout + done.stderr

    def job(*arguments: str) -> None:
        done = run_module("orchestration.run", "--periode", PERIODE.label, *arguments, home=home.root, key=key)
        assert done.returncode == 0, done.stderr + done.stdout[-2000:]

    decision = ("--periode", PERIODE.label, "--pengusul", "contoh.pengusul", "--penyetuju", "contoh.penyetuju")
    scan = tmp_path / "ba.pdf"
    scan.write_bytes(pdf("berita acara bertanda tangan"))

    report = (home.reports(PERIODE, 1) / "index.html").read_text()
    assert (home.reports(PERIODE, 1) / "formulir-keputusan.xlsx").exists()
    first_print = fingerprint_of(home, PERIODE, 1)
    assert "-".join(first_print[i : i + 4] for i in range(0, 64, 4)) in report
    assert judge(home, PERIODE, 1).found
    paper = ("--fingerprint", first_print, "--scan", str(scan))
    assert "catatan kecil terbuka" in command("review", "accept", *decision, *paper, code=1)
    command("review", "refine", *decision, *paper, "--reason", "DTKS harus dikirim ulang")

    deliver_corrected(home, command, tmp_path)
    job()
    assert {path.name for path in home.published(PERIODE).glob("rev-*")} == {"rev-1", "rev-2"}
    assert gaps(home, 2) < gaps(home, 1) / 4
    assert "kiriman" in command("review", "compare", "--periode", PERIODE.label, "--revisi", "1", "--with", "2")
    assert "usang" in command("review", "accept", *decision, *paper, "--revisi", "1", code=1)

    paper = ("--fingerprint", fingerprint_of(home, PERIODE, 2), "--scan", str(scan))
    one = judge(home, PERIODE, 2).found[0]
    place = ("--producer", one.producer, "--rule", one.rule.id, "--kota", one.kota or "tanpa_alamat")
    command("review", "waive", *decision, *paper, *place, "--reason", "diverifikasi di lapangan oleh kelurahan")
    inbox = home.root / "inbox" / "review"
    inbox.mkdir(parents=True, exist_ok=True)
    command("review", "form", "--periode", PERIODE.label, str(inbox / "keputusan.xlsx"))
    fill(inbox / "keputusan.xlsx", "terima", "padanan diterima")
    shutil.copy(scan, inbox / "ba.pdf")
    command("review", "inbox")
    assert state_of(read_log(home, PERIODE), 2) == "direviu"
    command("review", "report", "--periode", PERIODE.label, "--by", "contoh.pelapor")
    command("review", "discuss", "--periode", PERIODE.label, "--by", "contoh.asisten", "--result", "lanjut")
    command("review", "draft", "--periode", PERIODE.label, "--by", "contoh.pelapor")

    job("--job", "rancangan_periode")
    command(
        *("decree", "approve", "--periode", PERIODE.label, "--revisi", "2", "--number", "721 Tahun 2025"),
        *("--date", "2025-12-15", "--by", "contoh.penetap"),
    )
    assert state_of(read_log(home, PERIODE), 2) == "ditetapkan"
    (seal,) = seals(home, PERIODE)
    assert seal.data["lampiran"].keys() == {"lampiran.docx", "lampiran.pdf", "lampiran.xlsx"}
    command("verify")
    (tmp_path / "ulang").mkdir()
    assert replay(home, seal, tmp_path / "ulang").read_bytes() == seal.path.read_bytes()
    for name in ("data_sasaran.parquet", *seal.data["lampiran"]):
        assert (tmp_path / "ulang" / name).read_bytes() == (seal.path.parent / name).read_bytes(), name

    done = run_module("orchestration.run", "--periode", PERIODE.label, home=home.root, key=key)
    assert done.returncode == 1 and "sudah ditetapkan" in done.stderr
    snapshot = seal.path.parent / "data_sasaran.parquet"
    snapshot.chmod(0o600)
    content = bytearray(snapshot.read_bytes())
    content[len(content) // 2] ^= 1
    snapshot.write_bytes(bytes(content))
    assert "data_sasaran.parquet" in command("verify", code=1)
