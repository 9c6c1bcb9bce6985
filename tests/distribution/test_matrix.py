"""The matrix: every role, service, column and wilayah, allowed or denied as the grant's record says, asked over HTTP.

The expectation is computed from the terms alone; a cell that is denied must look like nothing there, or name what is missing.
"""

import itertools

import pytest

from padanan.distribution.catalogue import load_catalogue
from padanan.distribution.prelist import OWN, PERSON, verifiers
from tests.distribution.agencies_by_hand import BASE, PURPOSE, serving
from tests.distribution.decree_by_hand import copy_home, nik_of, people_sql
from tests.distribution.lines_by_hand import publish_by_hand, shown_to

COLUMNS = ["id_orang", "nik", "nama", "kode_kelurahan", "desil", "program", "disabilitas", "tidak_ada"]
PLACES = ["31.74", "31.74.06", "31.71"]
SERVICES = ["sasaran", "prioritas", "cari", "perubahan", "prelist"]
# Role: client, agency, body, and what its grant changes; None has no grant.
ROLES = {
    "dinsos": ("dinsos-klj", "dinsos", None, {}),
    "kota": ("dinsos-kota", "dinsos", None, {"hibah": "kota", "wilayah": ["31.71"], "kolom": ["id_orang", "kode_kelurahan"]}),
    "semua": ("dinsos-semua", "dinsos", None, {"hibah": "semua", "baris": "sasaran", "wilayah": ["31"],
              "kolom": ["id_orang", "nik", "nama", "desil", "kode_kelurahan"], "layanan": ["sasaran", "cari"]}),
    "kpdj": ("dinsos-kpdj", "dinsos", None, {"hibah": "kpdj", "program": "kpdj",
             "kolom": ["id_orang", "program", "kode_kecamatan"]}),
    "lembaga": ("yayasan", "dinsos", "Yayasan Contoh", {"hibah": "yayasan", "lembaga": "Yayasan Contoh", "melalui": "dinsos",
                "kolom": ["nama", "kode_kelurahan"], "layanan": ["sasaran"]}),
    "lembaga_tanpa_melalui": ("yayasan-b", "dinsos", "Yayasan Lain", {"hibah": "yayasan-b"}),
    # Its request was decided and an agency named, and no grant was given yet.
    "lembaga_tanpa_hibah": ("yayasan-c", "dinsos", "Yayasan Ketiga", None),
    "verifikator": ("dinsos-garis", "dinsos", None, {"hibah": "garis", "layanan": ["prelist"],
                    "kolom": ["id_orang", "nama", "kode_kelurahan"]}),
    "verifikator_lain": ("dppapp-garis", "dppapp", None, {"hibah": "garis-lain", "instansi": "dppapp", "wilayah": ["31"],
                         "kolom": ["nik", "nama", "desil"], "layanan": ["prelist", "sasaran"]}),
    "tanpa_hibah": ("dinkes-x", "dinkes", None, None),
    "hibah_instansi_lain": ("disdik-x", "disdik", None, {"hibah": "salah"}),
}  # fmt: skip
CELLS = list(itertools.product(ROLES, SERVICES, COLUMNS, PLACES))


@pytest.fixture(scope="module")
def asked(decreed_once, tmp_path_factory):
    """One server with every role's client and grant."""
    home = copy_home(decreed_once, tmp_path_factory.mktemp("matriks") / "data")
    with serving(home) as served:
        served.door.limited = lambda *_: None
        agencies, grants = {}, {}
        for role, (client, agency, body, changes) in ROLES.items():
            agencies[role] = served.agency(client, agency, body)
            if changes is not None:
                grants[role] = served.grant(klien=client, **changes).terms
        publish_by_hand(home)
        yield agencies, grants


@pytest.fixture(scope="module")
def people():
    import duckdb

    return duckdb.sql(
        f"select id_orang, nik, coalesce(string_split(program, ','), []) as program, kode_kota, kode_kecamatan, kode_kelurahan, i"
        f" from ({people_sql(900, 60)}) order by id_orang"
    ).fetchall()


def test_the_matrix_is_large_enough():
    assert len(CELLS) >= 300


def inside(place, codes):
    return any(place == code or place.startswith(code + ".") or code == "31" for code in codes)


