"""The form of a request: workbook and YAML say the same, every fault is named at once with its cell or line, no value with it.

What a step needs is tested in `test_requests`.
"""

import stat

import openpyxl
import pytest
import yaml

from padanan.cli import main
from padanan.distribution.catalogue import load_catalogue
from padanan.distribution.requests.form import fields, read_form, write_form
from padanan.distribution.requests.register import read_requests
from tests.distribution.requests_by_hand import asked
from tests.papers import pdf
from tests.review.decided_by_hand import PROPOSER, demo_home

CATALOGUE = load_catalogue()
CELLS = {name: f"C{row}" for row, name in enumerate(fields(CATALOGUE), 3)}


@pytest.fixture
def home(tmp_path, monkeypatch):
    found = demo_home(tmp_path / "data")
    monkeypatch.setenv("PADANAN_HOME", str(found.root))
    return found


def told(name):
    """What a field of the request says, as typed into a cell."""
    outer, _, inner = name.rpartition(".")
    value = (asked()[outer] if outer else asked()).get(inner)
    return ", ".join(value) if isinstance(value, list) else value


def filled(folder, **cells):
    """A workbook filled in, some cells otherwise: by the name of their field, or by the cell."""
    path = folder / "permohonan.xlsx"
    write_form(path, CATALOGUE)
    book = openpyxl.load_workbook(path)
    for name, cell in CELLS.items():
        book["Permohonan"][cell] = told(name)
    for name, value in cells.items():
        book["Permohonan"][CELLS.get(name, name)] = value
    path.unlink()
    book.save(path)
    return path


def today():
    from datetime import datetime

    from padanan.base.period import JAKARTA

    return datetime.now(JAKARTA).date()


@pytest.mark.feature("F22")
def test_both_forms_say_the_same_and_lead_to_a_request(home, tmp_path, capsys):
    book = filled(tmp_path)
    paper = tmp_path / "permohonan.yaml"
    assert main(["permohonan", "formulir", str(paper)]) == 0 and stat.S_IMODE(paper.stat().st_mode) == 0o600
    assert set(yaml.safe_load(paper.read_text())) == {name.partition(".")[0] for name in fields(CATALOGUE)}
    paper.write_text(yaml.safe_dump(asked()))
    (one, none), (other, also_none) = (read_form(path, CATALOGUE, today()) for path in (book, paper))
    assert one == other and one is not None and not none and not also_none
    (tmp_path / "surat.pdf").write_bytes(pdf())
    words = ["permohonan", "ajukan", str(book), "--scan", str(tmp_path / "surat.pdf"), "--by", PROPOSER]
    assert main(words) == 0 and "Yayasan Contoh" in capsys.readouterr().out
    assert [found.asked for found in read_requests(home).values()] == [one]
    assert main(words) == 1 and "masih berjalan" in capsys.readouterr().err
    assert main(["permohonan", "formulir", str(paper)]) == 1, "nothing is written over"


@pytest.mark.feature("F22")
def test_every_fault_is_named_at_once_by_its_cell(home, tmp_path, capsys):
    wrong = {
        "lembaga": None,
        "program": "tidak_ada",
        "wilayah": "31.74, 31.99",
        "kolom": "nama, agama",
        "layanan": "semua",
        "tujuan": "Dijual Lagi",
        "surat.tanggal": "32/01/2026",
        "surat.nomor": "3171000000000001",
        "sampai": "1 Januari 2024",
        "profil.uraian": "NIK 3171000000000001",
    }
    path = filled(tmp_path, **wrong)
    (tmp_path / "surat.pdf").write_bytes(pdf())
    assert main(["permohonan", "ajukan", str(path), "--scan", str(tmp_path / "surat.pdf"), "--by", PROPOSER]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == len(wrong)
    assert {line.split(": ")[0].split()[-1] for line in lines} == {CELLS[name] for name in wrong}
    assert all("Perbaikan" in line and "3171" not in line and "agama" not in line for line in lines)
    assert not read_requests(home)


def test_a_sealed_cell_a_formula_a_copied_and_a_missing_row_are_named(home, tmp_path):
    first = CELLS["lembaga"]
    for cells, place in (
        ({"A3": "Nama orang"}, "sel A3"),
        ({"B12": "isi apa saja"}, "sel B12"),
        ({first: "=1+1"}, f"sel {first}"),
        ({CELLS["mulai"]: 45000}, f"sel {CELLS['mulai']}"),
        ({CELLS["wilayah"]: 31.74}, f"sel {CELLS['wilayah']}"),
    ):
        path = filled(tmp_path, **cells)
        asked_for, faults = read_form(path, CATALOGUE, today())
        assert asked_for is None and [fault.place for fault in faults] == [place], (cells, faults)
        path.unlink()
    path = filled(tmp_path)
    book = openpyxl.load_workbook(path)
    book["Permohonan"].delete_rows(len(CELLS) + 2)
    book.save(path)
    asked_for, [fault] = read_form(path, CATALOGUE, today())
    assert asked_for is None and "'Sampai' hilang" in fault.cause


def test_what_yaml_says_wrong_is_named_by_line(home, tmp_path):
    path = tmp_path / "permohonan.yaml"
    text = yaml.safe_dump(asked() | {"kolom": ["agama"], "lain": 1, "sampai": "2020-01-01"}, sort_keys=True)
    path.write_text(text)
    _, faults = read_form(path, CATALOGUE, today())
    lines = text.splitlines()
    for fault in faults:
        number, name = fault.place.removeprefix("baris ").rstrip(")").split(" (")
        assert lines[int(number) - 1].startswith(f"{name}:"), fault
    assert {fault.place.split("(")[1] for fault in faults} == {"kolom)", "lain)", "sampai)"}


def test_disability_is_asked_for_only_where_a_program_needs_it(home, tmp_path):
    path = tmp_path / "permohonan.yaml"
    for program, fits in (("klj", False), ("kpdj", True)):
        path.write_text(yaml.safe_dump(asked() | {"program": program, "kolom": ["nama", "disabilitas"]}))
        found, faults = read_form(path, CATALOGUE, today())
        assert (found is not None) == fits and [one.cause for one in faults] == [] if fits else faults
