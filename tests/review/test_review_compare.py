"""Two revisions made by hand: every difference is counted once, under what happened and under its cause."""

from types import SimpleNamespace

import duckdb
import pytest

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.published import pseudonyms
from padanan.published.cells.changes import change_key, changes
from padanan.published.cells.declared import Declared
from padanan.published.cells.model import Cells
from padanan.published.comparison import Comparison, compare
from padanan.review.decision.compare import render
from tests.signed import write_manifest

PERIODE = Periode(2025, 2)
SASARAN = "id_orang varchar, terpilih boolean, kriteria_gagal varchar, desil integer, kode_kelurahan varchar, kode_kota varchar"
MANIFEST = {
    "deliveries": [{"contract": "dtks", "sha16": "a", "periode_data": "2025-10"}],
    "decisions_version": "d",
    "expectations_version": "e",
    "kriteria_versi": "1",
    "code_version": "c",
    "key_id": "k",
}


def publish(home, revisi, people, records, **manifest):
    """people: (id, failed criterion or None, desil, kota); records: (producer, entity, delivery, id, metode)."""
    folder = home.published(PERIODE, revisi)
    folder.mkdir(parents=True)
    con = duckdb.connect()
    con.execute(f"create table sasaran ({SASARAN})")
    con.execute("create table padanan_orang (id_orang varchar, kode_kota varchar)")
    con.execute(
        "create table padanan_record (producer varchar, entity_key varchar, delivery varchar, id_orang varchar, metode varchar)"
    )
    for name, rows in (
        ("sasaran", [(i, f is None, f, d, f"{k}.01", k) for i, f, d, k in people]),
        ("padanan_orang", [(i, k) for i, _, _, k in people]),
        ("padanan_record", records),
    ):
        if rows:
            con.executemany(f"insert into {name} values ({', '.join('?' * len(rows[0]))})", rows)
    for name in ("sasaran", "padanan_orang", "padanan_record"):
        con.execute(f"copy (from {name}) to '{folder / name}.parquet' (format parquet)")
    write_manifest(folder, MANIFEST | manifest)


def found(result):
    return {(row["arah"], row["alasan"], row["sebab"]): row["jumlah"] for row in result.counts.to_pylist()}


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "data").ensure()


def solved(comparison):
    declared = Declared()
    changes(declared, comparison)
    return Cells.of(declared)


def both(home):
    return compare(home, (PERIODE, 1), (PERIODE, 2))


def record(person, delivery="a", method="nik", entity=None):
    return ("dtks", entity or person, delivery, person, method)


@pytest.mark.feature("F15")
def test_a_superseded_delivery_explains_who_came_went_and_changed(home):
    publish(
        home, 1,
        [("tetap", None, 1, "31.71"), ("keluar", None, 2, "31.71"), ("hilang", None, 3, "31.72"), ("ubah", None, 1, "31.72"),
         ("masuk", "desil_diketahui", None, "31.73"), ("luar", "berdomisili_di_dki", 1, None)],
        [record(name) for name in ("tetap", "keluar", "hilang", "ubah", "masuk", "luar")],
    )  # fmt: skip
    publish(
        home, 2,
        [("tetap", None, 1, "31.71"), ("keluar", "desil_di_bawah_batas", 7, "31.71"), ("ubah", None, 2, "31.72"),
         ("masuk", None, 2, "31.73"), ("baru", None, 1, "31.74"), ("luar", None, 1, "31.74")],
        [record(name, "b") for name in ("tetap", "keluar", "ubah", "masuk", "baru", "luar")],
        deliveries=[{"contract": "dtks", "sha16": "b", "periode_data": "2025-10"}],
    )  # fmt: skip
    result = both(home)
    assert found(result) == {
        ("keluar", "desil_berubah", "kiriman"): 1,
        ("keluar", "orang_hilang", "kiriman"): 1,
        ("berubah", "desil_berubah", "kiriman"): 1,
        ("masuk", "desil_berubah", "kiriman"): 1,
        ("masuk", "orang_baru", "kiriman"): 1,
        ("masuk", "kriteria:berdomisili_di_dki", "kiriman"): 1,
    }
    assert result.selected == (4, 5)
    assert result.selected[0] - result.total("keluar") + result.total("masuk") == result.selected[1]
    assert any("dtks" in line for line in result.inputs)


@pytest.mark.feature("F15")
def test_a_clerical_decision_explains_a_moved_link(home):
    publish(home, 1, [("a", None, 1, "31.71"), ("sementara", None, 1, "31.71")], [record("a"), record("sementara", entity="x")])
    publish(home, 2, [("a", None, 1, "31.71")], [record("a"), record("a", method="klerikal", entity="x")], decisions_version="d2")
    assert found(both(home)) == {("keluar", "tautan_berubah", "putusan"): 1}