def expectation(role, grants, service, column, place):
    """What the record says of a cell: a status, and why."""
    terms = grants.get(role)
    _, agency, body, _ = ROLES[role]
    if service == "prelist" and (body is not None or agency not in verifiers()):
        return 403  # no such scope
    if terms is None or terms.instansi != agency or terms.lembaga != body or service not in terms.layanan:
        return 404
    if column not in load_catalogue().kolom:
        return 400
    # The decree holds no column of disability, a line none of what was judged.
    if column not in terms.kolom or column == "disabilitas" or (service == "prelist" and column not in ("id_orang", *PERSON)):
        return 403
    if service in ("sasaran", "prioritas", "prelist"):
        related = inside(place, terms.wilayah) or any(code.startswith(place + ".") for code in terms.wilayah)
        return 200 if related else 404
    return 200


@pytest.mark.feature("F20", "F21", "F50")
@pytest.mark.parametrize(("role", "service", "column", "place"), CELLS)
def test_cell(asked, people, role, service, column, place):
    agencies, grants = asked
    agency, wanted = agencies[role], expectation(role, grants, service, column, place)
    terms = grants.get(role)
    if service == "cari":
        mine = next((row for row in people if row[1] and row[5].startswith(place) and row[6] not in (777, 778)), None)
        nik = mine[1] if mine else nik_of(99999)
        answer = agency.find(nik, kolom=[column])
        if wanted == 200:
            seen = mine and inside(mine[5], terms.wilayah) and (terms.baris == "sasaran" or terms.program in mine[2])
            wanted = 200 if seen else 404
    elif service == "perubahan":
        answer = agency.rows(f"{BASE}/sasaran/perubahan", sejak="2025-S1/1", kolom=column)
    else:
        path = "/v1/prelist" if service == "prelist" else f"{BASE}/{service}"
        answer = agency.rows(path, kolom=column, wilayah=place, batas=1000)
        if wanted == 200 and service in ("sasaran", "prelist") and column not in ("kode_kelurahan",):
            # A finer place than any column of the grant tells, and not one of its own, may not be told by a filter either.
            finer = {5: "kode_kota", 8: "kode_kecamatan", 13: "kode_kelurahan"}
            known = {name for length, name in finer.items() if length >= len(place)} & set(terms.kolom)
            wanted = 200 if known or any(inside(one, [place]) for one in terms.wilayah) else 403
    if wanted == 200 and service == "prioritas" and answer.status_code == 403:
        assert answer.json()["kode"] == "filter-tidak-diizinkan" and "kode_kelurahan" not in terms.kolom
        return
    assert answer.status_code == wanted, answer.text
    if wanted != 200:
        assert answer.headers["content-type"] == "application/problem+json" and answer.json()["status"] == wanted
        return
    if service == "sasaran":
        rows = answer.json()["data"]
        shown = [
            row for row in people if inside(row[5], terms.wilayah) and inside(row[5], [place])
            and (terms.baris == "sasaran" or terms.program in row[2])
        ]  # fmt: skip
        assert len(rows) == len(shown) and all(set(row) == {column} for row in rows)
        if column == "id_orang":
            assert [row["id_orang"] for row in rows] == [row[0] for row in shown]
        if column == "program" and terms.program != "kpdj":
            assert not any("kpdj" in (row["program"] or "") for row in rows)
    elif service == "prelist":
        inner = [place] if any(inside(place, [code]) for code in terms.wilayah) else terms.wilayah
        mine = shown_to({"dinsos": "Dinsos", "dppapp": "DPPAPP"}[terms.instansi], inner)
        found = [(row["id_garis"], row[column]) for row in answer.json()["data"]]
        assert found == [(one["id_garis"], one[column]) for one in mine]
        assert all(set(row) == {column, *OWN} for row in answer.json()["data"])
    elif service == "prioritas":
        assert all(set(row) == {column, "sebab"} for row in answer.json()["data"])


@pytest.mark.feature("F21")
def test_a_body_outside_government_reads_through_its_agency_alone(asked):
    agencies, _ = asked
    assert agencies["lembaga"].rows().status_code == 200
    assert agencies["lembaga_tanpa_melalui"].rows().status_code == 404
    assert agencies["lembaga"].get(f"{BASE}/prioritas", tujuan=PURPOSE).status_code == 404
