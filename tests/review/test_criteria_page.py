"""The page "Bila kriteria lain": counts over people written by hand, what is covered, what is said beside BPS's figures."""

from datetime import date
from types import SimpleNamespace

import duckdb
import pytest

from padanan.base.errors import ContractError
from padanan.base.period import Periode
from padanan.base.suppress import ALL, LIMIT
from padanan.contracts.poverty import newest, published_poverty
from padanan.published.cells.declared import Declared
from padanan.published.cells.model import Cells
from padanan.published.cells.people import criteria, criteria_key
from padanan.published.opened import Published
from padanan.published.sensitivity import Sensitivity, Variant, measure
from padanan.review.report.criteria_page import Beside, _variants

AGREED = {
    "batas": 4, "tingkat": "rentan", "batas_desil": {"kemiskinan_ekstrem": 1, "miskin": 2, "rentan": 4},
    "sumber_desil": ["dtsen", "p3ke"], "ktp_pendatang": "daftar", "belum_berdesil": "daftar",
}  # fmt: skip
# id: (desil, whence, source, in DKI, newcomer, residence source, card, own desil of DTSEN, of P3KE)
OWN, FAMILY = "langsung", "diwarisi_kartu_keluarga"
PEOPLE = {
    "a": (1, OWN, "dtsen", True, False, "adminduk", "k1", 1, 9),
    "b": (4, FAMILY, "dtsen", True, False, "adminduk", "k1", None, None),
    "c": (4, OWN, "dtsen", None, False, None, None, 4, None),
    "d": (5, OWN, "dtsen", True, False, "carik", "k2", 5, 2),
    "e": (2, OWN, "dtsen", False, True, "carik", "k3", 2, None),
    "f": (1, OWN, "dtsen", False, False, "adminduk", "k4", 1, None),
    "g": (3, OWN, "p3ke", True, False, "carik", "k2", None, 3),
    "h": (None, None, None, True, False, "adminduk", "k5", None, None),
}
SELECTED = {"a", "b", "c", "g"}


def publication(agreed=AGREED, selected=SELECTED):
    """A publication of these people in an in-memory DuckDB."""
    con = duckdb.connect()
    con.execute(
        """create table padanan_orang(id_orang varchar, desil integer, asal_desil varchar, sumber_desil varchar, di_dki boolean,
        ktp_pendatang boolean, sumber_domisili varchar, meninggal_terverifikasi boolean, kode_kota varchar)"""
    )
    con.execute("create table sasaran(id_orang varchar, id_keluarga varchar, terpilih boolean)")
    con.execute("create table padanan_record(id_orang varchar, producer varchar, desil integer)")
    for name, (desil, whence, source, here, newcomer, place, card, dtsen, p3ke) in PEOPLE.items():
        con.execute(
            "insert into padanan_orang values (?,?,?,?,?,?,?,false,?)",
            [name, desil, whence, source, here, newcomer, place, "31.71" if here else None],
        )
        con.execute("insert into sasaran values (?,?,?)", [name, card, name in selected])
        for producer, own in (("dtsen", dtsen), ("p3ke", p3ke), ("adminduk", None)):
            con.execute("insert into padanan_record values (?,?,?)", [name, producer, own])
    columns = {
        name: frozenset(row[0] for row in con.execute(f"describe {name}").fetchall())
        for name in ("padanan_orang", "sasaran", "padanan_record")
    }
    return Published(Periode(2025, 2), 1, {"kriteria": agreed, "cutoff": "2025-12-15"}, "0" * 64, con, columns)


def measured(**changes):
    found = measure(publication({**AGREED, **changes}), "adminduk", {"dtsen": "DTSEN", "p3ke": "P3KE"})
    return found, {(one.kind, one.name.split(":")[0]): (one.people, one.families) for one in found.variants}


def test_each_other_criterion_selects_whom_it_would():
    """One is changed at a time; the agreed order gives the selection itself."""
    found, variants = measured()
    assert found.now == (4, 3) and found.residents == 7
    assert [found.up_to(limit) for limit in (1, 2, 3, 4, 5, 10)] == [1, 1, 2, 4, 5, 5]
    assert [found.families[limit] for limit in (1, 2, 3, 4, 5)] == [1, 1, 2, 3, 3]
    assert found.desils == {(1, "31.71"): 1, (3, "31.71"): 1, (4, "31.71"): 1, (4, ""): 1, (5, "31.71"): 1}
    assert variants == {
        ("urutan", "DTSEN lalu P3KE"): (4, 3),
        ("urutan", "P3KE lalu DTSEN"): (4, 3),  # a goes (9), d comes (2)
        ("urutan", "DTSEN"): (3, 2),
        ("urutan", "P3KE"): (2, 1),
        ("warisan", "Tanpa warisan"): (3, 3),
        ("domisili", "Domisili belum diketahui tidak masuk"): (3, 2),
        ("domisili", "KTP pendatang masuk"): (5, 4),
        ("domisili", "KTP pendatang tidak masuk"): (4, 3),
        ("domisili", "Hanya yang dicatat registri acuan di DKI Jakarta"): (2, 1),
    }