@pytest.mark.parametrize(
    ("manifest", "cause"),
    [
        ({"expectations_version": "e2"}, "aturan"),
        ({"kriteria_versi": "2"}, "aturan"),
        ({"code_version": "c2"}, "kode"),
        ({}, "tidak_dijelaskan"),
    ],
)
def test_the_version_that_differs_is_the_cause(home, manifest, cause):
    publish(home, 1, [("a", None, 4, "31.71")], [record("a")])
    publish(home, 2, [("a", "desil_di_bawah_batas", 4, "31.71")], [record("a")], **manifest)
    assert found(both(home)) == {("keluar", "kriteria:desil_di_bawah_batas", cause): 1}


def test_a_request_of_the_review_is_named_with_its_reasons(home):
    publish(home, 1, [], [])
    publish(home, 2, [], [], permintaan=[{"jenis": "perbaikan", "dari_revisi": 1, "alasan": ["NIK DTKS kosong"], "catatan": "f"}])
    assert both(home).inputs == ("perbaikan diminta atas revisi 1: NIK DTKS kosong",)


def test_a_mended_name_is_told_by_its_keyed_hash_alone(home):
    """No revision holds the name itself."""
    for revisi, mark in ((1, "a"), (2, "b")):
        publish(home, revisi, [("budi", None, 1, "31.71"), ("ani", None, 1, "31.71")], [record("budi")])
        path = home.published(PERIODE, revisi) / "sasaran.parquet"
        with duckdb.connect() as con:
            con.execute(
                f"""create table t as select *, case id_orang when 'budi' then '{mark}' else 'sama' end as sidik_identitas
                from read_parquet('{path}')"""
            )
            con.execute(f"copy t to '{path}' (format parquet)")
    assert found(both(home)) == {("berubah", "data_berubah", "tidak_dijelaskan"): 1}


@pytest.mark.parametrize("keyed", [None, ["sasaran.id_keluarga"]])
def test_families_are_compared_only_where_both_were_hashed_alike(home, monkeypatch, keyed):
    """A revision of before published them in another way: everybody's family would have changed."""
    monkeypatch.setattr(pseudonyms, "load_ring", lambda _: SimpleNamespace(names=("k",)))
    for revisi, family in ((1, "md5"), (2, "hmac")):
        same = {"samaran": ["sasaran.id_keluarga"]} if revisi == 2 or keyed else {}
        publish(home, revisi, [("budi", None, 1, "31.71")], [record("budi")], **same)
        path = home.published(PERIODE, revisi) / "sasaran.parquet"
        with duckdb.connect() as con:
            con.execute(f"create table t as select *, '{family}' as id_keluarga from read_parquet('{path}')")
            con.execute(f"copy t to '{path}' (format parquet)")
    changed = {("berubah", "keluarga_berubah", "tidak_dijelaskan"): 1}
    assert found(both(home)) == (changed if keyed else {})


def test_nothing_differs_between_equal_revisions(home):
    for revisi in (1, 2):
        publish(home, revisi, [(f"o{i}", None, 1, "31.71") for i in range(9)], [record("o1")])
    result = both(home)
    assert result.counts.num_rows == 0 and result.inputs == ()
    assert "Masuk: 0 orang" in render(result, {})


def test_small_cells_and_what_would_tell_them_are_covered(home):
    publish(home, 1, [], [])
    kotas = ["31.71"] * 3 + ["31.72"] * 40 + ["31.73"] * 7
    publish(home, 2, [(f"o{i}", None, 1, kota) for i, kota in enumerate(kotas)], [], code_version="c2")
    result = both(home)
    cells = solved(result)
    small = change_key(result, "masuk", "orang_baru", "kode", "31.71")
    assert cells.value(small) == 3 and cells.mark(small)
    other = change_key(result, "masuk", "orang_baru", "kode", "31.73")
    assert cells.mark(other), "one covered cell alone could be subtracted"
    text = render(result, {"31.71": "Jakarta Pusat"})
    assert "Jakarta Pusat: <5" in text and "31.72: 40" in text and "Masuk: 50 orang" in text


def test_an_unpublished_revision_and_the_same_one_are_refused(home):
    publish(home, 1, [], [])
    with pytest.raises(PadananError, match="revisi 2 periode 2025-S2 belum terbit"):
        both(home)
    with pytest.raises(PadananError, match="dirinya sendiri"):
        compare(home, (PERIODE, 1), (PERIODE, 1))


@pytest.mark.parametrize("selected", [(100, 102), (100, 100)])
def test_totals_below_five_can_not_be_worked_out_from_the_selected(selected):
    import pyarrow as pa

    come = selected[1] - selected[0] + 3
    counts = pa.table(
        {"arah": ["keluar", "masuk"], "alasan": ["orang_hilang", "orang_baru"], "sebab": ["kode", "kode"],
         "kode_kota": ["31.71", "31.71"], "jumlah": [3, come]}
    )  # fmt: skip
    found = Comparison((PERIODE, 1), (PERIODE, 2), counts, selected, ())
    cells = solved(found)
    assert cells.mark(change_key(found, "keluar", "*", "*", "*"))
    assert bool(cells.mark(change_key(found, "masuk", "*", "*", "*"))) is True, (
        "sebelum, sesudah dan yang masuk memberi tahu yang keluar"
    )
    assert cells.mark(change_key(found, "terpilih", "tetap"))
