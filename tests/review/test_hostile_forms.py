"""Forms that anybody may have sent: a workbook that swells, hangs or lies about its size is refused by name, and nobody waits."""

import os
import time
import zipfile

import pytest

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.forms.sealed_cells import open_workbook
from padanan.review.decision import inbox
from tests.landing.hostile import entity_bomb, far_cell, huge_cell, row_bomb, said_size, shared_string_bomb, workbook

CAUSES = {
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