def test_what_tkpk_ruled_is_the_line_to_start_from():
    """With newcomers in, every limit counts them; who has no desil and was let in stays in under every other criterion."""
    found, variants = measured(ktp_pendatang="masuk")
    assert found.up_to(4) == 5 and variants["domisili", "KTP pendatang tidak masuk"] == (4, 3)
    let_in = measure(publication(selected=SELECTED | {"h"}), "adminduk", {})
    assert let_in.now == (5, 4) and {one.people for one in let_in.variants if one.kind == "warisan"} == {4}


def test_a_publication_of_before_is_not_measured():
    assert measure(publication({}), "adminduk", {}) is None
    old = publication()
    old.columns["padanan_orang"] -= {"asal_desil"}
    assert measure(old, "adminduk", {}) is None


def solved(found):
    declared = Declared()
    criteria(declared, found)
    return Cells.of(declared)


def test_small_cells_are_covered_and_no_sum_tells_them():
    """Every person here stands in a cell below 5: none of them may be read, nor worked out from the sums up to a limit."""
    found, _ = measured()
    cells = solved(found)
    desils = cells.cross("kriteria/desil").keys
    for (desil, kota), n in found.desils.items():
        assert 0 < n < LIMIT and cells.mark(desils[str(desil), kota])
    for desil in ("1", "3", "4", "5"):
        assert cells.mark(desils[desil, ALL]) and cells.mark(criteria_key("keluarga", desil))
    assert all(cells.mark(criteria_key("sampai", limit)) for limit in "1234"), "five up to desil 5 may be read, one up to 1 not"


def test_the_sums_up_to_a_limit_tell_no_small_cell():
    """103 up to desil 2 beside 100 up to desil 1 would say that three people have desil 2."""
    desils = {(1, "a"): 60, (1, "b"): 40, (2, "a"): 3, (3, "a"): 50, (3, "b"): 50}
    cells = solved(Sensitivity(4, desils, {limit: 50 * limit for limit in range(1, 11)}, (), 1000, (203, 150)))
    keys = cells.cross("kriteria/desil").keys
    assert any(cells.mark(criteria_key("sampai", limit)) for limit in "12")
    assert cells.mark(keys["2", "a"]) and cells.mark(keys["2", ALL])


def test_a_difference_of_fewer_than_five_people_is_covered():
    """Nobody, three people, two families, and enough of both; four people of a criterion are few by themselves."""
    names = {"sama": (100, 60), "tiga": (103, 66), "dua": (107, 62), "cukup": (90, 50), "sedikit": (4, 2)}
    variants = tuple(Variant("domisili", name, *counts) for name, counts in names.items())
    found = Sensitivity(4, {(1, "31.71"): 100}, dict.fromkeys(range(1, 11), 60), variants, 1000, (100, 60))
    made = _variants(SimpleNamespace(cells=solved(found)), found)
    shown = {line.cells[0].text.split(": ")[1]: [cell.text for cell in line.cells[1:]] for line in made.rows}
    assert shown == {
        "sama": ["100", "60", "0"],
        "tiga": ["ditutup"] * 3,
        "dua": ["ditutup"] * 3,
        "cukup": ["90", "50", "-10"],
        "sedikit": ["<5", "<5", "ditutup"],
    }


@pytest.mark.feature("F51")
@pytest.mark.parametrize(("people", "far"), [(890, False), (1335, False), (1336, True), (445, False), (444, True), (0, True)])
def test_a_selection_far_from_the_published_share_is_said(people, far):
    """More than 1.5 times or under 0.5 times of it."""
    one = newest(published_poverty(), "extreme", date(2025, 12, 15))
    beside = Beside("Data sasaran", people, 100_000, one, one.extreme)
    assert beside.far is far and ("Jauh berbeda" in beside.sentence) is far and "0,89%, Maret 2022" in beside.sentence
    wider = Beside("Data sasaran", people, 100_000, one, one.extreme, "rentan, desil 1–4").sentence
    assert ("Kriteria yang disepakati lebih luas (rentan, desil 1–4)" in wider) is (far and people > 890)
    assert ("Jauh berbeda" in wider) is (far and people < 890), "too few is strange under any level"


@pytest.mark.feature("F51")
def test_published_poverty_is_the_newest_of_before_the_day(tmp_path):
    figures = published_poverty()
    assert newest(figures, "poor", date(2022, 8, 1)).poor == 4.69 and newest(figures, "poor", date(2025, 1, 1)).poor == 4.61
    assert newest(figures, "extreme", date(2021, 12, 31)) is None
    assert all(one.source for one in figures)
    (tmp_path / "kemiskinan.yaml").write_text("version: 1.0.0\nangka:\n  - {bulan: 2022-03, miskinPersen: 4.69}\n")
    with pytest.raises(ContractError, match="'sumber' belum ada"):
        published_poverty(tmp_path)
