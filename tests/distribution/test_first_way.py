"""The door once through: a token, one's own rows, a person, what changed, who is unserved, and nothing without a grant."""

import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from padanan.distribution import reading
from tests.distribution.agencies_by_hand import BASE, PURPOSE
from tests.distribution.decree_by_hand import TWICE, nik_of, people_sql


def expected(con_sql="true", shift=60, people=900):
    import duckdb

    return duckdb.sql(
        f"select i, id_orang, nik, kode_kelurahan, program from ({people_sql(people, shift)}) where {con_sql}"
    ).fetchall()


RECIPIENTS = "kode_kota = '31.74' and i % 5 = 0"


@pytest.mark.feature("F20")
def test_an_agency_reads_its_own_rows_and_nothing_else(served):
    agency = served.agency()
    assert agency.rows().status_code == 404, "no grant: as if it were not there"
    served.grant()
    wanted = sorted(row[1] for row in expected(RECIPIENTS))
    first = agency.rows(batas=7)
    assert first.status_code == 200 and first.headers["X-Hibah"] == "klj-dinsos/1"
    assert set(first.json()["data"][0]) == {"id_orang", "nik", "nama", "kode_kelurahan", "program"}
    found, cursor = [], None
    while True:
        page = agency.rows(batas=7, **({"kursor": cursor} if cursor else {})).json()
        found += [row["id_orang"] for row in page["data"]]
        if (cursor := page["berikutnya"]) is None:
            break
    assert found == wanted
    lines = agency.rows(bentuk="ndjson").text.splitlines()
    assert [json.loads(line)["id_orang"] for line in lines] == wanted
    table = pq.read_table(io.BytesIO(agency.rows(bentuk="parquet").content))
    assert table.column("id_orang").to_pylist() == wanted and table.num_columns == 5
    arrow = pa.ipc.open_stream(agency.rows(bentuk="arrow").content).read_all()
    assert arrow.column("id_orang").to_pylist() == wanted


@pytest.mark.feature("F20")
def test_one_person_by_number_and_two_who_share_one(served):
    agency = served.agency()
    served.grant(baris="sasaran", wilayah=["31"])
    assert agency.find(nik_of(101)).json()["data"]["nama"] == "NAMA 101"
    assert agency.find(TWICE).status_code == 409
    assert agency.find(nik_of(9999)).status_code == 404
    served.grant(wilayah=["31.74"])
    outside = next(row for row in expected("kode_kota <> '31.74' and i % 5 = 0 and nik is not null"))
    inside = next(row for row in expected(f"{RECIPIENTS} and nik is not null"))
    assert agency.find(outside[2]).json()["kode"] == agency.find(nik_of(9999)).json()["kode"] == "tidak-ditemukan"
    assert agency.find(inside[2]).status_code == 200


@pytest.mark.feature("F52")
def test_who_is_entitled_and_unserved(served):
    agency = served.agency()
    served.grant()
    rows = agency.rows(f"{BASE}/prioritas", batas=1000).json()["data"]
    wanted = expected("kode_kota = '31.74' and i % 4 = 1 and i % 5 <> 0")
    assert {row["id_orang"] for row in rows} == {row[1] for row in wanted}
    assert {row["sebab"] for row in rows} == {"belum_didahulukan"}


@pytest.mark.feature("F20")
def test_what_changed_is_told_as_the_grant_sees_it(served):
    agency = served.agency()
    served.grant(kolom=["id_orang", "kode_kelurahan"], wilayah=["31.71", "31.74"])
    answer = agency.rows(f"{BASE}/sasaran/perubahan", sejak="2025-S1/1", batas=1000)
    assert answer.status_code == 200, answer.text
    rows = {row["id_orang"]: row for row in answer.json()["data"]}
    two_kota = "kode_kota in ('31.71', '31.74') and i % 5 = 0"
    old = {row[1]: row[3] for row in expected(two_kota, shift=0)}
    new = {row[1]: row[3] for row in expected(two_kota)}
    kinds = {one: "tambah" if one not in old else "hapus" if one not in new else "ubah" for one in old.keys() | new.keys()}
    wanted = {one: kind for one, kind in kinds.items() if kind != "ubah" or old[one] != new[one]}
    assert {one: row["jenis"] for one, row in rows.items()} == wanted and set(wanted.values()) == {"tambah", "hapus", "ubah"}
    everybody = {row[1] for row in expected(shift=0)}, {row[1] for row in expected()}
    for one, row in rows.items():
        moved = one in everybody[0] and one in everybody[1]
        if row["jenis"] == "hapus":
            assert row["sebab"] == ("keluar_lingkup_hibah" if moved else "desil_di_bawah_batas")
        elif row["jenis"] == "tambah":
            assert row["sebab"] == ("masuk_lingkup_hibah" if moved else "dahulu_desil_di_bawah_batas")
        else:
            assert row["kolom"] == ["kode_kelurahan"]
    assert agency.rows(f"{BASE}/sasaran/perubahan", sejak="2024-S1/1").status_code == 404
    page = agency.rows(f"{BASE}/sasaran/perubahan", sejak="2025-S1/1", batas=3).json()
    assert agency.rows(f"{BASE}/sasaran/perubahan", sejak="2025-S1/1", batas=3, kursor=page["berikutnya"]).status_code == 200
    assert agency.rows(f"{BASE}/sasaran/perubahan", sejak="2025-S1/2", batas=3, kursor=page["berikutnya"]).status_code == 400


def test_what_everybody_may_know(served):
    agency = served.agency()
    told = agency.get(BASE).json()
    assert told["jumlah_orang"] == 900 and told["perubahan_sejak"] == ["2025-S1/1"]
    assert [one["periode"] for one in agency.get("/v1/penetapan").json()["penetapan"]] == ["2025-S2"]
    assert agency.get("/v1/penetapan/2024-S1").status_code == 404
    served.grant(baris_per_hari=40)
    contract = agency.get("/v1/kontrak").json()
    assert contract["hibah"][0]["kolom"][0]["klasifikasi"] == "pribadi"
    assert agency.rows(batas=30).status_code == 200
    spent = agency.rows(batas=30)
    assert (spent.status_code, spent.json()["kode"]) == (429, "kuota-habis")
    assert agency.get("/v1/kontrak").json()["hibah"][0]["baris_terpakai_hari_ini"] == 30
    assert PURPOSE in contract["hibah"][0]["tujuan"]


@pytest.mark.feature("F20")
@pytest.mark.parametrize(("window", "chunk"), [(1, 1), (5, 64), (100, 899)])
def test_no_row_is_lost_where_windows_and_chunks_meet(served, monkeypatch, window, chunk):
    monkeypatch.setattr(reading, "WINDOW", window)
    monkeypatch.setattr(reading, "CHUNK", chunk)
    agency = served.agency()
    served.grant()
    wanted = sorted(row[1] for row in expected(RECIPIENTS))
    found, cursor = [], {}
    while cursor is not None:
        page = agency.rows(batas=7, **cursor).json()
        found += [row["id_orang"] for row in page["data"]]
        cursor = {"kursor": page["berikutnya"]} if page["berikutnya"] else None
    assert found == wanted
    lines = agency.rows(bentuk="ndjson").text.splitlines()
    assert [json.loads(line)["id_orang"] for line in lines] == wanted
