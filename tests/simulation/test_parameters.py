"""`expectations/simulasi.yaml`, the poverty lines and the sweeps: what is refused, with file, line, cause and cure (F49)."""

import re
import shutil
from datetime import date
from decimal import Decimal

import pytest

from padanan.base.errors import ContractError, PadananError
from padanan.cli import main
from padanan.contracts.contract import expectations_dir
from padanan.contracts.poverty import published_poverty
from padanan.simulation.parameters import Mode, food_line_on, load_parameters
from padanan.simulation.sweep import axis, grid

BAD = [
    ("nilai: 550000, per: tahun", "nilai: -550000, per: tahun", "terlalu kecil"),
    ("nilai: 550000, per: tahun", "nilai: banyak, per: tahun", "bukan bilangan persis"),
    ("nilai: 550000, per: tahun", "nilai: 550000.5, per: tahun", "bukan bilangan persis"),
    ("nilai: 550000, per: tahun", "nilai: true, per: tahun", "bukan bilangan persis"),
    ("nilai: 550000, per: tahun", "nilai: 550000, per: minggu", "pakai bulan, tahun"),
    ("nilai: 550000, per: tahun", "nilai: 550000, tiap: tahun", "tidak dikenal"),
    ("nilai: 67369", "nilai: -1", "terlalu kecil"),
    ("nilai: 67369", 'nilai: "67369"', "bukan bilangan bulat"),
    ("nilai: 67369", "nilai: 98336", "lebih banyak daripada RTM"),
    ('bagian: "0.5"', 'bagian: "1.5"', "terlalu besar"),
    ('bagian: "0.5"', 'bagian: "-0.5"', "terlalu kecil"),
    ('bagianRtm: "1", sumber: "Kertas Kebijakan #3, Alternatif 1: KPM', 'bagianRtm: "2", sumber: "Kertas', "terlalu besar"),
    ('tambahan: ["0.20", "0.25"]', "tambahan: []", "berisi terlalu sedikit"),
    ("program: sembako", "program: pkh", "kontrak program yang sama"),
    ("survei: 2020-03", "survei: 2022-03", "tidak lengkap"),
    ("survei: 2020-03", "survei: Maret", "tidak menurut bentuknya"),
    (', sumber: "Kertas Kebijakan #3, Alternatif 2"', "", "belum ada"),
    ("version: 1.0.0", "version: 1.0.0\nbonus: 1", "tidak dikenal"),
]


@pytest.fixture
def folder(tmp_path):
    for name in ("simulasi.yaml", "kemiskinan.yaml"):
        shutil.copy(expectations_dir() / name, tmp_path / name)
    return tmp_path


@pytest.mark.feature("F49")
@pytest.mark.parametrize(("old", "new", "said"), BAD, ids=[one[1][:40] for one in BAD])
def test_a_wrong_parameter_is_refused_with_line_and_cure(folder, old, new, said):
    path = folder / "simulasi.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(ContractError) as error:
        load_parameters(folder=folder)
    told = str(error.value)
    assert said in told and re.search(r"simulasi\.yaml baris \d+", told) and "Perbaikan: " in told


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("garisMakanan: 466156", "garisMakanan: 690000", "tidak di bawah garis kemiskinan"),
        ("garisMakanan: 466156", "garisMakanan: -466156", "terlalu kecil"),
        ("garisMakanan: 466156", "garisMakanan: 466156.5", "bukan bilangan persis"),
        ('anggotaRumahTangga: "4.89"', "anggotaRumahTangga: 4.89", "di antara tanda kutip"),
        ('anggotaRumahTangga: "4.89"', 'anggotaRumahTangga: "0"', "terlalu kecil"),
    ],
)
def test_a_wrong_poverty_line_is_refused(folder, old, new, said):
    path = folder / "kemiskinan.yaml"
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(ContractError, match=said):
        load_parameters(folder=folder)


