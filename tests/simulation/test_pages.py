"""What leaves: screen, page, pictures and workbook of `padanan simulasi`, the same figures in each (F49)."""

import io
import re
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook

from padanan.base.suppress import small
from padanan.cli import main
from padanan.simulation.page import BOOK, PAGE, PICTURE, SWEEP_PICTURE
from tests.review.browser import axe, violations
from tests.review.published_by_hand import CANARY_NAME, CANARY_NIK

FILES = {PAGE, BOOK, PICTURE, SWEEP_PICTURE}


@pytest.fixture(scope="module")
def written(simulated, tmp_path_factory):
    """(folder, what the command said) of the document and the real families with a sweep, in the document's mode."""
    folder = tmp_path_factory.mktemp("keluar") / "simulasi"
    words = ["simulasi", "--mode", "as_printed", "--revisi", "1", "--sweep", "gkm=0.5:1.5:0.25", "--folder", str(folder)]
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PADANAN_HOME", str(simulated.root))
        patch.setattr("sys.stdout", out)
        assert main(words) == 0
        first = {path.name: path.read_bytes() for path in folder.iterdir()}
        assert main(words) == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first and first.keys() == FILES, "the same again"
    return folder, out.getvalue()


@pytest.mark.feature("F49")
def test_screen_page_and_workbook_tell_the_same(written):
    folder, said = written
    page = (folder / PAGE).read_text()
    for figure in ("172.351.711.771,40", "206.316.916.162,63", "407.582.452.694,76", "Rp45.833,33", "Rp206,3 miliar"):
        assert figure in said and figure in page
    for heading in ("Salah satuan di dokumen", "Sapuan parameter", "Keluarga padanan", "Menurut kota", "Menurut desil"):
        assert heading in page
    book = load_workbook(folder / BOOK)
    held = [cell.value for row in book["Data"].iter_rows(min_row=6) for cell in row]
    money = next(row for row in book["Data"].iter_rows(min_row=6) if row[4].value == 206316916162.63)
    assert money[4].number_format.endswith("#,##0.00") and money[5].value == "rupiah"
    assert 172351711771.4 in held and 206316916162.63 in held and "ditutup" in held
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=")]


def test_nothing_small_and_nobody_leaves(written):
    folder, said = written
    rows = [line.split(" | ") for line in said.splitlines() if re.match(r"\| (Jakarta|Kepulauan|Desil|Tanpa)", line)]
    assert len(rows) > 8
    cells = [cell.strip(" |") for row in rows for cell in row[1:]]
    assert "ditutup" in cells and "<5" in cells
    assert not [one for one in cells if one.isdigit() and small(int(one))]
    for path in folder.iterdir():
        content = path.read_bytes()
        assert CANARY_NIK.encode() not in content and CANARY_NAME.encode() not in content
    assert not re.search(r"\d{12,}", (folder / PAGE).read_text())


def test_the_pictures_stand_alone_and_say_what_they_show(written):
    for name, title in (
        (PICTURE, "Anggaran Bantuan Reguler sebulan"),
        (SWEEP_PICTURE, "Anggaran bersih sebulan, keluarga padanan"),
    ):
        tree = ElementTree.parse(written[0] / name)
        texts = [node.text for node in tree.iter() if node.text]
        assert title in texts
    assert "ditutup" in texts, "a covered point is named, and has no bar"
    bars = [node for node in tree.iter() if node.get("class") == "isi"]
    assert len(bars) == 4 and [float(one.get("width")) for one in bars] == sorted(float(one.get("width")) for one in bars)


def test_without_a_sweep_no_older_picture_stays(tmp_path, capsys):
    assert main(["simulasi", "--sweep", "khl=1:2:1", "--alternative", "khl_25", "--folder", str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.iterdir()} == FILES
    (tmp_path / "lain.txt").write_text("milik orang lain")
    assert main(["simulasi", "--folder", str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {PAGE, BOOK, PICTURE, "lain.txt"}
    assert "Keluarga padanan" not in (tmp_path / PAGE).read_text()


@pytest.mark.lambat
def test_axe_finds_nothing_on_the_page(written, tmp_path):
    folder = tmp_path / "uji"
    folder.mkdir()
    found = violations([written[0] / PAGE], (1280, 400), axe(), folder)
    assert len(found) == 2 and {name: faults for name, faults in found.items() if faults} == {}
