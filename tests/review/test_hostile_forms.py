"""Forms that anybody may have sent: a workbook that swells, hangs or lies about its size is refused by name, and nobody waits."""

import os
import time
import zipfile

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.forms.sealed_cells import open_workbook
from padanan.review.decision import inbox
from padanan.run import sheets_inbox
from tests.landing.hostile import entity_bomb, far_cell, huge_cell, row_bomb, said_size, shared_string_bomb, workbook
from tests.numbers import numbers_in
from tests.review.published_by_hand import PERIODE


def chart_of_that_name(path):
    """A sheet that holds a chart and no cells, under the name of the form's own."""
    book = openpyxl.Workbook()
    book.active["A1"] = 1
    chart = BarChart()
    chart.add_data(Reference(book.active, min_col=1, min_row=1))
    book.create_chartsheet("Keputusan").add_chart(chart)
    book.save(path)


CAUSES = {
    "grafik": (chart_of_that_name, "lembar Keputusan tidak ada"),
    "jauh": (far_cell, "ada isi jauh di luar tabelnya"),
    "sel": (huge_cell, None),
    "bersama": (shared_string_bomb, "MiB setelah dibuka"),
    "baris": (row_bomb, "MiB setelah dibuka"),
    "entitas": (entity_bomb, "bukan berkas XLSX yang utuh"),
    "ukuran": (said_size, "MiB setelah dibuka"),
    "acak": (lambda path: path.write_bytes(bytes(range(256)) * 100), "bukan berkas XLSX yang utuh"),
    "pipa": (os.mkfifo, "bukan berkas biasa: pipa"),
    "tautan": (lambda path: path.symlink_to("/dev/zero"), "bukan berkas biasa: tautan"),
    "hilang": (lambda path: None, "berkas tidak ada"),
}


@pytest.fixture
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("PADANAN_HOME", str(tmp_path / "data"))
    return Home.from_env().ensure()


@pytest.mark.lambat
@pytest.mark.parametrize("case", CAUSES)
def test_each_is_refused_with_its_cause_in_time(home, tmp_path, case):
    make, words = CAUSES[case]
    path = tmp_path / "formulir.xlsx"
    make(path)
    start = time.process_time()
    with pytest.raises(PadananError, match=words) as caught:
        open_workbook(path, ("Keputusan",), "pakai formulir yang dikirim")
    assert caught.value.cure and time.process_time() - start < 5, "this process itself reads nothing of it"
    assert list((home.warehouse / "tmp").glob("*")) == []


@pytest.mark.lambat
def test_a_hostile_form_in_the_inbox_stays_with_its_receipt(home):
    folder = inbox.folder_of(home)
    folder.mkdir()
    far_cell(folder / "a.xlsx")
    with zipfile.ZipFile(folder / "b.xlsx", "w") as archive:
        archive.writestr("x", "y")
    workbook(folder / "c.xlsx", "")
    results = inbox.process(home)
    assert [result.accepted for result in results] == [False] * 3
    assert "jauh di luar" in results[0].receipt.read_text() and inbox.pending(home) == []


@pytest.mark.parametrize("suffix", [".xlsx", ".yaml"])
def test_a_form_whose_reader_falls_keeps_no_other_waiting(home, monkeypatch, suffix):
    """Whatever class of error a library raises over a broken form: it is that form's fault, and the next one is read."""

    def falls(path):
        raise TypeError("'Chartsheet' object is not subscriptable: NIK 3171010101010001")

    monkeypatch.setattr("padanan.review.decision.form._read_yaml", falls)
    monkeypatch.setattr("padanan.review.decision.form_book.read", falls)
    folder = inbox.folder_of(home)
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}{suffix}").write_text("x")
    results = inbox.process(home)
    assert [result.accepted for result in results] == [False] * 2 and inbox.pending(home) == []
    for result in results:
        assert "tidak terbaca (TypeError" in result.line and not numbers_in(result.line + result.receipt.read_text())


def test_a_worklist_whose_reader_falls_keeps_no_other_waiting(home, monkeypatch):
    def falls(*_):
        raise TypeError("x")

    monkeypatch.setattr("padanan.run.sheets.read_back", falls)
    monkeypatch.setattr("padanan.run.sheets.revision_known", lambda *_: (PERIODE, 1, None))
    monkeypatch.setattr("padanan.run.sheets.read_manifest", lambda *_: {})
    monkeypatch.setattr("padanan.run.sheets.Stamp.of", lambda *_: None)
    folder = sheets_inbox.folder_of(home)
    folder.mkdir(parents=True)
    for name in ("a", "b"):
        (folder / f"{name}.xlsx").write_bytes(b"x")
    results = sheets_inbox.process(home)
    assert [result.whole for result in results] == [False] * 2 and sheets_inbox.pending(home) == []
    assert all("isi lembar tidak terbaca (TypeError" in result.line for result in results)