def test_the_lines_are_those_of_the_period():
    assert [one.month for one in published_poverty() if one.food_line] == ["2020-03", "2021-09", "2024-03", "2025-03", "2025-09"]
    assert food_line_on(date(2025, 8, 31)).food_line == Decimal(591906)
    assert food_line_on(date(2025, 9, 1)).food_line == Decimal(622153)
    with pytest.raises(PadananError, match="belum ada garis kemiskinan makanan"):
        food_line_on(date(2020, 2, 29))
    assert load_parameters("2024-03").survey.poor_families == 94498  # 464,930 / 4.92


def test_pkh_by_the_month_is_rounded_to_the_sen():
    pkh = load_parameters().cash
    assert (pkh.month(Mode.AS_PRINTED), pkh.month(Mode.UNIT_CORRECTED)) == (Decimal("550000.00"), Decimal("45833.33"))


def test_a_sweep_reaches_its_end_and_a_grid_is_every_pair():
    found = axis("gkm=0.5:1.5:0.1")
    assert len(found.factors) == 11 and (found.factors[0], found.factors[-1]) == (Decimal("0.5"), Decimal("1.5"))
    assert axis("pkh=0,5:1,2:0,5").factors == (Decimal("0.5"), Decimal("1.0"))
    points = grid([axis("gkm=0.5:1.5:0.5"), axis("pkh=1:2:1")])
    assert [tuple(point.factors.values()) for point in points] == [
        (Decimal(gkm), Decimal(pkh)) for gkm in ("0.5", "1.0", "1.5") for pkh in (1, 2)
    ]
    assert grid([]) == []


@pytest.mark.feature("F49")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--sweep", "gkm=-1:1:0.1"], "rentang sapuan GKM tidak masuk akal"),
        (["--sweep", "gkm=1:0.5:0.1"], "rentang sapuan GKM tidak masuk akal"),
        (["--sweep", "gkm=0.5:1.5:0"], "rentang sapuan GKM tidak masuk akal"),
        (["--sweep", "gkm=0:11:1"], "rentang sapuan GKM tidak masuk akal"),
        (["--sweep", "gkm=0.5:1.5"], "--sweep tidak terbaca"),
        (["--sweep", "gkm=separuh:1:0.1"], "--sweep tidak terbaca"),
        (["--sweep", "upah=0.5:1.5:0.1"], "parameter yang tidak dikenal"),
        (["--sweep", "gkm=0:1:0.001"], "paling banyak 200 titik"),
        (["--sweep", "gkm=0:1:0.01", "--sweep", "pkh=0:1:0.1"], "paling banyak 200 titik"),
        (["--sweep", "gkm=0:1:0.5", "--sweep", "gkm=0:1:0.5"], "diminta dua kali"),
        (["--sweep", "kpm=1:2:0.5"], "lebih banyak daripada RTM"),
        (["--sweep", "penduduk=0.5:1:0.5"], "lebih banyak daripada RTM"),
        (["--sweep", "anak=1:3:1"], "bagian anak lebih dari orang dewasa"),
        (["--alternative", "gratis"], "alternatif itu tidak ada"),
        (["--survey", "2023-03"], "survei 2023-03 tidak lengkap"),
        (["--survey", "2022-03"], "pilih salah satu dari 2020-03"),
        (["--periode", "2025-S2"], "belum ada revisi terbit"),
    ],
    ids=" ".join,
)
def test_a_wrong_question_is_refused_with_its_cure(tmp_path, monkeypatch, capsys, words, said):
    monkeypatch.setenv("PADANAN_HOME", str(tmp_path / "data"))
    assert main(["simulasi", *words]) == 1
    told = capsys.readouterr().err
    assert said in told and "GALAT" in told and "Perbaikan: " in told


def test_a_folder_that_is_a_file_is_refused(tmp_path, capsys):
    (tmp_path / "keluar").write_text("")
    assert main(["simulasi", "--folder", str(tmp_path / "keluar")]) == 1
    assert "bukan folder" in capsys.readouterr().err
    assert (tmp_path / "keluar").read_text() == ""
