"""Whatever a command adds to the review's log, report and documents tell it when it ends; no decision fails by that."""

import shutil
from types import SimpleNamespace

import openpyxl
import pytest

from padanan.cli import main
from padanan.decree.documents import documents_folder, write_documents
from padanan.decree.freeze import freeze_draft
from padanan.records import steps
from padanan.records.decided import fingerprint_of
from padanan.records.review_log import read_log
from padanan.records.standing import STANDINGS, standing
from padanan.run.follow import stale
from padanan.run.report import render_report
from tests.review.decided_by_hand import APPROVER, ASISTEN, DECREER, PROPOSER, REPORTER, demo_home, publish, scan, waivers_of
from tests.review.pages_back import Page
from tests.review.published_by_hand import PERIODE
from tests.review.test_standings import words_of


@pytest.fixture
def home(tmp_path, monkeypatch):
    home = demo_home(tmp_path / "data")
    monkeypatch.setenv("PADANAN_HOME", str(home.root))
    publish(home, people=300)
    freeze_draft(home, PERIODE, 1)
    render_report(home, PERIODE, 1)
    write_documents(home, PERIODE, 1)
    return home


def told(home, key):
    """Nothing is behind the log, and both kinds of papers say that standing."""
    assert stale(home, PERIODE) == [] and standing(read_log(home, PERIODE), 1).key == key
    name = STANDINGS[key].name
    assert Page(home.reports(PERIODE, 1) / "index.html").texts["keadaan"] == f"Keadaan: {name}."
    text = words_of(documents_folder(home, PERIODE, 1) / "laporan-asisten.docx")
    assert f"Keadaan sekarang: {name}." in text if STANDINGS[key].decided else "Belum ada keputusan reviu" in text


def form_of(home):
    """A filled-in form with its paper in the inbox: everything is waived, the padanan accepted."""
    inbox = home.inbox("review")
    inbox.mkdir(parents=True, exist_ok=True)
    path = inbox / "putusan.xlsx"
    shutil.copy(home.reports(PERIODE, 1) / "formulir-keputusan.xlsx", path)
    shutil.copy(scan(home), inbox / "ba.pdf")
    book = openpyxl.load_workbook(path)
    cells = {row[0].value: row[1] for row in book["Keputusan"].iter_rows(min_row=4)}
    cells["Keputusan"].value, cells["Berkas pindaian"].value = "terima", "ba.pdf"
    cells["Diusulkan oleh"].value, cells["Disetujui oleh"].value = PROPOSER, APPROVER
    for row in book["Pengecualian"].iter_rows(min_row=3, max_col=3):
        if row[2].value:
            row[0].value, row[1].value = "ya", f"jumlahnya kecil; diverifikasi kelurahan bulan depan, butir {row[0].row}"
    book.save(path)
    return path


@pytest.mark.panjang
@pytest.mark.feature("F15", "F18")
def test_every_command_that_decides_is_followed(home, capsys):
    paper = scan(home)
    review = ["--periode", PERIODE.label, "--pengusul", PROPOSER, "--penyetuju", APPROVER, "--scan", str(paper)]
    printed = ["--fingerprint", fingerprint_of(home, PERIODE, 1)]
    one = waivers_of(home)[0]
    place = ["--producer", one.producer, "--rule", one.rule, "--kota", one.kota or "tanpa_alamat", "--reason", one.reason]

    assert main(["review", "waive", *review, *printed, *place]) == 0
    told(home, steps.NOT_REVIEWED)
    assert "sudah dikecualikan" in Page(home.reports(PERIODE, 1) / "index.html").texts["putusan"]
    assert f"Dibuat ulang: reports/{PERIODE.key}/rev-1/index.html" in capsys.readouterr().err

    form_of(home)
    assert main(["review", "inbox"]) == 0
    told(home, steps.REVIEWED)
    for command, actor, key in (
        (["report"], REPORTER, steps.REPORTED),
        (["discuss", "--result", "lanjut"], ASISTEN, steps.DISCUSSED),
        (["draft"], REPORTER, steps.DRAFTED),
    ):
        assert main(["review", *command, "--periode", PERIODE.label, "--by", actor]) == 0
        told(home, key)
    decree = ["--revisi", "1", "--number", "721 Tahun 2025", "--date", "2025-12-15", "--by", DECREER]
    assert main(["decree", "approve", "--periode", PERIODE.label, *decree]) == 0
    told(home, steps.DECREED)
    assert main(["decree", "open-change", *review, "--reason", "perbaikan NIK oleh Disdukcapil"]) == 0
    told(home, "perubahan_dibuka")


@pytest.mark.feature("F15")
def test_a_form_by_hand_and_a_padanan_ulang_are_followed(home):
    assert main(["review", "import", str(form_of(home))]) == 0
    told(home, steps.REVIEWED)
    paper = ["--scan", str(scan(home)), "--fingerprint", fingerprint_of(home, PERIODE, 1)]
    who = ["--periode", PERIODE.label, "--pengusul", PROPOSER, "--penyetuju", APPROVER]
    assert main(["review", "refine", *who, *paper, "--reason", "DTKS harus dikirim ulang"]) == 0
    told(home, "padanan_ulang")


def test_a_decision_stands_though_what_follows_it_fails(home, capsys, monkeypatch):
    """The cause and the way out are said; the decision is in the log and the command did what it was asked."""
    from padanan.base.errors import PadananError
    from padanan.run import report

    def broken(*_, **__):
        raise PadananError("disk penuh", cure="kosongkan disk")

    monkeypatch.setattr(report, "render_report", broken)
    assert main(["review", "import", str(form_of(home))]) == 0
    error = capsys.readouterr().err
    assert "Keputusan sudah tercatat" in error and "disk penuh" in error and "padanan report render" in error
    assert standing(read_log(home, PERIODE), 1).key == steps.REVIEWED and stale(home, PERIODE) == [1]


def test_what_only_looks_makes_nothing(home, capsys):
    before = SimpleNamespace(**{path.name: path.stat().st_mtime_ns for path in home.reports(PERIODE, 1).iterdir()})
    assert main(["review", "show", "--periode", PERIODE.label]) == 0 and "Dibuat ulang" not in capsys.readouterr().err
    assert before == SimpleNamespace(**{path.name: path.stat().st_mtime_ns for path in home.reports(PERIODE, 1).iterdir()})
