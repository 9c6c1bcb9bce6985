"""`padanan report audit`: nothing covered can be worked out of all outputs together, and an output that leaks goes red."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import replace

import openpyxl
import pytest

from padanan.base.home import Home
from padanan.base.suppress import Cover
from padanan.cli import main
from padanan.published.cells.declared import Declared, Key
from padanan.published.cells.model import Cells
from padanan.upkeep.outputs.attack import Attacked, attack
from padanan.upkeep.outputs.audit import audit
from padanan.upkeep.outputs.printed import Printed
from tests.review.published_by_hand import PERIODE


@pytest.fixture(scope="module")
def found(rendered):
    return audit(rendered[0], PERIODE, 2)


@pytest.mark.feature("F50")
def test_nothing_covered_can_be_worked_out_of_all_outputs(found):
    assert found.passed, "\n".join(found.lines())
    assert found.attacked.tried > 200 and found.attacked.equations > 500
    hidden = {name: covered for name, (covered, _) in found.covered.items()}
    for output in ("wilayah.html", "celah-wilayah.xlsx", "halaman produsen", "halaman kota", "peta-nik-kosong.html"):
        assert hidden[output] > 0, output
    assert any("Jumlah utama tertutup: 0." in line for line in found.lines())


@pytest.mark.feature("F50")
def test_the_share_of_covered_cells_is_told_for_every_output(found):
    told = "\n".join(found.lines())
    for name, (hidden, every) in found.covered.items():
        assert re.search(rf"{re.escape(name)}: [\d.]+ dari [\d.]+ \(", told)
        assert hidden <= every
    assert "dapat dihitung balik: 0" in told


def copied(rendered, folder) -> Home:
    shutil.copytree(rendered[0].root, folder)
    return Home(folder)


@pytest.mark.feature("F50")
def test_outputs_that_leak_a_covered_cell_go_red(rendered, tmp_path, monkeypatch, capsys):
    """A page and the long sheet in which somebody wrote figures over marks: the audit names both files, and the command fails."""
    home = copied(rendered, tmp_path / "data")
    folder = home.reports(PERIODE, 2)
    page = folder / "wilayah.html"
    before = page.read_text(encoding="utf-8")
    after = re.sub(r">\s*ditutup\s*<", ">7<", before, count=1)
    assert after != before
    page.write_text(after, encoding="utf-8")
    book = openpyxl.load_workbook(folder / "celah-wilayah.xlsx")
    cell = next(one for row in book.active.iter_rows(min_row=6) for one in row if one.value == "<5")
    cell.value = 3
    book.save(folder / "celah-wilayah.xlsx")
    monkeypatch.setenv("PADANAN_HOME", str(home.root))
    monkeypatch.setattr("padanan.upkeep.outputs.audit.attack", lambda *_: Attacked())  # reading back is enough here
    assert main(["report", "audit", "--periode", PERIODE.label, "--revisi", "2"]) != 0
    told = capsys.readouterr()
    assert "wilayah.html" in told.out and "celah-wilayah.xlsx: berkas di laporan berbeda" in told.out
    assert "jangan edarkan" in told.err


def opened(marks: Mapping[Key, Cover], key: Key) -> dict[Key, Cover]:
    return {name: mark for name, mark in marks.items() if name != key}


@pytest.mark.feature("F50")
def test_the_attack_rebuilds_a_cell_whose_neighbour_is_opened():
    """3 of 3 + 40 + 60 = 103: with 40 covered 3 may be 1 to 4, without it nothing hides it."""
    into = Declared()
    into.sum(into.count("T", 103, total=True), [into.count(name, value) for name, value in (("a", 3), ("b", 40), ("c", 60))])
    cells = Cells.of(into)
    assert set(cells.solved.marks) == {"a", "b"}
    safe = attack(Printed(), into, cells.solved.marks)
    assert (safe.tried, safe.rebuilt, safe.narrow) == (1, [], {})
    assert attack(Printed(), into, opened(cells.solved.marks, "b")).rebuilt == ["a"]
    assert attack(Printed(), into, opened(cells.solved.marks, "a")).rebuilt == ["a"]


@pytest.mark.feature("F50")
def test_a_rest_of_four_that_may_be_more_is_not_rebuilt():
    """10 covered records of which 6 fail leave four: as many as may be five are not told."""
    into = Declared()
    whole, part = into.count("semua", 10), into.count("gagal", 6)
    into.rest(whole, [part], "lulus")
    assert attack(Printed(), into, {"gagal": Cover.MORE}).rebuilt == []
    assert attack(Printed(), into, {}).rebuilt == ["lulus"]


@pytest.mark.feature("F50")
def test_a_printed_share_of_a_covered_count_tells_it():
    into = Declared()
    into.sum(into.count("T", 103, total=True), [into.count(name, value) for name, value in (("a", 3), ("b", 40), ("c", 60))])
    marks = Cells.of(into).solved.marks
    leaking = Printed(shares={("a", "T"): "2,9%"})
    assert attack(leaking, into, marks).rebuilt == ["a"]


@pytest.mark.feature("F50")
def test_a_figure_that_is_not_the_models_is_a_fault(found):
    cells = Cells.of(Declared())
    printed = Printed()
    printed.add("tidak ada", "12", "halaman.html")
    printed.check(cells)
    assert printed.faults == ["halaman.html: sel tidak ada tidak dikenal model"]
    into = Declared()
    into.count("sedikit", 3)
    printed = Printed()
    printed.add("sedikit", "3", "lampiran.xlsx")
    printed.check(Cells.of(into))
    assert printed.faults == ["lampiran.xlsx: sel sedikit berbeda dari model"]
    assert not replace(found, printed=printed).passed and not replace(found, keys=("provinsi",)).passed


@pytest.mark.feature("F50")
def test_producers_of_few_records_give_nothing_away(counted):
    """The hand-made revision in which each kelurahan of a small producer has a handful of records."""
    found = audit(counted[0], PERIODE, 1)
    assert found.passed, "\n".join(found.lines())
    assert found.attacked.tried > 500
